"""Readings, decisions and campaigns → everything that is derived, in the ledger."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from onrecord import decisions, families, incidents
from onrecord.engines import reader_name
from onrecord.families import PairsOf
from onrecord.incidents import Row
from onrecord.ledger import Ledger, read, write
from onrecord.records import Campaign, Decision, Derived, Event, Incident, Name, Plan, Read, Ruling, Standing, Verdict
from onrecord.sweeping import unswept

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


def made(
    reads: Sequence[Read],
    profile: str,
    decided: Sequence[Decision],
    campaigns: Sequence[Campaign],
    pairs: PairsOf = families.pairs,
) -> Made:
    """Everything that follows from the facts. pairs: what finds near copies."""
    return Deriving(profile, pairs).made(reads, decided, campaigns)


class Deriving:
    """Derives again and again from facts that grow: what rests on nothing that changed is not made again. What it gives does not
    depend on what it was asked before.

    Where a call breaks off, the next one needs a new one of these.
    """

    def __init__(self, profile: str, pairs: PairsOf = families.pairs) -> None:
        self._profile, self._pairs = profile, pairs
        self._begin()

    def _begin(self) -> None:
        self._grouping = families.Grouping(self._pairs)
        self._merger = incidents.Merger(self._profile)
        self._told: dict[str, Read] = {}
        self._grouped: families.Grouped | None = None

    @property
    def growing(self) -> incidents.Growing:
        """Which events are one, as it stands."""
        return self._merger.growing

    @unswept()
    def made(self, reads: Sequence[Read], decided: Sequence[Decision], campaigns: Sequence[Campaign]) -> Made:
        """Everything that follows from the facts. reads: those of the last call, some of them read otherwise, and more."""
        in_force, undone = decisions.in_force(decided)
        applied = decisions.apply(reads, in_force)
        told, come = self._told_otherwise(applied.reads)
        added = self._grouping.add(come)
        by_id = {decision.id: decision for decision in in_force}
        found = self._merger.merge(
            told,
            come,
            added.derivations,
            added.mutations,
            campaigns,
            applied.rulings,
            lambda id_, own: own is None or not decisions.falls_away(by_id[id_], own),
        )
        self._told = {read.story.id: read for read in told}
        place = {decision.id: n for n, decision in enumerate(decided)}
        ruled = [by_id[ruling.decision] for ruling in applied.rulings]
        of_events = of_rulings(applied.rulings, ruled, found.bears, found.own, found.torn, {})
        standings = {one.decision: one for one in (*undone, *applied.standings, *of_events)}
        grouped = self._grouped = self._grouped if self._grouped is not None and not come else self._grouping.grouped()
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
        return Made(derived, reads, told, found.parted, own)

    def _told_otherwise(self, reads: Sequence[Read]) -> tuple[tuple[Read, ...], list[Read]]:
        """The readings, those that tell what they told as they were held; and those that are new or tell something else."""
        told = tuple(was if (was := self._told.get(read.story.id)) == read else read for read in reads)
        come = [read for read in told if self._told.get(read.story.id) is not read]
        otherwise = sum(read.story.id in self._told for read in come)
        if 2 * otherwise > len(self._told) or not self._told.keys() <= {read.story.id for read in told}:
            # To put so many in the place of what is held takes longer than to begin anew; and nothing is ever taken out
            self._begin()
            return told, list(told)
        return told, come


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


def derive_if_old(ledger: Ledger, profile: str, now: datetime, pairs: PairsOf = families.pairs) -> Derived:
    """What the ledger's facts give, made anew only where they have changed since it was made, or the profile or the
    rules of this program differ.
    """
    with ledger.reading() as connection:
        if is_new(connection, profile):
            return read.derived(connection)
    return rebuild(ledger, profile, now, pairs)


def rebuild(ledger: Ledger, profile: str, now: datetime, pairs: PairsOf = families.pairs) -> Derived:
    """Drops everything derived and makes it again from the facts. Incidents keep their names."""
    for _ in range(TRIES):
        with ledger.reading() as connection:
            facts, state = read.facts(connection), state_of(connection, profile)
        found = made(facts.reads, profile, facts.decisions, facts.campaigns, pairs)
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
    named = under_names(found, decided, read.names(connection))
    write.replace_derived(connection, named.derived, *state)
    write.add_names(connection, named.acts, now)
    return named.derived


@dataclass(frozen=True, slots=True)
class Named:
    """What was derived, with incidents and plans under names. acts: what becomes of names by that; rows: each row as it was made
    and as it is named, by the id that it was made under; verdicts: as they were made.
    """

    derived: Derived
    acts: tuple[Name, ...]
    rows: Mapping[str, tuple[Row, Row]]
    verdicts: tuple[Verdict, ...]


def under_names(found: Made, decided: Sequence[Decision], held: Sequence[Name], before: Named | None = None) -> Named:
    """What was derived, with incidents and plans under the names that the ledger has for them.

    held: what became of names so far. before: what was named last, where no names were given or moved since: then only rows
    that are others now are named, beside those that are told of in the same stories.
    """
    rows: list[Row] = [*found.derived.incidents, *found.derived.plans]
    asked = Asked(rows, before.rows if before is not None else {})
    naming = incidents.named(
        asked.rows,
        _events(found, asked.stories),
        held,
        merged=merged_names(decided, found.derived.standings),
        parted=found.parted,
        among=asked.names if before is not None else None,
    )
    named = {row.id: asked.under(row, naming.names) for row in rows}
    made = found.derived.verdicts
    derived = called(found.derived, {id_: one for id_, (_, one) in named.items()}, before)
    return Named(derived, naming.acts, named, made)


class Asked:
    """The rows that are to be named: those that are others than they were, and those told of in the same stories. names: the names
    that they may bear; stories: those that tell of them, or of what is gone.
    """

    def __init__(self, rows: Sequence[Row], was: Mapping[str, tuple[Row, Row]]) -> None:
        self._was = was
        same = {row.id for row in rows if row.id in was and was[row.id][0] is row}
        lost = [pair for id_, pair in was.items() if id_ not in same]
        changed = [row for row in rows if row.id not in same]
        stories = {story for row in (*changed, *(row for row, _ in lost)) for story in row.stories}
        self.rows = [row for row in rows if row.id not in same or not stories.isdisjoint(row.stories)]
        self.stories = stories.union(*(row.stories for row in self.rows))
        self.names = {named.id for _, named in lost} | {was[row.id][1].id for row in self.rows if row.id in same}

    def under(self, row: Row, names: Mapping[str, str]) -> tuple[Row, Row]:
        """The row, with itself under its name."""
        was = self._was.get(row.id)
        if was is not None and was[0] is row and names.get(row.id, was[1].id) == was[1].id:
            return was
        return row, incidents.renamed(row, names)


def _events(found: Made, stories: Collection[str]) -> dict[str, Event]:
    """The events of some stories, those that people took out among them."""
    told = (one for one in (*found.read, *found.reads) if one.story.id in stories)
    return {event.id: event for one in told for event in one.reading.events}


def merged_names(decided: Sequence[Decision], standings: Sequence[Standing]) -> dict[str, str]:
    """The names that people merged, each with that into which it went; one that was merged into since is none of them."""
    in_force = {s.decision for s in standings if s.state in ("carried", "needs_look")}
    found: dict[str, str] = {}
    for one in decided:
        if one.verdict == "merge" and one.into is not None and one.id in in_force:
            found[one.target] = one.into
            found.pop(one.into, None)
    return found


def called(derived: Derived, rows: Mapping[str, Row], before: Named | None) -> Derived:
    """What was derived, with incidents and plans under their names wherever they are told of. rows: the named ones, by id; before: what was
    named last.
    """
    names = {id_: row.id for id_, row in rows.items()}
    same = before is not None and before.verdicts is derived.verdicts
    if before is not None and same and names == {id_: row.id for id_, (_, row) in before.rows.items()}:
        verdicts = before.derived.verdicts
    else:
        verdicts = ordered(derived.verdicts, names)
    made: list[Row] = [*derived.incidents, *derived.plans]
    all_ = [rows[row.id] for row in made]
    return replace(
        derived,
        incidents=tuple(row for row in all_ if isinstance(row, Incident)),
        plans=tuple(row for row in all_ if isinstance(row, Plan)),
        verdicts=verdicts,
        standings=tuple(replace(s, target=names.get(s.target, s.target)) if s.target else s for s in derived.standings),
    )


def ordered(verdicts: Sequence[Verdict], names: Mapping[str, str] | None = None) -> tuple[Verdict, ...]:
    """The verdicts, each with its incidents under their names, in the order of these. names: by the ids that incidents have
    here; None where these are their names.
    """
    names = names or {}
    known: dict[int, tuple[str, ...]] = {}

    def named(ids: tuple[str, ...]) -> tuple[str, ...]:
        # Many totals count the very same incidents, which are hundreds
        if id(ids) not in known:
            known[id(ids)] = tuple(sorted(names.get(one, one) for one in ids))
        return known[id(ids)]

    return tuple(
        replace(verdict, incidents=named(verdict.incidents), explains=named(verdict.explains)) for verdict in verdicts
    )
