"""The names of incidents and plans: short, kept for as long as what they stand for is told of, never given twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from onrecord.incidents.overrides import Row
from onrecord.records import Event, Name, Span

_SHORTEST, _LONGER = 8, 4


@dataclass(slots=True)
class _Held:
    """What is known of a name. age: how many names were given before; into: where it leads, if it was redirected; free:
    whether it is up for being borne.
    """

    name: str
    age: int
    anchors: tuple[str, ...]
    alive: bool = True
    into: str | None = None
    free: bool = True


@dataclass(frozen=True, slots=True)
class Naming:
    """names: for each row, by its id, the name; acts: what became of names by it, to be kept."""

    names: Mapping[str, str]
    acts: tuple[Name, ...]


@dataclass(slots=True)
class _Words:
    """Where the rows are told: by story, the stretches of words with the row that they belong to."""

    by_story: defaultdict[str, list[tuple[str, int, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: str, spans: Iterable[Span]) -> None:
        """Notes the words of a row."""
        for span in spans:
            self.by_story[span.story].append((span.part, span.start, span.end, row))

    def rows_at(self, anchor: str) -> set[str]:
        """The rows that are told in the words of an anchor."""
        story, part, start, end = _parsed(anchor)
        return {row for p, s, e, row in self.by_story.get(story, ()) if p == part and s < end and start < e}


def anchor(span: Span) -> str:
    """Where the words of a span stand: story, part and place, which no later reading moves."""
    return f"{span.story}/{span.part}/{span.start}-{span.end}"


def _parsed(words: str) -> tuple[str, str, int, int]:
    story, part, place = words.rsplit("/", 2)
    start, _, end = place.partition("-")
    return story, part, int(start), int(end)


def named(
    rows: Sequence[Row],
    events: Mapping[str, Event],
    held: Sequence[Name],
    *,
    merged: Mapping[str, str],
    parted: frozenset[str],
    among: Collection[str] | None = None,
) -> Naming:
    """Names for the rows: each keeps the name that stands on most of its words; new ones get a name of their own.

    events: all events by id. held: what became of names so far. merged: names that people merged, and into which; parted:
    ids of the rows that people split off, whose words bore the name of the rest. among: the names in use that the rows may
    bear, where these are not all rows; None for every name.
    """
    known, words = _fold(held), _Words()
    for one in known.values():
        one.free = among is None or one.name in among or not one.alive
    for row in rows:
        told = [m for id_ in row.events if id_ in events for m in events[id_].mentions]
        words.add(row.id, (span for m in told for span in (m.span, m.trigger)))
    anchors = {row.id: _anchors(row, events) for row in rows}
    found = _matched(anchors, known, words, merged, parted)
    acts: list[Name] = []
    for row in rows:
        name = found.get(row.id)
        if name is None:
            found[row.id] = name = _returned(row, known, found, words) or _new(row, known)
            acts.append(Name(name, "restored" if name in known else "given", None, anchors[row.id]))
            known[name] = _Held(name, len(known), anchors[row.id])
        elif set(known[name].anchors) != set(anchors[row.id]):
            acts.append(Name(name, "moved", None, anchors[row.id]))
    acts += _ended(known, found, words, merged)
    return Naming(found, tuple(acts))


def ends(held: Sequence[Name]) -> list[tuple[str, str, str | None]]:
    """What became of each name, in the order in which they were given: "in use", "redirected" (and into which name, today)
    or "deleted".
    """
    return [
        (one.name, "in use", None)
        if one.alive
        else (one.name, "redirected", resolve(one.name, held))
        if one.into
        else (one.name, "deleted", None)
        for one in _fold(held).values()
    ]


def resolve(name: str, held: Sequence[Name]) -> str:
    """The name that a name leads to today: itself, or that of what it was merged into."""
    known = _fold(held)
    seen = {name}
    while name in known and (into := known[name].into) is not None and into not in seen:
        seen.add(into)
        name = into
    return name


def _fold(held: Iterable[Name]) -> dict[str, _Held]:
    known: dict[str, _Held] = {}
    for entry in held:
        before = known.setdefault(entry.name, _Held(entry.name, len(known), entry.anchors))
        before.alive = entry.act in ("given", "moved", "restored")
        before.into = entry.into if entry.act == "redirected" else None
        if before.alive:
            before.anchors = entry.anchors
    return known


def _anchors(row: Row, events: Mapping[str, Event]) -> tuple[str, ...]:
    return tuple(sorted(anchor(events[id_].mentions[0].trigger) for id_ in row.events if id_ in events))


def _matched(
    anchors: Mapping[str, tuple[str, ...]],
    known: Mapping[str, _Held],
    words: _Words,
    merged: Mapping[str, str],
    parted: frozenset[str],
) -> dict[str, str]:
    """The names that rows keep: pairs with most words in common first, of several the older name."""
    named = {id_: set(places) for id_, places in anchors.items()}
    pairs: list[tuple[bool, int, int, int, str, str]] = []
    for held in known.values():
        if not held.alive or not held.free:
            continue
        common: defaultdict[str, int] = defaultdict(int)
        for place in held.anchors:
            for id_ in words.rows_at(place):
                common[id_] += 1
        for id_, count in common.items():
            if held.name[:3] == id_[:3] and not (id_ in parted and count < len(held.anchors)):
                # Two acts may be told in one clause: the words that name the act count before those around it
                exact = len(named[id_].intersection(held.anchors))
                pairs.append((held.name in merged, -exact, -count, held.age, id_, held.name))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_, id_, name in sorted(pairs):
        if id_ not in found and name not in taken:
            found[id_] = name
            taken.add(name)
    return found


def _returned(row: Row, known: Mapping[str, _Held], found: Mapping[str, str], words: _Words) -> str | None:
    """A name that had ended and stood on words of this row alone: what was merged is apart again."""
    taken = set(found.values())
    ended = [
        held
        for held in known.values()
        if not held.alive
        and held.name not in taken
        and held.name.startswith(row.id[:3])
        and held.anchors
        and all(words.rows_at(place) == {row.id} for place in held.anchors)
    ]
    return max(ended, key=lambda held: (len(held.anchors), -held.age)).name if ended else None


def _new(row: Row, known: Mapping[str, _Held]) -> str:
    prefix, full = row.id[:3], row.id[3:]
    size = _SHORTEST
    while (name := prefix + full[:size]) in known and size < len(full):
        size += _LONGER
    while name in known:
        name += "x"
    return name


def _ended(
    known: Mapping[str, _Held], found: Mapping[str, str], words: _Words, merged: Mapping[str, str]
) -> Iterator[Name]:
    """Names that no row bears any more: redirected where their words are told of elsewhere, else deleted."""
    borne = set(found.values())
    for held in known.values():
        if not held.alive or not held.free or held.name in borne:
            continue
        into = [found[id_] for place in held.anchors for id_ in sorted(words.rows_at(place))]
        meant = merged.get(held.name)
        best = meant if meant in into else max(into, key=lambda name: (into.count(name), name), default=None)
        yield Name(held.name, "redirected" if best else "deleted", best, held.anchors)


def renamed(row: Row, names: Mapping[str, str]) -> Row:
    """The row under its name."""
    return replace(row, id=names[row.id])
