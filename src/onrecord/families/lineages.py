"""From what each story follows: the first report of its chain, the reports that are not here, the families. Kept up as stories
come and what they follow changes.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from onrecord.families.origins import Origin
from onrecord.families.tellings import Order, Telling, is_recent, tell_of_two, told_share
from onrecord.records import Derivation, Family, Relation, digest
from onrecord.wording import outlets

TAKEN: tuple[Relation, ...] = ("reprint", "excerpt", "rewrite")
"""What is another's report, with least of it changed first."""
# How many carriers before it a carrier of a ghost's report is compared with.
_LINKED = 20

Root = tuple[int, str | None]
"""The first report held, and the outlet of the ghost before it. Of one ghost report, the first story that carries it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a story is to the one that it follows, or to an outlet whose report is not here; nothing for an original."""

    origin: Origin | None
    kind: Relation

    @property
    def held(self) -> int | None:
        """The story of which it is a copy."""
        return self.origin.held if self.origin is not None and self.kind in TAKEN else None

    @property
    def ghost(self) -> str | None:
        """The outlet of which it is a copy, and whose report is not here."""
        return self.origin.ghost if self.origin is not None and self.kind in TAKEN else None


_FIRST = Followed(None, "original")


class Lineages:
    """The chains of copies among stories by number."""

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self._tellings = tellings
        self._said: dict[int, Followed] = {}
        self._copies: defaultdict[int, set[int]] = defaultdict(set)
        # Stories that follow each other in a circle: each with its first
        self._circles: dict[int, int] = {}
        self._carriers = _Carriers(tellings)
        # What each story is to the first report of its chain, and which that is
        self._to_first: dict[int, Relation] = {}
        self._roots: dict[int, Root] = {}
        self._members: defaultdict[Root, set[int]] = defaultdict(set)

    def followed(self, n: int) -> Followed:
        """What a story follows. The first story of a circle of copies is an original: nobody can have copied from his own
        copy.
        """
        return _FIRST if self._circles.get(n) == n else self._said[n]

    def update(self, said: dict[int, Followed]) -> tuple[set[int], set[Root]]:
        """Takes in what stories follow. Returns the stories whose line changed anywhere, and the families that lost or won
        members.
        """
        changed = set(said)
        for n, now in said.items():
            was = self._said.get(n)
            if was is not None and was.held is not None:
                self._copies[was.held].discard(n)
            if now.held is not None:
                self._copies[now.held].add(n)
        self._said.update(said)
        changed |= self._break_circles(said)
        changed |= self._carriers.update({n: self.followed(n).ghost for n in changed})
        line = self._with_copies(changed)
        return line, self._settle(line)

    def retold(self, n: int) -> None:
        """Notes that a story tells something else now, for the next update."""
        self._carriers.retold(n)

    def first_carrier(self, n: int) -> int:
        """Of a story that carries a ghost's report: the first that carries the same."""
        return self._carriers.first[n]

    def derivation(self, n: int) -> Derivation:
        """Whose report a story is."""
        this, (first, ghost), followed = self._tellings[n].id, self._roots[n], self.followed(n)
        origin, kind = followed.origin, followed.kind
        if origin is None:
            return Derivation(this, kind, None, None, ())
        held = self._tellings[origin.held].id if origin.held is not None else None
        if kind not in TAKEN:
            return Derivation(this, kind, held, None, origin.reasons)
        reasons = origin.reasons
        if held is not None and (ghost is not None or origin.held != first):
            reasons = (*reasons, f"{held} has it from {ghost or self._tellings[first].id}")
        return Derivation(this, self._to_first[n], None if ghost else self._tellings[first].id, ghost, reasons)

    def family(self, root: Root) -> Family | None:
        """The stories that carry one report, a ghost counted; None where it is one story's alone."""
        first, ghost = root
        stories = self._members.get(root, set())
        if not stories or (ghost is None and len(stories) < 2):
            return None
        name = f"ghost:{ghost}" if ghost else self._tellings[first].id
        # One outlet that is not here may stand behind many reports: the first carrier tells them apart.
        hexed = digest(name, self._tellings[first].id) if ghost else digest(name)
        return Family(f"fa-{hexed[:8]}", name, tuple(sorted(self._tellings[n].id for n in stories)))

    def _order(self, n: int) -> Order:
        return self._tellings[n].order

    def _break_circles(self, said: Iterable[int]) -> set[int]:
        """Finds the circles again that stories whose origin changed were or are in. Returns the stories that begin or began
        one.
        """
        begun = {self._circles[n] for n in said if n in self._circles}
        self._circles = (
            {n: first for n, first in self._circles.items() if first not in begun} if begun else self._circles
        )
        changed = set(begun)
        ended: set[int] = set()
        for start in said:
            path: dict[int, None] = {}
            n: int | None = start
            while n is not None and n not in path and n not in ended:
                path[n] = None
                n = self._said[n].held
            if n is not None and n in path:
                circle = list(path)[list(path).index(n) :]
                first = min(circle, key=self._order)
                self._circles.update(dict.fromkeys(circle, first))
                changed.add(first)
            ended.update(path)
        return changed

    def _with_copies(self, stories: Iterable[int]) -> set[int]:
        found, left = set[int](), list(stories)
        while left:
            n = left.pop()
            if n not in found:
                found.add(n)
                left.extend(self._copies.get(n, ()))
        return found

    def _settle(self, line: Set[int]) -> set[Root]:
        """Finds the first reports of stories again, of each after the one that it follows."""
        touched: set[Root] = set()
        settled: set[int] = set()
        for start in line:
            path, n = [start], start
            while n not in settled and (before := self.followed(n).held) is not None and before in line:
                path.append(before)
                n = before
            for n in reversed(path):
                if n not in settled:
                    settled.add(n)
                    touched |= self._settle_one(n)
        return touched

    def _settle_one(self, n: int) -> set[Root]:
        followed = self.followed(n)
        if followed.held is not None:
            now = self._roots[followed.held]
            # Who reprints a rewrite has a rewrite
            through = self._to_first[followed.held]
            kind = max(followed.kind, through, key=TAKEN.index) if through in TAKEN else followed.kind
        else:
            now, kind = (self._carriers.first[n] if followed.ghost is not None else n, followed.ghost), followed.kind
        was, self._to_first[n] = self._roots.get(n), kind
        if was == now:
            return set()
        if was is not None:
            self._members[was].discard(n)
        self._roots[n] = now
        self._members[now].add(n)
        return {now} if was is None else {was, now}


class _Carriers:
    """Of outlets whose reports are not here: the stories that carry them, and which of them carry one report. first: of each
    such story the first that carries the same.
    """

    def __init__(self, tellings: Sequence[Telling]) -> None:
        self._tellings = tellings
        self._by_ghost: defaultdict[str, list[int]] = defaultdict(list)
        self._ghost: dict[int, str] = {}
        self._one: dict[int, dict[int, bool]] = defaultdict(dict)
        self.first: dict[int, int] = {}
        # The outlets of carriers that tell something else now
        self._stale: set[str] = set()

    def retold(self, n: int) -> None:
        """Notes that a story tells something else now."""
        self._one.pop(n, None)
        for known in self._one.values():
            known.pop(n, None)
        if n in self._ghost:
            self._stale.add(self._ghost[n])

    def update(self, ghosts: dict[int, str | None]) -> set[int]:
        """Takes in whose report stories carry. Returns the stories whose first carrier changed."""
        touched, self._stale = self._stale, set()
        for n, ghost in ghosts.items():
            was, now = self._ghost.get(n), outlets.key(ghost) if ghost is not None else None
            if was == now:
                continue
            if was is not None:
                carriers = self._by_ghost[was]
                del carriers[bisect_left(carriers, self._order(n), key=self._order)]
                del self._ghost[n], self.first[n]
                touched.add(was)
            if now is not None:
                insort(self._by_ghost[now], n, key=self._order)
                self._ghost[n] = now
                touched.add(now)
        changed: set[int] = set()
        for ghost in touched:
            changed |= self._link(self._by_ghost[ghost])
        return changed

    def _link(self, carriers: Sequence[int]) -> set[int]:
        changed = set()
        for at, n in enumerate(carriers):
            before = carriers[max(0, at - _LINKED) : at]
            first = min((self.first[m] for m in before if self._one_report(n, m)), default=n, key=self._order)
            if self.first.get(n) != first:
                self.first[n] = first
                changed.add(n)
        return changed

    def _one_report(self, n: int, m: int) -> bool:
        known = self._one[n]
        if m not in known:
            known[m] = _one_report(self._tellings[n], self._tellings[m])
        return known[m]

    def _order(self, n: int) -> Order:
        return self._tellings[n].order


def _one_report(this: Telling, other: Telling) -> bool:
    """Whether two stories, the later first, carry one report of an outlet."""
    if this.quotes & other.quotes:
        return True
    if not is_recent(this, other) or tell_of_two(this, other):
        return False
    if len(this.facts & other.facts) >= 3:
        return True
    told, _ = told_share(this, other)
    return told >= 2
