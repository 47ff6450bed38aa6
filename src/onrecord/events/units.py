"""Which words of a sentence make up one clause that can tell of an act of its own?"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from onrecord.events import status
from onrecord.events.triggers import Hit
from onrecord.records import EventKind

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
_SHOTS = frozenset({"shooting", "naval_strike"})
"""Kinds that are one act where they are joined ("fired on and sank")."""


def own_kind(hit: Hit) -> EventKind | None:
    """The kind that a trigger has by a weapon at it or by itself."""
    return hit.named or hit.row.kind


def apart(hits: Sequence[Hit]) -> frozenset[int]:
    """Verbs joined to another that tell of another act ("torched the village and abducted nine people")."""
    acts = {
        hit.token.i: hit for hit in hits if hit.role == "act" and hit.row.pos == "VERB" and own_kind(hit) not in _SHOTS
    }
    found = set()
    for hit in acts.values():
        first = next((acts[verb.i] for verb in _joined(hit.token) if verb.i in acts), None)
        kinds_told = (own_kind(first), own_kind(hit)) if first is not None else (None, None)
        if None not in kinds_told and kinds_told[0] != kinds_told[1] and not hit.row.is_part_of(kinds_told[0]):
            found.add(hit.token.i)
    return frozenset(found)


def _joined(verb: Token) -> Iterator[Token]:
    """The verbs before one that it is joined to, nearest first: "deployed, increased and extradited"."""
    while verb.dep_ == "conj" and verb.head != verb:
        verb = verb.head
        yield verb


def head(token: Token, inside: set[int], apart: frozenset[int]) -> Token:
    """The head of the independent clause a word stands in, without leaving the segment."""
    while token.head != token and token.head.i in inside:
        if token.dep_ == "parataxis" or token.i in apart or (token.dep_ == "conj" and _own_clause(token)):
            return token
        if token.dep_ == "ccomp" and _own_clause(token) and (_is_said(token) or _is_parted(token)):
            return token
        token = token.head
    return token


def _is_said(clause: Token) -> bool:
    return clause.head.lemma_.lower() in status.words("saying")


def _is_parted(clause: Token) -> bool:
    """Whether a semicolon stands between a clause and the one that the parser hangs it on."""
    first, last = sorted((clause.i, clause.head.i))
    return any(t.text == ";" for t in clause.doc[first:last])


def _own_clause(token: Token) -> bool:
    return token.pos_ in {"VERB", "AUX"} and any(child.dep_ in _SUBJECTS for child in token.children)
