"""Gatherings, findable by day, by word and by story, as they stood before any step of the merging."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from onrecord.incidents.likeness import Gathering
from onrecord.incidents.rarity import Scale, step
from onrecord.incidents.told import Telling

_MOST_SHARED = 256
_LEAST_SHARED = 1 / 64
"""What the words must come to that a telling shares with a gathering, each worth the less the more tellings have it."""
_TELLING = 0.2
_DAY = timedelta(days=1)

Step = tuple[int, int, date, str, str]
"""When a telling is put to its event: the phase, what stands first in that, and the telling's own order."""


class Member(NamedTuple):
    """A telling in a gathering, since its step."""

    step: Step
    telling: Telling
    reason: str | None


@dataclass(slots=True)
class _Seen:
    """A gathering as it stood before a step: so many of its members."""

    gathering: Gathering
    number: int


class Keys:
    """By which words each telling is looked up, and how many others have them."""

    def __init__(self, scales: Scale) -> None:
        self._scales = scales
        self._of: dict[str, tuple[str, ...]] = {}
        self._with: defaultdict[str, set[str]] = defaultdict(set)
        self._worth: dict[str, float] = {}

    def of(self, event: str) -> tuple[str, ...]:
        """The words by which an event is looked up."""
        return self._of.get(event, ())

    def having(self, key: str) -> set[str]:
        """The events that are looked up by a word."""
        return self._with.get(key, set())

    def worth(self, key: str) -> float:
        """What it says that two tellings share a word: nothing where so many have it that it brings none together."""
        return self._worth.get(key, 0.0)

    def change(self, gone: Iterable[str], come: Iterable[Telling]) -> tuple[set[str], set[str]]:
        """Takes events out, and looks again at those that are new or touched. Returns which of these are looked up by other words now, and
        the events that are looked up by a word which is worth more or less now.
        """
        moved, refiled = set[str](), set[str]()
        now: dict[str, tuple[str, ...]] = dict.fromkeys(gone, ())
        now.update((telling.event.id, tuple(sorted(set(_keys(telling, self._scales))))) for telling in come)
        for event, keys in now.items():
            before = self._of.get(event, ())
            if keys == before:
                continue
            refiled.add(event)
            moved |= set(before) ^ set(keys)
            for key in set(before).difference(keys):
                self._with[key].discard(event)
            for key in set(keys).difference(before):
                self._with[key].add(event)
            if keys:
                self._of[event] = keys
            else:
                del self._of[event]
        touched: set[str] = set()
        for key in moved:
            number = step(len(self._with[key]))
            worth = 1 / number if 0 < number <= _MOST_SHARED else 0.0
            if worth != self._worth.get(key, 0.0):
                self._worth[key] = worth
                touched |= self._with[key]
            if not number:
                del self._with[key], self._worth[key]
        return refiled, touched


def _keys(telling: Telling, scales: Scale) -> Iterator[str]:
    """The words by which an event is looked up: its place, whom or what it hit, who did it, the rarest of its clauses."""
    yield from (f"place {name}" for name in (*telling.names, *telling.holders))
    yield from (f"word {word}" for word in telling.target | telling.said if scales.said.get(word, 1.0) > _TELLING)
    if scales.lead(telling):
        yield from (f"fact {fact}" for fact in telling.facts if scales.facts.get(fact, 1.0) > _TELLING)


class Shelf:
    """Gatherings, each called after the event that founded it. What happens at a step sees what was put there before it."""

    def __init__(self, scales: Scale, keys: Keys) -> None:
        self._scales, self._keys = scales, keys
        self._members: dict[str, list[Member]] = {}
        self._founded: dict[str, Step] = {}
        self._by: defaultdict[date | str, dict[str, list[Step]]] = defaultdict(dict)
        self._filed: dict[tuple[str, Step], tuple[date | str, ...]] = {}
        self._seen: dict[str, _Seen] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def members(self, name: str) -> list[Member]:
        """The members of a gathering, in the order of their steps."""
        return self._members.get(name, [])

    def founded(self, name: str) -> Step:
        """The step at which a gathering was founded."""
        return self._members[name][0].step

    def rewind(self) -> None:
        """Before steps are gone through again: gatherings are seen as they stood from the first on."""
        self._seen.clear()

    def before(self, name: str, now: Step) -> Gathering | None:
        """A gathering as it stood before a step, or None where it was not there yet. Steps are asked after in their order."""
        members = self._members.get(name)
        if not members or members[0].telling.event.id != name or members[0].step >= now:
            return None
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = _Seen(Gathering(), 0)
        while seen.number < len(members) and members[seen.number].step < now:
            one = members[seen.number]
            seen.gathering.add(one.telling, self._scales.lead(one.telling))
            seen.number += 1
        return seen.gathering

    def put(self, name: str, member: Member) -> None:
        """Adds a telling to a gathering, or founds one by it."""
        insort(self._members.setdefault(name, []), member, key=lambda one: one.step)
        keys = self._filed[name, member.step] = tuple(self._keys_of(member.telling))
        for key in keys:
            insort(self._by[key].setdefault(name, []), member.step)

    def take(self, name: str, at: Step) -> None:
        """Takes the telling of a step out of its gathering."""
        members = self._members[name]
        place = bisect_left(members, at, key=lambda one: one.step)
        members.pop(place)
        for key in self._filed.pop((name, at)):
            steps = self._by[key][name]
            steps.remove(at)
            if not steps:
                del self._by[key][name]
                if not self._by[key]:
                    del self._by[key]
        if not members:
            del self._members[name]
        seen = self._seen.get(name)
        if seen is not None and seen.number > place:
            del self._seen[name]

    def near(self, telling: Telling, now: Step, *, timeless: bool = False) -> list[str]:
        """The gatherings that the telling may belong to, as they stood before a step."""
        names: dict[str, None] = {}
        if telling.sharp and telling.days is not None and not timeless:
            for day in each(telling.days[0] - _DAY, telling.days[1] + _DAY):
                names.update(self._there(day, now))
            for name in self._sharing(telling, now):
                gathering = None if name in names else self.before(name, now)
                if gathering is not None and gathering.days is None:
                    names[name] = None
        else:
            names.update(dict.fromkeys(self._sharing(telling, now)))
        names.update(self._there(f"report {telling.lineage.report}", now))
        return sorted(names, key=lambda name: self._members[name][0].step)

    def is_near(self, telling: Telling, name: str, now: Step, *, timeless: bool = False) -> bool:
        """Whether the telling may belong to a gathering, as it stood before a step."""
        gathering = self.before(name, now)
        if gathering is None:
            return False
        if self._is_there(f"report {telling.lineage.report}", name, now):
            return True
        shares = (self._keys.worth(key) for key in self._keys.of(telling.event.id) if self._is_there(key, name, now))
        if telling.sharp and telling.days is not None and not timeless:
            days = each(telling.days[0] - _DAY, telling.days[1] + _DAY)
            if any(self._is_there(day, name, now) for day in days):
                return True
            return gathering.days is None and sum(shares) >= _LEAST_SHARED
        return sum(shares) >= _LEAST_SHARED

    def shared(self, telling: Telling) -> Counter[str]:
        """How much every gathering has of the words by which a telling is looked up, and of its days."""
        worth: Counter[str] = Counter()
        keys: list[date | str] = [*each(*telling.days)] if telling.sharp and telling.days is not None else []
        for key in (*keys, *self._keys.of(telling.event.id)):
            said = self._keys.worth(key) if isinstance(key, str) else _LEAST_SHARED
            for name in self._by.get(key, ()):
                worth[name] += said  # type: ignore[assignment]
        return worth

    def filed(self, name: str) -> set[date | str]:
        """All by which a gathering is found."""
        return {key for one in self.members(name) for key in self._filed[name, one.step]}

    def of_day(self, day: date) -> Iterable[str]:
        """The gatherings of a day."""
        return self._by.get(day, ())

    def _there(self, key: date | str, now: Step) -> Iterator[tuple[str, None]]:
        for name, steps in self._by.get(key, {}).items():
            if steps[0] < now and self._stands(name, now):
                yield name, None

    def _is_there(self, key: date | str, name: str, now: Step) -> bool:
        steps = self._by.get(key, {}).get(name)
        return steps is not None and steps[0] < now

    def _stands(self, name: str, now: Step) -> bool:
        first = self._members[name][0]
        return first.telling.event.id == name and first.step < now

    def _sharing(self, telling: Telling, now: Step) -> list[str]:
        """Those that share enough of its words, the rarest counting most."""
        worth: Counter[str] = Counter()
        for key in self._keys.of(telling.event.id):
            mine = self._keys.worth(key)
            if mine:
                for name, _ in self._there(key, now):
                    worth[name] += mine  # type: ignore[assignment]
        return [name for name, shared in worth.items() if shared >= _LEAST_SHARED]

    def _keys_of(self, telling: Telling) -> Iterator[date | str]:
        if telling.sharp and telling.days is not None:
            yield from each(*telling.days)
        yield from self._keys.of(telling.event.id)
        yield f"report {telling.lineage.report}"


def each(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def shared_by(keys: Keys, filed: Iterable[date | str]) -> set[str]:
    """The events that share enough of the words by which a gathering is found."""
    worth: Counter[str] = Counter()
    for key in filed:
        if isinstance(key, str) and (mine := keys.worth(key)):
            for event in keys.having(key):
                worth[event] += mine  # type: ignore[assignment]
    return {event for event, shared in worth.items() if shared >= _LEAST_SHARED}
