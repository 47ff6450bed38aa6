"""Which incidents of a campaign a total is about, and what they come to."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property

from onrecord.incidents import scopes, words
from onrecord.incidents.sides import enemies, party, sides
from onrecord.records import Bounds, EventKind, Incident, TallyUnit
from onrecord.wording.gazetteer import fold

Asked = tuple[frozenset[EventKind] | None, str | None]
"""The kinds and the scope that a total counts."""


class Counted:
    """Some incidents, with their ids, and the ledger's own figures for them."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self.incidents = tuple(incidents)
        self.ids = tuple(one.id for one in self.incidents)
        self._figures: dict[TallyUnit, Bounds] = {}

    def figure(self, unit: TallyUnit) -> Bounds:
        """What the incidents come to in a unit. One without a figure adds nothing, and is not held to be zero."""
        if unit not in self._figures:
            self._figures[unit] = figure(unit, self.incidents)
        return self._figures[unit]


def figure(unit: TallyUnit, incidents: Iterable[Incident]) -> Bounds:
    """The ledger's own figure."""
    counted = tuple(incidents)
    if scopes.kinds(unit) is not None:
        return Bounds(len(counted), len(counted), len(counted))
    given = [bounds for one in counted if (bounds := of_one(unit, one)).best is not None or bounds.low is not None]
    if not given:
        return Bounds(None, None, None)
    best = sum(bounds.best if bounds.best is not None else bounds.low or 0 for bounds in given)
    low = sum(bounds.low if bounds.low is not None else bounds.best or 0 for bounds in given)
    high = sum(bounds.high if bounds.high is not None else bounds.best or 0 for bounds in given)
    return Bounds(low, best, high)


def of_one(unit: TallyUnit, incident: Incident) -> Bounds:
    """What one incident comes to in a unit of harm. The presumed dead stand beside the dead that are known."""
    if unit == "injured":
        return incident.injured
    if unit != "killed_or_presumed_dead" or incident.killed.best is None or incident.killed.high is None:
        return incident.killed
    presumed = [
        s.bounds for s in incident.statements if s.field == "presumed_dead" and s.credible and s.bounds is not None
    ]
    more = max((bounds.best or bounds.low or 0 for bounds in presumed), default=0)
    best = min(incident.killed.best + more, incident.killed.high) if presumed else incident.killed.best
    return Bounds(incident.killed.low, best, incident.killed.high)


def _length(name: str) -> tuple[int, str]:
    return len(name), name


class Books:
    """The incidents of one campaign, and what was asked of them before: newspapers that count state the same total many times.
    days: when each was, or was first told of; told: when each was first told of. start: the day on which the campaign starts.
    """

    def __init__(
        self, incidents: tuple[Incident, ...], days: Mapping[str, date], told: Mapping[str, date], start: date | None
    ) -> None:
        self.start = start
        self.incidents = incidents
        self.ids = frozenset(one.id for one in incidents)
        self.days, self.told = days, told
        self._sides = sides(incidents)
        self._scoped: dict[tuple[Asked, bool], list[Incident]] = {}
        self._counted: dict[tuple[Asked, date | None, date | None, bool, bool], Counted] = {}

    def counted(
        self, asked: Asked, since: date | None, last: date | None, *, lenient: bool = False, doubtful: bool = False
    ) -> Counted:
        """The incidents of a unit's kinds and in a scope, from the first day to the last. lenient: those, too, of which the ledger
        does not know whether they are in the scope; doubtful: or that have no day, or no report of anybody's own behind them.
        """
        key = asked, since, last, lenient, doubtful
        if key not in self._counted:
            self._counted[key] = Counted(
                one for one in self.within(asked, lenient=lenient) if self.falls(one, since, last, doubtful=doubtful)
            )
        return self._counted[key]

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """The scopes of those who strike, each in the name that is shortest."""
        named = sorted({one.actor for one in self.incidents if one.actor is not None and party(one.actor)}, key=_length)
        kept: list[str] = []
        for name in named:
            if not any(words.any_akin(words.telling(name), words.telling(other)) for other in kept):
                kept.append(name)
        return tuple(f"attacks by {name}" for name in kept)

    def without_enemies(self, told: str | None, teller: str | None) -> str | None:
        """The words of a scope, where "the enemy" stands for who strikes the party of who says so. teller: the name of the source."""
        if told is None or enemies().isdisjoint(fold(told).split()):
            return told
        rest = " ".join(word for word in told.split() if fold(word) not in enemies())
        party_of = self._sides.party_of(teller or "")
        if not party_of or scopes.scope(told).on:
            return rest
        return f"{rest} on {' '.join(sorted(party_of))}"

    def within(self, asked: Asked, *, lenient: bool = False) -> list[Incident]:
        """The incidents of the kinds and in the scope, whenever they were."""
        if (asked, lenient) not in self._scoped:
            kinds, told = asked
            scope = scopes.scope(told, self._sides)
            wanted = {True, None} if lenient else {True}
            self._scoped[asked, lenient] = [
                one for one in self.incidents if (not kinds or one.kind in kinds) and scope.holds(one) in wanted
            ]
        return self._scoped[asked, lenient]

    def falls(self, incident: Incident, since: date | None, last: date | None, *, doubtful: bool = False) -> bool:
        """Whether an incident falls in the period. doubtful: or may, for it has no day and was told of in time; and whether it
        counts though it is told of in passing alone, and nobody has decided on it.
        """
        day = self.days.get(incident.id)
        if not (incident.reports or incident.decisions) and not doubtful:
            return False
        if incident.when is None or incident.when.start is None:
            return doubtful and (day is None or last is None or day <= last)
        end = incident.when.end or day
        return (last is None or incident.when.start <= last) and (since is None or end is None or end >= since)
