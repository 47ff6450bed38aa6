"""What is found in a ledger that is not as it was written, and reading on past what cannot be read."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa

from onrecord.ledger import schema

K = TypeVar("K")
V = TypeVar("V")
Row = dict[str, Any]

PORTION = 64
"""How many rows with texts or bytes are in memory at a time."""

UNREADABLE = (sa.exc.SQLAlchemyError, msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError)
"""What reading a damaged row, or a row on a damaged page, can raise."""
_LOCKED = ("locked", "busy")


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a ledger, and what is wrong there. place: a table, or "file"; row: the number, id or name of a row of
    it, or nothing; what: a sentence. remark: worth knowing, and no damage.
    """

    place: str
    row: str
    what: str
    remark: bool = False

    def __str__(self) -> str:
        where = " ".join(filter(None, (self.place, self.row)))
        return f"{where}: {self.what}"


def tolerated(place: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """The same findings; and where looking for more fails, one that says so. A lock is no damage, and is raised."""
    try:
        yield from found
    except UNREADABLE as error:
        yield Finding(place, "", f"cannot be read to its end ({why(error)})")


def why(error: Exception) -> str:
    """In a few words, why something cannot be read. Raises it again where another program holds the ledger."""
    reason = str(getattr(error, "orig", error)).splitlines()[0]
    if isinstance(error, sa.exc.DatabaseError) and any(sign in reason.casefold() for sign in _LOCKED):
        raise error
    return reason


def each(fetch: Callable[[Sequence[K]], dict[K, V]], keys: Sequence[K]) -> Iterator[tuple[K, V | None, str]]:
    """What `fetch` gives for each key: None where nothing is there, or where it cannot be read, then with the reason.

    One row that cannot be read does not hide the others.
    """
    try:
        found = fetch(keys)
    except UNREADABLE as error:
        reason = why(error)
        if len(keys) == 1:
            yield keys[0], None, reason
        else:
            for key in keys:
                yield from each(fetch, [key])
        return
    for key in keys:
        yield key, found.get(key), ""


def keys_of(connection: sa.Connection, column: sa.Column[Any], size: int = PORTION) -> Iterator[list[Any]]:
    """The values of a column whose values are all different, in order, some at a time."""
    query, last = sa.select(column).order_by(column).limit(size), None
    while keys := list(connection.execute(query if last is None else query.where(column > last)).scalars()):
        yield keys
        # A damaged index can lead in a circle. PostgreSQL may order texts in another way than Python
        if connection.dialect.name == "sqlite" and last is not None and not keys[-1] > last:
            raise ValueError("its rows are out of order")
        last = keys[-1]


def rows_of(connection: sa.Connection, table: sa.Table, column: sa.Column[Any], keys: Sequence[Any]) -> list[Row]:
    """The rows with one of those values in a column, in the order of their keys. Raises ValueError where a time is not
    written as this program writes times: two ways to write one are two facts.
    """
    times = {c.name for c in table.c if isinstance(c.type, schema.UTCDateTime)}
    columns = [sa.type_coerce(c, sa.String).label(c.name) if c.name in times else c for c in table.c]
    query = sa.select(*columns).where(column.in_(keys)).order_by(*table.primary_key.columns)
    found = connection.execute(query).mappings()
    return [{c: _time(v) if c in times else v for c, v in row.items()} for row in found]


def _time(kept: Any) -> datetime | None:
    if kept is None or isinstance(kept, datetime):
        return kept.replace(tzinfo=UTC) if kept else None
    moment = datetime.fromisoformat(kept)
    if moment.isoformat(" ", "microseconds") != kept:
        raise ValueError(f"“{kept}” is not a time as a ledger writes it")
    return moment.replace(tzinfo=UTC)
