"""Who strikes whom in a campaign: what follows for acts of which only one end is told."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from onrecord.incidents import words
from onrecord.records import Incident
from onrecord.wording.gazetteer import fold

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sides:
    """The parties of a campaign. doers: telling words of each who is named to strike; strikes: who and whose ground, of the acts of which
    both are told; grounds: of all acts; hit: telling words of all that was hit, and where.
    """

    doers: tuple[Words, ...] = ()
    strikes: tuple[tuple[Words, Words], ...] = ()
    grounds: tuple[Words, ...] = ()
    hit: Words = frozenset()
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
        ground = told_ground(incident)
        return self.struck_by(ground) if ground else None

    def ground(self, incident: Incident) -> Words | None:
        """Whose ground was hit: the one told, or the only one that he who did it strikes; None where that is not known."""
        told = told_ground(incident)
        if told:
            return told
        doer = self.doer(incident)
        return self._other_end(doer, ground=False) if doer else None

    def _other_end(self, one: Words, *, ground: bool) -> Words | None:
        """The only party at the other end of the strikes on this ground, or by this doer. Two that strike each other, as states do, each
        have but one; one that strikes his own ground, as states and their rebels do, has none that is sure.
        """
        if (one, ground) not in self._ends:
            ends = [(struck, by) if ground else (by, struck) for by, struck in self.strikes]
            others = [other for here, other in ends if words.any_akin(here, one)]
            own = any(words.any_akin(other, one) for other in others)
            alone = bool(others) and all(words.any_akin(others[0], other) for other in others)
            both = alone and self.is_doer(one) and self.is_doer(others[0])
            self._ends[one, ground] = others[0] if both and not own else None
        return self._ends[one, ground]


def sides(incidents: Sequence[Incident]) -> Sides:
    """The parties of a campaign, from the incidents of which doer or ground is told."""
    doers: dict[Words, None] = {}
    grounds: dict[Words, None] = {}
    strikes: dict[tuple[Words, Words], None] = {}
    for incident in sorted(incidents, key=lambda one: one.events):
        doer, ground = party(incident.actor), told_ground(incident)
        if doer:
            doers[doer] = None
        if ground:
            grounds[ground] = None
        if doer and ground:
            strikes[doer, ground] = None
    hit = frozenset(word for incident in incidents for word in target_words(incident))
    return Sides(tuple(doers), tuple(strikes), tuple(grounds), hit)


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
def _nameless() -> frozenset[str]:
    return arms() | words.nobody()


@cache
def table() -> dict[str, Any]:
    """The table of what the words of a scope, and of an actor, ask for."""
    text = resources.files("onrecord.incidents").joinpath("scopes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
