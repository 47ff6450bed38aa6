"""The shipped network: what it hears, and that it hears the same whatever else is read."""

from importlib import resources
from pathlib import Path

import fitted
import numpy as np
import pytest

from onrecord.language import Annotator, network_name
from onrecord.language.encoder import Encoder
from onrecord.language.pieces import Block
from onrecord.records import UNDATED, Story

TEXT = (
    "The Harbour Ministry of Ostrava-on-Sea said on Tuesday that two drones had struck the grain terminal.\n"
    "“We lost a crane and four men,” said Capt. Lina Torrel, the harbour master. “The rest of us swam.”\n"
    "A strike on the depot was planned, according to three officials who asked not to be named.\n"
)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return Annotator()


def story(text: str, headline: str = "Two drones strike") -> Story:
    return Story("st-0", None, None, None, headline, None, UNDATED, "en", text)


def blocks(text: str) -> list[Block]:
    found, at = [], 0
    for line in text.split("\n"):
        if line:
            found.append(Block(False, at, line))
        at += len(line) + 1
    return found


def test_who_says_what(annotator):
    heard = annotator.annotate(story(TEXT)).heard()
    told = [
        (TEXT[slice(*h.source)] if h.source else None, TEXT[slice(*h.cue)], [TEXT[slice(*c)] for c in h.content])
        for h in heard
    ]
    assert told[0] == (
        "The Harbour Ministry of Ostrava-on-Sea", "said", ["that two drones had struck the grain terminal"],
    )  # fmt: skip
    assert told[1][:2] == ("Capt. Lina Torrel, the harbour master", "said")
    assert told[1][2][0] == "“We lost a crane and four men,”"
    source, cue, content = told[2]
    assert (source, cue) == ("three officials who asked not to be named", "according to")
    assert content == ["A strike on the depot was planned"]


def test_what_has_happened_and_what_has_not(annotator):
    annotated = annotator.annotate(story(TEXT))
    sure = {}
    for word in ("struck", "strike"):
        at = TEXT.index(word)
        judged = annotated.judged("text", at, at + len(word))
        sure[word] = (judged.certainty, annotated.encoder.lists.statuses[int(judged.statuses.argmax())])
    assert sure["struck"][1] == "happened"
    assert sure["struck"][0] > 1.5 > sure["strike"][0]


def test_no_words_no_judgement(annotator):
    annotated = annotator.annotate(story(TEXT))
    assert annotated.judged("text", 5000, 5004) is None
    assert annotated.judged("headline", 4, 10) is not None


def test_it_hears_the_same_whatever_was_read_before(encoder):
    first = encoder.encode(blocks(TEXT))
    for other in ("A short one.", TEXT * 9, "x " * 3000):
        encoder.encode(blocks(other))
    again, other = encoder.encode(blocks(TEXT)), Encoder().encode(blocks(TEXT))
    for told in (again, other):
        assert np.array_equal(told.vectors, first.vectors)
        assert [(a.cue, a.source, a.content) for a in told.attributions] == [
            (a.cue, a.source, a.content) for a in first.attributions
        ]
        assert all(
            np.array_equal(a.stances, b.stances) for a, b in zip(told.attributions, first.attributions, strict=True)
        )
    spans = [(0, 3), (5, 6)]
    assert [j.certainty for j in encoder.judge(first, spans)] == [j.certainty for j in encoder.judge(again, spans)]


@pytest.mark.parametrize("text", ["", "\n \n", "…", "\u200b", "汉字 тест", "a" * 5000, "“" * 400, "said " * 2000])
def test_odd_texts_are_read(encoder, text):
    encoded = encoder.encode(blocks(text))
    assert len(encoded.vectors) == len(encoded.words)
    assert np.isfinite(encoded.vectors).all()


def test_a_story_without_words_is_heard_in_silence(annotator):
    annotated = annotator.annotate(story(" \n ", headline=""))
    assert annotated.heard() == ()
    assert annotated.judged("text", 0, 2) is None


def test_spans_lie_in_the_text_as_given(encoder):
    text = "Ämter sagten nichts.\n‘We’re leaving’, the naïve coöperator’s café-owner said — “tout de suite” …"
    encoded = encoder.encode(blocks(text))
    for start, end in zip(encoded.words.start, encoded.words.end, strict=True):
        assert text[start:end].strip() == text[start:end] != ""


def test_the_shipped_files_are_those_that_the_name_tells():
    assert network_name() == fitted.name(Path(str(resources.files("onrecord.language") / "models")))
