"""Readings → families, derivations, mutations: all at once, or kept up as stories come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from onrecord.families import copies, mutations, origins, relations
from onrecord.families.copies import PairsOf
from onrecord.families.lineages import TAKEN, Followed, Lineages
from onrecord.families.origins import Origin
from onrecord.families.shelf import Shelf
from onrecord.families.tellings import Order
from onrecord.records import Derivation, Family, Mutation, Read
from onrecord.sweeping import unswept

# How many stories of each credited outlet a roundup is compared with.
_COMPILED = 24


@dataclass(frozen=True, slots=True)
class Grouped:
    """What grouping gives. families: those with two members or more, a ghost counted; derivations: one for every story,
    by story; mutations: by story, in the order of the text. All sorted.
    """

    families: tuple[Family, ...]
    derivations: tuple[Derivation, ...]
    mutations: tuple[Mutation, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """What more stories change. derivations, mutations: those that are new or other now, by story; families: those that are
    new or have other members, and the ids of those that are no more.
    """

    derivations: Mapping[str, Derivation]
    mutations: Mapping[str, tuple[Mutation, ...]]
    families: tuple[Family, ...]
    gone: frozenset[str]


def group(reads: Iterable[Read]) -> Grouped:
    """The families of stories that carry one report, whose report each story is, and what changed on the way.

    Pure; the order of the readings does not matter. A story may be given once only.
    """
    grouping = Grouping()
    grouping.add(reads)
    return grouping.grouped()


class Grouping:
    """Stories grouped, to which more can be added, and which can be told otherwise. What it holds does not depend on the order
    in which they came, nor on how many came at once: only what a story changes is worked out again.

    pairs: what finds the near copies among the first stories.
    """

    def __init__(self, pairs: PairsOf = copies.pairs) -> None:
        self._pairs = pairs
        self._shelf = Shelf(pairs)
        self._reported = relations.Reported(self._shelf.tellings)
        self._lineages = Lineages(self._shelf.tellings)
        self._by_id: dict[str, int] = {}
        # Stories of which another says that it is a later version
        self._later: dict[str, list[int]] = {}
        self._origins: dict[int, Origin | None] = {}
        self._followed: dict[int, Followed] = {}
        self._own: set[int] = set()
        self._sources: dict[int, tuple[int, ...]] = {}
        self._derivations: dict[str, Derivation] = {}
        self._mutations: dict[str, tuple[Mutation, ...]] = {}
        self._families: dict[tuple[int, str | None], Family] = {}

    @unswept()
    def add(self, reads: Iterable[Read]) -> Added:
        """Takes in stories with their readings, in the place of what it has of them. Returns what that changes.

        Where a story that is held stands elsewhere in time, under another outlet or in other words now, all are grouped anew.
        The first stories of all are taken as they come, and of each only what is asked for later is kept: where they are read from a disk,
        there need not be room for all of them.
        """
        reads = list(reads) if self._by_id else reads
        again = (
            {self._by_id[read.story.id]: read for read in reads if read.story.id in self._by_id} if self._by_id else {}
        )
        if any(not self._shelf.stands_as(n, read) for n, read in again.items()):
            return self._anew(reads)
        touched, asked = self._retold(again)
        fresh, more = self._shelf.extend(read for read in reads if read.story.id not in self._by_id)
        fresh, touched = [*fresh, *(again.keys() - set(fresh))], (touched | more) - {*fresh, *again}
        for n in fresh:
            story = self._shelf.tellings[n].read.story
            if story.id not in self._by_id:
                self._by_id[story.id] = n
                self._reported.note(n)
                if story.earlier is not None:
                    self._later.setdefault(story.earlier, []).append(n)
        followed = self._decided([*self._asked(fresh, touched), *asked])
        line, roots = self._lineages.update(followed)
        derivations = {}
        for n in line:
            derivation = self._lineages.derivation(n)
            if self._derivations.get(derivation.story) != derivation:
                derivations[derivation.story] = derivation
        self._derivations.update(derivations)
        families, gone = self._gathered(roots)
        held = {n for n, sources in self._sources.items() if not again.keys().isdisjoint(sources)} if again else set()
        anew = {*fresh, *held}
        return Added(derivations, self._changes({*line, *touched, *anew}, anew), families, gone)

    def grouped(self) -> Grouped:
        """All as it stands."""
        return Grouped(
            families=tuple(sorted(self._families.values(), key=_root)),
            derivations=tuple(self._derivations[story] for story in sorted(self._derivations)),
            mutations=tuple(one for story in sorted(self._mutations) for one in self._mutations[story]),
        )

    def _retold(self, again: Mapping[int, Read]) -> tuple[set[int], set[int]]:
        """Puts stories in the place of what is held of them. Returns those whose origin may be another one now, and those that may
        follow another, or be something else to the one that they follow.
        """
        touched, asked = set[int](), set[int]()
        for n, read in again.items():
            asked |= self._reported.later(n)
            if n in self._own:
                self._reported.drop(n)
            self._reported.forget(n)
            touched |= self._shelf.retell(n, read)
            self._reported.note(n)
            if n in self._own:
                self._reported.add(n)
            asked |= self._reported.later(n)
            self._lineages.retold(n)
        if again:
            asked |= {n for n, origin in self._origins.items() if origin is not None and origin.held in again}
        return touched, asked

    def _anew(self, reads: Iterable[Read]) -> Added:
        """Groups all stories again, some of them told otherwise or new."""
        told = {story: self._shelf.read(n) for story, n in self._by_id.items()} | {
            read.story.id: read for read in reads
        }
        made = Grouping(self._pairs)
        made.add(list(told.values()))
        families = {one.id: one for one in self._families.values()}
        found = {one.id: one for one in made._families.values()}
        added = Added(
            {story: one for story, one in made._derivations.items() if self._derivations.get(story) != one},
            {story: now for story in told if (now := made._mutations.get(story, ())) != self._mutations.get(story, ())},
            tuple(sorted((one for one in found.values() if families.get(one.id) != one), key=_root)),
            frozenset(families.keys() - found.keys()),
        )
        self.__dict__.update(made.__dict__)
        return added

    def _order(self, n: int) -> Order:
        return self._shelf.tellings[n].order

    def _asked(self, fresh: Sequence[int], touched: set[int]) -> list[int]:
        """The stories that have to be decided on: new ones, and those whose origin is another one now."""
        asked = list(fresh)
        for n in fresh:
            self._origins[n] = origins.origin(self._shelf, n)
            asked += self._later.get(self._shelf.tellings[n].id, ())
        for n in touched:
            origin = origins.origin(self._shelf, n)
            if origin != self._origins[n]:
                self._origins[n] = origin
                asked.append(n)
        return asked

    def _decided(self, asked: Sequence[int]) -> dict[int, Followed]:
        """What stories follow, in order of time: those asked for, and those that hang on them."""
        waiting = set(asked)
        queue = [(self._order(n), n) for n in waiting]
        heapify(queue)
        changed: dict[int, Followed] = {}
        while queue:
            _, n = heappop(queue)
            waiting.discard(n)
            followed, own = self._decide(n)
            hanging: set[int] = set()
            if own != (n in self._own):
                (self._reported.add if own else self._reported.drop)(n)
                self._own ^= {n}
                hanging |= {m for m in self._reported.later(n) if self._origins.get(m) is None}
            if followed != self._followed.get(n):
                self._followed[n] = changed[n] = followed
                hanging.update(self._later.get(self._shelf.tellings[n].id, ()))
            for m in hanging - waiting:
                if self._order(m) > self._order(n):
                    waiting.add(m)
                    heappush(queue, (self._order(m), m))
        return changed

    def _decide(self, n: int) -> tuple[Followed, bool]:
        """What a story follows, and whether it is a report of its outlet's own."""
        this, origin = self._shelf.tellings[n], self._origins[n]
        before = self._by_id.get(this.read.story.earlier or "", n)
        if self._order(before) < this.order and (origin is None or origin.held == before):
            # A page that was changed is no copy of what it was: its outlet goes on with it, or with what it carries
            taken = self._followed[before]
            if taken.kind in TAKEN and taken.origin is not None:
                return taken, False
            return Followed(_follows(before, "a later version of the same text"), "follow-up"), False
        if relations.is_roundup(this) and (origin is None or origin.by != "copy"):
            return Followed(None, "roundup"), False
        if origin is not None:
            held = self._shelf.tellings[origin.held] if origin.held is not None else None
            kind = relations.of_origin(this, origin, held)
            return Followed(origin if kind != "original" else None, kind), kind not in TAKEN
        earlier = self._reported.earlier(n)
        if earlier is None:
            return Followed(None, "original"), True
        reason = f"goes on with what {self._shelf.tellings[earlier].id} reported"
        return Followed(_follows(earlier, reason), "follow-up"), True

    def _gathered(self, roots: set[tuple[int, str | None]]) -> tuple[tuple[Family, ...], frozenset[str]]:
        """The families of those roots that are new or other now, and the ids of those that are no more."""
        made, gone = [], set()
        for root in roots:
            was, now = self._families.pop(root, None), self._lineages.family(root)
            if now is not None:
                self._families[root] = now
                made.append(now)
            if was is not None and (now is None or now.id != was.id):
                gone.add(was.id)
        return tuple(sorted(made, key=_root)), frozenset(gone)

    def _changes(self, stories: set[int], fresh: set[int]) -> dict[str, tuple[Mutation, ...]]:
        """The mutations of those stories that are held against other sources now."""
        changed = {}
        for n in stories:
            sources = self._sources_of(n)
            if n not in fresh and sources == self._sources.get(n):
                continue
            self._sources[n] = sources
            this = self._shelf.tellings[n]
            found = mutations.changes(this, [self._shelf.tellings[m] for m in sources])
            now = tuple(sorted(found, key=_place))
            if now != self._mutations.get(this.id, ()):
                self._mutations[this.id] = changed[this.id] = now
        return changed

    def _sources_of(self, n: int) -> tuple[int, ...]:
        """The stories that a story's values are held against: the one that it follows; the first that carries the same
        report where that is not here; all that a roundup may have compiled.
        """
        followed = self._lineages.followed(n)
        if followed.kind == "roundup":
            keys = dict.fromkeys(credit.key for credit in self._shelf.tellings[n].credits)
            return tuple(m for key in keys for m in self._shelf.reports_of(n, key, _COMPILED))
        if followed.held is not None:
            return (followed.held,)
        first = self._lineages.first_carrier(n) if followed.ghost is not None else n
        return (first,) if first != n else ()


def _follows(place: int, reason: str) -> Origin:
    return Origin(place, None, "words", None, 0.0, False, (reason,))


def _root(family: Family) -> tuple[str, str]:
    return (family.root, family.id)


def _place(mutation: Mutation) -> tuple[str, int, str, str, str]:
    span = mutation.now_span
    return (mutation.story, span.start if span else -1, mutation.field, mutation.was or "", mutation.now or "")
