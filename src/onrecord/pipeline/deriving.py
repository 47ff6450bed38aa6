"""Readings, decisions and campaigns → everything that is derived, in the ledger."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from onrecord import decisions, families, incidents
from onrecord.engines import reader_name
from onrecord.ledger import Ledger, read, write
from onrecord.ledger.read import Facts
from onrecord.records import Campaign, Decision, Derived, Event, Incident, Name, Plan, Read, Ruling, Standing, Verdict

_TRIES = 3
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
    """What was derived, with what giving names asks for. reads: the readings as people set them right; parted: the ids of
    what people split off; own: what each decision was made on, as the reader has it today.
    """

    derived: Derived
    reads: tuple[Read, ...]
    parted: frozenset[str]
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
    standings = {
        s.decision: s
        for s in (
            *undone,
            *applied.standings,
            *of_rulings(applied.rulings, [by_id[r.decision] for r in applied.rulings], found.bears, found.own, {}),
        )
    }
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
    return Made(derived, applied.reads, found.parted, own)


def of_rulings(
    rulings: Sequence[Ruling],
    decided: Sequence[Decision],
    bears: Mapping[str, tuple[str | None, str]],
    own: Mapping[str, incidents.Row | None],
    before: Mapping[str, Standing],
) -> list[Standing]:
    """How the decisions on incidents and plans stand. Of two that set the same, the later holds.

    decided: the decision of each ruling. bears: the id of what each bears on, or why on nothing; own: what each was made
    on, as the reader has it; before: of those whose own is not given, how they stood.
    """
    standings: dict[str, Standing] = {}
    last: dict[tuple[str, str], Decision] = {}
    for ruling, decision in zip(rulings, decided, strict=True):
        plain = replace(ruling, value=None)
        if decision.id in before:
            standings[decision.id] = before[decision.id]
            continue
        target, why = bears.get(decision.id, (None, ""))
        if decision.verdict == "add":
            standings[decision.id] = Standing(decision.id, "carried", target, why, plain)
            continue
        found = decisions.settled(decision, own.get(decision.id), target)
        note = " ".join(filter(None, (found.note, why and f"No effect: {why}.")))
        standings[decision.id] = replace(found, note=note, ruling=plain)
        if decision.verdict == "set" and target is not None:
            key = (target, decision.field or "")
            if key in last:
                earlier = decisions.superseded(last[key], decision)
                standings[last[key].id] = replace(earlier, ruling=standings[last[key].id].ruling)
            last[key] = decision
    return list(standings.values())


def derive_if_old(ledger: Ledger, profile: str, now: datetime) -> Derived:
    """What the ledger's facts give, made anew only where they have changed since it was made, or the profile or the
    rules of this program differ.
    """
    with ledger.reading() as connection:
        if read.derived_from(connection) == state_of(connection, profile):
            return read.derived(connection)
    return rebuild(ledger, profile, now)


def rebuild(ledger: Ledger, profile: str, now: datetime) -> Derived:
    """Drops everything derived and makes it again from the facts. Incidents keep their names."""
    for _ in range(_TRIES):
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
    facts: Facts = read.facts(connection)
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
    events: dict[str, Event] = {event.id: event for one in found.reads for event in one.reading.events}
    naming = incidents.named(
        (*derived.incidents, *derived.plans),
        events,
        read.names(connection),
        merged=merged_names(decided, derived.standings),
        parted=found.parted,
    )
    return called(derived, naming), naming.acts


def merged_names(decided: Sequence[Decision], standings: Sequence[Standing]) -> dict[str, str]:
    """The names that people merged, each with that into which it went."""
    in_force = {s.decision for s in standings if s.state in ("carried", "needs_look")}
    return {d.target: d.into for d in decided if d.verdict == "merge" and d.into is not None and d.id in in_force}


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
    return tuple(replace(verdict, incidents=tuple(sorted(verdict.incidents))) for verdict in verdicts)


def _renamed(verdict: Verdict, names: Mapping[str, str]) -> Verdict:
    return replace(verdict, incidents=tuple(names[id_] for id_ in verdict.incidents))
