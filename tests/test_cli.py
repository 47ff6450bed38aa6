"""The command line as its users meet it: what it prints, where, and with which exit status."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from invented import rows, write_rows
from kept import keep
from onrecord import cli
from onrecord.cli import running

COUNT = 6
TABLES = ["incidents", "claims", "tallies", "families", "mutations"]
ENVIRONMENT = {**os.environ, "PYTHONUNBUFFERED": ""}


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "onrecord", *map(str, args)]


def run(*args: object, cwd: Path | None = None, **env: str) -> "subprocess.CompletedProcess[str]":
    found = subprocess.run(
        command(*args),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**ENVIRONMENT, **env},
        timeout=100,
        check=False,
    )
    assert "Traceback" not in found.stderr, found.stderr
    return found


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with stories and a ledger that holds them."""
    made = tmp_path_factory.mktemp("cli")
    write_rows(made / "stories.jsonl", rows(COUNT))
    found = run("add", "stories.jsonl", "--ledger", "held.db", cwd=made)
    assert found.returncode == 0
    assert f"{COUNT} inputs: 0 held already, {COUNT} ok" in found.stdout
    return made


def inside(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *args: object) -> tuple[int, str, str]:
    """The same without a process of its own: quicker."""
    monkeypatch.setattr(sys, "argv", ["onrecord", *map(str, args)])
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        monkeypatch.setattr(running.signal, "signal", lambda *_: None)
        assert hasattr(signal, name)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


# ---- quick, and little loaded


def test_help_is_quick() -> None:
    quickest = min(timed("--help") for _ in range(3))
    assert quickest < 0.5


def timed(*args: str) -> float:
    started = time.perf_counter()
    assert run(*args).returncode == 0
    return time.perf_counter() - started


@pytest.mark.parametrize("args", [["--help"], ["add", "--help"], ["incidents", "--help"], ["tallies", "--help"]])
def test_help_loads_neither_model_nor_database(args: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "onrecord", *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in found.stderr.splitlines()}
    assert not loaded & {"spacy", "sqlalchemy", "alembic", "rich", "numpy", "trafilatura", "matplotlib"}
    assert found.returncode == 0


# ---- wrong use

WRONG: list[tuple[list[str], int, str]] = [
    (["nonsense"], 2, "No such command"),
    (["add"], 2, "Missing argument"),
    (["read"], 2, "Missing argument"),
    (["show"], 2, "Missing argument"),
    (["export"], 2, "Missing option"),
    (["incidents", "--nonsense"], 2, "No such option"),
    (["add", "nowhere.txt"], 2, "nowhere.txt: there is no such file or folder"),
    (["read", "nowhere.txt"], 2, "nowhere.txt: there is no such file or folder"),
    (["read", "stories.jsonl", "--published", "soon"], 2, "--published soon: is not a day; write it as YYYY-MM-DD"),
    (["add", "stories.jsonl", "--workers", "-1"], 2, "workers"),
    (["add", "stories.jsonl", "--master", "local[2]"], 2, "--master: goes with --engine spark"),
    (["add", "https://ostmarkpost.example/", "--engine", "spark", "--contact", "desk@ostmarkpost.example"], 2, "reads files, folders"),
    (["add", "stories.jsonl", "--engine", "steam"], 2, "is not one of local, spark"),
    (["add", "stories.jsonl", "--ledger", "no/such/x.db"], 2, "the folder no/such does not exist"),
    (["add", "stories.jsonl", "--ledger", "."], 3, "is not a file"),
    (["add", "stories.jsonl", "--ledger", "stories.jsonl"], 3, "stories.jsonl: is not a ledger"),
    (["add", "empty", "--ledger", "new.db"], 2, "empty: holds nothing to read"),
    (["add", "ftp://files.example/a", "--ledger", "new.db"], 2, "ftp://files.example/a: only addresses that begin with http"),
    (["watch", "nowhere.txt", "--ledger", "new.db"], 2, "nowhere.txt: cannot be read (No such file or directory)"),
    (["read", "empty"], 2, "empty: holds nothing to read"),
    (["show", "in-nothing", "--ledger", "held.db"], 2, "in-nothing: nothing in held.db has this id"),
    (["export", "--as", "stone", "--ledger", "held.db"], 2, "--as stone: is not a form of export; use csv, jsonl, geojson"),
    (["export", "--as", "ucdp", "--lookup", "none.csv", "--ledger", "held.db"], 2, "--lookup none.csv: cannot be read"),
    (["compare", "acled", "stone", "--ledger", "held.db"], 2, "stone: cannot be compared; use two of joint, acled"),
    (["export", "--as", "csv", "--out", "stories.jsonl", "--ledger", "held.db"], 2, "stories.jsonl: is not a folder"),
    (["incidents", "--kind", "party", "--ledger", "held.db"], 2, "--kind party: is not one of air_strike, drone_strike"),
    (["incidents", "--status", "done", "--ledger", "held.db"], 2, "--status done: is not one of happened, ongoing"),
    (["incidents", "--since", "2031-13-01", "--ledger", "held.db"], 2, "--since 2031-13-01: is not a day"),
    (["tallies", "--campaign", "Harbour", "--ledger", "held.db"], 2, "there are no campaigns"),
    (["tallies", "--plot", "x.pdf", "--ledger", "held.db"], 2, "--plot x.pdf: ends in none of .png, .svg; give it such a name"),
    (["tallies", "--plot", "no/such/x.png", "--ledger", "held.db"], 2, "the folder no/such does not exist; choose another file"),
    (["tallies", "--plot", "x.png", "--json", "--ledger", "held.db"], 2, "--plot and --json: give one of the two"),
    (["tallies", "--plot", "x.png", "--ledger", "held.db"], 3, "held.db: no tallies; onrecord add reads stories that state some"),
    (["tallies", "--plot", "x.svg", "--place", "Nirgends", "--ledger", "held.db"], 3, "held.db: no tallies that match; ask for more"),
    (["tallies", "--plot", "x.png", "--ledger", "none.db"], 2, "none.db: there is no ledger here"),
    (["count", "--ledger", "held.db"], 2, "Missing option"),
    (["count", "--what", "party", "--ledger", "held.db"], 2, "--what party: is not one of incidents, killed, injured"),
    (["count", "--what", "killed", "--status", "planned", "--ledger", "held.db"], 2, "nobody is held to have been killed"),
    (["count", "--what", "killed", "--campaign", "Harbour", "--ledger", "held.db"], 2, "there are no campaigns"),
    (["count", "--what", "killed", "--until", "soon", "--ledger", "held.db"], 2, "--until soon: is not a day"),
    (["count", "--what", "killed", "--ledger", "none.db"], 2, "none.db: there is no ledger here"),
    (["rebuild", "--ledger", "postgresql://me:geheim@127.0.0.1:1/db"], 4, "postgresql://me:***@127.0.0.1:1/db: "),
    *[([table, "--ledger", "none.db"], 2, "none.db: there is no ledger here") for table in [*TABLES, "intake", "rebuild"]],
]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "status", "words"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_use_is_told_in_a_line(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    args: list[str],
    status: int,
    words: str,
) -> None:
    monkeypatch.chdir(folder)
    (folder / "empty").mkdir(exist_ok=True)
    before = {path.name for path in folder.iterdir()} | {"new.db", "new.db-lock"}
    code, out, err = inside(capsys, monkeypatch, *args)
    assert words in " ".join(err.split())
    assert (code, out) == (status, "")
    assert "geheim" not in err
    assert {path.name for path in folder.iterdir()} <= before, "nothing is made on the way to a refusal"


def test_without_a_command_the_help_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = inside(capsys, monkeypatch)
    assert code == 2
    assert "incidents" in out + err


# ---- what is printed


@pytest.mark.parametrize("table", TABLES)
def test_lists_are_tables_or_json(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    code, out, err = inside(capsys, monkeypatch, table, "--json", "--ledger", folder / "held.db")
    found = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    code, out, err = inside(capsys, monkeypatch, table, "--ledger", folder / "held.db")
    assert code == 0
    assert len(out.splitlines()) == (len(found) + 1 if found else 0)


@pytest.mark.parametrize("what", ["incidents", "killed", "injured"])
def test_a_question_has_the_same_answer_for_people_and_programs(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    asked = ["count", "--what", what, "--until", "2031-05-03", "--ledger", folder / "held.db"]
    code, out, err = inside(capsys, monkeypatch, *asked, "--json")
    found = json.loads(out)
    assert (code, err, out.count("\n")) == (0, "", 1)
    _, listed, _ = inside(
        capsys, monkeypatch, "incidents", "--until", "2031-05-03", "--json", "--ledger", folder / "held.db"
    )
    rows = [json.loads(line) for line in listed.splitlines()]
    assert [one["id"] for one in found["incidents"]] == [row["id"] for row in rows] != []
    if what == "incidents":
        assert (found["low"], found["best"], found["high"]) == (len(rows),) * 3
    else:
        assert found["best"] == (sum(row[f"{what}_best"] or 0 for row in rows) or None)
    code, out, err = inside(capsys, monkeypatch, *asked)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == found["answer"]
    assert [line for line in out.splitlines() if re.search(r" in-[0-9a-f]{8}$", line)] != []


def test_a_question_that_nothing_matches_is_answered(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = inside(
        capsys, monkeypatch, "count", "--what", "killed", "--place", "Nirgends", "--ledger", folder / "held.db"
    )
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "Killed: not known; nothing matches."
    assert re.fullmatch(r"Left out: \d+ at other places\.", out.splitlines()[-1])


def plot(form: str) -> list[str]:
    return ["tallies", "--plot", f"totals.{form}", "--place", "varnholm", "--ledger", "kept.db"]


@pytest.mark.parametrize(("form", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_of_totals_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str, begins: bytes
) -> None:
    monkeypatch.chdir(tmp_path)
    keep(tmp_path / "kept.db")
    assert inside(capsys, monkeypatch, *plot(form)) == (0, f"totals.{form}\n", "")
    assert Path(f"totals.{form}").read_bytes().startswith(begins)


@pytest.mark.parametrize("form", ["png", "svg"])
def test_a_picture_that_is_interrupted_leaves_what_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    keep(tmp_path / "kept.db")
    Path(f"totals.{form}").write_bytes(b"before")
    monkeypatch.setattr(Path, "replace", interrupted)
    assert inside(capsys, monkeypatch, *plot(form))[:2] == (130, "")
    assert Path(f"totals.{form}").read_bytes() == b"before"
    assert [path.name for path in tmp_path.glob("totals*")] == [f"totals.{form}"], "nothing half-written stays"


def test_a_picture_that_may_not_be_written_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.chdir(tmp_path)
    keep(tmp_path / "kept.db")
    monkeypatch.setattr(Path, "write_bytes", forbidden)
    code, out, err = inside(capsys, monkeypatch, *plot("svg"))
    assert (code, out) == (4, "")
    assert err == "onrecord: --plot totals.svg: cannot be written (Permission denied); choose another file\n"


def test_what_did_not_happen_is_listed_apart(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, happened, _ = inside(capsys, monkeypatch, "incidents", "--json", "--ledger", folder / "held.db")
    _, threatened, _ = inside(
        capsys, monkeypatch, "incidents", "--status", "threatened", "--json", "--ledger", folder / "held.db"
    )
    assert {json.loads(line)["status"] for line in happened.splitlines()} == {"happened"}
    assert {json.loads(line)["status"] for line in threatened.splitlines()} == {"threatened"}


def test_no_match_says_so(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = inside(capsys, monkeypatch, "incidents", "--place", "Nirgends", "--ledger", folder / "held.db")
    assert (code, out, err) == (0, "", f"{folder / 'held.db'}: no incidents that match\n")


@pytest.mark.parametrize("columns", ["80", pytest.param("200", marks=pytest.mark.slow)])
def test_a_line_an_incident_at_any_width(folder: Path, columns: str) -> None:
    found = run("incidents", "--ledger", folder / "held.db", COLUMNS=columns)
    lines = found.stdout.splitlines()
    assert all(len(line) <= int(columns) for line in lines)
    assert all(re.search(r"in-[0-9a-f]{8}$", line) for line in lines[1:])


def test_show_marks_the_words(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out, _ = inside(capsys, monkeypatch, "incidents", "--json", "--ledger", folder / "held.db")
    incident = json.loads(out.splitlines()[0])
    code, out, _ = inside(capsys, monkeypatch, "show", incident["id"], "--ledger", folder / "held.db")
    assert code == 0
    assert "⟦" in out
    assert f"{incident['independent_reports']} independent report" in out
    code, out, _ = inside(
        capsys, monkeypatch, "show", incident["stories"].split("; ")[0], "--ledger", folder / "held.db"
    )
    assert code == 0


@pytest.mark.parametrize("form", ["csv", "jsonl", "geojson"])
def test_exports_are_named_as_they_are_written(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    code, out, _ = inside(
        capsys, monkeypatch, "export", "--as", form, "--out", tmp_path / "out", "--ledger", folder / "held.db"
    )
    assert code == 0
    assert sorted(out.splitlines()) == sorted(str(path) for path in (tmp_path / "out").iterdir())


def test_a_rebuild_and_the_books(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = inside(capsys, monkeypatch, "rebuild", "--ledger", folder / "held.db")
    assert (code, "made anew" in out) == (0, True)
    code, out, _ = inside(capsys, monkeypatch, "intake", "--json", "--ledger", folder / "held.db")
    books = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert books[0] == {"source": "stories.jsonl:1", "state": "ok", "reason": "", "lost": 0, "books": None}
    assert len(books) == COUNT


def test_readings_are_as_the_schema_says(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "x.bin").write_bytes(b"\x00\x01")
    code, out, _ = inside(capsys, monkeypatch, "read", "stories.jsonl", "x.bin", "--json", "--workers", "1")
    validator = jsonschema.Draft202012Validator(
        json.loads(files("onrecord.exports").joinpath("reading.schema.json").read_text())
    )
    found: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    (folder / "x.bin").unlink()
    assert code == 1
    assert len(found) == COUNT + 1
    assert [error.message for one in found for error in validator.iter_errors(one)] == []
    assert found[-1]["story"] is None
    assert found[0]["claims"]


def test_a_reading_without_json_is_for_people(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = inside(capsys, monkeypatch, "read", folder / "stories.jsonl", "--workers", "1")
    assert code == 0
    assert "Depot 0 hit" in out
    assert "⟦" in out


def test_refusals_are_listed_and_give_status_one(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(25):
        (tmp_path / "in" / f"\x1b[31m{number}.bin").write_bytes(b"\x00")
    found = run("add", "in", "--ledger", "x.db", cwd=tmp_path)
    assert found.returncode == 1
    assert "25 inputs: 0 held already, 25 refused" in found.stdout
    assert "and 5 more: onrecord intake --ledger x.db" in found.stderr
    assert "\x1b" not in found.stdout + found.stderr


def test_standard_input_is_read(folder: Path) -> None:
    text = (folder / "stories.jsonl").read_bytes()
    found = subprocess.run(command("read", "-", "--json"), input=text, capture_output=True, timeout=60, check=False)
    assert found.returncode == 0
    assert len(found.stdout.splitlines()) == COUNT


# ---- the broken world


@pytest.mark.parametrize("args", [["claims"], ["claims", "--json"], ["intake"], ["show", "r000"]])
def test_a_reader_of_our_output_may_leave(folder: Path, args: list[str]) -> None:
    process = subprocess.Popen(
        command(*args, "--ledger", folder / "held.db"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read().decode()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_output_that_is_full_is_told(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        found = subprocess.run(
            command("claims", "--ledger", folder / "held.db"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert found.returncode == 4
    assert found.stderr.count("\n") == 1
    assert "No space left" in found.stderr


def test_a_closed_output_is_no_reason_to_fail(folder: Path) -> None:
    line = " ".join(command("incidents", "--ledger", folder / "held.db")) + " >&-"
    found = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    "encoding", ["ascii", *(pytest.param(e, marks=pytest.mark.slow) for e in ("latin-1", "cp1252"))]
)
def test_an_output_with_few_letters_gets_what_it_can_take(folder: Path, encoding: str) -> None:
    args = command("claims", "--json", "--ledger", folder / "held.db")
    found = subprocess.run(
        args, capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": encoding}, timeout=60, check=False
    )
    assert found.returncode == 0
    words = [json.loads(line)["words"] for line in found.stdout.decode(encoding).splitlines()]
    assert any("“" in one for one in words)
    args = command("show", "r000", "--ledger", folder / "held.db")
    assert (
        subprocess.run(
            args, capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": encoding}, timeout=60, check=False
        ).returncode
        == 0
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system has no /proc to measure memory by")
def test_a_huge_file_is_refused_in_seconds_and_little_memory(tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)
    with (tmp_path / "huge.jsonl").open("wb") as file:
        file.write(b'{"text": "')
        file.truncate(200_000_000)
    code = (
        "import sys; from onrecord import cli\n"
        "try: cli.main()\n"
        "finally: print([l for l in open('/proc/self/status') if 'VmHWM' in l][0].split()[1], file=sys.stderr)"
    )
    started = time.perf_counter()
    found = subprocess.run(
        [sys.executable, "-c", code, "add", "huge.txt", "huge.jsonl"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
        check=False,
    )
    assert found.returncode == 1
    assert found.stderr.count("larger than") + found.stderr.count("longer than") == 2
    assert time.perf_counter() - started < 20
    assert int(found.stderr.splitlines()[-1]) < 400_000, "kilobytes"


@pytest.mark.slow
def test_two_adds_at_once_lose_nothing(tmp_path: Path) -> None:
    for name, part in (("a", rows(24)[:16]), ("b", rows(24)[8:])):
        write_rows(tmp_path / f"{name}.jsonl", part)
    running = [
        subprocess.Popen(
            command("add", f"{name}.jsonl", "--workers", "1"),
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in ("a", "b")
    ]
    said = [process.communicate(timeout=100) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    books = [json.loads(line) for line in run("intake", "--json", cwd=tmp_path).stdout.splitlines()]
    assert len(books) == 32
    assert len(run("families", "--json", cwd=tmp_path).stdout.splitlines()) == 24


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "workers"),
    [(signal.SIGTERM, 1), (signal.SIGINT, 2), (signal.SIGHUP, 1)],
)
def test_a_run_that_is_stopped_ends_quietly_and_goes_on(tmp_path: Path, number: signal.Signals, workers: int) -> None:
    """As from a terminal: the signal reaches every process of the run."""
    write_rows(tmp_path / "s.jsonl", rows(600))
    process = subprocess.Popen(
        command("add", "s.jsonl", "--workers", workers),
        cwd=tmp_path,
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    wait_for_readings(tmp_path / "onrecord.db")
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (128 + number, b"")
    assert (
        err.decode().strip() == "onrecord: interrupted; what was read is kept, and the same command goes on from there"
    )
    books = run("intake", "--json", cwd=tmp_path)
    assert 0 < len(books.stdout.splitlines()) < 600
    assert gone(process.pid), "no worker is left behind"


def wait_for_readings(ledger: Path) -> None:
    import sqlite3

    ends = time.monotonic() + 180
    while time.monotonic() < ends:
        if ledger.exists():
            connection = sqlite3.connect(ledger)
            try:
                if connection.execute("SELECT count(*) FROM intake").fetchone()[0]:
                    return
            except sqlite3.OperationalError:
                pass
            finally:
                connection.close()
        time.sleep(0.05)
    raise AssertionError("nothing was read")


def gone(group: int) -> bool:
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
