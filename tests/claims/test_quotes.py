import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.claims import quotes

TEXTS = [
    ("He said “we go” and left.", ["“we go”"]),
    ('"One," she said. "Two," she added.', ['"One,"', '"Two,"']),
    ("''All is quiet,'' said the pilot.", ["''All is quiet,''"]),
    ("‘Nobody came,’ the clerk’s sister said.", ["‘Nobody came,’"]),
    ("The ministry's men didn't come.", []),
    ('A 12" pipe burst.\nNobody spoke.', []),
    ("«We stay», said the mayor.", ["«We stay»"]),
]


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_finds_quotations_with_their_marks(text: str, expected: list[str]) -> None:
    assert [text[quote.start : quote.end] for quote in quotes.find(text)] == expected


def test_a_quotation_runs_on_over_paragraphs() -> None:
    text = "“The quay is gone.\n\n“Nobody warned us,” said the clerk."
    first, second = quotes.find(text)
    assert text[first.start : first.end] == "“The quay is gone."
    assert (first.closed, first.continues, second.closed, second.continues) == (False, False, True, True)


@pytest.mark.parametrize(
    ("words", "expected"), [('"no comment"', False), ('"Never."', True), ('"we saw two boats"', True)]
)
def test_tells_utterances_from_borrowed_words(words: str, expected: bool) -> None:
    (quote,) = quotes.find(words)
    assert quotes.is_utterance(words, quote) is expected


@given(st.text(alphabet="ab “”\"'‘’\n.", max_size=80))
def test_quotations_lie_in_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for quote in quotes.find(text):
        assert end <= quote.start < quote.end <= len(text)
        end = quote.end


@pytest.mark.parametrize("unit", ["a", " ", '"', "''", "“", "’", "A, "])
def test_takes_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    quotes.find(text)
    assert time.process_time() - started < 2
