"""What a ledger holds: stories, readings, derived records, the books of intake. Nothing here changes anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from onrecord.ledger import schema
from onrecord.ledger.codec import decode
from onrecord.ledger.opening import Ledger
from onrecord.records import (
    Derivation,
    Derived,
    Family,
    Furniture,
    Incident,
    Masthead,
    Mutation,
    Plan,
    Published,
    Read,
    Reading,
    Story,
    Verdict,
    digest,
)


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One line of the books: what was offered, what became of it, why, and how much of it was lost."""

    source: str
    state: str
    reason: str
    lost: int
    story: str | None


def held_keys(ledger: Ledger, keys: Iterable[str]) -> set[str]:
    """Those of the intake keys that the books hold already."""
    column = schema.intake.c.key
    with ledger.reading() as connection:
        return set(connection.execute(sa.select(column).where(column.in_(list(keys)))).scalars())


def read_by(ledger: Ledger, stories: Iterable[str], reader: str) -> dict[str, Reading]:
    """The readings that this reader has made of those stories."""
    table = schema.reading
    query = sa.select(table.c.body).where(table.c.story.in_(list(stories)), table.c.reader == reader)
    with ledger.reading() as connection:
        readings: list[Reading] = [decode(body, Reading) for body in connection.execute(query).scalars()]
    return {reading.story: reading for reading in readings}


def story(ledger: Ledger, name: str) -> Story | None:
    """The story with that id, or the newest version with that name."""
    table, books = schema.story, schema.intake
    query = (
        sa.select(table)
        .outerjoin(books, books.c.story == table.c.id)
        .where((table.c.id == name) | (table.c.name == name))
        .order_by(books.c.seq.desc())
        .limit(1)
    )
    with ledger.reading() as connection:
        row = connection.execute(query).first()
    return _story(row) if row else None


def stories(ledger: Ledger) -> Iterator[Story]:
    """Every story version, by id."""
    with ledger.reading() as connection:
        for row in connection.execute(sa.select(schema.story).order_by(schema.story.c.id)):
            yield _story(row)


def _story(row: Any) -> Story:
    return Story(
        id=row.id,
        name=row.name,
        url=row.url,
        outlet=row.outlet,
        headline=row.headline,
        byline=row.byline,
        published=_published(row),
        language=row.language,
        text=row.text,
        furniture=decode(row.furniture, tuple[Furniture, ...]),
    )


def _published(row: Any) -> Published:
    return Published(row.published_start, row.published_end, row.published_precision, row.published_basis)


def reads(ledger: Ledger) -> tuple[Read, ...]:
    """Every story that has been read, by id, with its current reading."""
    with ledger.reading() as connection:
        return _reads(connection)


def reads_of(ledger: Ledger) -> tuple[str, tuple[Read, ...]]:
    """The same, with the name of that state of readings (see `readings_state`), both of one moment."""
    with ledger.reading() as connection:
        return _state(connection), _reads(connection)


def _reads(connection: sa.Connection) -> tuple[Read, ...]:
    story_, reading, current = schema.story, schema.reading, schema.current
    columns = [c for c in story_.c if c.name not in ("text", "furniture", "byline")]
    query = (
        sa.select(*columns, sa.func.length(story_.c.text).label("size"), reading.c.body)
        .join(current, current.c.story == story_.c.id)
        .join(reading, reading.c.seq == current.c.reading)
        .order_by(story_.c.id)
    )
    return tuple(
        Read(
            Masthead(row.id, row.name, row.url, row.outlet, row.headline, _published(row), row.size),
            decode(row.body, Reading),
        )
        for row in connection.execute(query)
    )


def readings_state(ledger: Ledger) -> str:
    """A name for which readings are current: equal names, equal readings."""
    with ledger.reading() as connection:
        return _state(connection)


def _state(connection: sa.Connection) -> str:
    table = schema.current
    pairs = connection.execute(sa.select(table.c.story, table.c.reading).order_by(table.c.story))
    return digest([tuple(pair) for pair in pairs])


def derived_state(ledger: Ledger) -> str | None:
    """From which state the derived rows were made, as `write.replace_derived` was told; None before the first time."""
    with ledger.reading() as connection:
        return connection.execute(sa.select(schema.derived_from.c.state)).scalar()


def derived(ledger: Ledger) -> Derived:
    """Everything derived, in the order of ids."""
    with ledger.reading() as connection:
        return Derived(
            families=_bodies(connection, schema.family, schema.family.c.id, Family),
            derivations=_bodies(connection, schema.derivation, schema.derivation.c.story, Derivation),
            mutations=_bodies(connection, schema.mutation, schema.mutation.c.seq, Mutation),
            incidents=_bodies(connection, schema.incident, schema.incident.c.id, Incident),
            plans=_bodies(connection, schema.plan, schema.plan.c.id, Plan),
            verdicts=_bodies(connection, schema.verdict, schema.verdict.c.tally, Verdict),
        )


def _bodies(connection: sa.Connection, table: sa.Table, order: sa.Column[Any], type_: type[Any]) -> tuple[Any, ...]:
    return tuple(decode(body, type_) for body in connection.execute(sa.select(table.c.body).order_by(order)).scalars())


def intake(ledger: Ledger) -> Iterator[IntakeRow]:
    """The books, in the order of arrival."""
    table, why = schema.intake, schema.rejection
    query = (
        sa.select(table.c.seq, table.c.source, table.c.state, table.c.story, why.c.reason, why.c.lost)
        .outerjoin(why, why.c.intake == table.c.seq)
        .order_by(table.c.seq, why.c.seq)
    )
    last: int | None = None
    row: IntakeRow | None = None
    with ledger.reading() as connection:
        for found in connection.execute(query):
            if row is not None and found.seq == last:
                row = IntakeRow(
                    row.source, row.state, f"{row.reason}; {found.reason}", row.lost + found.lost, row.story
                )
                continue
            if row is not None:
                yield row
            last = found.seq
            row = IntakeRow(found.source, found.state, found.reason or "", found.lost or 0, found.story)
    if row is not None:
        yield row
