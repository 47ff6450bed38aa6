"""The bundled sample, read before the user's eyes."""

from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

from onrecord import pipeline
from onrecord.exports import tables, terminal
from onrecord.exports.evidence import Shown
from onrecord.ledger import open_ledger, read
from onrecord.pipeline import View


def run(console: Console, now: datetime) -> None:
    """Builds a ledger from the sample in a temporary folder and shows what is in it."""
    with TemporaryDirectory(prefix="onrecord-demo-") as folder, as_file(files("onrecord").joinpath("sample")) as sample:
        ledger = open_ledger(str(Path(folder, "onrecord.db")), create=True)
        try:
            stories = str(sample / "stories.jsonl")
            with terminal.Progress(Console(stderr=True)) as progress:
                report = pipeline.add(ledger, [stories], pipeline.AddOptions(now, progress=progress))
            console.print(f"{report.offered} invented stories read.\n")
            view = pipeline.view(ledger)
            for heading, table in _TABLES:
                console.print(Text(heading, style="bold green"))
                console.print(terminal.TABLES[table](list(tables.rows(view, table))))
                console.print()
            _one(console, view, Shown(view, lambda name: read.story(ledger, name)))
        finally:
            ledger.close()
    console.print(Text(_NEXT))


def _one(console: Console, view: View, shown: Shown) -> None:
    """The incident with the most sources, with its evidence."""
    if not view.derived.incidents:
        return
    incident = max(view.derived.incidents, key=lambda found: (len(found.sources), found.id))
    console.print(Text("One incident, and the words it rests on", style="bold green"))
    console.print(shown.find(incident.id))
    console.print()


_TABLES = (
    ("What happened", "incidents"),
    ("What is only planned, threatened, possible or denied: no incident is made of it", "plans"),
    ("Running totals in the press, held against the ledger", "tallies"),
    ("Whose report each story is", "families"),
    ("What was changed on the way", "mutations"),
)

_NEXT = """Now with stories of your own (text, HTML or JSONL; a file or a folder of them):

  onrecord add FOLDER                 read them into onrecord.db
  onrecord incidents                  what happened, and how many stand behind it
  onrecord incidents --status planned what has not happened
  onrecord show ID                    the words that any of it rests on
  onrecord serve                      the same as pages: read, compare, decide
  onrecord decide confirm ID          people decide; nothing is overwritten
  onrecord export --as csv --out DIR  tables for a spreadsheet"""
