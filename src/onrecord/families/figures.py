"""Which figures differ: dead and injured of an event, stated totals."""

from collections.abc import Iterable, Iterator, Sequence

from onrecord.families.change import Change
from onrecord.families.tellings import Telling
from onrecord.records import Count, CountOf, Event, MutationField, Quantity
from onrecord.wording import numbers

_COUNTED: tuple[tuple[CountOf, MutationField], ...] = (("killed", "killed"), ("injured", "injured"))


def of_event(
    event: Event, theirs: Sequence[Event], stated: frozenset[tuple[str, int]], alone: bool
) -> Iterator[Change]:
    """Dead and injured that the same event has in none of its origins. theirs: the same event there, the likest first;
    stated: every figure of the origins, for whatever event. alone: whether there is one origin only; a compilation may
    set its own figure beside the one that it found.
    """
    for what, field in _COUNTED:
        there = [count for other in theirs for count in other.counts if count.what == what]
        if not there:
            continue
        mine = [count for count in event.counts if count.what == what]
        if not alone and any(_agrees(count, there, stated) for count in mine):
            continue
        for count in mine:
            if count.part or _agrees(count, there, stated):
                continue
            was = min(there, key=lambda other: (distance(other.quantity, count.quantity), other.part))
            yield Change(field, worded(was.quantity), worded(count.quantity), was.span, count.span)
            break


def of_tallies(this: Telling, origin: Telling) -> Iterator[Change]:
    """Totals of a unit that the origin totals otherwise."""
    for tally in this.read.reading.tallies:
        there = [other for other in origin.read.reading.tallies if other.unit == tally.unit]
        number = tally.quantity.number
        if not there or number is None or any(other.quantity.number == number for other in there):
            continue
        was = min(there, key=lambda other: (distance(other.quantity, tally.quantity), other.id))
        yield Change("tally", worded(was.quantity), worded(tally.quantity), was.span, tally.span)


def worded(quantity: Quantity) -> str | None:
    """A number as a reader writes it: its digits, or its vague word."""
    if quantity.number is not None and quantity.vague is None:
        return str(quantity.number)
    return quantity.vague


def distance(one: Quantity, other: Quantity) -> tuple[int, int]:
    """How far apart two numbers are as they are written, then by value: 18 comes from 8 sooner than from 20."""
    first, second = one.number or 0, other.number or 0
    return (_edits(str(first), str(second)), abs(first - second))


def disagree(one: Quantity, other: Quantity) -> bool:
    """Whether two worded numbers cannot tell of the same amount. Vague words and ranges agree with what they hold."""
    first, second = numbers.bounds(one), numbers.bounds(other)
    if first.best is not None and second.best is not None:
        return first.best != second.best and not (_holds(one, second.best) or _holds(other, first.best))
    if first.low is None or second.low is None:
        return False
    low, high = max(first.low, second.low), min(h for h in (first.high, second.high, 10**12) if h is not None)
    return low > high


def _holds(quantity: Quantity, value: int) -> bool:
    """Whether a hedged figure ("about", "up to", "five to seven") was worded to hold the value."""
    if quantity.modifier in (None, "at_least") and quantity.upto is None:
        return False
    bounds = numbers.bounds(quantity)
    return (bounds.low or 0) <= value and (bounds.high is None or value <= bounds.high)


def _agrees(count: Count, there: Sequence[Count], stated: frozenset[tuple[str, int]]) -> bool:
    if count.quantity.number is None or any(not disagree(count.quantity, other.quantity) for other in there):
        return True
    if (count.what, count.quantity.number) in stated:
        return True
    return count.quantity.number in set(_sums(there))


def _sums(there: Sequence[Count]) -> Iterable[int]:
    """What two figures of one kind give together."""
    figures = sorted({count.quantity.number for count in there if count.quantity.number})
    return [a + b for n, a in enumerate(figures) for b in figures[n + 1 :]]


def _edits(one: str, other: str) -> int:
    """The fewest digits put in, left out or exchanged between two numbers."""
    row = list(range(len(other) + 1))
    for n, a in enumerate(one, 1):
        last, row[0] = row[0], n
        for m, b in enumerate(other, 1):
            last, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, last + (a != b))
    return row[-1]
