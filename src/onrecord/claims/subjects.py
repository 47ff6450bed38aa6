"""Who is the grammatical speaker of a verb of saying, and to whom he speaks."""

from spacy.tokens import Token

from onrecord.claims import lexicon
from onrecord.claims import names as naming
from onrecord.claims.extent import Range
from onrecord.language.annotated import Sentence

_NOBODY = frozenset({"nobody", "none", "neither", "there", "who", "anyone", "somebody", "someone", "everyone"})
_MISREAD = frozenset({"appos", "conj", "npadvmod", "dobj", "dep", "attr", "pobj", "oprd", "nsubj"})


def subject(verb: Token) -> Token | None:
    """The head of the words that name who says it, however far up the tree, or None."""
    apposed = _apposed(verb)
    if apposed is not None:
        return apposed
    at: Token | None = verb
    for _ in range(4):
        if at is None:
            break
        own = [c for c in at.children if c.dep_ in ("nsubj", "nsubjpass", "agent")]
        if own:
            return _own_subject(at, own)
        if at.dep_ == "acl" and at.tag_ == "VBG":
            head: Token = at.head
            return head
        if at.dep_ == "pcomp" and at.head.lower_ == "as" and at.head.head.lemma_ in ("quote", "cite"):
            return next((c for c in at.head.head.children if c.dep_ in ("nsubjpass", "nsubj")), None)
        at = _governor(at)
    return _inverted(verb) or _misread(verb)


def relative(verb: Token) -> Token | None:
    """The "who" or "which" that stands for the source before the verb, or None."""
    if verb.dep_ != "relcl":
        return None
    return next((c for c in verb.children if c.dep_ == "nsubj" and _is_relative(c)), None)


def is_nobody(speaker: Token) -> bool:
    """Whether the words name nobody: "no group", "nobody", "none of them"."""
    if speaker.lower_ in _NOBODY or any(c.lower_ in ("no", "neither") for c in speaker.children):
        return True
    return bool(speaker.lower_ == "one" and speaker.i > 0 and speaker.nbor(-1).lower_ == "no")


def words_of(sentence: Sentence, speaker: Token, verb: Token) -> Range:
    """Where the words that name the source stand, without a relative clause behind them."""
    if verb in speaker.subtree:
        return sentence.offset(speaker.left_edge), sentence.offset(speaker) + len(speaker)
    first, last = speaker.left_edge, speaker.right_edge
    if first.i <= verb.i <= last.i:
        last = speaker
    clause = next((c for c in speaker.rights if c.dep_ == "relcl" and c.right_edge.i == last.i), None)
    if clause is not None:
        last = clause.left_edge.nbor(-1)
    while last.is_punct and last.i > speaker.i and last.text not in ('"', "”", ")"):
        last = last.nbor(-1)
    return sentence.offset(first), sentence.offset(last) + len(last)


def recipient(verb: Token) -> Token | None:
    """Whom the words were said to: "told Ostmark Post", "said in an interview with Ostmark Post"; None for nobody."""
    if verb.lemma_ == "tell":
        return next((c for c in verb.rights if c.dep_ in ("dobj", "dative", "iobj")), None)
    for prep in (
        t for t in verb.rights if t.dep_ == "prep" and t.lower_ in ("to", "in", "on", "with", "by", "through", "via")
    ):
        place = next((c for c in prep.children if c.dep_ == "pobj"), None)
        if place is None:
            continue
        if prep.lower_ == "to" or place.pos_ == "PROPN":
            return place
        inner = next((c for c in place.children if c.dep_ == "prep" and c.lower_ in ("with", "to")), None)
        if inner is not None:
            return next((c for c in inner.children if c.dep_ == "pobj"), None)
    return None


def _own_subject(verb: Token, own: list[Token]) -> Token | None:
    agent = next((p for c in own if c.dep_ == "agent" for p in c.children if p.dep_ == "pobj"), None)
    if agent is not None:
        return agent
    named = [c for c in own if c.dep_ == "nsubj" or (c.dep_ == "nsubjpass" and verb.lemma_ in ("quote", "cite"))]
    if not named:
        return None
    inverted = [c for c in named if c.i > verb.i]
    if inverted and verb.i and verb.nbor(-1).is_punct:
        named = inverted
    nearest = min(named, key=lambda token: abs(token.i - verb.i))
    if not _is_relative(nearest) or (nearest.lower_ == "that" and verb.dep_ != "relcl"):
        return nearest
    return verb.head if verb.dep_ == "relcl" else None


def _is_relative(token: Token) -> bool:
    return token.tag_ in ("WP", "WDT") or token.lower_ == "that"


def _governor(verb: Token) -> Token | None:
    """The verb whose subject this one shares: "said and added", "said, adding", "went on to say"."""
    if verb.dep_ not in ("conj", "advcl", "xcomp") or verb.head.pos_ not in ("VERB", "AUX"):
        return None
    if verb.dep_ == "xcomp" and verb.tag_ == "VB" and verb.head.lemma_ not in ("go", "continue", "want"):
        return None
    head: Token = verb.head
    return head


def _inverted(verb: Token) -> Token | None:
    """The subject behind "said", where the parser took it for something else."""
    if verb.lemma_ not in ("say", "add", "write") or not verb.i or not verb.nbor(-1).is_punct:
        return None
    kinds = ("dobj", "attr", "oprd", "npadvmod")
    return next((c for c in verb.rights if c.dep_ in kinds and c.pos_ in ("PROPN", "NOUN", "PRON")), None)


def _misread(verb: Token) -> Token | None:
    """The noun between a comma and the verb, where the parser hung it on the words before the comma."""
    if verb.tag_ not in ("VBD", "VBZ", "VBP", "VBN") or any(c.dep_ in ("aux", "auxpass") for c in verb.children):
        return None
    if verb.dep_ in ("conj", "advcl", "xcomp", "acl", "pcomp") and verb.dep_ != "advcl":
        return None
    doc, start = verb.doc, verb.sent.start
    for i in range(start + 1, verb.i):
        token = doc[i]
        first = token.left_edge.i
        if token.pos_ not in ("PROPN", "NOUN", "PRON") or token.dep_ not in _MISREAD or first <= start:
            continue
        if doc[first - 1].text in (",", '"', "”", "''") and _reaches(token, verb):
            return token
    return None


def _apposed(verb: Token) -> Token | None:
    """The person right before a verb of telling, whom the parser joined to a noun of what is told: "a drone hit the
    bridge, Ana Torvik, a spokeswoman for Ostmark Lines, told reporters".
    """
    if verb.dep_ not in ("conj", "advcl", "acl") or verb.tag_ not in ("VBD", "VBZ", "VBN") or verb.i < 2:
        return None
    if verb.lemma_ not in lexicon.words("telling") or any(c.dep_ in ("nsubj", "nsubjpass") for c in verb.children):
        return None
    for token in verb.doc[verb.sent.start + 1 : verb.i]:
        parted = token.left_edge.i > verb.sent.start and token.left_edge.nbor(-1).text == ","
        if token.dep_ == "appos" and parted and _reaches(token, verb) and _is_person(token):
            return token
    return None


def _is_person(token: Token) -> bool:
    """Whether the words name a person, or a role with the person's name beside it."""
    named = token if token.pos_ == "PROPN" else next((c for c in token.children if c.dep_ == "appos"), None)
    if named is None or named.pos_ != "PROPN" or not naming.capital(named):
        return False
    return bool(named.ent_type_ == "PERSON" or naming.described_as_person(named) or named != token)


def _reaches(token: Token, verb: Token) -> bool:
    """Whether nothing but marks stands between what hangs on the token and the verb."""
    doc, last = token.doc, token.right_edge.i
    if last >= verb.i:
        last = max((c.right_edge.i for c in token.children if c.right_edge.i < verb.i), default=token.i)
    while last + 1 < verb.i and doc[last + 1].is_punct:
        last += 1
    return bool(last + 1 == verb.i)
