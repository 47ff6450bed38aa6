"""The chain over all facts: an entry for each, with the hash of the one before, so that no fact changes unseen."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import bulk, schema
from onrecord.records import digest

START = "0" * 64
"""What the first entry follows."""


def entry_hash(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of a log entry: of the hash before it and of all its columns but its own."""
    return digest(previous, *(plain(entry[c]) for c in ("seq", "fact", "row", "digest", "at")))


def row_digest(row: Mapping[str, Any], *more: Mapping[str, Any]) -> str:
    """The digest of a fact: of all that its row holds but its number, and of the rows that came with it.

    A column without a value does not count, so that one which a later schema adds changes no digest.
    """
    return digest(
        *(
            {c: plain(v) for c, v in each.items() if v is not None and c not in ("seq", "intake")}
            for each in (row, *more)
        )
    )


def intake_digest(
    row: Mapping[str, Any],
    media: str | None,
    story: Mapping[str, Any] | None,
    rejections: Sequence[Mapping[str, Any]],
) -> str:
    """The digest of an input: of its row, with the kind of its capture (whose bytes its hash vouches for), the story it
    told and what was refused of it.
    """
    return row_digest(row, {"media": media}, story or {}, *rejections)


def plain(value: Any) -> Any:
    """A value of a row as it goes into a digest: a time as text, in UTC, to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


Arrived = tuple[Mapping[str, Any], str | None, Mapping[str, Any] | None, list[Mapping[str, Any]]]
"""A row of the intake, with what `intake_digest` asks for besides."""


def arrived(
    connection: sa.Connection, stories: Sequence[str] | None = None, without: Collection[str] = ()
) -> Iterator[Arrived]:
    """Every input in the order of arrival, as `intake_digest` takes it. stories: of these alone; without: columns that an older
    schema has not yet.
    """
    books, capture, story = schema.intake, schema.capture, schema.story
    columns = [column for column in books.c if column.name not in without]
    of = sa.true() if stories is None else books.c.story.in_(stories)
    rejections: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    refused = sa.select(schema.rejection).join(books, books.c.seq == schema.rejection.c.intake).where(of)
    for why in connection.execute(refused.order_by(schema.rejection.c.seq)).mappings():
        rejections[why["intake"]].append(dict(why))
    told = [column.label(f"story_{column.name}") for column in story.c]
    query = (
        sa.select(*columns, capture.c.media.label("media"), *told)
        .outerjoin(capture, capture.c.sha256 == books.c.capture)
        .outerjoin(story, story.c.id == books.c.story)
        .where(of)
        .order_by(books.c.seq)
    )
    for row in connection.execute(query).mappings():
        input_ = {column.name: row[column.name] for column in columns}
        held = {c.name: row[f"story_{c.name}"] for c in story.c} if row["story_id"] else None
        yield input_, row["media"], held, rejections.get(row["seq"], [])


def head(connection: sa.Connection) -> tuple[int, str]:
    """The number and the hash of the last entry; (0, START) of an empty log."""
    log = schema.log
    last = connection.execute(sa.select(log.c.seq, log.c.hash).order_by(log.c.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, START)


def holds(connection: sa.Connection, entry: tuple[int, str]) -> bool:
    """Whether an entry, by its number and its hash, was the last one of this log once."""
    log = schema.log
    found = connection.execute(sa.select(log.c.hash).where(log.c.seq == entry[0])).scalar()
    return entry == (0, START) or found == entry[1]


def extend(connection: sa.Connection, facts: Iterable[tuple[str, int, str]], now: datetime) -> None:
    """Adds an entry for each fact: its table, the number of its row, its digest. In a writing transaction only."""
    seq, previous = head(connection)
    entries: list[dict[str, Any]] = []
    for fact, row, digest_ in facts:
        seq += 1
        entry: dict[str, Any] = {"seq": seq, "fact": fact, "row": row, "digest": digest_, "at": now}
        previous = entry["hash"] = entry_hash(previous, entry)
        entries.append(entry)
    bulk.put(connection, schema.log, entries)
