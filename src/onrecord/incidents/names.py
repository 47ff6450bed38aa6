"""The names of incidents and plans: short, kept for as long as what they stand for is told of, never given twice."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from onrecord.incidents.overrides import Row
from onrecord.records import Event, Name, Span

_SHORTEST, _LONGER = 8, 4


@dataclass(slots=True)
class _Held:
    """What is known of a name. age: how many names were given before; into: where it leads, if it was redirected; before: what
    it stood on before it was moved; absorbed: how many names lead to it; own: what it stood on before they did; free:
    whether it is up for being borne.
    """

    name: str
    age: int
    anchors: tuple[str, ...]
    alive: bool = True
    into: str | None = None
    before: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    absorbed: int = 0
    free: bool = True


@dataclass(frozen=True, slots=True)
class Naming:
    """names: for each row, by its id, the name; acts: what became of names by it, to be kept."""

    names: Mapping[str, str]
    acts: tuple[Name, ...]


@dataclass(slots=True)
class _Words:
    """Words by story, each stretch with the row that it belongs to."""

    by_story: defaultdict[str, list[tuple[str, int, int, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: str, span: Span) -> None:
        """Notes words of a row."""
        self.by_story[span.story].append((span.part, span.start, span.end, row))

    def rows_at(self, anchor: str) -> set[str]:
        """The rows whose words the anchor meets."""
        story, part, start, end = _parsed(anchor)
        return {row for p, s, e, row in self.by_story.get(story, ()) if p == part and s < end and start < e}


@dataclass(slots=True)
class _Places:
    """Where the rows are told. acts: the words that name their acts; clauses: all that stands around these; silent: the
    anchors of events that are in no row, because people took them out.
    """

    acts: _Words
    clauses: _Words
    silent: frozenset[str]

    def rows_at(self, anchor: str) -> set[str]:
        """The rows whose act those words name; where they name none, those told in the clause around them."""
        named = self.acts.rows_at(anchor)
        return named if named or anchor in self.silent else self.clauses.rows_at(anchor)


def _places(rows: Sequence[Row], events: Mapping[str, Event]) -> _Places:
    acts, clauses = _Words(), _Words()
    for row in rows:
        for mention in (m for id_ in row.events if id_ in events for m in events[id_].mentions):
            acts.add(row.id, mention.trigger)
            clauses.add(row.id, mention.span)
    borne = {id_ for row in rows for id_ in row.events}
    silent = (anchor(event.mentions[0].trigger) for id_, event in events.items() if id_ not in borne)
    return _Places(acts, clauses, frozenset(silent))


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
    parted: Mapping[str, str],
    among: Collection[str] | None = None,
) -> Naming:
    """Names for the rows: each keeps the name that stands on most of its words; new ones get a name of their own.

    events: all events by id, those that people took out among them. held: what became of names so far. merged: names that
    people merged, and into which; parted: ids of the rows that people split off, each with that of the rest, which keeps
    the name. among: the names in use that the rows may bear, where these are not all rows; None for every name.
    """
    known, words = _fold(held), _places(rows, events)
    for one in known.values():
        one.free = among is None or one.name in among or not one.alive
    anchors = {row.id: _anchors(row, events) for row in rows}
    found = _matched(anchors, known, words, merged, parted)
    acts: list[Name] = []
    for row in rows:
        name = found.get(row.id)
        if name is None:
            found[row.id] = name = _returned(row, known, found, words.acts) or _new(row, known)
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
        one = known.setdefault(entry.name, _Held(entry.name, len(known), entry.anchors))
        if one.into is not None:
            known[one.into].absorbed -= 1
            one.into = None
        one.alive = entry.act in ("given", "moved", "restored")
        if one.alive:
            one.before, one.anchors = one.anchors, entry.anchors
        elif entry.into is not None:
            one.into = entry.into
            _absorb(known.setdefault(entry.into, _Held(entry.into, len(known), ())), one)
    return known


def _absorb(into: _Held, gone: _Held) -> None:
    """Notes what a name stood on before the first of those that lead to it now came in."""
    if not into.absorbed:
        came = set(gone.anchors).intersection(into.anchors)
        into.own = tuple(place for place in (into.before if came else into.anchors) if place not in came)
    into.absorbed += 1


def _anchors(row: Row, events: Mapping[str, Event]) -> tuple[str, ...]:
    return tuple(sorted(anchor(events[id_].mentions[0].trigger) for id_ in row.events if id_ in events))


def _matched(
    anchors: Mapping[str, tuple[str, ...]],
    known: Mapping[str, _Held],
    words: _Places,
    merged: Mapping[str, str],
    parted: Mapping[str, str],
) -> dict[str, str]:
    """The names that rows keep: pairs with most words in common first, of several the older name."""
    named = {id_: set(places) for id_, places in anchors.items()}
    pairs: list[tuple[bool, int, int, int, str, str]] = []
    for held in known.values():
        if not held.alive or not held.free:
            continue
        common = Counter(id_ for place in held.anchors for id_ in words.rows_at(place))
        acts = _acts(held.anchors, words)
        rows = {id_ for id_ in common if held.name[:3] == id_[:3] and parted.get(id_) not in acts}
        # What was merged into it may be larger than itself, and is not what it is kept for when the two part again
        for id_ in (held.absorbed and rows & _acts(held.own, words)) or rows:
            # Two acts may be told in one clause: the words that name the act count before those around it
            exact = len(named[id_].intersection(held.anchors))
            pairs.append((held.name in merged, -exact, -common[id_], held.age, id_, held.name))
    found: dict[str, str] = {}
    taken: set[str] = set()
    for *_, id_, name in sorted(pairs):
        if id_ not in found and name not in taken:
            found[id_] = name
            taken.add(name)
    return found


def _acts(anchors: Iterable[str], words: _Places) -> set[str]:
    """The rows whose acts stand in the words of some anchors."""
    return {id_ for place in anchors for id_ in words.acts.rows_at(place)}


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
    known: Mapping[str, _Held], found: Mapping[str, str], words: _Places, merged: Mapping[str, str]
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
