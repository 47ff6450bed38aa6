"""`python -m evaluation.clusters [--stories N] [--few N]`: what Spark costs beside the runner of one machine, and what a second machine brings.

Stories of `evaluation.generator` in one file of JSON Lines, from the file to the last reading, without a ledger: by the local
runner on two processes, by Spark as `local[2]`, and by standalone clusters of one and of two workers with a core each, all on this
machine. Starting Spark is a part of it. Figures of two workers are of two free cores at best: that of the machine is printed.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evaluation import generator
from evaluation.cluster import Cluster
from onrecord.engines import Engine, Local
from onrecord.engines.spark import Spark, SparkOptions
from onrecord.records import Intake, Reading
from onrecord.settings import ReadOptions

Run = tuple[str, int, float]
"""What ran, over how many stories, seconds from the file to the last reading."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 1 where two runs read otherwise."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.clusters", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--stories", type=int, default=20_000, help="for the local runner and Spark on this machine")
    parser.add_argument("--few", type=int, default=4_000, help="for one and two workers")
    parser.add_argument("--words", type=int, default=0, help="cut each text to so many words; 0 leaves it whole")
    parser.add_argument("--only", choices=("runners", "workers"), help="half of it")
    asked = parser.parse_args(arguments)
    runs: list[Run] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.only != "workers":
            file = _written(folder / "many.jsonl", asked.stories, asked.words)
            runs.append(_timed("local runner, 2 processes", file, asked.stories, lambda: nullcontext(Local(2))))
            runs.append(_timed("Spark local[2]", file, asked.stories, lambda: nullcontext(_spark("local[2]"))))
        if asked.only != "runners":
            file = _written(folder / "few.jsonl", asked.few, asked.words)
            for workers in (1, 2):
                own = folder / f"cluster-{workers}"
                own.mkdir()
                runs.append(_timed(f"Spark, {workers} workers of 1 core", file, asked.few, _on_cluster(own, workers)))
    shown = Table("run", "stories", "seconds", "stories/s", "against the one before", box=None)
    for number, (what, stories, took) in enumerate(runs):
        before = runs[number - 1][2] / took if number and runs[number - 1][1] == stories else None
        shown.add_row(
            what,
            f"{stories:,}",
            f"{took:.1f}",
            f"{stories / took:.1f}",
            f"{before:.2f} x as fast" if before else "",
        )
    Console().print(shown)
    print(f"cores of this machine: {os.cpu_count()}; load while it ended: {os.getloadavg()[0]:.1f}")
    return 0


def _written(path: Path, count: int, words: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for one in generator.told(count):
            row = generator.row(one)
            if words:
                row["text"] = " ".join(row["text"].split()[:words])
            file.write(json.dumps(row) + "\n")
    return path


def _spark(master: str, work: str = "") -> Spark:
    return Spark(SparkOptions(master, work, _watched))


def _watched(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{what}: {done} of {of} tasks   ", end="", file=sys.stderr)


def _on_cluster(folder: Path, workers: int) -> Callable[[], AbstractContextManager[Engine]]:
    class Running(AbstractContextManager[Engine]):
        def __enter__(self) -> Engine:
            self._cluster = Cluster(folder).running(workers)
            return _spark(self._cluster.__enter__().master, str(folder))

        def __exit__(self, *error: object) -> None:
            self._cluster.__exit__(None, None, None)

    return Running


def _timed(what: str, file: Path, stories: int, engine: Callable[[], AbstractContextManager[Engine]]) -> Run:
    with engine() as made, made as running:
        began = time.perf_counter()
        found = sum(isinstance(outcome, Reading) for outcome in _outcomes(running, file))
        ended = time.perf_counter()
    assert found == stories, f"{what}: {found} of {stories} were read"
    print(f"{what}: {stories / (ended - began):.1f} stories/s", file=sys.stderr)
    return what, stories, ended - began


def _outcomes(engine: Engine, file: Path) -> Iterator[object]:
    offered = engine.gather([str(file)], ReadOptions(), None, lambda _: ())
    told = (item.story for item in offered if isinstance(item, Intake) and item.story is not None)
    for _, outcome in engine.read(told):
        yield outcome


if __name__ == "__main__":
    raise SystemExit(main())
