"""Cuts a story's words into stretches for the head that finds events."""

from collections.abc import Iterator

import numpy as np

LEAD, STEP, ROOM = 64, 192, 64
"""Words of the story's opening that each stretch sees, those that it judges, and those that it sees on either side."""
PLACES = 24


def stretched(length: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The words that each stretch sees in their order, and which of them it judges."""
    for begin in range(0, length, STEP):
        lead = np.arange(min(LEAD, max(0, begin - ROOM)))
        held = np.concatenate((lead, np.arange(max(0, begin - ROOM), min(length, begin + STEP + ROOM))))
        yield held, (held >= begin) & (held < begin + STEP)


def place(block: np.ndarray, headline: np.ndarray, held: np.ndarray) -> np.ndarray:
    """How far down the story each word stands: 0 in the headline, then by paragraph."""
    return np.where(headline[held], 0, np.minimum(1 + block[held], PLACES - 1))
