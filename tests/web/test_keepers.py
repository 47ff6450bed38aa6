"""The process beside: it gives what one process gives, and nothing is lost where either ends."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from invented import NOW
from newsdesk import FERRY, ferry, opened, page, sheet, sheets, store
from onrecord import pipeline
from onrecord.errors import Conflict, OnRecordError, TryLater, WrongUse
from onrecord.ledger import Ledger, open_ledger
from onrecord.pipeline import Judgement
from onrecord.web.keepers import Beside, Here, Keeper

LONG = 60.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(opened(tmp_path)) as held:
        store(held, sheets())
        pipeline.view(held, now=NOW)
        yield held


@pytest.fixture
def beside(ledger: Ledger) -> Iterator[Beside]:
    with closing(Beside(ledger)) as held:
        yield held


def eventually(true: Callable[[], object]) -> bool:
    ends = time.monotonic() + LONG
    while time.monotonic() < ends:
        if true():
            return True
        time.sleep(0.05)
    return False


def tried(keeper: Keeper, asked: Judgement) -> Any:
    try:
        return keeper.decide(asked, NOW)
    except OnRecordError as refused:
        return type(refused), str(refused)


def some(keeper: Keeper, pick: random.Random) -> Judgement:
    """What a person may decide who looks at that, now and then without sense."""
    derived = keeper.view.derived
    rows = [*derived.incidents, *derived.plans]
    row, other = pick.choice(rows), pick.choice(rows)
    claim = pick.choice([claim.id for one in keeper.view.reads for claim in one.reading.claims])
    undone = [one.id for one in keeper.view.decisions] or ["nothing"]
    verdict, target, more = pick.choice(
        [
            ("confirm", row.id, {}),
            ("set", row.id, {"field": "killed", "value": str(pick.randrange(20))}),
            ("set", row.id, {"field": "killed", "value": "some"}),
            ("merge", row.id, {"into": other.id}),
            ("reject", claim, {}),
            ("undo", pick.choice(undone), {}),
            ("confirm", row.id, {"version": "0123456789ab"}),
        ]
    )
    return Judgement(verdict, target, "Ann Ode", key=f"{pick.random()}", **more)


def test_it_gives_what_one_process_gives(tmp_path: Path) -> None:
    """Decisions, refusals in the same words, views, and what may be the same incident."""
    with closing(opened(tmp_path, "mine")) as mine, closing(opened(tmp_path, "theirs")) as theirs:
        for one in (mine, theirs):
            store(one, sheets())
            pipeline.view(one, now=NOW)
        here = Here(theirs)
        here.look(NOW)
        with closing(Beside(mine)) as beside:
            pick, said = random.Random(4), set()
            for _ in range(40):
                asked = some(here, pick)
                answer = tried(here, asked)
                assert tried(beside, asked) == answer
                assert beside.view == here.view
                said.add(answer[0] if isinstance(answer, tuple) else asked.verdict)
            assert said >= {"confirm", "set", "merge", "reject", "undo", WrongUse, Conflict}
            for row in here.view.derived.incidents:
                assert beside.near(row.id, beside.view) == here.near(row.id, here.view)
            assert beside.near("in-gone", beside.view) == ()
            assert beside.near(row.id, here.view) is None, "of another view nothing is told"


def test_what_does_not_change_is_the_very_same(beside: Beside) -> None:
    before = beside.view
    row = before.derived.incidents[0]
    beside.decide(Judgement("confirm", row.id, "Ann Ode"), NOW)
    after = beside.view
    assert after.reads is before.reads
    assert after.derived.families is before.derived.families
    assert [one is other for one, other in zip(after.derived.incidents, before.derived.incidents, strict=True)] == [
        one.id != row.id for one in before.derived.incidents
    ]


def test_what_others_write_is_seen(ledger: Ledger, beside: Beside, tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as other:
        row = beside.view.derived.incidents[0]
        pipeline.decide(other, Judgement("set", row.id, "Bo Ek", field="killed", value="7"), NOW)
        assert eventually(lambda: beside.look(NOW) == pipeline.view(other, now=NOW))
        with pytest.raises(Conflict, match="has changed since it was shown"):
            beside.decide(Judgement("confirm", row.id, "Ann Ode", version="0123456789ab"), NOW)
        pipeline.decide(other, Judgement("confirm", row.id, "Bo Ek"), NOW)
        with pytest.raises(Conflict):
            beside.decide(Judgement("confirm", row.id, "Ann Ode", version="0123456789ab"), NOW)
        assert beside.view == pipeline.view(other, now=NOW), "who is refused is shown what is there now"
        store(other, [sheet(page(9, "Overnight " + FERRY + ".", day=11), [ferry])])
        beside.decide(Judgement("confirm", row.id, "Ann Ode"), NOW)
        assert beside.view == pipeline.view(other, now=NOW)
    assert beside.look(NOW) is beside.look(NOW)


def test_where_it_ends_another_is_begun_and_what_is_sent_again_is_kept_once(ledger: Ledger, beside: Beside) -> None:
    row = beside.view.derived.incidents[0]
    first = Judgement("set", row.id, "Ann Ode", field="killed", value="7", key="one")
    made = beside.decide(first, NOW)
    os.kill(beside._process.pid or 0, signal.SIGKILL)
    with pytest.raises(TryLater, match="is begun anew; send it again"):
        beside.decide(Judgement("confirm", row.id, "Ann Ode", key="two"), NOW)
    assert beside.view == pipeline.view(ledger, now=NOW)
    assert beside.decide(first, NOW).decision == made.decision
    beside.decide(Judgement("confirm", row.id, "Ann Ode", key="two"), NOW)
    assert [one.verdict for one in beside.view.decisions] == ["set", "confirm"]
    assert beside.view == pipeline.view(ledger, now=NOW)


@pytest.mark.slow
def test_killed_at_any_moment_it_loses_nothing_that_was_acknowledged(ledger: Ledger, beside: Beside) -> None:
    pick, acknowledged, again = random.Random(7), list[str](), 0
    row = beside.view.derived.incidents[0]
    for n in range(24):
        asked = Judgement("set", row.id, "Ann Ode", field="killed", value=str(n), key=f"k{n}")
        doomed = beside._process.pid or 0
        death = threading.Timer(pick.uniform(0, 0.08), lambda pid=doomed: os.kill(pid, signal.SIGKILL))
        if n % 3 == 0:
            death.start()
        for _ in range(4):
            try:
                acknowledged.append(beside.decide(asked, NOW).decision.id)
                break
            except TryLater:
                again += 1
        death.join() if n % 3 == 0 else None
    kept = [one.id for one in pipeline.view(ledger, now=NOW).decisions]
    assert kept == acknowledged
    assert len(kept) == 24
    assert again


# ---- as it is served


def children(pid: int) -> list[int]:
    found = []
    for one in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.append(int(one.name))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes as Linux lists them")
@pytest.mark.parametrize(
    "how", [signal.SIGINT, *(pytest.param(one, marks=pytest.mark.slow) for one in (signal.SIGTERM, signal.SIGKILL))]
)
def test_it_ends_with_the_one_that_serves(ledger: Ledger, how: signal.Signals) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "serve", "--ledger", ledger.place, "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert server.stdout is not None
    address = next(iter(server.stdout)).strip()
    assert re.match("http://127", address)
    ids = [one.id for one in pipeline.view(ledger).derived.incidents]
    sent = {"verdict": "confirm", "target": ids[0], "next": "/log"}
    made = httpx.post(f"{address}decide", data=sent, headers={"Sec-Fetch-Site": "same-origin"}, timeout=LONG)
    assert made.status_code == 303
    assert len(httpx.get(f"{address}api/v1/decisions").json()["data"]) == 1
    beside = children(server.pid)
    assert beside
    if how == signal.SIGINT:
        # As Ctrl-C in a terminal: to all of them
        os.killpg(server.pid, how)
    else:
        os.kill(server.pid, how)
    _, said = server.communicate(timeout=LONG)
    assert "Traceback" not in said
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in beside))
    with closing(open_ledger(ledger.place)) as held:
        assert len(pipeline.view(held).decisions) == 1
        assert all(one.remark for one in pipeline.verify(held))
