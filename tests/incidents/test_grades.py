"""Grades: what stands behind the reports of an incident, and why."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onrecord.incidents import grade, merge, responsibility
from onrecord.incidents.grades import _RULES
from onrecord.records import GradeWord, Quantity, Ruling

STRIKE = {"day": "2031-05-04", "place": "Port Amary", "target": "fuel jetty"}
COMPANY = "Harbour Company"


def only(room, rulings=()):
    (incident,) = merge(room.reads, room.families, rulings=rulings).incidents
    return incident


def tell(room, desk, *stories, actor=None):
    """One story of its own for each outlet, a day apart."""
    for number, says in enumerate(stories):
        act = desk.act(says=says, actor=actor, **STRIKE)
        room.story(f"s{number}", f"Outlet {number}", f"2031-05-{5 + number:02}", act)
    return only(room)


def test_the_words_are_those_of_the_closed_list():
    assert tuple(word for word, _ in _RULES) == get_args(GradeWord)


def test_plain_narration_is_unsourced(room, desk):
    found = grade(tell(room, desk, (desk.say(None, killed=3),)))
    assert (found.word, found.reason) == ("unsourced", "no report rests on a source")


def test_one_report(room, desk):
    found = grade(tell(room, desk, (desk.say(COMPANY, killed=3), desk.say("a docker", kind="witness"))))
    assert (found.word, found.reason) == ("one report", "only Outlet 0 reports it of its own")


def test_many_outlets_with_one_source_are_one_report(room, desk):
    found = grade(tell(room, desk, (desk.say(COMPANY),), (desk.say(COMPANY),), (desk.say(COMPANY),)))
    assert (found.word, found.reason) == ("one report", "3 reports rest on one source, Harbour Company")


def test_two_reports_of_two_sources_are_fair(room, desk):
    found = grade(tell(room, desk, (desk.say(COMPANY, killed=3),), (desk.say("Coast Guard", killed=3),)))
    assert (found.word, found.reason) == ("fair", "2 independent reports and 2 sources stand behind it")


def test_who_did_it_confirms_it(room, desk):
    incident = tell(room, desk, (desk.say("Gull Front", stance="claims responsibility"),), actor="Gull Front")
    found = grade(incident)
    assert (found.word, found.reason) == ("confirmed", "Gull Front, a party to it, says so")
    assert responsibility(incident) == "claimed by Gull Front"


def test_who_was_hit_confirms_it(room, desk):
    act = desk.act(says=(desk.say("Verany Army"),), day="2031-05-04", place="Port Amary", target="Verany Army column")
    room.story("a", "Gull Wire", "2031-05-05", act)
    assert grade(only(room)).word == "confirmed"


def test_a_company_of_another_name_is_no_party(room, desk):
    act = desk.act(says=(desk.say("Verany Rail"),), day="2031-05-04", place="Port Amary", target="Verany Army column")
    room.story("a", "Gull Wire", "2031-05-05", act)
    assert grade(only(room)).word == "one report"


def test_two_who_claim_it_contest_it_and_nobody_is_named_as_the_doer(room, desk):
    claims = [(desk.say(name, stance="claims responsibility"),) for name in ("Gull Front", "Tern Brigade")]
    incident = tell(room, desk, *claims, actor="Gull Front")
    assert incident.actor is None
    assert responsibility(incident) == "claimed by Gull Front; claimed by Tern Brigade"
    assert grade(incident).word == "contested"
    assert grade(incident).reason == "Gull Front and Tern Brigade each claim it"


def test_a_second_claim_that_only_a_roundup_has_contests_nothing(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("Gull Front", stance="claims responsibility"),), **STRIKE))  # fmt: skip
    also = desk.act(says=(desk.say("Tern Brigade", stance="claims responsibility"),), **STRIKE)
    room.story("b", "Coast Digest", "2031-05-09", also, relation="roundup")
    assert responsibility(only(room)) == "claimed by Gull Front"


def test_a_denial_by_the_accused_contests_it(room, desk):
    incident = tell(room, desk, (desk.say(COMPANY), desk.say("Verany Army", stance="denies")), actor="Verany Army")
    assert incident.actor == "Verany Army"
    assert responsibility(incident) == "denied by Verany Army"
    assert (grade(incident).word, grade(incident).reason) == ("contested", "Verany Army denies it")


def test_a_denial_of_a_circumstance_contests_nothing(room, desk):
    says = (desk.say("Verany Army", killed=3), desk.say("Verany Army", stance="denies", words="no bystander was hit"))
    assert grade(tell(room, desk, says, actor="Verany Army")).word == "confirmed"


def test_figures_that_cannot_both_hold_contest_it(room, desk):
    found = grade(tell(room, desk, (desk.say("Interior Ministry", killed=3), desk.say("Gull Front", killed=11))))
    assert (found.word, found.reason) == ("contested", "Interior Ministry gives 3 killed, Gull Front 11")


@pytest.mark.parametrize(("first", "second", "word"), [(3, 11, "fair"), (11, 3, "contested")])
def test_an_older_lower_figure_may_only_be_old(room, desk, first, second, word):
    assert grade(tell(room, desk, (desk.say(COMPANY, killed=first),), (desk.say("Coast Guard", killed=second),))).word == word  # fmt: skip


def test_bounds_that_overlap_agree(room, desk):
    least = Quantity(10, None, "at_least")
    assert grade(tell(room, desk, (desk.say(COMPANY, killed=least),), (desk.say("Coast Guard", killed=12),))).word == "fair"  # fmt: skip


def test_what_everybody_took_back_is_withdrawn(room, desk):
    first = desk.act(says=(desk.say(COMPANY, killed=4),), **STRIKE)
    back = desk.act(says=(desk.say(COMPANY, stance="corrects", words="retracting its statement"),), **STRIKE)
    room.story("a", "Gull Wire", "2031-05-05", first)
    room.story("b", "Gull Wire", "2031-05-07", back, relation="follow-up")
    assert (grade(only(room)).word, grade(only(room)).reason) == ("withdrawn", "Harbour Company took back what was told of it")  # fmt: skip


def test_an_outlet_that_retracts_takes_back_its_sources_too(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say(COMPANY, killed=4),), **STRIKE))
    back = desk.say("Gull Wire", kind="outlet", stance="corrects", words="retracting its report")
    room.story("b", "Gull Wire", "2031-05-07", desk.act(says=(back,), **STRIKE), relation="follow-up")
    incident = only(room)
    assert grade(incident).word == "withdrawn"
    assert incident.killed.best is None


def test_one_of_two_sources_that_takes_its_word_back_leaves_the_other(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say(COMPANY, killed=4), desk.say("Coast Guard", killed=2)), **STRIKE))  # fmt: skip
    back = desk.say(COMPANY, stance="corrects", words="withdrawing what it had said")
    room.story("b", "Gull Wire", "2031-05-07", desk.act(says=(back,), **STRIKE), relation="follow-up")
    incident = only(room)
    assert incident.killed.best == 2
    assert grade(incident).word == "one report"


def test_what_a_person_sets_changes_the_grade(room, desk):
    tell(room, desk, (desk.say("Interior Ministry", killed=3), desk.say("Gull Front", killed=11)))
    ruling = Ruling("de-0000000001", "set", ("s0-e0",), field="killed", value=Quantity(11))
    assert grade(only(room, (ruling,))).word == "one report"


def test_a_doer_whom_a_person_sets_settles_who_did_it(room, desk):
    claims = [(desk.say(name, stance="claims responsibility"),) for name in ("Gull Front", "Tern Brigade")]
    tell(room, desk, *claims)
    ruling = Ruling("de-0000000001", "set", ("s0-e0",), field="actor", value="Gull Front")
    incident = only(room, (ruling,))
    assert (incident.actor, grade(incident).word) == ("Gull Front", "confirmed")


@given(
    st.lists(
        st.tuples(
            st.sampled_from([COMPANY, "Gull Front", "Verany Army", None]),
            st.sampled_from(["asserts", "denies", "claims responsibility", "corrects"]),
            st.one_of(st.none(), st.integers(0, 9)),
        ),
        min_size=1,
        max_size=5,
    ),
    st.randoms(use_true_random=False),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_incident_has_a_grade_and_a_reason_whatever_the_order(room, desk, told, order):
    fresh = type(room)()
    for number, (source, stance, killed) in enumerate(told):
        counts = {} if killed is None else {"killed": killed}
        act = desk.act(says=(desk.say(source, stance=stance, **counts),), actor="Gull Front", **STRIKE)
        fresh.story(f"s{number}", f"Outlet {number % 2}", f"2031-05-{5 + number % 3:02}", act)
    found = [grade(one) for one in merge(fresh.reads, fresh.families).incidents]
    shuffled = list(fresh.reads)
    order.shuffle(shuffled)
    assert [grade(one) for one in merge(shuffled, fresh.families).incidents] == found
    assert all(one.reason and one.word in get_args(GradeWord) for one in found)


def test_a_grade_follows_from_the_record_alone(room, desk):
    incident = tell(room, desk, (desk.say(COMPANY, killed=3),), (desk.say("Coast Guard", killed=3),))
    assert grade(replace(incident, id="in-00000001")) == grade(incident)
