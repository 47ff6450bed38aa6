"""Every fact of one ledger, with its numbers, into an empty one, on whatever database; and who may sign in."""

import sqlalchemy as sa

from onrecord.errors import BadLedger, WrongUse
from onrecord.ledger import bulk, chain, claims, schema

_ROWS = 200
_CAPTURES = 8
"""How many rows are carried at a time. A capture may hold many megabytes."""
_TABLES = (*schema.FACTS, schema.current)
"""In an order in which every row finds those that it refers to."""
_PEOPLE = (schema.account, schema.token)
"""Whoever is signed in signs in anew at the new place."""


def copy_facts(place: str, source: sa.Connection, target: sa.Connection) -> dict[str, int]:
    """Copies all facts, and which readings are current, in transactions of the caller's; how many rows of each table.

    Raises BadLedger where what arrived is not what was sent.
    """
    copied = {table.name: _copy(table, source, target) for table in _TABLES}
    if target.dialect.name == "postgresql":
        _count_on(target)
    claims.lay_anew(target)
    for table in _TABLES:
        arrived = target.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        if arrived != copied[table.name]:
            raise BadLedger(
                f"{place}: {table.name}: of {copied[table.name]:,} rows {arrived:,} arrived; nothing was kept"
            )
    if chain.head(source) != chain.head(target):
        raise BadLedger(f"{place}: the log ends otherwise than it did; nothing was kept")
    return copied


def copy_people(source: sa.Connection, target: sa.Connection) -> None:
    """Copies the accounts and their tokens."""
    for table in _PEOPLE:
        _copy(table, source, target)


def refuse_unless_empty(place: str, target: sa.Connection) -> None:
    """Raises WrongUse where a ledger holds any fact, or anybody's account."""
    for table in (*_TABLES, *_PEOPLE):
        if target.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise WrongUse(f"{place}: is not empty; move into a ledger that is not there yet")


def _copy(table: sa.Table, source: sa.Connection, target: sa.Connection) -> int:
    portion = _CAPTURES if table is schema.capture else _ROWS
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=portion)
    count = 0
    # Not all of it at once: a ledger may be larger than the memory
    for rows in source.execute(query).mappings().partitions(portion):
        bulk.put(target, table, [dict(row) for row in rows])
        count += len(rows)
    return count


def _count_on(target: sa.Connection) -> None:
    """Lets the numbers that a server gives go on after those that came along."""
    for table in _TABLES:
        column = table.c.get("seq")
        if column is not None and column.autoincrement is True:
            last = target.execute(sa.select(sa.func.max(column))).scalar()
            if last is not None:
                target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, "seq"), last)))
