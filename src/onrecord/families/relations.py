"""What is a story to the report it follows: an original, a reprint, a rewrite, an excerpt, a roundup, a follow-up?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from onrecord.families.alignment import same_occurrence
from onrecord.families.origins import COPIED, Origin
from onrecord.families.tellings import Telling, lag
from onrecord.records import Event, Relation

# A copied part is an excerpt up to this share of its origin's runs, or, where that is not here, up to so many characters.
_EXCERPT_AT_MOST, _SHORT = 0.5, 700
_ROUNDUP_OUTLETS, _ROUNDUP_EVENTS = 2, 4
# What comes sooner is a report of the same hours, or a version of the same report.
_OWN_LATER, _OTHERS_LATER = timedelta(hours=24), timedelta(hours=36)
# After so long another outlet goes on with nobody's report: it has gone back to the matter by itself.
_OTHERS_UNTIL = timedelta(days=7)
# After so long an outlet's own story may be of another act in the same town.
_LONG = timedelta(days=30)
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
    mine, whole = this.read.reading.signature, other.read.reading.signature
    if not mine or not whole:
        return this.length <= _EXCERPT_AT_MOST * other.length
    return mine[-1] <= _EXCERPT_AT_MOST * whole[-1]


class Reported:
    """What the outlets' own stories have reported so far, for finding the follow-ups among later ones."""

    def __init__(self) -> None:
        self._met: dict[tuple[str, ...], list[tuple[int, Telling, Event]]] = defaultdict(list)

    def earlier(self, this: Telling) -> int | None:
        """The earlier story whose occurrence this one goes on telling of, or None. The outlet's own comes first, then
        the earliest.
        """
        found = []
        for event in _weighty(this):
            if event.status in ("planned", "threatened", "possible", "hypothetical"):
                continue
            for n, other, theirs in self._candidates(event):
                own = other.outlet is not None and other.outlet == this.outlet
                passed = lag(other, this)
                if passed is None or passed < (_OWN_LATER if own else _OTHERS_LATER):
                    continue
                if not own and passed > _OTHERS_UNTIL:
                    continue
                if same_occurrence(event, theirs, sure=not own or passed > _LONG):
                    found.append((not own, other.order, n))
        return min(found)[2] if found else None

    def add(self, place: int, this: Telling) -> None:
        """Notes what a story of its outlet's own reports."""
        for event in _weighty(this):
            for key in _keys(event):
                self._met[key].append((place, this, event))

    def _candidates(self, event: Event) -> Iterable[tuple[int, Telling, Event]]:
        for key in _keys(event):
            yield from self._met[key][-_LATEST:]


def _weighty(this: Telling) -> list[Event]:
    """The events that a story is about: told of in three places or more, and in many of all or more than any other."""
    events = [event for event in this.read.reading.events if not event.background]
    counts = [len(event.mentions) for event in events]
    least = min(_MUCH * sum(counts), max(counts, default=0))
    return [event for event in events if len(event.mentions) >= max(_FEWEST, least)]


def _keys(event: Event) -> list[tuple[str, ...]]:
    keys: list[tuple[str, ...]] = []
    if event.when is not None and event.when.start is not None:
        keys.append(("day", event.kind, event.when.start.isoformat()))
    if event.where is not None:
        keys.append(("place", event.kind, event.where.name.casefold()))
    if event.target is not None:
        keys.append(("target", event.kind, event.target.name.casefold()))
    return keys
