"""What a story tells in its own voice: sentences about violence that no source stands behind."""

from onrecord.claims import cues, extent
from onrecord.claims.extent import Range
from onrecord.language.annotated import Sentence


def told(sentence: Sentence, covered: tuple[Range, ...]) -> Range | None:
    """The sentence's clause, if nothing of it is claimed by a source, it has a finite verb, and it tells of violence."""
    if any(start < sentence.end and sentence.start < end for start, end in covered):
        return None
    tokens = list(sentence.syntax)
    if tokens[-1].text == "?" or not any(cues.tells_of_violence(t) for t in tokens):
        return None
    if not any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in tokens):
        return None
    start, end = extent.trimmed(sentence, sentence.syntax.start, sentence.syntax.end)
    return (start, end) if end > start else None
