"""Readings, decisions and campaigns → everything that is derived, in the ledger."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from onrecord import decisions, families, incidents
from onrecord.engines import reader_name
from onrecord.ledger import Ledger, read, write
from onrecord.records import Campaign, Decision, Derived, Event, Incident, Name, Plan, Read, Ruling, Standing, Verdict

TRIES = 3
"""How often deriving is begun again where the facts changed meanwhile, before the ledger is kept from changing."""


def derive(
    reads: Sequence[Read], profile: str, decided: Sequence[Decision] = (), campaigns: Sequence[Campaign] = ()
) -> Derived:
    """Everything that follows from readings and from what people decided: families, incidents, verdicts, and how the
    decisions stand. Pure; the order of the readings does not matter, that of the decisions does.

    Incidents and plans are called after their first event; a ledger gives them names.
    """
    return made(reads, profile, decided, campaigns).derived


@dataclass(frozen=True, slots=True)
class Made:
    """What was derived, with what giving names asks for.

    read: the readings as they are; reads: as people set them right; parted: the ids of what people split off, each with
    that of the rest; own: what each decision was made on, as the reader has it today.
    """

    derived: Derived
    read: Sequence[Read]
    reads: tuple[Read, ...]
    parted: Mapping[str, str]
    own: dict[str, decisions.Target]


def made(reads: Sequence[Read], profile: str, decided: Sequence[Decision], campaigns: Sequence[Campaign]) -> Made:
    """Everything that follows from the facts."""
    in_force, undone = decisions.in_force(decided)
    applied = decisions.apply(reads, in_force)
    grouped = families.group(applied.reads)
    by_id = {decision.id: decision for decision in in_force}
    found = incidents.merge(
        applied.reads,
        incidents.Families(grouped.families, grouped.derivations, grouped.mutations),
        profile=profile,
        campaigns=campaigns,
        rulings=applied.rulings,
        stands=lambda id_, own: own is None or not decisions.falls_away(by_id[id_], own),
    )
    place = {decision.id: n for n, decision in enumerate(decided)}
    ruled = [by_id[ruling.decision] for ruling in applied.rulings]
    of_events = of_rulings(applied.rulings, ruled, found.bears, found.own, found.torn, {})
    standings = {one.decision: one for one in (*undone, *applied.standings, *of_events)}
    derived = Derived(
        families=grouped.families,
        derivations=grouped.derivations,
        mutations=grouped.mutations,
        incidents=found.incidents,
        plans=found.plans,
        verdicts=found.verdicts,
        groupings=found.groupings,
        speakers=found.speakers,
        standings=tuple(sorted(standings.values(), key=lambda standing: place[standing.decision])),
    )
    own = {**applied.own, **{id_: row for id_, row in found.own.items() if row is not None}}
    return Made(derived, reads, applied.reads, found.parted, own)


def of_rulings(
    rulings: Sequence[Ruling],
    decided: Sequence[Decision],
    bears: Mapping[str, tuple[str | None, str]],
    own: Mapping[str, incidents.Row | None],
    torn: Collection[str],
    before: Mapping[str, Standing],
) -> list[Standing]:
    """How the decisions on incidents and plans stand. Of two that set the same, the later holds.

    decided: the decision of each ruling. bears: the id of what each bears on, or why on nothing; own: what each was made
    on, as the reader has it; torn: those of whose events some are elsewhere; before: of those whose own is not given,
    how they stood.
    """
    standings: dict[str, Standing] = {}
    last: dict[tuple[str, str], Decision] = {}
    for ruling, decision in zip(rulings, decided, strict=True):
        target, why = bears.get(decision.id, (None, ""))
        if decision.id in before:
            standings[decision.id] = before[decision.id]
        else:
            standings[decision.id] = _of_ruling(ruling, decision, (target, why), own.get(decision.id), torn)
        if decision.verdict == "set" and target is not None:
            # An incident may belong to several campaigns: what is said of one leaves the others
            about = ruling.value[0] if decision.field == "campaign" and isinstance(ruling.value, tuple) else ""
            key = (target, f"{decision.field} {about}")
            if key in last:
                earlier = decisions.superseded(last[key], decision)
                was = standings[last[key].id]
                standings[last[key].id] = replace(earlier, ruling=was.ruling, holds=was.holds)
            last[key] = decision
    return list(standings.values())


def _of_ruling(
    ruling: Ruling,
    decision: Decision,
    bears: tuple[str | None, str],
    own: incidents.Row | None,
    torn: Collection[str],
) -> Standing:
    """How one decision stands by itself."""
    plain, (target, why) = replace(ruling, value=None), bears
    if decision.verdict == "add":
        return Standing(decision.id, "carried", target, why, plain)
    found = decisions.settled(decision, own, target)
    if decision.id in torn:
        note = f"{found.note} Part of what it was made on stands elsewhere now.".strip()
        found = replace(found, state="needs_look", note=note)
    note = " ".join(filter(None, (found.note, why and f"No effect: {why}.")))
    return replace(found, note=note, ruling=plain, holds=own is None or not decisions.falls_away(decision, own))


def derive_if_old(ledger: Ledger, profile: str, now: datetime) -> Derived:
    """What the ledger's facts give, made anew only where they have changed since it was made, or the profile or the
    rules of this program differ.
    """
    with ledger.reading() as connection:
        if is_new(connection, profile):
            return read.derived(connection)
    return rebuild(ledger, profile, now)


def rebuild(ledger: Ledger, profile: str, now: datetime) -> Derived:
    """Drops everything derived and makes it again from the facts. Incidents keep their names."""
    for _ in range(TRIES):
        with ledger.reading() as connection:
            facts, state = read.facts(connection), state_of(connection, profile)
        found = made(facts.reads, profile, facts.decisions, facts.campaigns)
        with ledger.writing() as connection:
            # What changed meanwhile is newer than what was just derived, and must not be overwritten by it
            if state_of(connection, profile) == state:
                return keep(connection, found, facts.decisions, state, now)
    with ledger.writing() as connection:
        return rebuild_within(connection, profile, now)


def rebuild_within(connection: sa.Connection, profile: str, now: datetime) -> Derived:
    """The same in a transaction of the caller's."""
    facts = read.facts(connection)
    found = made(facts.reads, profile, facts.decisions, facts.campaigns)
    return keep(connection, found, facts.decisions, state_of(connection, profile), now)


def is_new(connection: sa.Connection, profile: str) -> bool:
    """Whether everything derived is from the facts as they stand."""
    return read.derived_from(connection) == state_of(connection, profile)


def state_of(connection: sa.Connection, profile: str) -> tuple[str, str]:
    """A name for what is derived from: the readings with the profile and the rules, and the decisions."""
    return f"{profile} {reader_name()} {read.readings_state(connection)}", read.decided_state(connection)


def keep(
    connection: sa.Connection, found: Made, decided: Sequence[Decision], state: tuple[str, str], now: datetime
) -> Derived:
    """Gives names and puts what was derived in the place of the old, in a transaction of the caller's."""
    derived, acts = under_names(connection, found, decided)
    write.replace_derived(connection, derived, *state)
    write.add_names(connection, acts, now)
    return derived


def under_names(
    connection: sa.Connection, found: Made, decided: Sequence[Decision]
) -> tuple[Derived, tuple[Name, ...]]:
    """What was derived, with incidents and plans under the names that the ledger has for them; and what becomes of names
    by that.
    """
    derived = found.derived
    events: dict[str, Event] = {event.id: event for one in (*found.read, *found.reads) for event in one.reading.events}
    naming = incidents.named(
        (*derived.incidents, *derived.plans),
        events,
        read.names(connection),
        merged=merged_names(decided, derived.standings),
        parted=found.parted,
    )
    return called(derived, naming), naming.acts


def merged_names(decided: Sequence[Decision], standings: Sequence[Standing]) -> dict[str, str]:
    """The names that people merged, each with that into which it went; one that was merged into since is none of them."""
    in_force = {s.decision for s in standings if s.state in ("carried", "needs_look")}
    found: dict[str, str] = {}
    for one in decided:
        if one.verdict == "merge" and one.into is not None and one.id in in_force:
            found[one.target] = one.into
            found.pop(one.into, None)
    return found


def called(derived: Derived, naming: incidents.Naming) -> Derived:
    """What was derived, with incidents and plans under their names wherever they are told of."""
    names = naming.names
    all_: list[Incident | Plan] = [*derived.incidents, *derived.plans]
    rows = [incidents.renamed(row, names) for row in all_]
    return replace(
        derived,
        incidents=tuple(row for row in rows if isinstance(row, Incident)),
        plans=tuple(row for row in rows if isinstance(row, Plan)),
        verdicts=ordered(_renamed(verdict, names) for verdict in derived.verdicts),
        standings=tuple(replace(s, target=names.get(s.target, s.target)) if s.target else s for s in derived.standings),
    )


def ordered(verdicts: Iterable[Verdict]) -> tuple[Verdict, ...]:
    """The verdicts, each with its incidents in the order of their names."""
    return tuple(
        replace(verdict, incidents=tuple(sorted(verdict.incidents)), explains=tuple(sorted(verdict.explains)))
        for verdict in verdicts
    )


def _renamed(verdict: Verdict, names: Mapping[str, str]) -> Verdict:
    return replace(
        verdict,
        incidents=tuple(names[id_] for id_ in verdict.incidents),
        explains=tuple(names[id_] for id_ in verdict.explains),
    )
