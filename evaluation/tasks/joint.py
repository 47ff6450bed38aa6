"""One campaign read end to end: everything that the product makes of a file of stories, in one object."""

from typing import Any

from evaluation import rows
from evaluation.reading import Corpus
from evaluation.rows import Row
from evaluation.tasks.order import Order
from onrecord.records import Bounds, Claim, Derivation, Event, Incident, Mutation, Quantity, Span, Tally, Where
from onrecord.wording import numbers

PROFILE = "joint"
_OTHER = frozenset({"extradition", "release"})
"""Kinds that the closed list of the joint set does not know."""
_NUMBERS = frozenset({"killed", "injured", "tally", "count_of_sources"})


def joint(order: Order) -> Row:
    """The object for the stories of one file, as one campaign."""
    told = rows.read(order.input, ("id", "text"))
    corpus = order.library.read(told)
    return prediction(corpus)


def prediction(corpus: Corpus) -> Row:
    """The object for stories that have been read."""
    derived, names = corpus.derived, corpus.names
    derivations = {derivation.story: derivation for derivation in derived.derivations}
    verdicts = {verdict.tally: verdict.word for verdict in derived.verdicts}
    stories: dict[str, Row] = {}
    for name, read in corpus.reads.items():
        reading = read.reading
        stories[name] = {
            **_origin(derivations.get(read.story.id), names),
            "credits": [{"outlet": credit.outlet, "relation": credit.relation} for credit in reading.credits],
            "claims": [claim_row(claim) for claim in reading.claims],
            "events": [
                row for event in reading.events for row in mention_rows(event, corpus.incident_of.get(event.id))
            ],
            "tallies": [tally_row(tally, verdicts.get(tally.id)) for tally in reading.tallies],
            "mutations": [_mutation(m) for m in derived.mutations if m.story == read.story.id],
        }
    incidents = {incident.id: _incident(incident, names) for incident in derived.incidents}
    return {"stories": stories, "incidents": incidents}


def _origin(found: Derivation | None, names: dict[str, str]) -> Row:
    if found is None:
        return {"origin": None, "relation": "original"}
    ghost = {"ghost": found.ghost} if found.ghost else None
    return {"origin": names[found.origin] if found.origin else ghost, "relation": found.relation}


def claim_row(claim: Claim) -> Row:
    """A claim as the joint sets have it."""
    source = claim.source
    row: Row = {
        "content": [[span.start, span.end] for span in claim.content],
        "source": {"kind": source.kind, "name": source.name, "count": _bounds(source.count), "told": source.told},
    }
    return _placed(row, claim.content[0])


def mention_rows(event: Event, incident: str | None) -> list[Row]:
    """The mentions of an event as the joint sets have them."""
    return [
        _placed(
            {
                "span": [mention.span.start, mention.span.end],
                "status": mention.status,
                "kind": _kind(mention.kind),
                "incident": incident,
            },
            mention.span,
        )
        for mention in event.mentions
    ]


def tally_row(tally: Tally, verdict: str | None) -> Row:
    """A running total as the joint sets have it."""
    count = _bounds(tally.quantity)
    return _placed(
        {"span": [tally.span.start, tally.span.end], "unit": tally.unit, "count": count, "verdict": verdict}, tally.span
    )


def _mutation(found: Mutation) -> Row:
    return {"field": found.field, "from": _value(found.field, found.was), "to": _value(found.field, found.now)}


def _value(field: str, value: str | None) -> int | str | None:
    return int(value) if value is not None and field in _NUMBERS and value.isdecimal() else value


def _incident(incident: Incident, names: dict[str, str]) -> Row:
    when = incident.when
    return {
        "kind": _kind(incident.kind),
        "date": [when.start.isoformat(), when.end.isoformat()] if when and when.start and when.end else None,
        "place": _place(incident.where),
        "killed": _triple(incident.killed),
        "injured": _triple(incident.injured),
        "independent_reports": len(incident.reports),
        "primary_sources": len(incident.sources),
        "stories": [names[story] for story in incident.stories],
    }


def _place(where: Where | None) -> str | None:
    if where is None:
        return None
    return f"{where.name}, {where.container}" if where.container else where.name


def _placed(row: Row, span: Span) -> Row:
    return {**row, "in": "headline"} if span.part == "headline" else row


def _kind(kind: str) -> str:
    return "other" if kind in _OTHER else kind


def _bounds(quantity: Quantity | None) -> list[int | None] | None:
    return _triple(numbers.bounds(quantity, PROFILE)) if quantity else None


def _triple(bounds: Bounds) -> list[Any] | None:
    triple = [bounds.low, bounds.best, bounds.high]
    return None if triple == [None, None, None] else triple
