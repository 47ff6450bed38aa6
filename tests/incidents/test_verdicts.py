from datetime import date

import pytest

from onrecord.incidents.scopes import belongs, scope
from onrecord.records import NOTHING_SAID, Bounds, Campaign, Incident, Quantity, When, Where

MORE_THAN, AT_LEAST = "more_than", "at_least"


@pytest.fixture
def war(room, desk):
    """Three attacks by the Gull Front (3 + 5 dead, 2 of them strikes), one raid by Verany (10 dead), an attempt."""
    room.story(
        "a", "Gull Wire", "2031-05-20",
        desk.act("drone_strike", "2031-05-04", "Port Amary", (desk.say("Coast Guard", killed=3, injured=4),), actor="Gull Front"),
        desk.act("missile_strike", "2031-05-09", "Cape Dorn", (desk.say("Mayor", killed=5),), actor="Gull Front"),
        desk.act("seizure", "2031-05-11", "Amary Roads", actor="Gull Front", target="tanker Sable"),
        desk.act("air_strike", "2031-05-15", "Tell Orrin", (desk.say("Gull Front", killed=10),), actor="Verany"),
        desk.act("seizure", "2031-05-17", "Amary Roads", status="attempted", actor="Gull Front", target="tanker Mink"),
    )  # fmt: skip
    return room


def verdict(room, desk, unit, count, *campaigns, **more):
    room.story("z", "Amary Post", "2031-05-21", totals=(desk.total(unit, count, **more),))
    (found,) = room.merge(*campaigns).verdicts
    assert found.reason.endswith(".")
    return found.word, found.off_by, len(found.incidents)


FRONT = {"scope": "attacks by the Gull Front"}


@pytest.mark.parametrize(
    ("unit", "count", "more", "expected"),
    [
        pytest.param("killed", 18, {}, ("consistent", None, 4), id="all parties"),
        pytest.param("killed", 8, FRONT, ("consistent", None, 3), id="one side's"),
        pytest.param("killed", 10, {"scope": "Verany raids"}, ("consistent", None, 1), id="a side by its adjective"),
        pytest.param("killed", 5, {"scope": "attacks on Cape Dorn"}, ("consistent", None, 1), id="a place"),
        pytest.param("killed", 8, {"scope": "attacks on Verany"}, ("consistent", None, 3), id="a side that is hit"),
        pytest.param("killed", 10, {"scope": "raids on the Gull Front"}, ("consistent", None, 1), id="the other one"),
        pytest.param("killed", 16, {}, ("short", 2, 4), id="short"),
        pytest.param("killed", 40, {}, ("over", 22, 4), id="over"),
        pytest.param("attacks", 4, {}, ("consistent", None, 4), id="attacks are all incidents, no attempts"),
        pytest.param("strikes", 3, {}, ("consistent", None, 3), id="strikes leave out seizures"),
        pytest.param("strikes", 3, FRONT, ("over", 1, 2), id="one strike too many"),
        pytest.param("seizures", 1, {}, ("consistent", None, 1), id="seizures"),
        pytest.param("injured", 4, {}, ("consistent", None, 4), id="injured"),
        pytest.param("vessels", 13, {}, ("units_differ", None, 0), id="a unit that the ledger does not hold"),
        pytest.param("killed", 22, {}, ("units_differ", None, 4), id="the sum of dead and injured"),
        pytest.param("killed", 18, {"since": "2031-05-01"}, ("consistent", None, 4), id="since the campaign began"),
        pytest.param("killed", 18, {"since": "2031-04-30"}, ("not_comparable", None, 0), id="since before it"),
        pytest.param("vessels", 18, {"since": "2028-01-01"}, ("not_comparable", None, 0), id="neither unit nor time"),
        pytest.param("killed", 8, {"as_of": "2031-05-14"}, ("consistent", None, 3), id="up to its day"),
        pytest.param("killed", 15, {"since": "2031-05-05"}, ("consistent", None, 3), id="from its day"),
        pytest.param("killed", Quantity(16, None, AT_LEAST), {}, ("consistent", None, 4), id="open, a little under"),
        pytest.param("killed", Quantity(14, None, AT_LEAST), {}, ("short", 4, 4), id="open, more than a fifth under"),
        pytest.param("killed", Quantity(18, None, MORE_THAN), {}, ("over", 1, 4), id="more than what there is"),
        pytest.param("killed", Quantity(None), {}, ("not_comparable", None, 0), id="no number"),
        pytest.param("killed", 3, {"scope": "attacks by the Marsh League"}, ("not_comparable", None, 0), id="nobody's"),
    ],
)
def test_each_answer(war, desk, unit, count, more, expected):
    assert verdict(war, desk, unit, count, **more) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("Gull Front", ("consistent", None, 1), id="of the one who counts"),
        pytest.param("Verany General Staff", ("over", 2, 3), id="of the other"),
        pytest.param("Port Authority", ("over", 8, 4), id="of nobody known: everything is counted"),
    ],
)
def test_enemy_attacks_are_those_on_who_counts_them(war, desk, source, expected):
    total = desk.total("killed", 10 if source != "Port Authority" else 26, scope="enemy attacks")
    war.story("z", "Amary Post", "2031-05-21", desk.act("other", None, None, (desk.say(source),)), totals=(total,))
    war.counted_by("z", 0)
    (found,) = war.merge().verdicts
    assert (found.word, found.off_by, len(found.incidents)) == expected


def test_presumed_dead_are_held_against_high(room, desk):
    says = (desk.say("Coast Guard", killed=2), desk.say("Coast Guard", presumed_dead=1))
    room.story("a", "Gull Wire", "2031-05-05", desk.act("drone_strike", "2031-05-04", "Port Amary", says))
    assert verdict(room, desk, "killed_or_presumed_dead", 3) == ("consistent", None, 1)


def test_an_incident_without_a_number_adds_nothing(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act("drone_strike", "2031-05-04", "Port Amary"))
    assert verdict(room, desk, "killed", 0) == ("not_comparable", None, 1)


def test_an_empty_ledger_compares_nothing(room, desk):
    assert verdict(room, desk, "killed", 3) == ("not_comparable", None, 0)


def test_a_campaign_bounds_what_is_counted(war, desk):
    campaign = Campaign("cape", start=date(2031, 5, 1), places=("Cape Dorn",))
    war.story("y", "Dorn Echo", "2031-05-10", desk.act("missile_strike", "2031-05-09", "Cape Dorn", actor="Gull Front"),
              totals=(desk.total("killed", 5),))  # fmt: skip
    (found,) = war.merge(campaign).verdicts
    assert (found.word, found.ledger) == ("consistent", Bounds(5, 5, 5))


INCIDENT = Incident(
    id="in-1",
    kind="air_strike",
    status="happened",
    when=When(date(2031, 5, 4), date(2031, 5, 4), "day", None),
    where=Where("Port Amary", None, "Sorland", None, None, "exact", None),
    actor="Verany Air Force",
    target="fuel jetty",
    killed=NOTHING_SAID,
    injured=NOTHING_SAID,
    events=("a-e0",),
    stories=("a",),
    reports=(),
    sources=(),
    statements=(),
    reasons=(),
)


@pytest.mark.parametrize(
    ("words", "held"),
    [
        (None, True),
        ("all parties", True),
        ("attacks by Verany", True),
        ("Veranian attacks on Sorland territory", True),
        ("Sorlandian attacks on Verany", False),
        ("attacks by the Gull Front", False),
        ("strikes on Port Amary", True),
        ("strikes in Marshland", False),
    ],
)
def test_scopes_in_words(words, held):
    assert scope(words).holds(INCIDENT) is held


@pytest.mark.parametrize(
    ("campaign", "held"),
    [
        (Campaign("all"), True),
        (Campaign("later", start=date(2031, 6, 1)), False),
        (Campaign("earlier", end=date(2031, 5, 1)), False),
        (Campaign("land", places=("Sorland",)), True),
        (Campaign("elsewhere", places=("Marshland",)), False),
        (Campaign("side", actors=("Verany",)), True),
        (Campaign("kinds", kinds=("shooting",)), False),
    ],
)
def test_what_belongs_to_a_campaign(campaign, held):
    assert belongs(INCIDENT, campaign) is held


@pytest.fixture
def dark(room, desk):
    """Two attacks by the Gull Front (3 + 5 dead), one that nobody is named for (2 dead), one by a side that is only described (7)."""
    for day, place, dead, actor in (
        ("04", "Port Amary", 3, "Gull Front"), ("09", "Cape Dorn", 5, "Gull Front"), ("12", "Tell Orrin", 2, None), ("14", "Sable Bay", 7, "two men in a boat"),
    ):  # fmt: skip
        acts = desk.act("drone_strike", f"2031-05-{day}", place, (desk.say("Coast Guard", killed=dead),), actor=actor)
        room.story(f"s{day}", "Gull Wire", "2031-05-20", acts)
    return room


@pytest.mark.parametrize(
    ("unit", "count", "expected"),
    [
        pytest.param("killed", 8, ("consistent", None, 2), id="what surely is theirs"),
        pytest.param("killed", 10, ("consistent", None, 3), id="with the two of nobody"),
        pytest.param("killed", 17, ("consistent", None, 4), id="with all"),
        pytest.param("killed", 11, ("over", 3, 2), id="no such acts make it up"),
        pytest.param("killed", 30, ("over", 13, 4), id="over all"),
        pytest.param("killed", 5, ("short", 3, 2), id="short of what surely is theirs"),
        pytest.param("strikes", 3, ("consistent", None, 3), id="one of the two"),
        pytest.param("strikes", 6, ("over", 2, 4), id="more than there are"),
    ],
)
def test_acts_that_nobody_is_named_for(dark, desk, unit, count, expected):
    assert verdict(dark, desk, unit, count, **FRONT) == expected
