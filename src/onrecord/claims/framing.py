"""Where a sentence says that somebody says something, and which words are his."""

import re
from dataclasses import replace

from spacy.tokens import Token

from onrecord.claims import asides, cues, extent, subjects
from onrecord.claims.extent import Range
from onrecord.claims.frame import Frame
from onrecord.language.annotated import Sentence

# To call is to name, with a quotation behind what is named: 'called the shelling "a crime"'.
_NAMED = re.compile(r"\A(?!(?:for|to|on|upon)\b)[^\"“”]++[\"“]")
_FIGURES = frozenset({"number", "figure", "toll", "total"})


def find(sentence: Sentence, quoted: tuple[Range, ...]) -> tuple[Frame, ...]:
    """The frames of one sentence in order, none inside a quotation; one inside what another claims is its `inner`."""
    quoted = tuple(q for q in quoted if q[1] >= sentence.start - 2 and q[0] <= sentence.end)
    frames: list[Frame] = []
    for token in sentence.syntax:
        if extent.inside(sentence.offset(token), quoted):
            continue
        frame = _frame(sentence, token, quoted, tuple(frames))
        if frame is not None and frame.content:
            frames = _placed(frame, frames)
    silent = asides.silent(sentence, quoted)
    if silent is not None and not any(f.holds(silent) or silent.holds(f) for f in frames):
        frames.append(silent)
    return tuple(sorted(frames, key=lambda frame: frame.content[0]))


def _placed(frame: Frame, frames: list[Frame]) -> list[Frame]:
    """The frames with a further one, inside or around those that are there."""
    outer = next((f for f in frames if f.holds(frame)), None)
    if outer is not None:
        return [replace(f, inner=(*f.inner, frame)) if f is outer else f for f in frames]
    inner = tuple(f for f in frames if frame.holds(f))
    return [*(f for f in frames if f not in inner), replace(frame, inner=inner)]


def _frame(sentence: Sentence, token: Token, quoted: tuple[Range, ...], before: tuple[Frame, ...]) -> Frame | None:
    aside = asides.find(sentence, token, quoted)
    if aside is not None:
        return aside
    verb = cues.verb(token)
    if verb is not None and not cues.refuses(token) and not cues.hides_speaker(token):
        return _saying(sentence, token, verb, quoted, before)
    return None


def _saying(
    sentence: Sentence, verb: Token, cue: cues.Cue, quoted: tuple[Range, ...], before: tuple[Frame, ...]
) -> Frame | None:
    """The frame of a verb of saying, before, behind or within what is said."""
    speaker = subjects.subject(verb)
    if speaker is None or subjects.is_nobody(speaker) or (verb.lemma_ == "ask" and verb.tag_ == "VBN"):
        return None
    content = _content(sentence, verb, speaker, cue, quoted, _floor(sentence, verb, before))
    if not content:
        return None
    source = subjects.words_of(sentence, subjects.relative(verb) or speaker, verb)
    said = " ".join(extent.words(sentence, piece) for piece in content)
    names = verb.lemma_ == "call" and cue.stance == "calls for" and _NAMED.match(said)
    stance = "asserts" if names else cues.stance(cue, _worded(verb), said)
    start = sentence.offset(verb)
    recipient = subjects.recipient(verb)
    return Frame(sentence, (start, start + len(verb)), speaker, source, content, stance, recipient)


def _content(
    sentence: Sentence, verb: Token, speaker: Token, cue: cues.Cue, quoted: tuple[Range, ...], floor: int
) -> tuple[Range, ...]:
    """What is claimed, from the most certain shape to the least."""
    if cue.bare:
        return _object(sentence, verb, cue)
    if not cue.strong:
        behind = _behind(sentence, verb, cue, quoted)
        if behind or not _quotation_ends(sentence, verb, speaker, quoted):
            return behind
        return extent.around(sentence, verb, speaker, quoted, floor)
    aside = _as_aside(sentence, verb, speaker, quoted)
    if aside:
        return aside
    parted = verb.i + 1 < sentence.syntax.end and verb.nbor().text == ","
    return (
        (extent.around(sentence, verb, speaker, quoted, floor) if parted else ())
        or _behind(sentence, verb, cue, quoted)
        or extent.around(sentence, verb, speaker, quoted, floor)
        or extent.late_that(sentence, verb, quoted)
    )


def _as_aside(sentence: Sentence, verb: Token, speaker: Token, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """The rest of the sentence around "as X reported"."""
    lead = next((c for c in verb.lefts if c.lower_ == "as" and c.dep_ in ("mark", "advmod")), None)
    if lead is None or verb.dep_ != "advcl" or any(c.dep_ == "ccomp" for c in verb.rights):
        return ()
    last = max((verb, speaker.right_edge if speaker.i > verb.i else verb), key=lambda token: token.i)
    return extent.around_range(sentence, sentence.offset(lead), sentence.offset(last) + len(last), quoted)


def _behind(sentence: Sentence, verb: Token, cue: cues.Cue, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """Content that follows the verb: its clause, a quotation, or what else the cue takes."""
    for child in verb.rights:
        finite = child.dep_ == "ccomp" and (cue.strong or _is_clause(child))
        if finite or (child.dep_ == "xcomp" and "infinitive" in cue.takes and child.tag_ == "VB"):
            return extent.clause(sentence, verb, child, quoted)
    quotation = extent.quotation_behind(sentence, verb, quoted)
    if quotation:
        return quotation
    if cue.strong and verb.i + 1 < sentence.syntax.end and verb.nbor().lower_ == "that":
        return extent.rest(sentence, verb.nbor(), quoted)
    return _object(sentence, verb, cue)


def _object(sentence: Sentence, verb: Token, cue: cues.Cue) -> tuple[Range, ...]:
    """An object as content: the whole clause where it is a figure or an act, else the object."""
    for child in verb.rights:
        if child.dep_ == "dobj" and cue.stance != "asserts" and "object" in cue.takes and _says_little(child):
            return (_whole(sentence, verb),)
        if child.dep_ in ("dobj", "oprd", "attr") and child.pos_ != "PRON" and verb.tag_ != "VBG":
            figure = "figure" in cue.takes and _tells_figure(verb, child)
            if figure or ("act" in cue.takes and cues.is_own_act(verb, child)):
                return (_whole(sentence, verb),)
            if "object" in cue.takes:
                end = child.right_edge.i if cue.stance != "asserts" else max(child.right_edge.i, verb.right_edge.i)
                return (extent.run(sentence, child.left_edge.i, end + 1),)
        if child.dep_ == "prep" and child.lower_ == "of" and verb.lemma_ == "speak" and _holds_number(child):
            return (_whole(sentence, verb),)
        if child.dep_ == "prep" and child.lower_ == "for" and verb.lemma_ in ("call", "appeal"):
            return (extent.subtree(sentence, child),)
    return ()


def _says_little(child: Token) -> bool:
    """Whether an object is a word like "it" or "everything", which tells nothing by itself."""
    return child.pos_ == "PRON" or child.lower_ in ("everything", "anything", "nothing")


def _tells_figure(verb: Token, child: Token) -> bool:
    """Whether an object is a figure: it holds a number, or is "the number" and the like with a number behind it."""
    if child.lemma_.lower() in _FIGURES:
        return any(t.like_num for t in verb.subtree if t.i > child.i)
    return verb.lemma_ not in ("give", "put", "make") and _holds_number(child)


def _holds_number(token: Token) -> bool:
    return any(t.like_num for t in token.subtree)


def _is_clause(head: Token) -> bool:
    return any(child.dep_ in ("nsubj", "nsubjpass", "expl") for child in head.children)


def _whole(sentence: Sentence, verb: Token) -> Range:
    """The clause of a verb with its subject."""
    start = min([verb.i, *(c.left_edge.i for c in verb.children if c.dep_ == "nsubj")])
    return extent.trimmed(sentence, start, verb.right_edge.i + 1)


def _quotation_ends(sentence: Sentence, verb: Token, speaker: Token, quoted: tuple[Range, ...]) -> bool:
    """Whether a quotation ends right before the frame."""
    at = sentence.offset(sentence.syntax.doc[min(verb.i, speaker.left_edge.i)])
    return any(0 <= at - end <= 2 for _, end in quoted)


def _floor(sentence: Sentence, verb: Token, before: tuple[Frame, ...]) -> int:
    """Where content before the verb may begin: behind what an earlier frame of the sentence has taken, unless that frame
    stands in a clause that hangs on this verb.
    """
    at = sentence.offset(verb)
    hanging = [t for child in verb.lefts if child.dep_ in ("ccomp", "parataxis", "advcl") for t in child.subtree]
    own = {sentence.offset(t) for t in hanging}
    if verb.dep_ in ("parataxis", "advcl"):
        own.add(sentence.offset(verb.head))
    earlier = [f for f in before if f.cue[0] not in own or ";" in extent.words(sentence, (f.cue[1], at))]
    ends = [end for frame in earlier for _, end in (*frame.content, frame.cue, frame.source or frame.cue) if end <= at]
    return max([sentence.start, *ends])


def _worded(verb: Token) -> str:
    """The verb with its objects: what "took credit" or "claimed responsibility" is seen by."""
    near = [t for t in verb.rights if t.dep_ in ("dobj", "acomp", "prt")]
    end = max([verb.i, *(t.right_edge.i for t in near)])
    return str(verb.doc[verb.i : end + 1].text)
