"""All that a ledger says at one moment, in the order in which it is shown and exported."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from operator import is_
from typing import TypeVar

import sqlalchemy as sa

from onrecord import decisions, incidents
from onrecord.ledger import Ledger, read
from onrecord.ledger.codec import encode
from onrecord.pipeline import deriving
from onrecord.records import Campaign, Decision, Derived, Incident, Name, Plan, Read, digest

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class View:
    """All that a ledger says at one moment: each story with its current reading as people have set it right, what follows
    from them; every decision in the order in which they were made, the campaigns that run, what became of every name, and
    in which bytes each story came (its id, and their SHA-256).

    Stories stand in the order of publication, incidents in that of their days, families in that of their first story;
    what has no date stands last, and what is equal in the order of ids. profile: the codebook by which it was derived.
    """

    reads: tuple[Read, ...]
    derived: Derived
    decisions: tuple[Decision, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    names: tuple[Name, ...] = ()
    profile: str = "joint"
    captures: tuple[tuple[str, str], ...] = ()


def view(ledger: Ledger, profile: str = "joint", now: datetime | None = None) -> View:
    """The ledger as it stands, derived anew if readings, decisions or campaigns have come since.

    now: when names that this gives are said to have been given; the clock's time without one.
    """
    now = now or datetime.now(UTC)
    for _ in range(deriving.TRIES):
        with ledger.reading() as connection:
            # What is shown is of one moment: facts that came since are for the next view
            if deriving.is_new(connection, profile):
                return replace(shown(connection), profile=profile)
        deriving.rebuild(ledger, profile, now)
    with ledger.writing() as connection:
        deriving.rebuild_within(connection, profile, now)
        return replace(shown(connection), profile=profile)


def shown(connection: sa.Connection, derived: Derived | None = None) -> View:
    """The ledger as it stands, with what was derived last, in a transaction of the caller's.

    derived: what is shown instead, where the ledger's own may be old and cannot be replaced.
    """
    facts, names = read.facts(connection), read.names(connection)
    in_force, _ = decisions.in_force(facts.decisions)
    reads = decisions.apply(facts.reads, in_force).reads
    seen = arranged(reads, derived or read.derived(connection))
    return replace(seen, decisions=facts.decisions, campaigns=facts.campaigns, names=names, captures=facts.captures)


def under(seen: View, profile: str) -> View:
    """The same ledger with the figures of incidents as another codebook makes them of the same words. Which events are one does
    not change, nor does what people set.
    """
    if profile == seen.profile:
        return seen
    derived = seen.derived
    told = incidents.tellings(seen.reads, incidents.Families(derived.families, derived.derivations, derived.mutations))
    desk = incidents.Desk(told, derived.speakers, profile)
    return replace(
        seen,
        derived=replace(derived, incidents=tuple(_refigured(one, desk) for one in derived.incidents)),
        profile=profile,
    )


def _refigured(incident: Incident, desk: incidents.Desk) -> Incident:
    made = desk.machine(incident.events, incident.reasons, happened=True)
    if not isinstance(made, Incident):
        return incident
    decided = tuple(one for one in incident.statements if not one.story)
    held = {one.field for one in decided}
    return replace(
        incident,
        killed=incident.killed if "killed" in held else made.killed,
        injured=incident.injured if "injured" in held else made.injured,
        statements=(*made.statements, *decided),
    )


def arranged(reads: Sequence[Read], derived: Derived, before: View | None = None) -> View:
    """Readings, and what was derived from them, in the order of a view.

    before: a view of before. What is the same in it is taken from there, so that whoever keeps something by it can tell.
    """
    was = before.derived if before is not None else Derived()
    published = {r.story.id: _moment(r.story.published.start) for r in reads}
    return View(
        _same(
            sorted(reads, key=lambda r: (published[r.story.id], r.story.id)), before.reads if before is not None else ()
        ),
        Derived(
            families=_same(
                sorted(derived.families, key=lambda f: (min((published[s] for s in f.stories), default=""), f.id)),
                was.families,
            ),
            derivations=_same(
                sorted(derived.derivations, key=lambda d: (published[d.story], d.story)), was.derivations
            ),
            # Within a story as its derivation gave them, which is the order of its text
            mutations=_same(sorted(derived.mutations, key=lambda m: (published[m.story], m.story)), was.mutations),
            incidents=tuple(sorted(derived.incidents, key=lambda i: (_moment(i.when.start if i.when else None), i.id))),
            plans=_same(
                sorted(derived.plans, key=lambda p: (min((published[s] for s in p.stories), default=""), p.id)),
                was.plans,
            ),
            verdicts=_same(sorted(derived.verdicts, key=lambda v: v.tally), was.verdicts),
            speakers=derived.speakers,
            groupings=_same(sorted(derived.groupings, key=lambda g: g.id), was.groupings),
            standings=tuple(sorted(derived.standings, key=lambda s: s.decision)),
        ),
    )


def _same(now: Sequence[Thing], was: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """What is now, in the very tuple of before where it holds the very same."""
    return was if len(now) == len(was) and all(map(is_, now, was)) else tuple(now)


def _moment(start: date | None) -> str:
    return start.isoformat() if start else "9999"


def content(seen: View) -> str:
    """The content hash of a ledger: of its readings as people set them right and of all that follows, in hex.

    Equal facts have equal content, in whatever order they came and on whatever database. Names, times, and the ids of
    decisions stand outside: incidents are called by their first event, decisions by what they say.
    """
    rows: list[Incident | Plan] = [*seen.derived.incidents, *seen.derived.plans]
    called = {row.id: f"{type(row).__name__} {row.events[0]}" for row in rows}
    for decision in seen.decisions:
        said = (decision.verdict, decision.kind, decision.field, decision.value)
        called[decision.id] = digest(said, [(s.story, s.part, s.start, s.end) for s in decision.words])
    derived = seen.derived
    parts: list[object] = [*seen.reads, *derived.families, *derived.derivations, *derived.mutations]
    plain: list[Incident | Plan] = [_called(row, called) for row in rows]
    plain.sort(key=lambda row: row.id)
    parts += plain
    parts += [
        replace(
            one,
            incidents=tuple(sorted(called[i] for i in one.incidents)),
            explains=tuple(sorted(called[i] for i in one.explains)),
        )
        for one in derived.verdicts
    ]
    return digest([encode(part) for part in parts])


def _called(row: Incident | Plan, called: dict[str, str]) -> Incident | Plan:
    """A row under the name of its first event, with its decisions by what they say."""
    if isinstance(row, Plan):
        return replace(row, id=called[row.id], decisions=_of(row.decisions, called))
    statements = tuple(replace(s, source=called.get(s.source, s.source)) for s in row.statements)
    reasons = tuple(_said(reason, called) for reason in row.reasons)
    return replace(row, id=called[row.id], decisions=_of(row.decisions, called), statements=statements, reasons=reasons)


def _of(ids: Sequence[str], called: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(called[id_] for id_ in ids))


def _said(reason: str, called: dict[str, str]) -> str:
    """A reason that names a decision by what it says."""
    before, found, id_ = reason.rpartition(" by ")
    return f"{before} by {called[id_]}" if found and id_ in called else reason
