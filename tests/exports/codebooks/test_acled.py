"""ACLED's table: its columns, its rules, and that nothing is lost without a word."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given

from filed import VARNHOLM, count, day, incident, incidents, ledger, lost, parses, table
from onrecord.exports import files, sheets
from onrecord.exports.codebooks import acled
from onrecord.exports.losses import Losses
from onrecord.exports.private import WITHHELD, Row
from onrecord.records import Bounds, Incident, Statement, When, Where

HEADER = [
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
]


def filed(one: Incident, **how: Any) -> tuple[Row, Losses]:
    losses = Losses()
    (found,) = acled.rows(ledger(one, **how), losses)
    return found[1], losses


def row(**changed: Any) -> Row:
    return filed(incident(**changed))[0]


def test_the_columns_are_those_of_the_codebook() -> None:
    made = dict(files.made(ledger(incident()), "acled"))
    assert len(HEADER) == 31
    assert made["acled.csv"].decode().splitlines()[0].split(",") == HEADER
    book = list(csv.reader(io.StringIO(made["codebook.csv"].decode(), newline="")))
    assert [line[1] for line in book[1:]] == HEADER
    assert all(line[2] for line in book)


# ---- when


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (0, ("2031-03-01", 1)),
        (1, ("2031-03-01", 2)),
        (6, ("2031-03-04", 2)),
        (7, ("2031-03-04", 3)),
        (30, ("2031-03-16", 3)),
    ],
)
def test_a_period_stands_on_its_middle_day(last: int, expected: tuple[str, int]) -> None:
    first = date(2031, 3, 1)
    made, losses = filed(incident(when=day(first, first + timedelta(days=last)) if last else day(first)))
    assert (made["event_date"], made["time_precision"]) == expected
    assert made["year"] == 2031
    assert ("rounded", "event_date") in lost(losses) or last == 0


NO_ROW = {
    "no day": incident(when=None),
    "an open period": incident(when=When(date(2031, 3, 1), None, "since", None)),
    "a season": incident(when=day(date(2031, 3, 1), date(2031, 5, 31))),
    "a threat": incident(kind="threat"),
    "all took it back": incident(
        statements=(
            *(
                Statement("status", "withdrawn", None, who, "", None, True)
                for who in ("Harbour Authority", "Oda Brenk")
            ),
        )
    ),
}


@pytest.mark.parametrize("one", NO_ROW.values(), ids=NO_ROW)
def test_what_gets_no_row_is_left_out_aloud(one: Incident) -> None:
    losses = Losses()
    assert list(acled.rows(ledger(one), losses)) == []
    assert [(loss.record, loss.act) for loss in losses.met] == [(one.id, "left out")]


# ---- who and whom


def test_civilians_are_actor2_and_targeted() -> None:
    made = row(kind="shooting", target="dockers")
    assert (made["event_type"], made["sub_event_type"]) == ("Violence against civilians", "Attack")
    assert (made["actor2"], made["assoc_actor_2"]) == ("Civilians (Quelland)", "dockers")
    assert (made["inter2"], made["civilian_targeting"]) == ("Civilians", "Civilians targeted")


def test_violence_against_civilians_without_a_target_has_them_all_the_same() -> None:
    made, losses = filed(incident(kind="shooting", target=None))
    assert made["actor2"] == "Civilians (Quelland)"
    assert ("guessed", "actor2") in lost(losses)


@pytest.mark.parametrize(
    ("kind", "target", "expected"),
    [
        ("shooting", "soldiers", ("Battles", "Armed clash", "Political violence")),
        ("abduction", "soldiers", ("Strategic developments", "Other", "Strategic developments")),
        ("raid", "villagers", ("Violence against civilians", "Attack", "Political violence")),
        ("raid", "rebels", ("Battles", "Armed clash", "Political violence")),
        (
            "shelling",
            "villagers",
            ("Explosions/Remote violence", "Shelling/artillery/missile attack", "Political violence"),
        ),
        ("interception", None, ("Strategic developments", "Disrupted weapons use", "Strategic developments")),
    ],
)
def test_the_target_moves_a_kind(kind: str, target: str | None, expected: tuple[str, str, str]) -> None:
    made = row(kind=kind, target=target)
    assert (made["event_type"], made["sub_event_type"], made["disorder_type"]) == expected


@pytest.mark.parametrize(
    ("actor", "target", "expected"),
    [
        ("rebels of the coast", "soldiers", ("Rebel group", "State forces", "State forces-Rebel group")),
        ("soldiers", "villagers", ("State forces", "Civilians", "State forces-Civilians")),
        ("peacekeepers", "villagers", ("External/Other forces", "Civilians", "External/Other forces-Civilians")),
        ("gunmen", "tribesmen", ("Political militia", "Identity militia", "Political militia-Identity militia")),
        ("Army", "a bridge", ("State forces", None, "State forces only")),
        ("Tern Brigade", "a bridge", (None, None, None)),
    ],
)
def test_sides_are_labels_and_a_pair_in_the_order_of_the_codebook(
    actor: str, target: str, expected: tuple[str | None, ...]
) -> None:
    made = row(actor=actor, target=target)
    assert (made["inter1"], made["inter2"], made["interaction"]) == expected


def test_forces_abroad_are_other_forces() -> None:
    at_home = row(actor="Chad military", where=replace(VARNHOLM, country="Chad"))
    abroad = row(actor="Chad military", where=replace(VARNHOLM, country="Niger"))
    assert (at_home["actor1"], at_home["inter1"]) == ("Military Forces of Chad", "State forces")
    assert (abroad["actor1"], abroad["inter1"]) == ("Military Forces of Chad", "External/Other forces")


@pytest.mark.parametrize(("actor", "act"), [(None, "guessed"), ("masked gunmen", "rounded")])
def test_nobody_named_is_an_unidentified_group(actor: str | None, act: str) -> None:
    made, losses = filed(incident(actor=actor))
    assert made["actor1"] == "Unidentified Armed Group (Quelland)"
    assert made["assoc_actor_1"] == actor
    assert (act, "actor1") in lost(losses)


def test_nobody_is_made_up_for_a_strategic_development() -> None:
    assert row(kind="arrest", actor=None)["actor1"] is None


# ---- where


@pytest.mark.parametrize(
    ("precision", "code"),
    [
        ("exact", 1),
        ("near", 2),
        ("admin2", 2),
        ("admin1", 3),
        ("region", 3),
        ("sea", 3),
        ("country", 3),
        ("unknown", None),
    ],
)
def test_places_are_as_exact_as_three_codes_say(precision: str, code: int | None) -> None:
    assert row(where=replace(VARNHOLM, precision=precision))["geo_precision"] == code


def test_a_country_has_its_codes_and_region() -> None:
    made = row(where=replace(VARNHOLM, country="Chad"))
    assert (made["iso"], made["region"], made["country"]) == (148, "Middle Africa", "Chad")
    assert str(made["event_id_cnty"]) == "TCD1"
    unknown = row(where=None)
    assert [unknown[name] for name in ("iso", "region", "country", "latitude", "geo_precision")] == [None] * 5
    assert str(unknown["event_id_cnty"]) == "ZZZ1"


def test_degrees_have_four_decimals() -> None:
    made, losses = filed(incident(where=replace(VARNHOLM, lat=54.500049, lon=-3.25)))
    assert (made["latitude"], made["longitude"]) == (54.5, -3.25)
    assert ("rounded", "latitude") in lost(losses)
    assert ("rounded", "longitude") not in lost(losses)


def test_units_stand_where_the_words_name_them() -> None:
    assert row(where=Where("Sunnmark", None, None, 1.0, 1.0, "admin1", None))["admin1"] == "Sunnmark"
    assert row(where=Where("Sunnmark", None, None, 1.0, 1.0, "admin2", None))["admin2"] == "Sunnmark"
    made = row(where=Where("Varnholm", "Borno State", "Nigeria", 1.0, 1.0, "exact", None))
    assert (made["admin1"], made["admin2"], made["admin3"]) == ("Borno State", None, None)


# ---- how many


@pytest.mark.parametrize(
    ("killed", "fatalities", "act"),
    [
        (Bounds(6, 6, 6), 6, None),
        (Bounds(5, 6, 9), 5, "dropped"),
        (Bounds(None, 4, None), 4, "dropped"),
        (Bounds(None, None, 9), 0, "guessed"),
        (Bounds(None, None, None), 0, "guessed"),
        (Bounds(0, 0, 0), 0, None),
    ],
)
def test_the_lowest_figure_stands(killed: Bounds, fatalities: int, act: str | None) -> None:
    made, losses = filed(incident(killed=killed))
    assert made["fatalities"] == fatalities
    assert [loss.act for loss in losses.met if loss.column == "fatalities"] == ([act] if act else [])


def test_unknown_is_told_apart_from_none_in_the_notes() -> None:
    assert "Killed: unknown, for which fatalities has 0." in str(row(killed=Bounds(None, None, None))["notes"])
    assert "Killed: 0." in str(row(killed=Bounds(0, 0, 0))["notes"])


def test_dozens_are_twelve() -> None:
    rows, _ = table("acled", ledger(incident(), counts=(count("six dockers", "dockers", vague="dozens"),)))
    assert rows[0]["fatalities"] == "12"


# ---- what is told


def test_notes_are_ours_and_name_no_private_person() -> None:
    made = row(sources=("Harbour Authority", "Oda Brenk"), injured=Bounds(9, 9, 11))
    notes = str(made["notes"])
    assert notes.startswith(
        "On 31 March 2031, a shelling was reported, at Varnholm. By: Tern Brigade. Against: dockers."
    )
    assert "Killed: 6-8. Injured: 9-11." in notes
    assert f"Said by: Harbour Authority, {WITHHELD}." in notes
    assert "Oda Brenk" not in json.dumps(made)
    assert "injured: 9-11" in str(made["tags"])


def test_the_source_is_who_published() -> None:
    made = row()
    assert (made["source"], made["source_scale"]) == ("Varn Courier", None)
    assert made["timestamp"] == 1932768000


@pytest.mark.parametrize(
    ("outlet", "country", "scale"),
    [
        ("Reuters", "Chad", "International"),
        ("The Guardian", "United Kingdom", "National"),
        ("The Guardian", "Chad", "International"),
        ("The Guardian", None, None),
        ("Varn Courier", "Chad", None),
    ],
)
def test_the_scale_is_guessed_from_the_outlets_home(outlet: str, country: str | None, scale: str | None) -> None:
    seen = ledger(incident(where=replace(VARNHOLM, country=country)))
    read = seen.reads[0]
    seen = replace(seen, reads=(replace(read, story=replace(read.story, outlet=outlet)),))
    losses = Losses()
    ((_, made),) = acled.rows(seen, losses)
    assert (made["source"], made["source_scale"]) == (outlet, scale)
    assert (("guessed", "source_scale") in lost(losses)) == (scale is not None)


# ---- nothing is lost without a word


def test_every_incident_and_plan_is_a_row_or_left_out() -> None:
    many = [replace(one, id=f"in-{at:08x}") for at, one in enumerate([*NO_ROW.values(), incident()])]
    seen = ledger(*many, plans=True)
    rows, report = table("acled", seen)
    out = [loss["record"] for loss in report["losses"] if loss["act"] == "left out"]
    ids = [*(one.id for one in many), *(plan.id for plan in seen.derived.plans)]
    kept = [line["tags"].split("; ")[0].removeprefix("onrecord: ") for line in rows]
    assert sorted([*out, *kept]) == sorted(ids)
    assert report["written"] == {"acled.csv": len(kept)}


@given(incidents())
def test_every_row_is_of_its_types(one: Incident) -> None:
    losses = Losses()
    for _, made in acled.rows(ledger(one), losses):
        parses(made, sheets.columns_of("acled"))
        assert made["fatalities"] is not None
        assert made["event_type"] in acled._table()["disorder"]
        return
    assert [loss.act for loss in losses.met] == ["left out"]
