"""OnRecord reads news reports and keeps a sourced incident ledger.

    from datetime import UTC, datetime
    import onrecord

    ledger = onrecord.open_ledger("onrecord.db", create=True)
    onrecord.add(ledger, ["stories"], onrecord.AddOptions(now=datetime.now(UTC)))
    for incident in onrecord.view(ledger).derived.incidents:
        print(incident.when, incident.where, incident.killed, incident.reports, incident.sources)

Everything here loads when it is first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.errors import OnRecordError
    from onrecord.ledger import Ledger, open_ledger
    from onrecord.pipeline import (
        AddOptions,
        Judgement,
        RereadOptions,
        View,
        add,
        decide,
        derive,
        read_only,
        rebuild,
        reread,
        view,
    )
    from onrecord.settings import ReadOptions

__all__ = [
    "AddOptions",
    "Judgement",
    "Ledger",
    "OnRecordError",
    "ReadOptions",
    "RereadOptions",
    "View",
    "add",
    "decide",
    "derive",
    "open_ledger",
    "read_only",
    "rebuild",
    "reread",
    "view",
]

_HOMES = {
    "errors": ("OnRecordError",),
    "ledger": ("Ledger", "open_ledger"),
    "pipeline": (
        *("AddOptions", "Judgement", "RereadOptions", "View"),
        *("add", "decide", "derive", "read_only", "rebuild", "reread", "view"),
    ),
    "settings": ("ReadOptions",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"onrecord.{home}"), name)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
