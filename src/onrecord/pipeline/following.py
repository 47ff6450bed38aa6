"""What follows from one more decision on incidents or plans: only what it bears on is derived again.

Which events the reader gathers does not depend on what people decide of them, so that the groupings of the last deriving
hold, and only the rows of groups that the decision changes are made anew, and the verdicts, which may count any of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from onrecord import decisions, incidents
from onrecord.incidents import Row
from onrecord.ledger import read, write
from onrecord.pipeline import deriving
from onrecord.records import Decision, Derived, Incident, Plan, Read, Ruling, Span, Standing


@dataclass(frozen=True, slots=True)
class Followed:
    """The decision with what the reader had where it was made, and how it stands."""

    decision: Decision
    standing: Standing


def follow(
    connection: sa.Connection,
    decision: Decision,
    held: Derived,
    decided: Sequence[Decision],
    profile: str,
) -> Followed:
    """Keeps a decision on an incident or a plan with all that follows, in a transaction of the caller's.

    held: everything derived, which has to be new; decided: the decisions before this one.
    """
    return _Follow(connection, held, (*decided, decision), profile).kept(decision)


class _Follow:
    """One decision more."""

    def __init__(self, connection: sa.Connection, held: Derived, decided: Sequence[Decision], profile: str) -> None:
        self._connection = connection
        self._held = held
        self._decided = decided
        self._profile = profile
        self._in_force, _ = decisions.in_force(decided)
        self._campaigns = read.campaigns_in(connection)
        self._by_id = {one.id: one for one in decided}
        self._standings = {one.decision: one for one in held.standings}

    def kept(self, decision: Decision) -> Followed:
        """The decision with its basis, everything written."""
        ruling = decisions.ruling_of(decision, self._reads({s.story for s in self._spans(decision)}))
        if ruling is None:
            raise RuntimeError(f"{decision.target} stands on no words")
        rulings, holding = self._rulings(ruling)
        final = incidents.decided(self._held.groupings, holding)
        places = incidents.places(rulings, final)
        known: dict[tuple[frozenset[str], tuple[str, ...]], Row] = {
            (frozenset(row.events), row.decisions): row for row in self._rows()
        }
        keys = [(frozenset(group.events), tuple(dict.fromkeys(group.decisions))) for group in final.groups]
        changed = [n for n, key in enumerate(keys) if final.groups[n].out is None and key[0] and key not in known]
        touched = {*changed, places[decision.id][0]}
        ends = {*ruling.events, *ruling.into}
        bearing = [
            one
            for one in rulings
            if places[one.decision][0] in touched or not ends.isdisjoint((*one.events, *one.into))
        ]
        desk = self._desk([final.groups[n].events for n in changed], bearing)
        own = incidents.owned(bearing, self._held.groupings, desk)
        made: list[Row | None] = [known.get(key) for key in keys]
        for n in changed:
            made[n] = desk.row(final.groups[n])
        basis = own[decision.id]
        decision = replace(decision, basis=decisions.shown(basis) if basis is not None else ())
        self._by_id[decision.id] = decision
        bears = {id_: (incidents.row_id(made, n), why) for id_, (n, why) in places.items()}
        standings = self._settled(rulings, bears, own, final.torn)
        rows = [row for row in made if row is not None]
        return self._written(decision, rows, incidents.parted(final, made), standings)

    def _spans(self, decision: Decision) -> Sequence[Span]:
        return (*decision.anchors, *decision.into_anchors, *decision.words)

    def _rows(self) -> list[Row]:
        return [*self._held.incidents, *self._held.plans]

    def _reads(self, stories: Collection[str]) -> tuple[Read, ...]:
        """Those stories as people have set them right."""
        return decisions.apply(read.reads(self._connection, stories), self._in_force).reads

    def _rulings(self, last: Ruling) -> tuple[list[Ruling], list[Ruling]]:
        """The rulings, as they were found to bear on events when everything was derived, and the new one; and those that
        hold.
        """
        held = [
            (one, standing, decisions.valued(standing.ruling, one))
            for one in self._in_force
            if (standing := self._standings.get(one.id)) is not None and standing.ruling is not None
        ]
        holding = [ruling for _, standing, ruling in held if standing.holds]
        return [*(ruling for _, _, ruling in held), last], [*holding, last]

    def _desk(self, groups: Sequence[Collection[str]], bearing: Sequence[Ruling]) -> incidents.Desk:
        """A desk with the stories of what changed, and of the groupings that decisions on it were made on."""
        asked = {event for ruling in bearing for event in ruling.events}
        whole = [g.events for g in self._held.groupings if asked.intersection(g.events)]
        stories = {event.rpartition("-")[0] for events in (*groups, *whole) for event in events}
        found = self._reads(stories)
        derivations, mutations = read.lineages_of(self._connection, stories)
        families = incidents.Families((), derivations, mutations)
        return incidents.Desk(incidents.tellings(found, families), self._held.speakers, self._profile, self._campaigns)

    def _settled(
        self,
        rulings: Sequence[Ruling],
        bears: dict[str, tuple[str | None, str]],
        own: dict[str, Row | None],
        torn: Collection[str],
    ) -> list[Standing]:
        """How every decision on incidents and plans stands now."""
        plain = {ruling.decision: ruling for ruling in rulings}
        kept = [one for one in self._held.standings if one.decision not in plain]
        settled = deriving.of_rulings(
            rulings,
            [self._by_id[ruling.decision] for ruling in rulings],
            bears,
            own,
            torn,
            {id_: self._standings[id_] for id_ in plain if id_ not in own},
        )
        return [*kept, *settled]

    def _written(
        self,
        decision: Decision,
        rows: Sequence[Row],
        parted: Mapping[str, str],
        standings: Sequence[Standing],
    ) -> Followed:
        """Everything under its name, in the ledger."""
        write.add_decision(self._connection, decision)
        names = self._named(rows, parted, standings, decision.at)
        named = [replace(row, id=names.get(row.id, row.id)) for row in rows]
        made = [one for one in named if isinstance(one, Incident)]
        stating = self._reads(read.stating_totals(self._connection))
        told = self._days_told()
        derived = replace(
            self._held,
            incidents=tuple(made),
            plans=tuple(one for one in named if isinstance(one, Plan)),
            verdicts=deriving.ordered(incidents.verdicts(stating, told, made, self._campaigns, self._profile)),
            standings=tuple(replace(s, target=names.get(s.target or "", s.target)) for s in standings),
        )
        state = deriving.state_of(self._connection, self._profile)
        write.change_derived(self._connection, self._held, derived, *state)
        return Followed(decision, next(s for s in derived.standings if s.decision == decision.id))

    def _days_told(self) -> dict[str, date | None]:
        """The day on which every story was published, as people have set it right."""
        told = {story: when.day for story, when in read.published(self._connection).items()}
        corrected = {one.target for one in self._in_force if one.kind == "story" and one.field == "published"}
        told.update({one.story.id: one.story.published.day for one in self._reads(corrected)})
        return told

    def _named(
        self, rows: Sequence[Row], parted: Mapping[str, str], standings: Sequence[Standing], now: datetime
    ) -> dict[str, str]:
        """The names of the rows that changed, and of those beside them, by their ids."""
        first, then = incidents.in_order(rows)
        asked = deriving.Asked((*first, *then), {row.id: (row, row) for row in self._rows()})
        told = (*read.reads(self._connection, asked.stories), *self._reads(asked.stories))
        naming = incidents.named(
            asked.rows,
            {event.id: event for one in told for event in one.reading.events},
            read.names(self._connection),
            merged=deriving.merged_names(self._decided, standings),
            parted=parted,
            among=asked.names,
        )
        write.add_names(self._connection, naming.acts, now)
        return dict(naming.names)
