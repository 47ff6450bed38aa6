"""Why two incidents are two: what kept their closest tellings apart, question by question."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from rich.text import Text

from onrecord import incidents
from onrecord.errors import WrongUse
from onrecord.exports.harmless import in_line
from onrecord.exports.private import Private, Row
from onrecord.incidents import Refusal
from onrecord.pipeline import View
from onrecord.records import Event, Incident, Plan

_NEAREST = 3
_CLOSEST = 5


def rows(view: View, id_: str, other: str | None = None) -> list[Row]:
    """The closest calls between an incident and another, or the nearest others, one row each: the event that did not join, what its answers came
    to and what they would have had to.

    Names of private persons are withheld. Raises WrongUse for an id that is no incident's or plan's.
    """
    one, growing = _named(view, id_), incidents.Growing()
    made = view.derived
    families = incidents.Families(made.families, made.derivations, made.mutations)
    growing.change(view.reads, *incidents.by_story(families))
    events = {event.id: event for read in view.reads for event in read.reading.events}
    home = {event: row for row in _both(view) for event in row.events}
    return [Private(view).withheld(row) for row in _rows(view, growing, one, other, events, home)]


def _both(view: View) -> Iterator[Incident | Plan]:
    yield from view.derived.incidents
    yield from view.derived.plans


def _rows(
    view: View,
    growing: incidents.Growing,
    one: Incident | Plan,
    other: str | None,
    events: dict[str, Event],
    home: Mapping[str, Incident | Plan],
) -> list[Row]:
    if other is not None:
        against = _named(view, other)
        if against is one:
            raise WrongUse(
                f"{one.id} and {other}: both are {one.id}; onrecord show {one.id} tells what holds it together"
            )
        calls = [*growing.apart(one.events, against.events), *growing.apart(against.events, one.events)]
        found = [(against, refusal) for refusal in sorted(calls, key=lambda one: one.missing)[:_CLOSEST]]
        return [_row(one, against, refusal, events) for against, refusal in found] or [_by_people(one, against)]
    return [_row(one, against, refusal, events) for against, refusal in nearest(growing, one, home)]


def nearest(
    growing: incidents.Growing, one: Incident | Plan, home: Mapping[str, Incident | Plan]
) -> list[tuple[Incident | Plan, Refusal]]:
    """The others that an incident or plan is most like, the closest first, each with what kept its closest telling out. home: of every event
    the row that it is in.
    """
    near: dict[str, Incident | Plan] = {}
    for grouping in islice(growing.nearest(one.events), 4 * _NEAREST):
        row = next((home[event] for event in grouping.events if event in home), None)
        if row is not None and row is not one and type(row) is type(one):
            near.setdefault(row.id, row)
    best = [(against, next(iter(growing.apart(one.events, against.events)), None)) for against in near.values()]
    called = [(against, refusal) for against, refusal in best if refusal is not None]
    called.sort(key=lambda pair: pair[1].missing)
    return called[:_NEAREST]


def reasons(refusal: Refusal) -> tuple[list[str], list[str]]:
    """What speaks for a telling's belonging, and what against, the weightiest first, each with its weight."""
    speaks = _worded((words or name, value) for name, value, words in refusal.parts if value > 0)
    return speaks, [*filter(None, (refusal.ruled_out,)), *_worded((n, v) for n, v, _ in refusal.parts if v < 0)]


def _named(view: View, id_: str) -> Incident | Plan:
    name = incidents.resolve(id_, view.names)
    found = next((row for row in _both(view) if row.id == name), None)
    if found is not None:
        return found
    raise WrongUse(f"{id_}: is no incident or plan here; onrecord incidents lists them")


def _row(one: Incident | Plan, against: Incident | Plan, refusal: Refusal, events: dict[str, Event]) -> Row:
    event = events[refusal.event]
    speaks, against_it = reasons(refusal)
    return {
        "id": one.id,
        "other": against.id,
        "event": refusal.event,
        "came_to": round(refusal.total, 2) if refusal.parts else None,
        "needed": refusal.needs if refusal.parts else None,
        "for": "; ".join(speaks) or None,
        "against": "; ".join(against_it) or None,
        "words": in_line(event.mentions[0].span.text) if event.mentions else None,
    }


def _worded(parts: Iterator[tuple[str, float]]) -> list[str]:
    return [f"{name} {value:+.1f}" for name, value in sorted(parts, key=lambda part: -abs(part[1]))]


def _by_people(one: Incident | Plan, other: Incident | Plan) -> Row:
    """What the reader would hold to be one, and people do not."""
    decided = dict.fromkeys((*one.decisions, *other.decisions))
    why = f"people decided so: {', '.join(decided)}" if decided else "one is an incident, and the other a plan"
    row: Row = dict.fromkeys(("event", "came_to", "needed", "for"))
    return {"id": one.id, "other": other.id, **row, "against": why, "words": None}


def told(rows: Iterable[Row]) -> Iterator[Text]:
    """The same in words, a few lines a row."""
    for row in rows:
        head = f"{row['id']} and {row['other']}"
        if row["event"] is not None:
            head += f": {row['event']} of one did not join the other"
        if row["came_to"] is not None:
            head += f"; it came to {row['came_to']}, and needed {row['needed']}"
        yield Text(head, "bold")
        if row["words"]:
            yield Text(f"  “{row['words']}”")
        for side in ("for", "against"):
            if row[side]:
                yield Text(f"  {side} it: {row[side]}")
