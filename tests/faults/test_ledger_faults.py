"""A ledger that is locked, full, or cannot be written: said by its name, and nothing half done stays."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from invented import NOW, derived, intake, reading, story
from onrecord import pipeline
from onrecord.errors import BadLedger, TryLater
from onrecord.ledger import Ledger, open_ledger, opening, read, write

TOLD = story()
FOUND = reading(TOLD)
READS: dict[str, Callable[[Ledger], Any]] = {
    "held_keys": lambda ledger: read.held_keys(ledger, ["a"]),
    "read_by": lambda ledger: read.read_by(ledger, [TOLD.id], "by hand"),
    "story": lambda ledger: read.story(ledger, TOLD.id),
    "stories": lambda ledger: list(read.stories(ledger)),
    "reads": read.reads,
    "reads_of": read.reads_of,
    "readings_state": read.readings_state,
    "derived_state": read.derived_state,
    "derived": read.derived,
    "intake": lambda ledger: list(read.intake(ledger)),
}
WRITES: dict[str, Callable[[Ledger], Any]] = {
    "store": lambda ledger: write.store(ledger, [intake(story(2))], [reading(story(2))], NOW),
    "replace_derived": lambda ledger: write.replace_derived(ledger, derived(TOLD, FOUND), "state"),
}


def test_every_function_is_tried_here() -> None:
    def public(module: Any) -> set[str]:
        return {
            n for n, f in getmembers(module, isfunction) if f.__module__ == module.__name__ and not n.startswith("_")
        }

    assert public(read) == set(READS)
    assert public(write) - {"intake_key", "story_row"} == set(WRITES)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    held = open_ledger(str(tmp_path / "held.db"), create=True)
    write.store(held, [intake(TOLD)], [FOUND], NOW)
    yield held
    held.close()


def content(ledger: Ledger) -> list[str]:
    connection = sqlite3.connect(ledger.place)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return list(connection.iterdump())
    finally:
        connection.close()


def refused(ledger: Ledger, act: Callable[[Ledger], Any], words: str) -> None:
    with pytest.raises(TryLater, match=words) as caught:
        act(ledger)
    assert str(caught.value).startswith(f"{ledger.place}: ")
    assert caught.value.exit_code == 4


@pytest.fixture
def locked(ledger: Ledger) -> Iterator[Ledger]:
    other = sqlite3.connect(ledger.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield ledger
    other.close()


@pytest.mark.parametrize("name", READS)
def test_a_ledger_that_another_writes_can_be_read(locked: Ledger, name: str) -> None:
    READS[name](locked)


@pytest.mark.parametrize("name", WRITES)
def test_a_ledger_that_another_writes_is_waited_for_and_then_given_up(locked: Ledger, name: str) -> None:
    before = content(locked)
    refused(locked, WRITES[name], "locked")
    assert content(locked) == before


def test_a_ledger_that_another_writes_can_be_opened(locked: Ledger) -> None:
    other = open_ledger(locked.place)
    assert len(read.reads(other)) == 1
    other.close()


def test_a_lock_that_ends_in_time_is_not_noticed(tmp_path: Path) -> None:
    held = open_ledger(str(tmp_path / "held.db"), create=True)
    other = sqlite3.connect(held.place, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    ended = threading.Timer(0.5, other.rollback)
    ended.start()
    started = time.monotonic()
    assert len(write.store(held, [intake(TOLD)], [], NOW)) == 1
    assert time.monotonic() - started > 0.3
    ended.join()
    other.close()
    held.close()


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_ledger_that_is_wholly_locked_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    held = open_ledger(str(tmp_path / "held.db"), create=True)
    write.store(held, [intake(TOLD)], [FOUND], NOW)
    held.close()
    other = sqlite3.connect(held.place, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE current SET reading = reading")
    refused(held, {**READS, **WRITES}[name], "locked")
    with pytest.raises(TryLater, match="locked"):
        open_ledger(held.place)
    other.close()


@pytest.mark.parametrize("name", WRITES)
def test_a_ledger_that_may_not_be_written_says_so(ledger: Ledger, name: str) -> None:
    sa.event.listen(ledger.engine, "connect", lambda connection, _record: connection.execute("PRAGMA query_only=ON"))
    ledger.engine.dispose()
    before = content(ledger)
    refused(ledger, WRITES[name], "readonly")
    for act in READS.values():
        act(ledger)
    assert content(ledger) == before


@pytest.mark.parametrize("spare", range(6))
@pytest.mark.parametrize("name", WRITES)
def test_a_full_disk_keeps_nothing_half_done_and_room_mends_it(ledger: Ledger, name: str, spare: int) -> None:
    """The disk fills up after some more pages, so that the failure comes at another statement each time."""

    def fill(connection: sqlite3.Connection, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    many = [story(n, text="Shells fell on the quay. " * 900) for n in range(2, 9)]

    def act(held: Ledger) -> None:
        if name == "store":
            write.store(held, [intake(s, f"{s.id}.txt") for s in many], [], NOW)
        else:
            made = derived(TOLD, FOUND)
            (family,) = made.families
            wide = tuple(
                type(family)(f"fa-{n:08}", family.root, tuple(f"st-{n:0900}" for n in range(9))) for n in range(9)
            )
            write.replace_derived(held, type(made)(wide, made.derivations, made.mutations), "state")

    before = content(ledger)
    sa.event.listen(ledger.engine, "connect", fill)
    ledger.engine.dispose()
    refused(ledger, act, "full")
    assert content(ledger) == before
    sa.event.remove(ledger.engine, "connect", fill)
    ledger.engine.dispose()
    act(ledger)
    assert content(ledger) != before


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_ledger_whose_tables_are_gone_is_no_ledger(ledger: Ledger, name: str) -> None:
    ledger.close()
    Path(ledger.place).unlink()
    sqlite3.connect(ledger.place).close()
    with pytest.raises(BadLedger, match="no such table") as caught:
        {**READS, **WRITES}[name](ledger)
    assert str(caught.value).startswith(f"{ledger.place}: ")


def test_damage_inside_is_named(ledger: Ledger) -> None:
    ledger.close()
    path = Path(ledger.place)
    body = bytearray(path.read_bytes())
    body[4096:] = b"\x55" * (len(body) - 4096)
    path.write_bytes(body)
    with pytest.raises(BadLedger, match="damaged") as caught:
        list(read.stories(open_ledger(ledger.place)))
    assert ledger.place in str(caught.value)


def test_deriving_from_a_locked_ledger_is_given_up_and_done_later(locked: Ledger) -> None:
    refused(locked, pipeline.rebuild, "locked")
