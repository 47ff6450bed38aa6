"""The hard cases of the documentation come out as it says."""

import runpy
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "cases.py"))


@pytest.fixture(scope="module")
def worked(made: dict[str, Any]) -> list[Any]:
    return list(made["cases"]())


def test_the_page_is_fresh(made: dict[str, Any], worked: list[Any]) -> None:
    assert (DOCS / "cases.md").read_text("utf-8") == made["page"](worked), "run make docs"


def test_each_case_comes_out_as_a_careful_coder_expects(worked: list[Any]) -> None:
    for case in worked:
        for expected in case.expect:
            rows = case.rows(expected["table"])
            assert len(rows) == expected["rows"], (case.title, expected["table"])
            told = [row for row in rows if expected.get("has", {}).items() <= row.items()]
            assert told or not expected["rows"], (case.title, expected, rows)
            for row in told:
                assert all(row[column] is None for column in expected.get("lacks", ())), (case.title, row)
