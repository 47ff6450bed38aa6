"""Two codebooks on the same incidents: what differs, and by which rule."""

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from filed import count, day, incident, ledger
from onrecord import pipeline
from onrecord.cli import app
from onrecord.errors import WrongUse
from onrecord.exports import comparing, files
from onrecord.exports.comparing import Difference
from onrecord.ledger import Ledger
from onrecord.pipeline import View
from onrecord.records import Bounds


def differences(seen: View, one: str, other: str) -> list[Difference]:
    return [found for found in comparing.compare(seen, one, other) if found.incident is not None]


def test_a_row_that_one_has_alone_says_why() -> None:
    seen = ledger(incident(killed=Bounds(None, None, None)), counts=())
    (found,) = differences(seen, "acled", "ucdp")
    assert (found.field, found.one, found.other) == ("row", "row", "no row")
    assert "at least one death" in found.why


def test_vague_words_are_worth_different_numbers() -> None:
    seen = ledger(incident(), counts=(count("six dockers", "dockers", vague="dozens"),))
    (found,) = differences(seen, "acled", "ucdp")
    assert (found.field, found.one, found.other) == ("killed", "12", "24 (at least 24)")
    assert found.why == "“dozens” is at least 12 by acled and at least 24 by ucdp"
    assert "acled: where reports differ, the most conservative figure" in found.rules


def test_a_period_is_a_day_in_acled() -> None:
    seen = ledger(incident(when=day(date(2031, 3, 1), date(2031, 3, 5))))
    (found,) = differences(seen, "ucdp", "acled")
    assert (found.field, found.one, found.other) == ("day", "2031-03-01 to 2031-03-05", "2031-03-03")
    assert "ucdp keeps" in found.why


def test_whom_it_hit_may_be_filed_otherwise() -> None:
    seen = ledger(incident(kind="bombing", actor=None, target="a bridge"))
    (found,) = differences(seen, "acled", "ucdp")
    assert (found.field, found.other) == ("type", "3 one-sided")


def test_unknown_is_zero_in_acled_alone() -> None:
    seen = ledger(incident(killed=Bounds(None, None, None)), counts=())
    (found,) = differences(seen, "joint", "acled")
    assert (found.field, found.one, found.other) == ("killed", "unknown (unknown)", "0")
    assert found.why == "acled writes 0 for unknown"


def test_airwars_has_a_range_of_civilians() -> None:
    counted = count("six dockers", "soldiers", 6)
    (found,) = differences(ledger(incident(injured=Bounds(None, None, None)), counts=(counted,)), "joint", "airwars")
    assert (found.field, found.other) == ("killed", "unknown"), "soldiers are no civilians, and the row is there"
    harmless = incident(kind="deployment", killed=Bounds(None, None, None), injured=Bounds(None, None, None))
    (found,) = differences(ledger(harmless, counts=()), "joint", "airwars")
    assert (found.field, found.other) == ("row", "no row")


@pytest.mark.parametrize(
    ("profile", "file"), [("acled", "acled.csv"), ("ucdp", "ucdp.csv"), ("airwars", "incidents.csv")]
)
def test_rows_are_those_of_the_export(sample_ledger: Ledger, profile: str, file: str) -> None:
    seen = pipeline.view(sample_ledger)
    written = dict(files.made(seen, profile))[file].decode()
    held = comparing.PROFILES[profile](pipeline.under(seen, profile)).rows
    assert len(held) == len(list(csv.DictReader(io.StringIO(written, newline=""))))


def test_sums_stand_last() -> None:
    first = incident()
    seen = ledger(first, replace(first, id="in-00000002", killed=Bounds(None, None, None), events=()), counts=None)
    found = [one for one in comparing.compare(seen, "joint", "ucdp") if one.incident is None]
    assert [one.field for one in found] == list(comparing.FIELDS)
    assert (found[0].one, found[0].other) == ("2", "1")
    assert found[0].why == "1 incidents have a row in both, 1 in one of them alone"


@pytest.mark.parametrize(("one", "other"), [("acled", "plover"), ("nobody", "ucdp"), ("acled", "acled")])
def test_only_two_codebooks_can_be_compared(one: str, other: str) -> None:
    with pytest.raises(WrongUse):
        comparing.compare(ledger(incident()), one, other)


def test_the_command_shows_tables_and_lines(sample_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    path.write_bytes(sample_file.read_bytes())
    shown = CliRunner().invoke(app, ["compare", "joint", "airwars", "--ledger", str(path)])
    assert shown.exit_code == 0, shown.output
    assert "a minimum and a maximum of civilians" in shown.stdout
    lines = CliRunner().invoke(app, ["compare", "acled", "ucdp", "--ledger", str(path), "--json"])
    rows = [json.loads(line) for line in lines.stdout.splitlines()]
    assert [row["field"] for row in rows if row["incident"] is None] == list(comparing.FIELDS)
    assert all({"acled", "ucdp", "why", "rules", "place", "first_day"} <= set(row) for row in rows)
