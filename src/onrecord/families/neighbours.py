"""The near copies of each story, kept up as stories come: one more changes no more than it has to."""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

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
    Counts,
    Ints,
    Matrix,
    PairsOf,
    Rows,
)
from onrecord.families.fingerprint import PERMUTATIONS
from onrecord.families.tellings import Order

_ROOM, _AT_ONCE = 64, 1 << 17


_WIDTH = PERMUTATIONS + 1
_NO_WORDS = (0,) * _WIDTH
# How a pair is written in one number: 28 bits for each of two stories, and 8 for how many values agree.
_STORY, _EQUAL = np.uint64(28), np.uint64(8)
_STORIES = 1 << 28


class Neighbours:
    """Pairs of stories with common words, for stories by number. What it holds does not depend on the order in which stories
    came, nor on how many came at once.
    """

    def __init__(self, order: Callable[[int], Order], pairs: PairsOf = copies.pairs) -> None:
        self._order = order
        self._pairs_of = pairs
        self._count = 0
        # A row for each story: its values, and how many runs it has
        self._held = array("I")
        # Of the pairs found at once: where those of each story begin, the other story, and in how many values they agree
        self._begin: Ints = np.zeros(1, dtype=np.int64)
        self._others: Rows = np.zeros(0, dtype=np.int32)
        self._equal: Counts = np.zeros(0, dtype=np.uint8)
        # Which of them are one text
        self._copied: npt.NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        # Of stories whose pairs changed since: the other story → in how many values they agree
        self._changed: dict[int, dict[int, int]] = {}
        self._columns: _Columns | None = None

    def hold(self, signature: tuple[int, ...]) -> None:
        """Takes in the next story, which is compared from the next `extend` on; one without words has no near copies."""
        self._held.extend(signature if len(signature) == _WIDTH else _NO_WORDS)

    def extend(self) -> set[int]:
        """Compares the stories that came; `order` has to know them. Returns the others that are no longer compared
        with one another; those that have a new one for a near copy can be asked for.
        """
        first, rows = self._count, self._rows()
        self._count = len(rows)
        if not first:
            self._found(rows)
            return set()
        values = rows[:, :PERMUTATIONS]
        if self._columns is None:
            self._columns = _Columns(values[:first], np.flatnonzero(rows[:first, PERMUTATIONS]), self._order)
        touched: set[int] = set()
        for story in range(first, self._count):
            if self._size(story):
                touched |= self._one_more(story, self._columns, values)
        return touched

    def signature(self, story: int) -> tuple[int, ...]:
        """The signature of a story; () where it has no words."""
        return tuple(self._held[story * _WIDTH : (story + 1) * _WIDTH]) if self._size(story) else ()

    def of(self, story: int) -> list[int]:
        """The near copies of a story."""
        return self._pairs(story)[0]

    def copied(self, story: int) -> list[tuple[int, float]]:
        """The near copies of which one is the other's text, or a part of it, each with the share of this story's 5-word runs that stand
        there.
        """
        mine = self._size(story)
        if story in self._changed or story + 1 >= len(self._begin):
            others, equal = self._pairs(story)
        else:
            part = slice(self._begin[story], self._begin[story + 1])
            held = np.flatnonzero(self._copied[part])
            others, equal = self._others[part][held].tolist(), self._equal[part][held].tolist()
        shares = [(other, copies.share(n, mine, self._size(other))) for other, n in zip(others, equal, strict=True)]
        return [(other, here) for other, (here, there, sure) in shares if max(here, there) * sure >= COPIED]

    def share(self, story: int, other: int) -> float:
        """The share of a story's 5-word runs that surely stand in another; 0 where it is small."""
        others, equal = self._pairs(story)
        place = bisect_left(others, other)
        if place == len(others) or others[place] != other:
            return 0.0
        here, _, sure = copies.share(equal[place], self._size(story), self._size(other))
        return here * sure

    def _rows(self) -> Matrix:
        return np.frombuffer(self._held, dtype=np.uint32).reshape(-1, _WIDTH)

    def _size(self, story: int) -> int:
        return self._held[story * _WIDTH + PERMUTATIONS]

    def _found(self, rows: Matrix) -> None:
        """The pairs of the first stories, all at once."""
        if self._count > _STORIES:
            raise OverflowError(f"{self._count:,} stories at once; {_STORIES:,} are as many as can be grouped")
        by_time = np.array(sorted(np.flatnonzero(rows[:, PERMUTATIONS]).tolist(), key=self._order), dtype=np.uint64)
        earlier, later, equal = self._pairs_of(rows[by_time.astype(np.int64), :PERMUTATIONS])
        # Each pair twice, in one number, and sorted where it stands: there are very many
        both = np.empty(2 * len(earlier), dtype=np.uint64)
        for half, one, other in ((both[: len(earlier)], earlier, later), (both[len(earlier) :], later, earlier)):
            half[:] = ((by_time[one] << _STORY | by_time[other]) << _EQUAL) | equal
        del earlier, later, equal
        both.sort()
        self._equal = (both & np.uint64(0xFF)).astype(np.uint8)
        both >>= _EQUAL
        self._others = (both & np.uint64(_STORIES - 1)).astype(np.int32)
        both >>= _STORY
        self._begin = np.searchsorted(both, np.arange(self._count + 1, dtype=np.uint64))
        self._copied = np.empty(len(both), dtype=np.bool_)
        for start in range(0, len(both), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            mine, theirs = rows[both[part].astype(np.int64), PERMUTATIONS], rows[self._others[part], PERMUTATIONS]
            _, here, there, sure = copies.shares(self._equal[part], mine.astype(np.int64), theirs.astype(np.int64))
            self._copied[part] = np.maximum(here, there) * sure >= COPIED

    def _pairs(self, story: int) -> tuple[list[int], list[int]]:
        """The near copies of a story, by number, and in how many values each agrees with it."""
        changed = self._changed.get(story)
        if changed is not None:
            others = sorted(changed)
            return others, [changed[n] for n in others]
        if story + 1 >= len(self._begin):
            return [], []
        part = slice(self._begin[story], self._begin[story + 1])
        return self._others[part].tolist(), self._equal[part].tolist()

    def _one_more(self, story: int, columns: "_Columns", values: Matrix) -> set[int]:
        touched = set[int]()
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
            self._changed[story] = dict(zip(*self._pairs(story), strict=True))
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
