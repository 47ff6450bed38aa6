"""The programs that the documentation shows run on what the sample gives."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import Ledger

DOCS = Path(__file__).resolve().parents[2] / "docs"


def shown(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / "tables.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(sample_ledger: Ledger, tmp_path: Path) -> Path:
    seen = pipeline.view(sample_ledger)
    files.export(seen, "csv", tmp_path / "tables")
    files.export(seen, "parquet", tmp_path / "parquet")
    return tmp_path


def said(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_in_python(folder: Path) -> None:
    pandas, polars = (said(folder, sys.executable, "-c", snippet) for snippet in shown("python"))
    assert "killed_best" in pandas
    assert re.search(r"named_person\W+\d", polars)


@pytest.mark.nightly
def test_in_r(folder: Path) -> None:
    program = shutil.which("Rscript")
    assert program, "R is not installed here: its program Rscript is asked for"
    for snippet in shown("r"):
        assert "killed_best" in said(folder, program, "-e", snippet)
