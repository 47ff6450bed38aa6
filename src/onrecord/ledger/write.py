"""What changes a ledger: facts are added, each with its entry in the log; what is derived is replaced."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from onrecord.ledger import chain, read, schema
from onrecord.ledger.codec import encode
from onrecord.ledger.opening import Ledger
from onrecord.records import (
    Campaign,
    Coding,
    Decision,
    Derivation,
    Derived,
    Incident,
    Intake,
    Mutation,
    Name,
    Plan,
    Reading,
    Round,
    Standing,
    Story,
    Verdict,
    digest,
)

Entry = tuple[str, int, str]
"""What the log holds of a fact: its table, the number of its row, its digest."""


def intake_key(item: Intake) -> str:
    """What makes one input the same input when it is offered again: where from, which bytes, what became of them."""
    capture = item.capture.sha256 if item.capture else None
    story = item.story.id if item.story else None
    refused = None if item.story else [rejection.reason for rejection in item.rejections]
    return digest(item.source, capture, story, refused)


def store(ledger: Ledger, items: Sequence[Intake], readings: Iterable[Reading], now: datetime) -> list[Intake]:
    """Adds inputs and what was read in their stories, all or nothing. Returns the inputs that were new."""
    new: list[Intake] = []
    with ledger.writing() as connection:
        entries: list[Entry] = []
        for item in items:
            added = _store_item(connection, item, now)
            entries += added
            new += [item] if added else []
        for reading in readings:
            entries += _store_reading(connection, reading, now)
        chain.extend(connection, entries, now)
    return new


def _store_item(connection: sa.Connection, item: Intake, now: datetime) -> list[Entry]:
    key = intake_key(item)
    if connection.execute(sa.select(schema.intake.c.seq).where(schema.intake.c.key == key)).first():
        return []
    capture = story = None
    if item.capture:
        given = {"sha256": item.capture.sha256, "media": item.capture.media, "body": item.capture.body}
        capture = _once(connection, schema.capture, given)
    if item.story:
        story = _once(connection, schema.story, story_row(item.story))
    row = {
        "key": key,
        "source": item.source,
        "state": item.state,
        "capture": item.capture.sha256 if item.capture else None,
        "story": item.story.id if item.story else None,
        "body": _came(item),
        "at": now,
    }
    seq = connection.execute(sa.insert(schema.intake).values(row).returning(schema.intake.c.seq)).scalar_one()
    rejections = [
        {"intake": seq, "what": r.what, "reason": r.reason, "lost": r.lost, "body": encode(r)} for r in item.rejections
    ]
    if rejections:
        connection.execute(sa.insert(schema.rejection), rejections)
    media = capture["media"] if capture else None
    return [("intake", seq, chain.intake_digest(row, media, story, rejections))]


def _came(item: Intake) -> str | None:
    if not item.how and item.books is None:
        return None
    return encode({"books": item.books, "how": dict(sorted(item.how.items()))})


def _once(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> dict[str, Any]:
    """Adds a row unless its key is held already; the row as the ledger holds it."""
    added = connection.execute(insert(connection, table).values(row).on_conflict_do_nothing())
    if added.rowcount:
        return row
    (key,) = table.primary_key.columns
    held = connection.execute(sa.select(table).where(key == row[key.name])).mappings().one()
    return dict(held)


def story_row(story: Story) -> dict[str, Any]:
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


def _store_reading(connection: sa.Connection, reading: Reading, now: datetime) -> list[Entry]:
    """Adds a reading, unless its reader has read that story before. It is the current one at once only where its story
    has none: another takes its place by a switch.
    """
    row = {"story": reading.story, "reader": reading.reader, "body": encode(reading), "at": now}
    added = connection.execute(
        insert(connection, schema.reading).values(row).on_conflict_do_nothing().returning(schema.reading.c.seq)
    ).first()
    if added is None:
        return []
    values = {"story": reading.story, "reading": added.seq}
    connection.execute(insert(connection, schema.current).values(values).on_conflict_do_nothing())
    return [("reading", added.seq, chain.row_digest(row))]


def switch(connection: sa.Connection, reader: str, stories: Sequence[str] | None, now: datetime) -> int:
    """Makes the readings of one reader the current ones, in a transaction of the caller's; returns how many change.

    stories: those to switch; None for all that this reader has read.
    """
    chosen = read.readings_by(connection, reader, stories)
    if chosen:
        listed = None if stories is None else encode(tuple(sorted(stories)))
        _add_fact(connection, schema.switch, {"reader": reader, "stories": listed, "at": now}, now)
        current = schema.current
        update = sa.update(current).where(current.c.story == sa.bindparam("of")).values(reading=sa.bindparam("to"))
        connection.execute(update, [{"of": story, "to": reading} for story, reading in chosen.items()])
    return len(chosen)


def add_campaign(ledger: Ledger, campaign: Campaign, now: datetime) -> bool:
    """Adds a campaign, or gives the one of that name other bounds. False where it stands so already."""
    with ledger.writing() as connection:
        if campaign in read.campaigns_in(connection):
            return False
        row = {"name": campaign.name, "body": encode(campaign), "at": now}
        _add_fact(connection, schema.campaign, row, now)
        return True


def end_campaign(ledger: Ledger, name: str, now: datetime) -> bool:
    """Ends a campaign; what was added stays in the books. False where none has that name."""
    with ledger.writing() as connection:
        if not any(held.name == name for held in read.campaigns_in(connection)):
            return False
        _add_fact(connection, schema.campaign, {"name": name, "body": None, "at": now}, now)
        return True


def add_decision(connection: sa.Connection, decision: Decision) -> None:
    """Adds a decision, in a transaction of the caller's."""
    row = {
        "id": decision.id,
        "key": decision.key,
        "target": decision.target,
        "body": encode(decision),
        "at": decision.at,
    }
    _add_fact(connection, schema.decision, row, decision.at)


def add_names(connection: sa.Connection, names: Iterable[Name], now: datetime) -> None:
    """Adds what became of names, in a transaction of the caller's."""
    for name in names:
        row = {"name": name.name, "act": name.act, "into": name.into, "body": encode(name.anchors), "at": now}
        _add_fact(connection, schema.name, row, now)


def add_round(connection: sa.Connection, opened: Round) -> None:
    """Adds a round of coding, in a transaction of the caller's."""
    row = {"id": opened.id, "person": opened.by, "body": encode(opened), "at": opened.at}
    _add_fact(connection, schema.coding_round, row, opened.at)


def close_round(connection: sa.Connection, id_: str, by: str, now: datetime) -> None:
    """Closes one, in a transaction of the caller's."""
    _add_fact(connection, schema.coding_round, {"id": id_, "person": by, "body": None, "at": now}, now)


def add_coding(connection: sa.Connection, coding: Coding) -> None:
    """Adds what a coder answered, in a transaction of the caller's."""
    row = {
        "id": coding.id,
        "key": coding.key,
        "round": coding.round,
        "target": coding.target,
        "person": coding.by,
        "body": encode(coding),
        "at": coding.at,
    }
    _add_fact(connection, schema.coding, row, coding.at)


def _add_fact(connection: sa.Connection, table: sa.Table, row: dict[str, Any], now: datetime) -> None:
    seq = connection.execute(sa.insert(table).values(row).returning(table.c.seq)).scalar_one()
    chain.extend(connection, [(table.name, seq, chain.row_digest(row))], now)


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can pass over what is held already, as either database words it."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def replace_derived(connection: sa.Connection, derived: Derived, readings: str, decided: str) -> None:
    """Puts what was freshly derived in the place of the old, in a transaction of the caller's.

    readings, decided: the names of what it was derived from (`read.derived_from`), so that what a stopped run left
    behind, or another run overtook, is seen to be old.
    """
    for table in schema.DERIVED:
        connection.execute(sa.delete(table))
    for table, rows in derived_rows(derived):
        if rows:
            connection.execute(sa.insert(table), rows)
    connection.execute(sa.insert(schema.derived_from).values(one=1, readings=readings, decided=decided))


def change_derived(connection: sa.Connection, held: Derived, derived: Derived, readings: str, decided: str) -> None:
    """Puts what is derived otherwise now in the place of what it was, in a transaction of the caller's.

    held: everything derived as the ledger has it; readings, decided: as in `replace_derived`.
    """
    for (table, row, records), (_, _, before) in zip(_laid(derived), _laid(held), strict=True):
        if records == before:
            continue
        (key,) = table.primary_key.columns
        was, now = dict(before), dict(records)
        # Most are the very records that they were: only what is another is written as a row
        old = [id_ for id_, record in was.items() if not _same(now.get(id_), record)]
        new = [row(id_, record) for id_, record in now.items() if not _same(was.get(id_), record)]
        for start in range(0, len(old), _AT_ONCE):
            connection.execute(sa.delete(table).where(key.in_(old[start : start + _AT_ONCE])))
        if new:
            connection.execute(sa.insert(table), new)
    connection.execute(sa.update(schema.derived_from).values(readings=readings, decided=decided))


def _same(one: object, other: object) -> bool:
    return one is other or one == other


_AT_ONCE = 500
"""How many rows one statement removes."""

Row = dict[str, object]
Laid = tuple[sa.Table, Callable[[Any, Any], Row], list[tuple[Any, Any]]]
"""A table, how a key and its record make a row of it, and the records by their keys."""


def derived_rows(derived: Derived) -> Iterable[tuple[sa.Table, list[Row]]]:
    """What was derived, as rows of each table."""
    for table, row, records in _laid(derived):
        yield table, [row(key, record) for key, record in records]


def _laid(derived: Derived) -> Iterator[Laid]:
    yield schema.family, lambda id_, f: {"id": id_, "root": f.root, "body": encode(f)}, _by("id", derived.families)
    yield schema.derivation, _derivation_row, _by("story", derived.derivations)
    yield schema.mutation, _mutation_row, list(enumerate(derived.mutations))
    yield schema.gathering, lambda id_, g: {"id": id_, "body": encode(g)}, _by("id", derived.groupings)
    yield schema.speaker, lambda name, s: {"name": name, "body": encode(s)}, _by("name", derived.speakers)
    yield schema.incident, _incident_row, _by("id", derived.incidents)
    yield schema.plan, _plan_row, _by("id", derived.plans)
    yield schema.verdict, _verdict_row, _by("tally", derived.verdicts)
    yield schema.standing, _standing_row, _by("decision", derived.standings)


def _by(key: str, records: Iterable[object]) -> list[tuple[Any, Any]]:
    return [(getattr(record, key), record) for record in records]


def _derivation_row(story: str, one: Derivation) -> Row:
    return {"story": story, "relation": one.relation, "origin": one.origin, "ghost": one.ghost, "body": encode(one)}


def _mutation_row(seq: int, one: Mutation) -> Row:
    return {"seq": seq, "story": one.story, "origin": one.origin, "field": one.field, "body": encode(one)}


def _plan_row(id_: str, one: Plan) -> Row:
    return {"id": id_, "kind": one.kind, "status": one.status, "body": encode(one)}


def _verdict_row(tally: str, one: Verdict) -> Row:
    return {"tally": tally, "word": one.word, "off_by": one.off_by, "body": encode(one)}


def _standing_row(decision: str, one: Standing) -> Row:
    return {"decision": decision, "state": one.state, "body": encode(one)}


def _incident_row(id_: str, incident: Incident) -> Row:
    return {
        "id": id_,
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
