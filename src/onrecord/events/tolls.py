"""Numbers that are told as a toll or as "the number of": what they count."""

import re
from collections.abc import Iterable

from spacy.tokens import Token

from onrecord.events import harm
from onrecord.events.phrases import Phrase
from onrecord.records import CountOf

Said = tuple[CountOf, Token]
"""What is counted, and the word that says so."""

_SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
_TO = frozenset({"to", "at", "as", "past", "above", "over"})
_STANDS = re.compile(
    r"\b(?:to|at|as|past|number(?:s|ed)?|total(?:s|led|ed)?|is|was|reached|hit)\s(?:now\s)?\Z", re.IGNORECASE
)
_REACH = 14
"""How many words before the figure its toll may stand where syntax does not join them."""


def at_verb(verb: Token, head: Token) -> Said | None:
    """A toll or a number of dead that stands at, rises to, or is put at the figure."""
    if not harm.is_one_of("standing", verb) or (head.pos_ == "NOUN" and not harm.is_one_of("people", head)):
        return None
    for child in verb.children:
        if child.dep_ not in _SUBJECTS | {"dobj"} or child.i == head.i:
            continue
        what = of_noun(child)
        if what is None and verb.lemma_ in {"number", "total"}:
            what = harm.find("noun", child)
        if what is not None:
            return what, child
    return None


def behind(head: Token, preposition: Token) -> Said | None:
    """A figure behind a preposition at a toll or at its verb ("a toll of 31", "rose to 31")."""
    above = preposition.head
    if above.pos_ in {"NOUN", "PROPN"}:
        what = of_noun(above)
        if what is not None:
            return what, above
    if preposition.lower_ not in _TO:
        return None
    verb = above
    for _ in range(3):
        if verb.pos_ in {"VERB", "AUX"} or verb.head == verb:
            break
        verb = verb.head
    return at_verb(verb, head)


def of_noun(noun: Token) -> CountOf | None:
    """What a noun of counting counts: "toll" the dead, "number" what stands with it ("number of people killed")."""
    if harm.is_one_of("toll", noun):
        return "injured" if any(harm.find("befell", c) == "injured" for c in noun.children) else "killed"
    if not harm.is_one_of("number", noun):
        return None
    return _first(word for word in noun.subtree if word.i != noun.i)


def by_order(phrase: Phrase) -> Said | None:
    """The toll that the order of the words joins to the figure, where the parser went another way ("brings the number of
    officers killed to eight", "the dead on all sides number 24").
    """
    core = phrase.core
    start = core.sent.start
    before = str(core.doc[max(start, core.i - 3) : core.i].text) + " "
    if not _STANDS.search(before) or phrase.head.i > core.i:
        return None
    for noun in reversed(list(core.doc[max(start, core.i - _REACH) : core.i])):
        if noun.lower_ in {";", ",", "and"}:
            return None
        if harm.is_one_of("toll", noun):
            return "killed", noun
        if harm.is_one_of("headed", noun) and noun.i > start and noun.nbor(-1).lower_ == "the":
            what = _first(core.doc[noun.i : core.i])
            return (what, noun) if what is not None else None
    return None


def _first(words: Iterable[Token]) -> CountOf | None:
    for word in words:
        what = harm.find("state", word) or harm.find("noun", word)
        if what is not None and what != "strikes":
            return what
    return None
