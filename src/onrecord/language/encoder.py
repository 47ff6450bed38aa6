"""Runs the shipped network: one pass of the encoder for a story, from which all heads read.

One window is one run of the encoder, at a length padded to a fixed step, so that what is found in a story is the same to the
last bit whatever else is read. (The numbers of eight bits take their scale from all that is in a run.)
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.language import pieces
from onrecord.language.decoding import best_path, runs
from onrecord.language.pieces import Block, Vocabulary, Window, Words

_STEP = 32
"""Windows are padded to a multiple of so many pieces, and what stands around a cue to a multiple of so many words."""
_FURTHER = 6
"""How many words further than the network alone would have it a cue may end."""
_CUE_MOVES = np.array([[0.0, 0.0, -1e4], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
_CUE_FIRST = np.array([0.0, 0.0, -1e4])

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what, as ranges of words: cue, source or None, and the pieces of the content in order. stances, kinds:
    scores of the closed lists, as logarithms of shares.
    """

    cue: Range
    source: Range | None
    content: tuple[Range, ...]
    stances: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the event that some words name has happened. certainty: 3 it has, -3 it has not; statuses: as above."""

    certainty: float
    statuses: np.ndarray


@dataclass(frozen=True, slots=True)
class Encoded:
    """The words of a story, a vector for each, and the attributions that the network finds."""

    words: Words
    vectors: np.ndarray
    attributions: tuple[Attribution, ...]

    def range(self, headline: bool, start: int, end: int) -> Range | None:
        """The words that share a character with a stretch of the headline or text; None for none."""
        held = np.flatnonzero((self.words.start < end) & (start < self.words.end) & (self.words.headline == headline))
        return (int(held[0]), int(held[-1]) + 1) if len(held) else None

    def offsets(self, span: Range) -> Range:
        """Where a range of words stands in its part."""
        return int(self.words.start[span[0]]), int(self.words.end[span[1] - 1])


@dataclass(frozen=True, slots=True)
class Lists:
    """The closed lists in the order of the heads' scores, how tags follow each other, and how far what the words say is
    to be trusted. trust: for each right status and each that the words tell, the logarithm of how often that is so; sure:
    shares of network and words in the certainty, and where a plain no and a plain yes begin.
    """

    statuses: tuple[str, ...]
    stances: tuple[str, ...]
    kinds: tuple[str, ...]
    moves: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reach: int
    lift: float
    ends: dict[str, float]
    trust: np.ndarray
    sure: dict[str, float]


class Encoder:
    """The loaded network. Loading takes half a second; keep one for each process. folder: with the network's files;
    None for the shipped ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        at = folder if folder is not None else Path(str(resources.files("onrecord.language").joinpath("models")))
        self.lists = _lists(at)
        self._vocabulary = Vocabulary((at / "pieces.txt").read_text(encoding="utf-8").split("\n"))
        self._ends = {self._vocabulary.spell(word): weight for word, weight in self.lists.ends.items()}
        self._windows, self._roles, self._spans = (
            _session(at / f"{name}.onnx") for name in ("encoder", "roles", "spans")
        )

    def encode(self, blocks: Sequence[Block]) -> Encoded:
        """A story's words with their vectors, and its attributions in the order of their cues."""
        words = pieces.cut(blocks, self._vocabulary)
        vectors = np.zeros((len(words), 384), dtype=np.float32)
        found: list[Attribution] = []
        for window in pieces.windows(words):
            seen, scores = self._window(words, window)
            vectors[window.begin : window.end] = seen[window.begin - window.first : window.end - window.first]
            found.extend(self._attributions(words, window, seen, scores))
        return Encoded(words, vectors, tuple(found))

    def judge(self, encoded: Encoded, spans: Sequence[Range]) -> list[Judgement]:
        """What the network says of the event that each range of words names."""
        if not spans:
            return []
        means = np.stack([encoded.vectors[a:b].mean(axis=0) for a, b in spans])
        certainty, status = self._spans.run(["certainty", "status"], {"spans": means})
        shares = _shares(status)
        return [Judgement(float(np.clip(c, -3, 3)), s) for c, s in zip(certainty[:, 0], shares, strict=True)]

    def _window(self, words: Words, window: Window) -> tuple[np.ndarray, np.ndarray]:
        """Vectors and scores of being a cue for the words of a window."""
        ids, features, segments, where = pieces.fill(words, window)
        length = -(-len(ids) // _STEP) * _STEP
        given = {
            name: np.pad(values, (0, length - len(values)))[None]
            for name, values in (
                ("ids", ids),
                ("features", features),
                ("segments", segments),
                ("mask", np.ones_like(ids)),
            )
        }
        seen, scores = self._windows.run(["pieces", "cues"], given)
        return seen[0, where], scores[0, where]

    def _attributions(self, words: Words, window: Window, seen: np.ndarray, scores: np.ndarray) -> list[Attribution]:
        lifted = scores + np.array([0.0, self.lists.lift, self.lists.lift], dtype=np.float32)
        tags = best_path(lifted[None], _CUE_MOVES, _CUE_FIRST, np.zeros(3), np.array([len(lifted)]))[0]
        first = window.first
        found = self._ended(words, window, _shares(lifted), runs(tags, 1))
        cues = [(a + first, b + first) for a, b in found if window.begin <= a + first < window.end]
        if not cues:
            return []
        around = [_around(words, window, cue, self.lists.reach) for cue in cues]
        roles = self._roles_of(
            seen, [(a - first, b - first) for a, b in cues], [(a - first, b - first) for a, b in around]
        )
        said: list[tuple[Range, Range | None, tuple[Range, ...]]] = []
        for cue, (low, high), row in zip(cues, around, roles, strict=True):
            content = tuple((a + low, b + low) for a, b in runs(row[: high - low], 3))
            sources = [(a + low, b + low) for a, b in runs(row[: high - low], 1)]
            if content:
                said.append((cue, _nearest(sources, cue), content))
        return self._named(seen, first, said)

    def _ended(self, words: Words, window: Window, shares: np.ndarray, cues: list[Range]) -> list[Range]:
        """The cues with their ends where the network and the words' own habit of ending cues agree best: it judges word by
        word, and would stop in the midst of "said in a statement".
        """
        ended: list[Range] = []
        for number, (start, end) in enumerate(cues):
            stop = min(cues[number + 1][0] if number + 1 < len(cues) else len(shares), end + _FURTHER)
            gained = np.concatenate(([0.0], np.cumsum(shares[start + 1 : stop, 2] - shares[start + 1 : stop, 0])))
            habit = [self._ends.get(_pieces_of(words, window.first + at), 0.0) for at in range(start, stop)]
            ended.append((start, start + 1 + int((gained + habit).argmax())))
        return ended

    def _roles_of(self, seen: np.ndarray, cues: list[Range], around: list[Range]) -> np.ndarray:
        """The tags of the words around each cue."""
        lengths = np.array([high - low for low, high in around])
        width = -(-int(lengths.max()) // _STEP) * _STEP
        held = np.zeros((len(cues), width, seen.shape[1]), dtype=np.float32)
        distance = np.zeros((len(cues), width), dtype=np.int64)
        reach = self.lists.reach
        for n, ((a, b), (low, high)) in enumerate(zip(cues, around, strict=True)):
            held[n, : high - low] = seen[low:high]
            at = np.arange(low, low + width)
            distance[n] = (np.minimum(at - a, 0) + np.maximum(at - b + 1, 0)).clip(-reach, reach) + reach + 1
        means = np.stack([seen[a:b].mean(axis=0) for a, b in cues])
        mask = np.arange(width) < lengths[:, None]
        (scores,) = self._roles.run(["tags"], {"words": held, "cue": means, "distance": distance, "mask": mask})
        return best_path(scores, self.lists.moves, self.lists.first, self.lists.last, lengths)

    def _named(
        self, seen: np.ndarray, first: int, found: list[tuple[Range, Range | None, tuple[Range, ...]]]
    ) -> list[Attribution]:
        """The attributions with what the heads say of cue and source."""
        if not found:
            return []
        spans = [cue for cue, _, _ in found] + [source or cue for cue, source, _ in found]
        means = np.stack([seen[a - first : b - first].mean(axis=0) for a, b in spans])
        stance, kind = self._spans.run(["stance", "kind"], {"spans": means})
        half = len(found)
        stances, kinds = _shares(stance[:half]), _shares(kind[half:])
        return [
            Attribution(cue, source, content, stances[n], kinds[n]) for n, (cue, source, content) in enumerate(found)
        ]


def _pieces_of(words: Words, at: int) -> tuple[int, ...]:
    return tuple(words.ids[words.piece[at] : words.piece[at + 1]].tolist())


def _around(words: Words, window: Window, cue: Range, reach: int) -> Range:
    """The words of a cue's paragraph that stand in its window and within reach."""
    low, high = cue
    block = words.block[low]
    while low > max(window.first, cue[0] - reach) and words.block[low - 1] == block:
        low -= 1
    while high < min(window.last, cue[1] + reach) and words.block[high] == block:
        high += 1
    return low, high


def _nearest(sources: list[Range], cue: Range) -> Range | None:
    """The source next to its cue: a cue has one."""
    return min(sources, key=lambda s: max(s[0] - cue[1], cue[0] - s[1], 0), default=None)


def _shares(scores: np.ndarray) -> np.ndarray:
    """Logarithms of the shares that scores give."""
    top = scores - scores.max(axis=1, keepdims=True)
    shares: np.ndarray = top - np.log(np.exp(top).sum(axis=1, keepdims=True))
    return shares


def _session(path: Path) -> Any:
    """A network, on one thread: workers share the cores, and sums keep their order."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def _lists(folder: Path) -> Lists:
    told = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    return Lists(
        tuple(told["statuses"]),
        tuple(told["stances"]),
        tuple(told["kinds"]),
        np.array(told["moves"]),
        np.array(told["first"]),
        np.array(told["last"]),
        told["reach"],
        told["lift"],
        told["ends"],
        np.array(told["trust"]),
        told["sure"],
    )
