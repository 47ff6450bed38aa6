"""What grouping looks at in a story: whose it is, when it stood, whom it credits, what it tells."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from sys import intern
from typing import Any, TypeVar

from onrecord.families.terms import Terms, terms, told_in
from onrecord.records import Claim, CountOf, CreditRelation, Event, Masthead, Read, Reading, Source, Span
from onrecord.wording import outlets

Order = tuple[bool, float, int, int, str]
"""Sorts stories by time of publication, undated ones last, versions of a text as they came, longer stories before shorter
ones.
"""

TOLD_AGAIN = 0.4
"""Share of a statement's matter from which it is taken to be told again elsewhere."""
_REWRITTEN_WITHIN = timedelta(days=10)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Credited:
    """Another outlet that a story names for its report. key: its name folded; at: where the credit ends, -1 in the
    headline.
    """

    key: str
    name: str
    relation: CreditRelation
    at: int


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """A story as grouping sees it. read: what of its reading is asked for again (`lean`). outlet: its key, or None. runs: how many
    different 5-word runs it has. start, end: when it was published, None where
    unknown. order: its place in time. credits: other outlets, in the order of the text, each once for a relation. where, when,
    tolls: places, days, and numbers of dead and hurt of what it tells of, background left out.
    """

    read: Read
    outlet: str | None
    runs: int
    start: datetime | None
    end: datetime | None
    order: Order
    credits: tuple[Credited, ...]
    quotes: frozenset[str]
    facts: frozenset[str]
    where: frozenset[str]
    when: frozenset[date]
    tolls: frozenset[tuple[CountOf, int]]

    @property
    def id(self) -> str:
        """The story's id."""
        return self.read.story.id

    @property
    def length(self) -> int:
        """Characters of the text."""
        return self.read.story.length

    def credits_to(self, key: str | None) -> bool:
        """Whether the story names that outlet."""
        return key is not None and any(credit.key == key for credit in self.credits)


class Sets:
    """Sets of which equal ones are kept once: the stories of one event tell the same places, days and figures."""

    def __init__(self) -> None:
        self._held: dict[frozenset[Any], frozenset[Any]] = {}

    def of(self, members: Iterable[T]) -> frozenset[T]:
        """The set of these."""
        made = frozenset(members)
        return self._held.setdefault(made, made)


def telling(read: Read, mastheads: Collection[str], sets: Sets) -> Telling:
    """A story and its reading, made ready. mastheads: as in `credited`."""
    reading, published = read.reading, read.story.published
    events = [event for event in reading.events if not event.background]
    return Telling(
        read=lean(read),
        outlet=outlet_key(read.story),
        runs=reading.signature[-1] if reading.signature else 0,
        start=published.start,
        end=published.end,
        order=order_of(read.story),
        credits=credited(read, mastheads),
        # Facts are the same few in many stories
        quotes=sets.of(map(intern, reading.quotes)),
        facts=sets.of(map(intern, reading.facts)),
        where=sets.of(event.where.name.casefold() for event in events if event.where is not None),
        when=sets.of(event.when.start for event in events if event.when is not None and event.when.start is not None),
        tolls=sets.of(
            (count.what, count.quantity.number)
            for event in events
            for count in event.counts
            if count.what in ("killed", "injured") and count.quantity.number is not None
        ),
    )


def lean(read: Read) -> Read:
    """A reading without what grouping keeps in another shape (its signature, quotations and facts) or never asks for (its words,
    its gist, what could not be read): the larger part of the memory that it takes.
    """
    held = read.reading
    return Read(read.story, Reading(held.story, held.reader, held.claims, held.credits, held.events, held.tallies))


def credited(read: Read, mastheads: Collection[str]) -> tuple[Credited, ...]:
    """The other outlets that a story names for its report. mastheads: keys of the outlets of all stories here: a source of that name is
    an outlet too, though the story alone could not show it ("according to Gullwing").
    """
    reading, own = read.reading, outlet_key(read.story)
    named: dict[tuple[str, CreditRelation], Credited] = {}
    for credit in sorted(reading.credits, key=lambda credit: (_at(credit.span), credit.outlet, credit.relation)):
        name = outlets.canonical(credit.outlet)
        key = outlets.key(name)
        if key != own:
            named.setdefault((key, credit.relation), Credited(key, name, credit.relation, _at(credit.span)))
    known = {key for key, _ in named}
    for source in _placed(read):
        key = _source_key(source)
        if key in mastheads and key != own and key not in known:
            named.setdefault((key, "cites"), Credited(key, source.name or "", "cites", _at(source.span)))
    return tuple(named.values())


def source_keys(read: Read) -> frozenset[str]:
    """The names of a story's sources, folded as those of outlets are."""
    return frozenset(map(_source_key, _placed(read)))


def _placed(read: Read) -> Iterator[Source]:
    """The sources that stand in the text under a name."""
    return (claim.source for claim in read.reading.claims if claim.source.name and claim.source.span is not None)


def _source_key(source: Source) -> str:
    return outlets.key(source.name or "")


def order_of(story: Masthead) -> Order:
    """The place of a story in time."""
    start = story.published.start
    return (start is None, start.timestamp() if start else 0.0, story.version, -story.length, story.id)


def outlet_key(story: Masthead) -> str | None:
    """The outlet that published a story, folded for comparing: as given, else by its address."""
    if story.outlet:
        return outlets.key(story.outlet)
    if story.url:
        known = outlets.of_url(story.url)
        return outlets.key(known.name) if known else outlets.host(story.url)
    return None


def tell_of_two(this: Telling, other: Telling) -> bool:
    """Whether two stories in the same words tell of two things, as announcements from one mould do: at least two of place, day
    and toll are told by both and differ, and they share no quotation.
    """
    told = ((this.where, other.where), (this.when, other.when), (this.tolls, other.tolls))
    differ = sum(bool(mine) and bool(theirs) and mine.isdisjoint(theirs) for mine, theirs in told)
    return differ >= 2 and this.quotes.isdisjoint(other.quotes)


def may_precede(first: Telling, second: Telling) -> bool:
    """Whether the first may have stood before the second; an undated story may have stood at any time."""
    return first.start is None or second.end is None or first.start <= second.end


def may_retell(this: Telling, other: Telling) -> bool:
    """Whether a story may tell again, in words of its own, what another outlet's longer one told days before; an undated one
    may, if the other has a date.
    """
    if this.outlet == other.outlet or this.length > other.length:
        return False
    later = lag(other, this)
    return other.start is not None if later is None else timedelta(0) < later <= _REWRITTEN_WITHIN


def is_recent(this: Telling, other: Telling) -> bool:
    """Whether the other stood so shortly before a story that it may be what the story retells; of undated ones it may."""
    later = lag(other, this)
    return later is None or later <= _REWRITTEN_WITHIN


def lag(first: Telling, second: Telling) -> timedelta | None:
    """The time from the first story to the second; None where either is undated."""
    return None if first.start is None or second.start is None else second.start - first.start


def said(claim: Claim) -> Terms:
    """The matter of a claim."""
    return terms(" ".join(span.text for span in claim.content))


def happened_in(event: Event) -> Terms:
    """The matter of an event: of all places that tell of it, the headline's only where there is no other."""
    body = [mention.span.text for mention in event.mentions if mention.span.part == "text"]
    return terms(" ".join(body or [mention.span.text for mention in event.mentions]))


def is_sourced(claim: Claim) -> bool:
    """Whether somebody other than the narrator and other outlets stands behind the claim, and said something."""
    return claim.source.kind not in ("narrator", "outlet") and claim.stance != "declines to comment"


def is_own(claim: Claim) -> bool:
    """Whether it is sourced, and the source did not speak to another outlet."""
    return is_sourced(claim) and claim.source.told is None


def starts(claim: Claim) -> int:
    """Where the claim's content begins in the text."""
    return min(_at(span) if span.part == "headline" else span.start for span in claim.content)


def told_share(part: Telling, whole: Telling) -> tuple[int, int]:
    """How many claims of one story another tells as well, and how many the first has."""
    mine, there = claimed(part), _passages(whole)
    return sum(is_told(matter, there) for matter in mine), len(mine)


def is_told(matter: Terms, there: Iterable[Terms], least: float = TOLD_AGAIN) -> bool:
    """Whether one of the passages there tells the matter again."""
    return any(told_in(matter, other) >= least for other in there)


# Of the stories that are just being looked at: each is held against several others of its days
@lru_cache(maxsize=1 << 11)
def claimed(this: Telling) -> tuple[Terms, ...]:
    """The matter of each claim of a story, in their order."""
    return tuple(map(said, this.read.reading.claims))


@lru_cache(maxsize=1 << 11)
def _passages(this: Telling) -> tuple[Terms, ...]:
    """The matter of all claims and mentions of a story, where several have the same words once."""
    mentions = (terms(mention.span.text) for event in this.read.reading.events for mention in event.mentions)
    return tuple({id(one): one for one in (*claimed(this), *mentions)}.values())


def _at(span: Span | None) -> int:
    return -1 if span is None or span.part == "headline" else span.end
