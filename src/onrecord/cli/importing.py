"""The command that takes tables back: what people changed in them becomes decisions; other projects' records are compared with."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onrecord.cli.app import (
    DEFAULT_LEDGER,
    DONE_WITH_REFUSALS,
    AsJson,
    LedgerPath,
    app,
    console,
    held,
    print_json,
    whoever,
)
from onrecord.errors import WrongUse

if TYPE_CHECKING:
    from onrecord.exports.edits import Change
    from onrecord.exports.imported import Imported
    from onrecord.exports.private import Row
    from onrecord.ledger import Ledger


@app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Tables of an export that were edited (CSV, XLSX), or events in the shape of ACLED's or GED's CSV.",
        ),
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    yes: Annotated[bool, typer.Option("--yes", help="Decide what is shown; without it nothing is decided.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show what would be decided, which is usual.")
    ] = False,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Where the ledger has changed as well, what the table says holds.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; else ONRECORD_BY, else the user's name.")
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; kept with each decision.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write the list that is shown to a file as well.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take tables back that people edited: each cell they changed becomes a decision. Events of other projects are compared
    with, and never taken over.
    """
    from onrecord import pipeline
    from onrecord.exports import files as written
    from onrecord.exports import imported

    if yes and preview:
        raise WrongUse("--yes --preview: either decide or look")
    if out is not None:
        written.form_of(out, ("csv",), "--out")
    with held(ledger) as opened:
        who = by if by is not None else whoever()
        if yes and not who.strip():
            raise WrongUse("a decision needs the name of whoever decides: --by NAME")
        found = imported.read(pipeline.view(opened), files, who or "nobody", reason, theirs=theirs)
        listed = list(_decided(opened, found) if yes else ((change, None) for change in found.changes))
    rows = _rows(listed, found, decided=yes)
    if out is not None:
        _write(out, rows)
    if as_json:
        print_json(rows)
    else:
        _print(found, [change for change, _ in listed], decided=yes)
    left = any(change.state in ("conflict", "refused") for change, _ in listed)
    raise typer.Exit(DONE_WITH_REFUSALS if left else 0)


def _decided(opened: "Ledger", found: "Imported") -> Iterator[tuple["Change", str | None]]:
    """Every change, decided where it can be, with the decision."""
    from onrecord import pipeline
    from onrecord.exports import imported

    outcomes = pipeline.decide_all(opened, found.judgements, datetime.now(UTC))
    for change in found.changes:
        yield imported.decided(change, next(outcomes)) if change.judgement is not None else (change, None)


def _rows(listed: list[tuple["Change", str | None]], found: "Imported", *, decided: bool) -> "list[Row]":
    from onrecord.exports import imported, outside

    rows: list[Row] = []
    for change, decision in listed:
        (row,) = imported.rows([change])
        rows.append({**row, "decision": decision} if decided else row)
    for one in found.beside:
        rows += [{"file": one.name, **row} for row in outside.rows(one)]
    return rows


def _write(out: Path, rows: "list[Row]") -> None:
    from onrecord.exports import files, sheets

    header = list(dict.fromkeys(name for row in rows for name in row))
    filled = ({name: row.get(name) for name in header} for row in rows)
    files.put(out, sheets.as_csv(header, filled).encode(), "--out")


def _print(found: "Imported", changes: "list[Change]", *, decided: bool) -> None:
    from onrecord.exports import imported

    for said in found.passed:
        print(said, file=sys.stderr)
    if changes:
        console(cut=True).print(imported.listing(changes))
    if found.compared:
        print(imported.counts(found, changes))
        if decided:
            print(f"{sum(change.judgement is not None for change in changes):,} decided; onrecord decisions lists them")
        elif found.judgements:
            print("nothing is decided yet: the same command with --yes decides what is new and changed")
    for one in found.beside:
        console(cut=True).print(imported.beside(one))
        print(imported.summary(one))
