"""A newsroom of invented stories about an invented coast: readings by hand, as the reader would give them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from onrecord.families import fingerprint
from onrecord.incidents import Families, Merged, merge
from onrecord.records import (
    UNDATED,
    Campaign,
    Claim,
    Count,
    CountOf,
    Derivation,
    Event,
    EventKind,
    Gist,
    Masthead,
    Mention,
    Mutation,
    MutationField,
    Party,
    Published,
    Quantity,
    Read,
    Reading,
    Relation,
    Source,
    SourceKind,
    Span,
    Stance,
    Status,
    Story,
    Tally,
    TallyUnit,
    When,
    Where,
)

Number = int | Quantity


@dataclass(frozen=True)
class Say:
    """What one source says of an act. source None: the narrator."""

    source: str | None
    kind: SourceKind = "named_body"
    stance: Stance = "asserts"
    affiliation: str | None = None
    words: str = "it happened"
    counts: tuple[tuple[CountOf, Number], ...] = ()


@dataclass(frozen=True)
class Act:
    """An act as a story tells it. trigger: the word that has its day, where that matters."""

    kind: EventKind = "drone_strike"
    day: str | None = None
    place: str | None = None
    says: tuple[Say, ...] = (Say("Port Authority"),)
    status: Status = "happened"
    actor: str | None = None
    target: str | None = None
    container: str | None = None
    background: bool = False
    trigger: str | None = None


@dataclass(frozen=True)
class Total:
    """A stated total."""

    unit: TallyUnit
    count: Number
    scope: str | None = None
    since: str | None = None
    as_of: str | None = None


def say(source: str | None, **more: object) -> Say:
    """What a source says; `killed`, `injured`, `missing`, `presumed_dead` are its numbers."""
    counts = tuple((key, more.pop(key)) for key in ("killed", "injured", "missing", "presumed_dead") if key in more)
    kind = "narrator" if source is None else more.pop("kind", "named_body")
    return Say(source, kind, counts=counts, **more)  # type: ignore[arg-type]


def published(day: str | None) -> Published:
    if day is None:
        return UNDATED
    start = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return Published(start, start + timedelta(hours=23), "day", "given")


@dataclass
class Newsroom:
    """Stories, one after the other, and what is known of their families."""

    reads: list[Read] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    mutations: list[Mutation] = field(default_factory=list)

    def story(
        self,
        name: str,
        outlet: str,
        day: str | None,
        *acts: Act,
        relation: Relation = "original",
        origin: str | None = None,
        ghost: str | None = None,
        totals: tuple[Total, ...] = (),
    ) -> None:
        """Adds a story."""
        claims: list[Claim] = []
        events = tuple(self._event(name, number, act, claims) for number, act in enumerate(acts))
        tallies = tuple(self._tally(name, number, total) for number, total in enumerate(totals))
        reading = Reading(name, "by hand", tuple(claims), (), events, tallies)
        head = Masthead(name, name, None, outlet, "", published(day), 1000)
        self.reads.append(Read(head, reading))
        self.derivations.append(Derivation(name, relation, origin, ghost, ()))

    def changed(self, story: str, origin: str, what: MutationField, was: str | None, now: str | None) -> None:
        """Notes that a story states a value differently from its origin; its first act tells it."""
        span = self._acts(story)[0].mentions[0].span
        self.mutations.append(Mutation(story, origin, what, was, now, None, span))

    def negate(self, story: str, number: int) -> None:
        """Makes the last mentions of a story's first act negations."""
        told = self._acts(story)[0].mentions
        self._mentions(story, (*told[:-number], *(replace(mention, status="negated") for mention in told[-number:])))

    def trigger_behind(self, story: str, words: str) -> None:
        """Sets the trigger of a story's first mention behind those words."""
        first, *rest = self._acts(story)[0].mentions
        start = first.span.start + len(words)
        trigger = replace(first.span, start=start, end=first.span.end, text=first.span.text[len(words) :])
        self._mentions(story, (replace(first, trigger=trigger), *rest))

    def told_in_headline(self, story: str) -> None:
        """Takes a story's first act out of its text: only the headline tells of it, and no claim is linked with it."""
        at = self._at(story)
        event = self._acts(story)[0]
        spans = [replace(mention.span, part="headline", start=0, end=20) for mention in event.mentions]
        mentions = tuple(
            replace(mention, span=span, trigger=span, claim=None)
            for mention, span in zip(event.mentions, spans, strict=True)
        )
        reading = self.reads[at].reading
        events = (replace(event, mentions=mentions, claims=()), *reading.events[1:])
        self.reads[at] = replace(self.reads[at], reading=replace(reading, events=events))

    def written(self, story: str, headline: str, text: str, gist: Gist | None = None) -> None:
        """Gives a story a headline and a text; its acts stay those that it has."""
        at = self._at(story)
        head, reading = self.reads[at].story, self.reads[at].reading
        seen = fingerprint(Story(story, story, None, head.outlet, headline, None, head.published, "en", text))
        reading = replace(reading, facts=seen.facts, words=seen.words, gist=gist)
        self.reads[at] = Read(replace(head, headline=headline), reading)

    def total_in(self, story: str, number: int) -> None:
        """Makes a claim of a story state a running total."""
        at = self._at(story)
        reading = self.reads[at].reading
        total = Tally(f"{story}-t", "killed", Quantity(9), None, None, None, None, reading.claims[number].content[0])
        self.reads[at] = replace(self.reads[at], reading=replace(reading, tallies=(*reading.tallies, total)))

    def counted_by(self, story: str, number: int) -> None:
        """Makes the totals of a story what one of its claims says."""
        at = self._at(story)
        reading = self.reads[at].reading
        tallies = tuple(replace(total, claim=reading.claims[number].id) for total in reading.tallies)
        self.reads[at] = replace(self.reads[at], reading=replace(reading, tallies=tallies))

    def merge(self, *campaigns: Campaign) -> Merged:
        return merge(self.reads, self.families, campaigns=campaigns)

    @property
    def families(self) -> Families:
        return Families((), tuple(self.derivations), tuple(self.mutations))

    def _at(self, story: str) -> int:
        return next(at for at, read in enumerate(self.reads) if read.story.id == story)

    def _mentions(self, story: str, mentions: tuple[Mention, ...]) -> None:
        """Puts other mentions into a story's first act."""
        at = self._at(story)
        reading = self.reads[at].reading
        events = (replace(reading.events[0], mentions=mentions), *reading.events[1:])
        self.reads[at] = replace(self.reads[at], reading=replace(reading, events=events))

    def _acts(self, story: str) -> tuple[Event, ...]:
        return next(read.reading.events for read in self.reads if read.story.id == story)

    def _event(self, story: str, number: int, act: Act, claims: list[Claim]) -> Event:
        mentions = []
        for order, one in enumerate(act.says):
            words = f"{one.words} {act.target or ''}"
            span = Span(story, "text", 1000 * number + 200 * order, 1000 * number + 200 * order + len(words), words)
            source = Source(one.kind, one.source, affiliation=one.affiliation)
            form = "narration" if one.source is None else "indirect"
            claim = Claim(f"{story}-c{len(claims)}", (span,), None, source, form, one.stance)
            claims.append(claim)
            counts = tuple(Count(what, n if isinstance(n, Quantity) else Quantity(n), span) for what, n in one.counts)
            mentions.append(Mention(span, span, act.status, act.kind, claim.id, counts=counts))
        first = mentions[0].span
        day = date.fromisoformat(act.day) if act.day else None
        when = When(day, day, "day", first) if day else None
        if act.trigger:
            mentions[0] = replace(mentions[0], when=when, trigger=replace(first, text=act.trigger))
        return Event(
            id=f"{story}-e{number}",
            kind=act.kind,
            status=act.status,
            actor=Party(act.actor, first) if act.actor else None,
            target=Party(act.target, first) if act.target else None,
            instrument=None,
            when=when,
            where=Where(act.place, act.container, None, None, None, "unknown", first) if act.place else None,
            counts=tuple(count for mention in mentions for count in mention.counts),
            claims=tuple(mention.claim for mention in mentions if mention.claim),
            mentions=tuple(mentions),
            background=act.background,
        )

    def _tally(self, story: str, number: int, total: Total) -> Tally:
        count = total.count if isinstance(total.count, Quantity) else Quantity(total.count)
        since, as_of = (date.fromisoformat(day) if day else None for day in (total.since, total.as_of))
        span = Span(story, "text", 900, 910, "the total")
        return Tally(f"{story}-t{number}", total.unit, count, total.scope, since, as_of, None, span)


@dataclass(frozen=True)
class Desk:
    """What a test needs to write stories."""

    act: Callable[..., Act] = Act
    say: Callable[..., Say] = say
    total: Callable[..., Total] = Total


@pytest.fixture
def room() -> Newsroom:
    return Newsroom()


@pytest.fixture(scope="session")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="session")
def newsroom_of(desk: Desk) -> Callable[[list[tuple[str | None, list[dict[str, object]]]]], Newsroom]:
    """Makes a newsroom of (day, acts) for each story."""

    def made(stories: list[tuple[str | None, list[dict[str, object]]]]) -> Newsroom:
        room = Newsroom()
        for number, (day, acts) in enumerate(stories):
            room.story(f"s{number}", f"Outlet {number % 3}", day, *(desk.act(**act) for act in acts))
        return room

    return made
