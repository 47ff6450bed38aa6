"""`PYTHONPATH=tests python tests/exports/golden.py`: writes the golden files anew, from the bundled sample and the invented ledger.

Look at the difference before it is kept: what changes there changes for everybody who reads these files.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import invented
from onrecord import pipeline
from onrecord.exports import files
from onrecord.ledger import open_ledger
from onrecord.pipeline import View

FOLDER = Path(__file__).parent / "golden"
SAMPLE = {
    "csv": ("incidents.csv", "plans.csv", "tallies.csv", "campaigns.csv", "codebook.csv"),
    "jsonl": ("incidents.jsonl",),
    "geojson": ("incidents.geojson", "loss.json"),
    "acled": ("acled.csv", "codebook.csv", "loss.json"),
    "ucdp": ("ucdp.csv", "codebook.csv", "loss.json"),
    "plover": ("events.jsonl", "polecat.tsv", "codebook.csv", "loss.json"),
    "airwars": ("incidents.csv", "sources.csv", "belligerent_statements.csv", "codebook.csv", "loss.json"),
}
"""What is held of the sample: small files, in which a person sees what has changed. The others are made of the same rows."""
INVENTED = {"prov": ("provenance.json", "loss.json"), "csv": ("datapackage.json",)}
"""What is held of the invented ledger: what would be long of the sample, or change with the version of the reader."""


def sample(folder: Path) -> Path:
    """A ledger with the sample read in."""
    path = folder / "sample.db"
    with resources.as_file(resources.files("onrecord").joinpath("sample", "stories.jsonl")) as stories:
        ledger = open_ledger(str(path), create=True)
        pipeline.add(ledger, [str(stories)], pipeline.AddOptions(datetime(2031, 4, 1, tzinfo=UTC), workers=1))
        ledger.close()
    return path


def made(of_sample: Callable[[], View]) -> Iterator[tuple[Path, bytes]]:
    """The golden files: where each lies, and what has to stand in it."""
    yield from _held(of_sample(), SAMPLE, FOLDER)
    yield from _held(invented.view(), INVENTED, FOLDER / "invented")


def _held(view: View, held: dict[str, tuple[str, ...]], folder: Path) -> Iterator[tuple[Path, bytes]]:
    for form, names in held.items():
        found = dict(files.made(view, form))
        for name in names:
            yield folder / form / name, found[name]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        ledger = open_ledger(str(sample(Path(place))))
        for path, data in made(lambda: pipeline.view(ledger)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        ledger.close()
