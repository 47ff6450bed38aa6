"""An event as one story tells it, without what that story changed on the way."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from onrecord.incidents import words
from onrecord.records import (
    Claim,
    Count,
    Derivation,
    Event,
    Family,
    Gist,
    Masthead,
    Mutation,
    MutationField,
    Read,
    Reading,
    Relation,
    Status,
    When,
    Where,
)
from onrecord.wording.gazetteer import fold

Mode = Literal["done", "open", "doubt", "aside"]

MODES: dict[Status, Mode] = {
    "happened": "done", "ongoing": "done", "attempted": "open", "planned": "open", "threatened": "open",
    "possible": "open", "hypothetical": "open", "denied": "doubt", "negated": "doubt", "unknown": "doubt",
}  # fmt: skip
COPIES: frozenset[Relation] = frozenset({"reprint", "rewrite", "excerpt"})
_WIDE = frozenset({"country", "region", "admin1", "sea"})
_LONGEST = timedelta(days=3)
_HARM: tuple[Literal["killed", "injured"], ...] = ("killed", "injured")
_BEFORE = 2
"""So many plans, threats and denials may stand before what a story is about."""
_EARLY = 800
"""Before this character a text tells of what it is about."""
_BESIDE = 60
"""How many characters behind the words that tell of an event a claim without one of its own is still of it."""


@dataclass(frozen=True, slots=True)
class Families:
    """What is known of who carries whose report."""

    families: tuple[Family, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    mutations: tuple[Mutation, ...] = ()


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a story's report comes from. relation: "original" where nobody said; report: what its carriers share, the
    story's own id for an original; changed: the fields that it states differently from its origin, with the mutations.
    """

    relation: Relation
    origin: str | None
    ghost: str | None
    report: str
    changed: Mapping[MutationField, tuple[Mutation, ...]]

    @property
    def copy(self) -> bool:
        """Whether it tells only what another report told."""
        return self.relation in COPIES


@dataclass(frozen=True, slots=True)
class Telling:
    """An event with what merging asks of it. days: its days, None where unknown or changed on the way; latest: the day
    it was told by; names: folded names of its place; holders: of what the place lies in; wide: whether the place is a
    country, a region or a sea; toll: numbers of dead and injured; said: telling words of its clauses; spoken: all their
    words, folded; facts, words, gist: of its story; firm: whether its day is told of the act itself, and not only of what came of it.
    """

    event: Event
    story: Masthead
    lineage: Lineage
    claims: tuple[Claim, ...]
    mode: Mode
    days: tuple[date, date] | None
    latest: date | None
    where: Where | None
    names: frozenset[str]
    holders: frozenset[str]
    wide: bool
    target: frozenset[str]
    actor: frozenset[str]
    toll: frozenset[tuple[str, int]]
    said: frozenset[str]
    spoken: frozenset[str]
    facts: frozenset[str]
    words: tuple[str, ...]
    gist: Gist | None
    firm: bool

    @property
    def order(self) -> tuple[date, str, str]:
        """By publication, then id: the order in which everything is decided. Undated stories come last."""
        return (self.latest or date.max, self.story.id, self.event.id)

    @property
    def named(self) -> bool:
        """Whether who did it is named, and not described."""
        return bool(self.actor) and self.event.actor is not None and words.is_name(self.event.actor.name)

    @property
    def early(self) -> bool:
        """Whether its story tells of it in its first lines, and not in passing."""
        return any(m.span.part == "headline" or m.span.start < _EARLY for m in self.event.mentions)

    @property
    def sharp(self) -> bool:
        """Whether it has days, and few of them."""
        return self.days is not None and self.days[1] - self.days[0] <= _LONGEST


def lineages(reads: Sequence[Read], families: Families) -> dict[str, Lineage]:
    """The lineage of each story."""
    changed: dict[str, dict[MutationField, list[Mutation]]] = defaultdict(lambda: defaultdict(list))
    for mutation in families.mutations:
        changed[mutation.story][mutation.field].append(mutation)
    known = {derivation.story: derivation for derivation in families.derivations}
    return {read.story.id: _lineage(read.story.id, known.get(read.story.id), changed) for read in reads}


def _lineage(
    story: str, known: Derivation | None, changed: Mapping[str, Mapping[MutationField, Sequence[Mutation]]]
) -> Lineage:
    fields = {field: tuple(found) for field, found in changed.get(story, {}).items()}
    if known is None:
        return Lineage("original", None, None, story, fields)
    copied = known.relation in COPIES
    report = (known.origin or (f"ghost:{fold(known.ghost)}" if known.ghost else story)) if copied else story
    return Lineage(known.relation, known.origin, known.ghost, report, fields)


def tellings(reads: Sequence[Read], families: Families) -> list[Telling]:
    """Every event, in the order of publication."""
    found, lineage = [], lineages(reads, families)
    for read in reads:
        beside, totals = claims_beside(read.reading), _of_totals(read.reading)
        told = [_telling(event, read, lineage[read.story.id], beside, totals) for event in read.reading.events]
        found += [replace(telling, mode=mode_of(telling)) for telling in told]
    return sorted(found, key=lambda telling: telling.order)


def mode_of(telling: Telling) -> Mode:
    """The mode of a telling; of a copy that changed the status, that of its origin: a plan that a rewrite tells as done
    stays a plan.
    """
    for change in telling.lineage.changed.get("status", ()):
        was = next((mode for status, mode in MODES.items() if status == change.was), None)
        if telling.mode == "done" and was is not None and _covers(change, telling):
            return was
    return telling.mode


def _covers(change: Mutation, telling: Telling) -> bool:
    """Whether a change of status stands in the words of a telling."""
    span = change.now_span
    return span is not None and any(
        span.part == m.span.part and span.start < m.span.end and m.span.start < span.end for m in telling.event.mentions
    )


def leads(tellings: Iterable[Telling]) -> dict[str, Telling]:
    """What each story is about, by its id: the first act in the order of its text that is told as done, has a toll, a day
    or a place, and is of a kind that may be an incident; else the first that lacks one of these. A story that tells of nothing
    done, or first of several things that are not, is about none of them.
    """
    told: dict[str, list[Telling]] = defaultdict(list)
    for telling in tellings:
        if telling.mode != "aside":
            told[telling.story.id].append(telling)
    found = {}
    for story, mine in told.items():
        done = [telling for telling in mine if telling.mode == "done"]
        lead = min(done, key=_lead, default=None)
        if lead is not None and sum(t.mode != "done" and _at(t) < _at(lead) for t in mine) <= _BEFORE:
            found[story] = lead
    return found


def _lead(telling: Telling) -> tuple[bool, bool, tuple[bool, int], str]:
    act = telling.event.kind in words.table()["standing"]["acts"]
    substance = bool(telling.toll) or telling.sharp or telling.where is not None
    return not act, not substance, _at(telling), telling.event.id


def _at(telling: Telling) -> tuple[bool, int]:
    """Where a story first tells of an event: in its text before its headline."""
    return min(((m.span.part == "headline", m.span.start) for m in telling.event.mentions), default=(True, 0))


def claims_beside(reading: Reading) -> dict[str, str]:
    """The events of claims that tell of none by themselves: what they stand right behind ("she described it as defensive"), or
    what the headline tells of, where the text tells of nothing else that happened. The event's id by the claim's.
    """
    linked = {claim for event in reading.events for claim in event.claims}
    linked |= {mention.claim for event in reading.events for mention in event.mentions if mention.claim is not None}
    ends = sorted(
        (mention.span.end, event.id)
        for event in reading.events
        for mention in event.mentions
        if mention.span.part == "text"
    )
    headline, found = _in_headline(reading), dict[str, str]()
    for claim in reading.claims:
        if claim.id in linked or not claim.content or claim.content[0].part != "text":
            continue
        start = claim.content[0].start
        at = bisect_right(ends, (start, "\U0010ffff")) - 1
        if at >= 0 and start - ends[at][0] <= _BESIDE:
            found[claim.id] = ends[at][1]
        elif headline is not None and claim.source.kind != "outlet":
            found[claim.id] = headline
    return found


def _in_headline(reading: Reading) -> str | None:
    """What happened by the headline alone, where the text tells of no other act."""
    done = [event for event in reading.events if _mode(event) == "done" and not event.background]
    if len(done) != 1 or any(mention.span.part == "text" for mention in done[0].mentions):
        return None
    return done[0].id


def _of_totals(reading: Reading) -> frozenset[str]:
    """The claims that state a running total: they are of all acts together."""
    totals = [(tally.span.start, tally.span.end) for tally in reading.tallies if tally.span.part == "text"]
    return frozenset(
        claim.id
        for claim in reading.claims
        for span in claim.content
        if span.part == "text" and any(span.start < end and start < span.end for start, end in totals)
    )


def _telling(event: Event, read: Read, lineage: Lineage, beside: Mapping[str, str], totals: Set[str]) -> Telling:
    ids = {*event.claims, *(mention.claim for mention in event.mentions)} - totals
    ids |= {claim for claim, near in beside.items() if near == event.id and claim not in totals}
    ids |= {
        claim.id for m in event.mentions for c in m.counts if (claim := teller(c, read.reading.claims)) is not None
    } - totals
    clauses = fold(" ".join(mention.span.text for mention in event.mentions))
    where = None if _touched(lineage, "place", event.where.name if event.where else None) else event.where
    named = {fold(part) for part in (where.name.split(",")[:1] if where else ())}
    held = {fold(part) for part in ((where.container, where.country) if where else ()) if part}
    return Telling(
        event=event,
        story=read.story,
        lineage=lineage,
        claims=tuple(claim for claim in read.reading.claims if claim.id in ids),
        mode=_mode(event),
        days=None if _date_changed(lineage, event.when) else days(event.when),
        latest=read.story.published.day,
        where=where,
        names=frozenset(named),
        holders=frozenset(held),
        wide=where is not None and where.precision in _WIDE,
        target=words.telling(event.target.name) if event.target else frozenset(),
        actor=words.telling(event.actor.name)
        if event.actor and not _touched(lineage, "actor", event.actor.name)
        else frozenset(),
        toll=_toll(event.counts, lineage),
        said=words.of_folded(clauses),
        spoken=frozenset(clauses.split()),
        facts=frozenset(read.reading.facts),
        words=read.reading.words,
        gist=read.reading.gist,
        firm=_firm(event),
    )


def teller(count: Count, claims: Iterable[Claim]) -> Claim | None:
    """The claim whose words hold a number, of several the innermost; None where it stands in none."""
    holding = [
        (sum(span.end - span.start for span in claim.content), claim.id, claim)
        for claim in claims
        if any(
            span.part == count.span.part and span.start <= count.span.start and count.span.end <= span.end
            for span in claim.content
        )
    ]
    return min(holding, key=lambda row: row[:2])[2] if holding else None


def _firm(event: Event) -> bool:
    """Whether the day of an event is told of the act. A day that only a death, a find or a court has ("one of them died
    on Saturday", "was found on Friday") is later than the act by as much as the words do not say.
    """
    if event.when is None or event.when.start is None:
        return False
    dated = [m for m in event.mentions if m.when is not None and m.when.start == event.when.start]
    after = frozenset(words.table()["aftermath"]["words"])
    return not dated or any(after.isdisjoint(fold(m.trigger.text).split()) for m in dated)


def _mode(event: Event) -> Mode:
    """How an event is told. What a story tells more often as not having been than as having been is in doubt."""
    if event.background:
        return "aside"
    mode, told = MODES[event.status], [mention.status for mention in event.mentions]
    negated = told.count("negated")
    return "doubt" if mode == "done" and negated > sum(MODES[status] == "done" for status in told) else mode


def days(when: When | None) -> tuple[date, date] | None:
    """The days of a time, or None: a time without an end, or with a whole season, says nothing of which event is meant."""
    if when is None or when.start is None or when.end is None or when.precision in {"since", "until", "season", "year"}:
        return None
    return when.start, when.end


def _toll(counts: Iterable[Count], lineage: Lineage) -> frozenset[tuple[str, int]]:
    """The dead and injured in whole numbers, without those that the story put there itself."""
    changed = {(field, m.now) for field in _HARM for m in lineage.changed.get(field, ())}
    whole = [(c.what, c.quantity.number) for c in counts if c.what in _HARM and not c.part]
    return frozenset((what, n) for what, n in whole if n is not None and (what, str(n)) not in changed)


def _touched(lineage: Lineage, field: MutationField, value: str | None) -> bool:
    """Whether the story put the value there itself."""
    if value is None:
        return False
    mine = words.telling(value)
    return any(m.now is not None and mine & words.telling(m.now) for m in lineage.changed.get(field, ()))


def _date_changed(lineage: Lineage, when: When | None) -> bool:
    if when is None or when.start is None:
        return False
    return any(
        m.now is not None
        and (m.now[:10] == when.start.isoformat() or (m.now_span is not None and m.now_span == when.span))
        for m in lineage.changed.get("date", ())
    )
