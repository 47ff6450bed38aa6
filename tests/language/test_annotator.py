"""A story's sentences: where they stand, and what is no sentence of it."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invented import story
from onrecord.language import Annotated, Annotator
from onrecord.language.annotator import reporting
from onrecord.records import Furniture


@pytest.fixture(scope="session")
def annotator() -> Annotator:
    return Annotator()


def paragraphs(text: str, furniture: tuple[Furniture, ...] = ()) -> list[str]:
    told = story(text=text, furniture=furniture)
    return [told.text[start:end] for start, end in reporting(told)]


WIDE = "The ferry had left the quay at Varnholm when the first of the shells"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\n ", []),
        ("One.\nTwo.", ["One.", "Two."]),
        ("One.\n\n\nTwo.", ["One.", "Two."]),
        (f"{WIDE}\ncame down, he said.", [f"{WIDE}\ncame down, he said."]),
        (f"{WIDE}\r\ncame down, he said.", [f"{WIDE}\r\ncame down, he said."]),
        (f"{WIDE}\n\nAnother matter.", [WIDE, "Another matter."]),
        (f"{WIDE}.\nAnother matter.", [f"{WIDE}.", "Another matter."]),
        ("A short line\nanother one", ["A short line", "another one"]),
    ],
)  # fmt: skip
def test_a_line_is_a_paragraph_unless_it_was_wrapped(text: str, expected: list[str]) -> None:
    assert paragraphs(text) == expected


def test_furniture_is_left_out_and_a_dateline_cut_off() -> None:
    text = "VARNHOLM, May 3 - Shells fell.\nShare this\nNobody was hurt. Read more A boat burned."
    cut = [text.index("Shells"), text.index("Share"), text.index("Nobody"), text.index("Read"), text.index("A boat")]
    furniture = (
        Furniture("dateline", 0, cut[0]), Furniture("navigation", cut[1], cut[2] - 1), Furniture("navigation", cut[3], cut[4]),
    )  # fmt: skip
    assert paragraphs(text, furniture) == ["Shells fell.", "Nobody was hurt. ", "A boat burned."]
    assert paragraphs(text, furniture[::-1]) == paragraphs(text, furniture)


def test_an_endless_paragraph_is_cut_behind_sentences() -> None:
    text = "Shells fell on Varnholm again. " * 2000
    pieces = paragraphs(text)
    assert "".join(pieces).strip() == text.strip()
    assert all(len(piece) <= 10_000 and piece.endswith(". ") for piece in pieces[:-1])


@pytest.mark.parametrize(
    "junk", ["a" * 200_000, "a, " * 60_000, "A. " * 60_000, "x,\n" * 60_000, ("y" * 60 + ",\n") * 3000]
)
def test_junk_is_cut_up_in_no_time(junk: str) -> None:
    told = story(text=junk, furniture=tuple(Furniture("notice", at, at + 2) for at in range(0, len(junk), 4)))
    started = time.process_time()
    assert sum(end - start for start, end in reporting(told)) <= len(junk)
    assert sum(len(piece) for piece in paragraphs(junk)) <= len(junk)
    assert time.process_time() - started < 2


def holds(annotated: Annotated) -> bool:
    told = annotated.story
    for number, sentence in enumerate(annotated.sentences):
        assert sentence.index == number
        words = told.words(sentence.part)[sentence.start : sentence.end]
        assert sentence.text == words or sentence.part == "headline"
        assert len(sentence.text) == len(words)
        assert sentence.text.strip()
        for token in sentence.syntax:
            at = sentence.offset(token)
            assert told.words(sentence.part)[at : at + len(token)].casefold() == token.text.casefold()
    return True


PIECES = st.sampled_from(
    ["Shells fell on Varnholm. ", "“No,” he said.", "\n", "\n\n", "\r\n", "  ", "\t", "é", "e\u0301", "\U0001f6a2", "İ", "ß",
     "Mr. Holt", "\u200f", "\ufffd", "\u2028", "1,200", "—", "ﬁ", "\xa0"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)),
    headline=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=6).map(lambda p: "".join(p).upper())),
)
def test_the_words_of_every_sentence_are_those_of_the_story(annotator: Annotator, text: str, headline: str) -> None:
    assert holds(annotator.annotate(story(text=text, headline=headline)))


@pytest.mark.parametrize(
    "headline", ["SHELLS HIT VARNHOLM QUAY, SIX DEAD", "ßHELLS HIT VARNHOLM", "İSTREN HIT BY SHELLS", "ŉ HIT"]
)
def test_a_headline_in_capitals_is_read_quietly_and_stays_in_place(annotator: Annotator, headline: str) -> None:
    annotated = annotator.annotate(story(headline=headline, text=""))
    assert holds(annotated)
    assert not annotated.sentences[0].text.isupper()


def test_a_headline_with_a_name_in_capitals_stays() -> None:
    from onrecord.language.annotator import _quiet

    assert _quiet("UQS says shells hit quay") == "UQS says shells hit quay"


def test_a_story_reads_the_same_among_others(annotator: Annotator) -> None:
    def told(annotated: Annotated) -> list[tuple[str, str]]:
        return [(t.dep_, t.ent_type_) for s in annotated.sentences for t in s.syntax]

    alone = told(annotator.annotate(story()))
    annotator.annotate(story(text="Something else happened at Kelm Point. " * 50))
    assert told(annotator.annotate(story())) == alone


def test_evidence_has_no_white_space_at_its_ends(annotator: Annotator) -> None:
    annotated = annotator.annotate(story(text="  Shells fell.  "))
    assert annotated.span("text", 0, 16).text == "Shells fell."
    assert annotated.span("text", 0, 2).text == ""
