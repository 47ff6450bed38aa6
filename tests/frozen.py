"""Ledgers of every released schema, as text: invented stories, kept as the program of their day left them."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "ledger" / "data"
REVISIONS = sorted(path.stem for path in DATA.glob("*.sql"))


_OF_INTAKE = 7
"""How many columns the books of the first schema have."""


def thaw(revision: str, path: Path) -> Path:
    """The ledger of that schema, as a file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / f"{revision}.sql").read_text("utf-8"))
    return path


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, as they are stored."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
        return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in names}


def facts(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of all facts: of what the first schema knew, and of what came with later ones."""
    known = ("capture", "story", "intake", "rejection", "reading", "switch", "decision", "campaign", "name", "log")
    known += ("coding_round", "coding")
    held = {name: rows for name, rows in tables(path).items() if name in known}
    # How an input came is told since a later schema: before, there is no such column
    held["intake"] = [row[:_OF_INTAKE] for row in held["intake"]]
    return held


def revision(path: Path) -> str:
    return str(tables(path)["alembic_version"][0][0])
