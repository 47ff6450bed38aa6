"""`python -m evaluation.scale [--stories N ...] [--read N ...] [--only STAGE ...]`: what each stage costs, and how that grows.

The stories are those of `evaluation.generator`: sentences from templates, 23 to 79 words a story. Reading takes their texts, all other stages
start from the readings that the generator gives with them. Each stage at each size runs in a process of its own (`evaluation.stages`), so that
its peak of memory is its own, and is written to a file of JSON Lines once it ended: a run that was broken off goes on where it stopped.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from math import log
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from evaluation.rows import Row
from evaluation.stages import STAGES

OUT = Path("out", "scale.jsonl")
READ, SIZES, LATE = (1_000, 5_000), (1_000, 10_000, 100_000), (100_000,)
_FEWEST = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 1 where a run failed, by memory for one."""
    asked = _asked(arguments)
    if asked.anew:
        asked.out.unlink(missing_ok=True)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    todo = _wanted(asked)
    failed = list(_run(left(todo, held(asked.out)), asked.out))
    Console().print(table([row for row in held(asked.out) if (row["stage"], row["stories"]) in todo]))
    for said in failed:
        print(said, file=sys.stderr)
    return 1 if failed else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.scale", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--read", type=int, nargs="*", default=READ, help="how many stories are read")
    parser.add_argument("--stories", type=int, nargs="*", default=SIZES, help="how many the other stages are given")
    parser.add_argument("--late", type=int, nargs="*", default=LATE, help="to how many one more is added; near copies")
    parser.add_argument("--only", nargs="*", choices=STAGES, default=[*STAGES], help="which stages")
    parser.add_argument("--out", type=Path, default=OUT, help="the file of what was measured")
    parser.add_argument("--anew", action="store_true", help="measure again what the file holds")
    asked = parser.parse_args(arguments)
    if min((*asked.read, *asked.stories, *asked.late), default=_FEWEST) < _FEWEST:
        parser.error(f"fewer than {_FEWEST} stories tell nothing of how time grows")
    return asked


def _wanted(asked: argparse.Namespace) -> list[tuple[str, int]]:
    sizes = {"read": asked.read, "copies": asked.late, "late": asked.late}
    return [(stage, size) for stage in asked.only for size in sizes.get(stage, asked.stories)]


def held(path: Path) -> list[Row]:
    """What was measured so far. A last line that was torn off is none."""
    if not path.exists():
        return []
    rows: list[Row] = []
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            rows.append(json.loads(line))
    return rows


def left(todo: Iterable[tuple[str, int]], rows: Iterable[Row]) -> list[tuple[str, int]]:
    """The runs that are not measured yet, each once, in their order. A run of which not all lines were written is done again."""
    done = {(row["stage"], row["stories"]) for row in rows if row["last"]}
    return [one for one in dict.fromkeys(todo) if one not in done]


def _run(todo: Sequence[tuple[str, int]], out: Path) -> Iterator[str]:
    """Measures, and writes down what each run gave. Yields what went wrong."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=len(todo))
        for stage, size in todo:
            progress.update(task, description=f"{stage} of {size:,} stories")
            command = [sys.executable, "-m", "evaluation.stages", stage, str(size)]
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if run.returncode:
                yield f"{stage} of {size:,}: ended with {run.returncode}"
            else:
                _keep([json.loads(line) for line in run.stdout.splitlines()], stage, size, out)
            progress.advance(task)


def _keep(rows: Sequence[Row], stage: str, size: int, out: Path) -> None:
    whole = [{"stage": stage, "stories": size, **row, "last": row is rows[-1]} for row in rows]
    before = out.read_text(encoding="utf-8") if out.exists() else ""
    if before and not before.endswith("\n"):
        # What was torn off must not run on into the next line
        out.write_text(before[: before.rfind("\n") + 1], encoding="utf-8")
    with out.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in whole)


# ---- how it grows


def curves(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """What was measured of each part, in the order of the stages, by the number of stories. Of what was measured several times, the quickest: whatever else
    the machine does can only add to it.
    """
    best: dict[tuple[str, int], Row] = {}
    for row in rows:
        key = (row["part"], row["stories"])
        if key not in best or row["cpu"] < best[key]["cpu"]:
            best[key] = row
    stages = list(STAGES)
    found: dict[str, list[Row]] = {}
    for row in sorted(best.values(), key=lambda row: (stages.index(row["stage"]), row["stories"])):
        found.setdefault(row["part"], []).append(row)
    return found


def slope(first: tuple[int, float], last: tuple[int, float]) -> float | None:
    """How time grows from one number of stories, with its seconds, to another: 1 in line with the number, 2 with its square. None where
    that cannot be told.
    """
    (size, seconds), (larger, longer) = first, last
    if size == larger or min(size, larger) <= 0 or min(seconds, longer) <= 0:
        return None
    return log(longer / seconds) / log(larger / size)


def slope_of(curve: Sequence[Row], of: str = "cpu") -> float | None:
    """The slope from the fewest stories to the most. of: "cpu" or "wall"."""
    if len(curve) < 2:
        return None
    return slope(*((row["stories"], row[of]) for row in (curve[0], curve[-1])))


def table(rows: Iterable[Row]) -> Table:
    """The table that is printed."""
    shown = Table(
        Column("part", no_wrap=True),
        "stories",
        "seconds",
        "computing",
        "ms each",
        "peak GB",
        "slope",
        "computing",
        box=None,
    )
    for part, curve in curves(rows).items():
        for n, row in enumerate(curve):
            last = n == len(curve) - 1
            slopes = (
                f"{found:.2f}" if last and (found := slope_of(curve, of)) is not None else "" for of in ("wall", "cpu")
            )
            each = f"{1000 * row['cpu'] / row['stories']:.3f}"
            cells = (f"{row['wall']:.2f}", f"{row['cpu']:.2f}", each, f"{row['peak_gb']:.2f}")
            shown.add_row(part, f"{row['stories']:,}", *cells, *slopes)
    return shown


if __name__ == "__main__":
    raise SystemExit(main())
