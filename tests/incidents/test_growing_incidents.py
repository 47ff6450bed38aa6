"""More stories change no more and no less than merging all of them anew would."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.incidents import Growing, bags, neighbours, shelf
from onrecord.incidents.merged import by_story
from onrecord.records import Bounds, Gist, Where

TOWNS = ["Port Amary", "Cape Lorne", "Tarn Haven", "Low Ness", "Gannet Street"]
TARGETS = ["fuel jetty", "grain sheds", "ferry", "radio mast", "customs house", "weighing house"]
ACTORS = [None, None, "Ostrel Brigade", "Verani gunners", "Coast Guard"]
KINDS = ["drone_strike", "shelling", "bombing", "naval_strike", "raid", "statement"]
STATUSES = ["happened"] * 6 + ["planned", "threatened", "denied", "negated", "ongoing"]
WORDS = [
    "smoke",
    "pier",
    "pumps",
    "crane",
    "lamp",
    "harbour",
    "keeper",
    "mast",
    "sailors",
    "hull",
    "thaw",
    "crew",
    "ice",
    "sledge",
    "mail",
    "causeway",
    "mill",
    "gale",
    "porters",
    "doors",
    "shells",
    "surf",
    "cannery",
    "boats",
    "blind",
    "station",
    "oil",
    "barrels",
    "rope",
    "tide",
    "buoy",
    "pilot",
    "fog",
    "siren",
]
FIRST = date(2031, 5, 1)


def newsroom(room, desk, seed, number):
    """Stories about few acts, some of them copies of others; now and then one is told in other words."""
    pick = random.Random(seed)
    acts = [
        {
            "kind": pick.choice(KINDS),
            "place": pick.choice([None, *TOWNS]),
            "target": pick.choice([None, *TARGETS]),
            "actor": pick.choice(ACTORS),
            "container": pick.choice([None, None, *TOWNS]),
            "day": pick.choice([None, *[(FIRST + timedelta(pick.randrange(9))).isoformat()] * 3]),
        }
        for _ in range(max(2, number // 4))
    ]
    for n in range(number):
        told = []
        for act in pick.sample(acts, min(len(acts), pick.choice([1, 1, 2, 3]))):
            says = (desk.say(pick.choice([None, "Port Authority"]), killed=pick.randrange(4)), desk.say("Navy"))
            more = {"status": pick.choice(STATUSES), "background": pick.random() < 0.1, "says": says}
            if pick.random() < 0.2:
                more["trigger"] = "died"
            if pick.random() < 0.2:
                more[pick.choice(["place", "day", "target"])] = None
            told.append(desk.act(**{**act, **more}))
        day = None if pick.random() < 0.05 else (FIRST + timedelta(pick.randrange(14))).isoformat()
        origin = f"s{pick.randrange(n)}" if n and pick.random() < 0.25 else None
        relation = pick.choice(["rewrite", "reprint", "follow-up"]) if origin else "original"
        room.story(f"s{n}", f"Outlet {n % 4}", day, *told, relation=relation, origin=origin)
        text = " ".join(pick.choices(WORDS, k=40))
        gist = Gist(pick.choice([None, FIRST]), Bounds(0, pick.randrange(3), None), Bounds(None, None, None), None)
        room.written(
            f"s{n}", f"{pick.choice(WORDS)} {pick.choice(TARGETS)} at {pick.choice(TOWNS)}".title(), text, gist
        )
        if origin and pick.random() < 0.3:
            room.changed(f"s{n}", origin, "status", "planned", "happened")
    return room


def grown(room, seed, order=None):
    """The groupings when stories come in batches, in any order; whose report one is shows once its origin is there."""
    pick, growing = random.Random(seed), Growing()
    derivations, mutations = by_story(room.families)
    reads = list(order if order is not None else room.reads)
    pick.shuffle(reads)
    there, known = set(), set()
    while reads:
        batch = [reads.pop() for _ in range(min(len(reads), pick.choice([1, 1, 1, 2, 5])))]
        there |= {read.story.id for read in batch}
        shown = {story for story in there - known if (derivations[story].origin or story) in there}
        known |= shown
        growing.change(
            batch,
            {story: derivations[story] for story in shown},
            {story: mutations[story] for story in shown if story in mutations},
        )
    return growing


def at_once(room):
    growing = Growing()
    growing.change(room.reads, *by_story(room.families))
    return growing.groupings()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**9), number=st.integers(2, 30))
def test_stories_one_by_one_give_what_all_at_once_give(desk, newsroom_of, seed, number):
    room = newsroom(newsroom_of([]), desk, seed, number)
    assert grown(room, seed).groupings() == at_once(room)


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.nightly), pytest.param(3, marks=pytest.mark.nightly)]
)
def test_many_stories_one_by_one_give_what_all_at_once_give(room, desk, seed):
    newsroom(room, desk, seed, 300)
    assert grown(room, seed).groupings() == at_once(room)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_narrow_limits_change_nothing_of_that(desk, newsroom_of, seed):
    """Words that too many have, lists that are full, places with too many stories: one story more moves all of those."""
    room = newsroom(newsroom_of([]), desk, seed, 40)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(neighbours, "_NEIGHBOURS", 3)
        patched.setattr(neighbours, "_CROWD", 4)
        patched.setattr(bags, "_COMMON", 6)
        patched.setattr(bags, "_OTHERS", 20)
        patched.setattr(shelf, "_MOST_SHARED", 8)
        patched.setattr(shelf, "_LEAST_SHARED", 1 / 4)
        assert grown(room, seed).groupings() == at_once(room)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_story_that_is_read_anew_takes_the_place_of_what_it_told(desk, newsroom_of, seed):
    before, after = (newsroom(newsroom_of([]), desk, seed + n, 24) for n in (0, 1))
    pick = random.Random(seed)
    room = newsroom_of([])
    room.reads = [pick.choice(pair) for pair in zip(before.reads, after.reads, strict=True)]
    room.derivations, room.mutations = after.derivations, after.mutations
    growing = grown(replace_lineage(before, after), seed)
    changed = [new for old, new in zip(before.reads, room.reads, strict=True) if new is not old]
    for read in changed:
        growing.change([read], {}, {})
    assert growing.groupings() == at_once(room)


def replace_lineage(before, after):
    before.derivations, before.mutations = after.derivations, after.mutations
    return before


def test_what_is_told_anew_is_told_of_by_name(room, desk):
    """Which groupings are new or others, and which are gone, is all that anybody who keeps them has to know."""
    newsroom(room, desk, 5, 60)
    growing, kept = Growing(), {}
    for read in room.reads:
        found = growing.change([read], *({} for _ in range(2)))
        held = {grouping.id: grouping for grouping in growing.groupings()}
        assert found.come.isdisjoint(found.gone)
        kept = {id_: one for id_, one in kept.items() if id_ not in found.gone}
        kept.update((id_, held[id_]) for id_ in found.come)
        assert kept == held


def test_a_town_in_which_places_lie_is_wide_for_those_who_told_of_it_before(room, desk):
    usual = {"day": "2031-05-04", "target": "fuel jetty"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(place="Amary Sound", **usual))
    room.story("b", "Quay Radio", "2031-05-05", desk.act(place="Low Ness", **usual))
    apart = at_once(room)
    room.story("c", "Amary Post", "2031-05-06", desk.act(place="Tarn Haven", container="Amary Sound", day="2031-05-04"))
    assert grown(room, 1).groupings() == at_once(room)
    assert {one.events for one in apart} != {one.events for one in at_once(room)}


def test_where_lies_nothing_of_a_map(room, desk):
    """Stories with places on a map, and one without any events, come like all others."""
    where = Where("Port Amary", None, None, 1.0, 2.0, "exact", None)
    room.story("a", "Gull Wire", "2031-05-05", desk.act(place="Port Amary", day="2031-05-04"))
    room.story("b", "Quay Radio", "2031-05-05", desk.act(place="Port Amary", day="2031-05-04"))
    room.story("c", "Quay Radio", "2031-05-05")
    room.reads = [
        replace(read, reading=replace(read.reading, events=tuple(replace(e, where=where) for e in read.reading.events)))
        for read in room.reads
    ]
    assert grown(room, 3).groupings() == at_once(room)
    assert len(at_once(room)) == 1


def test_a_day_on_which_more_places_are_hit_says_less_to_those_who_told_of_it_before(room, desk):
    """An undated telling joins the one act of its day; once many places are told of on that day it does no longer."""
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Quay Radio", "2031-05-06", desk.act(target="jetty", kind="bombing"))
    for number in range(70):
        # So many that none of those that follow makes everything anew
        act = desk.act(day="2031-07-09", place=f"Cove {number}", target=f"barge {number}", kind="raid")
        room.story(f"o{number}", f"Outlet {number}", "2031-07-10", act)
    growing, joined = Growing(), []
    for number in range(40):
        if number:
            act = desk.act(day="2031-05-04", place=f"Quarter {number}", target="radio mast", kind="raid")
            room.story(f"c{number}", f"Outlet {number}", "2031-05-05", act)
        growing.change(room.reads[-1:] if number else room.reads, {}, {})
        held = Growing()
        held.change(room.reads, {}, {})
        assert growing.groupings() == held.groupings()
        joined.append(any({"a-e0", "b-e0"} <= set(one.events) for one in growing.groupings()))
    assert joined[0] is True
    assert joined[-1] is False
