"""A process that is killed beside a commit, and the same call again, leave the ledger that nobody disturbed."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import acts
import pytest
from broken import NIGHTLY, content, dump, sound

from onrecord.ledger import open_ledger, read
from onrecord.pipeline import deriving

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process to be killed")

LEAST = {
    "making": 1,
    "add": 4,
    "decide": 3,
    "reread": 4,
    "go_back": 1,
    "start_campaigns": 3,
    "end_campaign": 2,
    "rebuild": 1,
}


def whole(place: Path, act: str, acks: list[str]) -> None:
    """What was acknowledged is held, at most one more transaction is, and nothing is held by half."""
    path = place / "held.db"
    if act == "making" and not path.exists():
        return
    ledger = open_ledger(str(path), create=True)
    sound(ledger)
    with ledger.reading() as connection:
        facts = Counter(fact for (fact,) in connection.exec_driver_sql("SELECT fact FROM log"))
        assert len(read.readers(connection)) <= 1, "switched all at once"
        if act in ("decide", "go_back"):
            assert deriving.is_new(connection, "joint"), "what follows came with it"
        derived = read.derived(connection)
        assert {s.decision for s in derived.standings} == {d.id for d in read.decisions(connection)}
    ledger.close()
    if act == "add":
        assert facts["intake"] == facts["reading"]
        assert facts["intake"] % 2 == 0
    before = open_before(place.parent / f"{act}.db")
    for fact, number in Counter(acks).items():
        assert facts[fact] - before[fact] >= number


def open_before(path: Path) -> "Counter[str]":
    if not path.exists():
        return Counter()
    connection = sqlite3.connect(path)
    try:
        return Counter(fact for (fact,) in connection.execute("SELECT fact FROM log"))
    finally:
        connection.close()


def killed_everywhere(prepared: Path, tmp_path: Path, act: str, point: str) -> int:
    """Does the act for every point of its kind; returns how many points there were."""
    for path in prepared.glob(f"{act}.db"):
        shutil.copy(path, tmp_path)
    for name in ("s.jsonl", "readings.json"):
        shutil.copy(prepared / name, tmp_path)
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    shutil.copy(tmp_path / "s.jsonl", undisturbed)
    if (tmp_path / f"{act}.db").exists():
        shutil.copy(tmp_path / f"{act}.db", undisturbed / "held.db")
    acts.perform(act, undisturbed / "held.db")
    said = dump(undisturbed / "held.db")
    content(undisturbed / "held.db")
    with subprocess.Popen(acts.command(tmp_path, act, point), stdout=subprocess.PIPE, text=True) as process:
        out, _ = process.communicate(timeout=280)
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    assert lines, "the acts ran"
    assert [one["killed"] for one in lines] == [True] * (len(lines) - 1) + [False]
    assert lines[-1]["status"] == 0
    for one in lines:
        place = Path(one["place"])
        whole(place, act, one["acks"])
        acts.perform(act, place / "held.db")
        # Every row of every table, so the chain and the content too
        assert dump(place / "held.db") == said
    return len(lines) - 1


# Before a commit the file is as after the one before it: what differs is what the program has said
@pytest.mark.parametrize("point", ["after", pytest.param("before", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "act", [act if act in ("decide", "add") else pytest.param(act, marks=pytest.mark.slow) for act in acts.ACTS]
)
def test_a_kill_beside_every_commit(prepared: Path, tmp_path: Path, act: str, point: str) -> None:
    assert killed_everywhere(prepared, tmp_path, act, point) >= LEAST[act]


@pytest.mark.slow
@pytest.mark.parametrize("act", acts.ACTS)
def test_a_kill_before_every_statement(prepared: Path, tmp_path: Path, act: str) -> None:
    assert killed_everywhere(prepared, tmp_path, act, "statement") > 2 * LEAST[act]


KILLS = [3, pytest.param(20, marks=pytest.mark.slow)]
NIGHTLY_KILLS = pytest.param(200, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("kills", [*KILLS, NIGHTLY_KILLS] if NIGHTLY else KILLS)
def test_kills_at_any_moment_lose_no_decision_and_no_switch(prepared: Path, tmp_path: Path, kills: int) -> None:
    path, chance = tmp_path / "held.db", random.Random(kills)
    shutil.copy(prepared / "go_back.db", path)
    said = Counter[str]()
    for number in range(kills):
        with subprocess.Popen(acts.command(path, "endless", number), stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout
            lines = [process.stdout.readline()]
            time.sleep(chance.uniform(0, 0.7))
            os.kill(process.pid, signal.SIGKILL)
            lines += process.stdout.read().splitlines(keepends=True)
        lines = [line.strip() for line in lines if line.endswith("\n")]
        said.update(line.partition(" ")[0] for line in lines)
        ledger = open_ledger(str(path))
        sound(ledger)
        with ledger.reading() as connection:
            decided = {d.id for d in read.decisions(connection)}
            watches = {c.name for c in read.campaigns_in(connection)}
            assert len(read.readers(connection)) == 1
        ledger.close()
        assert {line.partition(" ")[2] for line in lines if line.startswith("decision")} <= decided
        assert {line.partition(" ")[2] for line in lines if line.startswith("campaign")} <= watches
        content(path)
    assert said["decision"] >= kills
