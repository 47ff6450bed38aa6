"""How far the words claimed reach."""

from spacy.tokens import Token

from onrecord.claims import cues
from onrecord.language.annotated import Sentence

Range = tuple[int, int]

_SOFT = frozenset({",", ";", ":", "-", "–", "—", "--", "(", ")"})
_STOPS = frozenset({".", "!", "?", "…", "...", ",", ";", ":", "-", "–", "—", "--"})
_OF_FRAME = ("dobj", "dative", "prep", "advmod", "npadvmod", "prt", "nsubj", "tmod", "agent")
_CONTENT_WORDS = frozenset({"VERB", "AUX"})
_TAIL_CUES = frozenset(
    {"add", "say", "cite", "refer", "note", "accord", "tell", "call", "describe", "accuse", "warn", "insist", "stress"}
)


def inside(at: int, ranges: tuple[Range, ...]) -> bool:
    """Whether an offset lies within one of the ranges."""
    return any(start <= at < end for start, end in ranges)


def words(sentence: Sentence, piece: Range) -> str:
    """The words of a range that may reach beyond the sentence: only those within it."""
    return sentence.text[max(piece[0] - sentence.start, 0) : max(piece[1] - sentence.start, 0)]


def subtree(sentence: Sentence, token: Token) -> Range:
    """All that hangs on a token, without marks at its ends."""
    return trimmed(sentence, token.left_edge.i, token.right_edge.i + 1)


def trimmed(sentence: Sentence, start: int, end: int) -> Range:
    """Offsets of the tokens from `start` up to `end`, without marks at their ends but for quotation marks."""
    doc = sentence.syntax.doc
    while end > start and (doc[end - 1].text in _STOPS or doc[end - 1].is_space):
        end -= 1
    while start < end and (doc[start].text in _STOPS or doc[start].is_space):
        start += 1
    if start >= end:
        return sentence.offset(doc[start]) if start < len(doc) else sentence.end, 0
    return sentence.offset(doc[start]), sentence.offset(doc[end - 1]) + len(doc[end - 1])


def clause(sentence: Sentence, verb: Token, head: Token, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """A clause behind the verb of saying, up to where another frame hangs on."""
    start = max(head.left_edge.i, verb.i + 1)
    end = _before_tail(sentence, start, head.right_edge.i + 1, quoted)
    return (whole_quotes(trimmed(sentence, start, end), quoted),)


def rest(sentence: Sentence, first: Token, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """From a token to the end of the sentence."""
    end = _before_tail(sentence, first.i, sentence.syntax.end, quoted)
    return (whole_quotes(trimmed(sentence, first.i, end), quoted),)


def run(sentence: Sentence, start: int, end: int) -> Range:
    """The tokens from `start` up to `end`, or to where another frame hangs on."""
    return trimmed(sentence, start, _before_tail(sentence, start, end, ()))


def late_that(sentence: Sentence, verb: Token, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """The rest of the sentence from a "that" which phrases part from the verb: "said in an interview that"."""
    doc = sentence.syntax.doc
    for token in doc[verb.i + 1 : min(verb.i + 25, sentence.syntax.end)]:
        if token.lower_ == "that" and token.tag_ == "IN" and not inside(sentence.offset(token), quoted):
            return rest(sentence, token, quoted)
        if token.tag_ in ("VBD", "VBZ", "VBP") or token.text in (";", ":"):
            return ()
    return ()


def quotation_behind(sentence: Sentence, verb: Token, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """A quotation that begins soon behind the verb, with objects, adverbs, a colon or "that" between at most."""
    at = sentence.offset(verb)
    for start, end in quoted:
        if not at < start < sentence.end:
            continue
        between = sentence.text[at + len(verb) - sentence.start : start - sentence.start]
        if len(between.split()) <= 12 and (
            len(between.split()) <= 1 or between.rstrip()[-1:] in (":", ",") or between.rstrip().endswith(" that")
        ):
            return ((start, end),)
        return ()
    return ()


def around(sentence: Sentence, verb: Token, speaker: Token, quoted: tuple[Range, ...], floor: int) -> tuple[Range, ...]:
    """What stands before a frame, and behind it where it is put into the midst. Nothing if no comma or quotation mark
    parts the frame from what is before it.
    """
    inverted = speaker.i > verb.i
    first = verb if inverted else _frame_start(verb, speaker)
    last = _frame_end(verb, speaker)
    return _both_sides(sentence, first, last, verb, quoted, floor)


def around_range(sentence: Sentence, start: int, end: int, quoted: tuple[Range, ...]) -> tuple[Range, ...]:
    """What stands around a stretch of a sentence ("according to X"), on either side."""
    doc = sentence.syntax.doc
    left = [t for t in sentence.syntax if sentence.offset(t) < start]
    right = [t for t in sentence.syntax if sentence.offset(t) >= end]
    pieces = []
    if left:
        pieces.append(trimmed(sentence, left[0].i, left[-1].i + 1))
    if right and not (left and (right[0].text == ";" or _is_tail(right, quoted, sentence))):
        stop = _before_tail(sentence, right[0].i, right[-1].i + 1, quoted, semicolon=bool(left))
        pieces.append(trimmed(sentence, right[0].i, stop))
    pieces = [whole_quotes(p, quoted) for p in pieces if p[1] > p[0]]
    return (
        tuple(pieces)
        if any(t.pos_ in _CONTENT_WORDS or t.like_num for t in doc[sentence.syntax.start : sentence.syntax.end])
        else ()
    )


def without(sentence: Sentence, start: int, end: int, cut: int, resume: int) -> tuple[Range, ...]:
    """The tokens from `start` to `end` without those from `cut` to `resume`."""
    start, end = max(start, sentence.syntax.start), min(end, sentence.syntax.end)
    pieces = (trimmed(sentence, start, min(cut, end)), trimmed(sentence, max(resume, start), end))
    return tuple(p for p in pieces if p[1] > p[0])


def whole_quotes(piece: Range, quoted: tuple[Range, ...]) -> Range:
    """The range, widened over quotations that it cuts, which may begin or end in another sentence."""
    start, end = piece
    for first, last in quoted:
        if first < start < last <= end or (first < start and end <= last and end - start > 1):
            start = first
        if start <= first < end < last:
            end = last
    return start, end


def _both_sides(
    sentence: Sentence, first: Token, last: Token, verb: Token, quoted: tuple[Range, ...], floor: int
) -> tuple[Range, ...]:
    doc, origin = sentence.syntax.doc, sentence.syntax.start
    begin = next((t.i for t in sentence.syntax if sentence.offset(t) >= floor), origin)
    pieces: list[Range] = []
    if first.i > begin and _parts(doc[first.i - 1]):
        pieces.append(whole_quotes(trimmed(sentence, begin, first.i), quoted))
    elif first.i > begin or (first.i == origin and not _quote_before(sentence, quoted)):
        return ()
    elif first.i == origin:
        pieces.append(_quote_before(sentence, quoted)[0])
    tail = [t for t in sentence.syntax if t.i > last.i]
    if tail and pieces and _continues(sentence, tail, verb, quoted):
        stop = _before_tail(sentence, tail[0].i, tail[-1].i + 1, quoted, semicolon=True)
        pieces.append(whole_quotes(trimmed(sentence, tail[0].i, stop), quoted))
    pieces = [p for p in pieces if p[1] > p[0]]
    return tuple(pieces) if _says_something(sentence, pieces, quoted) else ()


def _quote_before(sentence: Sentence, quoted: tuple[Range, ...]) -> list[Range]:
    """A quotation that ends right before the sentence: the splitter took "said X" for a sentence of its own."""
    return [(start, end) for start, end in quoted if 0 <= sentence.start - end <= 1]


def _parts(token: Token) -> bool:
    return token.text in _SOFT or token.is_quote or token.text in ("''", "``", "?", "!")


def _frame_start(verb: Token, speaker: Token) -> Token:
    start = speaker.left_edge
    for child in verb.lefts:
        if child.i < start.i and child.dep_ in ("advmod", "aux", "neg") and child.i == start.i - 1:
            start = child
    for child in verb.lefts:
        if child.dep_ == "nsubj" and child.right_edge.i + 1 == start.i:
            start = child.left_edge
    return start if start.i < verb.i else verb


def _frame_end(verb: Token, speaker: Token) -> Token:
    """The last token of the frame: the verb, an inverted subject, an object, adverbs and phrases."""
    last = verb if speaker.i < verb.i or speaker.head != verb else speaker.right_edge
    for child in verb.rights:
        if child.dep_ in _OF_FRAME and child.i > last.i and min(child.i, child.left_edge.i) - last.i <= 1:
            last = child.right_edge
    return last


def _continues(sentence: Sentence, tail: list[Token], verb: Token, quoted: tuple[Range, ...]) -> bool:
    """Whether what is behind the frame is part of what is said."""
    lead = next((t for t in tail if not t.is_punct and not t.is_space), None)
    if lead is None:
        return False
    if inside(sentence.offset(lead), quoted):
        return True
    if not _parts(tail[0]) or tail[0].text == ";" or _is_tail(tail, quoted, sentence):
        return False
    if any(cues.refuses(t) for t in tail):
        return False
    if lead.dep_ == "cc":
        joined = [t for t in tail if t.dep_ == "conj" and t.head == lead.head]
        own = any(c.dep_ in ("nsubj", "nsubjpass", "expl") for t in joined for c in t.children)
        return own and (lead.head != verb or any(_is_backshifted(t) for t in joined))
    return lead not in verb.subtree or any(c.dep_ == "ccomp" and lead in c.subtree for c in verb.lefts)


def _is_backshifted(verb: Token) -> bool:
    """Whether the tense is that of reported speech: "had been", "would go"."""
    return any(c.dep_ in ("aux", "auxpass") and c.lower_ in ("had", "would", "could", "might") for c in verb.children)


def _is_tail(tokens: list[Token], quoted: tuple[Range, ...], sentence: Sentence) -> bool:
    """Whether the tokens open with a participle or a clause of the teller's ("adding that", "as the truce ended")."""
    lead = next((t for t in tokens if not t.is_punct and not t.is_space), None)
    if lead is None:
        return True
    return not inside(sentence.offset(lead), quoted) and (
        lead.tag_ == "VBG" or lead.lower_ in ("as", "in", "while", "when", "after", "without")
    )


def _before_tail(
    sentence: Sentence, start: int, end: int, quoted: tuple[Range, ...], *, semicolon: bool = False
) -> int:
    """Where a further frame begins in the tokens: ", adding that", ", according to", ", X said"."""
    doc = sentence.syntax.doc
    for i in range(start + 1, end):
        token = doc[i]
        if semicolon and token.text == ";" and not inside(sentence.offset(token), quoted):
            return i
        if inside(sentence.offset(token), quoted) or doc[i - 1].text != ",":
            continue
        if token.tag_ == "VBG" and (token.lemma_.lower() in _TAIL_CUES or cues.verb(token) is not None):
            return i - 1
        if token.lower_ == "according":
            return i - 1
    return end


def _says_something(sentence: Sentence, pieces: list[Range], quoted: tuple[Range, ...]) -> bool:
    for start, end in pieces:
        if start < sentence.start or any(start <= first < end for first, _ in quoted):
            return True
        if any(
            t.pos_ in _CONTENT_WORDS or t.like_num or t.pos_ == "INTJ"
            for t in sentence.syntax
            if start <= sentence.offset(t) < end
        ):
            return True
    return False
