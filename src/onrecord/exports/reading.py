"""One story's reading as the JSON object of `onrecord read --json`."""

from typing import Any

from onrecord.records import (
    NOTHING_SAID,
    Bounds,
    Claim,
    Count,
    Event,
    Intake,
    Published,
    Quantity,
    Reading,
    Rejection,
    Source,
    Span,
    Tally,
    When,
    Where,
)
from onrecord.wording import kinds, numbers

Json = dict[str, Any]


def as_json(item: Intake, outcome: Reading | Rejection | None, profile: str = "joint") -> Json:
    """The object for one input. An input without a story has null for one, and says why under "rejected".

    profile: the codebook that turns worded numbers into bounds.
    """
    rejections = list(item.rejections)
    reading = outcome if isinstance(outcome, Reading) else None
    if isinstance(outcome, Rejection):
        rejections.append(outcome)
    if reading:
        rejections.extend(reading.rejections)
    story = item.story
    state = "failed" if isinstance(outcome, Rejection) else item.state
    if state == "ok" and any(rejection.lost for rejection in rejections):
        state = "partial"
    return {
        "source": item.source,
        "story": None
        if story is None
        else {
            "id": story.name or story.id,
            "url": story.url,
            "outlet": story.outlet,
            "headline": story.headline,
            "byline": story.byline,
            "published": published_of(story.published),
            "language": story.language,
            "state": state,
        },
        "credits": [
            {"outlet": credit.outlet, "relation": credit.relation, "span": span(credit.span)}
            for credit in (reading.credits if reading else ())
        ],
        "claims": [claim(one, profile) for one in (reading.claims if reading else ())],
        "events": [event(one, profile) for one in (reading.events if reading else ())],
        "tallies": [tally(one, profile) for one in (reading.tallies if reading else ())],
        "rejected": [
            {"what": rejection.what, "reason": rejection.reason, "lost": rejection.lost, "span": span(rejection.span)}
            for rejection in rejections
        ],
    }


def span(found: Span | None) -> Json | None:
    """A span with its words, or null."""
    if found is None:
        return None
    return {"part": found.part, "start": found.start, "end": found.end, "text": found.text}


def bounds(found: Bounds) -> Json:
    """low, best and high, each null where nothing is said."""
    return {"low": found.low, "best": found.best, "high": found.high}


def _bounds_of(quantity: Quantity | None, profile: str) -> Json:
    return bounds(numbers.bounds(quantity, profile) if quantity else NOTHING_SAID)


def published_of(published: Published) -> Json:
    """When a story was published."""
    return {
        "start": published.start.isoformat() if published.start else None,
        "end": published.end.isoformat() if published.end else None,
        "precision": published.precision,
        "basis": published.basis,
    }


def claim(claim: Claim, profile: str) -> Json:
    """A claim."""
    return {
        "id": claim.id,
        "content": [span(piece) for piece in claim.content],
        "cue": span(claim.cue),
        "form": claim.form,
        "stance": claim.stance,
        "source": _source(claim.source, profile),
    }


def _source(source: Source, profile: str) -> Json:
    return {
        "kind": source.kind,
        "name": source.name,
        "role": source.role,
        "affiliation": source.affiliation,
        "count": _bounds_of(source.count, profile),
        "terms": source.terms,
        "told": source.told,
        "span": span(source.span),
    }


def event(event: Event, profile: str) -> Json:
    """An event."""
    return {
        "id": event.id,
        "kind": event.kind,
        "status": event.status,
        "background": event.background,
        "modes": list(kinds.modes(event.status, background=event.background)),
        "actor": event.actor.name if event.actor else None,
        "target": event.target.name if event.target else None,
        "instrument": event.instrument,
        "claims": list(event.claims),
        "when": days_of(event.when),
        "where": place_of(event.where),
        "counts": [_count(count, profile) for count in event.counts],
        "mentions": [
            {"span": span(mention.span), "status": mention.status, "kind": mention.kind, "claim": mention.claim}
            for mention in event.mentions
        ],
    }


def days_of(when: When | None) -> Json | None:
    """A time, or null."""
    if when is None:
        return None
    return {
        "start": when.start.isoformat() if when.start else None,
        "end": when.end.isoformat() if when.end else None,
        "precision": when.precision,
        "text": when.span.text if when.span else None,
    }


def place_of(where: Where | None) -> Json | None:
    """A place, or null."""
    if where is None:
        return None
    return {
        "name": where.name,
        "container": where.container,
        "lat": where.lat,
        "lon": where.lon,
        "precision": where.precision,
        "country": where.country,
        "text": where.span.text if where.span else None,
    }


def _count(count: Count, profile: str) -> Json:
    return {
        "what": count.what,
        **_bounds_of(count.quantity, profile),
        "words": count.span.text,
        "of": count.of,
        "part": count.part,
        "span": span(count.span),
    }


def tally(tally: Tally, profile: str) -> Json:
    """A stated total."""
    return {
        "id": tally.id,
        "unit": tally.unit,
        "count": _bounds_of(tally.quantity, profile),
        "scope": tally.scope,
        "since": tally.since.isoformat() if tally.since else None,
        "as_of": tally.as_of.isoformat() if tally.as_of else None,
        "claim": tally.claim,
        "span": span(tally.span),
    }
