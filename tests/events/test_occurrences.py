from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from onrecord.events import build
from onrecord.language import Annotated
from onrecord.records import Event, Published

THURSDAY = Published(datetime(2031, 5, 8, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC), "day", "given")
Tell = Callable[..., tuple[Event, ...]]


@pytest.fixture(scope="session")
def tell(annotate: Callable[..., Annotated]) -> Tell:
    def told(text: str, headline: str = "", published: Published = THURSDAY) -> tuple[Event, ...]:
        return build(annotate(text, headline, published), ()).events

    return told


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        # told again
        (
            "A drone hit a depot in Vellin on Tuesday. The strike killed four men. The attack also wounded two guards.",
            [3],
        ),
        # two days, two places
        ("A drone hit a depot in Vellin on Tuesday. On Sunday another drone hit a bridge at Tarn.", [1, 1]),
        # a plan is no act
        ("A drone hit a depot in Vellin on Tuesday. The army plans a strike on Tarn.", [1, 1]),
        # other years
        ("A drone hit a depot in Vellin on Tuesday. In 2009 a drone strike there killed 31 people.", [1, 1]),
        # other kinds of act
        ("Police arrested four men in Vellin. A ferry was hit by a shell off Tarn.", [1, 1]),
    ],
)
def test_what_is_one_occurrence(text: str, sizes: list[int], tell: Tell) -> None:
    assert [len(event.mentions) for event in tell(text)] == sizes


def test_headline_and_lead_are_one(tell: Tell) -> None:
    events = tell(
        "A drone hit a depot in Vellin on Tuesday, killing four men.", headline="Drone hits depot, four killed"
    )
    assert [[m.span.part for m in event.mentions] for event in events] == [["text", "headline"]]


def test_background_is_marked(tell: Tell) -> None:
    events = tell("A drone hit a depot in Vellin on Tuesday. In 2009 a bomb killed 31 people there.")
    assert [event.background for event in events] == [False, True]


def test_fields_come_from_all_mentions(tell: Tell) -> None:
    (event,) = tell("A drone hit a depot. The strike happened in Vellin on Tuesday. The attack killed four men.")
    assert event.where is not None
    assert event.where.name == "Vellin"
    assert event.when is not None
    assert event.when.start == date(2031, 5, 6)
    assert [c.quantity.number for c in event.counts] == [4]


def test_disagreement_is_kept(tell: Tell) -> None:
    (event,) = tell(
        "A shell hit the market in Vellin on Tuesday, killing four men. The blast killed six, a doctor said."
    )
    assert [c.quantity.number for c in event.counts if c.what == "killed"] == [4, 6]


def test_without_a_time_there_is_none(tell: Tell) -> None:
    (event,) = tell("A drone hit a depot in Vellin.")
    assert event.when is None


def test_a_later_death_is_no_time_of_the_act(tell: Tell) -> None:
    (event,) = tell("A shell hit the market in Vellin on Sunday, wounding nine men. Two of them died on Wednesday.")
    assert event.when is not None
    assert event.when.start == date(2031, 5, 4)


def test_ids_count_up(tell: Tell) -> None:
    events = tell("A drone hit a depot in Vellin on Tuesday. On Sunday another drone hit a bridge at Tarn.")
    assert [event.id for event in events] == ["st-1-e1", "st-1-e2"]


def test_status_of_an_occurrence(tell: Tell) -> None:
    events = tell("The army plans a raid on Tarn. A drone hit a depot in Vellin.")
    assert [event.status for event in events] == ["planned", "happened"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # a day told by another's
        ("A drone hit a mill in Vellin on Monday. On the same day a car bomb killed two men in Tarn.", [5, 5]),
        ("A drone hit a mill in Vellin on Wednesday. Two days earlier a car bomb killed two men in Tarn.", [7, 5]),
        ("A drone hit a mill in Vellin on Monday. The following day a car bomb killed two men in Tarn.", [5, 6]),
        # the hour before which it was is of that day
        ("A drone hit a mill in Vellin before dawn on Monday, killing two men.", [5]),
        # what only bounds a time is none
        ("A drone hit a mill in Vellin, the first attack since it reopened on Sunday.", [None]),
        # when the dead were buried or found is no time of the act
        ("In Vellin, where shells killed nine people, the dead were buried on Tuesday.", [None]),
        (
            "Gunmen ambushed a patrol. A body was found on Tuesday, which brings the number of policemen killed to eight.",
            [None],
        ),
        ("A boat of the fleet opened fire on a barge that was running without lights on Tuesday and sank it.", [6]),
    ],
)
def test_days(text: str, days: list[int | None], tell: Tell) -> None:
    assert [e.when.start.day if e.when and e.when.start else None for e in tell(text)] == days


def test_what_died_away_is_not_done(tell: Tell) -> None:
    events = tell("Gunmen tried to board the tanker Alda off Tarn on Monday. Nobody was hurt.")
    assert [(e.status, len(e.mentions)) for e in events] == [("attempted", 2)]


REPORT = (
    "12 April, Vellin. Shells hit the village from the ridge. Nine dead were counted.\n\n"
    "13 April, Tarn. One car bomb went off at the mill. Three dead were counted.\n\n"
    "14 April, Ostra. A shell hit the quay. Nobody was hurt.\n\n"
    "Observers will shell out for a new office."
)


def test_items_lend_day_and_place(tell: Tell) -> None:
    events = [e for e in tell(REPORT) if e.status == "happened"]
    assert [(e.when.start, e.where.name) for e in events if e.when and e.where] == [
        (date(2031, 4, 12), "Vellin"),
        (date(2031, 4, 13), "Tarn"),
        (date(2031, 4, 14), "Ostra"),
    ]
    assert [[c.quantity.number for c in e.counts if c.what == "killed"] for e in events] == [[9], [3], [0]]


def test_two_headed_paragraphs_make_no_report_of_items(tell: Tell) -> None:
    events = tell(REPORT.split("\n\n14", maxsplit=1)[0])
    assert all(e.where is None or e.where.name != "Vellin" for e in events)
