"""The dead and hurt of the one incident that a plain crime report is about."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from spacy.tokens import Token

from onrecord.events import counts, harm, phrases
from onrecord.language import weighed
from onrecord.language.annotated import Annotated, Sentence
from onrecord.records import NOTHING_SAID, Bounds, Count
from onrecord.wording import numbers

LEAD = 14
"""How many sentences tell of the incident itself; what comes later is mostly background."""
_OPENING = 3
"""How many of them open it: there an incident is told, and hardly ever another."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|-")
_NOT_DONE = frozenset(
    {"could", "would", "might", "may", "will", "can", "should", "if", "threaten", "plan", "try", "attempt", "conspire"}
)
_SURE = 1.0
"""By how much the weights have to speak against what phrases tell of the hurt."""
_MANY = 60
"""More dead or hurt than this in a report of one crime are those of a year or a city."""


@dataclass(frozen=True, slots=True)
class Harm:
    """The dead and hurt of a report's main incident, nothing said where no words tell. died, hurt: how likely anybody died, or was
    hurt, whether or not words say it.
    """

    killed: Bounds
    injured: Bounds
    died: float
    hurt: float


def story_counts(annotated: Annotated) -> Harm:
    """Killed and injured in the main incident of a story that reports one.

    Numbers are those of `by_rules`; whether any died, or were hurt, in the incident itself (and not last week, in another
    town, or in the name of a police unit) is told by all the words of the lead together, as learned from such reports.
    """
    killed, injured = by_rules(annotated)
    seen = frozenset(features(annotated, killed, injured))
    dead, hurt = weighed.scores("killed", seen), weighed.scores("injured", seen)
    return Harm(_weighed("killed", killed, dead), _weighed("injured", injured, hurt), _chance(dead), _chance(hurt))


def by_rules(annotated: Annotated) -> tuple[Bounds, Bounds]:
    """Killed and injured as far as phrases tell them: the largest whole number among the first sentences decides. Without one,
    words of a death are one death, and words of a wound are one person hurt where nobody died. "Four were shot, one
    fatally" leaves three hurt.
    """
    lead = annotated.sentences[:LEAD]
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


def features(annotated: Annotated, killed: Bounds, injured: Bounds) -> Iterator[str]:
    """What the weights are of: words, pairs and threes of them in the lead ("^" before those of its opening), and what the
    rules found.
    """
    for what, bounds in (("killed", killed), ("injured", injured)):
        yield f"={what} {min(bounds.best or 0, 3)}"
    for number, sentence in enumerate(annotated.sentences[:LEAD]):
        words = ["#" if w[0].isdigit() else w for w in _WORD.findall(sentence.text.lower().replace("’", "'"))]
        for size in (1, 2, 3):
            for at in range(len(words) - size + 1):
                phrase = " ".join(words[at : at + size])
                yield phrase
                if number < _OPENING:
                    yield f"^{phrase}"


def _chance(scores: np.ndarray) -> float:
    """How likely it is any at all, in whole hundredths: so that last bits, which differ between machines, seldom show."""
    shares = np.exp(scores - scores.max())
    return round(1.0 - float(shares[0] / shares.sum()), 2)


def _weighed(what: Literal["killed", "injured"], told: Bounds, scores: np.ndarray) -> Bounds:
    said, likeliest = min(told.best or 0, 2), int(scores.argmax())
    # Registries count the hurt that a story leaves out. Here stands no one hurt whom no words tell of, and words that
    # tell of one give way only to what is sure.
    unsure = likeliest < said and scores[likeliest] - scores[said] < _SURE
    if likeliest == said or (what == "injured" and (not said or unsure)):
        return told
    if likeliest == 0:
        return NOTHING_SAID
    return Bounds(likeliest, likeliest, None)


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
