"""Which incidents a tally counts, from the words of its scope."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onrecord.incidents import words
from onrecord.incidents.sides import Sides, arms, is_arm, table, target_words
from onrecord.records import Campaign, EventKind, Incident, Plan, TallyUnit
from onrecord.wording.gazetteer import fold


@dataclass(frozen=True, slots=True)
class Scope:
    """Telling words that an incident must meet: by: its actor; on: its target, its place or whose ground that is. Empty sets ask for
    nothing. state: whether any arm of a state is meant; sides: who strikes whom in the campaign.
    """

    by: frozenset[str]
    on: frozenset[str]
    state: bool = False
    sides: Sides = field(default_factory=Sides)

    def holds(self, incident: Incident) -> bool | None:
        """Whether the incident is in the scope; None where the ledger does not know who did it or whose ground was hit."""
        answers = self._is_by(incident), self._is_on(incident)
        return False if False in answers else None if None in answers else True

    def _is_by(self, incident: Incident) -> bool | None:
        if self.state and is_arm(incident.actor):
            return True
        if not self.by and not self.state:
            return True
        doer = self.sides.doer(incident)
        if doer is None:
            return None
        return bool(self.by) and _meets(self.by, doer)

    def _is_on(self, incident: Incident) -> bool | None:
        if not self.on or _meets(self.on, target_words(incident)):
            return True
        ground, doer = self.sides.ground(incident), self.sides.doer(incident)
        if ground is not None:
            return _meets(self.on, ground)
        if self.sides.is_doer(self.on) and doer is not None:
            # Nobody's strikes are on his own ground, unless it is his own people that he strikes
            return True if not words.any_akin(self.on, doer) else False if self.sides.struck_by(self.on) else None
        if self.sides.is_doer(self.on):
            return None
        # Of a place that is told of, others are apart; in which land a place lies is often told nowhere
        return None if self.sides.has_ground(self.on) or not words.any_akin(self.on, self.sides.hit) else False


def _meets(asked: frozenset[str], held: frozenset[str]) -> bool:
    """Whether at least half of the words asked for are there: "the Red Front" is "Red Front fighters"."""
    return 2 * sum(words.any_akin(frozenset({word}), held) for word in asked) >= len(asked)


def scope(told: str | None, sides: Sides | None = None) -> Scope:
    """The scope in words ("attacks by the Red Front", "Verani raids on the coast") as what it asks of an incident. sides: who strikes
    whom in the campaign.
    """
    known = sides or Sides()
    if told is None:
        return Scope(frozenset(), frozenset(), sides=known)
    asked: dict[str, list[str]] = {"doer": [], "place": []}
    into, known_words = "doer", table()
    spoken = fold(told).split()
    for word in spoken:
        into = next((side for side in asked if word in known_words[side]), into)
        if word not in known_words["plain"] and word not in known_words[into]:
            asked[into].append(word)
    by = [word for word in asked["doer"] if word not in arms()]
    some_arm = len(by) < len(asked["doer"]) or "forces" in spoken
    return Scope(
        words.telling(" ".join(by)),
        words.telling(" ".join(asked["place"])),
        state=some_arm and not words.telling(" ".join(by)),
        sides=known,
    )


def kinds(unit: TallyUnit) -> frozenset[EventKind] | None:
    """The kinds of incident that a unit counts, empty for all; None for units that count no incidents."""
    found = table()["kinds"].get(unit)
    return None if found is None else frozenset(found)


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
