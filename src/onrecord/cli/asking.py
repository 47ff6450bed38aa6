"""Commands that ask a ledger: tables, evidence, exports."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    AsJson,
    Day,
    LedgerPath,
    Listed,
    Words,
    app,
    console,
    day,
    held,
    print_json,
    shown,
    view,
)
from onrecord.errors import CannotWork, WrongUse


def _listing(table: str, meaning: str) -> None:
    """A command that lists a table, by the filters that all of them share."""

    def command(
        ledger: LedgerPath = DEFAULT_LEDGER,
        as_json: AsJson = False,
        since: Day = None,
        until: Day = None,
        place: Words = None,
        kind: Listed = None,
        actor: Words = None,
        status: Listed = None,
        outlet: Words = None,
        campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Of one campaign only.")] = None,
    ) -> None:
        from onrecord.exports import filters, terminal

        span = day(since, "--since"), day(until, "--until")
        wanted = filters.Filter(*span, place, kind, actor, status, outlet, campaign)
        wished = "plans" if table == "incidents" and status not in (None, *filters.HAPPENED) else table
        rows = filters.select(view(ledger), wished, wanted)
        if as_json:
            print_json(rows)
        elif rows:
            console(cut=True).print(terminal.TABLES[wished](rows))
        else:
            asked = wanted != filters.Filter()
            print(f"{shown(ledger)}: no {wished}{' that match' if asked else ''}", file=sys.stderr)

    app.command(table, help=meaning)(command)


_listing(
    "incidents",
    "One line an incident: when, where, what, killed and injured (low–best–high), independent reports/primary sources, "
    "who. With --status planned (or threatened, possible, denied ...): what is told of and is not held to have happened.",
)
_listing("claims", "Who says what. --actor looks in the source and in the actor of what is told.")
_listing("tallies", "Running totals in the press, each held against the ledger.")
_listing("families", "Whose report each story is: copies, rewrites, and originals that are not held.")
_listing("mutations", "Values that a story states differently from its origin.")


@app.command()
def show(id_: Annotated[str, typer.Argument(metavar="ID")], ledger: LedgerPath = DEFAULT_LEDGER) -> None:
    """One story, claim, event, incident, plan, tally or family, with its words marked in the text."""
    from onrecord import pipeline
    from onrecord.exports import evidence
    from onrecord.ledger import read as reading

    with held(ledger) as opened:
        found = evidence.Shown(pipeline.view(opened), lambda name: reading.story(opened, name)).find(id_)
        if found is None:
            raise WrongUse(f"{id_}: nothing in {shown(ledger)} has this id; onrecord incidents lists some")
        console().print(found)


@app.command()
def export(
    form: Annotated[str, typer.Option("--as", metavar="FORM", help="csv, jsonl or geojson.")],
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("export"),
    ledger: LedgerPath = DEFAULT_LEDGER,
) -> None:
    """Write the ledger as files that others read."""
    from onrecord.exports import files

    if form not in files.FORMS:
        later = ("parquet", "xlsx", "acled", "ucdp", "plover", "airwars", "prov")
        why = "is not there yet" if form in later else "is not a form of export"
        raise (
            CannotWork(f"--as {form}: {why}; use {', '.join(files.FORMS)}")
            if form in later
            else WrongUse(f"--as {form}: {why}; use {', '.join(files.FORMS)}")
        )
    for path in files.export(view(ledger), form, out):
        print(path)


@app.command()
def demo() -> None:
    """The bundled sample: a ledger, its tables, and where to look next."""
    from onrecord.exports import demo as show_demo

    show_demo.run(console(), datetime.now(UTC))
