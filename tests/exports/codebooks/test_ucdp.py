"""UCDP's table: its columns, its rules, ids that the user knows, and that nothing is lost without a word."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from filed import BASE, VARNHOLM, count, day, incident, incidents, ledger, lost, parses, said, table
from onrecord.errors import WrongUse
from onrecord.exports import files, sheets
from onrecord.exports.codebooks import lookup, ucdp
from onrecord.exports.losses import Losses
from onrecord.exports.private import WITHHELD, Row
from onrecord.records import Bounds, Incident

HEADER = [
    "id",
    "relid",
    "year",
    "active_year",
    "code_status",
    "type_of_violence",
    "conflict_dset_id",
    "conflict_new_id",
    "conflict_name",
    "dyad_dset_id",
    "dyad_new_id",
    "dyad_name",
    "side_a_dset_id",
    "side_a_new_id",
    "side_a",
    "side_b_dset_id",
    "side_b_new_id",
    "side_b",
    "number_of_sources",
    "source_article",
    "source_office",
    "source_date",
    "source_headline",
    "source_original",
    "where_prec",
    "where_coordinates",
    "where_description",
    "adm_1",
    "adm_2",
    "latitude",
    "longitude",
    "geom_wkt",
    "priogrid_gid",
    "country",
    "country_id",
    "region",
    "event_clarity",
    "date_prec",
    "date_start",
    "date_end",
    "deaths_a",
    "deaths_b",
    "deaths_civilians",
    "deaths_unknown",
    "best",
    "high",
    "low",
    "gwnoa",
    "gwnob",
]


def filed(one: Incident, **how: Any) -> tuple[Row, Losses]:
    losses = Losses()
    (found,) = ucdp.rows(ledger(one, **how), losses)
    return found[1], losses


def row(**changed: Any) -> Row:
    return filed(incident(**changed))[0]


def test_the_columns_are_those_of_the_codebook() -> None:
    made = dict(files.made(ledger(incident()), "ucdp"))
    assert len(HEADER) == 49
    assert made["ucdp.csv"].decode().splitlines()[0].split(",") == HEADER
    book = list(csv.reader(io.StringIO(made["codebook.csv"].decode(), newline="")))
    assert [line[1] for line in book[1:]] == HEADER


# ---- which incidents


@pytest.mark.parametrize(
    "changed",
    [
        {"killed": Bounds(None, None, None)},
        {"killed": Bounds(0, 0, 0)},
        {"when": None},
        {"when": day(date(2031, 1, 1), date(2032, 6, 1))},
        {"kind": "interception", "actor": None, "target": None},
    ],
)
def test_what_gets_no_row_is_left_out_aloud(changed: dict[str, Any]) -> None:
    losses = Losses()
    assert list(ucdp.rows(ledger(incident(**changed)), losses)) == []
    assert [(loss.record, loss.act) for loss in losses.met] == [("in-00000001", "left out")]


@pytest.mark.parametrize("killed", [Bounds(0, 0, 1), Bounds(None, None, 5), Bounds(2, None, None)])
def test_one_death_in_some_estimate_is_enough(killed: Bounds) -> None:
    made, losses = filed(incident(killed=killed))
    assert [made[name] for name in ("low", "best", "high")] == [killed.low, killed.best, killed.high]
    unknown = {
        name for name, value in (("low", killed.low), ("best", killed.best), ("high", killed.high)) if value is None
    }
    assert {loss.column for loss in losses.met} & {"low", "best", "high"} == unknown
    assert (made["deaths_unknown"] is None) == (killed.best is None)


# ---- who and whom


@pytest.mark.parametrize(
    ("actor", "target", "kind", "expected"),
    [
        ("soldiers", "rebels", "armed_clash", (1, "soldiers", "rebels")),
        ("rebels", "soldiers", "armed_clash", (1, "soldiers", "rebels")),
        ("gunmen", "tribesmen", "armed_clash", (2, "gunmen", "tribesmen")),
        ("soldiers", "villagers", "shelling", (3, "soldiers", "Civilians")),
        ("rebels", "villagers", "abduction", (3, "rebels", "Civilians")),
        (None, "policemen", "bombing", (1, "policemen", None)),
        (None, "a bridge", "shelling", (1, None, None)),
        (None, None, "shooting", (3, None, "Civilians")),
        ("Chad military", "rebels", "air_strike", (1, "Government of Chad", "rebels")),
    ],
)
def test_parties_tell_the_type(actor: str | None, target: str | None, kind: str, expected: tuple[object, ...]) -> None:
    made = row(actor=actor, target=target, kind=kind)
    assert (made["type_of_violence"], made["side_a"], made["side_b"]) == expected
    both = expected[1] is not None and expected[2] is not None
    assert made["dyad_name"] == (f"{expected[1]} - {expected[2]}" if both else None)


def test_a_type_by_the_kind_alone_is_a_guess() -> None:
    assert ("guessed", "type_of_violence") in lost(filed(incident(actor=None, target=None))[1])
    assert ("guessed", "type_of_violence") not in lost(filed(incident(actor="soldiers", target="rebels"))[1])


# ---- when and where


@pytest.mark.parametrize(("days", "code"), [(1, 1), (2, 2), (6, 2), (7, 3), (8, 4), (31, 4), (32, 5), (365, 5)])
def test_periods_are_as_exact_as_five_codes_say(days: int, code: int) -> None:
    first = date(2031, 3, 1)
    made = row(when=day(first, first + timedelta(days=days - 1)) if days > 1 else day(first))
    assert made["date_prec"] == code
    assert made["event_clarity"] == (1 if days == 1 else 2)
    assert made["date_start"] == "2031-03-01 00:00:00.000"


@pytest.mark.parametrize(
    ("precision", "code"),
    [
        ("exact", 1),
        ("near", 2),
        ("admin2", 3),
        ("admin1", 4),
        ("region", 5),
        ("country", 6),
        ("sea", 7),
        ("unknown", 6),
    ],
)
def test_places_are_as_exact_as_seven_codes_say(precision: str, code: int) -> None:
    assert row(where=replace(VARNHOLM, precision=precision))["where_prec"] == code


def test_a_point_has_its_cell() -> None:
    made = row(where=replace(VARNHOLM, country="Chad"))
    assert made["geom_wkt"] == "POINT (-3.25 54.5)"
    assert (made["country"], made["region"], made["relid"]) == ("Chad", "Africa", "TCD-2031-3-0-1")
    assert row(where=None)["priogrid_gid"] is None


@pytest.mark.parametrize(
    ("lat", "lon", "gid"),
    [
        (-90, -180, 1),
        (-90, 180, 720),
        (90, 180, 259200),
        (34.531094, 69.162796, 179779),
        (33.338611, 44.393889, 177569),
    ],
)
def test_cells_are_those_of_the_grid(lat: float, lon: float, gid: int) -> None:
    assert ucdp.cell(lat, lon) == gid


# ---- sources


def test_sources_are_independent_reports_and_parallel_lists() -> None:
    made = row(reports=("Varn Courier", "ghost: Ostrey Post"), sources=("Harbour Authority", "Oda Brenk"))
    assert made["number_of_sources"] == 2
    assert made["source_article"] == "Varn Courier,2031-04-01,Shells hit the quay at Varnholm"
    assert (made["source_office"], made["source_date"]) == ("Varn Courier", "2031-04-01")
    assert made["source_headline"] == "Shells hit the quay at Varnholm"
    assert made["source_original"] == f"Harbour Authority;{WITHHELD}"


def test_no_report_of_its_own_is_minus_one() -> None:
    made, losses = filed(incident(reports=()))
    assert made["number_of_sources"] == -1
    assert ("guessed", "number_of_sources") in lost(losses)


# ---- deaths

SIX = count("six dockers", "dockers", 6)
TOLD_SIX = (said(SIX, Bounds(6, 6, 6)),)


def deaths(made: Row) -> list[object]:
    return [made[name] for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")]


@pytest.mark.parametrize(
    ("of", "expected"),
    [("dockers", [0, 0, 6, 0]), ("soldiers", [6, 0, 0, 0]), ("militants", [0, 6, 0, 0]), ("people", [0, 0, 0, 6])],
)
def test_the_dead_stand_where_the_words_put_them(of: str, expected: list[int]) -> None:
    counted = count("six dockers", of, 6)
    one = incident(actor="soldiers", target="rebels", statements=(said(counted, Bounds(6, 6, 6)),))
    assert deaths(filed(one, counts=(counted,))[0]) == expected


def test_a_part_tells_of_some_of_them() -> None:
    whole, part = count("at least six", "people", 6), count("dockers", "dockers", 2, part=True)
    told = (said(whole, Bounds(6, 6, 6)), said(part, Bounds(2, 2, 2)))
    assert deaths(filed(incident(statements=told), counts=(whole, part))[0]) == [0, 0, 2, 4]


def test_sources_that_put_them_on_different_sides_tell_nothing() -> None:
    one, other = count("at least six", "soldiers", 6), count("dockers", "dockers", 6)
    told = (said(one, Bounds(6, 6, 6)), said(other, Bounds(6, 6, 6)))
    made = filed(incident(actor="soldiers", target="rebels", statements=told), counts=(one, other))[0]
    assert deaths(made) == [0, 0, 0, 6]


# ---- ids that the user knows


def read(tmp_path: Path, text: str) -> lookup.Lookup:
    path = tmp_path / "ids.csv"
    path.write_text(text, "utf-8")
    return lookup.read(path)


def test_a_lookup_fills_ids_by_name(tmp_path: Path) -> None:
    known = read(
        tmp_path,
        "name,side_a_new_id,gwnoa,dyad_new_id,conflict_name,country_id\n"
        "rebels,77,,,,\nsoldiers,5,420,,,\nsoldiers - rebels,,,901,The coast,\nquelland,,,,,421\n",
    )
    losses = Losses()
    ((_, made),) = ucdp.rows(ledger(incident(actor="rebels", target="soldiers")), losses, known)
    told = ("side_a_new_id", "side_b_new_id", "gwnoa", "gwnob", "dyad_new_id", "conflict_name", "country_id", "relid")
    assert [made[name] for name in told] == [5, 77, 420, None, 901, "The coast", 421, "ZZZ-2031-1-901-1"]


@pytest.mark.parametrize(
    "text",
    [
        "name,colour\na,b\n",
        "side_a_new_id\n5\n",
        "name,gwnoa\na,1\nA,2\n",
        "name,gwnoa\na,many\n",
        'name,gwnoa\n"a,1\n',
    ],
)
def test_a_lookup_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(WrongUse):
        read(tmp_path, text)


def test_a_form_without_ids_takes_no_lookup() -> None:
    with pytest.raises(WrongUse):
        files.made(ledger(incident()), "acled", lookup=lookup.Lookup())


def test_ids_that_nobody_knows_are_told_once() -> None:
    _, report = table("ucdp", ledger(BASE, replace(BASE, id="in-00000002")))
    unknown = [loss for loss in report["losses"] if loss["column"] == "dyad_new_id"]
    assert [loss["record"] for loss in unknown] == ["ucdp.csv"]


# ---- nothing is lost without a word


def test_every_incident_and_plan_is_a_row_or_left_out() -> None:
    ones = [incident(), incident(killed=Bounds(0, 0, 0)), incident(when=None), incident(kind="bombing", actor=None)]
    many = [replace(one, id=f"in-{at:08x}") for at, one in enumerate(ones)]
    seen = replace(ledger(*many, plans=True), profile="ucdp")
    rows, report = table("ucdp", seen)
    out = [loss["record"] for loss in report["losses"] if loss["act"] == "left out"]
    kept = [f"in-{int(line['id']):08x}" for line in rows]
    assert sorted([*out, *kept]) == sorted([*(one.id for one in many), *(plan.id for plan in seen.derived.plans)])
    assert report["written"] == {"ucdp.csv": len(kept)}


@given(incidents())
def test_every_row_is_of_its_types(one: Incident) -> None:
    losses = Losses()
    for _, made in ucdp.rows(ledger(one), losses):
        parses(made, sheets.columns_of("ucdp"))
        if made["best"] is not None:
            assert sum(cell for cell in deaths(made) if isinstance(cell, int)) == made["best"]
            assert all(isinstance(cell, int) and cell >= 0 for cell in deaths(made))
        return
    assert [loss.act for loss in losses.met] == ["left out"]
