"""Whether an act is told as done: the words that govern it and the network, each for what it is worth."""

from typing import cast

import numpy as np
from spacy.tokens import Token

from onrecord.events import status
from onrecord.language.annotated import Annotated
from onrecord.records import Part, Span, Status


def likeliest(told: Status, annotated: Annotated, trigger: Span) -> Status:
    """The likeliest status of the act that a trigger names. told: what the words that govern it tell. How often they tell
    that where each status is the right one was counted with the network left out, and is kept beside it.
    """
    judged = annotated.judged(trigger.part, trigger.start, trigger.end)
    if judged is None:
        return told
    lists = annotated.encoder.lists
    belief = judged.statuses + lists.trust[:, lists.statuses.index(told)]
    return cast("Status", lists.statuses[int(belief.argmax())])


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
