"""All readings → incidents, plans and verdicts."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from onrecord.incidents import rows, scopes, voices
from onrecord.incidents.groups import Decided, Group, decided, home_of, homes
from onrecord.incidents.history import revisions
from onrecord.incidents.merging import Merging, Name
from onrecord.incidents.overrides import Row, overridden
from onrecord.incidents.phases import Refusal
from onrecord.incidents.retold import Retold
from onrecord.incidents.shelf import Member
from onrecord.incidents.told import Families, Telling
from onrecord.incidents.verdicts import days_told, verdicts
from onrecord.records import (
    Campaign,
    Derivation,
    Grouping,
    Incident,
    Mutation,
    Plan,
    Read,
    Revision,
    Ruling,
    Speaker,
    Verdict,
    digest,
)
from onrecord.sweeping import unswept

Stands = Callable[[str, Row | None], bool]


@dataclass(frozen=True, slots=True)
class Merged:
    """What the readings come to, each in the order in which the press first told of it. groupings: which events were one
    before anybody decided; own: for each ruling what it bears on as the machine has it; bears: the id of what it bears on
    now, or None with a sentence why it has no effect; parted: the ids of rows that people split off, each with that of the rest; torn:
    the rulings on what stands in several rows now.
    """

    incidents: tuple[Incident, ...]
    plans: tuple[Plan, ...]
    verdicts: tuple[Verdict, ...]
    groupings: tuple[Grouping, ...] = ()
    own: Mapping[str, Row | None] = field(default_factory=dict)
    bears: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    parted: Mapping[str, str] = field(default_factory=dict)
    torn: frozenset[str] = frozenset()
    speakers: tuple[Speaker, ...] = ()


def merge(
    reads: Sequence[Read],
    families: Families,
    *,
    profile: str = "joint",
    campaigns: Sequence[Campaign] = (),
    rulings: Sequence[Ruling] = (),
    stands: Stands = lambda _decision, _own: True,
) -> Merged:
    """Incidents, plans and verdicts from all readings; the order of the readings does not matter.

    profile: the codebook that turns worded numbers into bounds. campaigns, rulings, stands: as in `Merger.merge`. Raises
    WrongUse for a profile that is not there.
    """
    derivations, mutations = by_story(families)
    return Merger(profile).merge(reads, reads, derivations, mutations, campaigns, rulings, stands)


class Merger:
    """Merges again and again, as stories come, are told otherwise, and are decided on: what rests on nothing that changed is
    not made again. What it gives does not depend on what it was asked before.
    """

    def __init__(self, profile: str) -> None:
        self._profile = profile
        self._growing = Growing()
        self._heard: dict[str, voices.Heard] = {}
        self._desk = Desk((), (), profile)
        self._counted: tuple[Sequence[Campaign], tuple[Incident, ...]] | None = None
        self._verdicts: tuple[Verdict, ...] = ()

    @property
    def growing(self) -> "Growing":
        """Which events are one, as it stands."""
        return self._growing

    @unswept()
    def merge(
        self,
        reads: Iterable[Read],
        come: Sequence[Read],
        derivations: Mapping[str, Derivation],
        mutations: Mapping[str, tuple[Mutation, ...]],
        campaigns: Sequence[Campaign] = (),
        rulings: Sequence[Ruling] = (),
        stands: Stands = lambda _decision, _own: True,
    ) -> Merged:
        """Incidents, plans and verdicts from all readings.

        come: those that are new or told otherwise since the last call; derivations, mutations: by story, those that are new or
        others since. campaigns: within which tallies are checked; without one, everything is one campaign. rulings: what
        people decided, in their order; stands: whether a ruling holds, told what it was made on as the machine has it today.
        """
        ordered = sorted(reads, key=lambda read: read.story.id)
        self._heard.update((read.story.id, voices.heard(read)) for read in come)
        heard = voices.speakers(self._heard.values())
        self._growing.change(come, derivations, mutations)
        groupings, desk = self._growing.groupings(), self._desk
        desk.lay(self._growing.told, heard, campaigns)
        own = owned(rulings, groupings, desk)
        final = decided(groupings, [r for r in rulings if stands(r.decision, own[r.decision])])
        made = [desk.row(group) for group in final.groups]
        incidents, plans = in_order(row for row in made if row is not None)
        return Merged(
            incidents,
            plans,
            self._held_against(ordered, come, incidents, campaigns),
            groupings,
            own=own,
            bears={id_: (row_id(made, n), why) for id_, (n, why) in places(rulings, final).items()},
            parted=parted(final, made),
            torn=final.torn,
            speakers=heard,
        )

    def _held_against(
        self, reads: Sequence[Read], come: Sequence[Read], incidents: Sequence[Incident], campaigns: Sequence[Campaign]
    ) -> tuple[Verdict, ...]:
        """The verdicts: those of before, where no story is told otherwise and the incidents are the same but for who decided on them."""
        counted = tuple(campaigns), tuple(_countable(one) for one in incidents)
        if come or counted != self._counted:
            self._verdicts = verdicts(reads, days_told(reads), incidents, campaigns, self._profile)
            self._counted = counted
        return self._verdicts


def _countable(incident: Incident) -> Incident:
    """An incident as totals count it: decisions tell only where nobody's report does."""
    if not incident.decisions:
        return incident
    return replace(incident, decisions=() if incident.reports else ("decided",))


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The ids of the groupings that are new or others now, and of those that are gone."""

    come: set[str]
    gone: set[str]


class Growing:
    """Which events are one, kept up as stories come. What it holds does not depend on the order in which they came, nor on how many came at
    once.
    """

    def __init__(self) -> None:
        self._retold = Retold()
        self._merging = Merging()
        self._groupings: dict[Name, Grouping] = {}
        self._names: dict[str, Name] = {}

    @property
    def told(self) -> Collection[Telling]:
        """All tellings, as each story by itself has them."""
        return self._retold.told.values()

    def some(self, ids: Collection[str]) -> tuple[Grouping, ...]:
        """The groupings of some ids."""
        return tuple(one for one in self._groupings.values() if one.id in ids)

    def told_in(self, ids: Collection[str]) -> tuple[Telling, ...]:
        """The tellings of some groupings, by their ids."""
        return tuple(self._retold.told[event] for one in self.some(ids) for event in one.events)

    @unswept()
    def change(
        self,
        reads: Iterable[Read],
        derivations: Mapping[str, Derivation],
        mutations: Mapping[str, tuple[Mutation, ...]],
    ) -> Regrouped:
        """Takes in stories, in the place of what it has of them, and by story what is new or other now of whose report they are."""
        come, gone = set[str](), set[str]()
        for name in self._merging.change(self._retold.change(reads, derivations, mutations)):
            was = self._groupings.pop(name, None)
            gone |= {was.id} if was is not None else set()
            for event in was.events if was is not None else ():
                # Another name may have taken it already
                if self._names.get(event) == name:
                    del self._names[event]
            if members := self._merging.members(name):
                now = self._groupings[name] = _grouping(members, happened=name[0])
                self._names.update(dict.fromkeys(now.events, name))
                come.add(now.id)
        return Regrouped(come, gone - come)

    def apart(self, events: Iterable[str], other: Collection[str]) -> tuple[Refusal, ...]:
        """What keeps events out of the gathering that holds most of others, the closest first; none where it holds them."""
        home = self._home(other)
        if home is None:
            return ()
        held = {member.telling.event.id for member in self._merging.members(home)}
        found = [one for event in events if event not in held for one in self._merging.refusals(event, home)]
        return tuple(sorted(found, key=lambda one: (one.missing, one.event)))

    def nearest(self, events: Collection[str]) -> Iterator[Grouping]:
        """The other groupings that share most with that of some events, the likeliest first."""
        home = self._home(events)
        yield from (self._groupings[name] for name in self._merging.nearest(events) if name != home)

    def _home(self, events: Collection[str]) -> Name | None:
        held = Counter(self._names[event] for event in events if event in self._names)
        return max(sorted(held), key=lambda name: held[name], default=None)

    def groupings(self) -> tuple[Grouping, ...]:
        """The groupings, in the order in which they were founded, incidents before plans."""
        return tuple(self._groupings[name] for name in self._merging.names())


def _grouping(members: Sequence[Member], *, happened: bool) -> Grouping:
    events = tuple(one.telling.event.id for one in sorted(members, key=lambda one: one.telling.order))
    reasons = tuple(one.reason for one in members if one.reason is not None)
    return Grouping(f"gr-{digest(events[0])[:16]}", happened, events, reasons)


_Told = tuple[frozenset[str], tuple[str, ...], bool]
"""The events of a row, why they are one, and whether they happened."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A row as the machine has it, and what it rests on: the telling of each of its events, None where that is gone, and the
    sources whose voices it asked for.
    """

    row: Row | None
    told: Mapping[str, Telling | None]
    asked: frozenset[voices.Asked]


class Desk:
    """Makes the rows of incidents and plans, each from the tellings of its events.

    told: the tellings of the stories that are asked for, or of more; speakers: for whom the people of all stories speak.
    """

    def __init__(
        self,
        told: Iterable[Telling],
        speakers: Sequence[Speaker],
        profile: str,
        campaigns: Sequence[Campaign] = (),
    ) -> None:
        self._profile = profile
        self._speakers: Sequence[Speaker] = ()
        self._campaigns: tuple[Campaign, ...] = ()
        self._known = voices.cast(())
        # What was made since the last laying out, and before it
        self._made: dict[_Told, _Made] = {}
        self._before: dict[_Told, _Made] = {}
        self._put: dict[tuple[object, ...], tuple[Row, Row]] = {}
        self._put_before: dict[tuple[object, ...], tuple[Row, Row]] = {}
        self.lay(told, speakers, campaigns)

    def lay(self, told: Iterable[Telling], speakers: Sequence[Speaker], campaigns: Sequence[Campaign]) -> None:
        """Lays out what rows are made from. Those made before that rest on nothing that changed are given again."""
        self._told = {telling.event.id: telling for telling in told}
        self._before, self._made = self._made, {}
        self._put_before, self._put = self._put if tuple(campaigns) == self._campaigns else {}, {}
        self._campaigns = tuple(campaigns)
        if speakers != self._speakers:
            known = voices.cast(speakers)
            unlike = self._known.unlike(known)
            self._before = {key: made for key, made in self._before.items() if unlike.isdisjoint(made.asked)}
            self._speakers, self._known = speakers, known

    def row(self, group: Group) -> Row | None:
        """The incident or plan of a group; None for one that was taken out, or whose events are gone."""
        if group.out is not None or not (made := self.machine(group.events, group.reasons, happened=group.happened)):
            return None
        decisions = tuple(dict.fromkeys(group.decisions))
        key = (made.id, frozenset(made.events), tuple(group.set), decisions)
        put = self._put.get(key) or self._put_before.get(key)
        if put is None or put[0] is not made:
            put = (made, self._as_decided(made, group.set, decisions))
        self._put[key] = put
        return put[1]

    def _as_decided(self, made: Row, set_: Sequence[Ruling], decisions: tuple[str, ...]) -> Row:
        made = overridden(made, set_, self._profile)
        ruled = dict(cast("tuple[str, bool]", ruling.value) for ruling in set_ if ruling.field == "campaign")
        belongs = tuple(
            campaign.name for campaign in self._campaigns if ruled.get(campaign.name, scopes.belongs(made, campaign))
        )
        return replace(made, decisions=decisions, campaigns=belongs)

    def history(self, incident: Incident) -> tuple[Revision, ...]:
        """What the fields of an incident said, at first and after every change."""
        told = [self._told[id_] for id_ in incident.events if id_ in self._told]
        return revisions(told, self._known, self._profile, incident)

    def machine(self, events: Collection[str], reasons: Sequence[str], *, happened: bool) -> Row | None:
        """The incident or plan that those events tell of, before anybody set a value on it."""
        key = (frozenset(events), tuple(reasons), happened)
        made = self._made.get(key) or self._before.get(key)
        if made is None or any(self._told.get(id_) is not telling for id_, telling in made.told.items()):
            self._known.asked.clear()
            told = {id_: self._told.get(id_) for id_ in events}
            row = self._machine([one for one in told.values() if one is not None], reasons, happened=happened)
            made = _Made(row, told, frozenset(self._known.asked))
        self._made[key] = made
        return made.row

    def _machine(self, tellings: Iterable[Telling], reasons: Sequence[str], *, happened: bool) -> Row | None:
        told = sorted(tellings, key=lambda telling: telling.order)
        if not told:
            return None
        if not happened or not any(telling.mode == "done" for telling in told):
            return rows.plan(told)
        return rows.incident(told, reasons, self._known, self._profile)


def in_order(rows: Iterable[Row]) -> tuple[tuple[Incident, ...], tuple[Plan, ...]]:
    """Incidents and plans, each in the order in which they are named."""
    found = list(rows)
    return (
        tuple(
            sorted(
                (row for row in found if isinstance(row, Incident)),
                key=lambda one: (one.when is None, one.when and one.when.start, one.id),
            )
        ),
        tuple(sorted((row for row in found if isinstance(row, Plan)), key=lambda one: (one.stories[0], one.id))),
    )


def by_story(families: Families) -> tuple[dict[str, Derivation], dict[str, tuple[Mutation, ...]]]:
    """What is known of whose report stories are, by story."""
    mutations: dict[str, tuple[Mutation, ...]] = {}
    for one in families.mutations:
        mutations[one.story] = (*mutations.get(one.story, ()), one)
    return {one.story: one for one in families.derivations}, mutations


def owned(rulings: Iterable[Ruling], groupings: Sequence[Grouping], desk: Desk) -> dict[str, Row | None]:
    """What each ruling was made on, as the machine has it: the grouping that holds most of its events."""
    home = homes(groupings)
    made: dict[int | None, Row | None] = {None: None}
    found: dict[str, Row | None] = {}
    for ruling in rulings:
        n = home_of(ruling.events, home)
        if n not in made and n is not None:
            one = groupings[n]
            made[n] = desk.machine(one.events, one.reasons, happened=one.happened)
        found[ruling.decision] = made[n]
    return found


def places(rulings: Sequence[Ruling], final: Decided) -> dict[str, tuple[int | None, str]]:
    """The group that each ruling bears on: one that does not hold, the group with its events."""
    found = dict(final.bears)
    for ruling in rulings:
        if ruling.decision not in found:
            n = next((n for n, group in enumerate(final.groups) if group.events.intersection(ruling.events)), None)
            found[ruling.decision] = (n, "")
    return found


def parted(final: Decided, made: Sequence[Row | None]) -> dict[str, str]:
    """The ids of the rows that people split off, each with that of the rest."""
    return {
        id_: rest
        for n, group in enumerate(final.groups)
        if (id_ := row_id(made, n)) is not None and (rest := row_id(made, group.parted)) is not None
    }


def row_id(made: Sequence[Row | None], n: int | None) -> str | None:
    """The id of the row made of a group; None where there is none."""
    row = made[n] if n is not None else None
    return row.id if row is not None else None
