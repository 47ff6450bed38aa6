"""Many judgements, one after another: what is derived is kept in memory between them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from onrecord.errors import Conflict, WrongUse
from onrecord.ledger import Ledger
from onrecord.pipeline.deciding import Judgement, Outcome, decide
from onrecord.pipeline.keeping import Kept

_FEW = 8
"""So many, and it is quicker to ask the ledger anew for each."""


def decide_all(
    ledger: Ledger, asked: Sequence[Judgement], now: datetime, profile: str = "joint"
) -> Iterator[Outcome | WrongUse | Conflict]:
    """What comes of each judgement, in order: what `decide` gives for it, or raises. Each is kept before the next is looked at.

    Raises TryLater where the ledger cannot be written now; the same call goes on from there where judgements have keys.
    """
    once = partial(decide, ledger, profile=profile) if len(asked) <= _FEW else Kept(ledger, profile).decide
    for one in asked:
        try:
            yield once(one, now)
        except (WrongUse, Conflict) as error:
            yield error
