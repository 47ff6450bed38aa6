"""`python -m evaluation.coders [--coders N] [--each N] [--stories N]`: many coders who decide on one PostgreSQL ledger at once.

The stories are those of `evaluation.generator`, stored with their readings. Each coder has a connection of their own and decides by turns on an
incident of their own and on one on which all decide. Afterwards every decision has to be in the ledger, once, under its key; the log
has to follow; and what is derived has to be what a rebuild makes. Who is told to try again does, and is counted. Exit status 1 where anything is lost.
"""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

from rich.console import Console
from rich.table import Table

from evaluation import generator, places
from evaluation.loading import arrived
from onrecord import pipeline
from onrecord.errors import TryLater
from onrecord.ledger import Ledger, open_ledger, read, write
from onrecord.pipeline import Judgement

NOW = datetime(2031, 4, 1, tzinfo=UTC)
_TRIES = 20


@dataclass(slots=True)
class Seen:
    """What came of it. seconds: of each decision, with the waiting for a turn; again: how often somebody was told to try again; failed: what
    went wrong otherwise.
    """

    seconds: list[float] = field(default_factory=list)
    again: int = 0
    kept: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a table; exit status 1 where a decision was lost or the ledger is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.coders", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--coders", type=int, default=20, help="how many decide at once")
    parser.add_argument("--each", type=int, default=5, help="how many decisions each makes")
    parser.add_argument("--stories", type=int, default=2000, help="how many stories the ledger holds")
    asked = parser.parse_args(arguments)
    with places.server() as fresh:
        place = fresh()
        with closing(open_ledger(place, create=True)) as ledger:
            filled(ledger, asked.stories)
            begun = time.perf_counter()
            seen = at_once(place, asked.coders, asked.each)
            wall = time.perf_counter() - begun
            seen.failed += unsound(ledger, seen)
    times = sorted(seen.seconds) or [0.0]
    shown = Table("coders", "stories", "decisions", "a second", "p50 s", "p95 s", "tried again", box=None)
    shown.add_row(str(asked.coders), f"{asked.stories:,}", str(len(seen.kept)), f"{len(seen.kept) / wall:.1f}", f"{median(times):.2f}",
                  f"{times[int(0.95 * len(times))]:.2f}", str(seen.again))  # fmt: skip
    Console().print(shown)
    for one in seen.failed:
        print(one, file=sys.stderr)
    return 1 if seen.failed or len(seen.kept) != asked.coders * asked.each else 0


def filled(ledger: Ledger, stories: int) -> None:
    """Stores the stories, and derives what follows."""
    items, readings = zip(*map(arrived, generator.told(stories)), strict=True)
    write.store(ledger, items, readings, NOW)
    pipeline.view(ledger, now=NOW)


def at_once(place: str, coders: int, each: int) -> Seen:
    """Lets so many decide at once, each so often."""
    with closing(open_ledger(place)) as ledger:
        ids = [one.id for one in pipeline.view(ledger, now=NOW).derived.incidents]
    seen, noting, ready = Seen(), threading.Lock(), threading.Barrier(coders)

    def code(number: int) -> None:
        try:
            with closing(open_ledger(place)) as ledger:
                ready.wait(60)
                for n in range(each):
                    target = ids[0] if n % 2 else ids[1 + (number * each + n) % (len(ids) - 1)]
                    asked = Judgement("confirm", target, f"coder {number}", key=f"{number}/{n}")
                    begun = time.perf_counter()
                    decision, again = _decided(ledger, asked, NOW + timedelta(minutes=n))
                    with noting:
                        seen.seconds.append(time.perf_counter() - begun)
                        seen.again += again
                        seen.kept.add(decision)
        except Exception as error:
            with noting:
                seen.failed.append(f"coder {number}: {error!r}")

    threads = [threading.Thread(target=code, args=(number,)) for number in range(coders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _decided(ledger: Ledger, asked: Judgement, now: datetime) -> tuple[str, int]:
    """The id of the decision, and how often it had to be tried again."""
    for again in range(_TRIES):
        try:
            return pipeline.decide(ledger, asked, now).decision.id, again
        except TryLater:
            if again == _TRIES - 1:
                raise
    raise AssertionError


def unsound(ledger: Ledger, seen: Seen) -> list[str]:
    """What is not as it should be: decisions that are lost, a log that does not follow, derived rows that are not what a rebuild makes."""
    found = [str(one) for one in pipeline.verify(ledger) if not one.remark]
    with ledger.reading() as connection:
        held = {one.id for one in read.decisions(connection)}
    if held != seen.kept:
        found.append(f"{len(seen.kept - held)} decisions are lost, {len(held - seen.kept)} came from nowhere")
    before = pipeline.content(pipeline.view(ledger, now=NOW))
    pipeline.rebuild(ledger, "joint", NOW)
    if pipeline.content(pipeline.view(ledger, now=NOW)) != before:
        found.append("what is derived is not what a rebuild makes")
    return found


if __name__ == "__main__":
    raise SystemExit(main())
