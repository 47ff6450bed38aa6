"""Learns what each part of a pair's score is worth: steps that only rise or only fall where the part's meaning asks for it."""

import itertools

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from onrecord.incidents.bags import Floats
from onrecord.incidents.links import Weights
from onrecord.incidents.subjects import PARTS

_FALL = frozenset({"told apart", "day", "likely day", "distance", "region"})
_DAYS = (0, 1, 2, 4, 7, 14, 31, 100, 400)
_KM = (3, 10, 25, 60, 150, 500, 1500)
_SET = {"told apart": _DAYS, "day": _DAYS, "likely day": _DAYS, "distance": _KM, "region": _KM}
"""Where the steps of days and kilometres end: a day makes a difference among few, and none among hundreds."""
_FREE = frozenset({"killed", "injured", "outlet"})
_STEPS = 6
"""Steps of a part for each of the two kinds of pair; where a part has no more than twice as many values, each is a step."""
_SMOOTH = 1.0
_SMALL = 0.05
_ROUNDS = 600


def learn(parts: Floats, same: npt.NDArray[np.bool_], weight: Floats | None = None) -> Weights:
    """The weights that tell pairs apart best. What is unknown says nothing, full agreement never speaks against a pair, and less of
    it never for it. parts: a row a pair; same: whether the pair is of one event; weight: how much each pair counts.
    """
    edges = [
        np.array(_SET[name], dtype=np.float64) if name in _SET else _edges(parts[:, n], same)
        for n, name in enumerate(PARTS)
    ]
    starts = np.cumsum([0, *(len(e) + 2 for e in edges)])
    blank = Weights(tuple(edges), tuple(np.zeros(len(e) + 2) for e in edges), 0.0)
    steps, number = blank.steps(parts) + starts[:-1], int(starts[-1])
    counts = np.ones(len(parts)) if weight is None else weight
    # Of each part its steps from the fullest agreement on; what is searched for is the first one's worth and the falls after it
    orders = [np.arange(start + 1, end) for start, end in itertools.pairwise(starts)]
    orders = [one if name in _FALL else one[::-1] for name, one in zip(PARTS, orders, strict=True)]
    falls = np.concatenate([one[1:] for one in orders])

    def worth(values: Floats) -> Floats:
        found = values.copy()
        for one in orders:
            found[one] = np.cumsum(values[one])
        return found

    def loss(values: Floats) -> tuple[float, Floats]:
        told = worth(values)
        odds = told[steps].sum(axis=1) + told[-1]
        miss = (1 / (1 + np.exp(-odds)) - same) * counts
        slope = np.zeros_like(values)
        for n in range(steps.shape[1]):
            slope[:number] += np.bincount(steps[:, n], miss, number)
        slope[-1] = miss.sum()
        slope[:-1] += 2 * _SMALL * told[:-1]
        for one in orders:
            slope[one] = np.cumsum(slope[one][::-1])[::-1]
        slope[falls] += 2 * _SMOOTH * values[falls]
        total = (np.logaddexp(0, np.where(same, -odds, odds)) * counts).sum()
        total += _SMALL * (told[:-1] ** 2).sum() + _SMOOTH * (values[falls] ** 2).sum()
        return float(total), slope

    bounds: list[tuple[float | None, float | None]] = [(None, None)] * (number + 1)
    for name, start, one in zip(PARTS, starts.tolist(), orders, strict=False):
        bounds[start] = (0.0, 0.0)
        if name not in _FREE:
            bounds[one[0]] = (0.0, None)
            for n in one[1:].tolist():
                bounds[n] = (None, 0.0)
    options = {"maxiter": _ROUNDS, "maxfun": 2 * _ROUNDS}
    found = worth(minimize(loss, np.zeros(number + 1), jac=True, method="L-BFGS-B", bounds=bounds, options=options).x)
    ends = zip(starts.tolist(), starts[1:].tolist(), strict=False)
    return Weights(tuple(edges), tuple(found[start:end] for start, end in ends), float(found[-1]))


def _edges(values: Floats, same: npt.NDArray[np.bool_]) -> Floats:
    known = values[~np.isnan(values)]
    different = np.unique(known)
    if len(different) <= 2 * _STEPS:
        return (different[1:] + different[:-1]) / 2
    return np.unique(np.concatenate([_quantiles(values[same]), _quantiles(values[~same])]))


def _quantiles(values: Floats) -> Floats:
    known = values[~np.isnan(values)]
    return np.quantile(known, np.linspace(0, 1, _STEPS + 1)[1:-1]) if len(known) else np.zeros(0)
