"""Measures on the development data beside the checkout, and holds the figures against their floors.

    python -m evaluation.table [--only TASK...] [--shared PATH] [--docs] [--update [--allow-regression]]

Exit status: 0 nothing fell (or there are no development data), 1 a figure fell or could not be measured.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evaluation import floors, measures
from evaluation.floors import Floors
from evaluation.measures import Measured
from evaluation.predict import TASKS
from evaluation.reading import Library

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs" / "limits.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_WIDTH = 110


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    asked = _parser().parse_args(arguments)
    if not (asked.shared / "data").is_dir():
        print("There are no development data beside the checkout (../shared), so nothing was measured.")
        return 0
    listed, lower = measures.table()
    wanted = [m for m in listed if not asked.only or m.task in asked.only]
    build: Path = asked.build
    (build / "predictions").mkdir(parents=True, exist_ok=True)
    library, started, taken = Library(asked.workers), time.monotonic(), []
    for measure in wanted:
        print(f"{measure.task}: {measure.set} ...", file=sys.stderr, flush=True)
        taken.append(measures.take(measure, asked.shared, build / "predictions", library))
        # After each: what was measured is not lost where the run is cut off.
        (build / "evaluation.json").write_text(json.dumps(_report(taken), indent=1) + "\n", encoding="utf-8")
    pinned = floors.load(asked.floors, lower)
    _print(taken, pinned, time.monotonic() - started)
    fallen = [f"{one.measure.set}: not measured: {one.trouble}" for one in taken if one.trouble]
    if asked.update:
        pinned, refused = _raised(taken, pinned, asked.shared / "data", asked.allow_regression)
        pinned.write()
        fallen += refused
    else:
        fallen += _fallen(taken, pinned, asked.shared / "data")
    if asked.docs:
        fallen += _into_docs(taken, asked.docs_file)
    for line in fallen:
        print(line, file=sys.stderr)
    return 1 if fallen else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evaluation.table", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=TASKS, default=[], metavar="TASK", help="these tasks alone")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the development data (../shared)")
    parser.add_argument("--build", type=Path, default=ROOT / "build", help="where figures and predictions go")
    parser.add_argument("--floors", type=Path, default=floors.FLOORS, help="the file of floors")
    parser.add_argument("--workers", type=int, default=0, help="processes that read, 0 for one each core")
    parser.add_argument("--docs", action="store_true", help="rewrite the table in the docs")
    parser.add_argument("--docs-file", type=Path, default=DOCS, help=argparse.SUPPRESS)
    parser.add_argument("--update", action="store_true", help="pin what is better than its floor")
    parser.add_argument("--allow-regression", action="store_true", help="with --update: pin what is worse, too")
    return parser


def _fallen(taken: list[Measured], pinned: Floors, data: Path) -> list[str]:
    return [
        line
        for one in taken
        if one.measure.pinned and not one.trouble
        for line in pinned.fallen(one.measure.set, one.figures, floors.fingerprint(one.measure.files(data)))
    ]


def _raised(taken: list[Measured], pinned: Floors, data: Path, regress: bool) -> tuple[Floors, list[str]]:
    refused: list[str] = []
    for one in taken:
        if one.measure.pinned and not one.trouble:
            made = floors.fingerprint(one.measure.files(data))
            pinned, said = pinned.raised(one.measure.set, one.figures, made, regress)
            refused += said
    return pinned, refused


# ---- what is shown


def _print(taken: list[Measured], pinned: Floors, seconds: float) -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("task", "set", "figure", "value", "floor", "to beat", "seconds"):
        right = heading in ("value", "floor", "to beat", "seconds")
        shown.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for one in taken:
        measure, floor = one.measure, pinned.of(one.measure.set)
        head = [measure.task, measure.set]
        if one.trouble:
            shown.add_row(*head, "not measured", "–", "", "", f"{one.seconds:.0f}")
        for number, figure in enumerate(f for f in measure.figures if f in one.figures):
            values = [_figure(one.figures[figure]), _figure(floor.get(figure)), _figure(measure.published.get(figure))]
            shown.add_row(*(head if not number else ["", ""]), figure, *values, "" if number else f"{one.seconds:.0f}")
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(shown)
    console.print(f"{seconds / 60:.1f} minutes", highlight=False)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value == int(value) and value > 1 else f"{value:.3f}"


def _report(taken: list[Measured]) -> list[dict[str, object]]:
    return [
        {
            "task": one.measure.task,
            "set": one.measure.set,
            "figures": one.figures,
            "all": one.all,
            "seconds": round(one.seconds, 1),
            "trouble": one.trouble,
        }
        for one in taken
    ]


def _into_docs(taken: list[Measured], path: Path) -> list[str]:
    """Rewrites what stands between the two marks; returns what is wrong with the file."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(END) < text.index(BEGIN):
        return [f"{path.name} has no place for the table: {BEGIN} and {END}, a line each"]
    lines = ["| task | set | figure | value | to beat |", "|---|---|---|--:|--:|"]
    for one in taken:
        for figure, value in one.figures.items():
            told = _figure(one.measure.published.get(figure))
            lines.append(f"| {one.measure.task} | {one.measure.set} | {figure} | {_figure(value)} | {told} |")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    path.write_text(before + "\n".join([BEGIN, "", *lines, "", END]) + after, encoding="utf-8")
    return []


if __name__ == "__main__":
    sys.exit(main())
