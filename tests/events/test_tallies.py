from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from onrecord.events import build
from onrecord.language import Annotated
from onrecord.records import Claim, Published, Source, Span, Tally

THURSDAY = Published(datetime(2031, 5, 8, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC), "day", "given")
Tell = Callable[[str], tuple[Tally, ...]]


@pytest.fixture(scope="session")
def tell(annotate: Callable[..., Annotated]) -> Tell:
    def told(text: str) -> tuple[Tally, ...]:
        return build(annotate(text, "", THURSDAY), ()).tallies

    return told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fifteen strikes have killed 64 people since March.", [("strikes", 15), ("killed", 64)]),
        ("The raids have left at least 71 people dead.", [("killed", 71)]),
        ("Nine attacks by the Red Front since the beginning of the month have wounded 30.", [("attacks", 9), ("injured", 30)]),
        ("So far this year 40 people have been abducted.", [("abducted", 40)]),
        ("In all, 18 vessels have been hit since March.", [("vessels", 18)]),
        ("Some 2,380 people have been detained since 2 March.", [("detained", 2380)]),
        ("Verania has extradited 55 men since January.", [("extradited", 55)]),
        ("The dead on all sides number 24.", [("killed", 24)]),
        ("Twenty-two people were killed in April.", [("killed", 22)]),
        ("Fifteen strikes have killed 64 people since March. The ministry puts the figure at 70.",
         [("strikes", 15), ("killed", 64), ("killed", 70)]),
        ("It was the seventh boat hit since March.", [("vessels", 7)]),
        ("Police received 61 bodies in April.", [("bodies_found", 61)]),
    ],
)  # fmt: skip
def test_running_totals(text: str, expected: list[tuple[str, int]], tell: Tell) -> None:
    assert [(t.unit, t.quantity.number) for t in tell(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "A drone hit a depot in Vellin, killing four men.",
        "The toll of the blast rose to 31.",
        "The attack killed four men, in the first strike on the town since the truce.",
        "In 2009 a bomb killed 31 people at the pier.",
        "Police have kept two boats in the strait since March.",
        "Two missiles struck the quay.",
    ],
)
def test_what_is_no_total(text: str, tell: Tell) -> None:
    assert tell(text) == ()


@pytest.mark.parametrize(
    ("text", "since", "as_of"),
    [
        ("Fifteen strikes have killed 64 people since 4 March.", date(2031, 3, 4), date(2031, 5, 8)),
        ("Strikes have killed 64 people since the beginning of the month.", date(2031, 5, 1), date(2031, 5, 8)),
        ("The raids have killed 64 people.", None, date(2031, 5, 8)),
        ("Twenty-two people were killed in April.", date(2031, 4, 1), date(2031, 4, 30)),
    ],
)
def test_period(text: str, since: date | None, as_of: date, tell: Tell) -> None:
    assert {(t.since, t.as_of) for t in tell(text)} == {(since, as_of)}


def test_scope_is_whose_acts_are_counted(tell: Tell) -> None:
    text = "The Red Front fights on. Nine attacks by the front have killed 30 people since March."
    assert {t.scope for t in tell(text)} == {"attacks by the Red Front"}


def test_a_total_is_no_count_of_an_event(annotate: Callable[..., Annotated]) -> None:
    built = build(
        annotate(
            "A drone hit a depot, killing four men. Nine strikes have killed 30 people since March.", "", THURSDAY
        ),
        (),
    )
    assert [c.quantity.number for e in built.events for c in e.counts if c.what == "killed"] == [4]


def test_the_claim_that_holds_it_is_named(annotate: Callable[..., Annotated]) -> None:
    text = "Nine strikes have killed 30 people since March, the ministry said."
    content = Span("st-1", "text", 0, 48, text[:48])
    claim = Claim("st-1-c1", (content,), None, Source("named_body", "ministry"), "indirect", "asserts")
    built = build(annotate(text, "", THURSDAY), (claim,))
    assert {t.claim for t in built.tallies} == {"st-1-c1"}
    assert [t.id for t in built.tallies] == ["st-1-t1", "st-1-t2"]
