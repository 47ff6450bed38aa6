"""Whether a ledger is as it was written: every fact against the chain, every reference, every span.

One pass over one state of the ledger, some rows at a time. What cannot be read is named, and the search goes on behind it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import sqlalchemy as sa

from onrecord.ledger import chain, guards, schema
from onrecord.ledger.codec import decode
from onrecord.ledger.findings import PORTION, Finding, Row, each, keys_of, rows_of, tolerated
from onrecord.records import Campaign, Coding, Decision, Furniture, Reading, Rejection, Round

_ENTRIES = 500
"""How many log entries are in memory at a time."""
_BY_NAME = {table.name: table for table in schema.CHAINED}
_BODIES: dict[str, Any] = {
    "reading": Reading,
    "decision": Decision,
    "campaign": Campaign,
    "name": tuple[str, ...],
    "coding_round": Round,
    "coding": Coding,
    "rejection": Rejection,
}


def verify(connection: sa.Connection) -> Iterator[Finding]:
    """Everything in the facts of a ledger that is not as it was written. Nothing: they are sound."""
    yield from tolerated("file", _database(connection))
    yield from tolerated("file", _made_as_it_should(connection))
    yield from tolerated("log", _log(connection))
    for table in schema.CHAINED:
        yield from tolerated(table.name, _not_logged(connection, table))
    yield from tolerated("capture", _captures(connection))
    yield from tolerated("story", _stories(connection))
    yield from tolerated("intake", _references(connection))
    for name in _BODIES:
        yield from tolerated(name, _bodies(connection, schema.metadata.tables[name]))
    yield from tolerated("current", _current(connection))


def _database(connection: sa.Connection) -> Iterator[Finding]:
    """What the database itself finds wrong. PostgreSQL has tools of its own for that."""
    if connection.dialect.name != "sqlite":
        return
    for said in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
        if said != "ok":
            yield Finding("file", "", " ".join(str(said).split()))
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding(str(table), f"row {row}", f"names a {parent} that is not held")


def _made_as_it_should(connection: sa.Connection) -> Iterator[Finding]:
    """Tables without the columns they should have, facts without the guards that keep them from being changed."""
    inspector = sa.inspect(connection)
    held = set(inspector.get_table_names())
    for table in schema.metadata.sorted_tables:
        if table.name not in held:
            yield Finding("file", table.name, "the table is not there")
        elif {c["name"] for c in inspector.get_columns(table.name)} != set(table.c.keys()):
            yield Finding("file", table.name, "the table has other columns than it should")
    for table in schema.FACTS:
        for act in guards.missing(connection, table.name):
            yield Finding("file", table.name, f"the guard against {act} is not there, or is another")


def _log(connection: sa.Connection) -> Iterator[Finding]:
    """The chain from its first entry on, and every fact that it vouches for."""
    last, before = 0, None
    previous: str | None = chain.START
    for seqs in keys_of(connection, schema.log.c.seq, _ENTRIES):
        entries: list[Row] = []
        for seq, entry, reason in each(lambda some: _by(connection, schema.log, schema.log.c.seq, some), seqs):
            if seq != last + 1:
                missing = f"{last + 1}" if seq == last + 2 else f"{last + 1} to {seq - 1}"
                yield Finding("log", missing, "is missing" if seq == last + 2 else "are missing")
            last = seq
            if entry is None:
                yield Finding("log", str(seq), f"cannot be read ({reason or 'its row is not where it should be'})")
                previous = None
                continue
            # After an entry that cannot be read, the next is taken at its word: one damage, one finding
            if previous is not None and chain.entry_hash(previous, entry) != entry["hash"]:
                yield Finding("log", str(seq), "its hash does not follow from it and from the entry before")
            yield from _step_back(before, entry)
            previous, before = entry["hash"], entry["at"]
            entries.append(entry)
        yield from _facts(connection, entries)


def _by(connection: sa.Connection, table: sa.Table, column: sa.Column[Any], keys: Sequence[Any]) -> dict[Any, Row]:
    return {row[column.name]: row for row in rows_of(connection, table, column, keys)}


def _step_back(before: datetime | None, entry: Row) -> Iterator[Finding]:
    if before is not None and entry["at"] < before:
        what = f"the clock stood at {entry['at'].isoformat()}, earlier than at the entry before ({before.isoformat()})"
        yield Finding("log", str(entry["seq"]), f"{what}; what counts is the order of the log", remark=True)


def _facts(connection: sa.Connection, entries: Sequence[Row]) -> Iterator[Finding]:
    """The facts that these entries vouch for, each against its digest."""
    vouched: dict[Any, dict[Any, Row]] = {}
    for entry in entries:
        vouched.setdefault(entry["fact"], {})[entry["row"]] = entry
    for name, rows in vouched.items():
        if name not in _BY_NAME:
            yield from (Finding("log", str(e["seq"]), "is about a table that no ledger has") for e in rows.values())
            continue
        numbers = list(rows)
        for start in range(0, len(numbers), PORTION):
            for number, found, reason in each(
                lambda some, table=_BY_NAME[name]: _digests(connection, table, some),  # type: ignore[misc]
                numbers[start : start + PORTION],
            ):
                if reason:
                    yield Finding(name, str(number), f"cannot be read ({reason})")
                elif found is None:
                    yield Finding(name, str(number), f"is not there, and entry {rows[number]['seq']} of the log has it")
                elif found != rows[number]["digest"]:
                    told = ", or its capture, story or rejections," if name == "intake" else ""
                    yield Finding(name, str(number), f"it{told} is not as it was when it was added")


def _digests(connection: sa.Connection, table: sa.Table, numbers: Sequence[int]) -> dict[int, str]:
    """The digest of each fact as it is now, by the number of its row."""
    rows = rows_of(connection, table, table.c.seq, numbers)
    if table is not schema.intake:
        return {row["seq"]: chain.row_digest(row) for row in rows}
    media, told = schema.capture.c, schema.story
    captures = dict(
        connection.execute(
            sa.select(media.sha256, media.media).where(media.sha256.in_([row["capture"] for row in rows]))
        ).all()
    )
    stories = _by(connection, told, told.c.id, [row["story"] for row in rows if row["story"] is not None])
    refused: dict[int, list[Row]] = {}
    for why in rows_of(connection, schema.rejection, schema.rejection.c.intake, [row["seq"] for row in rows]):
        refused.setdefault(why["intake"], []).append(why)
    return {
        row["seq"]: chain.intake_digest(
            row, captures.get(row["capture"]), stories.get(row["story"]), refused.get(row["seq"], [])
        )
        for row in rows
    }


def _not_logged(connection: sa.Connection, table: sa.Table) -> Iterator[Finding]:
    logged = sa.select(schema.log.c.row).where(schema.log.c.fact == table.name)
    for number in _except(connection, sa.select(table.c.seq), logged):
        yield Finding(table.name, str(number), "has no entry in the log: it did not come by this program")


def _except(connection: sa.Connection, all_: sa.Select[Any], but: sa.Select[Any]) -> Iterator[Any]:
    yield from connection.execute(sa.except_(all_, but)).scalars()


def _captures(connection: sa.Connection) -> Iterator[Finding]:
    table = schema.capture
    # One at a time: a capture may be as large as an input may be
    for names in keys_of(connection, table.c.sha256):
        for name in names:
            for _, row, reason in each(lambda some: _by(connection, table, table.c.sha256, some), [name]):
                if row is None:
                    yield Finding("capture", name, f"cannot be read ({reason or 'its row is not where it should be'})")
                elif not isinstance(row["body"], bytes) or sha256(row["body"]).hexdigest() != name:
                    yield Finding("capture", name, "its bytes are not those that it is named after")
    for name in _except(connection, sa.select(table.c.sha256), sa.select(schema.intake.c.capture)):
        yield Finding("capture", str(name), "no input in the books came with it")


def _stories(connection: sa.Connection) -> Iterator[Finding]:
    table = schema.story
    for ids in keys_of(connection, table.c.id):
        for id_, row, reason in each(lambda some: _by(connection, table, table.c.id, some), ids):
            if row is None:
                yield Finding("story", id_, f"cannot be read ({reason or 'its row is not where it should be'})")
                continue
            marked: tuple[Furniture, ...] = decode(row["furniture"], tuple[Furniture, ...])
            if not all(0 <= one.start <= one.end <= len(row["text"]) for one in marked):
                yield Finding("story", id_, "what is marked in it lies outside its text")
    for id_ in _except(connection, sa.select(table.c.id), sa.select(schema.intake.c.story)):
        yield Finding("story", str(id_), "no input in the books told it")


def _references(connection: sa.Connection) -> Iterator[Finding]:
    """Inputs that name what is not held, and reasons that belong to no input."""
    books = schema.intake
    for column, kept in ((books.c.capture, schema.capture.c.sha256), (books.c.story, schema.story.c.id)):
        for name in _except(connection, sa.select(column).where(column.is_not(None)), sa.select(kept)):
            yield Finding("intake", str(name), f"an input names this {column.name}, and it is not held")
    for number in _except(connection, sa.select(schema.rejection.c.intake), sa.select(books.c.seq)):
        yield Finding("rejection", f"of intake {number}", "no input in the books has this number")
    opened = sa.select(schema.coding_round.c.id).where(schema.coding_round.c.body.is_not(None))
    for id_ in _except(connection, sa.select(schema.coding.c.round), opened):
        yield Finding("coding", f"of round {id_}", "no such round was opened")


def _bodies(connection: sa.Connection, table: sa.Table) -> Iterator[Finding]:
    """Records that do not decode, and words that do not stand where a record says."""
    for numbers in keys_of(connection, table.c.seq):
        bodies: dict[int, str] = {}
        for number, row, reason in each(lambda some: _by(connection, table, table.c.seq, some), numbers):
            if row is None:
                yield Finding(table.name, str(number), f"cannot be read ({reason or 'its row is not there'})")
                continue
            if row["body"] is None and table.c.body.nullable:
                continue
            try:
                found = decode(row["body"], _BODIES[table.name])
            except (msgspec.MsgspecError, TypeError, ValueError) as error:
                yield Finding(table.name, str(number), f"is no {table.name} ({error})")
                continue
            if isinstance(found, Reading) and (found.story, found.reader) != (row["story"], row["reader"]):
                yield Finding(table.name, str(number), "is of another story or reader than its row says")
            bodies[number] = row["body"]
        yield from _spans(connection, table.name, bodies)


def _spans(connection: sa.Connection, place: str, bodies: dict[int, str]) -> Iterator[Finding]:
    spans = {number: list(_spans_in(msgspec.json.decode(body))) for number, body in bodies.items()}
    wanted = sorted({span["story"] for some in spans.values() for span in some})
    table, parts = schema.story, dict[str, Row]()
    for start in range(0, len(wanted), PORTION):
        query = sa.select(table.c.id, table.c.headline, table.c.text)
        for row in connection.execute(query.where(table.c.id.in_(wanted[start : start + PORTION]))).mappings():
            parts[row["id"]] = dict(row)
    for number, some in spans.items():
        for span in some:
            where = f"{span['story']}:{span['part']}:{span['start']}-{span['end']}"
            told = parts.get(span["story"])
            if told is None:
                yield Finding(place, str(number), f"rests on words at {where}, and that story is not held")
            elif span["start"] < 0 or told[span["part"]][span["start"] : span["end"]] != span["text"]:
                yield Finding(place, str(number), f"the words at {where} are not those that it rests on")


_SPAN = {"story", "part", "start", "end", "text"}


def _spans_in(found: Any) -> Iterator[dict[str, Any]]:
    """Every span in a record, however deep."""
    if isinstance(found, dict):
        if found.keys() >= _SPAN:
            yield found
            return
        found = list(found.values())
    if isinstance(found, list):
        for one in found:
            yield from _spans_in(one)


Read = tuple[int, int, str]
"""A reading: the number of its log entry, its own, its reader."""
Switch = tuple[int, str, frozenset[str] | None]
"""A switch: the number of its log entry, the reader, and of which stories."""


def _current(connection: sa.Connection) -> Iterator[Finding]:
    """Current readings that are not those that the log makes current: the first of a story, until a switch."""
    log, switch, current = schema.log, schema.switch, schema.current
    logged = sa.select(log.c.seq, switch.c.reader, switch.c.stories).join_from(
        switch, log, (log.c.fact == "switch") & (log.c.row == switch.c.seq)
    )
    switches: list[Switch] = []
    for row in connection.execute(logged.order_by(log.c.seq)):
        listed: tuple[str, ...] | None = None if row.stories is None else decode(row.stories, tuple[str, ...])
        switches.append((row.seq, row.reader, None if listed is None else frozenset(listed)))
    for ids in keys_of(connection, schema.story.c.id, _ENTRIES):
        readings = _readings(connection, ids)
        query = sa.select(current.c.story, current.c.reading).where(current.c.story.in_(ids))
        held = {row.story: row.reading for row in connection.execute(query)}
        for id_ in ids:
            due = _due(id_, readings.get(id_, []), switches)
            if held.get(id_) != due:
                said = f"reading {held[id_]}" if id_ in held else "no reading"
                yield Finding("current", id_, f"has {said} where the log says {due or 'none'}")
    for id_ in _except(connection, sa.select(current.c.story), sa.select(schema.story.c.id)):
        yield Finding("current", str(id_), "is of a story that is not held")


def _readings(connection: sa.Connection, ids: Sequence[str]) -> dict[str, list[Read]]:
    log, table = schema.log, schema.reading
    query = (
        sa.select(table.c.story, log.c.seq.label("entry"), table.c.seq, table.c.reader)
        .join_from(table, log, (log.c.fact == "reading") & (log.c.row == table.c.seq))
        .where(table.c.story.in_(ids))
        .order_by(log.c.seq)
    )
    found: dict[str, list[Read]] = {}
    for row in connection.execute(query):
        found.setdefault(row.story, []).append((row.entry, row.seq, row.reader))
    return found


def _due(story: str, readings: Sequence[Read], switches: Sequence[Switch]) -> int | None:
    """The number of the reading that the log makes the current one of a story."""
    due = readings[0][1] if readings else None
    for at, reader, stories in switches:
        if stories is None or story in stories:
            due = next((seq for entry, seq, by in readings if by == reader and entry < at), due)
    return due
