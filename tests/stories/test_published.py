from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.records import UNDATED
from onrecord.stories.published import Stated, parse, resolve


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


_DATES = [
    ("2031-05-06", _at(2031, 5, 6), _at(2031, 5, 6, 23, 59, 59), "day"),
    ("20310506", _at(2031, 5, 6), _at(2031, 5, 6, 23, 59, 59), "day"),
    ("2031-05", _at(2031, 5, 1), _at(2031, 5, 31, 23, 59, 59), "month"),
    ("February 2032", _at(2032, 2, 1), _at(2032, 2, 29, 23, 59, 59), "month"),
    ("2032", _at(2032, 1, 1), _at(2032, 12, 31, 23, 59, 59), "year"),
    ("2031-05-06T07:45:10+02:00", _at(2031, 5, 6, 5, 45, 10), _at(2031, 5, 6, 5, 45, 10), "second"),
    ("2031-05-06T00:30:00.123Z", _at(2031, 5, 6, 0, 30), _at(2031, 5, 6, 0, 30), "second"),
    ("2031-05-06T00:30:00+0200", _at(2031, 5, 5, 22, 30), _at(2031, 5, 5, 22, 30), "second"),
    ("2031-05-06 07:45", _at(2031, 5, 6, 7, 45), _at(2031, 5, 6, 7, 45, 59), "minute"),
    ("2031-05-06 07:45:33", _at(2031, 5, 6, 7, 45), _at(2031, 5, 6, 7, 45, 59), "minute"),
    ("May 6, 2031", _at(2031, 5, 6), _at(2031, 5, 6, 23, 59, 59), "day"),
    ("Tuesday, 6th May 2031", _at(2031, 5, 6), _at(2031, 5, 6, 23, 59, 59), "day"),
    ("Sept. 6, 2031 at 5:31 PM", _at(2031, 9, 6, 17, 31), _at(2031, 9, 6, 17, 31, 59), "minute"),
    ("Tue, 06 May 2031 15:10:00 GMT", _at(2031, 5, 6, 15, 10), _at(2031, 5, 6, 15, 10), "second"),
    ("6.5.2031", _at(2031, 5, 6), _at(2031, 5, 6, 23, 59, 59), "day"),
    ("25/12/2031", _at(2031, 12, 25), _at(2031, 12, 25, 23, 59, 59), "day"),
    ("12/25/2031", _at(2031, 12, 25), _at(2031, 12, 25, 23, 59, 59), "day"),
    ("1935913510", _at(2031, 5, 7, 9, 45, 10), _at(2031, 5, 7, 9, 45, 10), "second"),
]


@pytest.mark.parametrize(("words", "start", "end", "precision"), _DATES)
def test_dates(words: str, start: datetime, end: datetime, precision: str) -> None:
    assert parse(words) == (start, end, precision)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("31 February 2031", "no such day"),
        ("2031-02-30", "no such day"),
        ("January 1, 1970", "zero of computer clocks"),
        ("1970-01-01T00:00:00Z", "zero of computer clocks"),
        ("1899-12-31", "between 1900 and 2100"),
        ("2101-01-01", "between 1900 and 2100"),
        ("0000-00-00", "between 1900 and 2100"),
        ("03/04/2031", "either way"),
        ("6 Mayor 2031", "no such month"),
        ("2031-05-06 25:10", "time of day"),
        ("2031-05-06T10:00:00+99:00", "time of day"),
        ("yesterday", "does not read"),
        ("2031-05-06 or so", "does not read"),
    ],
)
def test_what_is_no_date_says_why(words: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse(words)


_ROW, _PAGE = Stated("2031-05-06", "given"), Stated("2031-05-07", "metadata")
_LINE, _NAME, _BAD = Stated("May 8, 2031", "dateline"), Stated("2031-05-09", "file"), Stated("31 May", "given")


@pytest.mark.parametrize(
    ("stated", "option", "basis", "day", "notes"),
    [
        ((_ROW, _PAGE), None, "given", 6, 0),
        ((_ROW, _PAGE), date(2031, 5, 1), "given", 6, 0),
        ((_PAGE, _LINE), date(2031, 5, 1), "given", 1, 0),
        ((_PAGE, _LINE), None, "metadata", 7, 0),
        ((_LINE, _NAME), None, "dateline", 8, 0),
        ((_NAME,), None, "file", 9, 0),
        ((_BAD, _PAGE), None, "metadata", 7, 1),
        ((_BAD,), date(2031, 5, 1), "given", 1, 1),
        ((Stated("  ", "given"),), None, "unknown", None, 0),
        ((_BAD, Stated("January 1, 1970", "dateline")), None, "unknown", None, 2),
    ],
)
def test_the_best_basis_counts(
    stated: tuple[Stated, ...], option: date | None, basis: str, day: int | None, notes: int
) -> None:
    found, rejected = resolve(stated, option)
    assert (found.basis, found.day and found.day.day, len(rejected)) == (basis, day, notes)
    assert all(note.what == "published" and "not used" in note.reason for note in rejected)


@given(st.text(max_size=60))
def test_any_words_resolve_or_are_listed(words: str) -> None:
    found, rejected = resolve((Stated(words, "given"),))
    assert (found == UNDATED) == (bool(rejected) or not words.strip())


@given(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 -- hypothesis wants naive bounds
def test_iso_instants_come_back(at: datetime) -> None:
    at = at.replace(microsecond=0, tzinfo=UTC)
    assert parse(at.isoformat()) == (at, at, "second")
