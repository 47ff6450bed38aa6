"""What the reading stages see of a story: its sentences with syntax, each knowing where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import spacy.tokens

from onrecord.language.encoder import Encoded, Encoder, Judgement, Range
from onrecord.records import Part, Span, Story


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. syntax: the spaCy span, whose tokens carry lemma, part of speech, dependency and entity type.
    base: where the paragraph's first character stands in the story's part, so that a token begins at
    `base + token.idx`. paragraph: its number within the part; index: the sentence's number within the story. text: the
    sentence as it stands; start, end: where it stands in the part.
    """

    story: str
    part: Part
    base: int
    paragraph: int
    index: int
    syntax: spacy.tokens.Span

    text: str = field(init=False)
    start: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        # Asked for again and again: spaCy puts them together anew each time
        object.__setattr__(self, "text", str(self.syntax.text))
        object.__setattr__(self, "start", self.base + int(self.syntax.start_char))
        object.__setattr__(self, "end", self.base + int(self.syntax.end_char))

    def offset(self, token: spacy.tokens.Token) -> int:
        """Where a token begins in the part."""
        return self.base + int(token.idx)


@dataclass(frozen=True, slots=True)
class Heard:
    """An attribution that the network finds in the text, in offsets: who says what. source: None where nobody is named.
    stance: what it makes of it, with the share that it gives that.
    """

    cue: Range
    source: Range | None
    content: tuple[Range, ...]
    stance: tuple[str, float]


@dataclass(frozen=True, slots=True)
class Act:
    """What the network makes of words as ones that tell of an event. tells, names: how likely they tell of it, or only name
    it; kinds, statuses: logarithms of shares, in the order of the closed lists that `Encoder.lists` keeps.
    """

    tells: float
    names: float
    kinds: np.ndarray
    statuses: np.ndarray


@dataclass(frozen=True, slots=True)
class Annotated:
    """A story with its sentences in reading order, the headline's first. Furniture has no sentences. encoded: what the
    encoder saw in its one pass, which `judged` and `heard` read from.
    """

    story: Story
    sentences: tuple[Sentence, ...]
    encoded: Encoded
    encoder: Encoder

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

    def heard(self) -> tuple[Heard, ...]:
        """The attributions of the text, the headline left out, in the order of their cues."""
        encoded, lists = self.encoded, self.encoder.lists
        return tuple(
            Heard(
                encoded.offsets(found.cue),
                encoded.offsets(found.source) if found.source is not None else None,
                tuple(encoded.offsets(piece) for piece in found.content),
                _likeliest(lists.stances, found.stances),
            )
            for found in encoded.attributions
            if not encoded.words.headline[found.cue[0]]
        )

    def judged(self, part: Part, start: int, end: int) -> Judgement | None:
        """What the network says of the event that the words between two offsets name; None where there are none."""
        held = self.encoded.range(part == "headline", start, end)
        return self.encoder.judge(self.encoded, [held])[0] if held is not None else None

    def act(self, part: Part, start: int, end: int) -> Act | None:
        """What the network makes of the words between two offsets as ones that tell of an event; None where there are none."""
        held = self.encoded.range(part == "headline", start, end)
        if held is None:
            return None
        acts, words = self.encoded.acts, slice(*held)
        tells, names = float(acts.telling[words].max()), float(acts.naming[words].max())
        return Act(tells, names, acts.kinds[words].mean(axis=0), acts.statuses[words].mean(axis=0))

    def tells(self, part: Part, start: int, end: int) -> float:
        """How likely the words between two offsets tell of an event; 0 where there are none."""
        held = self.encoded.range(part == "headline", start, end)
        return float(self.encoded.acts.telling[slice(*held)].max()) if held is not None else 0.0

    def body(self) -> Iterator[Sentence]:
        """The sentences of the text, without the headline."""
        return (s for s in self.sentences if s.part == "text")


def _likeliest(words: tuple[str, ...], shares: np.ndarray) -> tuple[str, float]:
    best = int(shares.argmax())
    return words[best], float(np.exp(shares[best]))
