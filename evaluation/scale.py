"""`python -m evaluation.scale [--stories N ...] [--copies N ...]`: how long grouping and merging take, and how it grows.

The stories are those of `evaluation.generator`, with their readings: nothing is read. Each size is run in a process of its own,
so that its peak of memory is its own; the stories themselves are in it. copies: near copies alone, from signatures.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from math import log

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation import generator
from onrecord import families, incidents
from onrecord.families import copies
from onrecord.families.fingerprint import PERMUTATIONS

SIZES = (1_000, 10_000, 100_000)
_MORE, _FEWEST = 41, 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 1 where a run failed, by memory for one."""
    parser = argparse.ArgumentParser(prog="python -m evaluation.scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stories", type=int, nargs="*", default=SIZES, help="how many stories are grouped and merged")
    parser.add_argument("--copies", type=int, nargs="*", default=(100_000,), help="of how many near copies are found")
    parser.add_argument("--run", nargs=2, metavar=("STAGE", "N"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if min((*asked.stories, *asked.copies), default=_FEWEST) < _FEWEST:
        parser.error(f"fewer than {_FEWEST} stories tell nothing of how time grows")
    if asked.run is not None:
        print(*_measured(asked.run[0], int(asked.run[1])), sep="\n")
        return 0
    shown = Table("stage", "stories", "seconds", "peak GB", "slope", box=None)
    for stage, sizes in (("copies", asked.copies), ("derive", asked.stories)):
        seen: dict[str, list[tuple[int, float]]] = {}
        for size in sizes:
            command = [sys.executable, "-m", "evaluation.scale", "--run", stage, str(size)]
            with Console(stderr=True).status(f"{stage} of {size:,} stories"):
                run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if run.returncode:
                print(f"{stage} of {size}: ended with {run.returncode}", file=sys.stderr)
                return 1
            for line in run.stdout.splitlines():
                name, seconds, peak = line.split("\t")
                seen.setdefault(name, []).append((size, float(seconds)))
                shown.add_row(name, f"{size:,}", f"{float(seconds):.2f}", peak, _slope(seen[name]))
    Console().print(shown)
    return 0


def _slope(seen: Sequence[tuple[int, float]]) -> str:
    """How the time grows from one size to the next: 1 in line with the number of stories, 2 with its square."""
    if len(seen) < 2 or min(seconds for _, seconds in seen[-2:]) <= 0:
        return ""
    (size, seconds), (larger, longer) = seen[-2:]
    return f"{log(longer / seconds) / log(larger / size):.2f}"


def _measured(stage: str, size: int) -> list[str]:
    if stage == "copies":
        signatures = np.empty((size, PERMUTATIONS + 1), dtype=np.uint32)
        for n, one in enumerate(generator.told(size)):
            signatures[n] = one.read.reading.signature
        values = np.ascontiguousarray(signatures[:, :PERMUTATIONS])
        del signatures
        began = time.perf_counter()
        found, _, _ = copies.pairs(values)
        return [_line(f"near copies ({len(found):,} pairs)", began)]
    reads = [one.read for one in generator.told(size)]
    # Of all times, and in no order: what comes late changes more than what is the newest
    late = random.Random(size).sample(reads, _MORE)
    held = {read.story.id for read in late}
    grouping, growing = families.Grouping(), incidents.Growing()
    began = time.perf_counter()
    came = grouping.add([read for read in reads if read.story.id not in held])
    lines = [_line("families", began)]
    began = time.perf_counter()
    growing.change([read for read in reads if read.story.id not in held], came.derivations, came.mutations)
    lines.append(_line("incidents: which events are one", began))
    families_took, incidents_took = [], []
    for read in late:
        began = time.perf_counter()
        came = grouping.add([read])
        families_took.append(time.perf_counter() - began)
        began = time.perf_counter()
        changed = growing.change([read], came.derivations, came.mutations)
        desk = incidents.Desk(growing.told_in(changed.come), incidents.speakers([incidents.heard(read)]), "joint")
        _ = [desk.row(group) for group in incidents.decided(growing.some(changed.come), ()).groups]
        incidents_took.append(time.perf_counter() - began)
    for what, took in (("families", families_took), ("incidents", incidents_took)):
        # The first finds nothing prepared for more
        lines.append(_row(f"{what}: one story more, the first", took[0]))
        lines.append(_row(f"{what}: one story more, mean", sum(took[1:]) / len(took[1:])))
        lines.append(_row(f"{what}: one story more, the slowest", max(took[1:])))
    del growing
    grouped = grouping.grouped()
    began = time.perf_counter()
    incidents.merge(
        reads, incidents.Families(grouped.families, grouped.derivations, grouped.mutations), profile="joint"
    )
    return [*lines, _line("incidents, with rows and verdicts", began)]


def _line(name: str, began: float) -> str:
    return _row(name, time.perf_counter() - began)


def _row(name: str, seconds: float) -> str:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"{name}\t{seconds:.3f}\t{peak:.2f}"


if __name__ == "__main__":
    raise SystemExit(main())
