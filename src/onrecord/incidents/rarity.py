"""How telling each word is, kept up as tellings come and go."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.incidents.told import Telling, leads

_PLAIN_FACT = 0.4
_FEW = 40
_QUIET = 2
"""At as many places as this acts may be told of on a day before that says less of which act is meant."""


def step(number: int, digits: int = 2) -> int:
    """A number by its first binary digits, the rest 0: one more seldom changes what is rare."""
    low = max(0, number.bit_length() - digits)
    return number >> low << low


@dataclass(frozen=True, slots=True)
class Moved:
    """What more tellings change for all others. events: those with a word that is rarer or more common now; stories: those with such a
    fact; days: on which acts are told of at more places, or at fewer; everything: whether so many came or went that all is.
    """

    events: set[str]
    stories: set[str]
    days: set[date]
    everything: bool


class Scale:
    """How telling each word is, between 0 for what every telling has and 1 for what no other has. said: the words of clauses; facts:
    those of stories; leads: the events that are the first act their story tells of. Numbers count in steps: what is here does not depend on
    the order in which the tellings came.
    """

    def __init__(self) -> None:
        self.said: dict[str, float] = {}
        self.facts: dict[str, float] = {}
        self.leads: set[str] = set()
        self._words: defaultdict[str, set[str]] = defaultdict(set)
        self._of_stories: defaultdict[str, set[str]] = defaultdict(set)
        self._sites: defaultdict[date, Counter[str]] = defaultdict(Counter)
        self._number = self._stories = 0

    def crowd(self, day: date) -> float:
        """How much less a day says of which act is meant than where one or two places have one, in doublings."""
        return math.log2(max(1.0, step(len(self._sites.get(day, ()))) / _QUIET))

    def lead(self, telling: Telling) -> bool:
        """Whether it is the first act that its story tells of."""
        return telling.event.id in self.leads

    def change(self, gone: Iterable[Sequence[Telling]], come: Iterable[Sequence[Telling]]) -> Moved:
        """Takes tellings out and in, each story's together. Returns what that moves for others."""
        words, facts, days = set[str](), set[str](), dict[date, float]()
        whole = step(self._number, 1), step(self._stories, 1)
        for out, stories in ((True, gone), (False, come)):
            for told in stories:
                self._count(told, out=out, words=words, facts=facts, days=days)
        everything = (step(self._number, 1), step(self._stories, 1)) != whole
        if everything:
            words, facts = set(self._words), set(self._of_stories)
        words = {word for word in words if self._set(self.said, word, self._telling(word))}
        facts = {fact for fact in facts if self._set(self.facts, fact, self._fact(fact))}
        return Moved(
            {event for word in words for event in self._words.get(word, ())},
            {story for fact in facts for story in self._of_stories.get(fact, ())},
            {day for day, was in days.items() if self.crowd(day) != was},
            everything,
        )

    def _count(
        self, told: Sequence[Telling], *, out: bool, words: set[str], facts: set[str], days: dict[date, float]
    ) -> None:
        self._number += -len(told) if out else len(told)
        self._stories += -1 if out else 1
        for telling in told:
            for word in telling.said | telling.target:
                _file(self._words, word, telling.event.id, out=out)
                words.add(word)
            if telling.mode == "done" and telling.sharp and telling.days is not None and not telling.wide:
                day = telling.days[0]
                days.setdefault(day, self.crowd(day))
                sites = self._sites[day]
                for name in telling.names:
                    sites[name] += -1 if out else 1
                    if not sites[name]:
                        del sites[name]
        for fact in told[0].facts if told else ():
            _file(self._of_stories, fact, told[0].story.id, out=out)
            facts.add(fact)
        about = {lead.event.id for lead in leads(told).values()}
        (self.leads.difference_update if out else self.leads.update)(about)

    @staticmethod
    def _set(table: dict[str, float], word: str, worth: float | None) -> bool:
        was = table.get(word)
        if worth is None:
            table.pop(word, None)
        else:
            table[word] = worth
        return was != worth

    def _telling(self, word: str) -> float | None:
        number = len(self._words.get(word, ()))
        return _rare(number, self._number) ** 2 if number else None

    def _fact(self, fact: str) -> float | None:
        number = len(self._of_stories.get(fact, ()))
        return max(0.0, _rare(number, self._stories) - _PLAIN_FACT) / (1 - _PLAIN_FACT) if number else None


def _file(table: defaultdict[str, set[str]], word: str, id_: str, *, out: bool) -> None:
    if not out:
        table[word].add(id_)
        return
    table[word].discard(id_)
    if not table[word]:
        del table[word]


def _rare(number: int, whole: int) -> float:
    """1 for what stands once, 0 for what stands everywhere, by the logarithm. Few tellings say little of what is common."""
    return max(0.0, 1.0 - math.log(step(number)) / math.log(max(step(whole, 1), _FEW)))
