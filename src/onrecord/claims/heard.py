"""Frames that the network hears where the grammar finds none: the parser errs, or the words are not in the tables."""

from dataclasses import replace
from typing import cast

from spacy.tokens import Token

from onrecord.claims import cues, extent, subjects
from onrecord.claims.extent import Range
from onrecord.claims.frame import Frame
from onrecord.language.annotated import Heard, Sentence
from onrecord.records import Stance

_ASKED = frozenset({"whether", "if", "how", "what", "why", "when", "who", "where", "which"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_SURE = 0.9
_SURE_OF_DENIAL = 0.95
"""How much of its belief the network must give to a stance other than that which the words of the cue tell; more for a
denial, which takes what is told out of the record.
"""
_TOLD_BY_WORDS = frozenset({"declines to comment", "asserts"})
"""Silence is told by set words, which the tables know; and where the words tell a stance, the network does not take it away."""
_WORDS = 4
"""Fewer words are a thing or a name, and nobody's claim."""


def find(
    sentence: Sentence, heard: tuple[Heard, ...], framed: tuple[Frame, ...], quoted: tuple[Range, ...]
) -> tuple[Frame, ...]:
    """The frames with those that only the network hears in the sentence: a word of saying, somebody who says it, and a
    clause. Attitudes ("backs the plan"), questions put to somebody, and what stands within a quotation are no claims.
    """
    known = [*framed, *(inner for frame in framed for inner in frame.inner)]
    found = [
        frame
        for it in heard
        if sentence.start <= it.cue[0] < sentence.end
        and not extent.inside(it.cue[0], quoted)
        and not any(_meets(it, other) for other in known)
        and (frame := _frame(sentence, it)) is not None
    ]
    settled = (_settled(frame, heard) for frame in framed)
    return tuple(sorted((*settled, *found), key=lambda frame: frame.content[0]))


def _settled(frame: Frame, heard: tuple[Heard, ...]) -> Frame:
    """The frame with the stance that the network is sure of."""
    it = next((h for h in heard if h.cue[0] < frame.cue[1] and frame.cue[0] < h.cue[1]), None)
    inner = tuple(_settled(f, heard) for f in frame.inner)
    if it is None or not _sure(it) or it.stance[0] in _TOLD_BY_WORDS or frame.stance == "declines to comment":
        return replace(frame, inner=inner)
    return replace(frame, inner=inner, stance=cast("Stance", it.stance[0]))


def _meets(it: Heard, frame: Frame) -> bool:
    """Whether a frame has the same cue, or claims much of the same."""
    if it.cue[0] < frame.cue[1] and frame.cue[0] < it.cue[1]:
        return True
    shared = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in it.content for b in frame.content)
    return 2 * shared >= 0.3 * sum(end - start for start, end in (*it.content, *frame.content))


def _frame(sentence: Sentence, it: Heard) -> Frame | None:
    if it.source is None:
        return None
    cue, speaker = _head(sentence, it.cue), _head(sentence, it.source)
    if cue is None or speaker is None or subjects.is_nobody(speaker):
        return None
    known = cues.verb(cue) or cues.noun(cue) or (cues.PLAIN if cue.lower_ == "according" else None)
    if known is None or known.bare or (cue.lemma_ == "ask" and cue.tag_ == "VBN") or not _says(sentence, it):
        return None
    return Frame(
        sentence, it.cue, speaker, it.source, it.content, _stance(it, known, sentence), subjects.recipient(cue)
    )


def _says(sentence: Sentence, it: Heard) -> bool:
    """Whether the content is a clause, and no question."""
    within = [t for t in sentence.syntax if extent.inside(sentence.offset(t), it.content)]
    if not within or within[0].lower_ in _ASKED:
        return False
    words = sum(t.is_alpha or t.like_num for t in within)
    return words >= _WORDS and any(t.tag_ in _FINITE for t in within)


def _stance(it: Heard, cue: cues.Cue, sentence: Sentence) -> Stance:
    said = " ".join(extent.words(sentence, piece) for piece in it.content)
    told = cues.stance(cue, extent.words(sentence, it.cue), said)
    return cast("Stance", it.stance[0]) if _sure(it) else told


def _sure(it: Heard) -> bool:
    stance, share = it.stance
    return share >= (_SURE_OF_DENIAL if stance == "denies" else _SURE)


def _head(sentence: Sentence, words: Range) -> Token | None:
    """The word that the others of a range hang on; None where they do not stand in the sentence."""
    within = [t for t in sentence.syntax if words[0] <= sentence.offset(t) < words[1] and not t.is_punct]
    if not within:
        return None
    inside = {t.i for t in within}
    return next((t for t in within if t.head.i not in inside or t.head == t), within[0])
