"""Which incidents of a campaign a total is about, and what they come to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from onrecord.incidents import scopes, words
from onrecord.incidents.sides import enemies, party, sides
from onrecord.records import Bounds, EventKind, Incident, TallyUnit
from onrecord.wording.gazetteer import fold

Ints = npt.NDArray[np.int64]
_EVER, _NEVER = 0, date.max.toordinal() + 1
"""Before and after every day."""

Asked = tuple[frozenset[EventKind] | None, str | None]
"""The kinds and the scope that a total counts."""


class Counted:
    """Some incidents, with their ids, and the ledger's own figures for them, each made when it is asked for: a total of a long campaign counts
    thousands. made: the incidents; named, sums: their ids and figures, where a quicker way is known.
    """

    def __init__(
        self,
        made: Callable[[], Iterable[Incident]],
        named: Callable[[], Iterable[str]] | None = None,
        sums: Callable[[TallyUnit], Bounds] | None = None,
    ) -> None:
        self._made = made
        self._named = named or (lambda: (one.id for one in self.incidents))
        self._sums = sums or (lambda unit: figure(unit, self.incidents))
        self._figures: dict[TallyUnit, Bounds] = {}

    @cached_property
    def incidents(self) -> tuple[Incident, ...]:
        """The incidents themselves."""
        return tuple(self._made())

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The incidents' ids."""
        return tuple(self._named())

    def figure(self, unit: TallyUnit) -> Bounds:
        """What the incidents come to in a unit. One without a figure adds nothing, and is not held to be zero."""
        if unit not in self._figures:
            self._figures[unit] = self._sums(unit)
        return self._figures[unit]


def figure(unit: TallyUnit, incidents: Iterable[Incident]) -> Bounds:
    """The ledger's own figure."""
    return _Sums(unit, tuple(incidents)).of(slice(None))


class _Sums:
    """What incidents come to in a unit, in columns, so that any of them can be summed at once."""

    def __init__(self, unit: TallyUnit, incidents: Sequence[Incident]) -> None:
        self._acts = scopes.kinds(unit) is not None
        given = [None if self._acts else _given(of_one(unit, one)) for one in incidents]
        self._given = np.array([one is not None for one in given], dtype=bool)
        self._ends = np.array([one or (0, 0, 0) for one in given], dtype=np.int64).reshape(-1, 3)

    def of(self, places: Ints | slice) -> Bounds:
        """The sum of the incidents at some places."""
        if self._acts:
            number = len(self._given[places])
            return Bounds(number, number, number)
        if not self._given[places].any():
            return Bounds(None, None, None)
        return Bounds(*self._ends[places].sum(axis=0).tolist())


def _given(bounds: Bounds) -> tuple[int, int, int] | None:
    """Low, best and high, each in the place of one that is not known; None where nothing is."""
    if bounds.best is None and bounds.low is None:
        return None
    best = bounds.best if bounds.best is not None else bounds.low or 0
    low = bounds.low if bounds.low is not None else bounds.best or 0
    return low, best, bounds.high if bounds.high is not None else bounds.best or 0


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
        # To take many out at once
        self._rows = np.fromiter(incidents, dtype=object, count=len(incidents))
        self._names = np.fromiter((one.id for one in incidents), dtype=object, count=len(incidents))
        self.days, self.told = days, told
        self._sides = sides(incidents)
        self._scoped: dict[tuple[Asked, bool], Ints] = {}
        self._sums: dict[TallyUnit, _Sums] = {}
        whens = [one.when if one.when is not None and one.when.start is not None else None for one in incidents]
        self._starts = _ordinals((when.start if when is not None else None for when in whens), _NEVER)
        # What has no day falls in a period where it was told of in time, if at all
        self._dated = self._starts != _NEVER
        told_by = (days.get(one.id) for one in incidents)
        self._days = _ordinals(told_by, _EVER)
        ends = (
            when.end or days.get(one.id) if when is not None else None
            for one, when in zip(incidents, whens, strict=True)
        )
        self._ends = _ordinals(ends, _NEVER)
        self._known = np.array([bool(one.reports or one.decisions) for one in incidents], dtype=bool)
        self._counted: dict[tuple[Asked, date | None, date | None, bool, bool], Counted] = {}

    def counted(
        self, asked: Asked, since: date | None, last: date | None, *, lenient: bool = False, doubtful: bool = False
    ) -> Counted:
        """The incidents of a unit's kinds and in a scope, from the first day to the last. lenient: those, too, of which the ledger
        does not know whether they are in the scope; doubtful: or that have no day, or no report of anybody's own behind them.
        """
        key = asked, since, last, lenient, doubtful
        if key not in self._counted:
            scoped = self._places(asked, lenient=lenient)
            places = scoped[self._falling(since, last, doubtful=doubtful)[scoped]]
            self._counted[key] = Counted(
                lambda: _taken(self._rows, places),
                lambda: _taken(self._names, places),
                lambda unit: self._sums_of(unit).of(places),
            )
        return self._counted[key]

    def _sums_of(self, unit: TallyUnit) -> _Sums:
        if unit not in self._sums:
            self._sums[unit] = _Sums(unit, self.incidents)
        return self._sums[unit]

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
        return [self.incidents[n] for n in self._places(asked, lenient=lenient).tolist()]

    def _places(self, asked: Asked, *, lenient: bool) -> Ints:
        if (asked, lenient) not in self._scoped:
            kinds, told = asked
            scope = scopes.scope(told, self._sides)
            wanted = {True, None} if lenient else {True}
            found = [
                n
                for n, one in enumerate(self.incidents)
                if (not kinds or one.kind in kinds) and scope.holds(one) in wanted
            ]
            self._scoped[asked, lenient] = np.array(found, dtype=np.int64)
        return self._scoped[asked, lenient]

    def falling(self, since: date | None, last: date | None, *, doubtful: bool = False) -> frozenset[str]:
        """The incidents that fall in a period, by their ids. doubtful: or may, for they have no day and were told of in time; and those that
        are told of in passing alone, and nobody has decided on.
        """
        held = np.flatnonzero(self._falling(since, last, doubtful=doubtful))
        return frozenset(self.incidents[n].id for n in held.tolist())

    def _falling(self, since: date | None, last: date | None, *, doubtful: bool) -> npt.NDArray[np.bool_]:
        first = _EVER if since is None else since.toordinal()
        until = _NEVER if last is None else last.toordinal()
        found: npt.NDArray[np.bool_] = self._dated & (self._starts <= until) & (self._ends >= first)
        if doubtful:
            found |= ~self._dated & (self._days <= until)
        else:
            found &= self._known
        return found


def _taken(rows: npt.NDArray[np.object_], places: Ints) -> list[Any]:
    taken: list[Any] = rows[places].tolist()
    return taken


def _ordinals(days: Iterable[date | None], unknown: int) -> Ints:
    return np.array([unknown if day is None else day.toordinal() for day in days], dtype=np.int64)
