"""The ledger as flat tables: one function a table, a row a dict from column to cell.

A cell is text, a number, a truth value or None, and None is unknown. The columns stand in tables.toml.
"""

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files

from onrecord import incidents
from onrecord.exports import judged, marks
from onrecord.exports.private import Private, Row, public_name
from onrecord.exports.sheets import Column, ColumnType, Sheet
from onrecord.pipeline import View
from onrecord.records import (
    Bounds,
    Claim,
    Decision,
    Derivation,
    Event,
    Family,
    Incident,
    Masthead,
    Movement,
    Mutation,
    Plan,
    Quantity,
    Read,
    Span,
    Standing,
    Tally,
    Verdict,
)
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


def sheets(view: View) -> Iterator[Sheet]:
    """Every table, with its rows."""
    for sheet in empty_sheets():
        yield replace(sheet, rows=list(rows(view, sheet.name)))


@cache
def empty_sheets() -> tuple[Sheet, ...]:
    """Every table, without rows. The types of columns stand in column_types.toml: those of no table but text are listed there."""
    raw = tomllib.loads(files("onrecord.exports").joinpath("column_types.toml").read_text("utf-8"))
    types: dict[str, ColumnType] = {
        f"{table}.{name}": kind for table, named in raw.items() for kind, names in named.items() for name in names
    }
    return tuple(
        Sheet(
            table,
            tuple(
                Column(name, meaning, types.get(f"{table}.{name}", "string"))
                for name, meaning in found.meanings.items()
            ),
            (),
        )
        for table, found in columns().items()
    )


def rows(view: View, table: str) -> Iterator[Row]:
    """The rows of a table, in an order that depends on nothing but their content.

    Names of private persons are withheld wherever they stand whole, in quoted words too: `start` and `end` go on
    telling where the words as published stand. Raises KeyError for a table that tables.toml does not name.
    """
    return iter(marks.marked(table, _TABLES[table](Rows(view, Private(view)))))


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None


def _triple(prefix: str, bounds: Bounds | None) -> Row:
    found = bounds or Bounds(None, None, None)
    return {f"{prefix}_low": found.low, f"{prefix}_best": found.best, f"{prefix}_high": found.high}


class Rows:
    """Makes the row of one record of a view at a time.

    private: the names that are withheld; None withholds none, for those who may see them.
    """

    def __init__(self, view: View, private: Private | None) -> None:
        self.view = view
        self._private = private

    def _out(self, row: Row) -> Row:
        return self._private.withheld(row) if self._private is not None else row

    @cached_property
    def names(self) -> dict[str, str]:
        """How stories are called in exports: by the source's own id where it gave one."""
        return {r.story.id: r.story.name or r.story.id for r in self.view.reads}

    @cached_property
    def outlets(self) -> dict[str, str | None]:
        """The outlet of each story."""
        return {read.story.id: read.story.outlet for read in self.view.reads}

    @cached_property
    def reviews(self) -> dict[str, str]:
        """What people have done about each target."""
        return judged.reviews(self.view)

    @cached_property
    def merged(self) -> dict[str, Incident | Plan]:
        """The incident or plan of each event that is in one."""
        rows: list[Incident | Plan] = [*self.view.derived.incidents, *self.view.derived.plans]
        return {event: row for row in rows for event in row.events}

    @cached_property
    def derivations(self) -> dict[str, Derivation]:
        """Whose report each story is."""
        return {one.story: one for one in self.view.derived.derivations}

    @cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """How each tally stands to the ledger."""
        return {one.tally: one for one in self.view.derived.verdicts}

    @cached_property
    def movements(self) -> dict[str, Movement]:
        """How each total came from the one before it, where there is one."""
        derived = self.view.derived
        found = incidents.movements(self.view.reads, derived.derivations, derived.verdicts)
        return {one.tally: one for one in found}

    @cached_property
    def triage(self) -> dict[str, str]:
        """How each story stands to the watch."""
        return judged.triage(self.view)

    def incident(self, incident: Incident) -> Row:
        """An incident."""
        when, where = incident.when, incident.where
        graded = incidents.grade(incident)
        return self._out(
            {
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
                "grade": graded.word,
                "grade_reason": graded.reason,
                "independent_reports": len(incident.reports),
                "primary_sources": len(incident.sources),
                "reports": _joined(incident.reports),
                "sources": _joined(incident.sources),
                "stories": _joined(tuple(self.names[s] for s in incident.stories)),
                "campaigns": _joined(incident.campaigns),
                "review": self.reviews.get(incident.id),
                "decisions": _joined(incident.decisions),
            }
        )

    def revisions(self, incident: Incident, desk: incidents.Desk) -> Iterator[Row]:
        """What an incident said before. desk: what knows how it came to say what it says (`history_desk`)."""
        for one in desk.history(incident):
            if one.why != "first report":
                yield self._out(
                    {
                        "incident": incident.id,
                        "field": one.field,
                        "was": one.was,
                        "now": one.now,
                        "day": one.day.isoformat() if one.day else None,
                        "why": one.why,
                        "source": one.source,
                        "outlet": self.outlets.get(one.story or ""),
                        "story": self.names.get(one.story or ""),
                        "words": _text(one.span),
                    }
                )

    def plan(self, plan: Plan) -> Row:
        """A plan."""
        return self._out(
            {
                "id": plan.id,
                "kind": plan.kind,
                "status": plan.status,
                "actor": plan.actor,
                "target": plan.target,
                "place": plan.where.name if plan.where else None,
                "stories": _joined(tuple(self.names[s] for s in plan.stories)),
                "campaigns": _joined(plan.campaigns),
                "review": self.reviews.get(plan.id),
                "decisions": _joined(plan.decisions),
            }
        )

    def claim(self, read: Read, claim: Claim) -> Row:
        """A claim of a story."""
        source = claim.source
        count = _quantity(source.count)
        return self._out(
            {
                "id": claim.id,
                "story": self.names[read.story.id],
                "outlet": read.story.outlet,
                "published": _published(read.story),
                "part": claim.content[0].part,
                "start": claim.content[0].start,
                "end": claim.content[-1].end,
                "words": " … ".join(piece.text for piece in claim.content),
                "cue": claim.cue.text if claim.cue else None,
                "form": claim.form,
                "stance": claim.stance,
                "source_kind": source.kind,
                "source_name": source.name if self._private is None else public_name(source),
                "source_role": source.role,
                **_triple("source", count),
                "terms": source.terms,
                "told": source.told,
                "review": self.reviews.get(claim.id),
            }
        )

    def event(self, read: Read, event: Event) -> Row:
        """An event of a story."""
        when, where, home = event.when, event.where, self.merged.get(event.id)
        return self._out(
            {
                "id": event.id,
                "story": self.names[read.story.id],
                "incident": home.id if home else None,
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
                "review": self.reviews.get(event.id),
            }
        )

    def tally(self, read: Read, tally: Tally) -> Row:
        """A stated total of a story."""
        stated, verdict = _quantity(tally.quantity), self.verdicts.get(tally.id)
        moved = self.movements.get(tally.id)
        return self._out(
            {
                "id": tally.id,
                "story": self.names[read.story.id],
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
                "review": self.reviews.get(tally.id),
            }
        )

    def carrier(self, family: Family, story: str) -> Row:
        """A story of a family."""
        derivation = self.derivations.get(story)
        return self._out(
            {
                "id": family.id,
                "story": self.names[story],
                "outlet": self.outlets[story],
                "relation": derivation.relation if derivation else None,
                "origin": self.names.get(derivation.origin or "") if derivation else None,
                "ghost": derivation.ghost if derivation else None,
                "reasons": _joined(derivation.reasons) if derivation else None,
            }
        )

    def mutation(self, mutation: Mutation) -> Row:
        """A value that a story states otherwise than its origin."""
        return self._out(
            {
                "story": self.names[mutation.story],
                "outlet": self.outlets[mutation.story],
                "origin": self.names.get(mutation.origin, mutation.origin),
                "field": mutation.field,
                "was": mutation.was,
                "now": mutation.now,
                "words": _text(mutation.now_span),
            }
        )

    def story(self, read: Read) -> Row:
        """A story."""
        return self._out(
            {
                "id": read.story.id,
                "name": read.story.name,
                "outlet": read.story.outlet,
                "url": read.story.url if self._private is None else self._private.address(read.story.url),
                "headline": read.story.headline,
                "published": _published(read.story),
                "published_basis": read.story.published.basis,
                "length": read.story.length,
                "version": read.story.version,
                "earlier": read.story.earlier,
                "misfits": _joined(tuple(misfit.reason for misfit in incidents.misfits(read))),
                "triage": self.triage[read.story.id],
            }
        )

    def decision(self, decision: Decision) -> Row:
        """A decision, without who made it, and when."""
        return self._out(judged.exported(decision, self.standings.get(decision.id)))

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """How each decision stands."""
        return {standing.decision: standing for standing in self.view.derived.standings}

    def campaigns(self) -> Iterator[Row]:
        """The campaigns."""
        return map(self._out, judged.campaigns(self.view))

    def ended(self) -> Iterator[Row]:
        """What became of names."""
        return map(self._out, judged.names(self.view))


def history_desk(view: View, stories: Collection[str] | None = None) -> incidents.Desk:
    """What knows how incidents came to say what they say. stories: those of the incidents that are asked for, or all."""
    derived = view.derived
    families = incidents.Families(derived.families, derived.derivations, derived.mutations)
    reads = [read for read in view.reads if stories is None or read.story.id in stories]
    return incidents.Desk(incidents.tellings(reads, families), derived.speakers, view.profile)


def _published(story: Masthead) -> str | None:
    return story.published.start.isoformat() if story.published.start else None


def _quantity(quantity: Quantity | None) -> Bounds:
    return numbers.bounds(quantity) if quantity else Bounds(None, None, None)


def _worded(event: Event, what: str) -> str | None:
    return _joined(tuple(count.span.text for count in event.counts if count.what == what and not count.part))


def _text(span: Span | None) -> str | None:
    return span.text if span else None


def _revisions(made: Rows) -> Iterator[Row]:
    desk = history_desk(made.view)
    for incident in made.view.derived.incidents:
        yield from made.revisions(incident, desk)


_TABLES: dict[str, Callable[[Rows], Iterator[Row]]] = {
    "incidents": lambda made: map(made.incident, made.view.derived.incidents),
    "revisions": _revisions,
    "plans": lambda made: map(made.plan, made.view.derived.plans),
    "claims": lambda made: (made.claim(read, one) for read in made.view.reads for one in read.reading.claims),
    "events": lambda made: (made.event(read, one) for read in made.view.reads for one in read.reading.events),
    "tallies": lambda made: (made.tally(read, one) for read in made.view.reads for one in read.reading.tallies),
    "families": lambda made: (made.carrier(one, story) for one in made.view.derived.families for story in one.stories),
    "mutations": lambda made: map(made.mutation, made.view.derived.mutations),
    "stories": lambda made: map(made.story, made.view.reads),
    "decisions": lambda made: map(made.decision, made.view.decisions),
    "names": Rows.ended,
    "campaigns": Rows.campaigns,
}


def located(incident: Incident) -> bool:
    """Whether the incident can be put on a map."""
    return incident.where is not None and incident.where.lat is not None and incident.where.lon is not None
