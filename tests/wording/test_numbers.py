"""How many do these words tell of?"""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.errors import WrongUse
from onrecord.records import Bounds, Quantity
from onrecord.wording import numbers


def told(text: str) -> list[Quantity]:
    return [numeral.quantity for numeral in numbers.find(text)]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12 people", Quantity(12)),
        ("some 2,380 people", Quantity(2380, modifier="about")),
        ("Twenty-two dockers", Quantity(22)),
        ("a hundred and five men", Quantity(105)),
        ("two hundred thousand", Quantity(200_000)),
        ("1.2 million people", Quantity(1_200_000)),
        ("half a dozen underwriters", Quantity(6)),
        ("two dozen rockets", Quantity(24)),
        ("a couple of boats", Quantity(2)),
        ("at least 38 people", Quantity(38, modifier="at_least")),
        ("at least another three", Quantity(3, modifier="at_least")),
        ("12 or more", Quantity(12, modifier="at_least")),
        ("50+ men", Quantity(50, modifier="at_least")),
        ("more than 100", Quantity(100, modifier="more_than")),
        ("no more than nine", Quantity(9, modifier="up_to")),
        ("as many as 20", Quantity(20, modifier="up_to")),
        ("fewer than ten", Quantity(10, modifier="fewer_than")),
        ("five to seven sailors", Quantity(5, 7)),
        ("between 14 and 17", Quantity(14, 17)),
        ("12-15 boats", Quantity(12, 15)),
        ("two or three huts", Quantity(2, 3)),
        ("at least 14 and as many as 17", Quantity(14, 17)),
        ("dozens of insiders", Quantity(None, vague="dozens")),
        ("tens of thousands of people", Quantity(None, vague="tens_of_thousands")),
        ("several guards", Quantity(None, vague="several")),
        ("No one was hurt", Quantity(0)),
    ],
)
def test_a_number_and_what_stands_around_it(text: str, quantity: Quantity) -> None:
    assert told(text) == [quantity]


@pytest.mark.parametrize(
    "text",
    [
        "F-16 jets", "at 0540 UTC", "12.5 per cent", "$12 million", "one another", "24/7", "at 5:40", "the 1990s", "the 3rd",
        "stone", "tense", "two-thirds of it", "how many died", "so many", "",
    ],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert told(text) == []


def test_a_rise_is_two_numbers() -> None:
    assert told("The toll rose from 5 to 7") == [Quantity(5), Quantity(7)]


def test_a_modifier_before_a_full_stop_is_an_age() -> None:
    assert told("children under 12.") == [Quantity(12)]
    assert told("under 12 people") == [Quantity(12, modifier="fewer_than")]


@pytest.mark.parametrize(
    ("words", "quantity"),
    [
        ("the two", Quantity(2)),
        ("both", Quantity(2)),
        ("dozens of", Quantity(None, vague="dozens")),
        ("at least three other", Quantity(3, modifier="at_least")),
        ("two current", None),
        ("officials", None),
        ("two of three", None),
    ],
)
def test_parse_takes_nothing_but_a_quantity(words: str, quantity: Quantity | None) -> None:
    assert numbers.parse(words) == quantity


@pytest.mark.parametrize(
    ("quantity", "profile", "bounds"),
    [
        (Quantity(38), "joint", Bounds(38, 38, 38)),
        (Quantity(38, modifier="at_least"), "joint", Bounds(38, 38, None)),
        (Quantity(100, modifier="more_than"), "joint", Bounds(101, None, None)),
        (Quantity(100, modifier="more_than"), "ucdp", Bounds(101, 101, None)),
        (Quantity(10, modifier="fewer_than"), "joint", Bounds(None, None, 9)),
        (Quantity(0, modifier="fewer_than"), "joint", Bounds(None, None, 0)),
        (Quantity(5, 7), "joint", Bounds(5, None, 7)),
        (Quantity(None, vague="dozens"), "joint", Bounds(24, None, None)),
        (Quantity(None, vague="several"), "joint", Bounds(3, None, None)),
        (Quantity(None, vague="several"), "acled", Bounds(10, 10, None)),
        (numbers.BARE_PLURAL, "joint", Bounds(2, None, None)),
        (Quantity(None), "joint", Bounds(None, None, None)),
        (Quantity(0), "joint", Bounds(0, 0, 0)),
    ],
)
def test_bounds_by_profile(quantity: Quantity, profile: str, bounds: Bounds) -> None:
    assert numbers.bounds(quantity, profile) == bounds


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(WrongUse, match="joint, acled, ucdp, airwars"):
        numbers.bounds(Quantity(1), "acledd")


@given(st.integers(0, 999_999_999), st.booleans())
def test_digits_are_read_back(number: int, grouped: bool) -> None:
    text = f"{number:,}" if grouped else str(number)
    assert told(f"Some said {text} people came.") == [Quantity(number)]


@given(st.text(max_size=80))
def test_spans_hold_and_bounds_are_in_order(text: str) -> None:
    last = 0
    for numeral in numbers.find(text):
        assert last <= numeral.start < numeral.end <= len(text)
        last = numeral.end
        for profile in numbers.profiles():
            found = numbers.bounds(numeral.quantity, profile)
            known = [value for value in (found.low, found.best, found.high) if value is not None]
            assert known == sorted(known)


@pytest.mark.parametrize("piece", ["a ", "1", "1,", "twenty ", "at least ", " ", "more than the ", "one hundred and "])
def test_junk_is_read_in_no_time(piece: str) -> None:
    began = time.process_time()
    numbers.find(piece * (100_000 // len(piece)))
    assert time.process_time() - began < 1


def test_every_profile_says_what_becomes_of_figures_that_differ() -> None:
    for name in numbers.profiles():
        rules = numbers.reports(name)
        assert rules.rule
        assert rules.source
    assert numbers.reports("joint").counts == "every"
    with pytest.raises(WrongUse):
        numbers.reports("nobody's")
