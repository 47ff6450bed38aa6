"""Which stories share their very words: near copies and excerpts, found by MinHash."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onrecord.families.fingerprint import PERMUTATIONS

LEAST_OVERLAP = 0.04
"""Estimated share of common runs below which two stories are not compared further: about five equal values of 128."""
_NEIGHBOURS = 3
_FULL = 12
_LEAST_MET = 3
"""Columns in which a pair has to be met: a phrase of the trade ("who asked not to be named") brings stories together in one or
two, and there are as many such pairs as there are stories and phrases.
"""
_COLUMNS = 16
"""Columns whose pairs are gathered at a time: with more, more memory; with fewer, more sorting."""


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


def overlaps(signatures: Sequence[tuple[int, ...]]) -> list[Overlap]:
    """The pairs of stories that share a telling part of their words, first before second, sorted.

    Every MinHash value is a band of its own: an excerpt that is a tenth of its origin still shares a dozen of them.
    Among many stories with one value (a widely printed report, a phrase of the trade) each is compared with the first
    few and with the next few only, so that the cost stays in line with the number of stories.
    """
    held = [n for n, signature in enumerate(signatures) if len(signature) == PERMUTATIONS + 1]
    if len(held) < 2:
        return []
    matrix = np.array([signatures[n] for n in held], dtype=np.int64)
    values, sizes = matrix[:, :PERMUTATIONS], matrix[:, PERMUTATIONS]
    pairs = _candidates(values)
    found = []
    for start in range(0, len(pairs), 1 << 18):
        chunk = pairs[start : start + (1 << 18)]
        found += _measured(chunk, values, sizes, held)
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _candidates(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Pairs of rows that share values in some columns, each once, as rows of two, the smaller first."""
    count = len(values)
    codes, met = [], []
    for start in range(0, values.shape[1], _COLUMNS):
        drawn = [_in_column(column, count) for column in values.T[start : start + _COLUMNS]]
        unique, times = np.unique(np.concatenate(drawn), return_counts=True)
        codes.append(unique)
        met.append(times.astype(np.int16))
    together, times = np.concatenate(codes), np.concatenate(met)
    order = np.argsort(together, kind="stable")
    together, times = together[order], times[order]
    starts = (
        np.flatnonzero(np.r_[True, together[1:] != together[:-1]]) if len(together) else np.zeros(0, dtype=np.int64)
    )
    often = np.add.reduceat(times, starts) >= _LEAST_MET if len(starts) else np.zeros(0, dtype=bool)
    kept = together[starts[often]]
    return np.stack((kept // count, kept % count), axis=1)


def _in_column(column: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """The pairs of rows with one value in a column that are to be compared, as codes."""
    order = np.argsort(column, kind="stable")
    ranked = column[order]
    # Where the run of equal values that a row is in begins, for each rank.
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    begin = np.repeat(starts, np.diff(np.r_[starts, count]))
    rank = np.arange(count)
    within = rank - begin
    codes = []
    for step in range(1, _FULL):
        # Small groups are compared in full; of large ones, the next few.
        keep = rank[(within >= step) & ((within < _FULL) | (step <= _NEIGHBOURS))]
        codes.append(_coded(order[keep - step], order[keep], count))
    for first in range(_NEIGHBOURS):
        keep = rank[within >= _FULL]
        codes.append(_coded(order[begin[keep] + first], order[keep], count))
    return np.concatenate(codes)


def _coded(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    return np.minimum(first, second) * count + np.maximum(first, second)


def _measured(
    pairs: npt.NDArray[np.int64], values: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64], held: list[int]
) -> list[Overlap]:
    jaccard = (values[pairs[:, 0]] == values[pairs[:, 1]]).mean(axis=1)
    keep = jaccard >= LEAST_OVERLAP
    pairs, jaccard = pairs[keep], jaccard[keep]
    first, second = sizes[pairs[:, 0]], sizes[pairs[:, 1]]
    shared = jaccard * (first + second) / (1 + jaccard)
    in_second, in_first = np.minimum(1, shared / first), np.minimum(1, shared / second)
    low = np.maximum(0, jaccard - np.sqrt(jaccard * (1 - jaccard) / PERMUTATIONS))
    sure = low * (1 + jaccard) / (jaccard * (1 + low))
    return [
        Overlap(held[a], held[b], float(j), float(x), float(y), float(z))
        for (a, b), j, x, y, z in zip(pairs.tolist(), jaccard, in_second, in_first, sure, strict=True)
    ]
