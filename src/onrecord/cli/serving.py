"""The command that serves the desk."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import DEFAULT_LEDGER, LedgerPath, app, held, whoever


@app.command()
def serve(
    ledger: LedgerPath = DEFAULT_LEDGER,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0 takes a free one.")] = 8000,
    host: Annotated[
        str, typer.Option(metavar="H", help="Where it listens: this machine alone, or an address of it.")
    ] = "127.0.0.1",
    cert: Annotated[
        str | None, typer.Option(metavar="FILE", help="A certificate, to serve beyond this machine.")
    ] = None,
    key: Annotated[str | None, typer.Option(metavar="FILE", help="Its key.")] = None,
    origin: Annotated[
        str | None, typer.Option(metavar="URL", help="What browsers call it, behind a proxy: https://desk.example.org.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who you are while nobody has an account; else as for decide.")
    ] = None,
    sign_off: Annotated[
        int, typer.Option("--sign-off", min=1, metavar="N", help="How many have to confirm an incident.")
    ] = 2,
    log: Annotated[bool, typer.Option("--log", help="Note every request on standard error.")] = False,
    log_json: Annotated[
        bool | None,
        typer.Option(
            "--log-json/--log-text", help="How: one JSON object a line where no terminal reads it, else text."
        ),
    ] = None,
    backups: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where backups and checkpoints are put: the health page says how old they are."
        ),
    ] = None,
) -> None:
    """Serve the review desk and its API. On this machine alone it asks for no password until somebody has an account."""
    from onrecord import web

    name = by if by is not None else whoever() or "somebody"
    options = web.Options(host, port, name, origin, cert, key, sign_off, backups=str(backups) if backups else None)
    options.check()
    with held(ledger) as opened:
        web.serve(opened, options, _say, web.Log(log, log_json))


def _say(line: str) -> None:
    """The address for programs, the rest for people."""
    print(line, file=sys.stdout if line.startswith("http") else sys.stderr, flush=True)
