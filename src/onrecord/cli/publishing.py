"""The command that publishes a ledger."""

from pathlib import Path
from typing import Annotated

import typer

from onrecord.cli.app import DEFAULT_LEDGER, LedgerPath, app, console, view


@app.command()
def publish(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder, or one that was published into.")
    ],
    ledger: LedgerPath = DEFAULT_LEDGER,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Of the site.")] = None,
    release: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of this release; the day of the latest story or decision without one."),
    ] = None,
    campaign: Annotated[str | None, typer.Option(metavar="NAME", help="Only what belongs to one campaign.")] = None,
) -> None:
    """Write a public site of the ledger: plain pages that work from any folder or server, the data, and a release that stays.

    Names of private persons are withheld. Publishing into the same folder again keeps what was released before, and says what
    has changed since; what changed nothing changes no file.
    """
    from onrecord.exports import publishing, terminal

    seen = view(ledger)
    with terminal.Steps(console(stderr=True)) as progress:
        made = publishing.publish(seen, folder, publishing.Wanted(title, release, campaign), progress)
    found = made.release
    said = ", ".join(f"{count:,} {word}" for word, count in found.difference.counts().items()) if found.before else ""
    state = "published" if made.new else "is published already, and is as it was"
    since = f"; since {found.before}: {said}" if made.new and said else ""
    print(f"{folder}: release {found.name} {state}, {found.counts['incidents']:,} incidents{since}")
    print(f"SHA-256 {found.hash}")
    print(folder / "index.html")
