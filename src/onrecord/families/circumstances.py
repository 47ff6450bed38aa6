"""Which circumstances of an event differ: day, place, doer, and whether it happened at all."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from onrecord.families.alignment import REAL, shared_name
from onrecord.families.change import Change
from onrecord.families.tellings import Telling, happened_in, said
from onrecord.families.terms import told_in
from onrecord.records import Event, Party, Status, When, Where
from onrecord.wording import actors

_UNREAL: tuple[Status, ...] = ("planned", "threatened", "possible", "hypothetical", "denied", "unknown")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOSE = frozenset({"our", "my", "your", "their", "his", "her", "its"})
_NEAR_DEGREES = 0.3
# Days farther apart are those of two events sooner than one day miswritten.
_FARTHEST = timedelta(days=31)


def of_event(this: Telling, event: Event, theirs: Sequence[Event], alone: bool) -> Iterator[Change]:
    """Day, place and, against a single origin, status that the same event has in none of its origins."""
    yield from _day(this, event, theirs)
    if alone:
        yield from _place(event, theirs[0])
        yield from _status(event, theirs[0])


def of_claims(this: Telling, event: Event, origin: Telling, other: Event) -> Iterator[Change]:
    """The doer, where the origin knows of another, or only of one who is accused and denies it."""
    if event.actor is None or event.actor.hedge or event.status not in REAL:
        return
    if other.actor is not None and not other.actor.hedge:
        names = _is_named(event.actor) and _is_named(other.actor)
        if names and not _same_party(event.actor, other.actor) and not _named_in(event.actor, other):
            yield Change("actor", other.actor.name, event.actor.name, other.actor.span, event.actor.span)
        return
    if other.actor is None and _contested(origin, other):
        yield Change("actor", None, event.actor.name, None, event.actor.span)


# ---- days


def _day(this: Telling, event: Event, theirs: Sequence[Event]) -> Iterator[Change]:
    there = [when for other in theirs for when in _whens(other)]
    known = {when.start for when in there if when.start is not None}
    if not known or event.status not in REAL or theirs[0].status not in REAL:
        return
    first = next(when for when in there if when.start is not None)
    mine = next((when for when in _whens(event) if when.start is not None), None)
    if mine is not None and mine.start is not None:
        near = first.start is not None and abs(mine.start - first.start) <= _FARTHEST
        if near and not {when.start for when in _whens(event)} & known:
            yield _dated(first, mine.start, mine)
        return
    # Without a date of its own the copy's weekday is the one nearest to the origin's day.
    if this.start is None and first.start is not None:
        for mention in event.mentions:
            named = _weekday(mention.span.text)
            if named is not None and named not in {day.weekday() for day in known if day is not None}:
                back = (first.start.weekday() - named) % 7
                day = first.start - timedelta(days=back) if back <= 3 else first.start + timedelta(days=7 - back)
                yield Change("date", first.start.isoformat(), day.isoformat(), first.span, mention.span)
                return


def _dated(was: When, now: date, when: When) -> Change:
    return Change("date", was.start.isoformat() if was.start else None, now.isoformat(), was.span, when.span)


def _whens(event: Event) -> list[When]:
    """The days that an event's own words give it, exact ones only."""
    all_of_them = [event.when, *(mention.when for mention in event.mentions)]
    return [when for when in all_of_them if when is not None and when.precision == "day"]


def _weekday(text: str) -> int | None:
    low = text.casefold()
    return next((n for n, name in enumerate(_WEEKDAYS) if f"on {name}" in low), None)


# ---- places


def _place(event: Event, other: Event) -> Iterator[Change]:
    mine, theirs = _wheres(event), _wheres(other)
    if {event.status, other.status} & {"denied", "negated", "unknown"}:
        return
    if not mine or not theirs or any(_same_place(one, two) for one in mine for two in theirs):
        return
    if any(mine[0].name.casefold() in mention.span.text.casefold() for mention in other.mentions):
        return
    yield Change("place", theirs[0].name, mine[0].name, theirs[0].span, mine[0].span)


def _wheres(event: Event) -> list[Where]:
    found = [event.where, *(mention.where for mention in event.mentions)]
    return [where for where in found if where is not None and where.precision not in ("country", "region")]


def _same_place(one: Where, two: Where) -> bool:
    """Whether two places are one, lie in one another, or are too near for a difference."""
    names = {name.casefold() for where in (one, two) for name in (where.container, where.country) if name}
    if shared_name(one.name, two.name) or one.name.casefold() in names or two.name.casefold() in names:
        return True
    if one.lat is None or two.lat is None or one.lon is None or two.lon is None:
        return False
    return abs(one.lat - two.lat) < _NEAR_DEGREES and abs(one.lon - two.lon) < _NEAR_DEGREES


# ---- status


def _status(event: Event, other: Event) -> Iterator[Change]:
    there = {mention.status for mention in other.mentions} | {other.status}
    here = {mention.status for mention in event.mentions} | {event.status}
    if event.status in ("happened", "ongoing") and there <= {*_UNREAL, "negated"} and there & set(_UNREAL):
        yield Change("status", _plainest(other), event.status, other.mentions[0].span, event.mentions[0].span)
    elif other.status in ("happened", "ongoing") and here <= {"planned", "threatened", "possible", "hypothetical"}:
        yield Change("status", other.status, event.status, other.mentions[0].span, event.mentions[0].span)


def _plainest(event: Event) -> Status:
    """The status of an event; where the story leaves it unsettled, what its mentions tell."""
    if event.status != "unknown":
        return event.status
    return next((mention.status for mention in event.mentions if mention.status != "unknown"), event.status)


# ---- doers


def _is_named(party: Party) -> bool:
    """Whether a party is called by a name, and not by whose it is: "our missile crews" begins a sentence."""
    return party.name[:1].isupper() and party.name.partition(" ")[0].casefold() not in _WHOSE


def _same_party(one: Party, two: Party) -> bool:
    first, second = actors.named(one.name), actors.named(two.name)
    if first is not None and second is not None and (first.name == second.name or first.country == second.country):
        return True
    return shared_name(one.name, two.name)


def _named_in(party: Party, event: Event) -> bool:
    """Whether the words of an event, or a party of one of its mentions, name the party."""
    if any(shared_name(party.name, m.actor.name) for m in event.mentions if m.actor is not None):
        return True
    return any(party.name.casefold() in mention.span.text.casefold() for mention in event.mentions)


def _contested(origin: Telling, event: Event) -> bool:
    """Whether a story holds a denial of the event."""
    if any(mention.status == "denied" for mention in event.mentions):
        return True
    matter = happened_in(event)
    return any(
        claim.stance == "denies" and (claim.id in event.claims or told_in(said(claim), matter) > 0)
        for claim in origin.read.reading.claims
    )
