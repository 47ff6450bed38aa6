"""Which stories share their very words: near copies and excerpts, found by MinHash."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from onrecord.families.fingerprint import PERMUTATIONS

COPIED = 0.5
"""Share of a story's 5-word runs from which it is another's text."""
LEAST_OVERLAP = 0.04
"""Estimated share of common runs below which two stories are not compared further."""
LEAST_EQUAL = int(LEAST_OVERLAP * PERMUTATIONS) + 1
"""The same in equal values of a signature."""
LEAST_MET = 3
"""Columns in which a pair has to be met: a phrase of the trade ("who asked not to be named") brings stories together in one or
two, and there are as many such pairs as there are stories and phrases.
"""
FULL, FIRST, BEFORE = 12, 3, 3
"""Stories with one value: up to FULL are all compared; of more, each with the FIRST of all and with so many just BEFORE it."""

# Rows whose pairs are sought at a time, and pairs measured at a time: with more, more memory; with fewer, more steps.
_ROWS, _MEASURED = 1 << 11, 1 << 17
WORKERS = 2
"""Threads: sorting and comparing in numpy leave the interpreter free."""

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Matrix = npt.NDArray[np.uint32]
Counts = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Pairs = tuple[Rows, Rows, Counts]
"""Pairs of rows, the first before the second, and in how many values they agree; sorted by the second, then by the first."""
PairsOf = Callable[[Matrix], Pairs]
"""What finds the pairs among rows of signatures that stand in order of time: `pairs`, or the same on other machines."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two stories, by position, that share 5-word runs. jaccard: shared runs over all runs of both. first_in_second:
    the share of the first's runs that stand in the second, and the other way round. Estimates, 0 to 1. sure: what part
    of them remains with one standard error taken off; a few lines out of a long story are not measured well.
    """

    first: int
    second: int
    jaccard: float
    first_in_second: float
    second_in_first: float
    sure: float


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The pairs of stories that share a telling part of their words, in columns: first before second, sorted by the second. equal: in how
    many of the 128 values the two agree; sizes: how many runs each story has.
    """

    first: Ints
    second: Ints
    equal: Counts
    sizes: Ints

    def __len__(self) -> int:
        return len(self.first)

    def __iter__(self) -> Iterator[Overlap]:
        jaccard, here, there, sure = shares(self.equal, self.sizes[self.first], self.sizes[self.second])
        columns = (self.first, self.second, jaccard, here, there, sure)
        for row in zip(*(column.tolist() for column in columns), strict=True):
            yield Overlap(*row)


def shares(equal: Counts, mine: Ints | int, theirs: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """What agreeing values come to, for stories of so many runs: jaccard, the share of the first in the second, the share of
    the second in the first, and what part of these is sure.
    """
    jaccard = equal / PERMUTATIONS
    shared = jaccard * (mine + theirs) / (1 + jaccard)
    low = np.maximum(0, jaccard - np.sqrt(jaccard * (1 - jaccard) / PERMUTATIONS))
    sure = low * (1 + jaccard) / (jaccard * (1 + low))
    return jaccard, np.minimum(1, shared / mine), np.minimum(1, shared / theirs), sure


@cache
def _of_equal() -> tuple[tuple[float, float], ...]:
    """By how many values agree: jaccard, and what part of the shares is sure."""
    equal = np.arange(PERMUTATIONS + 1, dtype=np.uint8)
    jaccard, _, _, sure = shares(np.maximum(equal, 1), 1, np.ones(PERMUTATIONS + 1, dtype=np.int64))
    return tuple(zip(jaccard.tolist(), sure.tolist(), strict=True))


def share(equal: int, mine: int, theirs: int) -> tuple[float, float, float]:
    """What `shares` gives for one pair that agrees in one value or more: the share of the first in the second, of the second in the first, and what is sure."""
    jaccard, sure = _of_equal()[equal]
    shared = jaccard * (mine + theirs) / (1 + jaccard)
    return min(1.0, shared / mine), min(1.0, shared / theirs), sure


def matrix(signatures: Sequence[tuple[int, ...]]) -> tuple[Ints, Matrix]:
    """The positions of the stories that have words, and their signatures, a row each."""
    held = [n for n, signature in enumerate(signatures) if len(signature) == PERMUTATIONS + 1]
    rows = np.array([signatures[n] for n in held], dtype=np.uint32).reshape(len(held), PERMUTATIONS + 1)
    return np.array(held, dtype=np.int64), rows


def overlaps(signatures: Sequence[tuple[int, ...]]) -> Overlaps:
    """The pairs of stories, given in order of time, that share a telling part of their words."""
    held, rows = matrix(signatures)
    sizes = np.zeros(len(signatures), dtype=np.int64)
    sizes[held] = rows[:, PERMUTATIONS]
    first, second, equal = pairs(np.ascontiguousarray(rows[:, :PERMUTATIONS]))
    return Overlaps(held[first], held[second], equal, sizes)


def pairs(values: Matrix) -> Pairs:
    """The pairs of rows, which stand in order of time, that agree in a telling part of their values, and in how many.

    Every MinHash value is a band of its own: an excerpt that is a tenth of its origin still shares a dozen of them.
    Among many stories with one value (a widely printed report, a phrase of the trade) each is compared with the first
    few and with those just before it only, so that the cost stays in line with the number of stories.
    """
    first, second = _candidates(values)
    equal = _equal(values, first, second)
    keep = equal >= LEAST_EQUAL
    return first[keep], second[keep], equal[keep]


def _candidates(values: Matrix) -> tuple[Rows, Rows]:
    """Pairs of rows that are met in enough columns, each once, sorted by the second, which is the larger."""
    count = len(values)
    order, rank, within = (np.empty((PERMUTATIONS, count), dtype=np.int32) for _ in range(3))

    def placed(column: int) -> None:
        order[column], rank[column], within[column] = _places(values[:, column])

    def met(start: int) -> tuple[Rows, Rows]:
        return _met(order, rank[:, start : start + _ROWS], within[:, start : start + _ROWS], start)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(placed, range(PERMUTATIONS)))
        found = list(pool.map(met, range(0, count, _ROWS)))
    return (
        np.concatenate([np.zeros(0, dtype=np.int32), *(first for first, _ in found)]),
        np.concatenate([np.zeros(0, dtype=np.int32), *(second for _, second in found)]),
    )


def ranked(column: Matrix) -> tuple[Ints, Ints]:
    """The rows by their value in a column, then by number, and the values in that order."""
    # Value and row in one number
    both = (column.astype(np.uint64) << np.uint64(32)) | np.arange(len(column), dtype=np.uint64)
    both.sort()
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int64), (both >> np.uint64(32)).astype(np.int64)


def _places(column: Matrix) -> tuple[Ints, Ints, Ints]:
    """The rows by their value in a column, then by number; for each row its place among them, and how many rows of the same
    value stand before it.
    """
    count = len(column)
    order, values = ranked(column)
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]])
    rank, within = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    within[order] = np.arange(count) - np.repeat(starts, np.diff(np.r_[starts, count]))
    return order, rank, within


def _met(order: Rows, rank: Rows, within: Rows, start: int) -> tuple[Rows, Rows]:
    """The pairs of a block of rows with rows before them. rank, within: of that block only, which begins at the row start."""
    columns = np.arange(PERMUTATIONS)[:, None]
    few, many = within < FULL, within >= FULL
    partners = np.full((FULL - 1, *within.shape), -1, dtype=np.int32)
    for step in range(1, FULL):
        stands = (few | (step <= BEFORE)) & (within >= step)
        found = order[columns, np.where(stands, rank - step, 0)]
        partners[step - 1] = np.where(stands, found, -1)
    for first in range(FIRST):
        found = order[columns, np.where(many, rank - within + first, 0)]
        np.copyto(partners[BEFORE + first], found, where=many)
    table = np.ascontiguousarray(partners.reshape(-1, within.shape[1]).T)
    table.sort(axis=1)
    enough = (table[:, LEAST_MET - 1 :] == table[:, : 1 - LEAST_MET]) & (table[:, : 1 - LEAST_MET] >= 0)
    # Only where the run of a partner begins
    enough[:, 1:] &= table[:, 1 : 1 - LEAST_MET] != table[:, :-LEAST_MET]
    second, place = np.nonzero(enough)
    return table[second, place], (second + start).astype(np.int32)


def _equal(values: Matrix, first: Rows, second: Rows) -> Counts:
    """In how many values the rows of each pair agree."""

    def of(start: int) -> Counts:
        part = slice(start, start + _MEASURED)
        alike = values[first[part]] == values[second[part]]
        return np.asarray(alike.sum(axis=1), dtype=np.uint8)

    with ThreadPoolExecutor(WORKERS) as pool:
        return np.concatenate([np.zeros(0, dtype=np.uint8), *pool.map(of, range(0, len(first), _MEASURED))])
