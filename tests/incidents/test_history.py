"""What an incident said before: one rule, on what had been published by each day."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.incidents import Desk, merge, tellings
from onrecord.incidents.history import FIELDS, figure, worded
from onrecord.records import Bounds, Quantity, Ruling

STRIKE = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}
COMPANY = "Harbour Company"
DOCTOR = {"source": "Dr. Lena Fauth", "kind": "named_person"}


def tell(room, desk, *told):
    """One story for each (day, what its sources say); the first dated one is an original, the others follow it up."""
    for number, (day, says) in enumerate(told):
        act = desk.act(says=says, **STRIKE)
        room.story(f"s{number}", "Gull Wire", day, act, relation="follow-up" if number else "original")
    return room


def history(room, rulings=(), profile="joint"):
    """The one incident of a room, and what it said."""
    merged = merge(room.reads, room.families, rulings=rulings, profile=profile)
    (incident,) = merged.incidents
    return incident, Desk(tellings(room.reads, room.families), merged.speakers, profile).history(incident)


def of(revisions, field):
    return [(one.was, one.now, one.day and one.day.day, one.why) for one in revisions if one.field == field]


def test_later_deaths_are_a_revision_with_its_words(room, desk):
    say = desk.say
    tell(room, desk, ("2031-05-05", (say(COMPANY, killed=3),)), ("2031-05-07", (say(COMPANY, killed=11, words="eleven are dead"),)))  # fmt: skip
    incident, revisions = history(room)
    assert of(revisions, "killed") == [(None, "3", 5, "first report"), ("3", "11", 7, "later deaths")]
    last = next(one for one in revisions if one.why == "later deaths")
    assert (last.source, last.story, last.span.text) == (COMPANY, "s1", "eleven are dead fuel jetty")
    assert incident.killed.best == 11


def test_new_deaths_that_a_nearer_source_tells_of_are_later_deaths(room, desk):
    rise = desk.say(**DOCTOR, killed=8, words="two more have died, bringing the number of dead to eight")
    tell(room, desk, ("2031-05-05", (desk.say(COMPANY, killed=6),)), ("2031-05-07", (rise,)))
    assert of(history(room)[1], "killed")[-1] == ("6", "8", 7, "later deaths")


def test_a_corrected_figure_is_a_correction(room, desk):
    corrected = desk.say(COMPANY, killed=2, stance="corrects")
    tell(room, desk, ("2031-05-05", (desk.say(COMPANY, killed=4),)), ("2031-05-07", (corrected,)))
    assert of(history(room)[1], "killed") == [(None, "4", 5, "first report"), ("4", "2", 7, "correction")]


def test_a_nearer_source_is_why(room, desk):
    tell(room, desk, ("2031-05-05", (desk.say("Gull Front", killed=17),)), ("2031-05-06", (desk.say(**DOCTOR, killed=14),)))  # fmt: skip
    assert of(history(room)[1], "killed")[-1] == ("17", "14", 6, "more direct source")


def test_a_withdrawn_report_stays_to_be_seen(room, desk):
    back = desk.say(COMPANY, stance="corrects", words="withdrawing what it had said")
    tell(room, desk, ("2031-05-05", (desk.say(COMPANY, killed=4),)), ("2031-05-07", (back,)))
    incident, revisions = history(room)
    assert incident.killed == Bounds(None, None, None)
    assert of(revisions, "killed")[-1] == ("4", None, 7, "retraction")
    assert of(revisions, "status")[-1] == ("happened", "withdrawn", 7, "retraction")
    assert next(one for one in revisions if one.now == "withdrawn").span.text.startswith("withdrawing")


def test_other_fields_are_followed_too(room, desk):
    first = desk.act(says=(desk.say(COMPANY),), **STRIKE)
    later = desk.act(says=(desk.say("Gull Front", stance="claims responsibility"),), actor="Gull Front", **STRIKE)
    room.story("a", "Gull Wire", "2031-05-05", first)
    room.story("b", "Gull Wire", "2031-05-06", later, relation="follow-up")
    revisions = history(room)[1]
    assert of(revisions, "actor") == [(None, "Gull Front", 6, "new report")]
    assert of(revisions, "responsibility") == [(None, "claimed by Gull Front", 6, "new report")]
    assert of(revisions, "place") == [(None, "Port Amary", 5, "first report")]


def test_what_a_person_set_comes_last_under_no_day(room, desk):
    tell(room, desk, ("2031-05-05", (desk.say(COMPANY, killed=4),)))
    ruling = Ruling("de-0000000001", "set", ("s0-e0",), field="killed", value=Quantity(7))
    incident, revisions = history(room, (ruling,))
    assert incident.killed.best == 7
    assert of(revisions, "killed")[-1] == ("4", "7", None, "decision")
    assert revisions[-1].source == "de-0000000001"


@pytest.mark.parametrize(
    ("bounds", "words"),
    [((7, 7, 9), "7"), ((24, None, None), "at least 24"), ((None, None, 5), "at most 5"), ((None, None, None), None)],
)
def test_a_figure_in_words(bounds, words):
    assert figure(Bounds(*bounds)) == words


# ---- for all stories

SOURCES = (COMPANY, "Gull Front", "Dr. Lena Fauth", "Verany Army", None)
TOLD = st.lists(
    st.tuples(
        st.sampled_from([5, 6, 7, 8, None]),
        st.sampled_from(SOURCES),
        st.sampled_from(["asserts", "corrects"]),
        st.one_of(st.none(), st.integers(0, 9)),
        st.one_of(st.none(), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=6,
)
QUIET = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def filled(room, desk, told):
    fresh = type(room)()
    for number, (day, source, stance, killed, injured) in enumerate(told):
        counts = {what: n for what, n in (("killed", killed), ("injured", injured)) if n is not None}
        says = (desk.say(source, stance=stance, words="withdrawing it" if not counts else "so many", **counts),)
        published = f"2031-05-{day:02}" if day else None
        fresh.story(f"s{number}", f"Outlet {number % 2}", published, desk.act(says=says, **STRIKE))
    return fresh


@given(told=TOLD)
@QUIET
@pytest.mark.parametrize("profile", ["joint", "acled", "ucdp"])
def test_the_last_entry_is_what_the_incident_says(room, desk, profile, told):
    fresh = filled(room, desk, told)
    merged = merge(fresh.reads, fresh.families, profile=profile)
    table = Desk(tellings(fresh.reads, fresh.families), merged.speakers, profile)
    for incident in merged.incidents:
        last = {one.field: one.now for one in table.history(incident)}
        assert {field: last.get(field) for field in FIELDS} == {f: value(incident) for f, value in FIELDS.items()}


@given(told=TOLD)
@QUIET
def test_each_entry_goes_on_from_the_one_before_and_days_do_not_go_back(room, desk, told):
    fresh = filled(room, desk, told)
    merged = merge(fresh.reads, fresh.families)
    table = Desk(tellings(fresh.reads, fresh.families), merged.speakers, "joint")
    for incident in merged.incidents:
        revisions = table.history(incident)
        for field in FIELDS:
            mine = [one for one in revisions if one.field == field]
            assert all(one.was != one.now for one in mine)
            assert [one.was for one in mine[1:]] == [one.now for one in mine[:-1]]
        days = [one.day or date.max for one in revisions]
        assert days == sorted(days)


@given(told=TOLD, order=st.randoms(use_true_random=False))
@QUIET
def test_the_order_of_stories_changes_nothing(room, desk, told, order):
    fresh = filled(room, desk, told)
    merged = merge(fresh.reads, fresh.families)
    table = Desk(tellings(fresh.reads, fresh.families), merged.speakers, "joint")
    shuffled = list(fresh.reads)
    order.shuffle(shuffled)
    other = Desk(tellings(shuffled, fresh.families), merged.speakers, "joint")
    for incident in merged.incidents:
        events = list(incident.events)
        order.shuffle(events)
        assert other.history(replace(incident, events=tuple(events))) == table.history(incident)


@given(told=TOLD, killed=st.integers(0, 9), source=st.sampled_from(SOURCES))
@QUIET
def test_an_undated_story_adds_no_revision_of_any_day(room, desk, told, killed, source):
    told = [("2031-05-05", (desk.say(COMPANY, killed=3),))] + [
        (f"2031-05-{day:02}", (desk.say(name, killed=n),)) for day, name, _, n, _ in told if day and n is not None
    ]
    before = tell(type(room)(), desk, *told)
    after = tell(type(room)(), desk, *told)
    after.story("z", "Amary Post", None, desk.act(says=(desk.say(source, killed=killed),), **STRIKE))
    dated = [one for one in history(before)[1] if one.day is not None]
    assert [one for one in history(after)[1] if one.day is not None] == dated


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["navy", "navy", "Solenzan navy"], ["Solenzan navy"] * 3),
        ([None, "Front", "the Red Front"], [None, "the Red Front", "the Red Front"]),
        (["Solenzan navy", "Cordayan navy"], ["Solenzan navy", "Cordayan navy"]),
        (["Red Front", None, "Red Front"], ["Red Front", None, "Red Front"]),
    ],
)
def test_another_wording_of_a_party_is_no_revision(values, told):
    assert worded("actor", values) == told
    assert worded("place", values) == values
