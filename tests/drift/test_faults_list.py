"""The list of faults names tests that are there."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from evaluation import faults

ROOT = Path(__file__).resolve().parents[2]
LISTED = [*(f"N{n}" for n in range(1, 12)), *(f"B{n}" for n in range(1, 14)), *(f"S{n}" for n in range(1, 8)), "D10", "P5", "P6"]  # fmt: skip
ROWS = faults.rows()


@cache
def functions(path: str) -> dict[str, bool]:
    """The tests of a file, and whether the whole of each is marked slow."""
    found = {}
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            found[node.name] = any(ast.unparse(mark) == "pytest.mark.slow" for mark in node.decorator_list)
    return found


def named(paths: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Each test that is named, and whether it is slow; of a whole file, that it is not."""
    for path in paths:
        file, _, name = path.partition("::")
        assert functions(file), path
        if name:
            assert name in functions(file), path
        yield path, functions(file)[name] if name else False


def test_every_row_is_there_in_its_order() -> None:
    assert [row.id for row in ROWS] == LISTED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_names_tests_that_exist(row: faults.Row) -> None:
    assert row.input
    assert row.expected
    assert [path for path, slow in named(row.tests) if slow] == [], "these are run only with the slow ones"
    assert [path for path, slow in named(row.slow) if not slow] == [], "these are quick"
    # A row says what is still to come only until it has come
    assert bool(row.planned) != bool(row.tests or row.slow)
    assert not (row.planned and (ROOT / row.planned).exists()), f"{row.planned} is there: name its tests"
