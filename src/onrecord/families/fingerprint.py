"""What of a story's text can be found again elsewhere: its 5-word runs and quotations in a copy, its facts and words in another report of the same event."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rensa import RMinHash

from onrecord.records import Story
from onrecord.wording.words import UNSPACED

PERMUTATIONS = 128
"""MinHash values of a signature: the error of an estimated overlap is at most 1 / (2 * sqrt(128)), about 0.044."""
RUN = 5
"""Words of a run. Five in a row are seldom the same by chance, and a changed word spoils only five runs."""
QUOTE_WORDS = 6
"""Words from which a quotation, or a sentence of one, is taken to be found again only where it was copied."""

_SEED = 20_000
_MOST_FACTS = 400
_MOST_WORDS = 300
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_LONGEST_QUOTATION = 1500
_CLOSING = {'"': ('"', 10), "“": ("”", 10), "„": ("“”", 10), "«": ("»", 10), "「": ("」", 5)}
"""By the mark that opens a quotation: those that close it, and how many characters it has at least."""
_OPENING = re.compile("[" + "".join(_CLOSING) + "]")
_SENTENCE_END = re.compile(r"[.!?…。！？]+")
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:[,.]\d{3})+|\d{1,9})(?![\d,.]\d)(?:[ \u00a0-]([^\W\d_]{3,40}))?")
_NAME = re.compile(r"(?<=[\w,;:] )[^\W\d_a-z][\w'’-]{2,40}(?: [^\W\d_a-z][\w'’-]{1,40}){0,3}")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """signature: 128 MinHash values of the 5-word runs and, last, how many different runs there are; () for a text
    without a word. quotes: sentences of six words or more that stand in quotation marks, folded. facts: numbers with
    the word behind them, and names, folded; words: the first 300 different words of the text, folded, in their order.
    Quotes and facts are sorted, each once.
    """

    signature: tuple[int, ...]
    quotes: tuple[str, ...]
    facts: tuple[str, ...]
    words: tuple[str, ...]


def fingerprint(story: Story) -> Fingerprint:
    """The fingerprint of a story's text, furniture left out. Needs no syntax; works for any language."""
    text = _reporting(story)
    words = folded(text)
    return Fingerprint(_signature(words), _quotes(text), _facts(text), _words(words))


def folded(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation."""
    return tuple(_WORD.findall(text.replace("’", "").replace("'", "").casefold()))


def _reporting(story: Story) -> str:
    """The text without its furniture; a blank line stands where some was."""
    pieces, at = [], 0
    for piece in sorted(story.furniture, key=lambda piece: (piece.start, piece.end)):
        pieces.append(story.text[at : max(at, piece.start)])
        at = max(at, piece.end)
    pieces.append(story.text[at:])
    return "\n\n".join(pieces)


def _signature(words: tuple[str, ...]) -> tuple[int, ...]:
    if not words:
        return ()
    runs = {" ".join(words[at : at + RUN]) for at in range(max(1, len(words) - RUN + 1))}
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    # Bytes, so that nothing depends on how the interpreter keeps a string; sorted, so that nothing depends on a set.
    sketch.update([run.encode() for run in sorted(runs)])
    return (*(int(value) for value in sketch.digest()), len(runs))


def _quotes(text: str) -> tuple[str, ...]:
    found = set()
    for words in _quoted(text):
        for sentence in _SENTENCE_END.split(words):
            kept = folded(sentence)
            if len(kept) >= QUOTE_WORDS:
                found.add(" ".join(kept))
    return tuple(sorted(found))


def _quoted(text: str) -> Iterator[str]:
    """The words between quotation marks, within one line. By searches for single marks: an expression would read on from
    every mark that nothing closes.
    """
    at = 0
    while opened := _OPENING.search(text, at):
        start = opened.end()
        marks, least = _CLOSING[opened.group()]
        ends = [text.find(mark, start, start + _LONGEST_QUOTATION + 1) for mark in marks]
        end = min((end for end in ends if end >= 0), default=-1)
        closed = end - start >= least and text.find("\n", start, end) < 0
        if closed:
            yield text[start:end]
        at = end + 1 if closed else start


def _words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if len(word) > 1))[:_MOST_WORDS]


def _facts(text: str) -> tuple[str, ...]:
    found = set()
    for match in _NUMBER.finditer(text):
        number = re.sub(r"[,.]", "", match.group(1))
        found.add(" ".join((number, *folded(match.group(2) or ""))))
    for match in _NAME.finditer(text):
        found.add(" ".join(folded(match.group())))
    return tuple(sorted(found)[:_MOST_FACTS])
