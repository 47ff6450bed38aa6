"""A ledger of every released schema becomes one of the newest: whole, with all its facts, or not at all."""

import os
import signal
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from dying import in_child, killed_beside, needs_fork, short_of_room
from frozen import REVISIONS, facts, revision, tables, thaw
from invented import NOW
from onrecord import pipeline
from onrecord.errors import BadLedger, CannotWork, TryLater
from onrecord.ledger import open_ledger, opening, snapshots

LATER = NOW + timedelta(hours=2)
"""After all that the frozen ledgers hold."""
OLD = [one for one in REVISIONS if one != REVISIONS[-1]]
NEWEST = REVISIONS[-1]
CONTENT = {
    "0001": "df4ad65c26c366bc9b9c3ff38f09d6d4f5e9bf082db386e1efa5804b7a7aaade",
    "0002": "3f78e977c5604820c43a225f195967e513b62ea3b4f52e459861ffbcd5fccfc4",
    "0003": "8ce604ccb376f0b82fb3e580a8adb82e5a8a0d7fa705890fed2c3b6f674cf174",
    "0004": "8ce604ccb376f0b82fb3e580a8adb82e5a8a0d7fa705890fed2c3b6f674cf174",
    "0005": "db3c31e896530019cd3a402293619f4c82c756cd1b5f71d2814eafa86c73a0b2",
    "0006": "db3c31e896530019cd3a402293619f4c82c756cd1b5f71d2814eafa86c73a0b2",
}
"""What each says once it is brought up. The facts in them are frozen: this changes only with the rules of grouping."""


def scripts(folder: Path | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder or Path(opening.__file__).parent / "migrations"))
    return config


def test_there_is_a_frozen_ledger_of_every_schema() -> None:
    assert sorted(one.revision for one in ScriptDirectory.from_config(scripts()).walk_revisions()) == REVISIONS


@pytest.mark.parametrize("old", REVISIONS)
def test_it_is_brought_up_with_every_fact_as_it_was(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    before = facts(path)
    ledger = open_ledger(str(path))
    assert ledger.upgraded == (
        None if old == NEWEST else opening.Upgrade(old, NEWEST, tmp_path / f"held.before-{NEWEST}.db")
    )
    assert [one for one in pipeline.verify(ledger) if not one.remark] == []
    assert pipeline.content(pipeline.view(ledger, now=LATER)) == CONTENT[old]
    assert list(pipeline.verify(ledger)) == []
    ledger.close()
    after = facts(path)
    assert all(len(rows) > 0 for name, rows in before.items())
    assert {name: after[name][: len(rows)] for name, rows in before.items()} == before
    assert {name: after[name] for name in before.keys() - {"name", "log"}} == {
        name: rows for name, rows in before.items() if name not in ("name", "log")
    }


@pytest.mark.parametrize("old", OLD)
def test_the_ledger_as_it_was_is_kept_beside(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    before = tables(path)
    open_ledger(str(path)).close()
    kept = tmp_path / f"held.before-{NEWEST}.db"
    assert tables(kept) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [kept.name, path.name]


@pytest.mark.parametrize("old", REVISIONS)
def test_opening_again_changes_nothing_and_copies_nothing(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    open_ledger(str(path)).close()
    before, beside = tables(path), sorted(tmp_path.iterdir())
    again = open_ledger(str(path))
    assert again.upgraded is None
    again.close()
    assert tables(path) == before
    assert sorted(tmp_path.iterdir()) == beside


@pytest.mark.parametrize("old", OLD)
def test_what_was_kept_from_another_time_is_not_overwritten(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    other = tmp_path / f"held.before-{NEWEST}.db"
    other.write_text("kept from another time")
    ledger = open_ledger(str(path))
    assert ledger.upgraded is not None
    assert ledger.upgraded.kept == tmp_path / f"held.before-{NEWEST}-2.db"
    ledger.close()
    assert other.read_text() == "kept from another time"


def empty(path: Path, to: str) -> Path:
    """A ledger of that schema with nothing in it."""
    engine = sa.create_engine(f"sqlite:///{path}")
    config = scripts()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)
    engine.dispose()
    return path


@pytest.mark.parametrize("old", OLD)
def test_nothing_is_kept_of_a_ledger_with_nothing_in_it(tmp_path: Path, old: str) -> None:
    path = empty(tmp_path / "held.db", old)
    ledger = open_ledger(str(path))
    assert ledger.upgraded == opening.Upgrade(old, NEWEST, None)
    ledger.close()
    assert list(tmp_path.iterdir()) == [path]


def counted(path: Path) -> int:
    """How many statements bringing it up takes."""
    count = 0

    def add(*_: Any) -> None:
        nonlocal count
        count += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", add)
    try:
        open_ledger(str(path)).close()
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", add)
    return count


def whole(path: Path, before: dict[str, Any]) -> bool:
    """Whether the ledger is still the old one; it is that or the new one, to the last row."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if revision(path) != NEWEST:
        assert tables(path) == before
        return True
    ledger = open_ledger(str(path))
    assert [one for one in pipeline.verify(ledger) if not one.remark] == []
    ledger.close()
    return False


@needs_fork
@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("moment", ["before_cursor_execute", "after_cursor_execute"])
@pytest.mark.parametrize("every", [10, pytest.param(1, marks=pytest.mark.slow)])
def test_a_kill_at_any_statement_leaves_the_old_one(tmp_path: Path, old: str, moment: str, every: int) -> None:
    total = counted(thaw(old, tmp_path / "counted.db"))
    assert total > 20
    first = every // 2 if moment == "before_cursor_execute" else every - 1
    for at in range(first, total, every):
        path = thaw(old, tmp_path / f"held-{at}.db")
        before = tables(path)

        def dies(path: Path = path, at: int = at) -> None:
            left = at

            def kill(*_: Any) -> None:
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1

            sa.event.listen(sa.Engine, moment, kill)
            open_ledger(str(path)).close()

        assert in_child(dies) == -signal.SIGKILL
        # The last statement is inside the transaction too: until its commit the ledger is the old one
        assert whole(path, before)
        assert (
            not list(tmp_path.glob(f"held-{at}.before-*"))
            or tables(tmp_path / f"held-{at}.before-{NEWEST}.db") == before
        )
        open_ledger(str(path)).close()
        assert not whole(path, before)
        assert tables(tmp_path / f"held-{at}.before-{NEWEST}.db") == before
        assert not list(tmp_path.glob(f"held-{at}.before-*-2.db")), "one copy is enough"


@needs_fork
@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("step", ["snapshot", "settle", "place", "settle_folder"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_beside_every_step_of_the_copy_leaves_the_old_one(
    tmp_path: Path, old: str, step: str, moment: str
) -> None:
    path = thaw(old, tmp_path / "held.db")
    before = tables(path)

    died = killed_beside(snapshots, step, moment, lambda: open_ledger(str(path)).close())
    assert died == -signal.SIGKILL
    assert whole(path, before)
    ledger = open_ledger(str(path))
    assert ledger.upgraded is not None
    ledger.close()
    assert tables(tmp_path / f"held.before-{NEWEST}.db") == before
    assert not (tmp_path / f"held.before-{NEWEST}-2.db").exists()


@pytest.mark.parametrize("old", OLD)
def test_a_disk_that_fills_up_leaves_the_old_one(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    before = tables(path)
    with closing(sqlite3.connect(path)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    spare, said = 0, list[str]()

    def fill(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    sa.event.listen(sa.Engine, "connect", fill)
    try:
        while spare < 100:
            try:
                open_ledger(str(path)).close()
                break
            except TryLater as error:
                said.append(str(error))
            assert tables(path) == before
            spare += 1
    finally:
        sa.event.remove(sa.Engine, "connect", fill)
    assert all(one.startswith(f"{path}: ") and "full" in one for one in said)
    # The last step but adds a column, for which a page has room
    assert (3 if old < "0004" else -1) < spare < 99
    assert not whole(path, before)


@needs_fork
@pytest.mark.parametrize("old", OLD)
def test_no_room_for_the_copy_leaves_the_old_one_and_no_half_a_copy(tmp_path: Path, old: str) -> None:
    path = thaw(old, tmp_path / "held.db")
    before, size = tables(path), path.stat().st_size
    for part in (0.1, 0.5, 0.9):
        assert short_of_room(int(size * part), lambda: open_ledger(str(path)).close()) == 4
        assert tables(path) == before
        assert list(tmp_path.iterdir()) == [path]
    open_ledger(str(path)).close()
    assert not whole(path, before)


@pytest.mark.parametrize("newer", range(1, len(REVISIONS)))
def test_an_older_program_refuses_a_newer_ledger_and_leaves_it_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, newer: int
) -> None:
    """The program that knew only the revisions before."""
    path = thaw(REVISIONS[newer], tmp_path / "held.db")
    before = tables(path)
    known = [one for one in ScriptDirectory.from_config(scripts()).walk_revisions() if one.revision < REVISIONS[newer]]
    monkeypatch.setattr(ScriptDirectory, "walk_revisions", lambda _: iter(known))
    monkeypatch.setattr(ScriptDirectory, "get_heads", lambda _: [known[0].revision])
    with pytest.raises(BadLedger, match="was written by a newer OnRecord; update this one") as caught:
        open_ledger(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert tables(path) == before


@pytest.mark.parametrize("older", OLD)
def test_there_is_no_way_down(tmp_path: Path, older: str) -> None:
    path = thaw(NEWEST, tmp_path / "held.db")
    before = tables(path)
    engine = sa.create_engine(f"sqlite:///{path}")
    config = scripts()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with pytest.raises(CannotWork, match="copy"):
            command.downgrade(config, older)
    engine.dispose()
    assert tables(path) == before
