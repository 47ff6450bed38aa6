"""The files that the sample gives in each form that has a folder here: `python tests/exports/golden.py` writes them anew.

Look at what has changed before you keep it: a change in them is a change in what users get.
"""

import sys
import tempfile
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from onrecord import pipeline
from onrecord.exports import files as exports
from onrecord.ledger import open_ledger

FOLDER = Path(__file__).parent / "golden"
FORMS = ("acled", "ucdp", "plover", "airwars")


def held(form: str) -> dict[str, bytes]:
    """The files that are kept of a form."""
    return {path.name: path.read_bytes() for path in sorted((FOLDER / form).iterdir())}


def main() -> None:
    with tempfile.TemporaryDirectory() as place, as_file(files("onrecord") / "sample" / "stories.jsonl") as stories:
        ledger = open_ledger(str(Path(place) / "sample.db"), create=True)
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime(2031, 4, 1, tzinfo=UTC), workers=1))
        seen = pipeline.view(ledger)
        ledger.close()
    for form in FORMS:
        for path in exports.export(seen, form, FOLDER / form):
            sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
