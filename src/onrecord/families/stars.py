"""Stories with one value of a signature → the pairs that are compared, as `copies` chooses them, for any part of all values.

So few for each story, whatever the number of stories with that value: its first ones and those just before, like a star about
them, and never all pairs.
"""

import numpy as np

from onrecord.families.copies import BEFORE, FIRST, FULL, Ints


def stars(keys: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Pairs of rows with one key, the first before the second. rows: numbers in order of time; keys: of which column and value
    each entry is. All entries of a key have to be there.
    """
    order = np.lexsort((rows, keys))
    keys, rows = keys[order], rows[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=np.int64)
    begin = np.repeat(starts, np.diff(np.r_[starts, len(keys)]))
    place = np.arange(len(keys))
    within = place - begin
    first, second = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for step in range(1, FULL):
        stands = np.flatnonzero(((within < FULL) | (step <= BEFORE)) & (within >= step))
        first.append(rows[stands - step])
        second.append(rows[stands])
    many = np.flatnonzero(within >= FULL)
    for n in range(FIRST):
        first.append(rows[begin[many] + n])
        second.append(rows[many])
    return np.concatenate(first), np.concatenate(second)
