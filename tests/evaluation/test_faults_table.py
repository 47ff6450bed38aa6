"""The table of faults: what tests put down comes together by rows, and nothing passes that was not run."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from evaluation import faults
from evaluation.faults import Collector, Row, Test
from figures import Seen

_A, _B = "tests/faults/test_a.py", "tests/faults/test_b.py"


def _report(
    name: str, when: str, outcome: str = "passed", properties: tuple[tuple[str, object], ...] = ()
) -> pytest.TestReport:
    words = "it broke" if outcome == "failed" else None
    return pytest.TestReport(name, (name, 1, name), {}, outcome, words, when, user_properties=properties, duration=0.5)  # type: ignore[arg-type]


def test_a_test_puts_its_figures_down_once() -> None:
    told: list[tuple[str, object]] = []
    seen = Seen()
    for _ in range(3):
        seen(cuts=2, short_bodies=False)
    seen.most(seconds=1.234)
    seen.most(seconds=0.5)
    seen.put_down(lambda name, value: told.append((name, value)))
    assert told == [("seen cuts", 6), ("seen short bodies", 0), ("most seconds", 1.23)]


def test_what_becomes_of_a_test_is_heard_in_three_parts() -> None:
    heard = Collector()
    for when, outcome in (("setup", "passed"), ("call", "failed"), ("teardown", "passed")):
        heard.pytest_runtest_logreport(_report("a", when, outcome, (("seen cuts", 3), ("other", "words"))))
    assert heard.tests["a"] == Test("failed", 1.5, {"seen cuts": 3}, "it broke")


def test_figures_add_up_over_a_row_and_the_most_is_kept() -> None:
    row = Row("N5", "an archive, cut", "none short", (f"{_A}::test_cut",), (f"{_B}::test_every_cut",))
    tests = {
        f"{_A}::test_cut[1]": Test(figures={"most seconds": 2.5, "seen cuts": 1000, "seen short bodies": 0}),
        f"{_A}::test_cut[2]": Test(figures={"seen cuts": 2000, "most seconds": 0.5, "seen short bodies": 1}),
        f"{_A}::test_cutting": Test(figures={"seen cuts": 7}),
        f"{_B}::test_every": Test(figures={"seen cuts": 7}),
    }
    (line,) = faults.lines([row], tests)
    assert line.seen == "3,000 cuts, 1 short bodies, at most 2.5 seconds"
    assert line.outcomes == {"passed": 2}


@pytest.mark.parametrize(
    ("row", "tests", "seen"),
    [
        (Row("N1", "a", "b", (_A,)), {f"{_A}::test_x": Test()}, "as expected"),
        (Row("N1", "a", "b", (_A,)), {f"{_A}::test_x": Test(), f"{_A}::test_y": Test("failed", figures={"seen x": 1})}, "NOT as expected"),
        (Row("N1", "a", "b", (_A,)), {f"{_A}::test_x": Test("skipped")}, "skipped"),
        (Row("N1", "a", "b", (_A,)), {}, "NOT run"),
        (Row("N1", "a", "b", (), (_A,)), {}, "not run: slow"),
        (Row("N1", "a", "b"), {f"{_A}::test_x": Test()}, "no test"),
    ],
)  # fmt: skip
def test_a_row_is_as_expected_only_where_its_tests_passed(row: Row, tests: dict[str, Test], seen: str) -> None:
    (line,) = faults.lines([row], tests)
    assert line.seen == seen
    console = Console(file=io.StringIO(), width=150)
    faults.report([line], console)
    assert ("1 without a test: N1" in console.file.getvalue()) == (seen == "no test")  # type: ignore[attr-defined]


@pytest.mark.slow
def test_the_command_runs_the_tests_of_a_row(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "evaluation.faults", "--only", "N2", "N8", "--json", str(tmp_path / "table.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=faults.ROOT)
    assert done.returncode == 0, done.stdout
    rows = {row["row"]: row for row in json.loads((tmp_path / "table.json").read_text())}
    assert rows["N2"]["figures"] == {"seen sentences": 1200, "seen missing": 0}
    assert rows["N2"]["tests"] == {"passed": 3}
