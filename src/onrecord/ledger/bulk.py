"""Many rows into a table at once: on a server by COPY, in a file by one statement that is prepared once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa

_FEW = 50
"""Up to how many rows a COPY is not worth its round trips."""


def put(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds rows in their order, in a transaction of the caller's. All name the same columns; the others are left to the database.

    Raises what SQLAlchemy raises of an insert.
    """
    if not rows:
        return
    if connection.dialect.name == "postgresql" and len(rows) > _FEW:
        _copy(connection, table, rows)
    else:
        connection.execute(sa.insert(table), list(rows))


def numbers(connection: sa.Connection, table: sa.Table, count: int) -> Sequence[int]:
    """The next so many numbers (`seq`) of a table, ascending; in a writing transaction, where nobody else takes any.

    A server counts them on as it gives them, so that they are given once even where the transaction is not kept.
    """
    if not count:
        return ()
    if connection.dialect.name == "postgresql":
        sequence = sa.func.pg_get_serial_sequence(table.name, "seq")
        query = sa.select(sa.func.nextval(sequence)).select_from(sa.func.generate_series(1, count))
        return sorted(connection.execute(query).scalars())
    last = connection.execute(sa.select(sa.func.max(table.c.seq))).scalar() or 0
    return range(last + 1, last + 1 + count)


def _copy(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    names = list(rows[0])
    statement = f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    given = [_to_database(connection, table.c[name].type) for name in names]
    raw: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(
                    [row[name] if to is None else to(row[name]) for name, to in zip(names, given, strict=True)]
                )
    except psycopg.Error as error:
        # As SQLAlchemy would have raised it: whoever explains errors knows one kind
        raise sa.exc.DBAPIError.instance(statement, None, error, psycopg.Error, dialect=connection.dialect) from error


def _to_database(connection: sa.Connection, type_: sa.types.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    return type_.dialect_impl(connection.dialect).bind_processor(connection.dialect)
