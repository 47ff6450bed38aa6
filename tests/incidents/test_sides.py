"""What follows of who strikes whom, for acts of which only one end is told."""

from dataclasses import replace

import pytest

from onrecord.incidents.scopes import scope
from onrecord.incidents.sides import party, sides
from onrecord.records import NOTHING_SAID, Incident, Span, Statement, Where

PLAIN = Incident(
    id="in-0",
    kind="drone_strike",
    status="happened",
    when=None,
    where=None,
    actor=None,
    target=None,
    killed=NOTHING_SAID,
    injured=NOTHING_SAID,
    events=(),
    stories=("a",),
    reports=(),
    sources=(),
    statements=(),
    reasons=(),
)


def act(actor, state=None, place="Tell Orrin"):
    where = Where(place, state, None, None, None, "unknown", None)
    return replace(PLAIN, actor=actor, where=where, events=(f"{actor}-{state}-{place}",))


WAR = (act("Verany", "Sorland"), act("Sorland Air Force", "Verany"), act("Verani navy", "Sorland", "Cape Dorn"))
RISING = (act("Marsh League", "Sorland"), act("Sorland", "Sorland", "Cape Dorn"))
ON_SORLAND = scope("Verani attacks on Sorland territory", sides(WAR))


@pytest.mark.parametrize(
    ("incident", "held"),
    [
        pytest.param(act("Verany", "Sorland"), True, id="both ends told"),
        pytest.param(act(None, "Sorland"), True, id="nobody named, on ground that one side alone strikes"),
        pytest.param(act("Gunmen", "Sorland"), True, id="somebody who is only described"),
        pytest.param(act("Verani gunners"), True, id="a place that no map puts anywhere"),
        pytest.param(act(None, "Verany"), False, id="on the other side's ground"),
        pytest.param(act("Sorland"), False, id="by the other side"),
        pytest.param(act("Marsh League", "Sorland"), False, id="by a third"),
        pytest.param(act(None), None, id="neither end told"),
        pytest.param(act("Navy"), None, id="somebody's navy"),
    ],
)
def test_of_two_that_strike_each_other_one_end_tells_the_other(incident, held):
    assert ON_SORLAND.holds(incident) is held


def test_in_a_rising_nobody_is_taken_for_the_only_side():
    assert scope("attacks by the Marsh League", sides(RISING)).holds(act(None, "Sorland")) is None


def test_one_who_is_not_known_to_be_struck_strikes_alone():
    one_way = (act("Verany", "Sorland"),)
    assert scope("Verani attacks", sides(one_way)).holds(act(None, "Sorland")) is None


@pytest.mark.parametrize(
    ("actor", "held"),
    [("National Police", True), ("the army", True), ("Joint Command", True), ("Marsh League", False), (None, None)],
)
def test_the_security_forces_are_all_arms_of_the_state(actor, held):
    assert scope("operations of the security forces", sides(RISING)).holds(act(actor, "Sorland")) is held


def test_the_order_of_the_incidents_does_not_matter():
    assert sides(WAR) == sides(tuple(reversed(WAR)))


@pytest.mark.parametrize(
    ("actor", "named"), [("Gunmen", False), ("Navy", False), (None, False), ("Red Front fighters", True)]
)
def test_who_is_only_described_names_no_party(actor, named):
    assert bool(party(actor)) is named


MANY = (*WAR, act("Verany", "Sorland", "Lorn"), act("Sorland navy", "Verany", "Mell"), act("Verany", "Sorland", "Ost"))
SAYS_ENEMY = Statement("actor", "enemy", None, "Sorland Defence Staff", "a", Span("a", "text", 0, 5, "enemy"), True)


def test_one_wrong_report_does_not_hide_who_strikes_whom():
    known = sides((*MANY, act("Sorland", "Sorland", "Tarn")))
    assert scope("Verani attacks", known).holds(act(None, "Sorland")) is True


def test_two_that_strike_one_ground_stay_two():
    known = sides((*MANY, act("Marsh League", "Sorland", "Tarn"), act("Marsh League", "Sorland", "Ebb")))
    assert scope("Verani attacks", known).holds(act(None, "Sorland")) is None


def test_a_place_lies_where_another_report_puts_it():
    known = sides((*MANY, act(None, "Sorland", "Hollow Mill")))
    assert scope("Verani attacks", known).holds(act(None, None, "Hollow Mill")) is True
    assert scope("Verani attacks", known).holds(act(None, None, "Harrow Mill")) is None


def test_a_place_that_reports_put_into_two_lands_lies_in_none():
    known = sides((*MANY, act(None, "Sorland", "Hollow Mill"), act(None, "Verany", "Hollow Mill")))
    assert scope("Verani attacks", known).holds(act(None, None, "Hollow Mill")) is None


@pytest.mark.parametrize(("told", "held"), [("Verani attacks", True), ("attacks by Sorland", False)])
def test_the_enemy_is_who_strikes_whoever_calls_him_so(told, held):
    assert scope(told, sides(MANY)).holds(replace(act("enemy"), statements=(SAYS_ENEMY,))) is held


def test_the_enemy_of_nobody_known_is_nobody_known():
    unheard = replace(SAYS_ENEMY, source="Port Authority")
    assert scope("Verani attacks", sides(MANY)).holds(replace(act("enemy"), statements=(unheard,))) is None


def test_whose_people_were_hit_tells_who_struck():
    assert scope("Verani attacks", sides(MANY)).holds(replace(act(None), target="Sorland dockers")) is True
    assert scope("Verani attacks", sides(MANY)).holds(replace(act(None), target="dockers")) is None
