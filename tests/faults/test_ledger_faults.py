"""A ledger that is locked, full, or cannot be written: said by its name, and nothing half done stays."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from broken import sound

from invented import NOW, TEXT, derived, intake, reading, story
from onrecord import pipeline
from onrecord.errors import BadLedger, TryLater
from onrecord.ledger import Ledger, inputs, open_ledger, opening, read, schema, write
from onrecord.records import Campaign, Coding, Decision, Derived, Name, Round

TOLD = story()
FOUND = reading(TOLD)
LATER = reading(TOLD, "a later reader")
WATCH = Campaign("Harbour", places=("Varnholm",))
LONG = "Shells fell on the quay. " * 1500
MANY = [story(n, text=f"{TEXT}\n\n{LONG}") for n in range(2, 4)]
ROUND = Round("ro-0000000001", LONG, "incident", ("kind",), ("in-00000001",), (), "Ida Roon", NOW)
CODING = Coding("co-0000000001", ROUND.id, "in-00000001", "Ida Roon", NOW, (("kind", "raid"),), LONG)
JUDGED = Decision("de-0000000001", "confirm", f"{TOLD.id}-c1", "claim", "Ida Roon", NOW, LONG)


def within(act: Callable[..., Any], *args: Any, **options: Any) -> Callable[[Ledger], Any]:
    """A function that reads, on a connection of its own."""

    def run(ledger: Ledger) -> Any:
        with ledger.reading() as connection:
            return act(connection, *args, **options)

    return run


def alone(act: Callable[..., Any], *args: Any) -> Callable[[Ledger], Any]:
    """A function that writes, in a transaction of its own."""

    def run(ledger: Ledger) -> Any:
        with ledger.writing() as connection:
            return act(connection, *args)

    return run


def wide() -> Derived:
    made = derived(TOLD, FOUND)
    (family,) = made.families
    members = tuple(f"st-{n:0900}" for n in range(9))
    return replace(made, families=tuple(replace(family, id=f"fa-{n:08}", stories=members) for n in range(9)))


READS: dict[str, Callable[[Ledger], Any]] = {
    "held_keys": lambda ledger: read.held_keys(ledger, ["a"]),
    "read_by": lambda ledger: read.read_by(ledger, [TOLD.id], "by hand"),
    "were_read_by": lambda ledger: read.were_read_by(ledger, [TOLD.id], "by hand"),
    "held": within(read.held, schema.story.c.id, [TOLD.id]),
    "rows": within(lambda held: list(read.rows(held, sa.select(schema.story.c.id), schema.story.c.id, [TOLD.id]))),
    "story": lambda ledger: read.story(ledger, TOLD.id),
    "story_in": within(read.story_in, TOLD.id),
    "current": within(read.current),
    "versions_in": within(read.versions_in),
    "stories": lambda ledger: list(read.stories(ledger)),
    "capture_of": lambda ledger: read.capture_of(ledger, TOLD.id),
    "stories_of": lambda ledger: read.stories_of(ledger, [TOLD.id]),
    "versions": lambda ledger: read.versions(ledger, TOLD.id),
    "facts": within(read.facts),
    "reads": within(read.reads),
    "readings_state": within(read.readings_state),
    "decided_state": within(read.decided_state),
    "decisions": within(read.decisions),
    "decision_of": within(read.decision_of, key="k"),
    "campaigns_in": within(read.campaigns_in),
    "names": within(read.names),
    "rounds": within(read.rounds),
    "codings": within(read.codings),
    "coding_of": within(read.coding_of, key="k"),
    "readings_by": within(read.readings_by, "by hand", None),
    "lineages_of": within(read.lineages_of, [TOLD.id]),
    "stating_totals": within(read.stating_totals),
    "published": within(read.published),
    "readers": within(read.readers),
    "readers_of_all": within(read.readers_of_all),
    "unread_by": within(read.unread_by, "by hand"),
    "derived_from": within(read.derived_from),
    "derived": within(read.derived),
    "standings": within(read.standings),
    "portions": lambda ledger: list(read.portions([TOLD.id])) and read.stories_of(ledger, [TOLD.id]),
    "before": lambda ledger: read.before(ledger, [TOLD.id]),
    "intake": lambda ledger: list(inputs.intake(ledger)),
    "withdrawals": within(inputs.withdrawals),
    "captures": within(read.captures),
    "copy_of": lambda ledger: inputs.copy_of(ledger, "a"),
    "lengths_of": lambda ledger: inputs.lengths_of(ledger, ["a"]),
    "followed": lambda ledger: inputs.followed(ledger, NOW),
}
# Each writes enough to fill several pages, so that a disk can be full in the middle of it
WRITES: dict[str, Callable[[Ledger], Any]] = {
    "store": lambda ledger: write.store(
        ledger, [intake(one, f"{one.id}.txt") for one in MANY], [reading(one) for one in MANY], NOW
    ),
    "switch": alone(write.switch, LATER.reader, [TOLD.id, *(f"st-{n:0900}" for n in range(40))], NOW),
    "add_campaign": lambda ledger: write.add_campaign(ledger, replace(WATCH, name="Coast", places=(LONG,)), NOW),
    "end_campaign": lambda ledger: write.end_campaign(ledger, LONG, NOW),
    "add_decision": alone(write.add_decision, JUDGED),
    "add_round": alone(write.add_round, ROUND),
    "close_round": alone(write.close_round, LONG, "Ida Roon", NOW),
    "add_coding": alone(write.add_coding, CODING),
    "add_names": alone(write.add_names, [Name(f"in-{n:08}", "given", None, ("st-1/text/0-1",) * 300) for n in range(9)], NOW),
    "replace_derived": alone(write.replace_derived, wide(), "readings", "decided"),
    "change_derived": alone(write.change_derived, Derived(), wide(), "readings", "decided"),
}  # fmt: skip
PIPELINE: dict[str, Callable[[Ledger], Any]] = {
    "rebuild": lambda ledger: pipeline.rebuild(ledger, "joint", NOW),
    "view": lambda ledger: pipeline.view(ledger, now=NOW),
    "decide": lambda ledger: pipeline.decide(ledger, pipeline.Judgement("confirm", JUDGED.target, "Ida Roon"), NOW),
    "reread": lambda ledger: pipeline.reread(ledger, pipeline.RereadOptions(NOW, reader=LATER.reader)),
    "start_campaigns": lambda ledger: pipeline.start_campaigns(ledger, [replace(WATCH, name="Coast")], NOW),
    "end_campaign": lambda ledger: pipeline.end_campaign(ledger, WATCH.name, NOW),
}


def test_every_function_is_tried_here() -> None:
    def public(module: Any) -> set[str]:
        return {
            n for n, f in getmembers(module, isfunction) if f.__module__ == module.__name__ and not n.startswith("_")
        }

    assert public(read) | public(inputs) == set(READS)
    assert public(write) - {"intake_key", "story_row", "insert", "derived_rows"} == set(WRITES)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of a ledger that holds something; made once, for making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("filled") / "held.db"
    ledger = open_ledger(str(path), create=True)
    write.store(ledger, [intake(TOLD)], [FOUND, LATER], NOW)
    for name in (WATCH.name, LONG):
        write.add_campaign(ledger, replace(WATCH, name=name), NOW)
    ledger.close()
    return path.read_bytes()


@pytest.fixture
def ledger(tmp_path: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    (tmp_path / "held.db").write_bytes(filled)
    held = open_ledger(str(tmp_path / "held.db"))
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
    assert len(READS["reads"](other)) == 1
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
def test_a_ledger_that_is_wholly_locked_is_given_up(ledger: Ledger, name: str) -> None:
    ledger.close()
    other = sqlite3.connect(ledger.place, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE current SET reading = reading")
    refused(ledger, {**READS, **WRITES}[name], "locked")
    with pytest.raises(TryLater, match="locked"):
        open_ledger(ledger.place)
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

    def limit(connection: sqlite3.Connection, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + spare}")

    before = content(ledger)
    sa.event.listen(ledger.engine, "connect", limit)
    ledger.engine.dispose()
    refused(ledger, WRITES[name], "full")
    assert content(ledger) == before
    sa.event.remove(ledger.engine, "connect", limit)
    ledger.engine.dispose()
    WRITES[name](ledger)
    assert content(ledger) != before
    sound(ledger)


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


@pytest.mark.parametrize("name", PIPELINE)
def test_what_the_program_does_on_a_locked_ledger_is_given_up_and_done_later(ledger: Ledger, name: str) -> None:
    before = content(ledger)
    other = sqlite3.connect(ledger.place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused(ledger, PIPELINE[name], "locked")
    other.close()
    assert content(ledger) == before
    PIPELINE[name](ledger)
    assert content(ledger) != before
    sound(ledger)
