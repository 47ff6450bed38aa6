"""Commands that ask a ledger: tables, evidence, exports."""

import inspect
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from onrecord.exports.filters import Filter


def _filters(
    since: Day = None,
    until: Day = None,
    place: Words = None,
    kind: Listed = None,
    actor: Words = None,
    status: Listed = None,
    outlet: Words = None,
    campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Of one campaign only.")] = None,
) -> "Filter":
    """What a user asks for, by the options that all commands share which ask."""
    from onrecord.exports.filters import Filter

    span = day(since, "--since"), day(until, "--until")
    return Filter(*span, place, kind, actor, status, outlet, campaign)


def _asking(name: str, meaning: str) -> Callable[[Callable[..., None]], None]:
    """Makes a command of a function: its first parameter is the filter, whose options come before those of the others."""

    def made(carry_out: Callable[..., None]) -> None:
        asked = inspect.signature(_filters).parameters
        own = list(inspect.signature(carry_out).parameters.values())[1:]

        def command(**given: Any) -> None:
            wanted = _filters(**{one: given.pop(one) for one in asked})
            carry_out(wanted, **given)

        # Typer reads the options off the signature
        options = sorted([*own, *asked.values()], key=lambda one: one.default is not one.empty)
        command.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
        app.command(name, help=meaning)(command)

    return made


def _listing(table: str, meaning: str) -> None:
    """A command that lists a table."""

    @_asking(table, meaning)
    def command(wanted: "Filter", ledger: LedgerPath = DEFAULT_LEDGER, as_json: AsJson = False) -> None:
        _list(table, wanted, ledger, as_json)


def _list(table: str, wanted: "Filter", ledger: str, as_json: bool) -> None:
    from onrecord.exports import filters, terminal

    wished = "plans" if table == "incidents" and wanted.status not in (None, *filters.HAPPENED) else table
    rows = filters.select(view(ledger), wished, wanted)
    if as_json:
        print_json(rows)
    elif rows:
        console(cut=True).print(terminal.TABLES[wished](rows))
    else:
        asked = wanted != filters.Filter()
        print(f"{shown(ledger)}: no {wished}{' that match' if asked else ''}", file=sys.stderr)


_listing(
    "incidents",
    "One line an incident: when, where, what, killed and injured (low–best–high), independent reports/primary sources, "
    "who. With --status planned (or threatened, possible, denied ...): what is told of and is not held to have happened.",
)
_listing("claims", "Who says what. --actor looks in the source and in the actor of what is told.")


@_asking(
    "tallies", "Running totals in the press, each held against the ledger; with --plot a picture of them over time."
)
def _tallies(
    wanted: "Filter",
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw them beside the ledger's own figures: FILE.png or FILE.svg."),
    ] = None,
) -> None:
    if plot is None:
        _list("tallies", wanted, ledger, as_json)
        return
    if as_json:
        raise WrongUse("--plot and --json: give one of the two")
    from onrecord.exports import files, filters, panels

    form = files.form_of(plot, ("png", "svg"), "--plot")
    seen = view(ledger)
    drawn = panels.panels(seen, filters.select(seen, "tallies", wanted))
    if not drawn:
        asked = wanted != filters.Filter()
        what = (
            "no tallies that match; ask for more" if asked else "no tallies; onrecord add reads stories that state some"
        )
        raise CannotWork(f"{shown(ledger)}: {what}, or there is nothing to draw")
    # The library opens no window, whatever the environment says, and its caches of fonts are no news
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from onrecord.exports import drawing

    print(files.put(plot, drawing.picture(drawn, form), "--plot"))


_listing("families", "Whose report each story is: copies, rewrites, and originals that are not held.")
_listing("mutations", "Values that a story states differently from its origin.")


@_asking(
    "count",
    "How many incidents, dead or injured there are of what is asked for: what surely belongs (low), what does by the best "
    "reading of each incident (best), what may (high), and the incidents behind it.",
)
def _count(
    wanted: "Filter",
    what: Annotated[str, typer.Option(metavar="WHAT", help="incidents, killed or injured.")],
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
) -> None:
    from onrecord.exports import questions

    found = questions.ask(view(ledger), what, wanted)
    if as_json:
        print_json([questions.as_json(found)])
        return
    out = console(cut=True)
    out.print(questions.sentence(found), soft_wrap=True)
    if found.behind:
        out.print()
        out.print(questions.table(found))
    if notes := questions.notes(found):
        out.print("\n" + "\n".join(notes), soft_wrap=True)


@app.command()
def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORD...", help='All of them; "words in a row", begin* or -- -without.')
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    since: Annotated[str | None, typer.Option("--since", "--from", metavar="DATE", help="YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", "--to", metavar="DATE", help="YYYY-MM-DD.")] = None,
    outlet: Words = None,
    limit: Annotated[int, typer.Option(help="How many claims at most.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Claims with these words, the newest first, without loading the ledger: when, in which outlet, who says so, what."""
    from onrecord.exports import searching

    # Words in a row come as one argument: the shell has taken the quotation marks
    question = " ".join(f'"{one}"' if " " in one and '"' not in one else one for one in words)
    asked = searching.Asked(question, day(since, "--since"), day(until, "--until"), outlet, limit)
    with held(ledger) as opened:
        hits = searching.search(opened, asked)
    if as_json:
        print_json(map(searching.as_row, hits))
    elif hits:
        console().print(*(line for hit in hits for line in searching.told(hit)), sep="\n")
    else:
        print(f"{shown(ledger)}: no claim has these words", file=sys.stderr)


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
def why(
    id_: Annotated[str, typer.Argument(metavar="ID")],
    other: Annotated[str | None, typer.Argument(metavar="[OTHER]")] = None,
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
) -> None:
    """Why an incident is not one with OTHER, or with those that are nearest: what spoke for it, what against, and how much was missing."""
    from onrecord.exports import apart

    found = apart.rows(view(ledger), id_, other)
    if as_json:
        print_json(found)
    elif found:
        console().print(*apart.told(found), sep="\n")
    else:
        print(f"{shown(ledger)}: no other comes near {id_}", file=sys.stderr)


@app.command()
def export(
    form: Annotated[
        str,
        typer.Option(
            "--as", metavar="FORM", help="csv, jsonl, geojson, xlsx, parquet, prov, acled, ucdp, plover or airwars."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("export"),
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV begins with the mark by which Excel knows UTF-8.")
    ] = False,
    ledger: LedgerPath = DEFAULT_LEDGER,
    lookup: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="For ucdp: a CSV of names (name) with ids of sides, dyads and countries."),
    ] = None,
) -> None:
    """Write the ledger as files that others read."""
    from onrecord.exports import files
    from onrecord.exports.codebooks import lookup as ids

    if form not in files.FORMS:
        raise WrongUse(f"--as {form}: is not a form of export; use {', '.join(files.FORMS)}")
    known = ids.read(lookup) if lookup is not None else None
    for path in files.export(view(ledger), form, out, lookup=known, excel=excel):
        print(path)


@app.command()
def demo() -> None:
    """The bundled sample: a ledger, its tables, and where to look next."""
    from onrecord.exports import demo as show_demo

    show_demo.run(console(), datetime.now(UTC))
