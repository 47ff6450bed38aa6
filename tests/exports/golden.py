"""Files that exports of the bundled sample are held to. `python tests/exports/golden.py FORM...` renews those of some forms."""

import sys
import tempfile
from datetime import UTC, datetime
from importlib.resources import as_file
from importlib.resources import files as resources
from pathlib import Path

from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import open_ledger

GOLDEN = Path(__file__).parent / "golden"


def main(forms: list[str]) -> None:
    """Reads the sample, and writes its exports."""
    with (
        tempfile.TemporaryDirectory() as folder,
        as_file(resources("onrecord").joinpath("sample", "stories.jsonl")) as stories,
    ):
        ledger = open_ledger(str(Path(folder) / "sample.db"), create=True)
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime(2031, 4, 1, tzinfo=UTC), workers=1))
        seen = pipeline.view(ledger)
        ledger.close()
        for form in forms:
            for path in files.export(seen, form, GOLDEN / form):
                sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
