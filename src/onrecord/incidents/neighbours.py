"""Which stories may be about one event: for each those that share most of its rare words and names, and those of its day and place."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from onrecord.incidents import subjects
from onrecord.incidents.bags import Bag, Floats, Ints
from onrecord.incidents.subjects import Subjects
from onrecord.incidents.told import Telling

_NEIGHBOURS = 15
_CROWD = 60
_OPENING = 80
"""Of so many different words a story's opening consists."""
_SHARES = {"words": (0.3, 0.03), "opening": (0.3,), "headlines": (0.3,), "names": (0.1,), "name words": (0.05,)}
"""The share of stories that may have a word that still says something, by the sort of words."""
_NEAR = ("words", "name words", "headlines")
"""The sorts of words that bring stories together."""

Order = tuple[date, str, str]
_Near = tuple[float, Order, int]


@dataclass(frozen=True, slots=True)
class Changed:
    """Which pairs of leads change once more stories came. fresh: by position, those that are new, or of which anything that they are held
    against each other by is; gone: by their events' ids, the smaller first, those that are none any more.
    """

    fresh: list[tuple[int, int]]
    gone: set[tuple[str, str]]


class Pairs:
    """The pairs of leads that may be of one event, kept up as leads come and go. They do not depend on the order in which those came."""

    def __init__(self) -> None:
        self._leads: list[Telling] = []
        self._at: dict[str, int] = {}
        self._bags = {name: Bag(*shares) for name, shares in _SHARES.items()}
        self._tops = [_Top(self._bags[name], self._order) for name in _NEAR]
        self._beside = _Beside()
        self._with: dict[int, set[int]] = {}

    def change(self, gone: Iterable[str], come: Sequence[Telling], again: Iterable[str] = ()) -> Changed:
        """Takes leads out, by their events, and more in. again: those of which something else changed that pairs go by."""
        out = sorted(self._at.pop(event) for event in gone)
        first = len(self._leads)
        self._leads += come
        self._at.update({lead.event.id: first + n for n, lead in enumerate(come)})
        fresh = {*range(first, len(self._leads)), *(self._at[event] for event in again if event in self._at)}
        sets = [_sets(lead) for lead in come]
        everything, touched = False, {}
        for name, bag in self._bags.items():
            new, touched[name] = bag.change(out, [one[name] for one in sets])
            everything = everything or new
        for mine in touched.values():
            fresh |= mine
        if everything:
            fresh = set(self._at.values())
        moved = set(fresh)
        for name, top in zip(_NEAR, self._tops, strict=True):
            moved |= top.change(out, fresh if everything else touched[name], everything=everything)
        moved |= self._beside.change(
            [(n, self._leads[n]) for n in out], [(n, self._leads[n]) for n in range(first, len(self._leads))]
        )
        return self._paired(out, fresh, moved)

    def _paired(self, out: Sequence[int], fresh: set[int], moved: set[int]) -> Changed:
        gone, pairs = set(), set()
        for n in out:
            for m in self._with.pop(n, ()):
                gone.add(self._named(n, m))
                if m in self._with:
                    self._with[m].discard(n)
        for n in moved.difference(out):
            was = self._with.setdefault(n, set())
            now = set(self._beside.of(n)).union(*(top.of(n) for top in self._tops))
            for m in was - now:
                gone.add(self._named(n, m))
                self._with[m].discard(n)
            for m in now - was:
                self._with.setdefault(m, set()).add(n)
                pairs.add((min(n, m), max(n, m)))
            if n in fresh:
                pairs.update((min(n, m), max(n, m)) for m in now)
            self._with[n] = now
        return Changed(sorted(pairs), gone)

    def _order(self, n: int) -> Order:
        return self._leads[n].order

    def _named(self, n: int, m: int) -> tuple[str, str]:
        return pair(self._leads[n].event.id, self._leads[m].event.id)

    def at(self, n: int) -> Telling:
        """The lead at a position."""
        return self._leads[n]

    def lead(self, event: str) -> Telling:
        """The lead of an event's id."""
        return self._leads[self._at[event]]

    def subjects(self, pairs: Sequence[tuple[int, int]]) -> tuple[Subjects, Ints, Ints]:
        """What the ends of pairs are about, and the place of each pair's first and second among them."""
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        kept, at = np.unique(ends, return_inverse=True)
        mine, places = kept.tolist(), at.reshape(-1, 2)
        bags = {name: bag.among(mine) for name, bag in self._bags.items()}
        bags["rare words"] = self._bags["words"].among(mine, 1)
        return Subjects([self._leads[n] for n in mine], bags), places[:, 0], places[:, 1]


def pair(one: str, other: str) -> tuple[str, str]:
    """Two events, the smaller id first."""
    return (one, other) if one < other else (other, one)


def _sets(lead: Telling) -> dict[str, Iterable[str]]:
    """The words of a story, by their sort."""
    stems = subjects.stems(lead)
    names = {fact for fact in lead.facts if not fact[0].isdigit()}
    return {
        "words": stems,
        "opening": stems[:_OPENING],
        "headlines": subjects.title(lead),
        "names": names,
        "name words": {word for name in names for word in name.split() if len(word) > 2},
    }


class _Top:
    """For each subject those that are most like it by one sort of words. order: what stands first of two that are as much so."""

    def __init__(self, bag: Bag, order: Callable[[int], Order]) -> None:
        self._bag, self._order = bag, order
        self._near: dict[int, list[_Near]] = {}
        self._by: defaultdict[int, set[int]] = defaultdict(set)

    def of(self, n: int) -> set[int]:
        """Those that are most like a subject, and those that it is most like to."""
        return {m for *_, m in self._near.get(n, ())} | self._by.get(n, set())

    def change(self, gone: Sequence[int], fresh: set[int], *, everything: bool) -> set[int]:
        """Works out again what some subjects are like, and all that are like them. Returns whose lists are others now."""
        if everything:
            self._near.clear()
            self._by.clear()
        moved: set[int] = set()
        unsure: set[int] = set()
        for n in gone:
            moved |= self._set(n, [])
            for m in self._by.pop(n, set()):
                whole = len(self._near[m]) == _NEIGHBOURS
                moved |= self._set(m, [one for one in self._near[m] if one[-1] != n]) | {m}
                unsure |= {m} if whole else set()
        for n, others, worth in self._bag.near(sorted(fresh)):
            moved |= self._set(n, self._first(others, worth))
            if not everything:
                known = self._by[n] - fresh
                seen = dict(zip(others.tolist(), worth.tolist(), strict=True))
                last = {m: self._near[m][-1] for m in known}
                unsure |= {
                    m
                    for m in known
                    if len(self._near[m]) == _NEIGHBOURS and (-seen.get(m, 0.0), self._order(n), n) > last[m]
                }
                for m in known:
                    self._set(m, [one for one in self._near[m] if one[-1] != n])
                    moved.add(m)
                for m, like in seen.items():
                    if m not in fresh:
                        moved |= self._met(m, (-like, self._order(n), n))
        for n, others, worth in self._bag.near(sorted(unsure.difference(fresh, gone))):
            moved |= self._set(n, self._first(others, worth))
        return moved

    def _first(self, others: Ints, worth: Floats) -> list[_Near]:
        if len(others) > _NEIGHBOURS:
            kept = np.flatnonzero(worth >= np.partition(worth, -_NEIGHBOURS)[-_NEIGHBOURS])
            others, worth = others[kept], worth[kept]
        near = [(-like, self._order(m), m) for m, like in zip(others.tolist(), worth.tolist(), strict=True)]
        return sorted(near)[:_NEIGHBOURS]

    def _met(self, n: int, one: _Near) -> set[int]:
        """A subject's list once another is like it."""
        near = self._near.get(n, [])
        if len(near) == _NEIGHBOURS and one > near[-1]:
            return set()
        more = near.copy()
        insort(more, one)
        return self._set(n, more[:_NEIGHBOURS])

    def _set(self, n: int, near: list[_Near]) -> set[int]:
        was, now = {m for *_, m in self._near.get(n, ())}, {m for *_, m in near}
        for m in was - now:
            self._by[m].discard(n)
        for m in now - was:
            self._by[m].add(n)
        if near:
            self._near[n] = near
        else:
            self._near.pop(n, None)
        return {n} | (was ^ now) if was != now else set()


class _Beside:
    """Subjects by their likely day and place. Where too many are of one, it brings none together."""

    def __init__(self) -> None:
        self._here: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        self._keys: dict[int, tuple[tuple[int, str], ...]] = {}

    def of(self, n: int) -> set[int]:
        """Those of a subject's place, of the same day or the next."""
        found: set[int] = set()
        for day, name in self._keys.get(n, ()):
            if len(self._here[day, name]) <= _CROWD:
                for near in (day - 1, day, day + 1):
                    others = self._here.get((near, name), set())
                    found |= others if len(others) <= _CROWD else set()
        return found - {n}

    def change(self, gone: Iterable[tuple[int, Telling]], come: Iterable[tuple[int, Telling]]) -> set[int]:
        """Takes subjects out and in. Returns those for whom others are beside them now."""
        moved: set[int] = set()
        for n, _ in gone:
            for key in self._keys.pop(n, ()):
                self._here[key].discard(n)
                moved |= self._around(key, one_more=False)
        for n, lead in come:
            self._keys[n] = tuple(_day_and_places(lead))
            for key in self._keys[n]:
                self._here[key].add(n)
                moved |= {n} | self._around(key, one_more=True)
        return moved

    def _around(self, key: tuple[int, str], *, one_more: bool) -> set[int]:
        """All whose lists change where a place got too many, or no longer has."""
        number = len(self._here[key])
        if number != (_CROWD + 1 if one_more else _CROWD):
            return set()
        day, name = key
        return set().union(*(self._here.get((near, name), set()) for near in (day - 1, day, day + 1)))


def _day_and_places(lead: Telling) -> Iterable[tuple[int, str]]:
    day = lead.days[0] if lead.sharp and lead.days else lead.gist.day if lead.gist else None
    return () if day is None else ((day.toordinal(), name) for name in sorted(lead.names))
