"""Lists of stories, asked again and again: what is new in them is added, and the pages behind them are looked at again for edits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onrecord.ledger import Ledger, inputs
from onrecord.pipeline.adding import AddOptions, AddReport, add

_HOUR = timedelta(hours=1)
AGAIN = (_HOUR, 6 * _HOUR, 24 * _HOUR, 72 * _HOUR, 168 * _HOUR)
"""How old a page is when it is looked at again: most corrections come within a day, and hardly any after a week."""


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """How to watch. add: how what is found is added, `now` and `progress` aside; every: seconds from the begin of one round to
    that of the next; again: how old a page is each time it is looked at again; clock and sleep: as their names say.
    """

    add: AddOptions
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    every: float = 1800.0
    again: tuple[timedelta, ...] = AGAIN


@dataclass(frozen=True, slots=True)
class Round:
    """One round. looked_at: pages that were asked for again; report: what became of all of it."""

    at: datetime
    looked_at: int
    report: AddReport


def watch(ledger: Ledger, sources: Sequence[str], options: WatchOptions) -> Iterator[Round]:
    """Rounds without end, each as it is done. What it knows is in the ledger, so it may be stopped and started anew.

    Raises WrongUse for a source that is not there, TryLater where the ledger cannot be written now.
    """
    looked: dict[str, datetime] = {}
    while True:
        begun = options.clock()
        pages = _due(ledger, begun, options.again, looked)
        named = set(sources)
        report = add(ledger, [*sources, *(url for url in pages if url not in named)], replace(options.add, now=begun))
        looked |= dict.fromkeys(pages, begun)
        yield Round(begun, len(pages), report)
        options.sleep(max(0.0, options.every - (options.clock() - begun).total_seconds()))


def _due(ledger: Ledger, now: datetime, again: tuple[timedelta, ...], looked: dict[str, datetime]) -> list[str]:
    """The pages whose next look is due: one has passed the next of its ages since anybody looked at it."""
    if not again:
        return []
    found = []
    for page in inputs.followed(ledger, now - 2 * again[-1]):
        last = max(page.last, looked.get(page.url, page.last))
        reached = [page.first + age for age in again if page.first + age <= now]
        if reached and last < reached[-1]:
            found.append(page.url)
    return found
