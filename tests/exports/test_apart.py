"""Why two incidents are two: every refusal can be read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onrecord.errors import WrongUse
from onrecord.exports import apart
from onrecord.pipeline import View, arranged, derive
from onrecord.records import (
    Claim,
    Event,
    Masthead,
    Mention,
    Name,
    Party,
    Published,
    Read,
    Reading,
    Source,
    Span,
    Status,
    When,
    Where,
)

NIGHT = datetime(2031, 5, 5, tzinfo=UTC)


def told(number: int, place: str, day: int = 4, status: Status = "happened", who: str = "Harbour Office") -> Read:
    id_, words = f"st-{number}", f"a drone hit the fuel jetty at {place}, {who} said"
    span = Span(id_, "text", 0, len(words), words)
    start = datetime(2031, 5, day, tzinfo=UTC).date()
    source = Source("witness" if " " in who and who != "Harbour Office" else "named_body", who)
    claim = Claim(f"{id_}-c0", (span,), None, source, "indirect", "asserts")
    event = Event(
        id=f"{id_}-e0",
        kind="drone_strike",
        status=status,
        actor=None,
        target=Party("fuel jetty", span),
        instrument=None,
        when=When(start, start, "day", span),
        where=Where(place, None, None, None, None, "unknown", span),
        counts=(),
        claims=(claim.id,),
        mentions=(Mention(span, span, status, "drone_strike", claim.id),),
    )
    published = Published(NIGHT, NIGHT + timedelta(hours=23), "day", "given")
    head = Masthead(id_, id_, None, f"Outlet {number}", "", published, 1000)
    return Read(head, Reading(id_, "by hand", (claim,), (), (event,), ()))


def view(*reads: Read) -> View:
    return arranged(reads, derive(reads, "joint"))


@pytest.fixture(scope="module")
def coast() -> View:
    return view(told(1, "Port Amary"), told(2, "Port Amary"), told(3, "Tarn Haven"), told(4, "Low Ness", day=1))


def at(seen: View, place: str) -> str:
    return next(row.id for row in seen.derived.incidents if row.where is not None and row.where.name == place)


def test_a_refusal_tells_what_spoke_for_it_what_against_and_how_much_was_missing(coast):
    found = apart.rows(coast, at(coast, "Tarn Haven"), at(coast, "Port Amary"))
    assert {row["event"] for row in found} == {"st-1-e0", "st-2-e0", "st-3-e0"}
    first = found[0]
    assert "the same day" in str(first["for"])
    assert "the same target" in str(first["for"])
    assert str(first["against"]).startswith("place -")
    assert float(str(first["came_to"])) < float(str(first["needed"]))


def test_days_that_cannot_be_the_same_rule_it_out_whatever_else_agrees(coast):
    found = apart.rows(coast, at(coast, "Low Ness"), at(coast, "Port Amary"))
    assert {row["against"] for row in found} == {"the days cannot be the same"}
    assert {row["came_to"] for row in found} == {None}


def test_without_another_the_nearest_are_told_the_closest_call_first(coast):
    found = apart.rows(coast, at(coast, "Tarn Haven"))
    assert next(row["other"] for row in found) == at(coast, "Port Amary")
    assert at(coast, "Tarn Haven") not in [row["other"] for row in found]


def test_what_stands_alone_comes_near_to_nothing():
    seen = view(told(1, "Port Amary"))
    assert apart.rows(seen, seen.derived.incidents[0].id) == []


def test_an_incident_is_not_held_against_itself_nor_against_what_is_not_there(coast):
    one = at(coast, "Port Amary")
    with pytest.raises(WrongUse, match="both are"):
        apart.rows(coast, one, one)
    with pytest.raises(WrongUse, match="nix"):
        apart.rows(coast, one, "nix")


def test_a_name_that_was_merged_leads_to_what_it_was_merged_into(coast):
    one = at(coast, "Port Amary")
    renamed = replace(coast, names=(Name("in-old", "given", None, ()), Name("in-old", "redirected", one, ())))
    assert [row["id"] for row in apart.rows(renamed, "in-old")] == [row["id"] for row in apart.rows(coast, one)]


def test_a_plan_and_an_incident_are_no_two_tellings_of_one():
    seen = view(told(1, "Port Amary"), told(2, "Port Amary", status="planned"))
    (incident,), (plan,) = seen.derived.incidents, seen.derived.plans
    (row,) = apart.rows(seen, incident.id, plan.id)
    assert row["against"] == "one is an incident, and the other a plan"


def test_what_people_parted_is_laid_to_them():
    seen = view(told(1, "Port Amary"), told(2, "Port Amary"))
    (whole,) = seen.derived.incidents
    parts = [replace(whole, id=f"in-{event}", events=(event,), decisions=("de-1",)) for event in whole.events]
    split = replace(seen, derived=replace(seen.derived, incidents=tuple(parts)))
    (row,) = apart.rows(split, parts[0].id, parts[1].id)
    assert row["against"] == "people decided so: de-1"


def test_the_words_hold_no_name_of_a_private_person():
    seen = view(told(1, "Port Amary", who="Odo Tarvik"), told(2, "Tarn Haven", who="Odo Tarvik"))
    found = apart.rows(seen, seen.derived.incidents[0].id)
    assert found
    assert all("Tarvik" not in str(row) for row in found)


def test_in_words_each_row_is_a_few_lines(coast):
    found = apart.rows(coast, at(coast, "Tarn Haven"), at(coast, "Port Amary"))
    lines = [text.plain for text in apart.told(found[:1])]
    assert "did not join the other; it came to" in lines[0]
    assert lines[1].startswith("  “a drone hit the fuel jetty")
    assert [line.split(":")[0] for line in lines[2:]] == ["  for it", "  against it"]
