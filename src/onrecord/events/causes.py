"""Which act do words of dead and hurt name as the one that they came of?"""

from collections.abc import Iterator, Sequence

from spacy.tokens import Token

from onrecord.events import harm, triggers
from onrecord.events.circumstances import words
from onrecord.wording import kinds

_WHEN = frozenset({"when", "as", "while", "after"})
_HARM = frozenset({"killed", "injured"})
_BACK = frozenset({"earlier", "previous", "former", "last"})


def act(trigger: Token, inside: Sequence[Token]) -> Token | None:
    """The word for the act that people came to harm by, where the trigger only tells of the harm; None where the words name none.

    inside: the words that tell of it. It is the verb of a clause with "when" or "after" ("were hurt after gunmen opened fire"), and
    where somebody dies who had been hurt before, what had hurt him ("a man wounded in Wednesday's strike died").
    """
    if not _is_harm(trigger):
        return None
    found = next((verb for verb in inside if _is_occasion(verb)), None)
    if found is not None:
        return found
    return next(_hurt_by(trigger), None) if death_behind(trigger) or is_late_death(trigger) else None


def is_late_death(trigger: Token) -> bool:
    """Whether the word tells that somebody died who had been hurt before ("a man wounded on Monday died", "died of burns")."""
    return _is_death(trigger) and any(
        (t.dep_ in {"acl", "relcl"} and (_is_harm(t) or _tells_of_act(t))) or harm.find("befell", t) == "injured"
        for t in _sufferers(trigger)
    )


def is_earlier(cause: Token) -> bool:
    """Whether the act is one told of before, so that a day at the death is none of its ("the earlier attack", "Wednesday's strike")."""
    return any(
        c.lower_ in _BACK or c.dep_ == "poss" or (c.dep_ == "det" and c.lower_ in {"the", "that"})
        for c in cause.children
    )


def adds(who: Token, told: Token) -> bool:
    """Whether those who died, by the word that tells it, are only the latest dead of an act told of before: it is the earlier one,
    or they are one more of a row ("a third person").
    """
    cause = next(_hurt_by(told), None) if is_late_death(told) else None
    return cause is not None and (is_earlier(cause) or any(c.ent_type_ == "ORDINAL" for c in who.children))


def death_behind(hurt: Token) -> Token | None:
    """The death of those who are hurt, where the parser takes how they were for what is told ("a sailor hurt when a mine hit the
    ferry died on Monday").
    """
    if hurt.tag_ not in {"VBN", "VBD"} or any(c.dep_ in {"aux", "auxpass", "nsubjpass", "dobj"} for c in hurt.children):
        return None
    later = (t for t in hurt.subtree if t.i > hurt.i and _is_death(t))
    return next((t for t in later if not any(c.dep_ in {"nsubj", "mark", "aux"} for c in t.children)), None)


def _is_harm(trigger: Token) -> bool:
    return harm.find("acting", trigger) in _HARM or harm.find("acted_on", trigger) in _HARM


def _is_occasion(verb: Token) -> bool:
    return verb.dep_ == "advcl" and any(c.lower_ in _WHEN for c in verb.children) and _tells_of_act(verb)


def _is_death(word: Token) -> bool:
    return harm.find("acting", word) == "killed" and triggers.lemma(word) in words("verbs", "late")


def _sufferers(death: Token) -> Iterator[Token]:
    """The words that say who died, and of what."""
    return (t for c in death.children if c.dep_ in {"nsubj", "prep"} for t in c.subtree)


def _hurt_by(death: Token) -> Iterator[Token]:
    """Acts among the words that say who died and of what; else the verb that tells how they were hurt, else the act that the rest of
    the sentence names ("bringing the number of dead from the February 11 strike to eight").
    """
    who = list(_sufferers(death))
    yield from (t for t in who if t.pos_ == "NOUN" and t.dep_ == "pobj" and _tells_of_act(t))
    yield from (t for t in who if t.dep_ in {"acl", "relcl"} and (_tells_of_act(t) or _is_harm(t)))
    beyond = (t for t in death.sent if t.dep_ == "pobj" and t.head.lower_ in {"from", "in", "of"} and is_earlier(t))
    yield from (t for t in beyond if t.pos_ == "NOUN" and _tells_of_act(t))


def _tells_of_act(word: Token) -> bool:
    """Whether a table has the word as one of an act that harms, or of one whose kind something else tells."""
    noun = word.pos_ == "NOUN"
    rows = (row for row in kinds.triggers(triggers.lemma(word), "NOUN" if noun else "VERB") if not (noun and row.rest))
    return any(row.role == "act" and (row.kind is None or kinds.kind(row.kind).harms) for row in rows)
