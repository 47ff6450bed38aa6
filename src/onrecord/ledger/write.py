"""What changes a ledger: facts are added, each with its entry in the log; what is derived is replaced."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import bulk, chain, claims, read, schema
from onrecord.ledger.codec import encode
from onrecord.ledger.opening import Ledger
from onrecord.records import (
    Campaign,
    Capture,
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
    with ledger.writing() as connection:
        new, entries = _store_items(connection, items, now)
        entries += _store_readings(connection, readings, now)
        chain.extend(connection, entries, now)
    return new


def _store_items(connection: sa.Connection, items: Sequence[Intake], now: datetime) -> tuple[list[Intake], list[Entry]]:
    """Adds the inputs that are not in the books, in their order; of those that are the same, the first."""
    keyed: dict[str, Intake] = {}
    for item in items:
        keyed.setdefault(intake_key(item), item)
    held = read.held(connection, schema.intake.c.key, keyed)
    new = {key: item for key, item in keyed.items() if key not in held}
    media, told = _put_captures(connection, new.values()), _put_stories(connection, new.values())
    rows: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    entries: list[Entry] = []
    for seq, (key, item) in zip(bulk.numbers(connection, schema.intake, len(new)), new.items(), strict=True):
        capture, story = item.capture.sha256 if item.capture else None, item.story.id if item.story else None
        row = {
            "seq": seq,
            "key": key,
            "source": item.source,
            "state": item.state,
            "capture": capture,
            "story": story,
            "body": _came(item),
            "at": now,
        }
        why = [
            {"intake": seq, "what": r.what, "reason": r.reason, "lost": r.lost, "body": encode(r)}
            for r in item.rejections
        ]
        rows.append(row)
        refused += why
        digest_ = chain.intake_digest(row, media[capture] if capture else None, told[story] if story else None, why)
        entries.append(("intake", seq, digest_))
    bulk.put(connection, schema.intake, rows)
    bulk.put(connection, schema.rejection, refused)
    return list(new.values()), entries


def _put_captures(connection: sa.Connection, items: Iterable[Intake]) -> dict[str, str]:
    """Adds the captures that are not held; the kind of each, as the ledger has it."""
    given: dict[str, Capture] = {}
    for item in items:
        if item.capture:
            given.setdefault(item.capture.sha256, item.capture)
    table = schema.capture
    held = {
        row.sha256: row.media
        for row in read.rows(connection, sa.select(table.c.sha256, table.c.media), table.c.sha256, given)
    }
    new = [
        {"sha256": one.sha256, "media": one.media, "body": one.body} for id_, one in given.items() if id_ not in held
    ]
    bulk.put(connection, table, new)
    return {id_: held.get(id_, one.media) for id_, one in given.items()}


def _put_stories(connection: sa.Connection, items: Iterable[Intake]) -> dict[str, dict[str, Any]]:
    """Adds the stories that are not held; the row of each, as the ledger has it."""
    given: dict[str, Story] = {}
    for item in items:
        if item.story:
            given.setdefault(item.story.id, item.story)
    table = schema.story
    held = {row.id: dict(row._mapping) for row in read.rows(connection, sa.select(table), table.c.id, given)}
    new = {id_: story_row(one) for id_, one in given.items() if id_ not in held}
    bulk.put(connection, table, list(new.values()))
    return held | new


def _came(item: Intake) -> str | None:
    if not item.how and item.books is None:
        return None
    return encode({"books": item.books, "how": dict(sorted(item.how.items()))})


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


def _store_readings(connection: sa.Connection, readings: Iterable[Reading], now: datetime) -> list[Entry]:
    """Adds readings, but for those whose reader has read that story before. One is current at once only where its story
    has none: another takes its place by a switch.
    """
    given: dict[tuple[str, str], Reading] = {}
    for reading in readings:
        given.setdefault((reading.story, reading.reader), reading)
    stories = sorted({story for story, _ in given})
    table, current = schema.reading, schema.current
    found = read.rows(connection, sa.select(table.c.story, table.c.reader), table.c.story, stories)
    held = {(row.story, row.reader) for row in found}
    new = {pair: reading for pair, reading in given.items() if pair not in held}
    rows: list[dict[str, Any]] = [
        {"seq": seq, "story": story, "reader": reader, "body": encode(reading), "at": now}
        for seq, ((story, reader), reading) in zip(bulk.numbers(connection, table, len(new)), new.items(), strict=True)
    ]
    bulk.put(connection, table, rows)
    known = read.held(connection, current.c.story, stories)
    first: dict[str, int] = {}
    for row in rows:
        if row["story"] not in known:
            first.setdefault(row["story"], row["seq"])
    bulk.put(connection, current, [{"story": story, "reading": seq} for story, seq in first.items()])
    claims.add(connection, [(row["seq"], reading) for row, reading in zip(rows, new.values(), strict=True)])
    return [("reading", row["seq"], chain.row_digest(row)) for row in rows]


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


def replace_derived(connection: sa.Connection, derived: Derived, readings: str, decided: str) -> None:
    """Puts what was freshly derived in the place of the old, in a transaction of the caller's.

    readings, decided: the names of what it was derived from (`read.derived_from`), so that what a stopped run left
    behind, or another run overtook, is seen to be old.
    """
    for table in schema.DERIVED:
        connection.execute(sa.delete(table))
    for table, rows in derived_rows(derived):
        bulk.put(connection, table, rows)
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
        bulk.put(connection, table, new)
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
