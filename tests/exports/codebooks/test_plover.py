"""PLOVER and POLECAT: every incident and plan once, under a mode that says whether it was done."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest

from invented import derived, masthead, reading, story, view
from onrecord import pipeline
from onrecord.exports import files
from onrecord.exports.codebooks import plover
from onrecord.exports.sheets import columns_of
from onrecord.ledger import Ledger
from onrecord.pipeline import View, arranged
from onrecord.records import (
    UNDATED,
    Bounds,
    Derivation,
    Event,
    Incident,
    Party,
    Plan,
    Read,
    Statement,
    Status,
    When,
    Where,
)
from onrecord.wording import kinds

POLECAT = [
    "Event ID",
    "Event Date",
    "Event Type",
    "Event Mode",
    "Intensity",
    "Quad Code",
    "Contexts",
    "Actor Name",
    "Actor Country",
    "Actor COW",
    "Primary Actor Sector",
    "Actor Sectors",
    "Actor Title",
    "Actor Name Raw",
    "Wikipedia Actor ID",
    "Recipient Name",
    "Recipient Country",
    "Recipient COW",
    "Primary Recipient Sector",
    "Recipient Sectors",
    "Recipient Title",
    "Recipient Name Raw",
    "Wikipedia Recipient ID",
    "Placename",
    "City",
    "District",
    "Province",
    "Country",
    "Latitude",
    "Longitude",
    "GeoNames ID",
    "Raw Placename",
    "Feature Type",
    "Source",
    "Publication Date",
    "Story People",
    "Story Organizations",
    "Story Locations",
    "Language",
    "Version",
]
TYPES = [
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]
VIEW = view()
TOLD = story()
INCIDENT = VIEW.derived.incidents[0]
PLAN = replace(VIEW.derived.plans[0], kind="bombing")
AUGUST = When(date(2031, 8, 1), date(2031, 8, 31), "month", None)


def changed(incident: Incident = INCIDENT, plan: Plan = PLAN, seen: View = VIEW) -> View:
    return replace(seen, derived=replace(seen.derived, incidents=(incident,), plans=(plan,)))


def written(seen: View) -> tuple[list[dict[str, Any]], list[dict[str, str]], dict[str, Any]]:
    found = {name: data.decode() for name, data in files.made(seen, "plover")}
    records = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    rows = list(csv.DictReader(io.StringIO(found["polecat.tsv"], newline=""), delimiter="\t"))
    return records, rows, json.loads(found["loss.json"])


def of(seen: View, id_: str) -> tuple[dict[str, Any], dict[str, str]]:
    records, rows, _ = written(seen)
    return next(one for one in records if one["id"] == id_), next(one for one in rows if one["Event ID"] == id_)


def lost(seen: View, record: str, act: str) -> list[tuple[str | None, str | None, str | None]]:
    _, _, report = written(seen)
    return [
        (one["column"], one["had"], one["wrote"])
        for one in report["losses"]
        if one["record"] == record and one["act"] == act
    ]


# ---- shape


def test_the_columns_are_those_of_polecat() -> None:
    assert [column.name for column in columns_of("polecat")] == POLECAT
    assert len(POLECAT) == 40
    assert dict(files.made(VIEW, "plover"))["polecat.tsv"].decode().splitlines()[0] == "\t".join(POLECAT)


def test_every_incident_and_plan_of_the_sample_is_an_event_or_left_out(sample_ledger: Ledger) -> None:
    seen = pipeline.view(sample_ledger)
    records, rows, report = written(seen)
    out = {one["record"] for one in report["losses"] if one["act"] == "left out" and one["column"] is None}
    ids = [one["id"] for one in records]
    assert len(ids) == len(set(ids)) == report["written"]["events.jsonl"]
    assert [row["Event ID"] for row in rows] == ids
    told = {one.id for one in (*seen.derived.incidents, *seen.derived.plans)}
    assert told <= {*ids, *out}
    assert not out & set(ids)
    for one in records:
        assert {"id", "date", "actor", "event"} <= set(one)
        assert date.fromisoformat(one["date"])
        assert one["event"][0] in TYPES
        assert set(one) <= {column.name.partition(".")[0] for column in columns_of("plover")}
        done = one["id"].startswith("in-")
        auxiliary = {"future", "hypothetical", "negation", "historical"} & set(one.get("context", ()))
        assert bool(auxiliary) != done, "a plan has a mode, and what happened has none"


def test_pandas_reads_the_table(tmp_path: Path) -> None:
    files.export(VIEW, "plover", tmp_path)
    found = pd.read_csv(tmp_path / "polecat.tsv", sep="\t", na_values=["None"], keep_default_na=False)
    assert list(found.columns) == POLECAT
    assert found["Latitude"].tolist() == [54.5]
    assert found["Intensity"].isna().all()


def test_columns_said_to_be_empty_are(sample_ledger: Ledger) -> None:
    records, rows, _ = written(pipeline.view(sample_ledger))
    for column in plover._table("polecat")["empty"]:
        assert {row[column] for row in rows} == {"None"}
    for field in plover._table("plover")["empty"]:
        outer, _, inner = field.partition(".")
        assert not any(outer in one and (not inner or inner in one[outer]) for one in records)


def test_no_sentence_of_a_story_leaves() -> None:
    found = b"".join(data for _, data in files.made(VIEW, "plover")).decode()
    assert "killing at least six dockers" not in found


# ---- the tables


def test_every_type_of_a_kind_has_a_quad_code() -> None:
    table = plover._table("plover")
    assert sorted(table["quad"]) == sorted(TYPES)
    assert {kind.plover_type for kind in kinds.all_kinds()} - {None} <= set(TYPES)
    names = {kind.name for kind in kinds.all_kinds()}
    assert set(table["contexts"]) <= names


@pytest.mark.parametrize(
    ("name", "code", "sector"),
    [
        ("Germany", "DEU", "GOV"),
        ("the German army", "DEU", "MIL"),
        ("French police", "FRA", "COP"),
        ("United Nations", "IGO", None),
        ("the Tern Brigade", None, "MIL"),
        ("railway workers", None, "LAB"),
        ("fighters of the Tern Front", None, "UAF"),
        ("gunmen in masks", None, "UAF"),
        ("fuel quay", None, None),
        ("army supply column", None, None),
    ],
)
def test_parties_are_coded_by_their_names(name: str, code: str | None, sector: str | None) -> None:
    assert plover._coded(name) == (code, sector)


# ---- one event


def test_an_incident_is_one_event() -> None:
    record, row = of(VIEW, INCIDENT.id)
    assert record["date"] == "2031-03-31"
    assert "enddate" not in record
    assert record["actor"] == []
    assert (record["event"], record["mode"], record["quad_code"]) == (["ASSAULT"], ["heavy-weapons"], 4)
    assert record["context"] == ["military"]
    assert record["size"] == {"dead": 6, "injured": 9}
    assert record["event_loc"]["lat"] == 54.5
    assert record["cite_info"] == {
        "citation": "Varn Courier, 2031-04-01", "title": TOLD.headline, "publication": "Varn Courier", "coder": "OnRecord",
        "codebook": "PLOVER",
    }  # fmt: skip
    assert (row["Quad Code"], row["Contexts"], row["Longitude"]) == ("MATERIAL CONFLICT", "military", "-3.25")
    assert (row["Source"], row["Publication Date"]) == ("Varn Courier", "2031-04-01")
    assert row["Story Organizations"] == "Harbour Authority"
    assert row["Intensity"] == row["Actor Name"] == "None"


def test_bounds_that_differ_from_the_best_are_dropped() -> None:
    assert ("size.dead", "6 to ?", "6") in lost(VIEW, INCIDENT.id, "dropped")
    assert not [one for one in lost(VIEW, INCIDENT.id, "dropped") if one[0] == "size.injured"]


def test_unknown_dead_are_absent_and_none_are_zero() -> None:
    unknown = changed(replace(INCIDENT, killed=Bounds(None, None, None), injured=Bounds(None, None, None)))
    assert "size" not in of(unknown, INCIDENT.id)[0]
    none = changed(replace(INCIDENT, killed=Bounds(0, 0, 0), injured=Bounds(None, None, None)))
    assert of(none, INCIDENT.id)[0]["size"] == {"dead": 0}


def test_several_days_are_an_end_and_one_day_of_polecat() -> None:
    seen = changed(replace(INCIDENT, when=AUGUST))
    record, row = of(seen, INCIDENT.id)
    assert (record["date"], record["enddate"], row["Event Date"]) == ("2031-08-01", "2031-08-31", "2031-08-01")
    assert ("Event Date", "2031-08-01 to 2031-08-31", "2031-08-01") in lost(seen, INCIDENT.id, "rounded")


def test_a_day_that_is_not_known_is_that_of_publication() -> None:
    seen = changed(replace(INCIDENT, when=None))
    assert of(seen, INCIDENT.id)[0]["date"] == "2031-04-01"
    assert lost(seen, INCIDENT.id, "guessed") == [("date", None, "2031-04-01")]
    assert lost(VIEW, INCIDENT.id, "guessed") == []


def test_without_any_day_there_is_no_event() -> None:
    told = story(published=UNDATED)
    seen = changed(replace(INCIDENT, when=None), seen=view(told))
    assert lost(seen, INCIDENT.id, "left out") == [(None, "shelling, ongoing", None)]
    assert INCIDENT.id not in {one["id"] for one in written(seen)[0]}


def test_parties_and_their_words() -> None:
    tern = VIEW.reads[0].reading.events[1].actor
    assert tern is not None
    event = replace(VIEW.reads[0].reading.events[0], actor=tern)
    read = VIEW.reads[0]
    read = replace(read, reading=replace(read.reading, events=(event, *read.reading.events[1:])))
    seen = replace(changed(replace(INCIDENT, actor="Tern Brigade", target="dockers")), reads=(read,))
    record, row = of(seen, INCIDENT.id)
    assert record["actor"] == [{"sector": "MIL", "entity_text": "Tern Brigade"}]
    assert record["recipient"] == [{"sector": "LAB", "entity_text": "dockers"}]
    assert (row["Actor Name"], row["Actor Name Raw"], row["Recipient Name Raw"]) == (
        "Tern Brigade",
        "The Tern Brigade",
        "None",
    )
    assert row["Primary Actor Sector"] == row["Actor Sectors"] == "MIL"
    other = replace(seen, derived=replace(seen.derived, incidents=(replace(INCIDENT, actor="Heron Front"),)))
    assert of(other, INCIDENT.id)[1]["Actor Name Raw"] == "None", "those are the words of another"


@pytest.mark.parametrize(
    ("precision", "column", "feature"),
    [("admin1", "Province", "ADM1"), ("admin2", "District", "ADM2"), ("exact", None, "None")],
)
def test_units_stand_in_their_columns(precision: Any, column: str | None, feature: str) -> None:
    where = Where("Sunnmark", "Quelland", "Germany", 50.0, 9.0, precision, None)
    seen = changed(replace(INCIDENT, where=where))
    _, row = of(seen, INCIDENT.id)
    assert (row["Country"], row["Feature Type"], row["Placename"]) == ("DEU", feature, "Sunnmark")
    assert {name for name in ("City", "District", "Province") if row[name] == "Sunnmark"} == (
        {column} if column else set()
    )
    assert ("event_loc", "Quelland", None) in lost(seen, INCIDENT.id, "dropped")


def test_a_withdrawn_incident_is_left_out() -> None:
    back = Statement("status", "withdrawn", None, "Varn Courier", TOLD.id, None, True)
    seen = changed(replace(INCIDENT, statements=(*INCIDENT.statements, back)))
    assert lost(seen, INCIDENT.id, "left out") == [(None, "shelling, withdrawn", None)]
    assert INCIDENT.id not in {one["id"] for one in written(seen)[0]}


# ---- what was not done

MODES: dict[str, list[str] | None] = {
    "planned": ["future"],
    "threatened": ["future", "hypothetical"],
    "possible": ["hypothetical"],
    "hypothetical": ["hypothetical"],
    "attempted": ["negation"],
    "denied": ["negation"],
    "negated": ["negation"],
    "unknown": None,
}


@pytest.mark.parametrize("status", sorted(set(get_args(Status)) - {"happened", "ongoing"}))
def test_a_plan_stands_under_its_mode_or_not_at_all(status: Status) -> None:
    seen = changed(plan=replace(PLAN, status=status))
    modes = MODES[status]
    if modes is None:
        assert lost(seen, PLAN.id, "left out") == [(None, f"bombing, {status}", None)]
        assert PLAN.id not in {one["id"] for one in written(seen)[0]}
        return
    record, row = of(seen, PLAN.id)
    assert record["context"] == modes
    assert row["Contexts"] == "; ".join(modes)
    assert record["comment"] == f"Status: {status}."
    assert ("context", status, "; ".join(modes)) in lost(seen, PLAN.id, "rounded")


def test_a_kind_without_a_type_is_left_out() -> None:
    assert lost(VIEW, PLAN.id, "left out") == [(None, "other, planned", None)]


def historical(event: Event, relation: Any = "original", merged: tuple[str, ...] = ()) -> View:
    told, found = story(), reading(story())
    made = derived(told, found)
    made = replace(made, incidents=(), plans=(replace(PLAN, events=merged),))
    made = replace(made, derivations=(Derivation(told.id, relation, None, None, ()),))
    return arranged((Read(masthead(told), replace(found, events=(event,))),), made)


def test_what_lies_outside_the_time_reported_on_is_historical() -> None:
    event = replace(VIEW.reads[0].reading.events[0], background=True)
    record, row = of(historical(event), event.id)
    assert (record["context"], row["Contexts"]) == (["military", "historical"], "military; historical")
    assert "size" not in record
    assert lost(historical(event, "reprint"), event.id, "left out") == [(None, "shelling, historical", None)]
    undated = replace(event, when=None)
    assert lost(historical(undated), event.id, "left out"), "the day of publication is surely wrong for another time"
    assert event.id not in {one["id"] for one in written(historical(event, merged=(event.id,)))[0]}
    present = replace(event, background=False)
    assert present.id not in {one["id"] for one in written(historical(present))[0]}


# ---- names


def test_names_of_private_persons_are_withheld() -> None:
    told = story()
    brenk = Party("Oda Brenk", VIEW.reads[0].reading.events[1].actor.span)  # type: ignore[union-attr]
    seen = changed(replace(INCIDENT, actor=brenk.name, target="the stall of Oda Brenk"), seen=view(told))
    found = b"".join(data for _, data in files.made(seen, "plover")).decode()
    assert "Brenk" not in found
    assert "(name withheld)" in found
