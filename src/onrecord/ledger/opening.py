"""Opening a ledger: a file that is made, brought to the newest schema, or refused."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from onrecord.errors import BadLedger, TryLater, WrongUse
from onrecord.ledger import snapshots

_BUSY_MS = 10_000


@dataclass(frozen=True, slots=True)
class Ledger:
    """An open ledger. place: the path, as the user gave it; upgraded: what opening it has changed."""

    place: str
    engine: sa.Engine
    upgraded: "Upgrade | None" = None

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is kept as a whole or not at all.

        Raises TryLater where another program holds the ledger, the disk is full, or the file cannot be written.
        """
        with explained(self.place), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read on; sees one state of the ledger."""
        with explained(self.place), self.engine.connect() as connection:
            yield connection.execution_options(onrecord_reads=True)

    def close(self) -> None:
        """Gives the file back."""
        self.engine.dispose()


@dataclass(frozen=True, slots=True)
class Upgrade:
    """An older schema was brought up to date. before, after: the revisions; kept: the copy of the ledger as it was."""

    before: str
    after: str
    kept: Path | None


def open_ledger(place: str, *, create: bool = False) -> Ledger:
    """The ledger at a path, its schema brought up to date.

    Raises WrongUse where there is none and `create` is false, BadLedger for a file that is no ledger or that a newer
    program wrote, TryLater where it is locked or cannot be written now.
    """
    if "://" in place:
        raise WrongUse(f"{_without_password(place)}: a ledger on a server is not there yet; give the path of a file")
    if not place.strip() or "\x00" in place or place == ":memory:":
        raise WrongUse(f"“{place}”: is not the path of a file; give one, such as onrecord.db")
    path = Path(place)
    try:
        _check(place, path, create=create)
    except OSError as error:
        raise WrongUse(f"{place}: cannot be opened ({error.strerror}); give a path that you may use") from error
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path.absolute())))
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    ledger = Ledger(place, engine)
    try:
        upgraded = _bring_up(ledger)
    except BaseException:
        ledger.close()
        raise
    return replace(ledger, upgraded=upgraded)


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


def _without_password(place: str) -> str:
    try:
        return sa.make_url(place).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "this address"


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


def _bring_up(ledger: Ledger) -> Upgrade | None:
    """Makes the schema the newest, all or nothing; a ledger of an older one is copied beside first."""
    config = Config()
    # A per cent sign in the path would be taken for a reference to another setting
    scripts = str(files("onrecord.ledger").joinpath("migrations")).replace("%", "%%")
    config.set_main_option("script_location", scripts)
    script = ScriptDirectory.from_config(config)
    # Looked at as a reader first: a ledger in use, or on a medium that cannot be written, can still be read
    with ledger.reading() as connection:
        if _is_new(ledger.place, connection, script):
            return None
    with ledger.writing() as connection:
        if _is_new(ledger.place, connection, script):
            return None
        (newest,) = script.get_heads()
        before = MigrationContext.configure(connection).get_current_revision()
        kept = _kept_beside(connection, newest)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return Upgrade(before, newest, kept) if before else None


def _kept_beside(connection: sa.Connection, newest: str) -> Path | None:
    """The copy that is made before a migration, of a ledger file with something in it. Nobody else writes meanwhile."""
    path = connection.engine.url.database
    filled = (sa.select(sa.exists().select_from(sa.table(name))) for name in sa.inspect(connection).get_table_names())
    if connection.dialect.name != "sqlite" or not path or sum(connection.execute(q).scalar_one() for q in filled) < 2:
        return None
    return snapshots.keep_beside(Path(path), f"before-{newest}")


def _is_new(place: str, connection: sa.Connection, script: ScriptDirectory) -> bool:
    """Whether the schema is the newest; refuses what is no ledger, or one that this program does not know."""
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found == set(script.get_heads()):
        return True
    if not found <= {revision.revision for revision in script.walk_revisions()}:
        raise BadLedger(f"{place}: was written by a newer OnRecord; update this one")
    if not found and sa.inspect(connection).get_table_names():
        raise BadLedger(f"{place}: is a database of another program; give another path")
    return False


_MENDABLE = ("locked", "full", "readonly", "read-only", "disk i/o", "unable to open", "busy")
_HOPELESS = ("malformed", "no such table", "no such column", "encrypted", "could not decode")


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turns what a user can mend (a lock, a full disk, a damaged file) into our errors; bugs pass through."""
    try:
        yield
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
        reason = str(getattr(error, "orig", error))
        if any(sign in reason.casefold() for sign in _MENDABLE):
            raise TryLater(f"{place}: {reason}; nothing half done was kept, try again when that is mended") from error
        if "not a database" in reason:
            raise BadLedger(f"{place}: is not a ledger; give another path, or move this file away") from error
        if any(sign in reason.casefold() for sign in _HOPELESS):
            raise BadLedger(f"{place}: is damaged or no ledger ({reason}); bring back a copy of it") from error
        raise
    except UnicodeDecodeError as error:
        # What the database says of a damaged schema quotes it, and that is no text any more
        raise BadLedger(
            f"{place}: is damaged or no ledger (no text: {error.object!r}); bring back a copy of it"
        ) from error
