"""A record as it stands on a screen: fields and their values, in words."""

from collections.abc import Iterable

from onrecord.records import (
    Bounds,
    Claim,
    Count,
    Event,
    Incident,
    Masthead,
    Plan,
    Quantity,
    Shown,
    Tally,
    When,
    Where,
    digest,
)

Target = Masthead | Claim | Event | Tally | Incident | Plan
"""What can be decided on."""


def shown(target: Target) -> Shown:
    """The values of a target, in the order of `fields.toml`, and what else a person sees of it."""
    if isinstance(target, Masthead):
        start = target.published.start
        return (("outlet", target.outlet), ("published", start.isoformat() if start else None))
    if isinstance(target, Claim):
        source = target.source
        words = " … ".join(span.text for span in target.content)
        return (
            *(("source", source.name), ("source_kind", source.kind), ("stance", target.stance), ("told", source.told)),
            ("words", words),
        )
    if isinstance(target, Tally):
        return (
            *(("unit", target.unit), ("count", _quantity(target.quantity)), ("scope", target.scope)),
            *(("since", _text(target.since)), ("as_of", _text(target.as_of)), ("words", target.span.text)),
        )
    if isinstance(target, Plan):
        return (("kind", target.kind), ("status", target.status), *_around(target))
    if isinstance(target, Incident):
        harm = (("killed", _bounds(target.killed)), ("injured", _bounds(target.injured)))
        return (("kind", target.kind), ("status", target.status), ("date", _days(target.when)), *_around(target), *harm)
    return (
        *(("kind", target.kind), ("status", target.status), ("date", _days(target.when)), *_place(target.where)),
        *(("actor", target.actor.name if target.actor else None), ("target", target.target.name if target.target else None)),
        *(("killed", _counted(target.counts, "killed")), ("injured", _counted(target.counts, "injured"))),
    )  # fmt: skip


def version(target: Target, id_: str) -> str:
    """A name for a target as it is shown now: another once a value of it, what it rests on or a decision on it is."""
    more: tuple[object, ...] = ()
    if isinstance(target, (Incident, Plan)):
        more = (sorted(target.events), target.decisions, target.campaigns)
    return digest(id_, shown(target), *more)[:12]


def _around(target: Incident | Plan) -> Iterable[tuple[str, str | None]]:
    return (*_place(target.where), ("actor", target.actor), ("target", target.target))


def _place(where: Where | None) -> Iterable[tuple[str, str | None]]:
    return (("place", where.name if where else None), ("country", where.country if where else None))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _days(when: When | None) -> str | None:
    if when is None or when.start is None:
        return when.span.text if when is not None and when.span is not None else None
    return str(when.start) if when.end in (when.start, None) else f"{when.start}/{when.end}"


def _bounds(bounds: Bounds) -> str | None:
    if bounds == Bounds(None, None, None):
        return None
    return "-".join("?" if n is None else str(n) for n in (bounds.low, bounds.best, bounds.high))


def _quantity(quantity: Quantity) -> str:
    upto = f"-{quantity.upto}" if quantity.upto is not None else ""
    number = "" if quantity.number is None else f"{quantity.number}{upto}"
    return " ".join(part.replace("_", " ") for part in (quantity.modifier, number, quantity.vague) if part)


def _counted(counts: Iterable[Count], what: str) -> str | None:
    return "; ".join(_quantity(c.quantity) for c in counts if c.what == what and not c.part) or None
