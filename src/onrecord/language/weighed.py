"""Weights of words and phrases, learned from crime reports: what their wording makes of how many died or were hurt, and when."""

import json
from collections.abc import Iterable
from functools import cache
from importlib import resources

import numpy as np


def scores(name: str, seen: Iterable[str]) -> np.ndarray:
    """The sum of the weights of what is seen, for each class of the named table: none, one and more dead or hurt; of a day there is
    one class alone.
    """
    weights, bias = _table(name)
    # In one order, so that sums are the same to the last bit
    found: np.ndarray = np.sum([bias, *(weights[it] for it in sorted(set(seen)) if it in weights)], axis=0)
    return found


@cache
def _table(name: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    told = json.loads(resources.files("onrecord.language").joinpath("models/weighed.json").read_text(encoding="utf-8"))
    table = told[name]
    return {it: np.array(row) for it, row in table["weights"].items()}, np.array(table["bias"])
