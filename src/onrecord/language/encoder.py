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

from onrecord.language import occurring, pieces
from onrecord.language.decoding import BARRED, CUE_FIRST, CUE_MOVES, best_path, runs, worth
from onrecord.language.pieces import Block, Vocabulary, Window, Words

_FURTHER = 6
"""How many words further than the network alone would have it a cue may end."""
_WIDTH = 384
_SOURCE, _CONTENT = 1, 3
"""Tags of the words around a cue: each of the two begins with it and goes on with the next; 0 is neither."""
_CERTAIN = 8.0
"""More than this a source or content is not worth to its cue."""

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says what, as ranges of words: cue, source or None, and the pieces of the content in order. stances: scores of
    the closed list, as logarithms of shares.
    """

    cue: Range
    source: Range | None
    content: tuple[Range, ...]
    stances: np.ndarray


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the event that some words name has happened. certainty: 3 it has, -3 it has not; statuses: as above."""

    certainty: float
    statuses: np.ndarray


@dataclass(frozen=True, slots=True)
class Acts:
    """What the network makes of each word of a story. telling, naming: how likely it tells of an event, or only names one;
    kinds, statuses: words by the closed lists, logarithms of shares, were it such a word.
    """

    telling: np.ndarray
    naming: np.ndarray
    kinds: np.ndarray
    statuses: np.ndarray


@dataclass(frozen=True, slots=True)
class Encoded:
    """The words of a story, a vector for each, the attributions that the network finds, and its acts."""

    words: Words
    vectors: np.ndarray
    attributions: tuple[Attribution, ...]
    acts: Acts

    def range(self, headline: bool, start: int, end: int) -> Range | None:
        """The words that share a character with a stretch of the headline or text; None for none."""
        words = self.words
        text = int(np.count_nonzero(words.headline))
        first, last = (0, text) if headline else (text, len(words))
        low = first + int(np.searchsorted(words.end[first:last], start, side="right"))
        high = first + int(np.searchsorted(words.start[first:last], end, side="left"))
        return (low, high) if low < high else None

    def offsets(self, span: Range) -> Range:
        """Where a range of words stands in its part."""
        return int(self.words.start[span[0]]), int(self.words.end[span[1] - 1])


@dataclass(frozen=True, slots=True)
class Lists:
    """The closed lists in the order of the heads' scores, how tags follow each other, and how far what the words say is
    to be trusted. cues: what tells whether a cue is one; trust: for each right status and each that the words tell, the logarithm of how often that is so; kind_trust: the
    same of kinds of event, with one more column where the words tell none; sure:
    shares of network and words in the certainty, and where a plain no and a plain yes begin.
    """

    statuses: tuple[str, ...]
    stances: tuple[str, ...]
    event_kinds: tuple[str, ...]
    moves: np.ndarray
    first: np.ndarray
    last: np.ndarray
    reach: int
    lift: float
    ends: dict[str, Any]
    cues: dict[str, Any]
    trust: np.ndarray
    kind_trust: np.ndarray
    sure: dict[str, float]


@dataclass(frozen=True, slots=True)
class HalfWay:
    """A window half-way through the encoder. middle: its pieces there; where: the first piece of each word; spelled: the mean
    of each word's pieces before any layer.
    """

    middle: np.ndarray
    where: np.ndarray
    spelled: np.ndarray


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that may be a cue, those around it, the cue's vector, and the scores of the roles of those around. belief: how
    surely it is one by the network and its own words, as logarithms of odds.
    """

    words: Range
    around: Range
    vector: np.ndarray
    scores: np.ndarray
    belief: float


class Encoder:
    """The loaded network. Loading takes half a second; keep one for each process."""

    def __init__(self) -> None:
        at = Path(str(resources.files("onrecord.language").joinpath("models")))
        self.lists = _lists(at)
        self._vocabulary = Vocabulary((at / "pieces.txt").read_text(encoding="utf-8").split("\n"))
        self._last, self._next = (
            {self._vocabulary.spell(word) if word else (): odds for word, odds in self.lists.ends[which].items()}
            for which in ("last", "next")
        )
        self._known = {
            sum((self._vocabulary.spell(word) for word in cue.split()), ()): odds
            for cue, odds in self.lists.cues["known"].items()
        }
        self._windows, self._roles, self._spans, self._further, self._events = (
            _session(at / f"{name}.onnx") for name in ("encoder", "roles", "spans", "upper", "events")
        )

    def encode(self, blocks: Sequence[Block]) -> Encoded:
        """A story's words with their vectors, its attributions in the order of their cues, and its acts."""
        words = pieces.cut(blocks, self._vocabulary)
        windows = pieces.windows(words)
        seen = [self._window(words, window) for window in windows]
        vectors = _judged(words, windows, [vectors for vectors, _, _ in seen])
        attributions = self._said(words, windows, [(vectors, cues) for vectors, cues, _ in seen])
        further = _judged(words, windows, [self._upper(half) for _, _, half in seen])
        return Encoded(words, vectors, attributions, self._acts(words, further))

    def half_way(self, blocks: Sequence[Block]) -> tuple[Words, list[Window], list[HalfWay]]:
        """A story's words and windows, and what is seen half-way: for training."""
        words = pieces.cut(blocks, self._vocabulary)
        windows = pieces.windows(words)
        return words, windows, [self._window(words, window)[2] for window in windows]

    def _said(
        self, words: Words, windows: Sequence[Window], seen: Sequence[tuple[np.ndarray, np.ndarray]]
    ) -> tuple[Attribution, ...]:
        """The attributions of a story. seen: vectors of each window's words, and their scores of being a cue."""
        lift = np.array([0.0, self.lists.lift, self.lists.lift], dtype=np.float32)
        scores = [cues + lift for _, cues in seen]
        tags = best_path(*_padded(scores), CUE_MOVES, CUE_FIRST, np.zeros(len(CUE_FIRST)))
        cues = [
            self._cue(held, window.first, cue, pieces.around(words, window, cue, self.lists.reach), belief)
            for (held, plain), window, score, row in zip(seen, windows, scores, tags, strict=True)
            for cue in self._ended(words, window, _shares(score), runs(row, 1))
            if window.begin <= cue[0] < window.end
            for belief in (self._belief(words, cue, plain[cue[0] - window.first]),)
        ]
        return self._attributions(cues)

    def _upper(self, half: HalfWay) -> np.ndarray:
        """What the layers for events see of the words of a window, and how these are spelled."""
        (seen,) = self._further.run(["seen"], {"middle": half.middle[None]})
        return np.concatenate((seen[0, half.where], half.spelled), axis=1)

    def _acts(self, words: Words, seen: np.ndarray) -> Acts:
        """One stretch is one run of the light layer."""
        lists = self.lists
        made = [
            np.zeros((len(words), size), dtype=np.float32)
            for size in (occurring.TAGS, len(lists.event_kinds), len(lists.statuses))
        ]
        for held, own in occurring.stretched(len(words)):
            where = occurring.place(words.block, words.headline, held)
            found = self._events.run(["tags", "kinds", "statuses"], {"words": seen[held][None], "place": where[None]})
            for whole, scores in zip(made, found, strict=True):
                whole[held[own]] = _shares(scores[0, own])
        tags, kinds, statuses = made
        telling, naming = (np.exp(tags[:, tag]).sum(axis=1) for tag in (occurring.TELLS, occurring.NAMES))
        return Acts(telling, naming, kinds, statuses)

    def judge(self, encoded: Encoded, spans: Sequence[Range]) -> list[Judgement]:
        """What the network says of the event that each range of words names."""
        if not spans:
            return []
        means = np.stack([encoded.vectors[a:b].mean(axis=0) for a, b in spans])
        certainty, status = self._spans.run(["certainty", "status"], {"spans": means})
        shares = _shares(status)
        return [Judgement(float(np.clip(c, -3, 3)), s) for c, s in zip(certainty[:, 0], shares, strict=True)]

    def _window(self, words: Words, window: Window) -> tuple[np.ndarray, np.ndarray, HalfWay]:
        """Vectors and scores of being a cue for the words of a window, and what is seen of them half-way."""
        ids, features, segments, where = pieces.fill(words, window)
        given = {"ids": ids[None], "features": features[None], "segments": segments[None]}
        vectors, cues, middle, first = self._windows.run(["vectors", "cues", "middle", "first"], given)
        counts = np.diff(words.piece[window.first : window.last + 1])
        spelled = np.zeros((len(where), _WIDTH), dtype=np.float32)
        for more in range(int(counts.max(initial=0))):
            longer = counts > more
            spelled[longer] += first[0, where[longer] + more]
        return (
            vectors[0, where],
            cues[0, where],
            HalfWay(middle[0], where, spelled / counts[:, None].astype(np.float32)),
        )

    def _attributions(self, cues: list[_Cue]) -> tuple[Attribution, ...]:
        """Those of the cues for which the network finds a content, and, where somebody is found who says it, that are
        likely cues by all that is known of them.
        """
        if not cues:
            return ()
        lists = self.lists
        scores, lengths = _padded([it.scores for it in cues])
        # The same words read freely, without a content, and without a source: what either is worth tells of the cue
        ways = np.concatenate((scores, _barred(scores, _CONTENT), _barred(scores, _SOURCE)))
        told = (ways, np.tile(lengths, 3))
        tags = best_path(*told, lists.moves, lists.first, lists.last)
        free, silent, nameless = worth(*told, tags, lists.moves, lists.first, lists.last).reshape(3, -1)
        said: list[tuple[_Cue, Range | None, tuple[Range, ...]]] = []
        for number, it in enumerate(cues):
            row, (low, high) = tags[number], it.around
            content = tuple((a + low, b + low) for a, b in runs(row[: high - low], _CONTENT))
            source = _nearest([(a + low, b + low) for a, b in runs(row[: high - low], _SOURCE)], it.words)
            gained = free[number] - np.array([silent[number], nameless[number]])
            if content and (source is None or self._is_cue(it, *gained.clip(max=_CERTAIN).tolist())):
                said.append((it, source, content))
        if not said:
            return ()
        (stances,) = self._spans.run(["stance"], {"spans": np.stack([it.vector for it, _, _ in said])})
        return tuple(
            Attribution(it.words, source, content, told)
            for (it, source, content), told in zip(said, _shares(stances), strict=True)
        )

    def _ended(self, words: Words, window: Window, shares: np.ndarray, cues: list[Range]) -> list[Range]:
        """The cues with their ends where the network and the words' own habit of ending cues agree best: it judges word by
        word, and would stop in the midst of "said in a statement". cues: counted from the window's first word.
        """
        ended: list[Range] = []
        for number, (start, end) in enumerate(cues):
            stop = min(cues[number + 1][0] if number + 1 < len(cues) else len(shares), end + _FURTHER)
            gained = np.concatenate(([0.0], np.cumsum(shares[start + 1 : stop, 2] - shares[start + 1 : stop, 0])))
            habit = np.array([self._habit(words, window.first + at) for at in range(start, stop)])
            last = start + int((gained + habit).argmax())
            ended.append((start + window.first, last + 1 + window.first))
        return ended

    def _is_cue(self, it: _Cue, content: float, source: float) -> bool:
        """Whether a cue is likely one. content, source: how much better its words read with one than without."""
        cues = self.lists.cues
        return bool(it.belief + cues["content"] * content + cues["source"] * source > cues["least"])

    def _belief(self, words: Words, cue: Range, scores: np.ndarray) -> float:
        """How surely words are a cue: by the network's scores of the first, and by how often the same words are one."""
        begins = float(np.exp(_shares(scores[None])[0, 1]).clip(1e-9, 1 - 1e-6))
        spelled = tuple(words.ids[words.piece[cue[0]] : words.piece[cue[1]]].tolist())
        cues = self.lists.cues
        known = float(self._known.get(spelled, cues["unknown"]))
        return float(np.log(begins / (1 - begins))) + float(cues["words"]) * known

    def _habit(self, words: Words, at: int) -> float:
        """How likely a cue ends with a word, by that word and the next alone: a logarithm."""
        ends = self.lists.ends
        goes_on = at + 1 < len(words) and words.block[at + 1] == words.block[at]
        following = _pieces_of(words, at + 1) if goes_on else ()
        odds = ends["usual"] + self._last.get(_pieces_of(words, at), 0.0) + self._next.get(following, 0.0)
        return -float(ends["weight"]) * float(np.log1p(np.exp(-odds)))

    def _cue(self, seen: np.ndarray, first: int, words: Range, around: Range, belief: float) -> _Cue:
        """A cue with the scores of the words around it. seen: vectors of a window's words; first: which of the story's the
        first of them is.
        """
        (a, b), (low, high), reach = words, around, self.lists.reach
        at, mean = np.arange(low, high), seen[a - first : b - first].mean(axis=0)
        distance = (np.minimum(at - a, 0) + np.maximum(at - b + 1, 0)).clip(-reach, reach) + reach + 1
        given = {"words": seen[None, low - first : high - first], "cue": mean[None], "distance": distance[None]}
        return _Cue(words, around, mean, self._roles.run(["tags"], given)[0][0], belief)


def _judged(words: Words, windows: Sequence[Window], seen: Sequence[np.ndarray]) -> np.ndarray:
    """What was seen of each word in the window that judges it."""
    held = [rows[w.begin - w.first : w.end - w.first] for w, rows in zip(windows, seen, strict=True)]
    return np.concatenate(held) if held else np.zeros((0, _WIDTH), dtype=np.float32)


def _padded(rows: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Scores of different lengths as one array, and their lengths."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    if not rows:
        return np.zeros((0, 0, 1)), lengths
    filled = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]))
    for number, row in enumerate(rows):
        filled[number, : len(row)] = row
    return filled, lengths


def _barred(scores: np.ndarray, tag: int) -> np.ndarray:
    """The scores with no way through a tag and the one that goes on with it."""
    barred = scores.copy()
    barred[:, :, tag : tag + 2] = BARRED
    return barred


def _pieces_of(words: Words, at: int) -> tuple[int, ...]:
    return tuple(words.ids[words.piece[at] : words.piece[at + 1]].tolist())


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
    # Without it sums of whole numbers overflow where the processor has no instructions of its own for them. What fractions add up to
    # still differs by last bits from one processor to another
    options.add_session_config_entry("session.x64quantprecision", "1")
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@cache
def network_name() -> str:
    """What tells the shipped network from others."""
    return resources.files("onrecord.language").joinpath("models/name.txt").read_text(encoding="utf-8").strip()


def _lists(folder: Path) -> Lists:
    told = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    return Lists(
        tuple(told["statuses"]),
        tuple(told["stances"]),
        tuple(told["event_kinds"]),
        np.array(told["moves"]),
        np.array(told["first"]),
        np.array(told["last"]),
        told["reach"],
        told["lift"],
        told["ends"],
        told["cues"],
        np.array(told["trust"]),
        np.array(told["kind_trust"]),
        told["sure"],
    )
