"""What the head that finds events is given: a story's words in stretches."""

from collections.abc import Iterator

import numpy as np

LEAD, STEP, ROOM = 64, 192, 64
"""Words of the story's opening that each stretch sees, those that it judges, and those that it sees on either side."""
HALF = 3
"""How many of the encoder's layers the head shares; from there on it has its own."""
PLACES = 24
"""How many paragraphs are told apart, the headline one of them."""
TAGS = 5
TELLS, NAMES = slice(1, 3), slice(3, 5)
"""Tags: none; begin and inside of words that tell of an event; begin and inside of words that only name one again."""


def stretched(length: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The words that each stretch sees in their order, and which of them it judges."""
    for begin in range(0, length, STEP):
        lead = np.arange(min(LEAD, max(0, begin - ROOM)))
        held = np.concatenate((lead, np.arange(max(0, begin - ROOM), min(length, begin + STEP + ROOM))))
        yield held, (held >= begin) & (held < begin + STEP)


def place(block: np.ndarray, headline: np.ndarray, held: np.ndarray) -> np.ndarray:
    """How far down the story each word stands: 0 in the headline, then by paragraph."""
    return np.where(headline[held], 0, np.minimum(1 + block[held], PLACES - 1))
