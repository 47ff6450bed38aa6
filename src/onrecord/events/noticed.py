"""Triggers as words and network find them together."""

from collections.abc import Iterator, Sequence

import numpy as np
from spacy.tokens import Token

from onrecord.events import harm, triggers
from onrecord.events.circumstances import words
from onrecord.events.triggers import Hit
from onrecord.language.annotated import Act, Annotated, Sentence
from onrecord.records import Span
from onrecord.wording import kinds
from onrecord.wording.kinds import WordClass

_SURE = 0.75
"""How likely a word tells of an act that no table has, or that nothing else in the story has told of."""
_PLAIN = 0.5
"""The share that its likeliest kind has at least: who drowns is no victim of an act for that."""
_UNLIKELY = 0.02
"""Under this a word that a table has tells of none."""
_CLASSES: dict[str, WordClass] = {"VERB": "VERB", "NOUN": "NOUN", "PROPN": "NOUN", "ADJ": "ADJ"}


def with_network(annotated: Annotated, sentence: Sentence, hits: Sequence[Hit]) -> list[Hit]:
    """The triggers of a sentence in the order of the text: those that the tables hold, where the network does not say
    that they tell of nothing, and those that it alone is sure of.
    """
    kept = [hit for hit in hits if not _is_unlikely(annotated, sentence, hit)]
    taken = {index for hit in hits for index in range(hit.first, hit.last + 1)}
    return sorted([*kept, *_further(annotated, sentence, taken)], key=lambda hit: int(hit.token.i))


def is_sure(annotated: Annotated, trigger: Span) -> bool:
    """Whether the network is sure that words tell of an act, and not quite unsure of which kind."""
    act = annotated.act(trigger.part, trigger.start, trigger.end)
    return act is not None and act.tells >= _SURE and _is_plain(act)


def _is_plain(act: Act) -> bool:
    return float(np.exp(act.kinds.max())) >= _PLAIN


def _is_unlikely(annotated: Annotated, sentence: Sentence, hit: Hit) -> bool:
    act = _act(annotated, sentence, hit.token.doc[hit.first], hit.token.doc[hit.last])
    return act is not None and act.tells + act.names < _UNLIKELY


def _further(annotated: Annotated, sentence: Sentence, taken: set[int]) -> Iterator[Hit]:
    """Words that no table has and the network is sure of, one for a run of them."""
    last = None
    for token in sentence.syntax:
        pos = _CLASSES.get(token.pos_)
        if pos is None or token.i in taken:
            continue
        start = sentence.offset(token)
        if annotated.tells(sentence.part, start, start + len(token)) < _SURE or _is_aftermath(token):
            continue
        act = _act(annotated, sentence, token, token)
        if act is not None and _is_plain(act) and last != token.i - 1:
            kind = kinds.kind(annotated.encoder.lists.event_kinds[int(act.kinds.argmax())]).name
            yield Hit(token, token.i, token.i, kinds.unlisted(triggers.lemma(token), pos, kind), None, False)
        last = token.i


def _is_aftermath(token: Token) -> bool:
    """Whether the word tells how somebody died, was found or buried: "two fishermen drowned" tells of no act."""
    return harm.find("acting", token) is not None or token.lemma_.lower() in words("verbs", "late")


def _act(annotated: Annotated, sentence: Sentence, first: Token, last: Token) -> Act | None:
    return annotated.act(sentence.part, sentence.offset(first), sentence.offset(last) + len(last))
