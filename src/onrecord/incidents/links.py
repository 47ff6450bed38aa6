"""Which stories are about one event: pairs that may be, how likely each is, and what hangs together by that."""

import heapq
import tomllib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from onrecord.incidents.subjects import PARTS, SAYS, Bag, Floats, Ints, Subjects
from onrecord.incidents.told import Telling

_NEIGHBOURS = 15
_COMMON = 100
_BLOCK = 512
_CROWD = 60
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


# ---- pairs


def candidates(subjects: Subjects) -> tuple[Ints, Ints]:
    """The pairs that may be of one event: for each subject those that share most of its rare words and names, and those of
    its day and place.
    """
    found = _beside(subjects.leads)
    for bag in (subjects.words, subjects.name_words, subjects.headlines):
        found |= _like(bag)
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _like(bag: Bag) -> set[tuple[int, int]]:
    """Each subject with those that are most like it by one sort of words, common ones left aside."""
    found: set[tuple[int, int]] = set()
    columns = bag.unit(_COMMON)
    across = columns.T.tocsr()
    for start in range(0, columns.shape[0], _BLOCK):
        near = (columns[start : start + _BLOCK] @ across).tocsr()
        for row in range(near.shape[0]):
            at = slice(near.indptr[row], near.indptr[row + 1])
            others, worth = near.indices[at], near.data[at]
            mine = start + row
            order = np.lexsort((others, -worth))[: _NEIGHBOURS + 1]
            found.update((min(mine, n), max(mine, n)) for n in others[order].tolist() if n != mine)
    return found


def _beside(leads: Sequence[Telling]) -> set[tuple[int, int]]:
    """Those whose likely day and place are the same."""
    shelf: dict[tuple[int, str], list[int]] = defaultdict(list)
    found: set[tuple[int, int]] = set()
    for number, lead in enumerate(leads):
        day = lead.days[0] if lead.sharp and lead.days else lead.gist.day if lead.gist else None
        if day is None:
            continue
        for name in sorted(lead.names):
            for near in (-1, 0, 1):
                here = shelf.get((day.toordinal() + near, name), [])
                if len(here) <= _CROWD:
                    found.update((other, number) for other in here)
            shelf[day.toordinal(), name].append(number)
    return found


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


def links(subjects: Subjects, by: Weights) -> list[Link]:
    """The pairs that are not quite unlikely. A firm no is none, whatever its chance."""
    first, second = candidates(subjects)
    if not len(first):
        return []
    chances = np.where(subjects.apart(first, second), 0.0, by.chances(subjects.parts(first, second)))
    kept = np.flatnonzero(chances >= _LEAST)
    return [Link(*row) for row in zip(first[kept].tolist(), second[kept].tolist(), chances[kept].tolist(), strict=True)]


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
class Alike:
    """Which stories are about one event, by the events that they lead with. bundles: two or more leads at a time; chances: of pairs
    of events that are not quite unlikely to be one, the smaller id first; because: of those that are likely, what speaks most for it.
    """

    bundles: tuple[tuple[Telling, ...], ...]
    chances: Mapping[tuple[str, str], float]
    because: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def mean(self, one: str, others: Sequence[str]) -> float:
        """How likely an event is one with others, on the average; each is what a story leads with."""
        return sum(self.chances.get(_pair(one, n), 0.0) for n in others) / len(others)

    def nearest(self, one: str, others: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """Which of the others is likeliest one with it, and what speaks most for that."""
        best = max(others, key=lambda n: (self.chances.get(_pair(one, n), 0.0), n))
        return best, self.because.get(_pair(one, best), ())


def alike(leads: Sequence[Telling], by: Weights, apart: Callable[[Telling, Telling], bool]) -> Alike:
    """Which of the leads are of one event, in their order. apart: whether two that look alike are not one, by what else their
    stories tell.
    """
    subjects = Subjects(leads)
    found = links(subjects, by)
    found = [n for n in found if n.chance < JOINED or not apart(leads[n.first], leads[n.second])]
    named = [lead.event.id for lead in leads]
    chances = {_pair(named[link.first], named[link.second]): link.chance for link in found}
    groups = together(len(leads), found, JOINED)
    likely = [link for link in found if link.chance >= JOINED]
    ends = np.array([(link.first, link.second) for link in likely], dtype=np.int64).reshape(-1, 2)
    why = by.because(subjects.parts(ends[:, 0], ends[:, 1])) if likely else []
    because = {_pair(named[n.first], named[n.second]): words for n, words in zip(likely, why, strict=True)}
    return Alike(tuple(tuple(leads[n] for n in group) for group in groups if len(group) > 1), chances, because)


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)
