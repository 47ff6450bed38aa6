"""Too little of something, or a signal: the program ends with a line that says so, and the ledger is clean."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import acts
import pytest
from broken import command, content, held, told

from invented import NOW, write_rows
from nobody import as_nobody
from onrecord import pipeline
from onrecord.errors import TryLater
from onrecord.ledger import inputs, open_ledger

resource = pytest.importorskip("resource", reason="this system has no limits on what a program may take")
ADD = ("add", "s.jsonl", "--ledger", "held.db", "--workers", "1")


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    shutil.copy(prepared / "s.jsonl", tmp_path)
    shutil.copy(prepared / "readings.json", tmp_path)
    return tmp_path


def limited(folder: Path, limit: Callable[[], None], *args: object, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*args),
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **env},
        timeout=100,
        check=False,
        preexec_fn=limit,
    )


def mended(folder: Path) -> None:
    """Nothing was kept that a later run would take for done: it adds all, and refuses none."""
    books = []
    if held(folder / "held.db") == 0 and (folder / "held.db").exists():
        ledger = open_ledger(str(folder / "held.db"), create=True)
        books = list(inputs.intake(ledger))
        ledger.close()
    assert books == []
    found = subprocess.run(
        acts.command_line(folder, *ADD), cwd=folder, capture_output=True, text=True, timeout=200, check=False
    )
    assert (found.returncode, f"{acts.SMALL} ok" in found.stdout) == (0, True), found.stderr
    content(folder / "held.db")


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [700, 500])
def test_too_little_memory_is_no_fault_of_the_stories(folder: Path, megabytes: int) -> None:
    most = megabytes << 20
    found = limited(folder, lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)), *ADD)
    told(found, "memory")
    mended(folder)


@pytest.mark.slow
@pytest.mark.parametrize("files", [8, 6])
def test_too_few_open_files_are_no_fault_of_the_stories(folder: Path, files: int) -> None:
    found = limited(folder, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)), *ADD)
    told(found, "Too many open files", "unable to open")
    mended(folder)


@pytest.mark.slow
def test_no_folder_for_temporary_files_is_no_fault_of_the_stories(folder: Path) -> None:
    """Nobody may write anywhere here: neither TMPDIR nor the folders that are tried after it."""
    code = (
        "import tempfile\n"
        "tempfile._candidate_tempdir_list = lambda: ['/no/such/folder']\n"
        f"import sys; sys.argv = ['onrecord', *{ADD!r}]\n"
        "from onrecord import cli; cli.main()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=100, check=False
    )
    told(found, "No usable temporary directory")
    assert "s.jsonl:1: " in found.stderr
    mended(folder)


def add_more(path: Path) -> None:
    with closing(open_ledger(str(path), create=True)) as ledger:
        pipeline.add(ledger, [str(path.parent / "more.jsonl")], pipeline.AddOptions(NOW, workers=1))


@pytest.mark.parametrize("holds", [False, True])
def test_where_nothing_may_be_written_adding_is_told_so_and_changes_nothing(prepared: Path, holds: bool) -> None:
    with TemporaryDirectory() as name:
        place, path = Path(name), Path(name, "held.db")
        write_rows(place / "more.jsonl", [{"text": "Shells fell on the quay at Varnholm and nobody was hurt."}])
        if holds:
            shutil.copy(prepared / "decide.db", path)
        before = path.read_bytes() if holds else None
        place.chmod(0o555)
        with as_nobody(), pytest.raises(TryLater, match=r"unable to open|readonly|read-only") as caught:
            add_more(path)
        place.chmod(0o755)
        assert str(caught.value).startswith(f"{path}: ")
        assert (path.read_bytes() if path.exists() else None) == before


@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "SIGHUP", "its reader leaves"])
def test_whatever_ends_a_run_that_decides_and_switches_readers(prepared: Path, tmp_path: Path, end: str) -> None:
    shutil.copy(prepared / "go_back.db", tmp_path / "held.db")
    before = content(tmp_path / "held.db")
    with subprocess.Popen(
        acts.command(tmp_path / "held.db", "endless", "1"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(4)]
        if end.startswith("SIG"):
            process.send_signal(getattr(signal, end))
        process.stdout.close()
        process.wait(timeout=60)
    assert process.returncode != 0
    assert all(said)
    assert content(tmp_path / "held.db") != before, "what was done before is kept"


def test_whoever_reads_the_output_of_a_long_run_may_leave(prepared: Path, folder: Path) -> None:
    """The report cannot be printed; everything is kept all the same."""
    process = subprocess.Popen(
        acts.command_line(prepared, *ADD), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in said
    assert held(folder / "held.db") == acts.SMALL
    content(folder / "held.db")


@pytest.mark.parametrize(
    "closed", ["<&- >&- 2>&-", *(pytest.param(c, marks=pytest.mark.slow) for c in (">&-", "2>&-"))]
)
def test_a_run_with_closed_outputs_writes_into_no_ledger(prepared: Path, folder: Path, closed: str) -> None:
    """A file that is opened takes the lowest number that is free: were that of an output, messages would go into it."""
    words = " ".join(f"'{word}'" for word in acts.command_line(prepared, *ADD)[3:])
    script = folder / "run.py"
    script.write_text(acts.command_line(prepared)[2])
    found = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' run.py {words} {closed}"],
        cwd=folder,
        capture_output=True,
        timeout=100,
        check=False,
    )
    assert b"Traceback" not in found.stderr
    assert found.returncode in (0, 4)
    assert held(folder / "held.db") == acts.SMALL
    content(folder / "held.db")
