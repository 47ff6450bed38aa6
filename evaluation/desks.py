"""`python -m evaluation.desks [--stories N] [--readers N] [--coders N] [--seconds N]`: how quick the desk is with many people at it.

A ledger of generated stories is served by a process of its own on this machine. Readers open a page every second or so, as people who leaf through it
do; coders open an incident, look at it for five seconds or so, decide, and open the next, all of them among the same few, so that there are conflicts. Prints how
long pages and decisions took (median, 95th of a hundred, longest), whether every acknowledged decision is in the log and no other,
and how much memory the server holds before and after. Exit status 1 where a decision was lost or a page is slower than asked for.
"""

import argparse
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from evaluation import generator
from onrecord import pipeline
from onrecord.engines import reader_name
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.records import Intake, Story

ASKED = {"list": 0.150, "incident": 0.150, "story": 0.250}
"""Seconds within which 95 of a hundred pages have to be there."""
_AT_ONCE = 500
_PAUSE = 1.0
_LOOK = 5.0
_HEADERS = {"Sec-Fetch-Site": "same-origin"}
_LISTS = ("/", "/incidents", "/incidents?kind=drone_strike", "/stories", "/tallies", "/families", "/sources", "/log")


@dataclass
class Seen:
    """What happened. times: seconds of each sort of page; kept: ids of acknowledged decisions; conflicts: how many were refused because
    somebody had been quicker; failed: answers that should not have come.
    """

    times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    kept: list[str] = field(default_factory=list)
    conflicts: int = 0
    failed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, sort: str, seconds: float) -> None:
        """Adds a time."""
        with self.lock:
            self.times[sort].append(seconds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.desks", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--coders", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--requests", type=int, default=10_000, help="how many more follow, to see whether memory grows"
    )
    parser.add_argument("--ledger", type=Path, help="a ledger made before, to be copied; else one is made")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "bench.db"
        if asked.ledger is not None:
            place.write_bytes(asked.ledger.read_bytes())
        else:
            with Console(stderr=True).status(f"a ledger of {asked.stories:,} stories"):
                fill(place, asked.stories)
        return _measured(place, asked)


def fill(place: Path, stories: int) -> None:
    """Makes a ledger of generated stories."""
    ledger = open_ledger(str(place), create=True)
    now = datetime.now(UTC)
    waiting: list[generator.Told] = []
    for told in generator.told(stories):
        waiting.append(told)
        if len(waiting) == _AT_ONCE:
            _store(ledger, waiting, now)
            waiting = []
    _store(ledger, waiting, now)
    pipeline.rebuild(ledger, "joint", now)
    ledger.close()


def _store(ledger: Ledger, stories: Sequence[generator.Told], now: datetime) -> None:
    items = [Intake(one.read.story.id, "ok", None, _story(one)) for one in stories]
    write.store(ledger, items, [replace(one.read.reading, reader=reader_name()) for one in stories], now)


def _story(told: generator.Told) -> Story:
    head = told.read.story
    return Story(head.id, head.name, head.url, head.outlet, head.headline, None, head.published, "en", told.text)


def _measured(place: Path, asked: argparse.Namespace) -> int:
    ledger = open_ledger(str(place))
    view = pipeline.view(ledger)
    incidents = [one.id for one in view.derived.incidents]
    stories = [read.story.id for read in view.reads]
    ledger.close()
    server = subprocess.Popen(
        [sys.executable, "-m", "onrecord", "serve", "--ledger", str(place), "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        address = _address(server)
        seen, memory = _worked(address, server.pid, incidents, stories, asked)
    finally:
        server.terminate()
        server.wait(60)
    ledger = open_ledger(str(place))
    logged = {decision.id for decision in pipeline.view(ledger).decisions}
    ledger.close()
    return _told(seen, memory, logged, asked)


def _address(server: subprocess.Popen[str]) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found.group()
    raise SystemExit("the desk did not start")


def _worked(
    address: str, pid: int, incidents: Sequence[str], stories: Sequence[str], asked: argparse.Namespace
) -> tuple[Seen, list[float]]:
    seen = Seen()
    _warm(address)
    memory = [_memory(pid)]
    ends = time.monotonic() + asked.seconds
    people = [
        threading.Thread(target=_read, args=(address, seen, ends, incidents, stories, n)) for n in range(asked.readers)
    ]
    people += [threading.Thread(target=_code, args=(address, seen, ends, incidents, n)) for n in range(asked.coders)]
    with Console(stderr=True).status(f"{asked.readers} readers and {asked.coders} coders for {asked.seconds:.0f} s"):
        for one in people:
            one.start()
        for one in people:
            one.join()
    memory.append(_memory(pid))
    with Console(stderr=True).status(f"{asked.requests:,} more requests"):
        for part in range(2):
            _more(address, incidents, stories, asked.requests // 2, part)
            memory.append(_memory(pid))
    return seen, memory


def _warm(address: str) -> None:
    """Waits until what a desk does once, when it is opened, is done."""
    for path in (*_LISTS, "/search?q=drone", "/timeline.json"):
        while httpx.get(f"{address}{path}", timeout=600).status_code == httpx.codes.SERVICE_UNAVAILABLE:
            time.sleep(1)
    # Whoever decides first waits until the ledger is laid out for that
    httpx.post(f"{address}/decide", data={"verdict": "confirm", "target": "nothing"}, headers=_HEADERS, timeout=600)


def _read(address: str, seen: Seen, ends: float, incidents: Sequence[str], stories: Sequence[str], seed: int) -> None:
    chance = random.Random(seed)
    with httpx.Client(base_url=address, timeout=60) as client:
        while time.monotonic() < ends:
            sort, path = _page(chance, incidents, stories)
            began = time.perf_counter()
            answer = client.get(path)
            seen.note(sort, time.perf_counter() - began)
            if answer.status_code not in (200, 303, 404):
                seen.failed.append(f"{path}: {answer.status_code}")
            time.sleep(chance.uniform(0.5, 1.5) * _PAUSE)


def _page(chance: random.Random, incidents: Sequence[str], stories: Sequence[str]) -> tuple[str, str]:
    sort = chance.choice(("list", "list", "incident", "story"))
    if sort == "list":
        return sort, chance.choice(_LISTS)
    return (
        sort,
        f"/incidents/{chance.choice(incidents)}" if sort == "incident" else f"/stories/{chance.choice(stories)}",
    )


def _code(address: str, seen: Seen, ends: float, incidents: Sequence[str], seed: int) -> None:
    """Opens an incident, looks at it, decides. All coders keep to the same few, so that they meet."""
    chance = random.Random(1000 + seed)
    with httpx.Client(base_url=address, timeout=60, headers=_HEADERS) as client:
        while time.monotonic() < ends:
            id_ = chance.choice(incidents[:100])
            answer = client.get(f"/incidents/{id_}", follow_redirects=True)
            version = re.search(r'name="version" value="(\w+)"', answer.text)
            time.sleep(chance.uniform(0.5, 1.5) * _LOOK)
            if version is None:
                continue
            values = {"verdict": "set", "field": "killed", "value": str(chance.randrange(20)), "target": id_}
            if chance.random() < 0.5:
                values = {"verdict": "confirm", "target": id_}
            key = f"{seed}-{chance.random()}"
            began = time.perf_counter()
            made = client.post("/decide", data={**values, "version": version.group(1), "key": key, "next": "/log"})
            seen.note("decision", time.perf_counter() - began)
            with seen.lock:
                if made.status_code == 303:
                    seen.kept.append(made.headers["location"].rpartition("done=")[2])
                elif made.status_code == 409:
                    seen.conflicts += 1
                else:
                    seen.failed.append(f"decide: {made.status_code}")


def _more(address: str, incidents: Sequence[str], stories: Sequence[str], count: int, seed: int) -> None:
    chance = random.Random(77 + seed)
    with httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(count):
            client.get(_page(chance, incidents, stories)[1])


def _memory(pid: int) -> float:
    """MB that a process holds."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found.group(1)) / 1024 if found else 0.0


def _told(seen: Seen, memory: Sequence[float], logged: set[str], asked: argparse.Namespace) -> int:
    table = Table("what", "how many", "median ms", "p95 ms", "longest ms", "asked for", box=None)
    slow = []
    for sort, times in sorted(seen.times.items()):
        ordered = sorted(times)
        p95 = ordered[int(0.95 * (len(ordered) - 1))]
        limit = ASKED.get(sort)
        slow += [sort] if limit is not None and p95 > limit else []
        figures = (ordered[len(ordered) // 2], p95, ordered[-1])
        table.add_row(
            sort, str(len(times)), *(f"{1000 * n:.0f}" for n in figures), f"{1000 * limit:.0f}" if limit else ""
        )
    Console().print(table)
    lost = [one for one in seen.kept if one not in logged]
    print(
        f"decisions: {len(seen.kept)} acknowledged, {len(logged)} in the log, {len(lost)} lost, {seen.conflicts} conflicts"
    )
    print(
        f"memory: {', '.join(f'{n:.0f}' for n in memory)} MB: at first, after people, after {asked.requests // 2} more, and again"
    )
    for line in seen.failed[:10]:
        print(f"failed: {line}")
    return 1 if lost or slow or seen.failed or len(set(seen.kept)) != len(logged) else 0


if __name__ == "__main__":
    sys.exit(main())
