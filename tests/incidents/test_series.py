"""How the totals of one outlet, or of one source, move."""

from dataclasses import replace

import pytest

from onrecord.incidents import movements
from onrecord.records import Quantity


@pytest.fixture
def war(room, desk):
    """Two attacks: 3 dead on 4 May, 5 on 9 May."""
    for day, place, dead in (("04", "Port Amary", 3), ("09", "Cape Dorn", 5)):
        says = (desk.say("Mayor", killed=dead),)
        room.story(f"a{day}", "Gull Wire", f"2031-05-{day}", desk.act("drone_strike", f"2031-05-{day}", place, says))
    return room


def moved(room, desk, *totals, unit="killed", outlets=("Amary Post",), **more):
    """What (day, number) come to, printed by the outlets in turn."""
    for n, (day, count) in enumerate(totals):
        room.story(f"z{n}", outlets[n % len(outlets)], f"2031-05-{day}", totals=(desk.total(unit, count, **more),))
    return steps(room)


def steps(room):
    found = room.merge()
    names = {one.id: one.where.name for one in found.incidents}
    return [
        (m.word, m.by, tuple(names[i] for i in m.incidents))
        for m in movements(room.reads, room.derivations, found.verdicts)
    ]


@pytest.mark.parametrize(
    ("totals", "more", "expected"),
    [
        pytest.param((("05", 3), ("10", 8)), {}, [("new_incident", 5, ("Cape Dorn",))], id="with a new incident"),
        pytest.param((("05", 3), ("08", 4)), {}, [("revision", 1, ())], id="with none"),
        pytest.param((("10", 8), ("12", 7)), {}, [("error", -1, ())], id="down"),
        pytest.param((("10", 8), ("12", 8)), {}, [], id="no step"),
        pytest.param((("10", 8), ("10", 9)), {}, [], id="on one day there is no order"),
        pytest.param((("10", 640), ("12", 700)), {"unit": "detained"}, [("unchecked", 60, ())], id="what the ledger does not count"),
        pytest.param((("10", 700), ("12", 640)), {"unit": "detained"}, [("error", -60, ())], id="which does not fall either"),
        pytest.param((("05", 3), ("10", 8)), {"outlets": ("Amary Post", "Dorn Echo")}, [], id="two outlets are two series"),
        pytest.param((("10", 8), ("12", Quantity(6, None, "more_than"))), {}, [], id="an open total is no step down"),
    ],
)  # fmt: skip
def test_each_step(war, desk, totals, more, expected):
    assert moved(war, desk, *totals, **more) == expected


def test_what_a_copy_prints_is_not_its_outlets(war, desk):
    war.story("y", "Dorn Echo", "2031-05-05", totals=(desk.total("killed", 3),))
    war.story("z", "Dorn Echo", "2031-05-10", relation="reprint", origin="q", totals=(desk.total("killed", 8),))
    assert steps(war) == []


def said_by(room, story, source, stance="asserts"):
    """Puts a total into the mouth of a source."""
    at = next(n for n, read in enumerate(room.reads) if read.story.id == story)
    read = room.reads[at]
    reading = read.reading
    claim = replace(room.reads[0].reading.claims[0], id=f"{story}-c9", stance=stance)
    claim = replace(claim, source=replace(claim.source, kind="named_body", name=source))
    tallies = tuple(replace(one, claim=claim.id) for one in reading.tallies)
    room.reads[at] = replace(read, reading=replace(reading, claims=(*reading.claims, claim), tallies=tallies))


@pytest.mark.parametrize(("stance", "word"), [("asserts", "error"), ("corrects", "correction")])
def test_a_source_has_one_series_wherever_it_is_printed(war, desk, stance, word):
    war.story("y", "Dorn Echo", "2031-05-10", totals=(desk.total("killed", 9),))
    war.story("z", "Amary Post", "2031-05-12", totals=(desk.total("killed", 8),))
    said_by(war, "y", "Coast Guard")
    said_by(war, "z", "the Coast Guard", stance)
    assert steps(war) == [(word, -1, ())]


def test_the_order_of_the_stories_does_not_matter(war, desk):
    expected = moved(war, desk, ("05", 3), ("08", 4), ("10", 8))
    war.reads.reverse()
    assert steps(war) == expected != []
