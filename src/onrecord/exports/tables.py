"""The ledger as flat tables: one function a table, a row a dict from column to cell.

A cell is text, a number, a truth value or None, and None is unknown. The columns stand in tables.toml.
"""

import tomllib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord import incidents
from onrecord.exports import judged
from onrecord.exports.private import Private, Row, public_name
from onrecord.pipeline import View
from onrecord.records import Bounds, Event, Incident, Masthead, Quantity, Span
from onrecord.wording import kinds, numbers


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table, in order, each with its meaning."""

    table: str
    meanings: dict[str, str]


@cache
def columns() -> dict[str, Columns]:
    """Every table's columns."""
    raw = tomllib.loads(files("onrecord.exports").joinpath("tables.toml").read_text("utf-8"))
    return {table: Columns(table, dict(meanings)) for table, meanings in raw.items()}


def rows(view: View, table: str) -> Iterator[Row]:
    """The rows of a table, in an order that depends on nothing but their content.

    Names of private persons are withheld wherever they stand whole, in quoted words too: `start` and `end` go on
    telling where the words as published stand. Raises KeyError for a table that tables.toml does not name.
    """
    private = Private(view)
    return (private.withheld(row) for row in _TABLES[table](view))


def _joined(values: tuple[str, ...]) -> str | None:
    return "; ".join(values) or None


def _triple(prefix: str, bounds: Bounds | None) -> Row:
    found = bounds or Bounds(None, None, None)
    return {f"{prefix}_low": found.low, f"{prefix}_best": found.best, f"{prefix}_high": found.high}


def _names(view: View) -> dict[str, str]:
    """How stories are called in exports: by the source's own id where it gave one."""
    return {r.story.id: r.story.name or r.story.id for r in view.reads}


def _incidents(view: View) -> Iterator[Row]:
    names, reviews = _names(view), judged.reviews(view)
    for incident in view.derived.incidents:
        when, where = incident.when, incident.where
        yield {
            "id": incident.id,
            "kind": incident.kind,
            "status": incident.status,
            "first_day": when.start.isoformat() if when and when.start else None,
            "last_day": when.end.isoformat() if when and when.end else None,
            "date_precision": when.precision if when else "unknown",
            "place": where.name if where else None,
            "country": where.country if where else None,
            "latitude": where.lat if where else None,
            "longitude": where.lon if where else None,
            "place_precision": where.precision if where else "unknown",
            "actor": incident.actor,
            "target": incident.target,
            "responsibility": incidents.responsibility(incident),
            **_triple("killed", incident.killed),
            **_triple("injured", incident.injured),
            "grade": (graded := incidents.grade(incident)).word,
            "grade_reason": graded.reason,
            "independent_reports": len(incident.reports),
            "primary_sources": len(incident.sources),
            "reports": _joined(incident.reports),
            "sources": _joined(incident.sources),
            "stories": _joined(tuple(names[s] for s in incident.stories)),
            "campaigns": _joined(incident.campaigns),
            "review": reviews.get(incident.id),
            "decisions": _joined(incident.decisions),
        }


def _revisions(view: View) -> Iterator[Row]:
    names, outlets = _names(view), {read.story.id: read.story.outlet for read in view.reads}
    desk = history_desk(view)
    for incident in view.derived.incidents:
        for one in desk.history(incident):
            if one.why != "first report":
                yield {
                    "incident": incident.id,
                    "field": one.field,
                    "was": one.was,
                    "now": one.now,
                    "day": one.day.isoformat() if one.day else None,
                    "why": one.why,
                    "source": one.source,
                    "outlet": outlets.get(one.story or ""),
                    "story": names.get(one.story or ""),
                    "words": _text(one.span),
                }


def history_desk(view: View, stories: Collection[str] | None = None) -> incidents.Desk:
    """What knows how incidents came to say what they say. stories: those of the incidents that are asked for, or all."""
    derived = view.derived
    families = incidents.Families(derived.families, derived.derivations, derived.mutations)
    reads = [read for read in view.reads if stories is None or read.story.id in stories]
    return incidents.Desk(incidents.tellings(reads, families), derived.speakers, view.profile)


def _plans(view: View) -> Iterator[Row]:
    names, reviews = _names(view), judged.reviews(view)
    for plan in view.derived.plans:
        yield {
            "id": plan.id,
            "kind": plan.kind,
            "status": plan.status,
            "actor": plan.actor,
            "target": plan.target,
            "place": plan.where.name if plan.where else None,
            "stories": _joined(tuple(names[s] for s in plan.stories)),
            "campaigns": _joined(plan.campaigns),
            "review": reviews.get(plan.id),
            "decisions": _joined(plan.decisions),
        }


def _published(story: Masthead) -> str | None:
    return story.published.start.isoformat() if story.published.start else None


def _quantity(quantity: Quantity | None) -> Bounds:
    return numbers.bounds(quantity) if quantity else Bounds(None, None, None)


def _claims(view: View) -> Iterator[Row]:
    names, reviews = _names(view), judged.reviews(view)
    for read in view.reads:
        for claim in read.reading.claims:
            count = _quantity(claim.source.count)
            yield {
                "id": claim.id,
                "story": names[read.story.id],
                "outlet": read.story.outlet,
                "published": _published(read.story),
                "part": claim.content[0].part,
                "start": claim.content[0].start,
                "end": claim.content[-1].end,
                "words": " … ".join(piece.text for piece in claim.content),
                "cue": claim.cue.text if claim.cue else None,
                "form": claim.form,
                "stance": claim.stance,
                "source_kind": claim.source.kind,
                "source_name": public_name(claim.source),
                "source_role": claim.source.role,
                **_triple("source", count),
                "terms": claim.source.terms,
                "told": claim.source.told,
                "review": reviews.get(claim.id),
            }


def _events(view: View) -> Iterator[Row]:
    names, reviews = _names(view), judged.reviews(view)
    merged = {event: incident.id for incident in view.derived.incidents for event in incident.events}
    merged |= {event: plan.id for plan in view.derived.plans for event in plan.events}
    for read in view.reads:
        for event in read.reading.events:
            when, where = event.when, event.where
            yield {
                "id": event.id,
                "story": names[read.story.id],
                "incident": merged.get(event.id),
                "kind": event.kind,
                "status": event.status,
                "background": event.background,
                "modes": _joined(kinds.modes(event.status, background=event.background)),
                "actor": event.actor.name if event.actor else None,
                "target": event.target.name if event.target else None,
                "first_day": when.start.isoformat() if when and when.start else None,
                "last_day": when.end.isoformat() if when and when.end else None,
                "date_words": when.span.text if when and when.span else None,
                "place": where.name if where else None,
                "country": where.country if where else None,
                "killed": _worded(event, "killed"),
                "injured": _worded(event, "injured"),
                "claims": _joined(event.claims),
                "words": event.mentions[0].span.text if event.mentions else None,
                "review": reviews.get(event.id),
            }


def _worded(event: Event, what: str) -> str | None:
    return _joined(tuple(count.span.text for count in event.counts if count.what == what and not count.part))


def _tallies(view: View) -> Iterator[Row]:
    names, reviews = _names(view), judged.reviews(view)
    derived = view.derived
    verdicts = {verdict.tally: verdict for verdict in derived.verdicts}
    movements = {one.tally: one for one in incidents.movements(view.reads, derived.derivations, derived.verdicts)}
    for read in view.reads:
        for tally in read.reading.tallies:
            stated, verdict = _quantity(tally.quantity), verdicts.get(tally.id)
            moved = movements.get(tally.id)
            yield {
                "id": tally.id,
                "story": names[read.story.id],
                "outlet": read.story.outlet,
                "unit": tally.unit,
                "low": stated.low,
                "best": stated.best,
                "high": stated.high,
                "scope": tally.scope,
                "since": tally.since.isoformat() if tally.since else None,
                "as_of": tally.as_of.isoformat() if tally.as_of else None,
                "words": tally.span.text,
                "verdict": verdict.word if verdict else None,
                **_triple("ledger", verdict.ledger if verdict else None),
                "off_by": verdict.off_by if verdict else None,
                "incidents": _joined(verdict.incidents) if verdict else None,
                "reason": verdict.reason if verdict else None,
                "explains": _joined(verdict.explains) if verdict else None,
                "moved": moved.word if moved else None,
                "moved_by": moved.by if moved else None,
                "moved_from": moved.before if moved else None,
                "moved_why": moved.reason if moved else None,
                "review": reviews.get(tally.id),
            }


def _families(view: View) -> Iterator[Row]:
    names = _names(view)
    outlets = {read.story.id: read.story.outlet for read in view.reads}
    derivations = {derivation.story: derivation for derivation in view.derived.derivations}
    for family in view.derived.families:
        for story in family.stories:
            derivation = derivations.get(story)
            yield {
                "id": family.id,
                "story": names[story],
                "outlet": outlets[story],
                "relation": derivation.relation if derivation else None,
                "origin": names.get(derivation.origin or "") if derivation else None,
                "ghost": derivation.ghost if derivation else None,
                "reasons": _joined(derivation.reasons) if derivation else None,
            }


def _mutations(view: View) -> Iterator[Row]:
    names = _names(view)
    outlets = {read.story.id: read.story.outlet for read in view.reads}
    for mutation in view.derived.mutations:
        yield {
            "story": names[mutation.story],
            "outlet": outlets[mutation.story],
            "origin": names.get(mutation.origin, mutation.origin),
            "field": mutation.field,
            "was": mutation.was,
            "now": mutation.now,
            "words": _text(mutation.now_span),
        }


def _text(span: Span | None) -> str | None:
    return span.text if span else None


def _stories(view: View) -> Iterator[Row]:
    triage = judged.triage(view)
    for read in view.reads:
        yield {
            "id": read.story.id,
            "name": read.story.name,
            "outlet": read.story.outlet,
            "url": read.story.url,
            "headline": read.story.headline,
            "published": _published(read.story),
            "published_basis": read.story.published.basis,
            "length": read.story.length,
            "version": read.story.version,
            "earlier": read.story.earlier,
            "misfits": _joined(tuple(misfit.reason for misfit in incidents.misfits(read))),
            "triage": triage[read.story.id],
        }


_TABLES: dict[str, Callable[[View], Iterator[Row]]] = {
    "incidents": _incidents,
    "revisions": _revisions,
    "plans": _plans,
    "claims": _claims,
    "events": _events,
    "tallies": _tallies,
    "families": _families,
    "mutations": _mutations,
    "stories": _stories,
    "decisions": judged.exported,
    "names": judged.names,
    "campaigns": judged.campaigns,
}


def located(incident: Incident) -> bool:
    """Whether the incident can be put on a map."""
    return incident.where is not None and incident.where.lat is not None and incident.where.lon is not None
