"""A run that is killed at any moment, and run again, gives what a run gives that nobody disturbed."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from invented import NOW, rows, write_rows
from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import open_ledger, read

COUNT = 200


def add(folder: Path, workers: int = 1) -> "subprocess.Popen[bytes]":
    args = [sys.executable, "-m", "onrecord", "add", "s.jsonl", "--workers", str(workers)]
    return subprocess.Popen(args, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def exported(folder: Path) -> dict[str, bytes]:
    ledger = open_ledger(str(folder / "onrecord.db"))
    view = pipeline.view(ledger)
    ledger.close()
    return {f"{form}/{p.name}": p.read_bytes() for form in files.FORMS for p in files.export(view, form, folder / form)}


def clean(folder: Path) -> int:
    """How many inputs the ledger holds; each of them whole, with its story and its reading."""
    path = folder / "onrecord.db"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'intake'").fetchone():
            return 0
        held = {
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("intake", "reading", "current")
        }
        assert len(held) == 1
        return int(held.pop())
    finally:
        connection.close()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    write_rows(folder / "s.jsonl", rows(COUNT))
    ledger = open_ledger(str(folder / "onrecord.db"), create=True)
    pipeline.add(ledger, [str(folder / "s.jsonl")], pipeline.AddOptions(NOW, workers=1))
    ledger.close()
    return exported(folder)


def kill_again_and_again(folder: Path, kills: int, seed: int, workers: int) -> None:
    """Kills the whole run after some time, the longest time being enough for a few batches, and lets the last run end."""
    write_rows(folder / "s.jsonl", rows(COUNT))
    chance = random.Random(seed)
    held = 0
    for _ in range(kills):
        with add(folder, workers) as process:
            time.sleep(chance.uniform(0.1, 6))
            os.kill(process.pid, signal.SIGKILL)
            # Its workers hold the same stderr: this ends when the last of them has ended. One that was still starting
            # finds the pipe to its parent gone and says so, which is Python's to say and no harm.
            process.communicate(timeout=30)
        now = clean(folder)
        assert now >= held, "what was kept stays"
        held = now
    process = add(folder, workers)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 0, said
    assert clean(folder) == COUNT


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    kill_again_and_again(tmp_path, 3, 1, 1)
    assert exported(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("workers", [1, 2])
def test_many_kills(tmp_path: Path, undisturbed: dict[str, bytes], seed: int, workers: int) -> None:
    kill_again_and_again(tmp_path, 10, seed, workers)
    assert exported(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("stop", "moment"),
    [
        ("store", "after"),
        ("replace_derived", "before"),
        pytest.param("store", "before", marks=pytest.mark.slow),
        pytest.param("replace_derived", "after", marks=pytest.mark.slow),
    ],
)
def test_a_kill_beside_every_commit(tmp_path: Path, stop: str, moment: str) -> None:
    write_rows(tmp_path / "s.jsonl", rows(20))
    code = (
        "import os, signal, sys\n"
        "from onrecord import cli\n"
        "from onrecord.ledger import write\n"
        f"done = write.{stop}\n"
        "def dies(*args):\n"
        f"    {'pass' if moment == 'before' else 'done(*args)'}\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"write.{stop} = dies\n"
        "sys.argv = ['onrecord', 'add', 's.jsonl', '--workers', '1']\n"
        "cli.main()\n"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=100, check=False)
    assert found.returncode == -signal.SIGKILL, found.stderr
    assert clean(tmp_path) == (0 if (stop, moment) == ("store", "before") else 20)
    process = add(tmp_path)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 0, said
    ledger = open_ledger(str(tmp_path / "onrecord.db"))
    held = read.reads(ledger)
    assert pipeline.view(ledger) == pipeline.arranged(held, pipeline.derive(held, "joint"))
    assert len(held) == 20
    ledger.close()
