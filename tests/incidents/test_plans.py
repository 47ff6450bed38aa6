import pytest


@pytest.mark.parametrize(
    "status", ["attempted", "planned", "threatened", "possible", "hypothetical", "denied", "negated", "unknown"]
)
def test_what_is_not_held_to_have_happened_is_a_plan(room, desk, status):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(status=status, day="2031-05-04", place="Port Amary"))
    merged = room.merge()
    assert merged.incidents == ()
    (plan,) = merged.plans
    assert (plan.status, plan.events) == (status, ("a-e0",))
    assert plan.id.startswith("pl-")


def test_plans_are_merged_across_stories(room, desk):
    landing = {"kind": "ground_mission", "place": "Cape Dorn", "target": "the radar hill", "actor": "Verany"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(status="planned", **landing))
    room.story("b", "Amary Post", "2031-06-30", desk.act(status="denied", **landing))
    room.story("c", "Quay Radio", "2031-07-01", desk.act(status="planned", kind="designation", target="the Gull Front"))
    plans = room.merge().plans
    assert [(plan.status, plan.stories) for plan in plans] == [("planned", ("a", "b")), ("planned", ("c",))]


def test_a_plan_does_not_join_the_incident_at_the_same_place(room, desk):
    room.story("a", "Gull Wire", "2031-05-05", desk.act(day="2031-05-04", place="Port Amary", target="fuel jetty"))
    room.story("b", "Amary Post", "2031-05-05", desk.act(status="planned", place="Port Amary", target="fuel jetty"))
    merged = room.merge()
    assert [one.stories for one in merged.incidents] == [("a",)]
    assert [one.stories for one in merged.plans] == [("b",)]


@pytest.mark.parametrize("noted", [True, False], ids=["the change is known", "nobody noted the change"])
def test_a_plan_that_a_rewrite_tells_as_done_stays_a_plan(room, desk, noted):
    landing = {"kind": "raid", "place": "Cape Dorn", "target": "the radar hill", "actor": "Verany"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(status="planned", **landing))
    room.story("b", "Buzzly", "2031-05-06", desk.act(day="2031-05-05", **landing), relation="rewrite", origin="a")
    if noted:
        room.changed("b", "a", "status", "planned", "happened")
    merged = room.merge()
    assert merged.incidents == ()
    (plan,) = merged.plans
    assert (plan.status, plan.stories) == ("planned", ("a", "b"))


def test_a_changed_status_counts_against_a_ghost_too(room, desk):
    landing = {"kind": "raid", "place": "Cape Dorn", "target": "the radar hill"}
    room.story(
        "a", "Lampion", "2031-05-05", desk.act(status="planned", **landing), relation="rewrite", ghost="Channel Six"
    )
    room.story(
        "b", "Buzzly", "2031-05-06", desk.act(day="2031-05-05", **landing), relation="rewrite", ghost="Channel Six"
    )
    room.changed("b", "a", "status", "planned", "happened")
    assert room.merge().incidents == ()


def test_a_denial_of_an_incident_dissents_from_it(room, desk):
    landing = {"kind": "armed_clash", "day": "2031-05-04", "place": "Cape Dorn", "target": "Verany marines"}
    room.story("a", "Gull Wire", "2031-05-05", desk.act(says=(desk.say("Gull Front", killed=11),), **landing))
    denial = desk.say("Verany Navy", stance="denies")
    room.story("b", "Amary Post", "2031-05-20", desk.act(status="denied", says=(denial,), **landing))
    merged = room.merge()
    (incident,) = merged.incidents
    assert merged.plans == ()
    assert incident.events == ("a-e0", "b-e0")
    assert (incident.reports, incident.sources) == (("Gull Wire",), ("Gull Front",))
    assert [s.value for s in incident.statements if s.field == "status"] == ["denied"]


def test_a_doubt_that_fits_two_incidents_joins_neither(room, desk):
    for name, day in (("a", "2031-05-04"), ("b", "2031-05-06")):
        room.story(name, "Gull Wire", "2031-05-07", desk.act(day=day, place="Port Amary", target="fuel jetty"))
    room.story("c", "Amary Post", "2031-05-07", desk.act(status="denied", place="Port Amary", target="fuel jetty"))
    merged = room.merge()
    assert [one.stories for one in merged.incidents] == [("a",), ("b",)]
    assert [plan.stories for plan in merged.plans] == [("c",)]


def test_what_is_told_more_often_as_not_having_been_is_no_incident(room, desk):
    told = desk.act(
        day="2031-05-04", place="Cape Dorn", says=(desk.say(None), desk.say("Mayor"), desk.say("Coast Guard"))
    )
    room.story("a", "Gull Wire", "2031-05-05", told)
    room.negate("a", 2)
    merged = room.merge()
    assert merged.incidents == ()
    assert [plan.status for plan in merged.plans] == ["negated"]
