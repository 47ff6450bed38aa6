"""Commands that are not there yet: each says so."""

import typer

from onrecord.cli.app import app
from onrecord.errors import CannotWork

NOT_YET = {
    "compare": "two codebook profiles side by side",
    "import": "tables back into the ledger",
}


def _not_yet(name: str, what: str) -> None:
    def later(_context: typer.Context) -> None:
        raise CannotWork(f"onrecord {name}: {what}: is not there yet")

    settings = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(name, help=f"Not there yet: {what}.", context_settings=settings)(later)


for _name, _what in NOT_YET.items():
    _not_yet(_name, _what)
