"""What is written of the sample is what was written: a change of a column, an order or a word is seen."""

import golden
import pytest

from onrecord import pipeline
from onrecord.ledger import Ledger


def test_the_files_are_the_golden_ones(sample_ledger: Ledger) -> None:
    found = dict(golden.made(lambda: pipeline.view(sample_ledger)))
    assert found.keys() == {path for path in golden.FOLDER.rglob("*") if path.is_file()}
    for path, data in found.items():
        assert data.decode() == path.read_text("utf-8"), f"{path}: look at it, then renew it by tests/exports/golden.py"


@pytest.mark.parametrize("line", ["killed_low", "place_precision"])
def test_a_changed_column_would_be_seen(line: str) -> None:
    assert line in (golden.FOLDER / "csv" / "incidents.csv").read_text("utf-8").splitlines()[0]
