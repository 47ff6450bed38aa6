"""The command that takes a ledger to another place."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from onrecord.cli.app import app, held


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
