"""What people write is a value, or refused in a sentence; nothing else ever happens."""

from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import records
from onrecord.decisions.values import check, fields, parsed
from onrecord.errors import WrongUse
from onrecord.records import NOTHING_SAID, UNDATED, Bounds, Published, Quantity, When

DAY = When(date(2031, 4, 1), date(2031, 4, 1), "day", None)
DAYS = When(date(2031, 4, 1), date(2031, 4, 3), "days", None)
GOOD: dict[str, list[tuple[str, Any]]] = {
    "words": [("Varn Courier", "Varn Courier"), ("  Tern Brigade ", "Tern Brigade"), ("unknown", None)],
    "days": [("2031-04-01", DAY), ("2031-04-01/2031-04-03", DAYS), ("2031-04-01 / 2031-04-01", DAY), ("unknown", None)],
    "day": [("2031-04-01", date(2031, 4, 1)), ("unknown", None)],
    "published": [
        ("2031-04-01", Published(datetime(2031, 4, 1, tzinfo=UTC), datetime(2031, 4, 2, tzinfo=UTC), "day", "given")),
        ("unknown", UNDATED),
    ],
    "country": [("Quelland", "Quelland"), ("Norwegen", "Norwegen"), ("unknown", None)],
    "number": [
        ("12", Quantity(12)), ("0", Quantity(0)), ("5-7", Quantity(5, 7)), ("5 – 7", Quantity(5, 7)),
        ("at least 12", Quantity(12, modifier="at_least")), ("unknown", None),
    ],
    "bounds": [
        ("12", Quantity(12)), ("9-12-15", Bounds(9, 12, 15)), ("0-0-0", Bounds(0, 0, 0)),
        ("at least 12", Quantity(12, modifier="at_least")), ("unknown", NOTHING_SAID),
    ],
    "campaign": [("Harbour war", ("Harbour war", True)), ("not Harbour war", ("Harbour war", False))],
}  # fmt: skip
BAD: dict[str, list[str]] = {
    "days": ["yesterday", "2031-13-01", "2031-04-03/2031-04-01", "2031-04-01/soon", "/", "2031-04-31"],
    "day": ["yesterday", "2031-02-29", "2031-04-01/2031-04-02"],
    "published": ["yesterday", "2031-02-29", "9999-12-31"],
    "place": ["Varnholm (91, 0)", "Varnholm (0, 181)"],
    "number": ["7-5", "-3", "many dead cats in a sack", "1e9"],
    "bounds": ["12-9-15", "-1", "9-12-15-18"],
    "EventKind": ["war", "Shelling", "unknown"],
    "Status": ["done"],
    "Settled": ["planned", "denied"],
    "Unsettled": ["happened", "ongoing"],
    "SourceKind": ["spokesman"],
    "Stance": ["says"],
    "TallyUnit": ["dead"],
}
FIELDS = [(kind, field, sort) for kind, known in fields().items() for field, sort in known.items()]


@pytest.mark.parametrize(("kind", "field", "sort"), FIELDS)
def test_every_field_takes_its_good_words_and_refuses_the_bad(kind: str, field: str, sort: str) -> None:
    for words, value in GOOD.get(sort, []):
        assert parsed(kind, field, words) == value
    for words in BAD.get(sort, []):
        with pytest.raises(WrongUse, match=r"^--value .+: "):
            check(kind, field, words)
    for words in (None, "", " \n"):
        with pytest.raises(WrongUse, match=f"what is {field} to be"):
            check(kind, field, words)
    assert sort in GOOD or sort in BAD


@pytest.mark.parametrize(("kind", "field", "sort"), [f for f in FIELDS if hasattr(records, f[2])])
def test_every_word_of_a_closed_list_can_be_set(kind: str, field: str, sort: str) -> None:
    for words in get_args(getattr(records, sort)):
        assert parsed(kind, field, words) == words


def test_a_place_may_come_with_a_point_that_no_gazetteer_holds() -> None:
    exact = parsed("event", "place", "Varnholm (54.5, -3.25)")
    assert (exact.name, exact.lat, exact.lon, exact.precision) == ("Varnholm", 54.5, -3.25, "exact")
    named = parsed("event", "place", "Varnholm")
    assert (named.name, named.lat) == ("Varnholm", None)
    assert parsed("event", "place", "unknown") is None


@pytest.mark.parametrize("kind", ["decision", "campaign", "nothing"])
def test_on_what_has_no_fields_nothing_is_set(kind: str) -> None:
    with pytest.raises(WrongUse, match="can be set: nothing"):
        check(kind, "killed", "3")


def test_a_field_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(WrongUse, match=r"--field weather: of an incident can be set: kind, status, date"):
        check("incident", "weather", "fine")
    with pytest.raises(WrongUse, match=r"--field \(none\): of a story"):
        check("story", None, "fine")


WORDS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(codec=None), max_size=12),
    st.from_regex(r"\d{1,12}([-–/]\d{1,12}){0,3}", fullmatch=True),
    st.from_regex(r"[A-Z][a-z]{0,8} ?\(-?\d{1,3}(\.\d{1,9})?, ?-?\d{1,3}(\.\d{1,9})?\)", fullmatch=True),
    st.from_regex(r"(at least|about|dozens of|fewer than|between) .{0,12}", fullmatch=True),
    st.dates().map(str),
    st.tuples(st.dates(), st.dates()).map(lambda two: f"{two[0]}/{two[1]}"),
)


@settings(deadline=None)
@given(field=st.sampled_from(FIELDS), words=WORDS)
def test_whatever_is_written_is_a_value_or_a_sentence(field: tuple[str, str, str], words: str) -> None:
    kind, name, _ = field
    try:
        first = parsed(kind, name, words)
    except WrongUse:
        with pytest.raises(WrongUse, match=r"^--(value|field) "):
            check(kind, name, words)
    else:
        assert parsed(kind, name, words) == first
