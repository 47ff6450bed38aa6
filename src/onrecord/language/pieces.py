"""Cuts a story into the pieces that the encoder knows, and those into windows of bounded length.

Words are runs of letters and digits, or one sign. Each word has one or more pieces of the encoder's vocabulary, and a
feature that the vocabulary, which knows no capitals, cannot tell: its shape, and whether it stands in quotation marks.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

WINDOW = 256
"""Pieces of a window at most, the first one and the breaks between paragraphs counted in."""
BEHIND = 32
"""Pieces of what stands before that a window sees and does not judge."""
AHEAD = 24
"""The same of what follows, where a window ends within a paragraph."""
START, BREAK, UNKNOWN = 101, 102, 100
"""[CLS] opens a window, [SEP] stands between paragraphs, [UNK] for what cannot be spelled."""
_SPELLED_AT_MOST = 16
"""Pieces of a word: one of more is no word, and would fill a window."""
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_OPENING, _CLOSING, _TURNING = "“„«", "”»", '"'


@dataclass(frozen=True, slots=True)
class Block:
    """A headline or a paragraph. base: where its first character stands in the part."""

    headline: bool
    base: int
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a story in their order. start, end: offsets in the part; block: number of the paragraph; headline:
    whether it is the headline's; piece: where the word's first piece stands in `ids`, one more at the end. ids: all
    pieces; features: 0 to 7 for each word.
    """

    start: np.ndarray
    end: np.ndarray
    block: np.ndarray
    headline: np.ndarray
    piece: np.ndarray
    ids: np.ndarray
    features: np.ndarray

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Window:
    """Words `first` to `last` (one behind) of a story, of which those from `begin` to `end` are judged here."""

    first: int
    begin: int
    end: int
    last: int


class Vocabulary:
    """Spells words in the pieces of the encoder: WordPiece, lower case, without accents. words: its pieces in order."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._ids = {piece: number for number, piece in enumerate(pieces)}
        self._spelled: dict[str, tuple[int, ...]] = {}

    def spell(self, word: str) -> tuple[int, ...]:
        """The ids of a word's pieces, one at least."""
        known = self._spelled.get(word)
        if known is None:
            # Texts hold ever new words; the same few thousand make up most of them
            if len(self._spelled) > 50_000:
                self._spelled.clear()
            known = self._spelled[word] = tuple(self._longest(_plain(word)))
        return known

    def _longest(self, word: str) -> list[int]:
        """The longest known piece, again and again; one unknown where some rest has none."""
        found: list[int] = []
        at = 0
        while at < len(word):
            mark = "##" if at else ""
            end = next((e for e in range(len(word), at, -1) if mark + word[at:e] in self._ids), at)
            if end == at or len(found) == _SPELLED_AT_MOST:
                return found if end > at else [UNKNOWN]
            found.append(self._ids[mark + word[at:end]])
            at = end
        return found or [UNKNOWN]


def _plain(word: str) -> str:
    """The word as the vocabulary knows it."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in apart if unicodedata.category(c) != "Mn")


def cut(blocks: Iterable[Block], vocabulary: Vocabulary) -> Words:
    """The words of a story's blocks, with their pieces."""
    start: list[int] = []
    end: list[int] = []
    block: list[int] = []
    headline: list[bool] = []
    features: list[int] = []
    ids: list[int] = []
    piece = [0]
    for number, it in enumerate(blocks):
        quoted = False
        for match in _WORD.finditer(it.text):
            word = match.group()
            opens, closes = _turns(it.text, match.start(), word, quoted)
            quoted = quoted or opens
            start.append(it.base + match.start())
            end.append(it.base + match.end())
            block.append(number)
            headline.append(it.headline)
            features.append(2 * _shape(word) + quoted)
            ids.extend(vocabulary.spell(word))
            piece.append(len(ids))
            quoted = quoted and not closes
    return Words(
        np.array(start, dtype=np.int64),
        np.array(end, dtype=np.int64),
        np.array(block, dtype=np.int64),
        np.array(headline, dtype=bool),
        np.array(piece, dtype=np.int64),
        np.array(ids, dtype=np.int64),
        np.array(features, dtype=np.int64),
    )


def windows(words: Words, phase: int = 0) -> list[Window]:
    """The windows of a story: each word is judged in one. A window ends with a paragraph where one ends in its second
    half. phase: fewer pieces for the first window, so that training sees other cuts.
    """
    found: list[Window] = []
    begin, total = 0, len(words)
    while begin < total:
        first = _back(words, begin, BEHIND)
        room = WINDOW - 1 - _size(words, first, begin) - (phase if not found else 0)
        end = _forward(words, begin, room)
        last = end
        if end < total:
            half = _forward(words, begin, room // 2)
            breaks = [at for at in range(end, half, -1) if words.block[at] != words.block[at - 1]]
            if breaks:
                end = last = breaks[0]
            else:
                end = max(_back(words, end, AHEAD), begin + 1)
        found.append(Window(first, begin, end, last))
        begin = end
    return found


def fill(words: Words, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of a window: ids, features and segments (1 for a headline) of its pieces, and where each word's first piece is."""
    first, last = window.first, window.last
    counts = np.diff(words.piece[first : last + 1])
    breaks = np.diff(words.block[first:last], prepend=words.block[first]) != 0
    where = 1 + np.concatenate(([0], np.cumsum(counts)[:-1])) + np.cumsum(breaks)
    length = 1 + int(counts.sum()) + int(breaks.sum())
    ids, features, segments = (np.zeros(length, dtype=np.int64) for _ in range(3))
    ids[0] = START
    ids[where[breaks] - 1] = BREAK
    places = np.repeat(where - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) + np.arange(int(counts.sum()))
    ids[places] = words.ids[words.piece[first] : words.piece[last]]
    features[places] = np.repeat(words.features[first:last], counts)
    segments[places] = np.repeat(words.headline[first:last], counts)
    return ids, features, segments, where


def around(words: Words, window: Window, cue: tuple[int, int], reach: int) -> tuple[int, int]:
    """The words that can be source or content of a cue: those of its paragraph that stand in its window and within reach."""
    low, high = cue
    block = words.block[low]
    while low > max(window.first, cue[0] - reach) and words.block[low - 1] == block:
        low -= 1
    while high < min(window.last, cue[1] + reach) and words.block[high] == block:
        high += 1
    return low, high


def _size(words: Words, first: int, last: int) -> int:
    """Pieces of the words, with the breaks between their paragraphs."""
    if last <= first:
        return 0
    breaks = int(words.block[min(last, len(words) - 1)] - words.block[first])
    return int(words.piece[last] - words.piece[first]) + breaks


def _forward(words: Words, begin: int, room: int) -> int:
    """How far words reach from one on, in so many pieces; one at least."""
    low, high = begin + 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if _size(words, begin, middle) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def _back(words: Words, end: int, room: int) -> int:
    """From which word on what stands before fits so many pieces."""
    first = end
    while first > 0 and _size(words, first - 1, end) <= room:
        first -= 1
    return first


def _shape(word: str) -> int:
    if word.isupper() and len(word) > 1:
        return 2
    if word[0].isupper():
        return 1
    return 3 if any(c.isdigit() for c in word) else 0


def _turns(text: str, at: int, word: str, quoted: bool) -> tuple[bool, bool]:
    """Whether a sign opens quotation marks, and whether it closes them behind itself. The mark itself counts as quoted."""
    if word in _OPENING:
        return True, False
    if word in _CLOSING:
        return False, True
    doubled = word in "'`’‘" and text[at : at + 2] == word * 2
    if word in _TURNING or doubled:
        return not quoted, quoted and not doubled
    if word in "'`’" and at and text[at - 1] == word:
        # the second of two apostrophes that stand for one mark: it closes where the pair does not open
        closes = at + 1 >= len(text) or not text[at + 1].isalnum()
        return False, quoted and closes
    return False, False
