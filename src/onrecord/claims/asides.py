"""Frames that are no plain "X said": "according to", "by his account", "is said to", "the claim that", and silence."""

from spacy.tokens import Token

from onrecord.claims import cues, extent, lexicon, subjects
from onrecord.claims.extent import Range
from onrecord.claims.frame import Frame
from onrecord.language.annotated import Sentence

_CLAUSES = ("xcomp", "ccomp", "oprd")


def find(sentence: Sentence, token: Token, quoted: tuple[Range, ...]) -> Frame | None:
    """The frame that a token opens, or None."""
    if token.lower_ == "according":
        return _according(sentence, token, quoted)
    if token.lower_ in ("by", "in") and token.dep_ in ("prep", "agent"):
        return _reckoned(sentence, token, quoted)
    if cues.refuses(token):
        return _refusal(sentence, token)
    if cues.hides_speaker(token):
        return _adverb(sentence, token) if token.pos_ == "ADV" else _passive(sentence, token)
    cue = cues.noun(token)
    return _nominal(sentence, token, cue) if cue is not None else None


def silent(sentence: Sentence, quoted: tuple[Range, ...]) -> Frame | None:
    """A sentence that tells of silence by a set phrase: "could not be reached", "had no comment"."""
    at = cues.silence(sentence.text)
    if at is None or extent.inside(sentence.start + at, quoted):
        return None
    token = next((t for t in sentence.syntax if sentence.offset(t) + len(t) > sentence.start + at), None)
    while token is not None and not _has_subject(token):
        if token.head == token:
            return None
        token = token.head
    return _refusal(sentence, token) if token is not None else None


def _has_subject(token: Token) -> bool:
    return bool(token.tag_[:2] == "VB") and any(c.dep_ in ("nsubj", "nsubjpass") for c in token.children)


def _according(sentence: Sentence, token: Token, quoted: tuple[Range, ...]) -> Frame | None:
    """The rest of the sentence around "according to X"."""
    to = next((c for c in token.rights if c.lower_ == "to"), None)
    speaker = next((c for c in to.children if c.dep_ in ("pobj", "pcomp")), None) if to is not None else None
    if to is None or speaker is None:
        return None
    if speaker.dep_ == "pcomp":
        speaker = next((c for c in speaker.children if c.dep_ == "dobj"), speaker)
    source = subjects.words_of(sentence, speaker, token)
    source = (source[0], _before_subject(sentence, token, speaker, source[1]))
    content = extent.around_range(sentence, sentence.offset(token), source[1], quoted)
    return Frame(sentence, (sentence.offset(token), sentence.offset(to) + len(to)), speaker, source, content)


def _before_subject(sentence: Sentence, token: Token, speaker: Token, end: int) -> int:
    """Where the words of a source end that the parser gave the sentence's own subject too: "according to X, a landing is
    planned" with the landing beside X, and a verb without a subject.
    """
    verb = token.head
    if verb.i < speaker.i or any(c.dep_ in ("nsubj", "nsubjpass", "csubj", "expl") for c in verb.children):
        return end
    beside = [t for t in speaker.subtree if t.dep_ in ("appos", "conj") and t.left_edge.nbor(-1).text == ","]
    if not beside:
        return end
    comma = beside[-1].left_edge.nbor(-1)
    return sentence.offset(comma)


def _reckoned(sentence: Sentence, lead: Token, quoted: tuple[Range, ...]) -> Frame | None:
    """The rest of the sentence around "by the ministry's count", "in the words of a pilot"."""
    doc, end = sentence.syntax.doc, sentence.syntax.end
    near = doc[lead.i + 1 : min(lead.i + 7, end)]
    noun = next((t for t in near if t.lemma_.lower() in lexicon.words("reckonings")), None)
    if noun is None or (lead.lower_ == "in" and noun.lemma_.lower() != "word"):
        return None
    last, speaker = noun, None
    if noun.nbor(-1).tag_ == "POS":
        speaker = noun.nbor(-1).head
    elif noun.i + 1 < end and noun.nbor().lower_ == "of":
        speaker = next((c for c in noun.nbor().children if c.dep_ == "pobj"), None)
        last = speaker.right_edge if speaker is not None else noun
    elif noun.nbor(-1).lower_ in ("his", "her", "its", "their"):
        speaker = noun.nbor(-1)
    if speaker is None or not lead.i <= speaker.left_edge.i <= noun.i + 2:
        return None
    source = sentence.offset(speaker.left_edge), sentence.offset(speaker) + len(speaker)
    if speaker.i > noun.i:
        source = subjects.words_of(sentence, speaker, noun)
    content = extent.around_range(sentence, sentence.offset(lead), sentence.offset(last) + len(last), quoted)
    return Frame(sentence, (sentence.offset(lead), sentence.offset(lead) + len(lead)), speaker, source, content)


def _refusal(sentence: Sentence, verb: Token) -> Frame | None:
    """Silence: the clause is the content."""
    speaker = subjects.subject(verb) or next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
    if speaker is None or subjects.is_nobody(speaker):
        return None
    content = extent.trimmed(sentence, min(speaker.left_edge.i, verb.i), verb.right_edge.i + 1)
    start = sentence.offset(verb)
    source = subjects.words_of(sentence, speaker, verb)
    recipient = _asker(verb)
    return Frame(sentence, (start, start + len(verb)), speaker, source, (content,), "declines to comment", recipient)


def _asker(verb: Token) -> Token | None:
    """Whom the silent one would not answer: "told the Post no", "referred the Post to", "when reached by the Post"."""
    if verb.lemma_ == "refer":
        return next((c for c in verb.rights if c.dep_ == "dobj"), None)
    asked = [c for c in verb.children if c.dep_ == "advcl" and c.lemma_ in ("reach", "contact", "ask", "approach")]
    by = (a for c in asked for a in c.children if a.dep_ == "agent")
    asker = next((p for a in by for p in a.children if p.dep_ == "pobj"), None)
    return asker if asker is not None else subjects.recipient(verb)


def _adverb(sentence: Sentence, token: Token) -> Frame:
    """The clause of "reportedly": nobody is named."""
    head = token.head
    content = extent.without(sentence, head.left_edge.i, head.right_edge.i + 1, token.i, token.i + 1)
    start = sentence.offset(token)
    return Frame(sentence, (start, start + len(token)), None, None, content)


def _passive(sentence: Sentence, token: Token) -> Frame | None:
    """What "is said to" have been: nobody is named."""
    if any(c.dep_ == "agent" for c in token.children) or not any(_is_infinitive(c) for c in token.rights):
        return None
    passive = next(c for c in token.children if c.dep_ == "auxpass")
    named = [c for c in token.children if c.dep_ in ("nsubjpass", "expl")]
    if any(c.lower_ in ("i", "we") for c in named):
        return None
    start = min((c.left_edge.i for c in named), default=passive.i)
    end = max(c.right_edge.i for c in token.rights if c.dep_ in _CLAUSES) + 1
    content = extent.without(sentence, start, end, passive.i, token.i + 1)
    return Frame(sentence, (sentence.offset(passive), sentence.offset(token) + len(token)), None, None, content)


def _is_infinitive(token: Token) -> bool:
    marked = any(c.tag_ in ("TO", "WDT", "IN") and c.i < token.i for c in token.children)
    return token.dep_ in ("xcomp", "ccomp") and (token.tag_ == "VB" or marked)


def _nominal(sentence: Sentence, token: Token, cue: cues.Cue) -> Frame | None:
    """The clause of "the ministry's claim that ...": a noun of saying with its owner."""
    clauses = [c for c in token.rights if c.dep_ in ("acl", "ccomp")]
    clause = next((c for c in clauses if any(m.dep_ == "mark" for m in c.children)), None)
    owner = next((c for c in token.children if c.dep_ == "poss"), None)
    by = (p for c in token.children if c.lower_ in ("by", "from") for p in c.children if p.dep_ == "pobj")
    speaker = owner if owner is not None else next(by, None)
    if clause is None or speaker is None:
        return None
    source = sentence.offset(speaker.left_edge), sentence.offset(speaker) + len(speaker)
    cue_range = sentence.offset(token), sentence.offset(token) + len(token)
    return Frame(sentence, cue_range, speaker, source, (extent.subtree(sentence, clause),), cue.stance)
