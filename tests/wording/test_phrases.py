"""Hundreds of phrases as reports word numbers and days, with what a careful coder makes of each."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import numbers, times

PHRASES = Path(__file__).parent / "phrases"
DISPUTED = 0.92
"""Share of the times that has to be right: what is left is listed when the test fails."""


def rows(name: str) -> list[list[str]]:
    lines = (PHRASES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines]


@pytest.mark.parametrize(("phrase", "low", "best", "high"), rows("numbers.tsv"))
def test_a_number_has_its_bounds(phrase, low, best, high):
    found = [numbers.bounds(it.quantity, "joint") for it in numbers.find(phrase)]
    assert [(it.low, it.best, it.high) for it in found] == [
        tuple(None if n == "-" else int(n) for n in (low, best, high))
    ]


def test_a_time_has_its_days():
    wrong = []
    for phrase, published, *edges in rows("times.tsv"):
        right = tuple(None if edge == "-" else date.fromisoformat(edge) for edge in edges)
        found = [(it.first, it.last) for it in times.find(phrase, date.fromisoformat(published))]
        if found != [right] and not (right == (None, None) and not found):
            wrong.append((phrase, published, right, found))
    assert len(wrong) <= (1 - DISPUTED) * len(rows("times.tsv")), wrong


@pytest.mark.parametrize(
    "phrase", [phrase for phrase, _, first, last in rows("times.tsv") if (first, last) != ("-", "-")]
)
def test_what_is_told_from_publication_stays_wording_without_one(phrase):
    told = {(it.first, it.last) for it in times.find(phrase, None)}
    years = {day.year for edges in told for day in edges if day is not None}
    assert all(str(year) in phrase or f"{year // 10}0s" in phrase for year in years)


WORDS = {
    7: "seven",
    12: "a dozen",
    24: "two dozen",
    40: "forty",
    105: "a hundred and five",
    2500: "two and a half thousand",
}
FORMS = {
    "at least": lambda n: (n, n, None),
    "no fewer than": lambda n: (n, n, None),
    "more than": lambda n: (n + 1, None, None),
    "upwards of": lambda n: (n + 1, None, None),
    "up to": lambda n: (None, None, n),
    "as many as": lambda n: (None, None, n),
    "fewer than": lambda n: (None, None, n - 1),
    "about": lambda n: (n, n, n),
    "nearly": lambda n: (n, n, n),
    "some": lambda n: (n, n, n),
    "": lambda n: (n, n, n),
}


@given(
    st.sampled_from(sorted(FORMS)),
    st.sampled_from(sorted(WORDS)) | st.integers(2, 99_999),
    st.sampled_from(["people", "villagers", "members of the Ashen Front", "wounded", "rocket crews"]),
    st.sampled_from(["", "On Tuesday ", "The ministry said ", "“We buried "]),
    st.booleans(),
)
def test_modifier_and_number_make_the_bounds_whatever_stands_around(form, number, noun, before, digits):
    worded = WORDS.get(number) if not digits else None
    text = f"{before}{form + ' ' if form else ''}{worded or f'{number:,}'} {noun}."
    (found,) = numbers.find(text)
    assert tuple(getattr(numbers.bounds(found.quantity), edge) for edge in ("low", "best", "high")) == FORMS[form](
        number
    )
    assert text[found.start : found.end].endswith(worded or f"{number:,}")


@given(
    st.integers(1, 500), st.integers(1, 500), st.sampled_from(["{} to {}", "between {} and {}", "{}-{}", "{} or {}"])
)
def test_a_range_has_both_ends(one, other, form):
    low, high = sorted((one, other))
    found = numbers.find(form.format(low, high) + " sailors")
    if low < high:
        assert [numbers.bounds(it.quantity) for it in found] == [numbers.Bounds(low, None, high)]
