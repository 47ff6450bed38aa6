"""The command that holds codebooks against each other."""

from typing import Annotated

import typer

from onrecord.cli.app import DEFAULT_LEDGER, AsJson, LedgerPath, app, console, print_json, view


@app.command()
def compare(
    one: Annotated[str, typer.Argument(metavar="PROFILE", help="joint, acled, ucdp or airwars.")],
    other: Annotated[str, typer.Argument(metavar="PROFILE", help="Another of them.")],
    ledger: LedgerPath = DEFAULT_LEDGER,
    as_json: AsJson = False,
) -> None:
    """Where two codebooks differ on the same incidents, and by which rule: rows that one has and the other not, figures, days, types."""
    from onrecord.exports import comparing

    seen = view(ledger)
    rows = list(comparing.as_json(seen, comparing.compare(seen, one, other), one, other))
    if as_json:
        print_json(rows)
    else:
        console().print(comparing.table(rows, one, other))
