"""Sets of words, each subject's beside many others': how rare every word is, and which subjects share most of the rare ones."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from scipy import sparse

from onrecord.incidents.rarity import step

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN = np.nan
_OTHERS = 300
"""Of so many news stories in general those of a ledger stand."""
_UNIT = 1024
"""Rarity is counted in whole units, so that sums are the same in whatever order."""
_COMMON = 100
"""Words that more subjects have do not bring them together, nor do those that one alone has."""
_CUT = 4
"""Of so many subjects, by the first binary digits of their number, a share is taken."""
_BLOCK = 512


def rarity(number: int, of: int) -> int:
    """Between 0 for a word that every subject has and 1024 for one that stands once, by the logarithm, in steps."""
    return max(0, _UNIT - _UNIT * (number.bit_length() - 1) // max(1, of.bit_length() - 1))


class Bag:
    """Sets of words, one a subject, to which more can be added. A word that more than a share of the subjects have says nothing, and of
    the shares that are asked for the largest is the first. So that a ledger of a few stories knows as well as a large one what is rare,
    each stands among news stories in general, of which some have the word, too. What it says does not depend on the order in
    which subjects came.
    """

    def __init__(self, *most: float) -> None:
        self._most = most
        self._ids: dict[str, int] = {}
        self._general: list[int] = []
        self._held: list[int] = []
        self._worth: list[tuple[int, ...]] = []
        self._with: list[array[int]] = []
        self._sets: list[array[int]] = []
        self._alive: list[bool] = []
        self._lengths: list[float] = []
        self._number = 0

    def change(self, gone: Sequence[int], come: Sequence[Iterable[str]]) -> tuple[bool, set[int]]:
        """Takes subjects out, by position, and more in behind the last. Returns whether so many came that all is new, and the new
        subjects and those of which a word is rarer or more common now.
        """
        moved, before = set[int](), self._number + _OTHERS
        for n in gone:
            self._alive[n] = False
            for word in self._sets[n]:
                self._held[word] -= 1
                moved.add(word)
        for one in come:
            mine = array("i", sorted(self._id(word) for word in set(one)))
            for word in mine:
                self._held[word] += 1
                self._with[word].append(len(self._sets))
                moved.add(word)
            self._sets.append(mine)
            self._alive.append(True)
            self._lengths.append(0.0)
        self._number += len(come) - len(gone)
        now = self._number + _OTHERS
        everything = step(now, 1) != step(before, 1)
        if step(now, _CUT) != step(before, _CUT):
            moved = set(range(len(self._held)))
        touched: set[int] = set()
        for word in moved:
            worth = self._counted(word)
            if worth != self._worth[word]:
                self._worth[word] = worth
                if not everything:
                    touched.update(n for n in self._with[word] if self._alive[n])
        touched.update(range(len(self._sets) - len(come), len(self._sets)))
        for n in range(len(self._sets)) if everything else touched:
            self._lengths[n] = self._length(n)
        return everything, touched

    def _id(self, word: str) -> int:
        n = self._ids.setdefault(word, len(self._ids))
        if n == len(self._held):
            self._general.append(_common().get(word, 0))
            self._held.append(0)
            self._worth.append(())
            self._with.append(array("i"))
        return n

    def _counted(self, word: int) -> tuple[int, ...]:
        """What a word is worth by each share, and whether it brings subjects together."""
        held, whole = self._held[word], self._number + _OTHERS
        number = held + self._general[word]
        worth = rarity(number, whole)
        return *(worth if number <= most * step(whole, _CUT) else 0 for most in self._most), int(1 < held <= _COMMON)

    def among(self, subjects: Sequence[int], share: int = 0) -> "Among":
        """Some subjects, in their order, to be held against each other. share: which of the shares counts."""
        return Among([self._sets[n] for n in subjects], lambda known: [self._worth[word][share] for word in known])

    def near(self, subjects: Sequence[int]) -> Iterator[tuple[int, Ints, Floats]]:
        """For each of some subjects the others with which it has rare words in common, and how much that comes to: between 0 and 1."""
        lengths, alive = np.array(self._lengths, dtype=np.float64), np.array(self._alive, dtype=bool)
        for start in range(0, len(subjects), _BLOCK):
            block = subjects[start : start + _BLOCK]
            found = self._shared(block)
            for row, n in enumerate(block):
                at = slice(found.indptr[row], found.indptr[row + 1])
                others = found.indices[at].astype(np.int64)
                here = alive[others] & (others != n)
                others = others[here]
                yield n, others, found.data[at][here] / np.sqrt(lengths[others] * lengths[n])

    def _shared(self, subjects: Sequence[int]) -> sparse.csr_matrix:
        """How much the words come to that each of some subjects shares with each that ever was."""
        kept = [[word for word in self._sets[n] if self._brings(word)] for n in subjects]
        known = sorted({word for one in kept for word in one})
        rows, ends = _laid(kept)
        mine = sparse.csr_matrix((np.ones(len(rows)), np.searchsorted(known, rows), ends), (len(kept), len(known)))
        held, stops = _laid([self._with[word] for word in known])
        by = np.repeat([float(self._worth[word][0] ** 2) for word in known], np.diff(stops))
        return (mine @ sparse.csr_matrix((by, held, stops), (len(known), len(self._sets)))).tocsr()

    def _brings(self, word: int) -> bool:
        worth = self._worth[word]
        return bool(worth[0] and worth[-1])

    def _length(self, n: int) -> float:
        return float(sum(self._worth[word][0] ** 2 for word in self._sets[n] if self._brings(word)))


class Among:
    """Sets of words, one a subject, and what two of them have in common. worth: what each of some words is worth, 0 for what says
    nothing.
    """

    def __init__(self, sets: Sequence[Sequence[int]], worth: Callable[[Sequence[int]], Sequence[int]]) -> None:
        flat, ends = _laid(sets)
        known, at = np.unique(flat, return_inverse=True)
        by = np.array(worth(known.tolist()), dtype=np.int64)
        shape = (len(sets), len(known))
        self._whole = sparse.csr_matrix(((by > 0).astype(np.int64)[at], at, ends), shape)
        self._worth = sparse.csr_matrix((by[at], at, ends), shape)
        self._square = sparse.csr_matrix(((by**2)[at], at, ends), shape)
        self._length = np.sqrt(np.asarray(self._square.sum(axis=1), dtype=np.float64).ravel())
        self._empty = np.array([not len(one) for one in sets], dtype=bool)

    def shared(self, first: Ints, second: Ints) -> Floats:
        """How much rarity the words come to that both have, in words that stand nowhere else; unknown where one has none."""
        return self._known(overlap(self._worth, self._whole, first, second) / _UNIT, first, second)

    def cosine(self, first: Ints, second: Ints) -> Floats:
        """The cosine of the two, words weighed by their rarity; unknown where one has none."""
        lengths = self._length[first] * self._length[second]
        found = overlap(self._square, self._whole, first, second) / np.where(lengths > 0, lengths, 1.0)
        return self._known(found, first, second)

    def both(self, first: Ints, second: Ints) -> Floats:
        """How many words both have, up to three; unknown where one has none."""
        return self._known(np.minimum(overlap(self._whole, self._whole, first, second), 3), first, second)

    def _known(self, found: Floats, first: Ints, second: Ints) -> Floats:
        return np.where(self._empty[first] | self._empty[second], UNKNOWN, found)


def alone(sets: Sequence[Iterable[str]]) -> Among:
    """Sets of words of which each says as much."""
    ids: dict[str, int] = {}
    numbered = [sorted(ids.setdefault(word, len(ids)) for word in set(one)) for one in sets]
    return Among(numbered, lambda known: [1] * len(known))


def overlap(one: sparse.csr_matrix, other: sparse.csr_matrix, first: Ints, second: Ints) -> Floats:
    """The products of rows of the one with rows of the other."""
    found = one[first].multiply(other[second]).sum(axis=1)
    return np.asarray(found, dtype=np.float64).ravel()


def _laid(sets: Sequence[Sequence[int]]) -> tuple[Ints, Ints]:
    """Sets end to end, and where each ends."""
    ends = np.cumsum([0, *map(len, sets)], dtype=np.int64)
    return np.concatenate([np.zeros(0, np.int64), *(np.asarray(one, dtype=np.int64) for one in sets)]), ends


@cache
def _common() -> dict[str, int]:
    """Words that many news stories have, each with how many of those in general do."""
    text = resources.files("onrecord.incidents").joinpath("common.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {word: int(row[0]) * _OTHERS // 100 for row in rows for word in row[1:]}
