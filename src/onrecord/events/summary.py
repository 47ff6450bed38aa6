"""The dead and hurt of the one incident that a plain crime report is about."""

import re
from collections.abc import Iterable
from functools import cache

from spacy.tokens import Token

from onrecord.events import counts, harm, phrases
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import NOTHING_SAID, Bounds, Count
from onrecord.wording import numbers

_LEAD = 14
"""How many sentences tell of the incident itself; what comes later is mostly background."""
_NOT_DONE = frozenset(
    {"could", "would", "might", "may", "will", "can", "should", "if", "threaten", "plan", "try", "attempt", "conspire"}
)
_MANY = 60
"""More dead or hurt than this in a report of one crime are those of a year or a city."""


def story_counts(annotated: Annotated) -> tuple[Bounds, Bounds]:
    """Killed and injured in the main incident of a story that reports one, nothing said where no words tell.

    The largest whole number among the first sentences decides. Without one, words of a death are one death, and words
    of a wound are one person hurt where nobody died. "Four were shot, one fatally" leaves three hurt.
    """
    lead = annotated.sentences[:_LEAD]
    found = [f.count for s in lead for f in counts.found_in(annotated, s) if _is_done(f.at)]
    text = " ".join(s.text for s in lead)
    killed = _largest(c for c in found if c.what == "killed")
    if not (killed.best or 0) and _tells(text, "fatal"):
        killed = Bounds(1, 1, None)
    injured = _largest(c for c in found if c.what == "injured")
    dead, shot = killed.best or 0, max((_shot(s) for s in lead), default=0)
    if not (injured.best or 0) and shot > dead:
        injured = Bounds(shot - dead, shot - dead, None)
    elif not (injured.best or 0) and not dead and _tells(text, "hurt"):
        injured = Bounds(1, 1, None)
    return killed, injured


def _largest(found: Iterable[Count]) -> Bounds:
    whole = [numbers.bounds(c.quantity, "joint") for c in found if not c.part]
    whole = [b for b in whole if (b.best or b.low or 0) <= _MANY]
    best = max(whole, key=lambda b: b.best or b.low or 0, default=NOTHING_SAID)
    return best if best.best is not None or best.low is None else Bounds(best.low, best.low, best.high)


def _is_done(verb: Token) -> bool:
    around = [*verb.children, *([verb.head] if verb.dep_ in {"xcomp", "ccomp"} else [])]
    return not any(t.lemma_.lower() in _NOT_DONE for t in around)


def _shot(sentence: Sentence) -> int:
    """How many the sentence says were shot or stabbed, whatever became of them; 0 where it gives no number."""
    found = [0]
    for phrase in (*phrases.numbered(sentence), *phrases.single(sentence)):
        verb = phrase.head.head
        if verb.lemma_.lower() not in harm.listed("struck") or phrase.quantity.number is None or not _is_done(verb):
            continue
        passive = any(c.dep_ == "auxpass" for c in verb.children) or verb.dep_ in {"acl", "relcl"}
        if phrase.head.dep_ == "nsubjpass" or (phrase.head.dep_ == "dobj" and not passive):
            found.append(phrase.quantity.number)
    return min(max(found), _MANY)


def _tells(text: str, name: str) -> bool:
    return _pattern(name).search(_pattern("unlike").sub(" ", text)) is not None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in sorted(harm.listed(name), key=lambda word: (-len(word), word)))
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
