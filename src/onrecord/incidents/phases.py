"""When a telling is put to its event, and what it needs to join one."""

from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.incidents import words
from onrecord.incidents.likeness import Part
from onrecord.incidents.shelf import Step
from onrecord.incidents.told import Telling

LEADS, FIRM, SOFT, VAGUE, LEFT, COPIES, COPIES_LEFT, OPEN, DOUBT, ASIDE, CARRIED = range(11)
"""The phases in which tellings are put to their events. What several stories lead with founds first; dated tellings found incidents
before vague ones, so that no vague one links two; own reports go before copies, and of what has no day what fits an incident before what
may found one; doubts come late, and belong to what they fit best, an incident or a plan; copies go where what they carry went.
"""
_PHASE = {"open": OPEN, "doubt": DOUBT, "aside": ASIDE}


@dataclass(frozen=True, slots=True)
class Try:
    """Which gatherings a telling is held against, and what it needs to join one. happened: incidents; else plans, which have no days."""

    happened: bool
    threshold: str
    undated: bool = False


_INCIDENT, _UNDATED = Try(True, "join"), Try(True, "join_undated")
TRIES: Mapping[int, tuple[Try, ...]] = {
    FIRM: (_INCIDENT,),
    SOFT: (_INCIDENT, Try(True, "join_undated", undated=True)),
    **dict.fromkeys((VAGUE, LEFT, COPIES, COPIES_LEFT), (_UNDATED,)),
    OPEN: (Try(False, "join_plan"),),
    DOUBT: (Try(True, "join_doubt"), Try(False, "join_plan")),
    ASIDE: (Try(True, "join_aside"),),
    CARRIED: (),
}
FOUND = frozenset({FIRM, SOFT, LEFT, COPIES_LEFT})
PLANS = frozenset({OPEN, DOUBT})


def steps_of(telling: Telling, *, carried: bool) -> tuple[Step, ...]:
    """When a telling is put to its event."""
    rank = int(telling.lineage.copy)
    if carried:
        phases: tuple[int, ...] = (CARRIED,)
    elif telling.mode != "done":
        phases = (_PHASE[telling.mode],)
    elif telling.sharp:
        phases = (FIRM if telling.firm else SOFT,)
    else:
        phases = (COPIES, COPIES_LEFT) if telling.lineage.copy else (VAGUE, LEFT)
    return tuple((phase, rank, *telling.order) for phase in phases)


def needed(one: Try, telling: Telling) -> float:
    """What a telling has to come to: with a day less where it has no place that could disagree."""
    threshold = "join_unplaced" if one is _INCIDENT and not telling.names else one.threshold
    least: float = words.table()["weights"][threshold]
    return least


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was not held to be one with a gathering. needs: what all questions together would have had to come to; parts: what each
    came to; ruled_out: the sentence that rules it out whatever they come to.
    """

    event: str
    needs: float
    parts: tuple[Part, ...]
    ruled_out: str | None = None

    @property
    def missing(self) -> tuple[bool, float]:
        """How much was missing; what is ruled out stands behind all else."""
        return self.ruled_out is not None, self.needs - self.total

    @property
    def total(self) -> float:
        """What all questions together come to."""
        return sum(value for _, value, _ in self.parts)
