"""Which stories are about one event: pairs that may be, how likely each is, and what hangs together by that."""

import heapq
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from onrecord.incidents.bags import Floats, Ints
from onrecord.incidents.neighbours import Pairs, pair
from onrecord.incidents.subjects import PARTS, SAYS
from onrecord.incidents.told import Telling

_BLOCK = 200_000
_LEAST = 0.02
_REASONS = 4
JOINED = 0.35
"""The mean chance of the pairs of two groups from which they are one."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two stories, by position, and how likely it is that they are about one event."""

    first: int
    second: int
    chance: float


# ---- how likely


@dataclass(frozen=True, slots=True)
class Weights:
    """What each part says for it that two stories are about one event, in logarithms of odds. edges: where one step of a
    part's values ends and the next begins; worth: what each step says, first what it says that the part is unknown; bias: what is
    said where no part says anything.
    """

    edges: tuple[Floats, ...]
    worth: tuple[Floats, ...]
    bias: float

    def steps(self, parts: Floats) -> Ints:
        """The step of each part of each pair, 0 for unknown."""
        found = [
            np.where(np.isnan(parts[:, n]), 0, 1 + np.searchsorted(edges, np.nan_to_num(parts[:, n]), side="left"))
            for n, edges in enumerate(self.edges)
        ]
        return np.column_stack(found).astype(np.int64)

    def odds(self, parts: Floats) -> Floats:
        """The logarithm of the odds of each pair."""
        steps, total = self.steps(parts), np.full(len(parts), self.bias)
        for n, worth in enumerate(self.worth):
            total += worth[steps[:, n]]
        return total

    def chances(self, parts: Floats) -> Floats:
        """The probability of each pair."""
        return 1 / (1 + np.exp(-self.odds(parts)))

    def because(self, parts: Floats) -> list[tuple[str, ...]]:
        """What speaks most for each pair, in words."""
        steps = self.steps(parts)
        worth = np.column_stack([worth[steps[:, n]] for n, worth in enumerate(self.worth)])
        order = np.argsort(-worth, axis=1, kind="stable")
        return [
            tuple(dict.fromkeys(SAYS[PARTS[n]] for n in best if row[n] > 0))[:_REASONS]
            for row, best in zip(worth, order, strict=True)
        ]


@cache
def weights() -> Weights:
    """The weights that ship."""
    text = resources.files("onrecord.incidents").joinpath("links.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)
    parts = {part["name"]: part for part in table["part"]}
    return Weights(
        tuple(np.array(parts[name]["edges"], dtype=np.float64) for name in PARTS),
        tuple(np.array([parts[name]["unknown"], *parts[name]["worth"]], dtype=np.float64) for name in PARTS),
        table["bias"],
    )


# ---- what hangs together


@dataclass(slots=True)
class _Cluster:
    """Subjects held to be of one event. to: the sum of the chances of all pairs with another cluster."""

    members: list[int]
    to: dict[int, float] = field(default_factory=dict)


def together(number: int, found: Sequence[Link], least: float) -> list[list[int]]:
    """Groups of subjects, by position: the two groups are joined that are likeliest one on the average of all their pairs,
    as long as any two are at least so likely. A pair that is no link counts as one that is not, so that no chain of likely pairs joins what
    its ends have nothing in common.
    """
    clusters = {n: _Cluster([n]) for n in range(number)}
    heap: list[tuple[float, int, int]] = []
    for link in found:
        clusters[link.first].to[link.second] = clusters[link.second].to[link.first] = link.chance
        if link.chance >= least:
            heapq.heappush(heap, (-link.chance, link.first, link.second))
    while heap:
        chance, first, second = heapq.heappop(heap)
        one, other = clusters.get(first), clusters.get(second)
        if one is None or other is None or _mean(one, other, second) != -chance:
            continue
        one.members += other.members
        del clusters[second]
        one.to.pop(second, None)
        other.to.pop(first, None)
        for n, total in other.to.items():
            one.to[n] = one.to.get(n, 0.0) + total
            clusters[n].to.pop(second, None)
        for n in sorted(one.to):
            clusters[n].to[first] = one.to[n]
            mean = _mean(one, clusters[n], n)
            if mean >= least:
                heapq.heappush(heap, (-mean, min(first, n), max(first, n)))
    return [sorted(cluster.members) for _, cluster in sorted(clusters.items())]


def _mean(one: _Cluster, other: _Cluster, name: int) -> float:
    return one.to.get(name, 0.0) / (len(one.members) * len(other.members))


@dataclass(frozen=True, slots=True)
class Likened:
    """What more stories change. moved: the events of which it is likelier or less likely that they are one with others; gone: the bundles
    that are none any more, by the first event of each; come: those that are new.
    """

    moved: set[str]
    gone: set[str]
    come: list[tuple[str, ...]]


class Alike:
    """Which stories are about one event, by the events that they lead with, kept up as leads come and go. apart: whether two that look
    alike are not one, by what else their stories tell.
    """

    def __init__(self, by: Weights, apart: Callable[[Telling, Telling], bool]) -> None:
        self._by, self._apart = by, apart
        self._pairs = Pairs()
        self._chances: dict[tuple[str, str], float] = {}
        self._because: dict[tuple[str, str], tuple[str, ...]] = {}
        self._near: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._likely: defaultdict[str, set[str]] = defaultdict(set)
        self._bundle: dict[str, tuple[str, ...]] = {}

    def mean(self, one: str, others: Sequence[str]) -> float:
        """How likely an event is one with others, on the average; each is what a story leads with."""
        return sum(self._chances.get(pair(one, n), 0.0) for n in others) / len(others)

    def nearest(self, one: str, others: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """Which of the others is likeliest one with it, and what speaks most for that."""
        best = max(others, key=lambda n: (self._chances.get(pair(one, n), 0.0), n))
        return best, self._because.get(pair(one, best), ())

    def bundle(self, event: str) -> tuple[str, ...] | None:
        """The events that are one with an event, itself among them; None where none is."""
        return self._bundle.get(event)

    def change(self, gone: Sequence[str], come: Sequence[Telling], again: Iterable[str]) -> Likened:
        """Takes leads out, by their events, and more in. again: those whose stories tell otherwise of something else now."""
        changed = self._pairs.change(gone, come, again)
        moved = {n for one in [one for one in changed.gone if self._set(one, 0.0, ())] for n in one}
        for start in range(0, len(changed.fresh), _BLOCK):
            moved |= self._looked_at(changed.fresh[start : start + _BLOCK])
        out = set(gone).difference(lead.event.id for lead in come)
        return self._bundled(moved - out, out)

    def _looked_at(self, fresh: Sequence[tuple[int, int]]) -> set[str]:
        """How likely pairs are, anew; returns the ends of those that are more or less so than they were."""
        subjects, first, second = self._pairs.subjects(fresh)
        parts = subjects.parts(first, second)
        # A firm no is none, whatever its chance
        chances = np.where(subjects.apart(first, second), 0.0, self._by.chances(parts))
        likely = np.flatnonzero(chances >= JOINED)
        why = dict(zip(likely.tolist(), self._by.because(parts[likely]), strict=True))
        moved: set[str] = set()
        for n, chance in enumerate(chances.tolist()):
            one, other = (self._pairs.at(place) for place in fresh[n])
            none = chance < _LEAST or (chance >= JOINED and self._apart(one, other))
            ends = pair(one.event.id, other.event.id)
            if self._set(ends, 0.0 if none else chance, why.get(n, ())):
                moved.update(ends)
        return moved

    def _set(self, ends: tuple[str, str], chance: float, because: tuple[str, ...]) -> bool:
        if chance < JOINED:
            because = ()
        if self._chances.get(ends, 0.0) == chance and self._because.get(ends, ()) == because:
            return False
        for one, other in (ends, ends[::-1]):
            (self._near[one].setdefault if chance else self._near[one].pop)(other, None)
            (self._likely[one].add if chance >= JOINED else self._likely[one].discard)(other)
        if chance:
            self._chances[ends], self._because[ends] = chance, because
        else:
            self._chances.pop(ends, None)
        if not because:
            self._because.pop(ends, None)
        return True

    def _bundled(self, moved: set[str], out: set[str]) -> Likened:
        """Bundles what hangs together with what moved, and with what was bundled with it."""
        was = {self._bundle[event] for event in (*moved, *out) if event in self._bundle}
        asked = moved.union(*was).difference(out)
        for bundle in was:
            for event in bundle:
                del self._bundle[event]
        come, seen = [], set[str]()
        for event in sorted(asked):
            if event not in seen:
                linked = self._linked(event)
                seen |= linked
                for other in {self._bundle[e] for e in linked if e in self._bundle}:
                    was.add(other)
                    for one in other:
                        del self._bundle[one]
                come += self._parted(linked)
        for bundle in come:
            self._bundle.update(dict.fromkeys(bundle, bundle))
        same = was.intersection(come)
        return Likened(moved, {bundle[0] for bundle in was - same}, [bundle for bundle in come if bundle not in same])

    def _linked(self, event: str) -> set[str]:
        """All that hangs together with an event by likely pairs."""
        found, waiting = {event}, [event]
        while waiting:
            more = self._likely[waiting.pop()] - found
            found |= more
            waiting += more
        return found

    def _parted(self, events: set[str]) -> list[tuple[str, ...]]:
        """Those of some events that are one, two or more at a time, each in their order."""
        if len(events) == 1:
            return []
        named = sorted(events, key=lambda event: self._pairs.lead(event).order)
        at = {event: n for n, event in enumerate(named)}
        found = [
            Link(n, at[other], self._chances[pair(event, other)])
            for n, event in enumerate(named)
            for other in self._near[event]
            if at.get(other, -1) > n
        ]
        groups = together(len(named), sorted(found, key=lambda link: (link.first, link.second)), JOINED)
        return [tuple(named[n] for n in group) for group in groups if len(group) > 1]
