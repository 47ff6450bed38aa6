"""What no words of saying go with: sentences that go on with what a source said, and those that the story tells itself."""

from spacy.tokens import Token

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


def continued(sentence: Sentence, covered: tuple[Range, ...]) -> Range | None:
    """The sentence's words, if nothing of it is claimed and its tense is that of reported speech ("jets would first knock
    out the radar"): behind what a source said, that is what the source went on to say.
    """
    if any(start < sentence.end and sentence.start < end for start, end in covered):
        return None
    verb = sentence.syntax.root
    verbs = [verb, *(c for c in verb.children if c.dep_ == "conj" and c.tag_ == "VBD")]
    if sentence.syntax.text.rstrip().endswith("?") or not all(_is_reported(v) for v in verbs):
        return None
    start, end = extent.trimmed(sentence, sentence.syntax.start, sentence.syntax.end)
    return (start, end) if end > start else None


def _is_reported(verb: Token) -> bool:
    """Whether a verb stands in the tense of reported speech, and not as what its subject would not do."""
    helpers = {c.lower_ for c in verb.children if c.dep_ in ("aux", "auxpass", "neg")}
    return bool(helpers & {"would", "had"}) and not helpers & {"not", "n't", "n’t", "could"}
