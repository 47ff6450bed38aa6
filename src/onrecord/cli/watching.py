"""The command that goes on: it watches lists of stories."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    DONE_WITH_REFUSALS,
    INTERRUPTED,
    Contact,
    LedgerPath,
    MetricsFile,
    SettingsPath,
    Workers,
    app,
    asking,
    chosen,
    console,
    upgrade,
)
from onrecord.cli.reading import print_report
from onrecord.errors import WrongUse

if TYPE_CHECKING:
    from onrecord.exports.textfile import Run
    from onrecord.ledger import Ledger
    from onrecord.pipeline import Round


@app.command()
def watch(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Addresses of feeds, sitemaps and pages, one a line; # begins a remark."),
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    every: Annotated[float, typer.Option(min=1, metavar="MINUTES", help="How often they are asked.")] = 30,
    once: Annotated[bool, typer.Option("--once", help="One round only, as for a cron job.")] = False,
    contact: Contact = None,
    settings: SettingsPath = None,
    workers: Workers = 0,
    metrics: MetricsFile = None,
) -> None:
    """Follow feeds and sitemaps: add what is new in them, and look at its pages again for edits. Ctrl-C ends it; nothing is lost."""
    from onrecord import pipeline, stories
    from onrecord.exports import terminal, textfile
    from onrecord.ledger import open_ledger

    if metrics:
        textfile.check(metrics)
    choice = chosen(settings)
    online = asking(choice, contact)
    sources = _addresses(file)
    stories.gather(sources, choice.read, online)
    opened = open_ledger(ledger, create=True)
    if said := upgrade(opened):
        print(said, file=sys.stderr)
    try:
        with terminal.Progress(console(stderr=True)) as progress:
            run = textfile.Run("watch", progress)
            add = pipeline.AddOptions(_now(), choice.read, workers, progress=run, online=online)
            how = pipeline.WatchOptions(add, _now, lambda seconds: _rest(seconds, run), every * 60)
            for done in pipeline.watch(opened, sources, how):
                if metrics:
                    run.write(metrics, done.report, _now())
                _print_round(opened, done, ledger)
                if once:
                    raise typer.Exit(DONE_WITH_REFUSALS if done.report.refused else 0)
    except KeyboardInterrupt:
        print("onrecord: stopped; what was read is kept, and the same command goes on from there", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        opened.close()


def _rest(seconds: float, run: "Run") -> None:
    """Waits for the next round, whose time is taken from then on."""
    time.sleep(seconds)
    run.begin()


def _print_round(opened: "Ledger", done: "Round", ledger: str) -> None:
    from onrecord.exports.harmless import in_line
    from onrecord.exports.versions import differences
    from onrecord.ledger import read

    print(f"{done.at:%Y-%m-%d %H:%M:%S} UTC: {done.looked_at:,} pages looked at again")
    print_report(done.report, ledger)
    for was, now in done.report.edited:
        before, after = read.story(opened, was), read.story(opened, now)
        if before is None or after is None:
            continue
        print(in_line(f"  {after.url or after.id}: {after.headline}"))
        for sign, words in differences(before, after):
            print(in_line(f"    {sign} {words}"))
    sys.stdout.flush()


def _addresses(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise WrongUse(f"{file}: cannot be read ({why}); give a text file of addresses, one a line") from None
    found = []
    for number, line in enumerate(lines, 1):
        words = line.split("#", 1)[0] if line.lstrip().startswith("#") else line
        if not words.strip():
            continue
        if not words.strip().lower().startswith(("http://", "https://")):
            raise WrongUse(f"{file}:{number}: {words.strip()[:80]} is no address; write one that begins with https://")
        found.append(words.strip())
    if not found:
        raise WrongUse(f"{file}: holds no address; write one a line")
    return list(dict.fromkeys(found))


def _now() -> datetime:
    return datetime.now(UTC)
