"""The books of intake: what was offered and what became of it, which pages are held, what publishers have taken back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from onrecord.ledger import schema
from onrecord.ledger.codec import decode
from onrecord.ledger.opening import Ledger
from onrecord.ledger.read import portions
from onrecord.records import Books, Withdrawal


@dataclass(frozen=True, slots=True)
class IntakeRow:
    """One line of the books: what was offered, what became of it, why, and how much of it was lost; of a page, what became of
    the characters that a visitor sees.
    """

    source: str
    state: str
    reason: str
    lost: int
    story: str | None
    books: Books | None = None


def intake(ledger: Ledger) -> Iterator[IntakeRow]:
    """The books, in the order of arrival."""
    table, why = schema.intake, schema.rejection
    # A story on which the reader of its day failed has since been read by another
    state = sa.case(((table.c.state == "failed") & schema.current.c.story.is_not(None), "ok"), else_=table.c.state)
    query = (
        sa.select(
            table.c.seq, table.c.source, state.label("state"), table.c.story, table.c.body, why.c.reason, why.c.lost
        )
        .outerjoin(why, why.c.intake == table.c.seq)
        .outerjoin(schema.current, schema.current.c.story == table.c.story)
        .order_by(table.c.seq, why.c.seq)
    )
    last: int | None = None
    row: IntakeRow | None = None
    with ledger.reading() as connection:
        for found in connection.execute(query):
            if row is not None and found.seq == last:
                row = replace(row, reason=f"{row.reason}; {found.reason}", lost=row.lost + found.lost)
                continue
            if row is not None:
                yield row
            last = found.seq
            row = IntakeRow(
                found.source, found.state, found.reason or "", found.lost or 0, found.story, _books(found.body)
            )
    if row is not None:
        yield row


@dataclass(frozen=True, slots=True)
class Followed:
    """A page that a list led to. first and last: when it was fetched first, and when its copy last was."""

    url: str
    first: datetime
    last: datetime


def followed(ledger: Ledger, since: datetime) -> tuple[Followed, ...]:
    """The pages of stories that lists have led to and that were fetched first since then; what is gone by now is none."""
    told = schema.intake
    pages = sa.select(told.c.source).where(told.c.story.is_not(None), told.c.body.like('%"listed_in":%'))
    query = (
        sa.select(told.c.source, told.c.story, told.c.at)
        .where(told.c.source.in_(pages), told.c.body.is_not(None))
        .order_by(told.c.seq)
    )
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    gone: set[str] = set()
    with ledger.reading() as connection:
        for row in connection.execute(query):
            first.setdefault(row.source, row.at)
            last[row.source] = row.at
            (gone.add if row.story is None else gone.discard)(row.source)
    return tuple(Followed(url, at, last[url]) for url, at in sorted(first.items()) if at >= since and url not in gone)


def withdrawals(connection: sa.Connection) -> tuple[Withdrawal, ...]:
    """What publishers have said of items that are not to be used, in the order in which it came."""
    told = schema.intake
    query = sa.select(told.c.source, told.c.body).where(told.c.body.like('%"retracts":%')).order_by(told.c.seq)
    found = [(row.source, _how(row.body)) for row in connection.execute(query)]
    return tuple(
        Withdrawal(str(how["retracts"]), str(how.get("why", "")), _words(how.get("at")), source)
        for source, how in found
        if "retracts" in how
    )


@dataclass(frozen=True, slots=True)
class Copy:
    """The copy of a page that is held. etag and modified: as its server named it."""

    at: datetime
    etag: str | None
    modified: str | None


def copy_of(ledger: Ledger, url: str) -> Copy | None:
    """The copy of the page at an address that was fetched last; None where none is held."""
    told = schema.intake
    query = sa.select(told.c.body).where(told.c.source == url, told.c.body.is_not(None)).order_by(told.c.seq.desc())
    with ledger.reading() as connection:
        for row in connection.execute(query):
            how = _how(row.body)
            if (at := _words(how.get("fetched_at"))) is not None:
                lines = how.get("headers")
                pairs = (
                    (line.partition(": ") for line in lines if isinstance(line, str)) if isinstance(lines, list) else ()
                )
                said = {name.casefold(): value for name, _, value in reversed(list(pairs))}
                return Copy(datetime.fromisoformat(at), said.get("etag"), said.get("last-modified"))
    return None


def lengths_of(ledger: Ledger, sources: Collection[str]) -> dict[str, int]:
    """How many characters the story has that came last from each of the sources, of those that gave one."""
    told, books = schema.story, schema.intake
    query = (
        sa.select(books.c.source, sa.func.length(told.c.text).label("size"))
        .join(told, told.c.id == books.c.story)
        .order_by(books.c.seq)
    )
    with ledger.reading() as connection:
        return {
            row.source: row.size
            for some in portions(sorted(sources))
            for row in connection.execute(query.where(books.c.source.in_(some)))
        }


@dataclass(frozen=True, slots=True)
class _Came:
    how: dict[str, object]
    books: Books | None = None


def _books(body: str | None) -> Books | None:
    return decode(body, _Came).books if body else None


def _how(body: str) -> dict[str, object]:
    return decode(body, _Came).how


def _words(value: object) -> str | None:
    return value if isinstance(value, str) else None
