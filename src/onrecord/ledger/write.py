"""What changes a ledger: facts are added, the index of current readings and everything derived is replaced."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from onrecord.ledger import schema
from onrecord.ledger.codec import encode
from onrecord.ledger.opening import Ledger
from onrecord.records import Derived, Incident, Intake, Reading, Story, digest


def intake_key(item: Intake) -> str:
    """What makes one input the same input when it is offered again: where from, which bytes, what became of them."""
    capture = item.capture.sha256 if item.capture else None
    story = item.story.id if item.story else None
    refused = None if item.story else [rejection.reason for rejection in item.rejections]
    return digest(item.source, capture, story, refused)


def store(ledger: Ledger, items: Sequence[Intake], readings: Iterable[Reading], now: datetime) -> list[Intake]:
    """Adds inputs and what was read in their stories, all or nothing. Returns the inputs that were new."""
    with ledger.writing() as connection:
        new = [item for item in items if _store_item(connection, item, now)]
        for reading in readings:
            _store_reading(connection, reading, now)
    return new


def _store_item(connection: sa.Connection, item: Intake, now: datetime) -> bool:
    key = intake_key(item)
    if connection.execute(sa.select(schema.intake.c.seq).where(schema.intake.c.key == key)).first():
        return False
    if item.capture:
        capture = {"sha256": item.capture.sha256, "media": item.capture.media, "body": item.capture.body}
        connection.execute(insert(schema.capture).values(capture).on_conflict_do_nothing())
    if item.story:
        connection.execute(insert(schema.story).values(story_row(item.story)).on_conflict_do_nothing())
    row = {
        "key": key,
        "source": item.source,
        "state": item.state,
        "capture": item.capture.sha256 if item.capture else None,
        "story": item.story.id if item.story else None,
        "at": now,
    }
    seq = connection.execute(insert(schema.intake).values(row).returning(schema.intake.c.seq)).scalar_one()
    rejections = [
        {"intake": seq, "what": r.what, "reason": r.reason, "lost": r.lost, "body": encode(r)} for r in item.rejections
    ]
    if rejections:
        connection.execute(insert(schema.rejection), rejections)
    return True


def story_row(story: Story) -> dict[str, object]:
    """A story as a row of its table."""
    return {
        "id": story.id,
        "name": story.name,
        "url": story.url,
        "outlet": story.outlet,
        "headline": story.headline,
        "byline": story.byline,
        "published_start": story.published.start,
        "published_end": story.published.end,
        "published_precision": story.published.precision,
        "published_basis": story.published.basis,
        "language": story.language,
        "text": story.text,
        "furniture": encode(story.furniture),
    }


def _store_reading(connection: sa.Connection, reading: Reading, now: datetime) -> None:
    """Adds a reading and makes it the current one of its story, unless its reader has read that story before."""
    row = {"story": reading.story, "reader": reading.reader, "body": encode(reading), "at": now}
    added = connection.execute(
        insert(schema.reading).values(row).on_conflict_do_nothing().returning(schema.reading.c.seq)
    ).first()
    if added is None:
        return
    for table in schema.INDEX:
        connection.execute(sa.delete(table).where(table.c.story == reading.story))
    values = {"story": reading.story, "reading": added.seq}
    connection.execute(
        insert(schema.current)
        .values(values)
        .on_conflict_do_update(index_elements=["story"], set_={"reading": added.seq})
    )
    for table, rows in _index_rows(reading):
        if rows:
            connection.execute(insert(table), rows)


def _index_rows(reading: Reading) -> Iterable[tuple[sa.Table, list[dict[str, object]]]]:
    claims: list[dict[str, object]] = [
        {
            "id": claim.id,
            "story": reading.story,
            "source_kind": claim.source.kind,
            "source_name": claim.source.name,
            "told": claim.source.told,
            "form": claim.form,
            "stance": claim.stance,
            "words": " … ".join(span.text for span in claim.content),
        }
        for claim in reading.claims
    ]
    yield schema.claim, claims
    events: list[dict[str, object]] = [
        {
            "id": event.id,
            "story": reading.story,
            "kind": event.kind,
            "status": event.status,
            "background": event.background,
            "actor": event.actor.name if event.actor else None,
            "target": event.target.name if event.target else None,
            "place": event.where.name if event.where else None,
            "first_day": event.when.start if event.when else None,
            "last_day": event.when.end if event.when else None,
            "words": event.mentions[0].span.text if event.mentions else "",
        }
        for event in reading.events
    ]
    yield schema.event, events
    tallies: list[dict[str, object]] = [
        {"id": t.id, "story": reading.story, "unit": t.unit, "scope": t.scope, "words": t.span.text}
        for t in reading.tallies
    ]
    yield schema.tally, tallies


def replace_derived(ledger: Ledger, derived: Derived, state: str) -> None:
    """Puts what was freshly derived in the place of the old, in one transaction.

    state: the name of the readings, and of the rules, that it was derived from (`read.reads_of`), so that what a
    stopped run left behind, or another run overtook, is seen to be old.
    """
    with ledger.writing() as connection:
        for table in (*schema.DERIVED, schema.derived_from):
            connection.execute(sa.delete(table))
        for table, rows in _derived_rows(derived):
            if rows:
                connection.execute(insert(table), rows)
        connection.execute(insert(schema.derived_from).values(one=1, state=state))


def _derived_rows(derived: Derived) -> Iterable[tuple[sa.Table, list[dict[str, object]]]]:
    yield schema.family, [{"id": f.id, "root": f.root, "body": encode(f)} for f in derived.families]
    derivations: list[dict[str, object]] = [
        {"story": d.story, "relation": d.relation, "origin": d.origin, "ghost": d.ghost, "body": encode(d)}
        for d in derived.derivations
    ]
    yield schema.derivation, derivations
    mutations: list[dict[str, object]] = [
        {"seq": seq, "story": m.story, "origin": m.origin, "field": m.field, "body": encode(m)}
        for seq, m in enumerate(derived.mutations)
    ]
    yield schema.mutation, mutations
    yield schema.incident, [_incident_row(incident) for incident in derived.incidents]
    yield schema.plan, [{"id": p.id, "kind": p.kind, "status": p.status, "body": encode(p)} for p in derived.plans]
    verdicts: list[dict[str, object]] = [
        {"tally": v.tally, "word": v.word, "off_by": v.off_by, "body": encode(v)} for v in derived.verdicts
    ]
    yield schema.verdict, verdicts


def _incident_row(incident: Incident) -> dict[str, object]:
    return {
        "id": incident.id,
        "kind": incident.kind,
        "status": incident.status,
        "first_day": incident.when.start if incident.when else None,
        "last_day": incident.when.end if incident.when else None,
        "place": incident.where.name if incident.where else None,
        "country": incident.where.country if incident.where else None,
        "actor": incident.actor,
        "target": incident.target,
        "killed_low": incident.killed.low,
        "killed_best": incident.killed.best,
        "killed_high": incident.killed.high,
        "injured_low": incident.injured.low,
        "injured_best": incident.injured.best,
        "injured_high": incident.injured.high,
        "independent_reports": len(incident.reports),
        "primary_sources": len(incident.sources),
        "body": encode(incident),
    }
