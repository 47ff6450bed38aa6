"""Whether a sentence says something of an act, or only names it."""

from collections.abc import Sequence

from spacy.tokens import Token

from onrecord.events import status, triggers
from onrecord.events.segments import Segment
from onrecord.events.triggers import Hit
from onrecord.wording import kinds

_TIMING = frozenset({"after", "before", "since", "during", "until", "following"})
"""Behind these an act only tells when something else was ("the morning after the ambush")."""


def tells(hit: Hit, hits: Sequence[Hit], segment: Segment) -> bool:
    """Whether the sentence says something of the act, and does not only name it."""
    token = hit.token
    if hit.role == "effect" and _is_of_list(token):
        return False
    if hit.role == "effect" or hit.row.pos == "VERB" or segment.sentence.part == "headline":
        return True
    if any(other.role == "effect" and other is not hit for other in hits):
        return True
    if token.dep_ in {"nsubj", "nsubjpass", "dobj", "attr", "appos", "ROOT"}:
        verb = triggers.clause(token)
        return not _only_named(token, verb)
    return _governed_noun(token)


def _is_of_list(dead: Token) -> bool:
    """Whether somebody is only told apart by those he was counted with ("the fitters who were read out among the dead are back")."""
    among = dead.dep_ == "pobj" and dead.head.lower_ == "among"
    return among and triggers.clause(dead.head).dep_ == "relcl" and not any(c.like_num for c in dead.children)


def _only_named(noun: Token, verb: Token) -> bool:
    """Whether the sentence is about something else: its verb is none of those that tell of acts, and the noun is old."""
    words = {
        verb.lemma_.lower(),
        *(f"{verb.lemma_.lower()}_{c.lower_}" for c in verb.children if c.dep_ in {"prt", "dobj"}),
    }
    if words & status.words("told_of") or noun.dep_ in {"attr", "ROOT"} or status.governs(verb):
        return False
    if verb.lemma_ == "be" and any(child.dep_ in {"acomp", "attr", "prep"} for child in verb.children):
        return False
    return not is_new(noun) and not any(
        child.dep_ in {"det", "neg"} and child.lower_ == "no" for child in noun.children
    )


def _governed_noun(token: Token) -> bool:
    """Whether the noun hangs on another that says what is made of it ("a plan for a raid")."""
    return bool(token.dep_ == "pobj" and token.head.head.pos_ == "NOUN" and token.head.lower_ not in _TIMING)


def is_new(word: Token) -> bool:
    """Whether the article brings in an act not told of before ("a raid"), or at a verb the charge that did it ("a bomb
    went off").
    """
    if word.pos_ == "VERB":
        done = [child for child in word.children if child.dep_ in {"nsubj", "nsubjpass"}]
        return any(thing.lemma_.lower() in kinds.word_class("charges") and is_new(thing) for thing in done)
    return any(
        child.dep_ in {"det", "nummod"} and child.lower_ not in {"the", "this", "that", "no"} for child in word.children
    )
