"""Whatever is done to the file of a ledger, `verify` names the place; and what it does not name changes nothing."""

import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from invented import NOW, intake, reading, story
from kept import LATER, SECOND, held, keep, unguarded
from onrecord import pipeline
from onrecord.errors import BadLedger, OnRecordError, TryLater
from onrecord.ledger import chain, open_ledger, opening, schema, write
from onrecord.ledger.checkpoints import Checkpoint
from onrecord.ledger.findings import Finding

FLIPS = 1000 if os.environ.get("ONRECORD_NIGHTLY") else 300


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Of so many facts that every second or third bit is one of theirs: the tables and their indexes fill pages too
    return keep(tmp_path_factory.mktemp("sound") / "held.db", 20)


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(sound, tmp_path / "held.db"))


def damage(path: Path, checkpoint: Checkpoint | None = None) -> list[Finding]:
    """What is wrong with a ledger, without remarks; that it cannot be opened is said with its name."""
    try:
        ledger = open_ledger(str(path))
    except OnRecordError as error:
        return [Finding("file", "", str(error))] if str(error).startswith(f"{path}: ") else []
    try:
        return [one for one in pipeline.verify(ledger, checkpoint=checkpoint) if not one.remark]
    finally:
        ledger.close()


def places(path: Path) -> set[tuple[str, str]]:
    return {(one.place, one.row) for one in damage(path)}


def content(path: Path) -> str:
    ledger = open_ledger(str(path))
    try:
        return pipeline.content(pipeline.view(ledger, now=LATER))
    finally:
        ledger.close()


def checkpoint(path: Path) -> Checkpoint:
    ledger = open_ledger(str(path))
    try:
        return pipeline.checkpoint(ledger, LATER)
    finally:
        ledger.close()


def test_a_ledger_that_nobody_touched_is_sound(sound: Path) -> None:
    ledger = open_ledger(str(sound))
    assert list(pipeline.verify(ledger)) == []
    assert list(pipeline.verify(ledger, checkpoint=pipeline.checkpoint(ledger, LATER))) == []
    ledger.close()
    rows = held(sound)
    assert all(rows.values()), "a fact of every kind"


def flip(path: Path, at: int, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ (1 << chance.randrange(8))]))


def flipped(sound: Path, folder: Path, times: int, seed: int) -> Counter[str]:
    """Flips one bit, and looks what that has changed and whether it is named; over and over."""
    chance, before, said = random.Random(seed), held(sound), content(sound)
    size, told = sound.stat().st_size, Counter[str]()
    for n in range(times):
        path = Path(shutil.copyfile(sound, folder / "flipped.db"))
        at = chance.randrange(size)
        flip(path, at, chance)
        try:
            hit = held(path) != before
        except (sqlite3.Error, UnicodeDecodeError):
            hit = True
        named = bool(damage(path))
        if hit:
            told["facts named" if named else f"facts missed at {at} ({n})"] += 1
        elif named:
            told["other rows or pages named"] += 1
        else:
            told["nothing changed" if content(path) == said else f"content changed at {at} ({n})"] += 1
        for side in folder.iterdir():
            side.unlink()
    return told


@pytest.mark.parametrize(("times", "seed"), [(30, 1), pytest.param(FLIPS, 2, marks=pytest.mark.slow)])
def test_every_flipped_bit_is_named_or_changes_nothing(
    sound: Path, tmp_path: Path, times: int, seed: int, record_property: Callable[[str, object], None]
) -> None:
    told = flipped(sound, tmp_path, times, seed)
    record_property("flips", dict(told))
    assert told.keys() <= {"facts named", "other rows or pages named", "nothing changed"}
    # Of the pages of the file some hold what is derived, and what is searched
    assert told["facts named"] > times / 4


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 11))])
def test_a_flipped_bit_in_what_was_written_last_is_caught_from_outside(path: Path, tmp_path: Path, seed: int) -> None:
    """SQLite drops what follows it in the file beside the ledger, and says nothing."""
    chance, live = random.Random(seed), tmp_path / "live" / "held.db"
    live.parent.mkdir()
    before = content(path)
    ledger = open_ledger(str(path))
    write.store(ledger, [intake(story(60), "new.txt")], [reading(story(60))], LATER)
    pipeline.rebuild(ledger, "joint", LATER)
    kept = pipeline.checkpoint(ledger, LATER)
    for side in ("", "-wal"):
        shutil.copyfile(f"{path}{side}", f"{live}{side}")
    ledger.close()
    wal = Path(f"{live}-wal")
    flip(wal, chance.randrange(wal.stat().st_size), chance)
    found = damage(live, kept)
    assert found or content(live) == kept.content != before


def columns() -> list[tuple[str, str]]:
    """All but the number of a rejection, which says nothing but in which order an input's rejections stand."""
    every = [(table.name, column.name) for table in schema.FACTS for column in table.c]
    return [one for one in every if one != ("rejection", "seq")]


@pytest.mark.parametrize(("table", "column"), columns())
def test_a_value_changed_in_any_column_of_any_fact_is_named(path: Path, table: str, column: str) -> None:
    """The guards are back in their places, and every index agrees."""
    with unguarded(path) as connection:
        (row, old) = connection.execute(
            f'SELECT rowid, "{column}" FROM {table} WHERE "{column}" IS NOT NULL ORDER BY rowid DESC'
        ).fetchone() or (1, "x")
        new: Any = old + 100 if isinstance(old, int) else old[:-1] + b"!" if isinstance(old, bytes) else old[:-1] + "z"
        connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (new, row))
    found = places(path)
    assert found, "named"
    assert {"log", table, "intake"} & {place for place, _ in found}, found


def test_rejections_in_another_order_are_named(path: Path) -> None:
    with unguarded(path) as connection:
        (intake,) = connection.execute("SELECT intake FROM rejection WHERE seq = 1").fetchone()
        connection.execute("UPDATE rejection SET seq = 99 WHERE seq = 1")
    assert ("intake", str(intake)) in places(path)


def test_a_time_written_otherwise_is_another_fact(path: Path) -> None:
    """Python reads both as one moment."""
    with unguarded(path) as connection:
        connection.execute("UPDATE reading SET at = replace(at, ' ', 'T') WHERE seq = 2")
    assert ("reading", "2") in places(path)


@pytest.mark.parametrize("table", [table.name for table in schema.FACTS])
def test_a_row_taken_out_is_named(path: Path, table: str) -> None:
    with unguarded(path) as connection:
        connection.execute(f"DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})")
    assert places(path)


@pytest.mark.parametrize("table", [table.name for table in schema.CHAINED])
def test_the_last_row_taken_out_is_named_with_its_entry(path: Path, table: str) -> None:
    with unguarded(path) as connection:
        (row,) = connection.execute(f"SELECT max(seq) FROM {table}").fetchone()
        connection.execute(f"DELETE FROM {table} WHERE seq = ?", (row,))
    assert (table, str(row)) in places(path)


def test_the_last_entries_taken_out_are_named_by_the_facts_they_leave_behind(path: Path) -> None:
    with unguarded(path) as connection:
        fact, row = connection.execute("SELECT fact, row FROM log ORDER BY seq DESC").fetchone()
        connection.execute("DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)")
    assert (fact, str(row)) in places(path)


def test_entries_taken_out_of_the_middle_are_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("DELETE FROM log WHERE seq BETWEEN 5 AND 7")
    assert {("log", "5 to 7"), ("log", "8")} <= places(path)


@pytest.mark.parametrize(
    ("table", "column"),
    [("reading", "body"), ("decision", "body"), ("log", "digest"), ("log", "hash"), ("name", "body")],
)
def test_rows_that_change_places_are_named(path: Path, table: str, column: str) -> None:
    with unguarded(path) as connection:
        first, second = connection.execute(f"SELECT seq, {column} FROM {table} ORDER BY seq DESC LIMIT 2").fetchall()
        assert first[1] != second[1]
        for seq, value in ((first[0], second[1]), (second[0], first[1])):
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (value, seq))
    assert {(table, str(first[0])), (table, str(second[0]))} <= places(path)


def test_a_row_that_came_by_another_program_is_named(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("INSERT INTO campaign (name, body, at) SELECT 'Mine', NULL, at FROM campaign LIMIT 1")
        connection.execute("INSERT INTO capture VALUES (?, 'text/plain', x'00')", ("a" * 64,))
        connection.execute(
            "INSERT INTO story SELECT 'st-new', name, url, outlet, headline, byline, published_start, published_end, "
            "published_precision, published_basis, language, text, furniture FROM story LIMIT 1"
        )
    assert {("campaign", "4"), ("capture", "a" * 64), ("story", "st-new")} <= places(path)


def test_a_guard_taken_away_is_named(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER story_no_delete")
    connection.close()
    assert places(path) == {("file", "story")}


def test_another_current_reading_than_the_log_says_is_named(path: Path) -> None:
    connection = sqlite3.connect(path)
    (story_,) = connection.execute("SELECT story FROM reading WHERE reader = ? ORDER BY seq DESC", (SECOND,)).fetchone()
    connection.execute(
        "UPDATE current SET reading = (SELECT seq FROM reading WHERE story = ? AND reader = ?) WHERE story = ?",
        (story_, SECOND, story_),
    )
    connection.commit()
    connection.close()
    assert places(path) == {("current", story_)}


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("incident", "UPDATE incident SET place = 'Elsewhere'"),
        ("incident", "UPDATE incident SET body = replace(body, 'shelling', 'bombing')"),
        ("incident", "DELETE FROM incident"),
        ("derivation", "UPDATE derivation SET relation = 'roundup'"),
        ("verdict", "UPDATE verdict SET off_by = 3 WHERE tally = (SELECT min(tally) FROM verdict)"),
        ("gathering", "INSERT INTO gathering SELECT 'more', body FROM gathering LIMIT 1"),
        ("standing", "UPDATE standing SET state = 'orphaned'"),
    ],
)
def test_what_is_derived_is_held_against_the_facts(path: Path, table: str, change: str) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute(change).rowcount > 0
    connection.commit()
    connection.close()
    found = damage(path)
    assert {one.place for one in found} == {table}
    assert all("onrecord rebuild" in one.what for one in found)
    ledger = open_ledger(str(path))
    pipeline.rebuild(ledger, "joint", LATER)
    assert list(pipeline.verify(ledger)) == []
    ledger.close()


def test_one_row_that_cannot_be_read_does_not_hide_the_others(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE reading SET body = CAST(x'ff' AS TEXT) WHERE seq = 2")
        connection.execute("UPDATE reading SET reader = 'nobody' WHERE seq = 5")
        connection.execute("UPDATE log SET at = 'noon' WHERE seq = 9")
        connection.execute("UPDATE capture SET body = x'00'")
    found = places(path)
    assert {("reading", "2"), ("reading", "5"), ("log", "9")} <= found
    assert sum(place == "capture" for place, _ in found) == 2
    assert ("reading", "3") not in found


def cut(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_named(path: Path, share: float) -> None:
    cut(path, int(path.stat().st_size * share))
    assert damage(path)


@pytest.mark.parametrize("page", range(1, 40, 4))
def test_a_page_that_is_gone_is_named_or_changes_nothing(path: Path, sound: Path, page: int) -> None:
    before = held(sound)
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(bytes(4096))
    found = damage(path)
    assert found or (held(path) == before and content(path) == content(sound))


def more(path: Path) -> None:
    """Goes on with the ledger."""
    ledger = open_ledger(str(path))
    told = story(77, text=story().text + " More was not known.")
    write.store(ledger, [intake(told, "later.txt")], [reading(told)], LATER)
    pipeline.rebuild(ledger, "joint", LATER)
    ledger.close()


def made_anew(path: Path, change: str) -> None:
    """Changes a fact, and everything that vouches for it: digests, the whole chain, what is derived."""
    with unguarded(path) as connection:
        connection.execute(change)
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.begin() as other:
            entries = [dict(row) for row in other.execute(sa.select(schema.log).order_by(schema.log.c.seq)).mappings()]
            digests = {
                ("intake", row["seq"]): chain.intake_digest(row, media, told, why)
                for row, media, told, why in chain.arrived(other)
            }
            for one in schema.CHAINED[1:]:
                for row in other.execute(sa.select(one)).mappings():
                    digests[one.name, row["seq"]] = chain.row_digest(dict(row))
            other.execute(sa.delete(schema.log))
            previous = chain.START
            for entry in entries:
                entry["digest"] = digests[entry["fact"], entry["row"]]
                previous = entry["hash"] = chain.entry_hash(previous, entry)
            other.execute(sa.insert(schema.log), entries)
        engine.dispose()
    ledger = open_ledger(str(path))
    pipeline.rebuild(ledger, "joint", LATER)
    ledger.close()


def shortened(path: Path, by: int) -> None:
    """Removes the newest facts with their entries, and what says from which facts the rest was derived."""
    with unguarded(path) as connection:
        for seq, fact, row in connection.execute(
            "SELECT seq, fact, row FROM log ORDER BY seq DESC LIMIT ?", (by,)
        ).fetchall():
            connection.execute(f"DELETE FROM {fact} WHERE seq = ?", (row,))
            connection.execute("DELETE FROM log WHERE seq = ?", (seq,))
        connection.execute("DELETE FROM derived_from")


CAUGHT_FROM_OUTSIDE: dict[str, Callable[[Path, Path], Any]] = {
    "an older copy": lambda path, old: shutil.copyfile(old, path),
    "a shorter log": lambda path, _: shortened(path, 2),
    "a chain made anew": lambda path, _: made_anew(
        path, "UPDATE decision SET body = replace(body, 'Ada Holm', 'Ida Holm') WHERE seq = 1"
    ),
}


@pytest.mark.parametrize("case", CAUGHT_FROM_OUTSIDE)
def test_only_a_checkpoint_kept_outside_catches_it(path: Path, tmp_path: Path, case: str) -> None:
    old = Path(shutil.copyfile(path, tmp_path / "old.db"))
    more(path)
    kept = checkpoint(path)
    assert damage(path, kept) == []
    CAUGHT_FROM_OUTSIDE[case](path, old)
    assert damage(path) == [], "the ledger alone cannot know"
    assert {one.place for one in damage(path, kept)} & {"log"}


def test_a_checkpoint_holds_for_all_that_comes_after(path: Path) -> None:
    kept = checkpoint(path)
    more(path)
    assert damage(path, kept) == []


def test_a_checkpoint_of_another_ledger_does_not_hold(path: Path, tmp_path: Path) -> None:
    other = keep(tmp_path / "other.db", 3)
    assert {one.place for one in damage(path, checkpoint(other))} >= {"log"}


def test_a_checkpoint_holds_the_content_too(path: Path) -> None:
    kept = replace(checkpoint(path), content="0" * 64)
    (found,) = damage(path, kept)
    assert found.place == "derived rows"
    assert "0" * 64 in found.what


def test_a_clock_that_was_set_back_is_a_remark_and_no_damage(path: Path) -> None:
    ledger = open_ledger(str(path))
    told = story(78)
    write.store(ledger, [intake(told, "before.txt")], [reading(told)], NOW.replace(year=2029))
    pipeline.rebuild(ledger, "joint", LATER)
    (remark,) = pipeline.verify(ledger)
    assert remark.remark
    assert remark.place == "log"
    assert "2029-04-02T08:30:00+00:00, earlier than at the entry before (2031-04-02T09:30:00+00:00)" in remark.what
    ledger.close()


def test_a_locked_ledger_is_not_called_damaged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_BUSY_MS", 50)
    ledger = open_ledger(str(path))
    ledger.close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    other.execute("UPDATE current SET reading = reading")
    with pytest.raises(TryLater, match="locked"):
        list(pipeline.verify(ledger))
    other.close()
    ledger.close()


def test_a_text_that_is_no_text_any_more_is_said_plainly_by_other_commands(path: Path) -> None:
    with unguarded(path) as connection:
        connection.execute("UPDATE reading SET body = CAST(x'ff' AS TEXT)")
    ledger = open_ledger(str(path))
    with pytest.raises(BadLedger, match="is damaged or no ledger"):
        pipeline.rebuild(ledger, "joint", LATER)
    ledger.close()
