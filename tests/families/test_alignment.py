from typing import Any

import pytest
from family_stories import day, read

from onrecord.families.alignment import same_occurrence, shared_name
from onrecord.records import Event, Party

FIRST = "Raiders on horseback burned the toll house at Ambry Ford"
SECOND = "The toll house at Ambry Ford was burned by raiders"
OTHER = "Smoke was seen beyond the river"


def event(words: str, target: str | None = None, **fields: Any) -> Event:
    made = read("st-0", None, day(9), f"{words}.", events=[{"told": [words], "kind": "raid", **fields}]).reading.events[
        0
    ]
    return Event(
        **{
            **{f: getattr(made, f) for f in made.__slots__},
            "target": Party(target, made.mentions[0].span) if target else None,
        }
    )


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (event(FIRST, on=3), event(OTHER, on=3), True),
        (event(FIRST, on=3, at="Ambry Ford"), event(SECOND, on=8, at="Ambry Ford"), False),
        (event(FIRST, on=3, at="Ambry Ford"), event(SECOND, on=4, at="Ambry Ford"), True),
        (event(FIRST, at="Ambry Ford"), event(SECOND, at="Ambry Ford"), True),
        (event(FIRST, at="Ambry Ford"), event(OTHER, at="Ambry Ford"), False),
        (event(FIRST, at="Ambry Ford", on=3), event(OTHER, at="Quill", on=3), False),
        (event(FIRST), event(SECOND), False),
        (event(FIRST, "the toll house"), event(SECOND, "toll house"), True),
        (event(FIRST, "three people"), event(SECOND, "people"), False),
        (event(FIRST, on=3), event(OTHER, on=3, kind="shelling"), False),
        (
            event(FIRST, "the toll house", on=3, status="planned"),
            event(SECOND, "toll house", on=20, status="planned"),
            True,
        ),
    ],
)
def test_one_occurrence_or_two(one: Event, two: Event, same: bool) -> None:
    assert same_occurrence(one, two) is same
    assert same_occurrence(two, one) is same


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Ambry Ford", "ambry ford", True),
        ("Ambry Ford", "the bank of Ambry", True),
        ("Ambry", "Quill", False),
        ("Oz", "Oz", True),
        ("Oz", "Ur", False),
        ("", "Ambry", False),
    ],
)
def test_names_that_share_their_words(one: str, two: str, same: bool) -> None:
    assert shared_name(one, two) is same
