"""The best run of tags through scores, where some tags may not follow others."""

import numpy as np

BARRED = -1e4
CUE_MOVES = np.array([[0.0, 0.0, BARRED], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
CUE_FIRST = np.array([0.0, 0.0, BARRED])
"""Of the tags none, cue begins, cue goes on: what goes on has begun."""


def best_path(
    scores: np.ndarray, lengths: np.ndarray, moves: np.ndarray, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """The tags of each row. scores: rows, length, tags; moves: from the first axis to the second; lengths: how much of each
    row is there. Behind that the tags are 0.
    """
    rows, length, _ = scores.shape
    path = np.zeros((rows, length), dtype=np.int64)
    if not rows or not length:
        return path
    if not moves.any(where=moves > BARRED) and not first.any(where=first > BARRED) and not last.any():
        # Where nothing but what is barred counts, each word's best tag is best for the whole, if none is barred.
        alone = np.where(np.arange(length) < lengths[:, None], scores.argmax(axis=2), 0)
        if (first[alone[:, 0]] > BARRED).all() and (moves[alone[:, :-1], alone[:, 1:]] > BARRED).all():
            return alone
    alpha = first + scores[:, 0]
    back = np.zeros((length, *alpha.shape), dtype=np.int64)
    for at in range(1, length):
        steps = alpha[:, :, None] + moves
        back[at] = steps.argmax(axis=1)
        reached = steps.max(axis=1) + scores[:, at]
        alpha = np.where((at < lengths)[:, None], reached, alpha)
    tag = (alpha + last).argmax(axis=1)
    every = np.arange(rows)
    for at in range(length - 1, -1, -1):
        held = at < lengths
        path[held, at] = tag[held]
        tag = np.where(held, back[at][every, tag], tag)
    return path


def worth(
    scores: np.ndarray, lengths: np.ndarray, tags: np.ndarray, moves: np.ndarray, first: np.ndarray, last: np.ndarray
) -> np.ndarray:
    """What the path of each row adds up to: its scores, and how its tags begin, follow each other and end."""
    rows, length = tags.shape
    every, at = np.arange(rows), np.arange(length)
    held = at < lengths[:, None]
    own = np.where(held, np.take_along_axis(scores, tags[:, :, None], axis=2)[:, :, 0], 0.0).sum(axis=1)
    steps = np.where(held[:, 1:], moves[tags[:, :-1], tags[:, 1:]], 0.0).sum(axis=1)
    summed: np.ndarray = own + steps + first[tags[:, 0]] + last[tags[every, lengths - 1]]
    return summed


def runs(tags: np.ndarray, begin: int) -> list[tuple[int, int]]:
    """Stretches of one kind: `begin` opens one, `begin + 1` goes on."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    for at, tag in enumerate([*tags.tolist(), 0]):
        if start is not None and tag != begin + 1:
            found.append((start, at))
            start = None
        if tag == begin:
            start = at
    return found
