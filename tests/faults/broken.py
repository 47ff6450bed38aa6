"""A broken world around the program: how it is run there, and what must hold of the ledger it leaves behind."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import soundness
from onrecord import pipeline
from onrecord.ledger import Ledger, open_ledger

NIGHTLY = bool(os.environ.get("ONRECORD_NIGHTLY"))
TESTS = Path(__file__).resolve().parents[1]


def command(*args: object) -> list[str]:
    return [sys.executable, "-m", "onrecord", *map(str, args)]


def run(*args: object, cwd: Path, before: Sequence[object] = (), **env: str) -> "subprocess.CompletedProcess[str]":
    """The program in a folder. before: a command that runs it, such as strace with its options."""
    return subprocess.run(
        [*map(str, before), *command(*args)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        env={**os.environ, **env},
        timeout=200,
        check=False,
    )


def told(found: "subprocess.CompletedProcess[str]", *words: str) -> None:
    """The program failed, and said why in a line that holds one of the words; nothing that only its makers read."""
    assert "Traceback" not in found.stderr, found.stderr
    assert found.returncode == 4, (found.returncode, found.stderr)
    lines = [line for line in found.stderr.splitlines() if line.startswith("onrecord: ")]
    assert len(lines) == 1, found.stderr
    assert any(word in lines[0] for word in words), lines[0]


def sound(ledger: Ledger) -> int:
    """The number of facts, all of them sound (see `soundness`)."""
    return soundness.check(ledger)[0]


def held(path: Path) -> int:
    """How many stories the books hold, each with its reading; 0 where there is no ledger yet. Looks at the file as it
    was left behind, without bringing it up to date.
    """
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'intake'").fetchone():
            return 0
        found = {
            connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("intake", "reading", "current")
        }
        assert len(found) == 1, "no half story"
        return int(found.pop())
    finally:
        connection.close()


def content(path: Path) -> str:
    """The content hash of a ledger, which is sound."""
    ledger = open_ledger(str(path))
    try:
        found = pipeline.content(pipeline.view(ledger))
        sound(ledger)
        return found
    finally:
        ledger.close()


def dump(path: Path) -> list[str]:
    """Every row of every table, as SQL."""
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def untraced() -> str | None:
    """Why strace cannot watch a process, or None: it may be missing, or, in some containers, forbidden."""
    if shutil.which("strace") is None:
        return "strace is not there"
    tried = subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True, check=False)
    return "strace is forbidden here" if tried.returncode else None
