"""Which incidents a tally counts, from the words of its scope."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from onrecord.incidents import words
from onrecord.records import Campaign, EventKind, Incident, Plan, TallyUnit
from onrecord.wording.gazetteer import fold


@dataclass(frozen=True, slots=True)
class Scope:
    """Telling words that an incident must meet: by: its actor; on: its target or place. Empty sets ask for nothing. side:
    whether what was hit is the ground of one who strikes, too.
    """

    by: frozenset[str]
    on: frozenset[str]
    side: bool = False

    def holds(self, incident: Incident) -> bool:
        """Whether the incident is in the scope for all that the ledger knows."""
        doer = words.telling(incident.actor or "")
        return _meets(self.by, doer) and self._is_on(incident, doer, unknown=False)

    def may_hold(self, incident: Incident) -> bool:
        """Whether it is, or may be: nobody has named who did it."""
        doer = words.telling(incident.actor) if incident.actor is not None and words.is_name(incident.actor) else None
        return (doer is None or _meets(self.by, doer)) and self._is_on(incident, doer or frozenset(), unknown=True)

    def _is_on(self, incident: Incident, doer: frozenset[str], *, unknown: bool) -> bool:
        """Whether the scope's target or place was hit. Of a place that no map puts anywhere, whose ground it is follows from
        who did it: nobody's strikes are on his own. unknown: the answer where nobody is named either.
        """
        if _meets(self.on, _target_words(incident)):
            return True
        if not self.side or (incident.where is not None and incident.where.country is not None):
            return False
        named = incident.actor is not None and words.is_name(incident.actor)
        return not words.any_akin(self.on, doer) if named else unknown


def _meets(asked: frozenset[str], held: frozenset[str]) -> bool:
    """Whether at least half of the words asked for are there: "the Red Front" is "Red Front fighters"."""
    return 2 * sum(words.any_akin(frozenset({word}), held) for word in asked) >= len(asked)


def doers(incidents: Iterable[Incident]) -> frozenset[str]:
    """Telling words of those who are named to have done the incidents."""
    named = [one.actor for one in incidents if one.actor is not None and words.is_name(one.actor)]
    return frozenset(word for name in named for word in words.telling(name))


def scope(told: str | None, doers: frozenset[str] = frozenset()) -> Scope:
    """The scope in words ("attacks by the Red Front", "Verani raids on the coast") as what it asks of an incident. doers:
    telling words of those who strike in the campaign.
    """
    if told is None:
        return Scope(frozenset(), frozenset())
    asked: dict[str, list[str]] = {"doer": [], "place": []}
    into, table = "doer", _table()
    for word in fold(told).split():
        into = next((side for side in asked if word in table[side]), into)
        if word not in table["plain"] and word not in table[into]:
            asked[into].append(word)
    on = words.telling(" ".join(asked["place"]))
    return Scope(words.telling(" ".join(asked["doer"])), on, words.any_akin(on, doers))


def kinds(unit: TallyUnit) -> frozenset[EventKind] | None:
    """The kinds of incident that a unit counts, empty for all; None for units that count no incidents."""
    found = _table()["kinds"].get(unit)
    return None if found is None else frozenset(found)


@cache
def _table() -> dict[str, Any]:
    text = resources.files("onrecord.incidents").joinpath("scopes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _target_words(incident: Incident) -> frozenset[str]:
    where = incident.where
    placed = [where.name, where.container or "", where.country or ""] if where is not None else []
    return words.telling(" ".join([incident.target or "", *placed]))


def belongs(incident: Incident | Plan, campaign: Campaign) -> bool:
    """Whether an incident or a plan is one of a campaign's. What has no day lies in no period, and in all."""
    when = incident.when if isinstance(incident, Incident) else None
    day = when.start if when is not None else None
    if day is not None and ((campaign.start and day < campaign.start) or (campaign.end and day > campaign.end)):
        return False
    if campaign.kinds and incident.kind not in campaign.kinds:
        return False
    if campaign.actors and not _any(campaign.actors, words.telling(incident.actor or "")):
        return False
    where = incident.where
    placed = (
        words.telling(f"{where.name} {where.container or ''} {where.country or ''}")
        if where is not None
        else frozenset()
    )
    return not campaign.places or _any(campaign.places, placed)


def _any(names: Sequence[str], held: frozenset[str]) -> bool:
    return any(
        asked and all(words.any_akin(frozenset({w}), held) for w in asked) for asked in map(words.telling, names)
    )
