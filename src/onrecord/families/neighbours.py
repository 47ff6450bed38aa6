"""The near copies of each story, kept up as stories come: one more changes no more than it has to."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onrecord.families import copies
from onrecord.families.copies import (
    BEFORE,
    COPIED,
    FIRST,
    FULL,
    LEAST_EQUAL,
    LEAST_MET,
    Floats,
    Ints,
    Matrix,
    PairsOf,
    Rows,
)
from onrecord.families.fingerprint import PERMUTATIONS
from onrecord.families.tellings import Order

_ROOM = 64


@dataclass(frozen=True, slots=True)
class Near:
    """The near copies of one story, in columns. rows: which stories; here: the share of this story's 5-word runs that stand in
    each; there: the share of each that stands here; sure: what part of these is sure.
    """

    rows: Ints
    here: Floats
    there: Floats
    sure: Floats

    @property
    def copied(self) -> npt.NDArray[np.bool_]:
        """Of which of them one is the other's text, or a part of it."""
        return np.maximum(self.here, self.there) * self.sure >= COPIED


class Neighbours:
    """Pairs of stories with common words, for stories by number. What it holds does not depend on the order in which stories
    came, nor on how many came at once.
    """

    def __init__(self, order: Callable[[int], Order], pairs: PairsOf = copies.pairs) -> None:
        self._order = order
        self._pairs_of = pairs
        self._count = 0
        self._sizes: Ints = np.zeros(0, dtype=np.int64)
        self._values: Matrix = np.zeros((0, PERMUTATIONS), dtype=np.uint32)
        # Of the pairs found at once: where those of each story begin, the other story, and in how many values they agree
        self._begin: Ints = np.zeros(1, dtype=np.int64)
        self._others: Rows = np.zeros(0, dtype=np.int32)
        self._equal = np.zeros(0, dtype=np.uint8)
        # Of stories whose pairs changed since: the other story → in how many values they agree
        self._changed: dict[int, dict[int, int]] = {}
        self._columns: _Columns | None = None

    def extend(self, signatures: Sequence[tuple[int, ...]]) -> set[int]:
        """Adds stories, which get the next numbers; `order` has to know them. Returns the others that are no longer compared
        with one another; those that have a new one for a near copy can be asked for.
        """
        first = self._count
        self._grow(signatures)
        if not first:
            self._found()
            return set()
        if self._columns is None:
            self._columns = _Columns(self._values[:first], np.flatnonzero(self._sizes[:first]), self._order)
        touched: set[int] = set()
        for story in range(first, self._count):
            if self._sizes[story]:
                touched |= self._one_more(story, self._columns)
        return touched

    def of(self, story: int) -> Near:
        """The near copies of a story."""
        rows, equal = self._pairs(story)
        _, here, there, sure = copies.shares(equal, int(self._sizes[story]), self._sizes[rows])
        return Near(rows, here, there, sure)

    def share(self, story: int, other: int) -> float:
        """The share of a story's 5-word runs that surely stand in another; 0 where it is small."""
        near = self.of(story)
        found = np.flatnonzero(near.rows == other)
        return float(near.here[found[0]] * near.sure[found[0]]) if len(found) else 0.0

    def _grow(self, signatures: Sequence[tuple[int, ...]]) -> None:
        count = self._count + len(signatures)
        if count > len(self._sizes):
            room = count if not self._count else max(count, 2 * len(self._sizes), _ROOM)
            self._sizes = np.concatenate([self._sizes, np.zeros(room - len(self._sizes), dtype=np.int64)])
            more = np.zeros((room - len(self._values), PERMUTATIONS), dtype=np.uint32)
            self._values = np.concatenate([self._values, more])
        held, rows = copies.matrix(signatures)
        self._values[self._count + held] = rows[:, :PERMUTATIONS]
        self._sizes[self._count + held] = rows[:, PERMUTATIONS]
        self._count = count

    def _found(self) -> None:
        """The pairs of the first stories, all at once."""
        by_time = np.array(sorted(np.flatnonzero(self._sizes).tolist(), key=self._order), dtype=np.int64)
        earlier, later, equal = self._pairs_of(self._values[by_time])
        one = by_time[np.concatenate([earlier, later])]
        other = by_time[np.concatenate([later, earlier])]
        order = np.argsort(one * self._count + other)
        self._others = other[order].astype(np.int32)
        self._equal = np.concatenate([equal, equal])[order]
        self._begin = np.searchsorted(one[order], np.arange(self._count + 1))

    def _pairs(self, story: int) -> tuple[Ints, copies.Counts]:
        changed = self._changed.get(story)
        if changed is not None:
            rows = np.array(sorted(changed), dtype=np.int64)
            return rows, np.array([changed[n] for n in rows.tolist()], dtype=np.uint8)
        if story + 1 >= len(self._begin):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
        part = slice(self._begin[story], self._begin[story + 1])
        return self._others[part].astype(np.int64), self._equal[part]

    def _one_more(self, story: int, columns: "_Columns") -> set[int]:
        values, touched = self._values, set[int]()
        beside, parted = columns.add(story, values[story])
        near = np.array(sorted(other for other, times in beside.items() if times >= LEAST_MET), dtype=np.int64)
        equal = (values[near] == values[story]).sum(axis=1)
        for other, times in zip(near[equal >= LEAST_EQUAL].tolist(), equal[equal >= LEAST_EQUAL].tolist(), strict=True):
            self._set(other, story, times)
        pairs = np.array(sorted(parted), dtype=np.int64).reshape(len(parted), 2)
        alike = (values[pairs[:, 0]] == values[pairs[:, 1]]).sum(axis=1) >= LEAST_EQUAL
        for one, other in pairs[alike].tolist():
            if other in self._row(one) and not columns.met(one, other, values):
                self._set(one, other, 0)
                touched |= {one, other}
        return touched

    def _row(self, story: int) -> dict[int, int]:
        if story not in self._changed:
            rows, equal = self._pairs(story)
            self._changed[story] = dict(zip(rows.tolist(), equal.tolist(), strict=True))
        return self._changed[story]

    def _set(self, one: int, other: int, times: int) -> None:
        for mine, theirs in ((one, other), (other, one)):
            if times:
                self._row(mine)[theirs] = times
            else:
                self._row(mine).pop(theirs, None)


class _Columns:
    """In each of the 128 columns the stories by value, those with one value in order of time: where `copies` would meet a pair."""

    def __init__(self, values: Matrix, held: Ints, order: Callable[[int], Order]) -> None:
        self._order = order
        self._count = len(held)
        by_time = np.array(sorted(held.tolist(), key=order), dtype=np.int64)
        room = self._count + max(self._count // 8, _ROOM)
        self._ranked: Matrix = np.zeros((PERMUTATIONS, room), dtype=np.uint32)
        self._stories: Rows = np.zeros((PERMUTATIONS, room), dtype=np.int32)
        held_values = values[by_time]

        def place(n: int) -> None:
            order, self._ranked[n, : self._count] = copies.ranked(held_values[:, n])
            self._stories[n, : self._count] = by_time[order]

        with ThreadPoolExecutor(copies.WORKERS) as pool:
            list(pool.map(place, range(PERMUTATIONS)))

    def add(self, story: int, values: Matrix) -> tuple[Counter[int], set[tuple[int, int]]]:
        """Puts a story in its places. Returns in how many columns it meets each other story, and the pairs of others that do
        not meet any longer in some column.
        """
        beside: Counter[int] = Counter()
        parted: set[tuple[int, int]] = set()
        if self._count == self._ranked.shape[1]:
            more = max(self._count // 8, _ROOM)
            self._ranked = np.pad(self._ranked, ((0, 0), (0, more)))
            self._stories = np.pad(self._stories, ((0, 0), (0, more)))
        order = self._order(story)
        for n in range(PERMUTATIONS):
            low, high = self._group(n, values[n])
            group = self._stories[n, low:high]
            place = bisect_left(group, order, key=self._order)
            if len(group):
                beside.update(group[list(_beside(place, len(group)))].tolist())
                parted.update((int(group[a]), int(group[b])) for a, b in _parted(place, len(group)))
            at = low + place
            for table, value in ((self._ranked, values[n]), (self._stories, story)):
                table[n, at + 1 : self._count + 1] = table[n, at : self._count].copy()
                table[n, at] = value
        self._count += 1
        return beside, {(min(pair), max(pair)) for pair in parted}

    def met(self, one: int, other: int, values: Matrix) -> bool:
        """Whether a pair is met in enough columns."""
        first, second = sorted((one, other), key=self._order)
        times = 0
        for n in np.flatnonzero(values[one] == values[other]).tolist():
            low, high = self._group(n, values[one, n])
            group = self._stories[n, low:high]
            place, behind = (bisect_left(group, self._order(story), key=self._order) for story in (first, second))
            times += place in _before(behind)
            if times >= LEAST_MET:
                return True
        return False

    def _group(self, column: int, value: np.uint32) -> tuple[int, int]:
        ranked = self._ranked[column, : self._count]
        return int(np.searchsorted(ranked, value, "left")), int(np.searchsorted(ranked, value, "right"))


def _before(place: int) -> Sequence[int]:
    """The places with which a place in a group is compared."""
    return range(place) if place < FULL else (*range(FIRST), *range(place - BEFORE, place))


def _beside(place: int, count: int) -> Iterator[int]:
    """The places of a group with which one that is put in at a place is compared."""
    yield from _before(place)
    # What stood there and after stands one farther on from now
    last = count if place < FIRST else max(min(FULL - 1, count), min(place + BEFORE, count))
    yield from range(place, last)


def _parted(place: int, count: int) -> Iterator[tuple[int, int]]:
    """The places of a group, as they were, that are not compared any longer when one is put in at a place."""
    if place < FIRST:
        moved: Sequence[int] = range(FULL - 1, count)
    else:
        moved = sorted({n for n in (FULL - 1, *range(place, place + BEFORE)) if max(place, FULL - 1) <= n < count})
    for second in moved:
        now = set(_before(second + 1))
        for first in _before(second):
            if first + (first >= place) not in now:
                yield first, second
