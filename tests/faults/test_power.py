"""A loss of power at any moment: what the program had acknowledged is there, and the ledger is sound."""

import random
import shutil
from collections import Counter
from pathlib import Path

import acts
import power
import pytest
from broken import NIGHTLY, content, sound, untraced

from onrecord.ledger import open_ledger, read

pytestmark = pytest.mark.skipif(bool(WHY := untraced()), reason=f"{WHY}: writes cannot be recorded")

LIVES = {"fresh": "add,decide,start_campaigns,end_campaign", "reread": "reread,go_back,start_campaigns"}


def life(prepared: Path, folder: Path, name: str, weaker: str = "") -> tuple[power.Disk, list[power.Op]]:
    """A recorded run, and the disk as it was before it."""
    folder.mkdir()
    for given in ("s.jsonl", "readings.json"):
        shutil.copy(prepared / given, folder)
    held = {}
    if name == "reread":
        held["held.db"] = (prepared / "reread.db").read_bytes()
        (folder / "held.db").write_bytes(held["held.db"])
    command = acts.command(folder / "held.db", "in turn", LIVES[name])
    if weaker:
        command[2] = f"import sqlalchemy as sa\n{weaker}\n{command[2]}"
    return power.Disk(held), power.record(folder, command)


def facts(path: Path) -> "Counter[str]":
    """How many facts of each kind the ledger holds, opened by the program as after any start."""
    ledger = open_ledger(str(path), create=True)
    try:
        sound(ledger)
        with ledger.reading() as connection:
            assert len(read.readers(connection)) <= 1, "switched all at once"
            return Counter(fact for (fact,) in connection.exec_driver_sql("SELECT fact FROM log"))
    finally:
        ledger.close()


def lost(disk: power.Disk, ops: list[power.Op], folder: Path, chance: random.Random, subsets: int) -> int:
    """Plays the run, and looks at what is found after a loss before each sync and after each acknowledgement. The number
    of losses in which something acknowledged was gone; what is not sound fails at once.
    """
    before = facts(power.lay(disk.after("all", chance), folder))
    missing = 0
    for op in ops:
        moments = ["all", *["some"] * subsets] if op.act in ("sync", "folder") else []
        if op.act == "ack":
            moments = ["all"]
            disk.play(op)
        for loss in moments:
            found = facts(power.lay(disk.after(loss, chance), folder)) - before
            missing += any(found[fact] < number for fact, number in Counter(disk.acks).items())
        if op.act != "ack":
            disk.play(op)
    for loss in ("all", "none"):
        found = facts(power.lay(disk.after(loss, chance), folder)) - before
        missing += any(found[fact] < number for fact, number in Counter(disk.acks).items())
    return missing


SUBSETS = [
    0,
    pytest.param(3, marks=pytest.mark.slow),
    *([pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])] if NIGHTLY else []),
]


@pytest.mark.slow
@pytest.mark.parametrize("subsets", SUBSETS)
@pytest.mark.parametrize("name", LIVES)
def test_what_was_acknowledged_survives_a_loss_of_power(
    prepared: Path, tmp_path: Path, name: str, subsets: int
) -> None:
    disk, ops = life(prepared, tmp_path / "life", name)
    assert sum(op.act == "sync" for op in ops) > 10
    assert lost(disk, ops, tmp_path / "found", random.Random(subsets), subsets) == 0
    assert len(disk.acks) > 5
    final = power.lay(disk.after("all", random.Random(0)), tmp_path / "found")
    assert content(final) == content(tmp_path / "life" / "held.db")


@pytest.mark.slow
def test_this_would_show_that_commits_are_not_synced(prepared: Path, tmp_path: Path) -> None:
    """The same run, with the setting that lets SQLite leave a commit in the memory of the system."""
    weaker = 'sa.event.listen(sa.Engine, "begin", lambda c: c.connection.driver_connection.execute("PRAGMA synchronous=NORMAL"))'
    disk, ops = life(prepared, tmp_path / "life", "fresh", weaker)
    assert lost(disk, ops, tmp_path / "found", random.Random(1), 0) > 0


def test_a_disk_that_loses_power_is_played_as_it_would_be() -> None:
    disk, chance = power.Disk({}), random.Random(1)
    create, write, sync = power.Op("create", "a"), power.Op("write", "a", 2, b"xy"), power.Op("sync", "a")
    for op in (create, write):
        disk.play(op)
    assert disk.after("all", chance) == {}
    assert disk.after("none", chance) == {"a": b"\0\0xy"}
    disk.play(sync)
    assert disk.after("all", chance) == {}, "safe, but under no name"
    disk.play(power.Op("folder", "."))
    disk.play(power.Op("truncate", "a", 1))
    disk.play(power.Op("unlink", "a"))
    assert disk.after("all", chance) == {"a": b"\0\0xy"}
    assert disk.after("none", chance) == {}
    disk.play(power.Op("folder", "."))
    assert disk.after("all", chance) == {}


def test_a_write_of_many_sectors_may_be_there_in_part() -> None:
    disk, body = power.Disk({"a": bytes(8 * power.SECTOR)}), b"x" * 8 * power.SECTOR
    disk.play(power.Op("write", "a", 0, body))
    found = {disk.after("some", random.Random(seed))["a"].count(b"x") // power.SECTOR for seed in range(20)}
    assert len(found) > 3
    assert max(found) <= 8
