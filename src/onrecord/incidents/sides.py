"""Who strikes whom in a campaign: what follows for acts of which only one end is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from onrecord.incidents import words
from onrecord.records import Incident

Words = frozenset[str]
NONE: Words = frozenset()


@dataclass(frozen=True, slots=True)
class Sides:
    """The parties of a campaign. doers: telling words of each who strikes; grounds: of each whose ground is told to be struck.
    across: whether the parties strike each other's ground and nobody his own, as two states do and a state and its rebels do not.
    """

    doers: tuple[Words, ...] = ()
    grounds: tuple[Words, ...] = ()
    across: bool = False

    def strikes(self, asked: Words) -> bool:
        """Whether one who strikes is asked for."""
        return any(words.any_akin(asked, doer) for doer in self.doers)

    def has_ground(self, asked: Words) -> bool:
        """Whether somebody's ground is asked for, and some place is told to lie on it."""
        return any(words.any_akin(asked, ground) for ground in self.grounds)

    def doer(self, incident: Incident) -> Words | None:
        """Who did it: the one named, or the only one who strikes the ground that was hit; None where that is not known."""
        if incident.actor is not None and words.is_name(incident.actor):
            return words.telling(incident.actor)
        ground = told_ground(incident)
        if not self.across or not ground:
            return None
        others = [doer for doer in self.doers if not words.any_akin(doer, ground)]
        return others[0] if len(others) == 1 and len(self.doers) > len(others) else None

    def ground(self, incident: Incident) -> Words | None:
        """Whose ground was hit: the one told, or the only one that he who did it strikes; None where that is not known."""
        told = told_ground(incident)
        if told or not self.across or (doer := self.doer(incident)) is None:
            return told or None
        others = [ground for ground in self.grounds if not words.any_akin(ground, doer)]
        return others[0] if len(others) == 1 else None


def sides(incidents: Iterable[Incident]) -> Sides:
    """The parties of a campaign, from the incidents of which doer or ground is told."""
    doers: list[Words] = []
    grounds: list[Words] = []
    pairs: list[tuple[Words, Words]] = []
    for incident in sorted(incidents, key=lambda one: one.events):
        named = incident.actor is not None and words.is_name(incident.actor)
        doer, ground = words.telling(incident.actor or "") if named else NONE, told_ground(incident)
        _join(doers, doer)
        _join(grounds, ground)
        if doer and ground:
            pairs.append((doer, ground))
    own = any(words.any_akin(doer, ground) for doer, ground in pairs)
    struck = [ground for _, ground in pairs if any(words.any_akin(ground, doer) for doer in doers)]
    return Sides(tuple(doers), tuple(grounds), bool(struck) and not own)


def told_ground(incident: Incident) -> Words:
    """Telling words of the state or region in which the incident's place is told to lie."""
    where = incident.where
    return words.telling(f"{where.container or ''} {where.country or ''}") if where is not None else NONE


def _join(known: list[Words], one: Words) -> None:
    """Adds words to the party that they name, or as one of their own."""
    if not one:
        return
    at = next((n for n, other in enumerate(known) if words.any_akin(one, other)), None)
    if at is None:
        known.append(one)
    else:
        known[at] |= one
