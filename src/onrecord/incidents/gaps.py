"""Which incidents would close the gap between a total and the ledger?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from onrecord.incidents import scopes
from onrecord.incidents.counting import Books, Counted, of_one
from onrecord.records import Bounds, Incident, Tally, TallyUnit

_LATE = timedelta(days=3)
"""How long before the last day of a total an act may be, so that the count may have been made without it."""
_TOGETHER = 2
"""How many incidents are looked at together."""
_MANY = 24
"""Among more incidents than these a sum is found by chance."""
_LARGE = 500
"""In a campaign of more incidents than these nothing is looked for: every number is some incident's."""

Worth = Callable[[Incident], int]


@dataclass(frozen=True, slots=True)
class Gap:
    """A total that is off. last: the last day it counts; by: how far it is off; printed: when it was."""

    tally: Tally
    unit: TallyUnit
    last: date | None
    by: int
    printed: date | None


@dataclass(frozen=True, slots=True)
class Closing:
    """What would close a gap, and why that may be so, in a sentence."""

    incidents: tuple[Incident, ...]
    reason: str


def short(gap: Gap, counted: Counted, books: Books) -> Closing | None:
    """What a total that is below the ledger may have left out, or counted lower; None where nothing comes to just the gap."""
    if len(books.incidents) > _LARGE:
        return None
    whole = _whole(gap.unit)

    def told_late(one: Incident) -> bool:
        told, day = books.told.get(one.id), books.days.get(one.id)
        ends = gap.printed or gap.last
        return ends is not None and ((told is not None and told >= ends) or (day is not None and day >= ends - _LATE))

    tries = (
        ([one for one in counted.incidents if told_late(one)], whole, "too late to be counted in"),
        ([one for one in counted.incidents if one.when is None], whole, "without a day of its own"),
        (counted.incidents, lambda one: _spread(gap.unit, one, below=True), "told with a lower figure, too"),
        ([one for one in counted.incidents if not one.reports], whole, "told of in passing alone"),
        (counted.incidents, whole, "as large as the gap"),
    )
    return next((found for pool, worth, why in tries if (found := _made(gap.by, pool, worth, why)) is not None), None)


def over(gap: Gap, counted: Counted, books: Books) -> Closing | None:
    """What a total that is above the ledger may have counted in, or counted higher; None where nothing comes to just the gap."""
    if len(books.incidents) > _LARGE:
        return None
    whole, kinds = _whole(gap.unit), scopes.kinds(gap.unit)
    known = set(counted.ids)
    scoped = [one for one in books.within((kinds, gap.tally.scope)) if one.id not in known]
    wide = [one for one in books.within((kinds, None)) if one.id not in known]
    every = [one for one in books.within((frozenset(), gap.tally.scope)) if one.id not in known]
    since, last, printed = gap.tally.since, gap.last, gap.printed

    def day(one: Incident) -> date | None:
        return books.days.get(one.id)

    after = [one for one in scoped if last and printed and (on := day(one)) is not None and last < on <= printed]
    before = [one for one in scoped if since is not None and (on := day(one)) is not None and on < since]
    falling = books.falling(since, last, doubtful=True)
    beside = [one for one in wide if one.id in falling]
    other = [one for one in every if kinds is not None and one.id in falling]
    tries = (
        (counted.incidents, lambda one: _presumed(gap.unit, one), "presumed dead"),
        ([one for one in scoped if one.when is None], whole, "without a day of its own"),
        ([one for one in scoped if not one.reports], whole, "told of in passing alone"),
        (after, whole, "after the last day that it counts"),
        (before, whole, "before its first day"),
        (counted.incidents, lambda one: _spread(gap.unit, one, below=False), "told with a higher figure, too"),
        (other, whole, "of another kind"),
        (beside, whole, "outside of its scope"),
    )
    return next((found for pool, worth, why in tries if (found := _made(gap.by, pool, worth, why)) is not None), None)


def _made(by: int, pool: Iterable[Incident], worth: Worth, why: str) -> Closing | None:
    """The fewest incidents that come to just the gap; the first of them, in the order of their days."""
    fitting = [(one, size) for one in pool if 0 < (size := worth(one)) <= by]
    sized = sorted(fitting, key=lambda row: _order(row[0])) if len(fitting) <= _MANY else []
    for some in _some(sized):
        if sum(size for _, size in some) == by:
            named = " and ".join(f"{called(one)} ({size})" for one, size in some)
            return Closing(tuple(one for one, _ in some), f"The gap is that of {named}: {why}.")
    return None


def _some(sized: list[tuple[Incident, int]]) -> Iterator[tuple[tuple[Incident, int], ...]]:
    for number in range(1, _TOGETHER + 1):
        yield from combinations(sized, number)


def _order(incident: Incident) -> tuple[date, tuple[str, ...]]:
    """By day, then by what it was first told by: its name may differ from ledger to ledger."""
    when = incident.when
    return (when.start or date.max if when is not None else date.max, incident.events)


def called(incident: Incident) -> str:
    """An incident in plain words ("the drone strike at Port Amary on 2031-05-04"): its name in a ledger may change."""
    where = f" at {incident.where.name}" if incident.where is not None else ""
    when = f" on {incident.when.start}" if incident.when is not None and incident.when.start is not None else ""
    return f"the {incident.kind.replace('_', ' ')}{where}{when}"


def _whole(unit: TallyUnit) -> Worth:
    acts = scopes.kinds(unit) is not None
    return lambda one: 1 if acts else of_one(unit, one).best or 0


def _spread(unit: TallyUnit, incident: Incident, *, below: bool) -> int:
    """How far the lowest figure of an incident lies below its best, or the highest above."""
    if scopes.kinds(unit) is not None:
        return 0
    bounds: Bounds = of_one(unit, incident)
    ends = (bounds.low, bounds.best) if below else (bounds.best, bounds.high)
    return 0 if ends[0] is None or ends[1] is None else ends[1] - ends[0]


def _presumed(unit: TallyUnit, incident: Incident) -> int:
    """How many more an incident has with those presumed dead."""
    if unit != "killed":
        return 0
    return (of_one("killed_or_presumed_dead", incident).best or 0) - (incident.killed.best or 0)
