"""Do the figures that one story gives for one act, or for one total, add up?"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

from onrecord.records import Count, CountOf, Event, Misfit, Read, Reading, Tally

_FATES: tuple[CountOf, ...] = ("killed", "missing", "presumed_dead")
_LIVED: tuple[CountOf, ...] = ("survivors", "rescued")


def misfits(read: Read) -> tuple[Misfit, ...]:
    """Figures of a story that should add up and do not, in the order of the text: those who were aboard against what became of them;
    parts against their whole; a total before an act and after it against the act's own toll.
    """
    reading = read.reading
    found = [
        *(one for event in reading.events for one in _of_event(event)),
        *_of_totals(reading),
    ]
    return tuple(sorted(found, key=lambda one: (one.spans[0].part, one.spans[0].start, one.reason)))


def _of_event(event: Event) -> Iterator[Misfit]:
    counts = {(c.what, c.span.part, c.span.start): c for m in event.mentions for c in m.counts}
    told = [count for _, count in sorted(counts.items(), key=lambda row: row[0][1:]) if _is_exact(count)]
    yield from _of_aboard(event, told)
    for mention in event.mentions:
        yield from _of_parts(event, [count for count in mention.counts if _is_exact(count)])


def _is_exact(count: Count) -> bool:
    """Whether the number is told, and told as just that many."""
    quantity = count.quantity
    return (
        quantity.number is not None and quantity.modifier is None and quantity.vague is None and quantity.upto is None
    )


def _number(count: Count) -> int:
    return count.quantity.number or 0


def _of_aboard(event: Event, told: Sequence[Count]) -> Iterator[Misfit]:
    """Those who were aboard against the dead, the missing and those who lived, where one of either is told."""
    by: dict[CountOf, list[Count]] = defaultdict(list)
    for count in told:
        if not count.part and count.what in {"aboard", *_FATES, *_LIVED} and _is_new(count, by[count.what]):
            by[count.what].append(count)
    lived = max((by[what] for what in _LIVED), key=lambda some: sum(map(_number, some)))
    gone = [max(by[what], key=_number) for what in _FATES if by[what]]
    if not by["aboard"] or not lived or not gone:
        return
    aboard, sum_ = sum(map(_number, by["aboard"])), sum(map(_number, [*gone, *lived]))
    if aboard != sum_:
        parts = [*by["aboard"], *gone, *lived]
        words = " + ".join(str(_number(c)) for c in (*gone, *lived))
        reason = f"{aboard} were aboard, and {words} are told of: {abs(aboard - sum_)} {'more' if sum_ > aboard else 'fewer'}."
        yield Misfit(event.id.rpartition("-")[0], tuple(c.span for c in parts), reason)


def _is_new(count: Count, known: Sequence[Count]) -> bool:
    """Whether a number is no second telling of one before ("a crew of nine", "the nine")."""
    return all(
        (_number(count), count.of) != (_number(other), other.of) and _number(count) != _number(other) for other in known
    )


def _of_parts(event: Event, told: Sequence[Count]) -> Iterator[Misfit]:
    """Parts against the whole that they are told with."""
    for what in ("killed", "injured"):
        whole = [count for count in told if count.what == what and not count.part]
        parts = [count for count in told if count.what == what and count.part]
        if len(whole) != 1 or not parts:
            continue
        most = max(parts, key=_number)
        if _number(most) > _number(whole[0]):
            reason = f"{_number(most)} are told of as a part of {_number(whole[0])}."
            yield Misfit(event.id.rpartition("-")[0], (whole[0].span, most.span), reason)


def _of_totals(reading: Reading) -> Iterator[Misfit]:
    """A total against the one that stood before, and the toll of the only act that the story tells of as new."""
    acts = [event for event in reading.events if event.status == "happened" and not event.background]
    tolls = [c for event in acts for c in event.counts if c.what == "killed" and not c.part and _is_exact(c)]
    if len(acts) != 1 or len({_number(c) for c in tolls}) != 1:
        return
    voices = {claim.id: claim.source.name for claim in reading.claims}
    told: dict[tuple[str, str | None, str | None], list[Tally]] = defaultdict(list)
    for tally in reading.tallies:
        if tally.unit == "killed" and tally.quantity.modifier is None and tally.quantity.number is not None:
            told[tally.unit, tally.scope, voices.get(tally.claim or "")].append(tally)
    for totals in told.values():
        ordered = sorted(totals, key=lambda one: one.quantity.number or 0)
        for before, after in itertools.pairwise(ordered):
            was, is_, new = before.quantity.number or 0, after.quantity.number or 0, _number(tolls[0])
            if before.as_of != after.as_of and is_ not in {was, was + new}:
                reason = f"{was} and the {new} of this act make {was + new}, not {is_}."
                yield Misfit(after.span.story, (before.span, tolls[0].span, after.span), reason)
