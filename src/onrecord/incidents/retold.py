"""What every story tells, kept up as stories come and as it is found out whose report each is."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from onrecord.incidents.told import Families, Telling, tellings
from onrecord.records import Derivation, Mutation, Read


class Retold:
    """The tellings of all stories. told: by their events' ids, as each story by itself has them."""

    def __init__(self) -> None:
        self.told: dict[str, Telling] = {}
        self._reads: dict[str, Read] = {}
        self._derivations: dict[str, Derivation] = {}
        self._mutations: dict[str, tuple[Mutation, ...]] = {}
        self._of: dict[str, list[Telling]] = {}
        self._outer: Counter[str] = Counter()
        self._named: defaultdict[str, set[str]] = defaultdict(set)

    def change(
        self,
        reads: Iterable[Read],
        derivations: Mapping[str, Derivation],
        mutations: Mapping[str, tuple[Mutation, ...]],
    ) -> dict[str, tuple[Telling, ...]]:
        """Takes in stories, in the place of what it has of them, and by story what is new or other now of whose report they are. Returns,
        by story, the tellings that are new or other now: a place that others lie in is wide there; a town is not for its streets and houses.
        """
        self._reads.update(come := {read.story.id: read for read in reads})
        self._derivations.update(derivations)
        self._mutations.update(mutations)
        asked = {*come, *derivations, *mutations} & self._reads.keys()
        outer = set[str]()
        for story in asked:
            outer |= self._count(story, -1)
            for telling in self._of.get(story, ()):
                del self.told[telling.event.id]
            self._of[story] = self._tellings(self._reads[story])
            self.told.update((telling.event.id, telling) for telling in self._of[story])
            outer |= self._count(story, 1)
        asked = asked.union(*(self._named[name] for name in outer))
        return {story: tuple(self._widened(telling) for telling in self._of[story]) for story in asked}

    def _tellings(self, read: Read) -> list[Telling]:
        derivation = self._derivations.get(read.story.id)
        known = () if derivation is None else (derivation,)
        return tellings([read], Families((), known, self._mutations.get(read.story.id, ())))

    def _count(self, story: str, sign: int) -> set[str]:
        """Counts what a story's places lie in; returns the names of places in which others lie now, or none do any more."""
        turned = set[str]()
        for telling in self._of.get(story, ()):
            for name in telling.names:
                (self._named[name].add if sign > 0 else self._named[name].discard)(story)
            if telling.where is not None and telling.where.precision != "near":
                for name in telling.holders:
                    was = self._outer[name] > 0
                    self._outer[name] += sign
                    turned |= {name} if was != (self._outer[name] > 0) else set()
        return turned

    def _widened(self, telling: Telling) -> Telling:
        return replace(telling, wide=True) if any(self._outer[name] > 0 for name in telling.names) else telling
