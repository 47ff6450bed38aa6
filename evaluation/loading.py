"""`python -m evaluation.loading [--claims N] [--stories N]`: how fast a ledger takes in what was read, and how fast it is searched.

The readings are those of `evaluation.generator`, given out under other ids as often as it takes: nothing is read. Claims are loaded into
PostgreSQL by COPY, first into parts without an index of words, which is made behind, and then as they come from day to day, into parts with
one; then words are searched for. Stories go into a ledger in batches as `onrecord add` stores them, and in one. Floor: 20,000 claims a second;
goal: 50,000. A server is started in a folder that is thrown away; it does not wait for the disk.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation import generator, places
from onrecord.exports import searching
from onrecord.ledger import Ledger, bulk, chain, claims, open_ledger, schema, write
from onrecord.records import Capture, Intake, Reading, Story

NOW = datetime(2031, 4, 1, tzinfo=UTC)
FLOOR, GOAL = 20_000, 50_000
_AT_ONCE = 50_000
_ROUNDS = 20
"""How often a question is put."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; exit status 1 where claims load slower than the floor."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.loading", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--claims", type=int, default=500_000, help="how many claims are loaded and searched")
    parser.add_argument("--stories", type=int, default=10_000, help="how many stories are stored")
    asked = parser.parse_args(arguments)
    shown = Table("what", "on", "rows", "seconds", "a second", box=None)
    asking = Table("question", "on", "hits shown", "p50 ms", "p95 ms", box=None)
    with places.server() as fresh, TemporaryDirectory() as folder:
        campaign = list(generator.told(asked.stories))
        for batch in (64, asked.stories):
            for name, place in (("SQLite", str(Path(folder) / f"{batch}.db")), ("PostgreSQL", fresh())):
                _add(shown, f"stories, {batch:,} at a time", name, asked.stories, _stored(place, campaign, batch))
        begun = time.perf_counter()
        rows = list(islice(_claims(campaign), asked.claims))
        _add(shown, "rows of claims made", "Python", len(rows), time.perf_counter() - begun)
        with closing(open_ledger(fresh(), create=True)) as ledger:
            loaded, indexed = _loaded(ledger, rows)
            _add(shown, "claims by COPY", "PostgreSQL", len(rows), loaded)
            _add(shown, "... with the index made behind", "PostgreSQL", len(rows), loaded + indexed)
            _ask(ledger, rows, asking, "PostgreSQL")
        for name, place in (("PostgreSQL", fresh()), ("SQLite", str(Path(folder) / "claims.db"))):
            with closing(open_ledger(place, create=True)) as ledger:
                _add(shown, f"claims into the index, {_AT_ONCE:,} at a time", name, len(rows), _grown(ledger, rows))
                if name == "SQLite":
                    _ask(ledger, rows, asking, name)
    Console().print(shown, "", asking)
    if len(rows) / loaded < FLOOR:
        print(f"fewer than {FLOOR:,} claims a second", file=sys.stderr)
        return 1
    return 0


def _add(shown: Table, what: str, where: str, rows: int, seconds: float) -> None:
    shown.add_row(what, where, f"{rows:,}", f"{seconds:.2f}", f"{rows / seconds:,.0f}")


def arrived(told: generator.Told) -> tuple[Intake, Reading]:
    """A story of the generator's as an input that was read."""
    head, body = told.read.story, told.text.encode()
    story = Story(head.id, head.name, head.url, head.outlet, head.headline, None, head.published, "en", told.text)
    capture = Capture(hashlib.sha256(body).hexdigest(), head.id, "text/plain", body)
    return Intake(f"{head.id}.txt", "ok", capture, story, ()), told.read.reading


def _stored(place: str, campaign: Sequence[generator.Told], batch: int) -> float:
    items, readings = zip(*map(arrived, campaign), strict=True)
    with closing(open_ledger(place, create=True)) as ledger:
        begun = time.perf_counter()
        for start in range(0, len(items), batch):
            write.store(ledger, items[start : start + batch], readings[start : start + batch], NOW)
        seconds = time.perf_counter() - begun
        with ledger.reading() as connection:
            if chain.head(connection)[0] != 2 * len(items):
                raise RuntimeError("not everything was stored")
    return seconds


def _claims(campaign: Sequence[generator.Told]) -> Iterator[dict[str, Any]]:
    """Rows of claims without an end: the same readings under other numbers, and of other stories."""
    for seq in count(1):
        told = campaign[(seq - 1) % len(campaign)].read
        published, id_ = told.story.published.start, f"{told.story.id}-{seq}"
        reading = replace(told.reading, story=id_)
        yield from claims.rows_of([(seq, reading)], {id_: (published, told.story.outlet)})


def _loaded(ledger: Ledger, rows: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """All at once into an empty ledger, as whoever owns it can: the seconds of the rows, and of the index."""
    with ledger.writing() as connection:
        begun = time.perf_counter()
        with claims.indexed_behind(connection):
            claims.put(connection, rows, 0)
            copied = time.perf_counter()
        return copied - begun, time.perf_counter() - copied


def _grown(ledger: Ledger, rows: Sequence[dict[str, Any]]) -> float:
    begun = time.perf_counter()
    for start in range(0, len(rows), _AT_ONCE):
        with ledger.writing() as connection:
            claims.put(connection, rows[start : start + _AT_ONCE], 0)
    return time.perf_counter() - begun


def _ask(ledger: Ledger, rows: Sequence[dict[str, Any]], shown: Table, name: str) -> None:
    """Puts each question some times. The claims get stories and readings first: only of current ones is anything found."""
    told = {row["story"]: row for row in rows}
    plain = {"headline": "", "published_precision": "", "published_basis": "", "text": "", "furniture": "[]"}
    with ledger.writing() as connection:
        bulk.put(connection, schema.story, [{"id": id_, "outlet": row["outlet"], **plain} for id_, row in told.items()])
        made = [{"seq": row["reading"], "story": id_, "reader": "", "body": "", "at": NOW} for id_, row in told.items()]
        bulk.put(connection, schema.reading, made)
        bulk.put(connection, schema.current, [{"story": id_, "reading": row["reading"]} for id_, row in told.items()])
    with ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    town = rows[0]["folded"].split(" at ")[-1].split()[0]
    for what, question in (("a town", town), ("in all but every story", "killing"), ("two words", f"killing {town}"),
                           ("a phrase", '"people were killed"'), ("a beginning", f"{town[:3]}*"), ("no claim has it", "zeppelin")):  # fmt: skip
        times = []
        for _ in range(_ROUNDS):
            begun = time.perf_counter()
            hits = searching.search(ledger, searching.Asked(question))
            times.append(1000 * (time.perf_counter() - begun))
        times.sort()
        shown.add_row(what, name, str(len(hits)), f"{median(times):.1f}", f"{times[int(0.95 * len(times))]:.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
