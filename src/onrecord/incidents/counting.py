"""Which incidents of a campaign a total is about, and what they come to."""

from collections.abc import Iterable, Mapping
from datetime import date

from onrecord.incidents import scopes
from onrecord.records import Bounds, EventKind, Incident, TallyUnit

Asked = tuple[frozenset[EventKind] | None, str | None, bool]


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
    given = [one.injured if unit == "injured" else one.killed for one in counted]
    given = [bounds for bounds in given if bounds.best is not None or bounds.low is not None]
    if not given:
        return Bounds(None, None, None)
    best = sum(bounds.best if bounds.best is not None else bounds.low or 0 for bounds in given)
    low = sum(bounds.low if bounds.low is not None else bounds.best or 0 for bounds in given)
    high = sum(bounds.high if bounds.high is not None else bounds.best or 0 for bounds in given)
    return Bounds(low, best, high)


class Books:
    """The incidents of one campaign, and what was asked of them before: newspapers that count state the same total many times.
    days: when each was, or was first told of. start: the day on which the campaign starts; doers: telling words of those
    who strike in it.
    """

    def __init__(self, incidents: tuple[Incident, ...], days: Mapping[str, date], start: date | None) -> None:
        self.start = start
        self.ids = frozenset(one.id for one in incidents)
        self.doers = scopes.doers(incidents)
        self._dated = [(one, days.get(one.id), _end(one, days)) for one in incidents]
        self._scoped: dict[Asked, list[tuple[Incident, date | None, date | None]]] = {}
        self._counted: dict[tuple[Asked, date | None, date | None], Counted] = {}

    def counted(
        self, unit: TallyUnit, scope: str | None, since: date | None, last: date | None, *, lenient: bool = False
    ) -> Counted:
        """The incidents of a unit's kinds and in a scope, from the first day to the last, those without a day among them.
        lenient: those that nobody is named for, too.
        """
        asked = scopes.kinds(unit), scope, lenient
        if (asked, since, last) not in self._counted:
            self._counted[asked, since, last] = Counted(
                one
                for one, day, end in self._within(asked)
                if day is None or ((last is None or day <= last) and (since is None or end is None or end >= since))
            )
        return self._counted[asked, since, last]

    def _within(self, asked: Asked) -> list[tuple[Incident, date | None, date | None]]:
        if asked not in self._scoped:
            kinds, told, lenient = asked
            scope = scopes.scope(told, self.doers)
            holds = scope.may_hold if lenient else scope.holds
            self._scoped[asked] = [row for row in self._dated if (not kinds or row[0].kind in kinds) and holds(row[0])]
        return self._scoped[asked]


def _end(incident: Incident, days: Mapping[str, date]) -> date | None:
    end = incident.when.end if incident.when is not None else None
    return end or days.get(incident.id)
