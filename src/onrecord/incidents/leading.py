"""Which of two stories' leads is rather of an act that the other story tells of besides its own."""

import math
from collections.abc import Iterable, Mapping, Sequence

from onrecord.incidents import likeness, words
from onrecord.incidents.likeness import Gathering, score
from onrecord.incidents.rarity import Scale
from onrecord.incidents.standing import stands
from onrecord.incidents.told import Telling


class Besides:
    """What each story tells of besides its lead that is clearly another event. told: the tellings that are no copy's, by their story; what was
    found is kept until a story is looked at again.
    """

    def __init__(self, scales: Scale, told: Mapping[str, Sequence[Telling]]) -> None:
        self._scales, self._told = scales, told
        self._found: dict[str, tuple[Telling, ...]] = {}

    def forget(self, stories: Iterable[str]) -> None:
        """Drops what was found of stories that tell of something else now."""
        for story in stories:
            self._found.pop(story, None)

    def of(self, lead: Telling) -> tuple[Telling, ...]:
        """What the story of a lead tells of besides."""
        if lead.story.id not in self._found:
            self._found[lead.story.id] = tuple(
                telling
                for telling in sorted(self._told.get(lead.story.id, ()), key=lambda one: one.order)
                if telling is not lead and telling.mode == "done" and stands(telling, lead=False)
                and self._fit(telling, lead) < 0
            )  # fmt: skip
        return self._found[lead.story.id]

    def elsewhere(self, one: Telling, other: Telling) -> bool:
        """Whether one of two leads is rather of an act that the other's story tells of besides its own: of its kind, or in its place."""
        clear = words.table()["weights"]["besides"]
        return any(
            _nearer(mine, act, theirs) and self._fit(mine, act) > self._fit(mine, theirs) + clear
            for mine, theirs in ((one, other), (other, one))
            for act in self.of(theirs)
        )

    def _fit(self, telling: Telling, other: Telling) -> float:
        """How well two tellings fit each other, whatever else their stories say."""
        alone = Gathering()
        alone.add(other, lead=False)
        found = score(telling, alone, self._scales, kin=False)
        return -math.inf if found is None else found.value


def _nearer(mine: Telling, act: Telling, theirs: Telling) -> bool:
    if mine.event.kind == act.event.kind and not likeness.alike(mine.event.kind, theirs.event.kind):
        return True
    return bool(mine.names & act.names) and bool(theirs.names) and mine.names.isdisjoint(theirs.names)
