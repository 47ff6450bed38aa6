"""Opening a ledger: a file or a database on a server that is made, brought to the newest schema, or refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from onrecord.errors import BadLedger, TryLater, WrongUse
from onrecord.ledger import schema, servers, snapshots, turns
from onrecord.ledger.failures import explained

__all__ = ["Ledger", "explained", "open_ledger", "shown"]

_BUSY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. place: the path as the user gave it, or the address without its password; turn: whose turn it is
    to write, where SQLite needs to be told; upgraded: what opening it has changed.
    """

    place: str
    engine: sa.Engine
    turn: turns.Turn | None = None
    upgraded: "Upgrade | None" = None

    @property
    def on_server(self) -> bool:
        """Whether it lies on a server, and not in a file."""
        return self.engine.dialect.name == "postgresql"

    @property
    def address(self) -> str:
        """What opens it in another process of this machine. It may hold a password: never to be shown."""
        url = self.engine.url
        return url.render_as_string(hide_password=False) if self.on_server else str(url.database)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is kept as a whole or not at all, one at a time.

        Raises TryLater where another program holds the ledger, the disk is full, or it cannot be written.
        """
        with ExitStack() as held:
            if self.turn is not None:
                held.enter_context(self.turn.taken(self.place, _BUSY_MS / 1000))
            held.enter_context(explained(self.place))
            connection = held.enter_context(self.engine.begin())
            if self.on_server:
                servers.begin_writing(connection, _BUSY_MS)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read on; sees one state of the ledger."""
        with explained(self.place), self.engine.connect() as connection:
            if self.on_server:
                servers.begin_reading(connection)
            yield connection.execution_options(onrecord_reads=True)

    def close(self) -> None:
        """Gives the file, or the connections, back."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An older schema was brought up to date. before, after: the revisions; kept: the copy of the ledger as it was."""

    before: str
    after: str
    kept: Path | None


def open_ledger(place: str, *, create: bool = False) -> Ledger:
    """The ledger at a path, or at an address such as postgresql://USER@HOST/DATABASE, its schema brought up to date.

    Raises WrongUse where there is none and `create` is false, or the address does not hold, BadLedger for what is no
    ledger or was written by a newer program, TryLater where it is locked, away, or cannot be written now.
    """
    if servers.is_address(place):
        url = servers.address(place)
        ledger = Ledger(servers.shown(url), servers.engine(url))
    else:
        ledger = _file(place, create=create)
    try:
        upgraded = _bring_up(ledger, create=create)
    except BaseException:
        ledger.close()
        raise
    return replace(ledger, upgraded=upgraded)


def shown(place: str) -> str:
    """A place as it may be shown: a path as it is, an address without its password."""
    return servers.shown(servers.address(place)) if servers.is_address(place) else place


def _file(place: str, *, create: bool) -> Ledger:
    if not place.strip() or "\x00" in place or place == ":memory:":
        raise WrongUse(f"“{place}”: is not the path of a file; give one, such as onrecord.db")
    path = Path(place)
    try:
        _check(place, path, create=create)
        turn = turns.Turn(path)
    except OSError as error:
        raise WrongUse(f"{place}: cannot be opened ({error.strerror}); give a path that you may use") from error
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path.absolute())), connect_args={"factory": turns.connections(turn)}
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return Ledger(place, engine, turn)


def _check(place: str, path: Path, *, create: bool) -> None:
    """Refuses a path that cannot be a ledger before anything is made there.

    The file is not looked into: closing it would drop the locks that this process may hold on it through SQLite.
    """
    if path.exists() and not path.is_file():
        raise BadLedger(f"{place}: is not a file; give the path of a ledger file")
    size = path.stat().st_size if path.exists() else 0
    if not size and not create:
        raise WrongUse(f"{place}: there is no ledger here; make one with: onrecord add SOURCE --ledger {place}")
    if not path.absolute().parent.is_dir():
        raise WrongUse(f"{place}: the folder {path.parent} does not exist; make it first")


def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy, not the driver, begins transactions, so that the schema changes inside one too.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    # A writer that begins as a reader can be refused halfway; beginning as a writer, it waits its turn.
    reads = connection.get_execution_options().get("onrecord_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _bring_up(ledger: Ledger, *, create: bool) -> Upgrade | None:
    """Makes the schema the newest, all or nothing; a ledger of an older one is copied beside first."""
    config = _config()
    script = ScriptDirectory.from_config(config)
    if not script.get_heads():
        # A folder that cannot be opened counts as one without files there, and a ledger without a schema as a new one
        raise TryLater(
            f"{ledger.place}: unable to open the program's own files; too many may be open, or OnRecord is to be installed anew"
        )
    # Looked at as a reader first: a ledger in use, or on a medium that cannot be written, can still be read
    with ledger.reading() as connection:
        if _is_new(ledger, connection, script, create=create):
            return None
    with ledger.writing() as connection:
        if _is_new(ledger, connection, script, create=create):
            return None
        (newest,) = script.get_heads()
        before = MigrationContext.configure(connection).get_current_revision()
        kept = _kept_beside(connection, newest)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return Upgrade(before, newest, kept) if before else None


def _config() -> Config:
    config = Config()
    # A per cent sign in the path would be taken for a reference to another setting
    scripts = str(files("onrecord.ledger").joinpath("migrations")).replace("%", "%%")
    config.set_main_option("script_location", scripts)
    return config


@cache
def newest() -> str:
    """The newest schema that this program knows."""
    (newest_,) = ScriptDirectory.from_config(_config()).get_heads()
    return newest_


def revision(connection: sa.Connection) -> str | None:
    """The schema that a ledger has; None where it says none, or several."""
    held = MigrationContext.configure(connection).get_current_heads()
    return held[0] if len(held) == 1 else None


def _kept_beside(connection: sa.Connection, newest: str) -> Path | None:
    """The copy that is made before a migration, of a ledger file with something in it. Nobody else writes meanwhile."""
    path = connection.engine.url.database
    held = schema.metadata.tables.keys() & set(sa.inspect(connection).get_table_names())
    filled = (sa.select(sa.exists().select_from(sa.table(name))) for name in sorted(held))
    if connection.dialect.name != "sqlite" or not path or not any(connection.execute(q).scalar_one() for q in filled):
        return None
    return snapshots.keep_beside(Path(path), f"before-{newest}")


def _is_new(ledger: Ledger, connection: sa.Connection, script: ScriptDirectory, *, create: bool) -> bool:
    """Whether the schema is the newest; refuses what is no ledger, or one that this program does not know."""
    place = ledger.place
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found == set(script.get_heads()):
        return True
    tables = sa.inspect(connection).get_table_names()
    if not found <= {revision.revision for revision in script.walk_revisions()}:
        if "intake" in tables:
            raise BadLedger(f"{place}: was written by a newer OnRecord; update this one")
        raise BadLedger(f"{place}: is a database of another program; give another one")
    if not found and tables:
        raise BadLedger(f"{place}: is a database of another program; give another path")
    if ledger.on_server:
        if not found and not create:
            raise WrongUse(f"{place}: there is no ledger here; make one with: onrecord add SOURCE --ledger {place}")
        servers.check_encoding(place, connection)
    return False
