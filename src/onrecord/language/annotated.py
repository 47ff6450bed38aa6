"""What the reading stages see of a story: its sentences with syntax, each knowing where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

import spacy.tokens

from onrecord.records import Part, Span, Story


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. syntax: the spaCy span, whose tokens carry lemma, part of speech, dependency and entity type.
    base: where the paragraph's first character stands in the story's part, so that a token begins at
    `base + token.idx`. paragraph: its number within the part; index: the sentence's number within the story.
    """

    story: str
    part: Part
    base: int
    paragraph: int
    index: int
    syntax: spacy.tokens.Span

    @property
    def start(self) -> int:
        """Offset of the first character in the part."""
        return self.base + int(self.syntax.start_char)

    @property
    def end(self) -> int:
        """Offset behind the last character in the part."""
        return self.base + int(self.syntax.end_char)

    @property
    def text(self) -> str:
        """The sentence as it stands."""
        return str(self.syntax.text)

    def offset(self, token: spacy.tokens.Token) -> int:
        """Where a token begins in the part."""
        return self.base + int(token.idx)


@dataclass(frozen=True, slots=True)
class Annotated:
    """A story with its sentences in reading order, the headline's first. Furniture has no sentences."""

    story: Story
    sentences: tuple[Sentence, ...]

    def span(self, part: Part, start: int, end: int) -> Span:
        """The evidence between two offsets, white space at its ends left out."""
        words = self.story.words(part)
        while start < end and words[start].isspace():
            start += 1
        while end > start and words[end - 1].isspace():
            end -= 1
        return Span(self.story.id, part, start, end, words[start:end])

    def of_tokens(self, sentence: Sentence, tokens: spacy.tokens.Span) -> Span:
        """The evidence that a run of tokens is."""
        return self.span(sentence.part, sentence.base + int(tokens.start_char), sentence.base + int(tokens.end_char))

    def body(self) -> Iterator[Sentence]:
        """The sentences of the text, without the headline."""
        return (s for s in self.sentences if s.part == "text")
