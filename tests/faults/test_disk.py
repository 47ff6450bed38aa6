"""A disk that fills up or fails in the middle of the work: said in a line, nothing acknowledged lost, room mends it."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import acts
import pytest
from broken import content, dump, held, told, untraced

from invented import rows, write_rows

FILES = ("held.db", "held.db-wal", "held.db-journal", "held.db-shm")
ADD = ("add", "s.jsonl", "--ledger", "held.db", "--workers", "1")
FULL = ("database or disk is full", "disk I/O error")
strace = pytest.mark.skipif(bool(WHY := untraced()), reason=f"{WHY}: no call can be made to fail")


def failing(
    folder: Path, command: Sequence[str], call: str, error: str, first: int
) -> "subprocess.CompletedProcess[str]":
    """Runs a command of which a call on the ledger's files fails from some time on, as on a disk that stays full."""
    paths = [word for name in FILES for word in ("-P", str(folder / name))]
    inject = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={first}+"]
    return run(folder, ["strace", "-f", "-qq", "-o", "/dev/null", *inject, *paths, *command])


def run(folder: Path, command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, check=False)


def count(folder: Path, command: Sequence[str], call: str) -> int:
    """How often the command makes the call on the ledger's files."""
    paths = [word for name in FILES for word in ("-P", str(folder / name))]
    log = folder / "strace.log"
    found = run(folder, ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={call}", *paths, *command])
    assert found.returncode == 0, found.stderr
    return len(re.findall(rf"\b{call}\(", log.read_text()))


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A folder with a ledger that holds four stories, and two more to add."""
    shutil.copy(prepared / "readings.json", tmp_path)
    write_rows(tmp_path / "s.jsonl", rows(4))
    found = run(tmp_path, acts.command_line(prepared, *ADD))
    assert found.returncode == 0, found.stderr
    write_rows(tmp_path / "s.jsonl", rows(6))
    return tmp_path


def copied(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    for path in folder.iterdir():
        if path.is_file():
            shutil.copy(path, place)
    return place


ERRORS = [
    ("pwrite64", "ENOSPC"),
    ("fdatasync", "EIO"),
    pytest.param("pwrite64", "EIO", marks=pytest.mark.slow),
    pytest.param("pwrite64", "EDQUOT", marks=pytest.mark.slow),
    pytest.param("fdatasync", "ENOSPC", marks=pytest.mark.slow),
]


def add_on_a_failing_disk(prepared: Path, folder: Path, call: str, error: str, firsts: Sequence[int]) -> None:
    command = acts.command_line(prepared, *ADD)
    whole = copied(folder, "whole")
    calls = count(whole, command, call)
    mended = content(whole / "held.db")
    assert calls > 3
    refused = 0
    for first in sorted({min(first, calls) for first in firsts} | {n for n in firsts if n < 0}):
        place = copied(folder, f"{call}-{first}")
        found = failing(place, command, call, error, first if first > 0 else calls + first)
        if found.returncode:
            told(found, *FULL)
            assert "held.db: " in found.stderr
            refused += 1
        assert held(place / "held.db") in ((4, 6) if found.returncode else (6,)), (
            "what was kept stays, the rest as a whole"
        )
        again = run(place, command)
        assert again.returncode == 0, again.stderr
        assert content(place / "held.db") == mended
    assert refused


@pytest.mark.slow
@strace
@pytest.mark.parametrize(("call", "error"), ERRORS)
def test_adding_to_a_disk_that_fails(prepared: Path, folder: Path, call: str, error: str) -> None:
    add_on_a_failing_disk(prepared, folder, call, error, [3, 60] if call == "pwrite64" else [2])


@strace
@pytest.mark.nightly
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync"])
def test_adding_to_a_disk_that_fails_at_every_call(prepared: Path, folder: Path, call: str) -> None:
    step = {"pwrite64": 7, "fdatasync": 1}[call]
    add_on_a_failing_disk(prepared, folder, call, "EIO", range(1, 200, step) if step > 1 else range(1, 9))


ACTS = ["start_campaigns", "go_back", "rebuild"]


@strace
@pytest.mark.parametrize(
    "first", [1, pytest.param(9, marks=pytest.mark.slow), pytest.param(25, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("act", ["decide", *(pytest.param(a, marks=pytest.mark.slow) for a in ["reread", *ACTS])])
def test_deciding_and_reading_anew_on_a_disk_that_is_full(prepared: Path, tmp_path: Path, act: str, first: int) -> None:
    for name in ("s.jsonl", "readings.json"):
        shutil.copy(prepared / name, tmp_path)
    whole = copied(tmp_path, "whole")
    for place in (whole, tmp_path):
        shutil.copy(prepared / f"{act}.db", place / "held.db")
    acts.perform(act, whole / "held.db")
    # The first calls give the file of the shared index its size; a disk is not so full that it has no room for that
    first += count(
        copied(tmp_path, "counted"), acts.command(tmp_path / "counted" / "held.db", "tried", "making"), "pwrite64"
    )
    found = failing(tmp_path, acts.command(tmp_path / "held.db", "tried", act), "pwrite64", "ENOSPC", first)
    told(found, *FULL)
    acts.perform(act, tmp_path / "held.db")
    assert dump(tmp_path / "held.db") == dump(whole / "held.db")


@pytest.mark.slow
@strace
@pytest.mark.parametrize("command", ["incidents", pytest.param("intake", marks=pytest.mark.slow)])
def test_a_ledger_can_be_read_where_nothing_more_can_be_written(prepared: Path, folder: Path, command: str) -> None:
    for name in ("held.db-wal", "held.db-shm"):
        assert not (folder / name).exists()
    args = acts.command_line(prepared, command, "--json", "--ledger", "held.db")
    before = run(folder, args)
    paths = [word for name in FILES[:3] for word in ("-P", str(folder / name))]
    inject = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:error=ENOSPC"]
    found = run(folder, ["strace", "-f", "-qq", "-o", "/dev/null", *inject, *paths, *args])
    assert before.stdout
    assert (found.returncode, found.stdout) == (0, before.stdout), found.stderr
    # Where there is not even room for the 32 kB by which several programs share a ledger, that is told
    told(failing(folder, args, "pwrite64", "ENOSPC", 1), *FULL)


@pytest.mark.skipif(os.name != "posix", reason="this system has no limits on the size of files")
@pytest.mark.parametrize("most", [pytest.param(1_000, marks=pytest.mark.slow), 250_000])
def test_a_limit_on_the_size_of_files(prepared: Path, folder: Path, most: int) -> None:
    import resource

    found = subprocess.run(
        acts.command_line(prepared, *ADD),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    told(found, *FULL, "File too large")
    assert held(folder / "held.db") == 4
    again = run(folder, acts.command_line(prepared, *ADD))
    assert (again.returncode, "4 held already, 2 ok" in again.stdout) == (0, True)
    content(folder / "held.db")
