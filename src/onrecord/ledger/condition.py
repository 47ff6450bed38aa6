"""How a ledger is, in few and cheap questions: for whoever keeps the machine that it lies on."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from onrecord.ledger.opening import Ledger


@dataclass(frozen=True, slots=True)
class Connections:
    """The connections that a process keeps open to a ledger. out: in use at the moment; beyond: of these, more than are kept for
    later; kept: how many are kept at most.
    """

    kept: int
    out: int
    beyond: int


def connections(ledger: Ledger) -> Connections:
    """How many connections are open."""
    pool = ledger.engine.pool
    if not isinstance(pool, QueuePool):
        return Connections(0, 0, 0)
    return Connections(pool.size(), pool.checkedout(), max(0, pool.overflow()))


def size(ledger: Ledger, connection: sa.Connection) -> int:
    """Bytes that the ledger takes: the file with those beside it, or the database."""
    if ledger.on_server:
        return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    path = Path(str(ledger.engine.url.database))
    beside = (path, path.with_name(f"{path.name}-wal"))
    return sum(one.stat().st_size for one in beside if one.exists())


def room(ledger: Ledger) -> int | None:
    """Bytes that are free on the disk of a ledger file; None for one on a server, whose disk is not ours to see."""
    if ledger.on_server:
        return None
    return shutil.disk_usage(Path(str(ledger.engine.url.database)).parent).free


def database(connection: sa.Connection) -> str:
    """The name and the version of the database: "SQLite 3.45.1"."""
    if connection.dialect.name == "postgresql":
        return f"PostgreSQL {connection.exec_driver_sql('SHOW server_version').scalar_one()}"
    return f"SQLite {connection.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
