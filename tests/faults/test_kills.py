"""A run that is killed at any moment, and run again, gives what a run gives that nobody disturbed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from broken import NIGHTLY, content, held, sound

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
    before = 0
    for _ in range(kills):
        with add(folder, workers) as process:
            time.sleep(chance.uniform(0.1, 6))
            os.kill(process.pid, signal.SIGKILL)
            # Its workers hold the same stderr: this ends when the last of them has ended. One that was still starting
            # finds the pipe to its parent gone and says so, which is Python's to say and no harm.
            process.communicate(timeout=30)
        now = held(folder / "onrecord.db")
        assert now >= before, "what was kept stays"
        before = now
    process = add(folder, workers)
    _, said = process.communicate(timeout=200)
    assert process.returncode == 0, said
    assert held(folder / "onrecord.db") == COUNT


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    kill_again_and_again(tmp_path, 3, 1, 1)
    assert exported(tmp_path) == undisturbed


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(10 if NIGHTLY else 1))
@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.nightly), 2])
def test_many_kills(tmp_path: Path, undisturbed: dict[str, bytes], seed: int, workers: int) -> None:
    kill_again_and_again(tmp_path, 10, seed, workers)
    assert exported(tmp_path) == undisturbed


MADE, STORED, DERIVED = 1, 2, 3


@pytest.mark.parametrize(
    ("commit", "moment"),
    [
        (STORED, "after"),
        pytest.param(DERIVED, "before", marks=pytest.mark.slow),
        pytest.param(MADE, "before", marks=pytest.mark.slow),
        pytest.param(MADE, "after", marks=pytest.mark.slow),
        pytest.param(STORED, "before", marks=pytest.mark.slow),
        pytest.param(DERIVED, "after", marks=pytest.mark.slow),
    ],
)
def test_a_kill_beside_every_commit_of_the_command(tmp_path: Path, commit: int, moment: str) -> None:
    write_rows(tmp_path / "s.jsonl", rows(20))
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import acts\n"
        "from onrecord import cli\n"
        f"acts.die_at({moment!r}, {commit})\n"
        "sys.argv = ['onrecord', 'add', 's.jsonl', '--workers', '1']\n"
        "cli.main()\n"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, timeout=100, check=False)
    assert found.returncode == -signal.SIGKILL, found.stderr
    assert held(tmp_path / "onrecord.db") == (20 if commit > STORED or (commit, moment) == (STORED, "after") else 0)
    process = add(tmp_path)
    _, said = process.communicate(timeout=100)
    assert process.returncode == 0, said
    ledger = open_ledger(str(tmp_path / "onrecord.db"))
    assert sound(ledger) > 40
    with ledger.reading() as connection:
        reads, names = read.reads(connection), {name.name for name in read.names(connection)}
    derived = pipeline.derive(reads, "joint")
    ledger.close()
    assert len(reads) == 20
    assert len(names) == len(derived.incidents) + len(derived.plans), "no name was given twice"
    assert content(tmp_path / "onrecord.db") == pipeline.content(pipeline.arranged(reads, derived))
