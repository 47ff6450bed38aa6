"""Rows → batches of windows with what is to be learned from them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from model import REACH
from torch import Tensor

from onrecord.language.pieces import Window, Words, around, fill, windows

Row = dict[str, Any]
NONE = -1


@dataclass
class Batch:
    """Windows, and for each thing to learn its place (row of the batch and words in it) and its answer."""

    ids: Tensor
    features: Tensor
    segments: Tensor
    mask: Tensor
    where: Tensor
    """First piece of each word, 0 for none: batch, words."""
    cue_tags: Tensor
    """-100 where nothing is to be learned."""
    cues: Tensor
    """batch row, first word, one behind the last: a row for each cue."""
    around: Tensor
    """First word and one behind the last that can belong to the cue."""
    role_tags: Tensor
    stances: Tensor
    sources: Tensor
    kinds: Tensor
    events: Tensor
    statuses: Tensor
    scores: Tensor

    def to(self, device: str) -> "Batch":
        """The same on another device."""
        return Batch(*(getattr(self, name).to(device, non_blocking=True) for name in self.__dataclass_fields__))


def words_of(row: Row) -> Words:
    """The words of a prepared row."""
    keys = ("start", "end", "block", "headline", "piece", "ids", "features")
    return Words(*(row[key] for key in keys))


def cut(row: Row, phase: int) -> list[tuple[Row, Words, Window]]:
    """The windows of a row."""
    words = words_of(row)
    return [(row, words, window) for window in windows(words, phase)]


def made(items: list[tuple[Row, Words, Window]]) -> Batch:
    """One batch of windows."""
    filled = [fill(words, window) for _, words, window in items]
    length = -(-max(len(f[0]) for f in filled) // 16) * 16
    most = max(len(f[3]) for f in filled)
    size = len(items)
    ids, features, segments, mask = (np.zeros((size, length), dtype=np.int64) for _ in range(4))
    where = np.zeros((size, most), dtype=np.int64)
    tags = np.full((size, most), -100, dtype=np.int64)
    cues, arounds, roles, stances, sources, kinds = [], [], [], [], [], []
    events, statuses, scores = [], [], []
    for n, ((row, words, window), (i, f, s, w)) in enumerate(zip(items, filled, strict=True)):
        ids[n, : len(i)], features[n, : len(i)], segments[n, : len(i)], mask[n, : len(i)] = i, f, s, 1
        where[n, : len(w)] = w
        at = window.first
        if row["attributed"]:
            tags[n, window.begin - at : window.end - at] = 0
        for (first, end), source, content, stance, kind in row["attributions"]:
            if not window.begin <= first < window.end or end > window.last:
                continue
            if row["attributed"]:
                tags[n, first - at] = 1
                tags[n, first - at + 1 : min(end, window.end) - at] = 2
            low, high = around(words, window, (first, end), REACH)
            cues.append((n, first - at, end - at))
            arounds.append((low - at, high - at))
            roles.append(_roles(low, high, source, content) if row["attributed"] else np.full(high - low, -100))
            stances.append(stance)
            inside = [(a, b) for a, b in source if window.first <= a and b <= window.last]
            sources.append((n, inside[0][0] - at, inside[0][1] - at) if inside else (n, 0, 1))
            kinds.append(kind if inside else NONE)
        for first, end, status, score in row["events"]:
            if window.begin <= first < window.end and end <= window.last:
                events.append((n, first - at, end - at))
                statuses.append(status)
                scores.append(float("nan") if score is None else score)
    widest = max((len(r) for r in roles), default=1)
    padded = np.full((len(roles), widest), -100, dtype=np.int64)
    for n, r in enumerate(roles):
        padded[n, : len(r)] = r
    return Batch(
        torch.from_numpy(ids),
        torch.from_numpy(features),
        torch.from_numpy(segments),
        torch.from_numpy(mask),
        torch.from_numpy(where),
        torch.from_numpy(tags),
        torch.tensor(cues, dtype=torch.long).view(-1, 3),
        torch.tensor(arounds, dtype=torch.long).view(-1, 2),
        torch.from_numpy(padded),
        torch.tensor(stances, dtype=torch.long),
        torch.tensor(sources, dtype=torch.long).view(-1, 3),
        torch.tensor(kinds, dtype=torch.long),
        torch.tensor(events, dtype=torch.long).view(-1, 3),
        torch.tensor(statuses, dtype=torch.long),
        torch.tensor(scores, dtype=torch.float),
    )


def _roles(low: int, high: int, source: list, content: list) -> np.ndarray:
    tags = np.zeros(high - low, dtype=np.int64)
    for ranges, first in ((content, 3), (source, 1)):
        for a, b in ranges:
            a, b = max(a, low), min(b, high)
            if a < b:
                tags[a - low : b - low] = first + 1
                tags[a - low] = first
    return tags


def in_batches(items: list, size: int, chance: random.Random) -> list[list]:
    """Shuffled items in batches of like length, so that little is padded."""
    kept = items[:]
    chance.shuffle(kept)
    stretch = size * 24
    found = []
    for start in range(0, len(kept), stretch):
        alike = sorted(kept[start : start + stretch], key=lambda item: item[2].last - item[2].first)
        found.extend(alike[at : at + size] for at in range(0, len(alike), size))
    found = [batch for batch in found if len(batch) > size // 2]
    chance.shuffle(found)
    return found


def endless(items: list, size: int, seed: int) -> Iterator[list]:
    """Batches without end, shuffled anew each time round."""
    chance = random.Random(seed)
    while True:
        yield from in_batches(items, size, chance)
