"""A ledger in a database of a PostgreSQL server: its address, and how it is kept as safely as a file."""

import sqlalchemy as sa

from onrecord.errors import BadLedger, WrongUse

_FORM = "write postgresql://USER@HOST/DATABASE, or give the path of a file"
_TURN = 0x0111ED6E
"""The number of the lock that whoever writes to a ledger holds."""
_SECONDS = 10
_RECYCLED = 1800
"""Seconds after which a connection is not used again: what a server holds in memory for one only grows."""
_POOL = {"pool": (1, 5), "overflow": (0, 10), "pool_wait": (1, 30)}
"""What an address may say of connections: the least, and what holds where it says nothing."""
_MOST = 1000


def is_address(place: str) -> bool:
    """Whether a place is meant to be the address of a server."""
    return "://" in place


def address(place: str) -> sa.URL:
    """The address of a database on a server. Raises WrongUse where it is none, without the password in it."""
    try:
        url = sa.make_url(place)
    except (sa.exc.ArgumentError, ValueError):
        # What cannot be taken apart may have a password anywhere
        raise WrongUse(f"{place.partition('://')[0]}://…: cannot be read as an address; {_FORM}") from None
    if url.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise WrongUse(f"{shown(url)}: is no address of a PostgreSQL server; {_FORM}")
    if not url.database:
        raise WrongUse(f"{shown(url)}: names no database; {_FORM}")
    return url.set(drivername="postgresql+psycopg")


def shown(url: sa.URL) -> str:
    """An address as it may be shown: without the password, wherever that stands."""
    secret = [name for name in url.query if "password" in name.casefold()]
    plain = url.difference_update_query(secret).set(drivername=url.drivername.partition("+")[0])
    return plain.render_as_string(hide_password=True)


def engine(url: sa.URL) -> sa.Engine:
    """Connections to a server, a few of which are kept open. One that the server has dropped meanwhile is replaced unseen.

    The address may say how many: pool=N are kept, overflow=N more are opened when all are in use and closed again, and whoever finds
    none free waits pool_wait=SECONDS. Raises WrongUse where that is no number, or too small a one.
    """
    given = {name: _number(url, name, least, usual) for name, (least, usual) in _POOL.items()}
    made = sa.create_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_size=given["pool"],
        max_overflow=given["overflow"],
        pool_timeout=given["pool_wait"],
        pool_recycle=_RECYCLED,
        # The last one used comes first, so that those nobody needs grow old and a firewall may drop them
        pool_use_lifo=True,
        connect_args={
            "application_name": "onrecord",
            "client_encoding": "utf8",
            **({} if "connect_timeout" in url.query else {"connect_timeout": _SECONDS}),
        },
    )
    # They stay in the address, for another process, and are none of the server's business
    sa.event.listen(made, "do_connect", _without_ours)
    return made


def _without_ours(_dialect: sa.Dialect, _record: object, _args: object, given: dict[str, object]) -> None:
    for name in _POOL:
        given.pop(name, None)


def _number(url: sa.URL, name: str, least: int, usual: int) -> int:
    given = url.query.get(name, str(usual))
    if not isinstance(given, str) or not given.isascii() or not given.isdigit() or not least <= int(given) <= _MOST:
        raise WrongUse(f"{shown(url)}: {name} is a number from {least} to {_MOST}")
    return int(given)


def begin_reading(connection: sa.Connection) -> None:
    """Lets all that is read be of one moment, and nothing be changed."""
    # Not as a property of the connection: giving that back would let it write where the server lets nobody write
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def begin_writing(connection: sa.Connection, wait_ms: int) -> None:
    """Waits for the turn to write, which ends with the transaction, and makes its commit last.

    Only one writes at a time: an entry of the log follows the one before, and everything derived is from all facts. The
    lock needs no right on any table. Where a program writes without it, the keys of the log refuse a second entry.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
    # A server may be set up to say that a commit is kept before it is
    connection.exec_driver_sql(
        "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
    )


def check_encoding(place: str, connection: sa.Connection) -> None:
    """Refuses a database that cannot hold every letter."""
    found = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if found != "UTF8":
        raise BadLedger(
            f"{place}: holds text as {found}; make a database with: createdb --encoding UTF8 --template template0 NAME"
        )


def sort_plainly(connection: sa.Connection) -> None:
    """Lets every column of text sort by code points, as SQLite does: how a language sorts differs between machines."""
    preparer = connection.dialect.identifier_preparer
    found = connection.exec_driver_sql(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation l ON l.oid = a.attcollation"
        " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped"
        " AND l.collname <> 'C' ORDER BY 1, 2"
    ).all()
    for table, column, type_ in found:
        where, what = preparer.quote_identifier(table), preparer.quote_identifier(column)
        connection.exec_driver_sql(f'ALTER TABLE {where} ALTER COLUMN {what} TYPE {type_} COLLATE "C"')
