"""Readings → families, derivations, mutations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.families import mutations, relations
from onrecord.families.origins import Origin, Shelf
from onrecord.families.tellings import Telling, outlet_key, telling, told_share
from onrecord.records import Derivation, Family, Mutation, Read, Relation, digest

_TAKEN: tuple[Relation, ...] = ("reprint", "excerpt", "rewrite")
"""What is another's report, with least of it changed first."""
# How many carriers before it a carrier of a ghost's report is compared with, and how many stories of each credited outlet
# a roundup is.
_LINKED, _COMPILED = 20, 24


@dataclass(frozen=True, slots=True)
class Grouped:
    """What grouping gives. families: those with two members or more, a ghost counted; derivations: one for every story,
    by story; mutations: by story, in the order of the text. All sorted.
    """

    families: tuple[Family, ...]
    derivations: tuple[Derivation, ...]
    mutations: tuple[Mutation, ...]


def group(reads: Sequence[Read]) -> Grouped:
    """The families of stories that carry one report, whose report each story is, and what changed on the way.

    Pure; the order of the readings does not matter. A story may be given once only.
    """
    mastheads = frozenset(key for read in reads if (key := outlet_key(read.story)) is not None)
    tellings = sorted((telling(read, mastheads) for read in reads), key=lambda telling: telling.order)
    shelf = Shelf(tellings)
    found, kinds = _decided(tellings, shelf)
    _break_circles(found, kinds)
    clusters = _ghosts(tellings, found, kinds)
    roots = [_root(n, found, kinds, clusters) for n in range(len(tellings))]
    derivations = [
        _derivation(n, tellings, found[n], _to_first(n, found, kinds), roots[n]) for n in range(len(tellings))
    ]
    changed = [
        mutation
        for n, this in enumerate(tellings)
        for mutation in mutations.changes(this, _sources(n, shelf, found[n], kinds[n], clusters))
    ]
    return Grouped(
        families=_families(tellings, roots),
        derivations=tuple(sorted(derivations, key=lambda derivation: derivation.story)),
        mutations=tuple(sorted(changed, key=_place)),
    )


def _decided(tellings: Sequence[Telling], shelf: Shelf) -> tuple[list[Origin | None], list[Relation]]:
    """For each story, in order of time: what it follows, and what it is to it."""
    found: list[Origin | None] = []
    kinds: list[Relation] = []
    reported = relations.Reported()
    place = {telling.id: n for n, telling in enumerate(tellings)}
    for n, this in enumerate(tellings):
        origin = shelf.origin(n)
        before = place.get(this.read.story.earlier or "", n)
        if before < n and (origin is None or origin.held == before):
            # A page that was changed is no copy of what it was: its outlet goes on with it, or with what it carries
            taken = found[before] if kinds[before] in _TAKEN else None
            found.append(taken or _followed(before, "a later version of the same text"))
            kinds.append(kinds[before] if taken else "follow-up")
            continue
        if relations.is_roundup(this) and (origin is None or origin.by != "copy"):
            found.append(None)
            kinds.append("roundup")
            continue
        if origin is not None:
            held = tellings[origin.held] if origin.held is not None else None
            kinds.append(relations.of_origin(this, origin, held))
            found.append(origin if kinds[-1] != "original" else None)
            if kinds[-1] not in _TAKEN:
                reported.add(n, this)
            continue
        earlier = reported.earlier(this)
        reported.add(n, this)
        kinds.append("original" if earlier is None else "follow-up")
        found.append(
            None if earlier is None else _followed(earlier, f"goes on with what {tellings[earlier].id} reported")
        )
    return found, kinds


def _followed(place: int, reason: str) -> Origin:
    return Origin(place, None, "words", None, 0.0, False, (reason,))


def _break_circles(found: list[Origin | None], kinds: list[Relation]) -> None:
    """Makes the first story of a circle of copies an original: nobody can have copied from his own copy."""
    for start in range(len(found)):
        path: list[int] = []
        n: int | None = start
        while n is not None and n not in path:
            path.append(n)
            n = _next(n, found, kinds)
        if n is not None:
            first = min(path[path.index(n) :])
            found[first], kinds[first] = None, "original"


def _next(n: int, found: Sequence[Origin | None], kinds: Sequence[Relation]) -> int | None:
    origin = found[n]
    return origin.held if origin is not None and kinds[n] in _TAKEN else None


def _to_first(n: int, found: Sequence[Origin | None], kinds: Sequence[Relation]) -> Relation:
    """What a story is to the first report of its chain: who reprints a rewrite has a rewrite."""
    relation, before = kinds[n], _next(n, found, kinds)
    while before is not None:
        if kinds[before] in _TAKEN:
            relation = max(relation, kinds[before], key=_TAKEN.index)
        before = _next(before, found, kinds)
    return relation


def _root(
    n: int, found: Sequence[Origin | None], kinds: Sequence[Relation], clusters: dict[int, int]
) -> tuple[int, str | None]:
    """The position of the first report held, and the outlet of the ghost before it. Of one ghost report, the position of
    the first story that carries it.
    """
    while (before := _next(n, found, kinds)) is not None:
        n = before
    origin = found[n]
    if origin is not None and kinds[n] in _TAKEN and origin.ghost is not None:
        return clusters[n], origin.ghost
    return n, None


def _ghosts(tellings: Sequence[Telling], found: Sequence[Origin | None], kinds: Sequence[Relation]) -> dict[int, int]:
    """Stories that carry a report of one outlet that is not here → the first story that carries the same report."""
    by_ghost: dict[str, list[int]] = defaultdict(list)
    for n, origin in enumerate(found):
        if origin is not None and kinds[n] in _TAKEN and origin.ghost is not None:
            by_ghost[origin.ghost.casefold()].append(n)
    clusters: dict[int, int] = {}
    for carriers in by_ghost.values():
        for at, n in enumerate(carriers):
            before = carriers[max(0, at - _LINKED) : at]
            like = [m for m in before if _one_report(tellings[n], tellings[m])]
            clusters[n] = min((clusters[m] for m in like), default=n)
    return clusters


def _one_report(this: Telling, other: Telling) -> bool:
    if this.quotes & other.quotes or len(this.facts & other.facts) >= 3:
        return True
    told, _ = told_share(this, other)
    return told >= 2


def _derivation(
    n: int, tellings: Sequence[Telling], origin: Origin | None, kind: Relation, root: tuple[int, str | None]
) -> Derivation:
    this, (first, ghost) = tellings[n].id, root
    if origin is None:
        return Derivation(this, kind, None, None, ())
    if kind not in _TAKEN:
        held = tellings[origin.held].id if origin.held is not None else None
        return Derivation(this, kind, held, None, origin.reasons)
    reasons = origin.reasons
    if origin.held is not None and (ghost is not None or origin.held != first):
        reasons = (*reasons, f"{tellings[origin.held].id} has it from {ghost or tellings[first].id}")
    return Derivation(this, kind, None if ghost else tellings[first].id, ghost, reasons)


def _sources(n: int, shelf: Shelf, origin: Origin | None, kind: Relation, clusters: dict[int, int]) -> list[Telling]:
    """The stories that a story's values are held against: the one that it follows; the first that carries the same
    report where that is not here; all that a roundup may have compiled.
    """
    this = shelf.tellings[n]
    if kind == "roundup":
        keys = dict.fromkeys(credit.key for credit in this.credits)
        return [shelf.tellings[m] for key in keys for m in shelf.reports_of(n, key, _COMPILED)]
    if origin is None or kind not in _TAKEN:
        return []
    if origin.held is not None:
        return [shelf.tellings[origin.held]]
    first = clusters[n]
    return [shelf.tellings[first]] if first != n else []


def _families(tellings: Sequence[Telling], roots: Sequence[tuple[int, str | None]]) -> tuple[Family, ...]:
    members: dict[tuple[int, str | None], list[str]] = defaultdict(list)
    for n, root in enumerate(roots):
        members[root].append(tellings[n].id)
    families = []
    for (first, ghost), stories in members.items():
        if ghost is None and len(stories) < 2:
            continue
        name = f"ghost:{ghost}" if ghost else tellings[first].id
        # One outlet that is not here may stand behind many reports: the first carrier tells them apart.
        hexed = digest(name, tellings[first].id) if ghost else digest(name)
        families.append(Family(f"fa-{hexed[:8]}", name, tuple(sorted(stories))))
    return tuple(sorted(families, key=lambda family: (family.root, family.id)))


def _place(mutation: Mutation) -> tuple[str, int, str, str, str]:
    span = mutation.now_span
    return (mutation.story, span.start if span else -1, mutation.field, mutation.was or "", mutation.now or "")
