from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.incidents import Families, merge
from onrecord.incidents.merged import by_story
from onrecord.incidents.retold import Retold
from onrecord.records import Where


def test_nothing_comes_of_nothing():
    merged = merge((), Families())
    assert (merged.incidents, merged.plans, merged.verdicts) == ((), (), ())


def test_reports_of_one_event_are_one_incident(room, desk):
    jetty = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**jetty))
    room.story("b", "Amary Post", "2031-05-05", desk.act(**jetty))
    room.story("c", "Quay Radio", "2031-05-06", desk.act(kind="missile_strike", **jetty))
    (incident,) = room.merge().incidents
    assert incident.stories == ("a", "b", "c")
    assert incident.events == ("a-e0", "b-e0", "c-e0")
    assert (incident.kind, incident.where.name, incident.target) == ("drone_strike", "Port Amary", "fuel jetty")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({"day": "2031-05-04"}, {"day": "2031-05-08"}, id="one harbour, four days apart"),
        pytest.param({}, {"place": "Cape Dorn"}, id="one day, two places"),
        pytest.param({}, {"kind": "abduction", "target": "two nurses"}, id="one day and place, another kind of act"),
    ],
)
def test_events_that_differ_are_kept_apart(room, desk, first, second):
    usual = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}
    room.story("a", "Gull Wire", "2031-05-09", desk.act(**(usual | first)))
    room.story("b", "Amary Post", "2031-05-09", desk.act(**(usual | second)))
    assert len(room.merge().incidents) == 2


def test_a_vague_telling_joins_the_incident_it_fits_and_links_no_two(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Gull Wire", "2031-05-09", desk.act(day="2031-05-08", place="Port Amary", target="grain silo"))
    room.story("c", "Amary Post", "2031-05-10", desk.act(place="Port Amary", target="grain silo"))
    merged = room.merge()
    assert [one.stories for one in merged.incidents] == [("a",), ("b", "c")]
    assert any("c-e0" in reason for reason in merged.incidents[1].reasons)


def test_of_two_that_fit_alike_the_nearest_in_time_is_taken(room, desk):
    for name, day in (("a", "2031-05-04"), ("b", "2031-05-06")):
        room.story(name, "Gull Wire", "2031-05-07", desk.act(day=day, place="Port Amary", target="fuel jetty"))
    room.story("c", "Amary Post", "2031-05-07", desk.act(place="Port Amary", target="fuel jetty"))
    assert [one.stories for one in room.merge().incidents] == [("a",), ("b", "c")]


def test_nothing_is_told_of_before_it_happened(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Amary Post", "2031-04-20", desk.act(place="Port Amary", target="fuel jetty"))
    assert sorted(one.stories for one in room.merge().incidents) == [("a",), ("b",)]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"place": None, "target": None}, id="nothing but a kind"),
        pytest.param({"kind": "deployment"}, id="an act of state"),
        pytest.param({"kind": "deployment", "day": "2031-05-04"}, id="an act of state with a day"),
        pytest.param({"background": True, "day": "2024-05-04"}, id="another year"),
        pytest.param({"kind": "other", "target": None, "day": "2031-05-04"}, id="another kind without harm"),
    ],
)
def test_what_lacks_substance_is_no_incident(room, desk, more):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(**({"place": "Port Amary", "target": "fuel jetty"} | more)))
    merged = room.merge()
    assert (merged.incidents, merged.plans) == ((), ())


@pytest.mark.parametrize(("container", "number"), [("Sorland", 2), ("Amary County", 1)])
def test_a_place_that_others_lie_in_brings_nothing_together(room, desk, container, number):
    sorland = {"day": "2031-05-04", "place": "Sorland"}
    customs = desk.act(says=(desk.say("Mayor", words="the customs house burns"),), **sorland)
    radar = desk.act(says=(desk.say("Army", words="a hill station lost its radar"),), **sorland)
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", container=container))
    room.story("b", "Amary Post", "2031-05-05", customs)
    room.story("c", "Quay Radio", "2031-05-05", radar)
    assert len([one for one in room.merge().incidents if {"b", "c"} & set(one.stories)]) == number


def test_an_undated_story_is_read_too(room, desk):
    room.story("a", "Gull Wire", None, desk.act(place="Port Amary", target="fuel jetty"))
    (incident,) = room.merge().incidents
    assert incident.when is None


def test_ids_come_from_the_first_event(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    before = room.merge().incidents[0].id
    room.story("b", "Amary Post", "2031-05-06", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    (incident,) = room.merge().incidents
    assert incident.id == before
    assert incident.id.startswith("in-")


# ---- copies


def test_a_copy_follows_its_origin_whatever_it_changed(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    told = desk.act(day="2031-05-01", place="Cape Dorn", target="fuel jetty")
    room.story("b", "Buzzly", "2031-05-06", told, relation="rewrite", origin="a")
    room.changed("b", "a", "date", "2031-05-04", "2031-05-01")
    room.changed("b", "a", "place", "Port Amary", "Cape Dorn")
    (incident,) = room.merge().incidents
    assert incident.stories == ("a", "b")
    assert (str(incident.when.start), incident.where.name) == ("2031-05-04", "Port Amary")
    assert [(s.value, s.credible) for s in incident.statements if s.field == "date"] == [
        ("2031-05-04", True),
        ("2031-05-01", False),
    ]


def test_a_copy_of_a_held_report_founds_nothing(room, desk):
    room.story("a", "Gull Wire", "2031-05-05")
    told = desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty")
    room.story("b", "Buzzly", "2031-05-06", told, relation="rewrite", origin="a")
    assert room.merge().incidents == ()


def test_a_copy_of_a_copy_follows_the_first_report(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Buzzly", "2031-05-09", desk.act(target="fuel jetty"), relation="rewrite", origin="a")
    room.story("c", "Lampion", "2031-05-08", desk.act(target="fuel jetty"), relation="rewrite", origin="b")
    (incident,) = room.merge().incidents
    assert incident.stories == ("a", "c", "b")


def test_copies_in_a_ring_do_no_harm(room, desk):
    told = desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty")
    room.story("a", "Gull Wire", "2031-05-05", told, relation="reprint", origin="b")
    room.story("b", "Buzzly", "2031-05-06", told, relation="reprint", origin="a")
    assert len(room.merge().incidents) <= 1


# ---- order


def test_the_order_of_the_readings_does_not_matter(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Amary Post", "2031-05-06", desk.act(place="Port Amary", target="fuel jetty"))
    room.story("c", "Quay Radio", None, desk.act(place="Port Amary"))
    room.story("d", "Gull Wire", "2031-05-07", desk.act(status="planned", place="Cape Dorn"))
    room.story("e", "Buzzly", "2031-05-08", desk.act(place="Cape Dorn"), relation="rewrite", origin="d")
    first, *others = (merge(order, room.families) for order in permutations(room.reads))
    assert all(other == first for other in others)


ACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["drone_strike", "air_strike", "shooting", "other"]),
        "day": st.sampled_from([None, "2031-05-03", "2031-05-04", "2031-05-07"]),
        "place": st.sampled_from([None, "Port Amary", "Cape Dorn"]),
        "target": st.sampled_from([None, "fuel jetty", "grain silo"]),
        "status": st.sampled_from(["happened", "planned", "denied", "unknown"]),
    }
)
STORIES = st.lists(
    st.tuples(st.sampled_from([None, "2031-05-05", "2031-05-09"]), st.lists(ACTS, max_size=2)), max_size=5
)


@settings(max_examples=60, deadline=None)
@given(stories=STORIES, data=st.data())
def test_any_readings_in_any_order_come_to_the_same(newsroom_of, stories, data):
    room = newsroom_of(stories)
    merged = room.merge()
    assert merged == merge(data.draw(st.permutations(room.reads)), room.families)
    events = [event for one in (*merged.incidents, *merged.plans) for event in one.events]
    assert len(events) == len(set(events))
    for read in room.reads:
        for event in read.reading.events:
            if event.status == "planned":
                assert all(event.id not in one.events for one in merged.incidents)


def test_later_death_is_no_other_day(room, desk):
    """A day that only a death has does not part two tellings of one act; the act keeps its own."""
    killed, more = desk.say("Coast Guard", killed=6), desk.say("Dr. Irma Soll", kind="named_person", killed=7)
    room.story(
        "a",
        "Gull Wire",
        "2031-05-05",
        desk.act("missile_strike", "2031-05-04", "Port Amary", (killed,), target="grain quay"),
    )
    room.story(
        "b",
        "Amary Post",
        "2031-05-10",
        desk.act("missile_strike", "2031-05-09", "Port Amary", (more,), target="grain quay", trigger="died"),
    )
    (found,) = room.merge().incidents
    assert (found.when.start.isoformat(), found.killed.best, found.stories) == ("2031-05-04", 7, ("a", "b"))


@pytest.mark.parametrize(
    ("day", "trigger", "number"),
    [
        pytest.param("2031-05-08", "struck", 2, id="the act itself has another day"),
        pytest.param("2031-05-08", "died", 1, id="only a death has"),
    ],
)
def test_days_apart(room, desk, day, trigger, number):
    room.story(
        "a", "Gull Wire", "2031-05-05", desk.act("drone_strike", "2031-05-04", "Port Amary", target="fuel depot")
    )
    room.story(
        "b",
        "Gull Wire",
        "2031-05-09",
        desk.act("drone_strike", day, "Port Amary", target="fuel depot", trigger=trigger),
    )
    assert len(room.merge().incidents) == number


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        pytest.param("Lake Amary", "Port Amary", 1, id="the lake beside the port"),
        pytest.param("Lake Amary", "Lake Dorn", 2, id="two lakes"),
        pytest.param("Cape Dorn", "Port Amary", 2, id="nothing shared"),
    ],
)
def test_places_beside_each_other(room, desk, one, other, number):
    for name, place in (("a", one), ("b", other)):
        room.story(name, f"Outlet {name}", "2031-05-05", desk.act("naval_strike", "2031-05-04", place))
    assert len(room.merge().incidents) == number


def test_no_place_and_the_same_day(room, desk):
    """An act without a place joins the only one of its kind on its day, whatever it calls who did it."""
    room.story(
        "a",
        "Gull Wire",
        "2031-05-05",
        desk.act("armed_clash", "2031-05-04", "Dorn Pass", (desk.say("army", killed=6),), actor="Gull Front"),
    )
    room.story(
        "b",
        "Amary Post",
        "2031-05-20",
        desk.act("armed_clash", "2031-05-04", None, (desk.say(None, killed=8),), actor="two of the men"),
    )
    assert len(room.merge().incidents) == 1


@pytest.mark.parametrize(("sites", "incidents"), [(2, 2), (24, 25)])
def test_a_day_says_less_where_acts_are_told_of_at_many_places(room, desk, sites, incidents):
    for number in range(sites):
        room.story(
            f"s{number:02}", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place=f"Cape {chr(65 + number)}orn")
        )
    room.story(
        "z", "Amary Post", "2031-05-05", desk.act(day="2031-05-04", says=(desk.say("Port Authority", killed=2),))
    )
    assert len(room.merge().incidents) == incidents


def test_a_town_is_as_narrow_as_ever_where_a_street_of_it_is_told_of(room, desk):
    street = Where("Gannet Street", "Port Amary", None, 1.0, 2.0, "near", None)
    town = Where("Port Amary", None, None, 1.0, 2.0, "exact", None)
    usual = {"day": "2031-05-04", "target": "fuel jetty"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(place="Gannet Street", **usual))
    room.story("b", "Amary Post", "2031-05-05", desk.act(place="Port Amary", **usual))
    room.story("c", "Quay Radio", "2031-05-05", desk.act(place="Port Amary", **usual))
    room.reads = [
        replace(
            read,
            reading=replace(read.reading, events=tuple(replace(e, where=where) for e in read.reading.events)),
        )
        for read, where in zip(room.reads, (street, town, town), strict=True)
    ]
    told = [one for mine in Retold().change(room.reads, *by_story(room.families)).values() for one in mine]
    assert [telling.wide for telling in told] == [False, False, False]
    assert [one.stories for one in room.merge().incidents] == [("a", "b", "c")]
