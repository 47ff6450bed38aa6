"""`onrecord import` as its users meet it."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from onrecord import cli, pipeline
from onrecord.cli import running
from onrecord.exports import files, tables
from onrecord.ledger import Ledger, open_ledger

THEIRS = "event_id_cnty,event_date,event_type,sub_event_type,actor1,location,fatalities\nX1,2024-09-04,Battles,Armed clash,Ardun Front,Ostrel,5\n"


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> tuple[int, str, str]:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setattr(sys, "argv", ["onrecord", "import", *map(str, args)])
    monkeypatch.setattr(running.signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def ledger(sample_ledger: Ledger, tmp_path: Path) -> str:
    files.export(pipeline.view(sample_ledger), "csv", tmp_path / "out")
    place = sample_ledger.place
    sample_ledger.close()
    return str(place)


@pytest.fixture
def table(ledger: str, tmp_path: Path) -> Path:
    """The table of incidents with one cell changed."""
    path = tmp_path / "out" / "incidents.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    rows[0]["actor"] = "Tern Brigade"
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(made.getvalue(), "utf-8", newline="")
    return path


def actors(ledger: str) -> list[object]:
    opened = open_ledger(ledger)
    found = [row["actor"] for row in tables.rows(pipeline.view(opened), "incidents")]
    opened.close()
    return found


def test_a_preview_decides_nothing_and_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ledger: str, table: Path
) -> None:
    for more in ([], ["--preview"]):
        code, out, _ = run(capsys, monkeypatch, table, "--ledger", ledger, *more)
        assert code == 0
        assert "->  Tern Brigade" in out
        assert "1 new, 0 changed, 0 in conflict, 0 cannot be changed" in out
        assert "with --yes" in out
        assert "Tern Brigade" not in actors(ledger)


def test_yes_decides_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ledger: str, table: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    code, out, _ = run(capsys, monkeypatch, table, "--ledger", ledger, "--by", "ines", "--yes", "--out", listed)
    assert (code, "1 decided" in out) == (0, True)
    assert actors(ledger)[0] == "Tern Brigade"
    assert listed.read_text("utf-8").startswith("file,row,table,id,field,state,was,now,why,decision\n")
    code, out, _ = run(capsys, monkeypatch, table, "--ledger", ledger, "--by", "oda", "--yes", "--json")
    assert (code, out) == (0, "")


def test_what_cannot_be_set_ends_with_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ledger: str, table: Path
) -> None:
    table.write_text(table.read_text("utf-8").replace("Tern Brigade", "(name withheld)"), "utf-8")
    code, out, _ = run(capsys, monkeypatch, table, "--ledger", ledger, "--json")
    assert code == 1
    (row,) = map(json.loads, out.splitlines())
    assert (row["state"], row["field"], row["row"], row["now"]) == ("refused", "actor", 2, "(name withheld)")


def test_other_projects_records_are_compared_and_never_taken_over(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, ledger: str, tmp_path: Path
) -> None:
    (tmp_path / "theirs.csv").write_text(THEIRS)
    before = actors(ledger)
    out_file = tmp_path / "beside.csv"
    code, out, _ = run(capsys, monkeypatch, tmp_path / "theirs.csv", "--ledger", ledger, "--yes", "--out", out_file)
    assert code == 0
    assert "1 records in the shape of ACLED: 0 matched, 1 differing" in out
    assert "type: drone_strike here, Armed clash there" in out
    assert "differing" in out_file.read_text("utf-8")
    assert actors(ledger) == before


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ([], 2, "Missing argument"),
        (["nowhere.csv"], 2, "nowhere.csv: is not there"),
        (["{table}", "--yes", "--preview"], 2, "either decide or look"),
        (["{table}", "--yes", "--by", " "], 2, "needs the name"),
        (["{table}", "--out", "x.pdf"], 2, "ends in none of .csv"),
    ],
)
def test_wrong_use(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    ledger: str,
    table: Path,
    args: list[str],
    code: int,
    words: str,
) -> None:
    given = [one.format(table=table) for one in args]
    found, _, err = run(capsys, monkeypatch, *given, "--ledger", ledger)
    assert (found, words in err) == (code, True), err
