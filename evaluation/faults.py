"""`python -m evaluation.faults [--all] [--only ROW...] [--json FILE]`: the list of faults, row by row: what goes in, is expected, was seen.

Runs the tests that faults.toml names for each row, the slow ones with --all, and prints one table. What was seen is told by the tests
themselves, through the fixture `seen`: counts are added up over the tests of a row, of other figures the largest is shown. Exit status 1
where a test failed.
"""

import argparse
import json
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
ROWS = Path(__file__).with_name("faults.toml")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the list. tests and slow: paths of tests, of which the slow are run on demand; planned: where those of a row
    without any are to stand.
    """

    id: str
    input: str
    expected: str
    tests: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    planned: str = ""

    def asked(self, every: bool) -> tuple[str, ...]:
        """The tests of a run."""
        return (*self.tests, *(self.slow if every else ()))


def rows() -> list[Row]:
    """The rows in order."""
    told = tomllib.loads(ROWS.read_text(encoding="utf-8"))["row"]
    return [
        Row(
            row["id"],
            row["input"],
            row["expected"],
            tuple(row.get("tests", ())),
            tuple(row.get("slow", ())),
            row.get("planned", ""),
        )
        for row in told
    ]


@dataclass
class Test:
    """What became of one test. figures: what it put down, by name."""

    outcome: str = "passed"
    seconds: float = 0.0
    figures: dict[str, float] = field(default_factory=dict)
    words: str = ""

    __test__ = False


class Collector:
    """Listens to a run of tests. tests: each by its path, with its parameters."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.tests: dict[str, Test] = {}
        self.broken: list[str] = []
        self._progress = progress
        self._task = progress.add_task("tests", total=None) if progress else None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read is a failure as well."""
        if report.failed:
            self.broken.append(f"{report.nodeid}\n{report.longrepr}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tells how many there will be."""
        if self._progress and self._task is not None:
            self._progress.update(self._task, total=len(session.items))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One of three reports of a test: before, of itself, and after, when all that it put down is known."""
        test = self.tests.setdefault(report.nodeid, Test())
        test.seconds += report.duration
        if report.outcome != "passed" and test.outcome != "failed":
            test.outcome, test.words = report.outcome, str(report.longrepr)
        if report.when == "teardown":
            test.figures = {name: value for name, value in report.user_properties if isinstance(value, int | float)}
            if self._progress and self._task is not None:
                self._progress.advance(self._task)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with what was seen. figures: by name."""

    row: Row
    tests: Mapping[str, Test]
    figures: Mapping[str, float]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many tests ended in which way."""
        ends = [test.outcome for test in self.tests.values()]
        return {outcome: ends.count(outcome) for outcome in ("passed", "failed", "skipped") if outcome in ends}

    @property
    def seen(self) -> str:
        """One phrase on it."""
        row = self.row
        if not self.tests or not (row.tests or row.slow):
            return "NOT run" if row.tests else "not run: slow" if row.slow else "no test"
        if "passed" not in self.outcomes or "failed" in self.outcomes:
            return "NOT as expected" if "failed" in self.outcomes else "skipped"
        told = [
            f"{value:,g} {name}" if kind == "seen" else f"at most {value:,g} {name}"
            for kind, _, name, value in ((*key.partition(" "), value) for key, value in self.figures.items())
        ]
        return ", ".join(told) or "as expected"

    @property
    def seconds(self) -> float:
        """What its tests took together."""
        return sum(test.seconds for test in self.tests.values())


def lines(of: Iterable[Row], tests: Mapping[str, Test]) -> list[Line]:
    """The rows with the tests that were run for them."""
    made = []
    for row in of:
        named = (*row.tests, *row.slow)
        own = {name: test for name, test in tests.items() if any(_is_of(name, path) for path in named)}
        made.append(Line(row, own, _figures(own.values())))
    return made


def _is_of(name: str, path: str) -> bool:
    return name == path or name.startswith((f"{path}[", f"{path}::"))


def _figures(tests: Iterable[Test]) -> dict[str, float]:
    """Counts first, in the order in which they came; then what is the most."""
    figures: dict[str, float] = {}
    for test in tests:
        for name, value in test.figures.items():
            if name.startswith("seen "):
                figures[name] = figures.get(name, 0) + value
            elif name.startswith("most "):
                figures[name] = max(figures.get(name, value), value)
    return dict(sorted(figures.items(), key=lambda figure: not figure[0].startswith("seen ")))


def run(of: Sequence[Row], every: bool, jobs: int, collector: Collector) -> None:
    """Runs the tests of these rows, each once, whatever number of rows it shows.

    Raises RuntimeError where the run itself could not be made.
    """
    if every:
        os.environ["ONRECORD_ALL"] = "1"
    paths = list(dict.fromkeys(f"{ROOT / path}" for row in of for path in row.asked(every)))
    if not paths:
        return
    spread = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else ["-p", "no:xdist"]
    chosen = [] if every else ["-m", "not slow"]
    # The table stands for what the terminal would say, and has no use for the options of its plugin
    quiet = ["-p", "no:terminal", "-o", "addopts=--strict-markers"]
    ended = pytest.main(
        [*quiet, f"--rootdir={ROOT}", "-c", f"{ROOT / 'pyproject.toml'}", *spread, *chosen, *paths], [collector]
    )
    if ended not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED):
        raise RuntimeError(f"the tests could not be run ({pytest.ExitCode(ended).name})")


def report(of: Sequence[Line], console: Console) -> None:
    """Prints the table."""
    table = Table(show_lines=True)
    for name in ("row", "input", "expected", "seen", "tests", "seconds"):
        table.add_column(name, justify="right" if name == "seconds" else "left")
    for line in of:
        row, tests = line.row, ", ".join(f"{count} {outcome}" for outcome, count in line.outcomes.items())
        seen = f"no test yet ({row.planned})" if line.seen == "no test" and row.planned else line.seen
        table.add_row(row.id, row.input, row.expected, seen, tests, f"{line.seconds:.1f}" if line.tests else "")
    console.print(table, markup=False)
    without = [line.row.id for line in of if not (line.row.tests or line.row.slow)]
    console.print(f"{len(of)} rows, {len(without)} without a test{': ' if without else ''}{', '.join(without)}.")


def as_json(of: Sequence[Line]) -> list[dict[str, object]]:
    """The table as data."""
    return [
        {
            "row": line.row.id,
            "input": line.row.input,
            "expected": line.row.expected,
            "seen": line.seen,
            "figures": dict(line.figures),
            "tests": line.outcomes,
            "seconds": round(line.seconds, 2),
        }
        for line in of
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; exit status 1 where a test failed, 2 where a row is not known."""
    known = rows()
    parser = argparse.ArgumentParser(prog="python -m evaluation.faults", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="the slow tests as well")
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=[row.id for row in known], help="these rows alone")
    parser.add_argument("--jobs", type=int, default=1, help="how many tests run at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the table is written as data")
    asked = parser.parse_args(arguments)
    console = Console(width=150)
    chosen = [row for row in known if asked.only is None or row.id in asked.only]
    with Progress(console=console, transient=True) as progress:
        collector = Collector(progress)
        run(chosen, asked.all, asked.jobs, collector)
    made = lines(chosen, collector.tests)
    report(made, console)
    failures = [f"{name}\n{test.words}" for name, test in collector.tests.items() if test.outcome == "failed"]
    for words in (*collector.broken, *failures):
        console.print(words, markup=False, highlight=False)
    if asked.json is not None:
        asked.json.write_text(json.dumps(as_json(made), indent=2) + "\n", encoding="utf-8")
    return 1 if failures or collector.broken or any(line.seen == "NOT run" for line in made) else 0


if __name__ == "__main__":
    raise SystemExit(main())
