"""What a frame of saying is."""

from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.claims.extent import Range
from onrecord.language.annotated import Sentence
from onrecord.records import Stance


@dataclass(frozen=True, slots=True)
class Frame:
    """One place where somebody is said to say something. cue, source and content are ranges of offsets in the story's
    part; speaker is the head of the words that name the source, None where nobody is named. recipient: head of whom
    they spoke to. inner: frames inside the content, for a source that passes on what others say.
    """

    sentence: Sentence
    cue: Range
    speaker: Token | None
    source: Range | None
    content: tuple[Range, ...]
    stance: Stance = "asserts"
    recipient: Token | None = None
    inner: tuple["Frame", ...] = ()

    def holds(self, other: "Frame") -> bool:
        """Whether the other frame's cue lies inside what this one claims."""
        return any(start <= other.cue[0] and other.cue[1] <= end for start, end in self.content)
