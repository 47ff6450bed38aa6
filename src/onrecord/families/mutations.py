"""Which values did a copy change on the way?"""

from collections.abc import Sequence

from onrecord.families import alignment, attributions, circumstances, figures
from onrecord.families.change import Change
from onrecord.families.tellings import Telling
from onrecord.records import Event, Mutation


def changes(this: Telling, origins: Sequence[Telling]) -> list[Mutation]:
    """The values that a story states differently from those it has its report from, each once.

    Only where the two tell of the same thing: a value is a change if what it stands beside was found in an origin, and
    none of the origins states it. Silence is no change, except of a speaker whose words the story keeps as its own.
    """
    if not origins:
        return []
    met: dict[tuple[str, str | None, str | None], Mutation] = {}
    for origin, change in _found(this, origins):
        key = (change.field, change.was, change.now)
        met.setdefault(
            key,
            Mutation(this.id, origin.id, change.field, change.was, change.now, change.was_span, change.now_span),
        )
    return list(met.values())


def _found(this: Telling, origins: Sequence[Telling]) -> list[tuple[Telling, Change]]:
    alone, stated = len(origins) == 1, _stated(origins)
    found: list[tuple[Telling, Change]] = []
    for event, pairs in _paired(this, origins):
        theirs = [other for _, other in pairs]
        nearest = pairs[0][0]
        found += [(nearest, change) for change in figures.of_event(event, theirs, stated, alone)]
        found += [(nearest, change) for change in circumstances.of_event(this, event, theirs, alone)]
        if alone:
            found += [(nearest, change) for change in circumstances.of_claims(this, event, nearest, theirs[0])]
    if alone:
        found += [(origins[0], change) for change in figures.of_tallies(this, origins[0])]
    by_story = {origin.id: origin for origin in origins}
    for change in attributions.of_claims(this, origins):
        place = change.was_span or change.now_span
        found.append((by_story.get(place.story if place else "", origins[0]), change))
    return found


def _stated(origins: Sequence[Telling]) -> frozenset[tuple[str, int]]:
    """Every figure of the origins, with what it counts."""
    return frozenset(
        (count.what, count.quantity.number)
        for origin in origins
        for event in origin.read.reading.events
        for count in event.counts
        if count.quantity.number is not None
    )


def _paired(this: Telling, origins: Sequence[Telling]) -> list[tuple[Event, list[tuple[Telling, Event]]]]:
    """Each event of a story with the events of the origins that are the same, the likest first."""
    mine = this.read.reading.events
    found: dict[str, list[tuple[float, str, Telling, Event]]] = {event.id: [] for event in mine}
    for origin in origins:
        for event, other in alignment.events(mine, origin.read.reading.events):
            # One origin has an event once
            alike = alignment.likeness(event, other) if len(origins) > 1 else 0.0
            found[event.id].append((-alike, origin.id, origin, other))
    return [
        (event, [(origin, other) for _, _, origin, other in sorted(found[event.id], key=lambda f: f[:2])])
        for event in mine
        if found[event.id]
    ]
