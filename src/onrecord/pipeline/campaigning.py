"""Named watches: which incidents belong together, so that totals in the press are checked within them."""

from collections.abc import Sequence
from datetime import datetime

from onrecord.errors import WrongUse
from onrecord.ledger import Ledger, write
from onrecord.pipeline.deriving import derive_if_old
from onrecord.records import Campaign


def start_campaigns(ledger: Ledger, campaigns: Sequence[Campaign], now: datetime, profile: str = "joint") -> int:
    """Adds campaigns, or gives those of the same names their new bounds; returns how many were new or changed."""
    changed = sum(write.add_campaign(ledger, campaign, now) for campaign in campaigns)
    derive_if_old(ledger, profile, now)
    return changed


def end_campaign(ledger: Ledger, name: str, now: datetime, profile: str = "joint") -> None:
    """Ends a campaign: its incidents stay, and belong to it no more. Raises WrongUse where none has that name."""
    if not write.end_campaign(ledger, name, now):
        raise WrongUse(f"{name}: there is no campaign of that name; onrecord campaigns lists them")
    derive_if_old(ledger, profile, now)
