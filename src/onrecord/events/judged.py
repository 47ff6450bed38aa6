"""Whether an act is told as done: the words that govern it and the network, each for what it is worth."""

from typing import cast

import numpy as np
from spacy.tokens import Token

from onrecord.events import status
from onrecord.language.annotated import Annotated
from onrecord.records import EventKind, Part, Span, Status

_SETTLED = 4.0
"""What a kind that is as good as told gains in the logarithm of its share."""
_PLAIN = 0.8
"""The share that a kind has at least where the words leave it to the story: a wrong kind is worse than none."""
_OF_WORDS, _OF_ACTS = 0.7, 0.7
"""Shares of the head that judges single words, and of the one that finds events, in a status: they have seen the same texts,
so that together they are surer than they should be."""


def likeliest(told: Status, annotated: Annotated, trigger: Span) -> Status:
    """The likeliest status of the act that a trigger names. told: what the words that govern it tell. How often they tell
    that where each status is the right one was counted with the network left out, and is kept beside it.
    """
    judged = annotated.judged(trigger.part, trigger.start, trigger.end)
    if judged is None:
        return told
    act = annotated.act(trigger.part, trigger.start, trigger.end)
    assert act is not None
    lists = annotated.encoder.lists
    heard = _OF_WORDS * judged.statuses + _OF_ACTS * act.statuses
    belief = heard + lists.trust[:, lists.statuses.index(told)]
    return cast("Status", lists.statuses[int(belief.argmax())])


def kind(told: EventKind | None, annotated: Annotated, trigger: Span, *, settled: bool) -> EventKind | None:
    """The likeliest kind of the act that a trigger names. told: what the words around it tell, None where they leave it to
    the story. What that is worth was counted as for statuses. settled: it is as good as told, by a weapon at the words or the like.
    """
    act = annotated.act(trigger.part, trigger.start, trigger.end)
    if act is None:
        return told
    lists = annotated.encoder.lists
    column = lists.event_kinds.index(told) if told is not None else len(lists.event_kinds)
    belief = act.kinds + lists.kind_trust[:, column]
    if settled and told is not None:
        belief[column] += _SETTLED
    best = int(belief.argmax())
    if told is None and np.exp(belief - belief.max()).sum() > 1 / _PLAIN:
        return told
    return cast("EventKind", lists.event_kinds[best])


def certainty(word: Token, annotated: Annotated, part: Part, start: int, end: int) -> float:
    """How sure a text is that the event which a word names has happened: 3 it has, -3 it has not, between them less sure.
    start, end: where the word stands in its part. A plain yes begins at 1.5, a plain no at -1.5.
    """
    told = status.certainty(word)
    judged = annotated.judged(part, start, end)
    if judged is None:
        return told
    sure = annotated.encoder.lists.sure
    mixed = sure["network"] * judged.certainty + sure["words"] * told + sure["both"]
    return float(np.interp(mixed, (-3.0, sure["no"], sure["yes"], 3.0), (-3.0, -1.5, 1.5, 3.0)))
