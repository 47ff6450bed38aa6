"""What does an outlet count when it says "killed" or "strikes"? The reading that more of its totals fit."""

from collections import defaultdict
from dataclasses import dataclass, field

from onrecord.records import Tally, TallyUnit

_READINGS: dict[TallyUnit, tuple[TallyUnit, ...]] = {
    "killed": ("killed", "killed_or_presumed_dead"),
    "strikes": ("strikes", "attacks"),
}
"""What the name of a unit may stand for, what it says first."""
_WHY: dict[tuple[TallyUnit, TallyUnit], str] = {
    ("killed", "killed_or_presumed_dead"): "counts those presumed dead among the killed",
    ("strikes", "attacks"): "counts attacks of every kind as strikes",
}
_ENOUGH = 2
"""How many totals have to fit a reading, and how many more than fit the plain one."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What an outlet counts by the name of a unit, and why that is held; no words where it is what the name says."""

    unit: TallyUnit
    why: str = ""


@dataclass(slots=True)
class Habits:
    """The totals of every outlet, as far as they fit a reading of their unit."""

    _fits: dict[tuple[str, TallyUnit, TallyUnit], set[tuple[object, ...]]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _seen: dict[tuple[str, TallyUnit], set[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(set))

    def readings(self, unit: TallyUnit) -> tuple[TallyUnit, ...]:
        """What the name of a unit may stand for."""
        return _READINGS.get(unit, ())

    def see(self, outlet: str | None, tally: Tally, unit: TallyUnit, *, fits: bool) -> None:
        """Takes note of whether a total fits a reading of its unit. The same number printed again is one total."""
        if outlet is None:
            return
        total = tally.quantity, tally.scope
        self._seen[outlet, tally.unit].add(total)
        if fits:
            self._fits[outlet, tally.unit, unit].add(total)

    def of(self, outlet: str | None, unit: TallyUnit) -> Habit:
        """What an outlet counts by the name of a unit: another thing than it says only if clearly more of its totals fit that."""
        if outlet is None or unit not in _READINGS:
            return Habit(unit)
        plain, *others = _READINGS[unit]
        fitting = {one: len(self._fits[outlet, unit, one]) for one in (plain, *others)}
        best = max(others, key=lambda one: fitting[one])
        if fitting[best] < fitting[plain] + _ENOUGH:
            return Habit(unit)
        seen = len(self._seen[outlet, unit])
        why = f"{outlet} {_WHY[unit, best]}: {fitting[best]} of its {seen} totals fit so, {fitting[plain]} otherwise."
        return Habit(best, why)
