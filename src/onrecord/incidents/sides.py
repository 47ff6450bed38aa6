"""Who strikes whom in a campaign: what follows for acts of which only one end is told."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from onrecord.incidents import words
from onrecord.records import Incident
from onrecord.wording.gazetteer import fold

Words = frozenset[str]


_MOST = 0.75
"""Which share of the acts at one end must have the same other end, so that it is held to be that of the rest."""


@dataclass(frozen=True, slots=True)
class Sides:
    """The parties of a campaign. doers: telling words of each who is named to strike; strikes: who and whose ground, of the acts of which
    both are told; grounds: of all acts; hit: telling words of all that was hit, and where; lands: in which land each place lies by what is
    told of other acts there, its folded name first.
    """

    doers: tuple[Words, ...] = ()
    strikes: tuple[tuple[Words, Words], ...] = ()
    grounds: tuple[Words, ...] = ()
    hit: Words = frozenset()
    lands: Mapping[str, Words] = field(default_factory=dict)
    _ends: dict[tuple[Words, bool], Words | None] = field(default_factory=dict, compare=False, repr=False)
    _doers: dict[Words, bool] = field(default_factory=dict, compare=False, repr=False)
    _grounds: dict[Words, bool] = field(default_factory=dict, compare=False, repr=False)

    def is_doer(self, asked: Words) -> bool:
        """Whether one who strikes is asked for."""
        if asked not in self._doers:
            self._doers[asked] = any(words.any_akin(asked, doer) for doer in self.doers)
        return self._doers[asked]

    def has_ground(self, asked: Words) -> bool:
        """Whether somebody's ground is asked for, and some place is told to lie on it."""
        if asked not in self._grounds:
            self._grounds[asked] = any(words.any_akin(asked, ground) for ground in self.grounds)
        return self._grounds[asked]

    def struck_by(self, ground: Words) -> Words | None:
        """The only party that strikes this ground, where its own does not."""
        return self._other_end(ground, ground=True)

    def doer(self, incident: Incident) -> Words | None:
        """Who did it: the one named, or the only one who strikes the ground that was hit; None where that is not known."""
        if (named := party(incident.actor)) is not None:
            return named
        ground = self.told(incident)
        return self.struck_by(ground) if ground else None

    def ground(self, incident: Incident) -> Words | None:
        """Whose ground was hit: the one told, or the only one that he who did it strikes; None where that is not known."""
        told = self.told(incident)
        if told:
            return told
        doer = self.doer(incident)
        return self._other_end(doer, ground=False) if doer else None

    def told(self, incident: Incident) -> Words:
        """Whose ground was hit, by what is told: where the place lies, by this or another report; whose enemy did it, by who says so;
        whose people or things were hit. Empty where nothing tells.
        """
        if ground := told_ground(incident):
            return ground
        if incident.where is not None and (land := self.lands.get(fold(incident.where.name))):
            return land
        return self._of_parties(_who_calls_enemy(incident)) or self._of_parties([words.telling(incident.target or "")])

    def party_of(self, name: str) -> Words:
        """The party of those who strike that a source speaks for, by its name; empty where there is none."""
        return self._of_parties([words.telling(name)])

    def _of_parties(self, named: Iterable[Words]) -> Words:
        """The only one of those who strike that names are akin to; empty where there is none, or several."""
        akin = [doer for doer in self.doers if any(words.any_akin(doer, one) for one in named)]
        return akin[0] if akin and all(words.any_akin(akin[0], other) for other in akin) else frozenset()

    def _other_end(self, one: Words, *, ground: bool) -> Words | None:
        """The only party at the other end of the strikes on this ground, or by this doer, or that of nearly all: a report may be wrong. Two
        that strike each other, as states do, each have but one; one that strikes his own ground, as states and their rebels do, has none.
        """
        if (one, ground) not in self._ends:
            ends = [(struck, by) if ground else (by, struck) for by, struck in self.strikes]
            others = Counter(other for here, other in ends if words.any_akin(here, one))
            top = max(others, key=lambda other: others[other], default=None)
            alike = sum(n for other, n in others.items() if top is not None and words.any_akin(top, other))
            alone = top is not None and alike >= _MOST * others.total() and not words.any_akin(top, one)
            both = alone and top is not None and self.is_doer(one) and self.is_doer(top)
            self._ends[one, ground] = top if both else None
        return self._ends[one, ground]


def sides(incidents: Sequence[Incident]) -> Sides:
    """The parties of a campaign, from the incidents of which doer or ground is told."""
    ordered = sorted(incidents, key=lambda one: one.events)
    doers = tuple(dict.fromkeys(doer for one in ordered if (doer := party(one.actor))))
    known = Sides(doers, lands=_lands(ordered))
    told = [(party(one.actor), known.told(one)) for one in ordered]
    grounds = tuple(dict.fromkeys(ground for _, ground in told if ground))
    strikes = tuple((doer, ground) for doer, ground in told if doer and ground)
    hit = frozenset(word for incident in incidents for word in target_words(incident))
    return Sides(doers, strikes, grounds, hit, known.lands)


def _lands(incidents: Iterable[Incident]) -> dict[str, Words]:
    """In which land each place lies, where what is told of it agrees."""
    found: dict[str, list[Words]] = defaultdict(list)
    for one in incidents:
        if one.where is not None and (ground := told_ground(one)):
            found[fold(one.where.name)].append(ground)
    return {name: lands[0] for name, lands in found.items() if all(words.any_akin(lands[0], other) for other in lands)}


def _who_calls_enemy(incident: Incident) -> list[Words]:
    """Telling words of the sources to whom the doer is the enemy."""
    return [
        words.telling(said.source)
        for said in incident.statements
        if said.field == "actor" and not enemies().isdisjoint(fold(said.value).split())
    ]


@lru_cache(maxsize=65536)
def party(actor: str | None) -> Words | None:
    """Telling words of the party that an actor's name names: none does that only says what he is ("Gunmen", "the army")."""
    if actor is None or not words.is_name(actor):
        return None
    return words.telling(" ".join(word for word in fold(actor).split() if word not in _nameless())) or None


def is_arm(actor: str | None) -> bool:
    """Whether an actor is an arm of some state: its army, police or navy."""
    return actor is not None and not arms().isdisjoint(fold(actor).split())


def target_words(incident: Incident) -> Words:
    """Telling words of what was hit, of the place, and of the land in which it is told to lie."""
    where = incident.where
    placed = [where.name, where.container or "", where.country or ""] if where is not None else []
    return words.telling(" ".join([incident.target or "", *placed]))


def told_ground(incident: Incident) -> Words:
    """Telling words of the state or region in which the incident's place is told to lie."""
    where = incident.where
    return words.telling(f"{where.container or ''} {where.country or ''}") if where is not None else frozenset()


@cache
def arms() -> frozenset[str]:
    """Words for the arms of a state."""
    return frozenset(table()["state"])


@cache
def enemies() -> frozenset[str]:
    """Words for the other side, by those who speak."""
    return frozenset(table()["enemy"])


@cache
def _nameless() -> frozenset[str]:
    return arms() | words.nobody()


@cache
def table() -> dict[str, Any]:
    """The table of what the words of a scope, and of an actor, ask for."""
    text = resources.files("onrecord.incidents").joinpath("scopes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
