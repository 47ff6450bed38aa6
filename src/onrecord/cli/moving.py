"""Commands for a ledger that several people use: to a newer schema, to another place, to a second user."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from onrecord.cli.app import DEFAULT_LEDGER, LedgerPath, app, held


@app.command()
def migrate(
    ledger: LedgerPath = DEFAULT_LEDGER,
    user: Annotated[
        str | None,
        typer.Option("--for", metavar="USER", help="A user of the server who is to code, and to own nothing."),
    ] = None,
) -> None:
    """Bring a ledger to the newest schema; on a server, let a second user add and decide, but change no fact."""
    from onrecord.ledger import guards

    with held(ledger) as opened:
        if user is None:
            print(f"{opened.place}: has the newest schema")
        else:
            guards.let_in(opened, user)
            print(f"{opened.place}: {user} may read, add and decide; facts stay as they are")


@app.command()
def move(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The ledger as it is: a path or an address.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where it is to be; no facts may be there yet.")],
) -> None:
    """Copy a ledger to another place or database, either way. The old one stays; what comes out is compared with it."""
    from onrecord import pipeline
    from onrecord.ledger import open_ledger

    with held(source) as opened:
        made = open_ledger(target, create=True)
        try:
            report = pipeline.move(opened, made, datetime.now(UTC))
        finally:
            made.close()
    print(f"{made.place}: {sum(report.facts.values()):,} rows of facts, as in {opened.place}")
    print(f"  log: entry {report.head[0]:,}, {report.head[1]}, on both sides")
    print(f"  content: {report.content}, on both sides")
