"""All readings → incidents, plans and verdicts."""

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


@unswept()
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

    profile: the codebook that turns worded numbers into bounds. campaigns: within which tallies are checked; without
    one, everything is one campaign. rulings: what people decided, in their order; stands: whether
    a ruling holds, told what it was made on as the machine has it today. Raises WrongUse for a profile that is not there.
    """
    ordered = sorted(reads, key=lambda read: read.story.id)
    heard = voices.speakers(ordered)
    growing = Growing()
    growing.change(ordered, *by_story(families))
    groupings = growing.groupings()
    desk = Desk(growing.told, heard, profile, campaigns)
    own = owned(rulings, groupings, desk)
    final = decided(groupings, [r for r in rulings if stands(r.decision, own[r.decision])])
    made = [desk.row(group) for group in final.groups]
    found = [row for row in made if row is not None]
    incidents = tuple(
        sorted(
            (row for row in found if isinstance(row, Incident)),
            key=lambda one: (one.when is None, one.when and one.when.start, one.id),
        )
    )
    plans = tuple(sorted((row for row in found if isinstance(row, Plan)), key=lambda one: (one.stories[0], one.id)))
    return Merged(
        incidents,
        plans,
        verdicts(ordered, days_told(ordered), incidents, campaigns, profile),
        groupings,
        own=own,
        bears={id_: (row_id(made, n), why) for id_, (n, why) in places(rulings, final).items()},
        parted=parted(final, made),
        torn=final.torn,
        speakers=heard,
    )


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
            if members := self._merging.members(name):
                self._groupings[name] = _grouping(members, happened=name[0])
                come.add(self._groupings[name].id)
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
        held = {
            name: sum(event in events for event in one.events)
            for name, one in self._groupings.items()
            if not set(events).isdisjoint(one.events)
        }
        return max(sorted(held), key=lambda name: held[name], default=None)

    def groupings(self) -> tuple[Grouping, ...]:
        """The groupings, in the order in which they were founded, incidents before plans."""
        return tuple(self._groupings[name] for name in self._merging.names())


def _grouping(members: Sequence[Member], *, happened: bool) -> Grouping:
    events = tuple(one.telling.event.id for one in sorted(members, key=lambda one: one.telling.order))
    reasons = tuple(one.reason for one in members if one.reason is not None)
    return Grouping(f"gr-{digest(events[0])[:16]}", happened, events, reasons)


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
        self._known = voices.cast(speakers)
        self._profile = profile
        self._campaigns = campaigns
        self._told = {telling.event.id: telling for telling in told}

    def row(self, group: Group) -> Row | None:
        """The incident or plan of a group; None for one that was taken out, or whose events are gone."""
        if group.out is not None or not (made := self.machine(group.events, group.reasons, happened=group.happened)):
            return None
        made = overridden(made, group.set, self._profile)
        ruled = dict(cast("tuple[str, bool]", ruling.value) for ruling in group.set if ruling.field == "campaign")
        belongs = tuple(
            campaign.name for campaign in self._campaigns if ruled.get(campaign.name, scopes.belongs(made, campaign))
        )
        return replace(made, decisions=tuple(dict.fromkeys(group.decisions)), campaigns=belongs)

    def history(self, incident: Incident) -> tuple[Revision, ...]:
        """What the fields of an incident said, at first and after every change."""
        told = [self._told[id_] for id_ in incident.events if id_ in self._told]
        return revisions(told, self._known, self._profile, incident)

    def machine(self, events: Collection[str], reasons: Sequence[str], *, happened: bool) -> Row | None:
        """The incident or plan that those events tell of, before anybody set a value on it."""
        told = sorted((self._told[id_] for id_ in events if id_ in self._told), key=lambda telling: telling.order)
        if not told:
            return None
        if not happened or not any(telling.mode == "done" for telling in told):
            return rows.plan(told)
        return rows.incident(told, reasons, self._known, self._profile)


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
