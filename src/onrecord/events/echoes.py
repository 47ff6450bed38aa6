"""Claims without a word of an act that tell more of the act told of before ("the wheelhouse windows were gone")."""

from dataclasses import dataclass

from spacy.tokens import Token

from onrecord.events import circumstances, status
from onrecord.language.annotated import Sentence
from onrecord.records import Claim, EventKind, Stance, Status
from onrecord.wording import kinds

_TELLING: frozenset[Stance] = frozenset({"asserts", "confirms", "corrects"})
_TELL_NOTHING = frozenset({"outlet", "narrator"})
_SAW = frozenset({"witness", "anonymous"})
_SOON = 1
"""How many paragraphs behind an act the past tense still tells of it."""
_TO_COME: frozenset[Status] = frozenset({"planned", "threatened", "possible", "hypothetical"})
_STATES: frozenset[EventKind | None] = frozenset({"abduction", "deployment"})
"""Kinds that last: what is told of them in the progressive still goes on."""
_PAST = frozenset({"VBD", "VBN"})


@dataclass(frozen=True, slots=True)
class Last:
    """The last mention that is no background. sentence, paragraph: their numbers; status: how it was told."""

    sentence: int
    paragraph: int
    status: Status


def goes_on(sentence: Sentence, claim: Claim, last: Last, harm: EventKind | None) -> bool:
    """Whether a claim without a word of an act tells more of the act told of before: a witness's does where that one harms,
    another's where it stands right behind the act or tells of the past soon after.
    """
    if claim.source.kind == "witness":
        return harm is not None
    if claim.stance not in _TELLING or claim.source.kind in _TELL_NOTHING:
        return False
    words = _words_of(sentence, claim)
    if any(t.tag_ == "MD" for t in words):
        return False
    past = any(t.tag_ == "VBD" for t in words)
    return sentence.index - last.sentence <= 1 or (past and sentence.paragraph - last.paragraph <= _SOON)


def status_of(sentence: Sentence, claim: Claim, last: Last, kind: EventKind | None) -> Status | None:
    """The status that the head of a claim's words gives; of what is still to come, the status that it was told with. None
    where the words say of no past act that something is not so. What a party says was not so, it denies; what somebody
    who saw the act did not see ("there was no roof") is what the act left.
    """
    words = _words_of(sentence, claim)
    verbs = [t for t in words if t.pos_ in {"VERB", "AUX"}]
    if not verbs:
        return last.status if last.status in _TO_COME else "happened"
    head = min(verbs, key=lambda t: (_depth(t), t.i))
    told = status.of(_asked(head) or _tried(head) or head, status.Scope(stance=claim.stance, claimed=True))
    if told == "negated":
        return _negated(words, claim)
    if last.status in _TO_COME:
        return last.status
    if told == "ongoing" and kind not in _STATES:
        return "happened"
    return "happened" if told in {"planned", "possible"} else told


def of_captives(sentence: Sentence, claim: Claim, taken: bool) -> bool:
    """Whether the words tell how those who were taken are ("the crew are still aboard"). taken: a seizure or an abduction
    was told of last, so that a number alone can stand for them.
    """
    words = _words_of(sentence, claim)
    if not any(t.lemma_.lower() in status.words("captivity") for t in words):
        return False
    subjects = [t for t in words if t.dep_ == "nsubj" and t.head.lemma_ in {"be", "begin", "remain", "stay"}]
    return any(t.lemma_.lower() in kinds.word_class("captives") or (taken and t.pos_ == "NUM") for t in subjects)


def announces(sentence: Sentence, claim: Claim) -> bool:
    """Whether a warning says what will be, and not what may ("the second will follow the first")."""
    modals = {t.lower_ for t in _words_of(sentence, claim) if t.tag_ == "MD"}
    return bool(modals) and modals <= {"will", "'ll", "’ll", "would"}


def _negated(words: list[Token], claim: Claim) -> Status | None:
    if not any(t.tag_ in _PAST for t in words) and not any(t.lower_ in {"no", "none"} for t in words):
        return None
    # Who had not been found yet came to harm all the same
    missed = any(t.lemma_.lower() in circumstances.words("verbs", "late") and _is_negated(t) for t in words)
    return "happened" if missed or claim.source.kind in _SAW else "denied"


def _is_negated(verb: Token) -> bool:
    return any(child.dep_ == "neg" for child in verb.children)


def _asked(head: Token) -> Token | None:
    """The verb of the question that the head leaves open ("it was not known whether there was a second one")."""
    return next((c for c in head.children if c.dep_ in {"ccomp", "csubj", "advcl"} and _has_mark(c, "whether")), None)


def _has_mark(clause: Token, word: str) -> bool:
    return any(child.lower_ == word for child in clause.children)


def _tried(head: Token) -> Token | None:
    """What somebody tried to do."""
    if head.lemma_.lower() not in {"try", "attempt", "fail"}:
        return None
    return next((c for c in head.children if c.dep_ == "xcomp"), None)


def _depth(token: Token) -> int:
    depth = 0
    while token.head != token:
        token, depth = token.head, depth + 1
    return depth


def _words_of(sentence: Sentence, claim: Claim) -> list[Token]:
    last = claim.content[-1]
    return [t for t in sentence.syntax if last.start <= sentence.offset(t) < last.end]
