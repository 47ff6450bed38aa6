"""What stories are about, and which of them are about one event."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.incidents import merge, told
from onrecord.incidents.told import Families, leads, tellings
from onrecord.records import Bounds, Gist, Where

FIRST = """A night watchman was shot at the Brennick cannery on Ostrava Quay, the harbour police said. Odo Tarvik, who is 61, was taken to
the Lindholm infirmary with a wound in the shoulder. Officers found two cartridge cases behind the smokehouse."""
AGAIN = """The man who shot the watchman of the Brennick cannery has given himself up. Odo Tarvik is still in the Lindholm infirmary, and will keep
the use of his arm. The cartridge cases from behind the smokehouse led officers to a former packer."""
OTHER = """Two brothers fought over a boat in Fellsund and one of them fired a flare pistol, burning the hand of the other. The coast guard
brought both ashore. Their mother, who runs the chandlery, would not say whose boat it was."""


def shooting(desk, **more):
    return desk.act(**({"kind": "shooting", "says": (desk.say("Harbour Police", injured=1),)} | more))


def stories_together(room):
    return sorted(sorted(one.stories) for one in room.merge().incidents)


def test_stories_that_are_about_one_event_are_one_incident_though_no_day_or_place_says_so(room, desk):
    for name, outlet, day, headline, text in (
        ("a", "Gull Wire", "2031-05-04", "Watchman shot at Brennick cannery", FIRST),
        ("b", "Amary Post", "2031-05-06", "Gunman in Brennick cannery case gives himself up", AGAIN),
        ("c", "Quay Radio", "2031-05-05", "Brothers fight over boat", OTHER),
    ):
        room.story(name, outlet, day, shooting(desk))
        room.written(name, headline, text)
    assert stories_together(room) == [["a", "b"], ["c"]]
    (both,) = (one for one in room.merge().incidents if len(one.stories) == 2)
    assert any("is what its story leads with" in reason for reason in both.reasons)


@pytest.mark.parametrize(("precision", "number"), [("exact", 1), ("admin2", 1), ("admin1", 0), ("country", 0)])
def test_what_a_report_from_a_known_town_leads_with_is_an_incident(room, desk, precision, number):
    """No day, no place and no toll is told; that it was around the town is all that is known."""
    where = Where("Brennick", "Fellmark", "Orvia", 1.0, 2.0, precision, None)
    room.story("a", "Gull Wire", "2031-05-04", desk.act(kind="shooting", says=(desk.say("Harbour Police"),)))
    room.written("a", "Shots at cannery", FIRST, Gist(None, Bounds(None, None, None), Bounds(None, None, None), where))
    assert len(room.merge().incidents) == number


@pytest.mark.parametrize(("second", "number"), [("2031-05-04", 1), ("2031-05-11", 2)])
def test_the_same_words_of_two_days_are_two_events(room, desk, second, number):
    text = (
        "In the early hours the regiment searched the Marl quarter under the emergency law, and one suspect was hurt."
    )
    for name, day in (("a", "2031-05-04"), ("b", second)):
        act = shooting(desk, day=day, place="Marl")
        room.story(name, f"Outlet {name}", day, act)
        room.written(
            name, "Search in Marl", text, Gist(date.fromisoformat(day), Bounds(None, None, None), Bounds(1, 1, 1))
        )
    assert len(room.merge().incidents) == number


def test_leads_are_held_together_with_the_right_one_of_two_acts(room, desk):
    """Each of two stories tells of a blast and of shells of one day; the one leads with this, the other with that."""
    blast = shooting(desk, kind="bombing", day="2031-05-04", place="Karnesund", says=(desk.say("Army", killed=3),))
    shells = shooting(desk, kind="shelling", day="2031-05-04", place="Tolmer", says=(desk.say("Army", killed=9),))
    text = "Shells fell on Tolmer and a bomb went off in Karnesund on the same Sunday. Nine died in Tolmer, three in Karnesund."
    for name, acts in (("a", (shells, blast)), ("b", (blast, shells))):
        room.story(name, f"Outlet {name}", "2031-05-05", *acts)
        room.written(name, "Tolmer and Karnesund hit", text)
    assert stories_together(room) == [["a", "b"], ["a", "b"]]
    assert sorted(one.killed.best for one in room.merge().incidents) == [3, 9]


def led(room):
    found = leads(tellings(room.reads, Families()))
    return {story: lead.event.id for story, lead in found.items()}


def test_a_story_leads_with_its_first_act_that_has_substance(room, desk):
    bare = desk.act(kind="shooting", says=(desk.say("Police"),))
    arrest = desk.act(kind="arrest", day="2031-05-04", place="Marl", says=(desk.say("Police"),))
    room.story("a", "Gull Wire", "2031-05-05", arrest, bare, shooting(desk), shooting(desk))
    assert led(room) == {"a": "a-e2"}


def test_what_a_story_tells_behind_plans_and_denials_it_is_not_about(room, desk):
    plans = [desk.act(status=status, says=(desk.say("Army"),)) for status in ("planned", "denied", "threatened")]
    room.story("a", "Gull Wire", "2031-05-05", *plans, shooting(desk))
    assert led(room) == {}
    room.story("b", "Gull Wire", "2031-05-05", *plans[: told._BEFORE], shooting(desk))
    assert led(room) == {"b": f"b-e{told._BEFORE}"}


def test_a_story_of_which_no_words_were_kept_is_like_no_other(room, desk):
    for name in "ab":
        room.story(name, f"Outlet {name}", "2031-05-05", shooting(desk))
    assert not any("leads with" in reason for one in room.merge().incidents for reason in one.reasons)


WORDS = (
    "cannery",
    "watchman",
    "smokehouse",
    "boat",
    "brothers",
    "chandlery",
    "shot",
    "police",
    "the",
    "Brennick",
    "Fellsund",
)
TOLD = st.tuples(
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=9),
    st.sampled_from(["2031-05-04", "2031-05-05", "2031-05-11", None]),
    st.sampled_from(["Marl", "Ostrava Quay", None]),
    st.sampled_from(["shooting", "bombing"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TOLD, min_size=2, max_size=7), st.data())
def test_stories_in_any_order_come_to_the_same(newsroom_of, desk, stories, data):
    room = newsroom_of([])
    for number, (told_in, day, place, kind) in enumerate(stories):
        act = shooting(desk, kind=kind, day=day, place=place)
        room.story(f"s{number}", f"Outlet {number % 2}", "2031-05-06", act)
        gist = Gist(date.fromisoformat(day), Bounds(None, None, None), Bounds(1, 1, 1)) if day else None
        room.written(f"s{number}", " ".join(told_in[:3]), " ".join(told_in), gist)
    reads = data.draw(st.permutations(room.reads))
    assert merge(reads, room.families).incidents == room.merge().incidents
