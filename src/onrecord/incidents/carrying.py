"""Which event of its origin each event of a copy is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from onrecord.incidents import words
from onrecord.incidents.likeness import Gathering, score
from onrecord.incidents.rarity import Scale
from onrecord.incidents.told import Telling


class Carried:
    """For the events of copies, that of the origin which each carries, where the origin is held and tells of it."""

    def __init__(self, scales: Scale) -> None:
        self._scales = scales
        self._closest: dict[str, str] = {}
        self._by: defaultdict[str, set[str]] = defaultdict(set)
        self._copies: defaultdict[str, set[str]] = defaultdict(set)

    def root(self, event: str) -> str | None:
        """What an event carries, through copies of copies back to what is no copy's; None where it carries nothing."""
        seen, at = {event}, self._closest.get(event)
        while at is not None and at in self._closest and at not in seen:
            seen.add(at)
            at = self._closest[at]
        return at if at not in seen else None

    def by(self, event: str) -> set[str]:
        """The events that carry an event, straight or through copies of copies."""
        found, waiting = set[str](), [event]
        while waiting:
            more = self._by.get(waiting.pop(), set()) - found
            found |= more
            waiting += more
        return found

    def change(
        self,
        gone: Iterable[str],
        touched: Iterable[Telling],
        stories: Iterable[str],
        told: Mapping[str, Sequence[Telling]],
    ) -> set[str]:
        """Takes events out, and looks again at tellings that are new or whose words are rarer or more common now, and at all copies of
        some stories. told: all tellings, by their story. Returns the events that carry another event now, or none any more.
        """
        was: dict[str, str | None] = {}
        again = {telling.event.id: telling for telling in touched}
        for story in stories:
            for copy in self._copies.get(story, ()):
                again.update((telling.event.id, telling) for telling in told.get(copy, ()))
        for event in gone:
            was[event] = self.root(event)
            was.update((other, self.root(other)) for other in self.by(event))
            self._link(event, None, None)
        for event in again:
            was.setdefault(event, self.root(event))
            was.update((other, self.root(other)) for other in self.by(event) if other not in was)
        for event, telling in again.items():
            origin = telling.lineage.origin if telling.lineage.copy else None
            self._link(
                event, telling, _closest(telling, told.get(origin, ()), self._scales) if origin is not None else None
            )
        return {event for event, root in was.items() if self.root(event) != root}

    def _link(self, event: str, telling: Telling | None, closest: Telling | None) -> None:
        if (before := self._closest.pop(event, None)) is not None:
            self._by[before].discard(event)
        if telling is not None and telling.lineage.copy and telling.lineage.origin is not None:
            self._copies[telling.lineage.origin].add(telling.story.id)
        if closest is not None:
            self._closest[event] = closest.event.id
            self._by[closest.event.id].add(event)


def _closest(telling: Telling, others: Sequence[Telling], scales: Scale) -> Telling | None:
    """The telling of another story that is most like this one, days left aside; None where none is like it."""
    best: tuple[float, Telling] | None = None
    for other in sorted(others, key=lambda one: one.order):
        alone = Gathering()
        alone.add(other, scales.lead(other))
        found = score(telling, alone, scales, timeless=True, kin=False)
        if found is None:
            continue
        first = words.table()["weights"]["both_first"] if scales.lead(telling) and scales.lead(other) else 0.0
        if best is None or found.value + first > best[0]:
            best = (found.value + first, other)
    return best[1] if best is not None and best[0] >= words.table()["weights"]["as_origin"] else None
