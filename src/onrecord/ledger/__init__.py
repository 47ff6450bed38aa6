"""The database of a ledger: schema, opening, writing, reading."""

from onrecord.ledger.opening import Ledger, open_ledger, shown

__all__ = ["Ledger", "open_ledger", "shown"]
