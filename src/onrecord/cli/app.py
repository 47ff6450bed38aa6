"""The application, and what its commands share: options, consoles, an open ledger."""

import contextlib
import getpass
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.errors import WrongUse

if TYPE_CHECKING:
    from rich.console import Console

    from onrecord.ledger import Ledger
    from onrecord.pipeline import View
    from onrecord.settings import Settings
    from onrecord.stories import OnlineOptions

app = typer.Typer(
    name="onrecord",
    help="Reads news reports of attacks and plans into a sourced incident ledger.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="File, folder, address of a page, feed or sitemap, or - for standard input. Files: text, HTML, MHTML, PDF, JSON "
        "Lines and other exports, feeds, tables of addresses, mailboxes, WARC, WACZ, ZIP, each compressed or not.",
    ),
]
LedgerPath = Annotated[
    str, typer.Option("--ledger", metavar="PATH", help="The ledger: a file, or postgresql://USER@HOST/DATABASE.")
]
SettingsPath = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Your settings; onrecord.toml where there is one.")
]
Contact = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT", help="Whom sites may write to when pages are fetched: a mail address, or a page about you."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Day = Annotated[str | None, typer.Option(metavar="DATE", help="YYYY-MM-DD.")]
Words = Annotated[str | None, typer.Option(metavar="TEXT", help="Any part of the name.")]
Listed = Annotated[str | None, typer.Option(metavar="WORD", help="A word of the closed list.")]
MetricsFile = Annotated[
    Path | None,
    typer.Option(
        "--metrics", metavar="FILE", help="Where to say for Prometheus how it went: a .prom file, replaced each time."
    ),
]
Workers = Annotated[int, typer.Option(min=0, help="Processes; 0 takes one for each core.")]
Published = Annotated[
    str | None, typer.Option(metavar="DATE", help="When stories that give no date were published: YYYY-MM-DD.")
]

DONE_WITH_REFUSALS = 1
INTERRUPTED = 130
DEFAULT_LEDGER = "onrecord.db"
DEFAULT_SETTINGS = Path("onrecord.toml")


def console(*, stderr: bool = False, cut: bool = False) -> "Console":
    """A console. cut: lines that are longer than a terminal is wide are cut there, and stay whole in a file."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 100_000 if cut else 100
    return console


def day(words: str | None, option: str) -> date | None:
    """The day that an option gives. Raises WrongUse where it gives none."""
    if words is None:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise WrongUse(f"{option} {words}: is not a day; write it as YYYY-MM-DD") from None


def print_json(rows: Iterable[object]) -> None:
    """Each row as a line of JSON, in letters that the output can show."""
    from onrecord.exports.harmless import json_line

    ascii_only = "utf" not in str(getattr(sys.stdout, "encoding", None) or "").casefold()
    for row in rows:
        print(json_line(row, ascii_only=ascii_only))


@contextlib.contextmanager
def held(ledger: str) -> Iterator["Ledger"]:
    """The ledger, and the file given back afterwards: closed, it is one file again."""
    from onrecord.ledger import open_ledger

    opened = open_ledger(ledger)
    if said := upgrade(opened):
        print(said, file=sys.stderr)
    try:
        yield opened
    finally:
        opened.close()


def upgrade(opened: "Ledger") -> str | None:
    """A sentence on what opening a ledger has changed."""
    done = opened.upgraded
    if done is None:
        return None
    kept = f"; as it was, it is kept in {done.kept}" if done.kept else ""
    return f"{opened.place}: brought from schema {done.before} to {done.after}{kept}"


def shown(ledger: str) -> str:
    """A ledger as it may be shown: its path as it was given, its address without the password."""
    from onrecord.ledger import shown

    return shown(ledger)


def view(ledger: str) -> "View":
    """All that a ledger says."""
    from onrecord import pipeline

    with held(ledger) as opened:
        return pipeline.view(opened)


def chosen(settings: Path | None) -> "Settings":
    """What the user chose, by a file that is named or the one of the usual name, which need not be there."""
    from onrecord.settings import load

    return load(settings or (DEFAULT_SETTINGS if DEFAULT_SETTINGS.exists() else None))


def asking(settings: "Settings", contact: str | None) -> "OnlineOptions | None":
    """How the web is asked; None where nobody is named whom its sites could write to."""
    from onrecord import stories

    return stories.asking(replace(settings.web, contact=contact) if contact else settings.web)


def whoever() -> str:
    """The name that is given to the system; in no terminal there may be none."""
    try:
        return os.environ.get("ONRECORD_BY") or getpass.getuser()
    except (KeyError, OSError):
        return ""
