"""What is a story to the report it follows: an original, a reprint, a rewrite, an excerpt, a roundup, a follow-up?"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from onrecord.families.alignment import same_day, same_occurrence
from onrecord.families.copies import COPIED
from onrecord.families.origins import Origin
from onrecord.families.shelf import put
from onrecord.families.tellings import Order, Telling, lag
from onrecord.records import Event, Relation

Key = tuple[str, ...]

# A copied part is an excerpt up to this share of its origin's runs, or, where that is not here, up to so many characters.
_EXCERPT_AT_MOST, _SHORT = 0.5, 700
_ROUNDUP_OUTLETS, _ROUNDUP_EVENTS = 2, 4
# What comes sooner is a report of the same hours, or a version of the same report.
_OWN_LATER, _OTHERS_LATER = timedelta(hours=24), timedelta(hours=36)
# After so long another outlet goes on with nobody's report: it has gone back to the matter by itself.
_OTHERS_UNTIL = timedelta(days=7)
# After so long an outlet's own story may be of another act in the same town.
_LONG = timedelta(days=30)
# After so long a toll is no longer revised without a word of the day.
_SETTLED = timedelta(days=7)
# A story is about an event that takes this share of its mentions, and no fewer than so many.
_MUCH, _FEWEST = 0.3, 3
# How many earlier reports of the same day, place or target a story is compared with.
_LATEST = 40


def of_origin(this: Telling, origin: Origin, other: Telling | None) -> Relation:
    """The relation of a story to the origin found for it. "original" where an outlet uses its own words of another
    occurrence once more, as in a daily form.
    """
    relation = origin.credit.relation if origin.credit else None
    if other is not None and other.outlet is not None and other.outlet == this.outlet:
        if _of_another_occurrence(this, other):
            return "original"
        # A later version of an outlet's own story stands for itself, unless it says nothing else.
        return "reprint" if origin.share >= COPIED and this.facts == other.facts else "follow-up"
    if origin.adds:
        return "reprint" if relation in ("wire", "republished_from") else "follow-up"
    if origin.by == "copy" or (origin.share >= COPIED):
        return "excerpt" if other is not None and _is_part(this, other) else "reprint"
    if relation in ("wire", "republished_from"):
        return "excerpt" if relation == "republished_from" and this.length < _SHORT else "reprint"
    return "rewrite"


def _of_another_occurrence(this: Telling, other: Telling) -> bool:
    mine = [event for event in this.read.reading.events if not event.background]
    theirs = [event for event in other.read.reading.events if not event.background]
    if not mine or not theirs:
        return False
    return not any(same_occurrence(one, two) for one in mine for two in theirs)


def is_roundup(this: Telling) -> bool:
    """Whether a story compiles several reports: it credits several outlets and tells of several occurrences. An outlet
    that somebody would not answer reports nothing by that.
    """
    told = [claim for claim in this.read.reading.claims if claim.source.told]
    answered = {(c.source.told or "").casefold() for c in told if c.stance != "declines to comment"}
    refused = {(c.source.told or "").casefold() for c in told} - answered
    silent = {c.key for c in this.credits if c.relation == "told" and c.name.casefold() in refused}
    if len({credit.key for credit in this.credits} - silent) < _ROUNDUP_OUTLETS:
        return False
    # What is compiled has happened: plans and threats around one act make no roundup.
    told_of = [e for e in this.read.reading.events if not e.background and e.status in ("happened", "ongoing")]
    return len(told_of) >= _ROUNDUP_EVENTS


def _is_part(this: Telling, other: Telling) -> bool:
    if not this.runs or not other.runs:
        return this.length <= _EXCERPT_AT_MOST * other.length
    return this.runs <= _EXCERPT_AT_MOST * other.runs


class Reported:
    """What the outlets' own stories have reported, for finding the follow-ups among later ones. Stories by number."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self._tellings = tellings
        # By day, place and target of an act, in order of time: all stories about it; those that are reports of their own
        self._about: defaultdict[Key, list[int]] = defaultdict(list)
        self._met: defaultdict[Key, list[tuple[int, Event]]] = defaultdict(list)

    def note(self, n: int) -> None:
        """Takes in a story, be it a report of its own or not."""
        for key in {key for event in _weighty(self._tellings[n]) for key in _keys(event)}:
            put(self._about[key], n, self._order)

    def forget(self, n: int) -> None:
        """Takes a story out that is no report of its own, before it is told otherwise."""
        for key in {key for event in _weighty(self._tellings[n]) for key in _keys(event)}:
            self._about[key].remove(n)

    def add(self, n: int) -> None:
        """Notes what a story of its outlet's own reports."""
        for event in _weighty(self._tellings[n]):
            for key in _keys(event):
                put(self._met[key], (n, event), self._order_of_met)

    def drop(self, n: int) -> None:
        """The story turned out to be no report of its own."""
        for key in {key for event in _weighty(self._tellings[n]) for key in _keys(event)}:
            self._met[key] = [met for met in self._met[key] if met[0] != n]

    def earlier(self, n: int) -> int | None:
        """The earlier story whose occurrence this one goes on telling of, or None. The outlet's own comes first, then
        the earliest.
        """
        this, found = self._tellings[n], []
        for event in _weighty(this):
            if event.status in ("planned", "threatened", "possible", "hypothetical"):
                continue
            candidates = list(self._candidates(event, this))
            crowded = self._crowded(event, candidates, this)
            for m, theirs in candidates:
                other = self._tellings[m]
                own = other.outlet is not None and other.outlet == this.outlet
                passed = lag(other, this)
                if passed is None or passed < (_OWN_LATER if own else _OTHERS_LATER):
                    continue
                if not own and passed > _OTHERS_UNTIL:
                    continue
                # A town that is struck week after week, or another toll after a while: only the day shows which act it is
                another = crowded or (passed > _SETTLED and _tolls_differ(event, theirs))
                if another and same_day(event, theirs) <= 0:
                    continue
                if same_occurrence(event, theirs, sure=not own or passed > _LONG):
                    found.append((not own, other.order, m))
        return min(found)[2] if found else None

    def later(self, n: int) -> set[int]:
        """The later stories that look at this one, or would if it were a report of its own."""
        this, found = self._tellings[n], set[int]()
        for key in {key for event in _weighty(this) for key in _keys(event)}:
            met, about = self._met[key], self._about[key]
            last = bisect_right(met, this.order, key=self._order_of_met) + _LATEST
            until = self._order_of_met(met[last - 1]) if last <= len(met) else None
            start = bisect_right(about, this.order, key=self._order)
            end = bisect_right(about, until, key=self._order) if until is not None else len(about)
            found.update(about[start:end])
        return found

    def _crowded(self, event: Event, candidates: Sequence[tuple[int, Event]], this: Telling) -> bool:
        """Whether several reports of late told of such acts at the place of an event."""
        if event.where is None:
            return False
        place = event.where.name.casefold()
        there = {m for m, theirs in candidates if theirs.where is not None and theirs.where.name.casefold() == place}
        late = (lag(self._tellings[m], this) for m in there)
        return sum(passed is not None and passed <= _LONG for passed in late) > 1

    def _candidates(self, event: Event, this: Telling) -> Iterator[tuple[int, Event]]:
        for key in _keys(event):
            met = self._met.get(key, [])
            end = bisect_left(met, this.order, key=self._order_of_met)
            yield from met[max(0, end - _LATEST) : end]

    def _order(self, n: int) -> Order:
        return self._tellings[n].order

    def _order_of_met(self, met: tuple[int, Event]) -> Order:
        return self._tellings[met[0]].order


def _tolls_differ(first: Event, second: Event) -> bool:
    one, two = (
        {
            count.quantity.number
            for count in event.counts
            if count.what == "killed" and count.quantity.number is not None
        }
        for event in (first, second)
    )
    return bool(one) and bool(two) and one.isdisjoint(two)


def _weighty(this: Telling) -> list[Event]:
    """The events that a story is about: told of in three places or more, and in many of all or more than any other."""
    events = [event for event in this.read.reading.events if not event.background]
    counts = [len(event.mentions) for event in events]
    least = min(_MUCH * sum(counts), max(counts, default=0))
    return [event for event in events if len(event.mentions) >= max(_FEWEST, least)]


def _keys(event: Event) -> list[Key]:
    keys: list[Key] = []
    if event.when is not None and event.when.start is not None:
        keys.append(("day", event.kind, event.when.start.isoformat()))
    if event.where is not None:
        keys.append(("place", event.kind, event.where.name.casefold()))
    if event.target is not None:
        keys.append(("target", event.kind, event.target.name.casefold()))
    return keys
