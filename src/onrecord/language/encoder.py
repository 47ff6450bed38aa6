"""Runs the shipped network: one pass of the encoder for a story, from which all heads read.

One window is one run of the encoder, and one cue one run of the roles, as long as they are and with nothing beside them, so
that what is found in a story is the same to the last bit whatever else is read. (The numbers of eight bits take their
scale from all that is in a run.)
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

_FURTHER = 6
"""How many words further than the network alone would have it a cue may end."""
_WIDTH = 384
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
    ends: dict[str, Any]
    trust: np.ndarray
    sure: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words of a window that are a cue, and those around it; counted from the window's first."""

    window: int
    words: Range
    around: Range


class Encoder:
    """The loaded network. Loading takes half a second; keep one for each process. folder: with the network's files;
    None for the shipped ones.
    """

    def __init__(self, folder: Path | None = None) -> None:
        at = folder if folder is not None else Path(str(resources.files("onrecord.language").joinpath("models")))
        self.lists = _lists(at)
        self._vocabulary = Vocabulary((at / "pieces.txt").read_text(encoding="utf-8").split("\n"))
        self._last, self._next = (
            {self._vocabulary.spell(word) if word else (): odds for word, odds in self.lists.ends[which].items()}
            for which in ("last", "next")
        )
        self._windows, self._roles, self._spans = (
            _session(at / f"{name}.onnx") for name in ("encoder", "roles", "spans")
        )

    def encode(self, blocks: Sequence[Block]) -> Encoded:
        """A story's words with their vectors, and its attributions in the order of their cues."""
        words = pieces.cut(blocks, self._vocabulary)
        windows = pieces.windows(words)
        vectors = np.zeros((len(words), _WIDTH), dtype=np.float32)
        seen: list[np.ndarray] = []
        scores: list[np.ndarray] = []
        for window in windows:
            held, cue = self._window(words, window)
            vectors[window.begin : window.end] = held[window.begin - window.first : window.end - window.first]
            seen.append(held)
            scores.append(cue + np.array([0.0, self.lists.lift, self.lists.lift], dtype=np.float32))
        tags = best_path(*_padded(scores), _CUE_MOVES, _CUE_FIRST, np.zeros(len(_CUE_FIRST)))
        found = [
            _Cue(number, cue, _around(words, window, cue, self.lists.reach))
            for number, window in enumerate(windows)
            for cue in self._ended(words, window, _shares(scores[number]), runs(tags[number], 1))
            if window.begin <= cue[0] + window.first < window.end
        ]
        return Encoded(words, vectors, self._attributions(windows, seen, found))

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
        given = {"ids": ids[None], "features": features[None], "segments": segments[None]}
        seen, scores = self._windows.run(["vectors", "cues"], given)
        return seen[0, where], scores[0, where]

    def _attributions(self, windows: list[Window], seen: list[np.ndarray], cues: list[_Cue]) -> tuple[Attribution, ...]:
        """Those of the cues for which the network finds a content."""
        lists = self.lists
        scores = [self._roles_of(seen[it.window], it.words, it.around) for it in cues]
        tags = best_path(*_padded(scores), lists.moves, lists.first, lists.last)
        said: list[tuple[_Cue, Range | None, tuple[Range, ...]]] = []
        for it, row in zip(cues, tags, strict=True):
            low, high = it.around
            content = tuple((a + low, b + low) for a, b in runs(row[: high - low], 3))
            sources = [(a + low, b + low) for a, b in runs(row[: high - low], 1)]
            if content:
                said.append((it, _nearest(sources, it.words), content))
        if not said:
            return ()
        spans = [(it.window, it.words) for it, _, _ in said] + [
            (it.window, source or it.words) for it, source, _ in said
        ]
        stance, kind = self._spans.run(
            ["stance", "kind"], {"spans": np.stack([seen[n][a:b].mean(axis=0) for n, (a, b) in spans])}
        )
        stances, kinds = _shares(stance[: len(said)]), _shares(kind[len(said) :])
        return tuple(
            Attribution(
                _moved(it.words, windows[it.window]),
                _moved(source, windows[it.window]) if source is not None else None,
                tuple(_moved(piece, windows[it.window]) for piece in content),
                stances[n],
                kinds[n],
            )
            for n, (it, source, content) in enumerate(said)
        )

    def _ended(self, words: Words, window: Window, shares: np.ndarray, cues: list[Range]) -> list[Range]:
        """The cues with their ends where the network and the words' own habit of ending cues agree best: it judges word by
        word, and would stop in the midst of "said in a statement".
        """
        ended: list[Range] = []
        for number, (start, end) in enumerate(cues):
            stop = min(cues[number + 1][0] if number + 1 < len(cues) else len(shares), end + _FURTHER)
            gained = np.concatenate(([0.0], np.cumsum(shares[start + 1 : stop, 2] - shares[start + 1 : stop, 0])))
            habit = np.array([self._habit(words, window.first + at) for at in range(start, stop)])
            ended.append((start, start + 1 + int((gained + habit).argmax())))
        return ended

    def _habit(self, words: Words, at: int) -> float:
        """How likely a cue ends with a word, by that word and the next alone: a logarithm."""
        ends = self.lists.ends
        goes_on = at + 1 < len(words) and words.block[at + 1] == words.block[at]
        following = _pieces_of(words, at + 1) if goes_on else ()
        odds = ends["usual"] + self._last.get(_pieces_of(words, at), 0.0) + self._next.get(following, 0.0)
        return -float(ends["weight"]) * float(np.log1p(np.exp(-odds)))

    def _roles_of(self, seen: np.ndarray, cue: Range, around: Range) -> np.ndarray:
        """The scores of the roles of the words around a cue."""
        (a, b), (low, high), reach = cue, around, self.lists.reach
        at = np.arange(low, high)
        distance = (np.minimum(at - a, 0) + np.maximum(at - b + 1, 0)).clip(-reach, reach) + reach + 1
        given = {"words": seen[None, low:high], "cue": seen[a:b].mean(axis=0)[None], "distance": distance[None]}
        scores: np.ndarray = self._roles.run(["tags"], given)[0][0]
        return scores


def _padded(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Scores of different lengths as one array, and their lengths."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    if not rows:
        return np.zeros((0, 0, 1)), lengths
    filled = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]))
    for number, row in enumerate(rows):
        filled[number, : len(row)] = row
    return filled, lengths


def _moved(words: Range, window: Window) -> Range:
    """Words of a window as words of the story."""
    return words[0] + window.first, words[1] + window.first


def _pieces_of(words: Words, at: int) -> tuple[int, ...]:
    return tuple(words.ids[words.piece[at] : words.piece[at + 1]].tolist())


def _around(words: Words, window: Window, cue: Range, reach: int) -> Range:
    """The words of a cue's paragraph that stand in its window and within reach; all counted from the window's first."""
    low, high = first, end = _moved(cue, window)
    block = words.block[low]
    while low > max(window.first, first - reach) and words.block[low - 1] == block:
        low -= 1
    while high < min(window.last, end + reach) and words.block[high] == block:
        high += 1
    return low - window.first, high - window.first


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
def network_name() -> str:
    """What tells the shipped network from others."""
    return resources.files("onrecord.language").joinpath("models/name.txt").read_text(encoding="utf-8").strip()


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
