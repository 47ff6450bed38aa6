"""One-to-one pairs with the greatest total weight."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
_NOTHING = -1


def pairs(left: Sequence[T], right: Sequence[T], weight: Callable[[T, T], float]) -> list[tuple[int, int]]:
    """Positions (i, j) of the pairs, in order. A pair of weight 0 is no pair.

    Grown one augmenting path at a time, each time the path that gains most, until none gains: what is found after each
    step is the best matching of its size.
    """
    gains = [[weight(one, other) for other in right] for one in left]
    to_right, to_left = [_NOTHING] * len(left), [_NOTHING] * len(right)
    while path := _best_path(gains, to_right, to_left):
        for i, j in path:
            to_right[i], to_left[j] = j, i
    return [(i, j) for i, j in enumerate(to_right) if j != _NOTHING]


def _best_path(gains: list[list[float]], to_right: list[int], to_left: list[int]) -> list[tuple[int, int]]:
    """The pairs to set along the path that gains most, empty where none gains."""
    reach = [0.0 if j == _NOTHING else float("-inf") for j in to_right]
    best = [float("-inf")] * len(to_left)
    came = [_NOTHING] * len(to_left)
    changed = True
    while changed:
        changed = False
        for i, row in enumerate(gains):
            for j, gain in enumerate(row):
                if not gain or to_right[i] == j or reach[i] + gain <= best[j] + 1e-12:
                    continue
                best[j], came[j], changed = reach[i] + gain, i, True
                if (before := to_left[j]) != _NOTHING:
                    reach[before] = max(reach[before], best[j] - gains[before][j])
    free = [j for j, i in enumerate(to_left) if i == _NOTHING and best[j] > 1e-9]
    if not free:
        return []
    j = max(free, key=lambda at: best[at])
    path = []
    while j != _NOTHING:
        i = came[j]
        path.append((i, j))
        j = to_right[i]
    return path
