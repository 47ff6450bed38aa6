"""`python -m evaluation.stages STAGE STORIES`: one stage at one size, in this process, measured; prints a JSON object a line.

What is measured is the stage alone: making the generated stories, loading what reads, and opening a ledger are left out of the time. The peak of
memory is the process's, with all that the stage needed to be given; of `group` that is one story at a time.
"""

import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from multiprocessing import active_children
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import psycopg
from psycopg import sql

from evaluation import generator
from evaluation.generator import Told
from evaluation.rows import Row
from onrecord import families, incidents
from onrecord.engines import Local, reader_name
from onrecord.exports import files
from onrecord.families import copies
from onrecord.families.fingerprint import PERMUTATIONS
from onrecord.ledger import open_ledger, read, write
from onrecord.pipeline import deriving, viewing
from onrecord.records import Intake, Read, Story

_MORE, _AT_ONCE, _WARM, _WORKERS = 41, 500, 64, 2
_NOW = datetime(2031, 1, 1, tzinfo=UTC)
Part = tuple[str, float, float]
"""What was done, and the seconds that it took: by the clock, and of computing."""


def main() -> int:
    """Prints a line for each part of the stage."""
    stage, size = sys.argv[1], int(sys.argv[2])
    rows: list[Row] = []
    for name, wall, cpu in STAGES[stage](size):
        peak = round(_peak() / 2**30, 3)
        rows.append({"part": name, "wall": round(wall, 4), "cpu": round(cpu, 4), "peak_gb": peak})
    print(*map(json.dumps, rows), sep="\n")
    return 0


# ---- the clock


def computed() -> float:
    """Seconds of computing so far, those of this process's children among them."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_computed, _children()))


def _children() -> list[int]:
    return [child.pid for child in active_children() if child.pid is not None]


def _computed(process: int) -> float:
    """Seconds of computing of a child that still runs; 0 on a system that does not tell."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak() -> int:
    """Bytes at the highest, those of children that still run among them."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    for process in _children():
        try:
            lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        held += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
    return held


class _Clock:
    """Adds up what is done between `with` and its end, without what `outside` wraps."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    @contextmanager
    def running(self, sign: int = 1) -> Iterator[None]:
        wall, cpu = time.perf_counter(), computed()
        yield
        self.wall += sign * (time.perf_counter() - wall)
        self.cpu += sign * (computed() - cpu)

    def outside(self, made: Iterable[Told]) -> Iterator[Told]:
        """The same stories; the time in which they are made does not count."""
        source = iter(made)
        while True:
            with self.running(-1):
                some = list(islice(source, _AT_ONCE))
            if not some:
                return
            yield from some

    def part(self, name: str) -> Part:
        """What was added up, under a name."""
        return name, self.wall, self.cpu


def _timed(name: str, do: Callable[[], object]) -> Part:
    clock = _Clock()
    with clock.running():
        do()
    return clock.part(name)


# ---- the stages


def _read(size: int) -> Iterator[Part]:
    """Reading, from text, by two workers that are loaded already."""
    stories = [story_of(one) for one in generator.told(size + _WARM)]
    with Local(_WORKERS) as engine:
        for _ in engine.read(stories[size:]):
            pass
        yield _timed("read", lambda: sum(1 for _ in engine.read(stories[:size])))


def _group(size: int) -> Iterator[Part]:
    """Families of stories that come one by one and are not kept."""
    clock, grouping = _Clock(), families.Grouping()
    with clock.running():
        grouping.add(one.read for one in clock.outside(generator.told(size)))
    yield clock.part("group")


def _merge(size: int) -> Iterator[Part]:
    """Incidents with their rows and verdicts, of stories that are grouped already."""
    reads = [one.read for one in generator.told(size)]
    found = families.group(reads)
    whole = incidents.Families(found.families, found.derivations, found.mutations)
    yield _timed("merge", lambda: incidents.merge(reads, whole, profile="joint"))


def _load(size: int) -> Iterator[Part]:
    """What was read and derived, into a ledger: a file, and a server where ONRECORD_SERVER is the address of one."""
    told = list(generator.told(size))
    derived = deriving.derive([one.read for one in told], "joint")
    with tempfile.TemporaryDirectory(prefix="onrecord-scale-") as folder, _server() as server:
        for name, place in {"SQLite": str(Path(folder, "ledger.db")), **server}.items():
            ledger = open_ledger(place, create=True)
            stored, kept = _Clock(), _Clock()
            for at in range(0, size, _AT_ONCE):
                some = told[at : at + _AT_ONCE]
                items = [Intake(one.read.story.id, "ok", None, story_of(one)) for one in some]
                readings = [replace(one.read.reading, reader=reader_name()) for one in some]
                with stored.running():
                    write.store(ledger, items, readings, _NOW)
            with kept.running(), ledger.writing() as connection:
                write.replace_derived(connection, derived, *deriving.state_of(connection, "joint"))
            with ledger.reading() as connection:
                back = _timed(f"load: facts read back, {name}", lambda connection=connection: read.facts(connection))  # type: ignore[misc]
            ledger.close()
            yield stored.part(f"load: facts, {name}")
            yield kept.part(f"load: what is derived, {name}")
            yield back
            yield f"load, {name}", stored.wall + kept.wall, stored.cpu + kept.cpu


@contextmanager
def _server() -> Iterator[dict[str, str]]:
    """A fresh database on the server, which is dropped again; none where there is no server."""
    address, name = os.environ.get("ONRECORD_SERVER"), f"onrecord_scale_{os.getpid()}"
    if not address:
        yield {}
        return
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield {"PostgreSQL": urlunsplit(urlsplit(address)._replace(path=f"/{name}"))}
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _export(size: int) -> Iterator[Part]:
    reads = [one.read for one in generator.told(size)]
    view = viewing.arranged(reads, deriving.derive(reads, "joint"))
    del reads
    for form in ("csv", "acled"):
        yield _timed(f"export, {form}", lambda form=form: sum(len(data) for _, data in files.made(view, form)))  # type: ignore[misc]


def _copies(size: int) -> Iterator[Part]:
    """Near copies alone, from signatures."""
    signatures = np.empty((size, PERMUTATIONS + 1), dtype=np.uint32)
    for n, one in enumerate(generator.told(size)):
        signatures[n] = one.read.reading.signature
    values = np.ascontiguousarray(signatures[:, :PERMUTATIONS])
    del signatures
    yield _timed("near copies", lambda: copies.pairs(values))


def _late(size: int) -> Iterator[Part]:
    """One story more, of all times and in no order: what comes late changes more than what is the newest."""
    reads = [told.read for told in generator.told(size)]
    late = random.Random(size).sample(reads, _MORE)
    held = {one.story.id for one in late}
    before = [one for one in reads if one.story.id not in held]
    grouping, growing = families.Grouping(), incidents.Growing()
    came = grouping.add(before)
    yield _timed("which events are one", lambda: growing.change(before, came.derivations, came.mutations))
    of_families: list[Part] = []
    of_incidents: list[Part] = []
    for one in late:
        clock = _Clock()
        with clock.running():
            came = grouping.add([one])
        of_families.append(clock.part("families"))
        of_incidents.append(_timed("incidents", lambda came=came, one=one: _one_more(growing, one, came)))  # type: ignore[misc]
    for took in (of_families, of_incidents):
        # The first finds nothing prepared for more
        (name, *first), rest = took[0], took[1:]
        yield f"{name}: one story more, the first", first[0], first[1]
        yield f"{name}: one story more, mean", sum(p[1] for p in rest) / len(rest), sum(p[2] for p in rest) / len(rest)
        yield f"{name}: one story more, the slowest", max(p[1] for p in rest), max(p[2] for p in rest)


def _one_more(growing: incidents.Growing, read: Read, came: families.Added) -> None:
    changed = growing.change([read], came.derivations, came.mutations)
    desk = incidents.Desk(growing.told_in(changed.come), incidents.speakers([incidents.heard(read)]), "joint")
    for group in incidents.decided(growing.some(changed.come), ()).groups:
        desk.row(group)


STAGES: dict[str, Callable[[int], Iterator[Part]]] = {
    "read": _read,
    "copies": _copies,
    "group": _group,
    "merge": _merge,
    "load": _load,
    "export": _export,
    "late": _late,
}
"""Every stage. What each gives: the parts that it is made of, and under its own name the whole."""


def story_of(told: Told) -> Story:
    """A generated story as it would be captured."""
    head = told.read.story
    return Story(head.id, head.name, head.url, head.outlet, head.headline, None, head.published, "en", told.text)


if __name__ == "__main__":
    raise SystemExit(main())
