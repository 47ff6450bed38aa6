"""Copies of a ledger: made while it is in use, and brought back only when they are whole."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import sqlalchemy as sa

from onrecord.errors import BadLedger, TryLater, WrongUse
from onrecord.ledger import chain, schema, servers, snapshots, verifying
from onrecord.ledger.findings import Finding
from onrecord.ledger.opening import Ledger, explained, open_ledger, shown

_NAMED = 3
"""How much of what is wrong with a copy a refusal names."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that was made or brought back. entries, hash: the number and the hash of the last entry of its log; kept:
    where the ledger lies whose place it took.
    """

    place: Path
    entries: int
    hash: str
    kept: Path | None = None


def backup(ledger: Ledger, target: Path) -> Copied:
    """Copies a ledger into a new file, as it stands at one moment; others may go on writing it. The file is there only
    when it is whole and sound.

    Raises WrongUse where there is a file already or none can be, BadLedger where the ledger is damaged, TryLater where
    the disk is full.
    """
    if ledger.on_server:
        raise WrongUse(
            f"{ledger.place}: is on a server; copy it into a file with: onrecord move {ledger.place} {target}"
        )
    _may_be_made(target)
    with explained(ledger.place), _folder(target) as folder:
        made = folder / "copy.db"
        snapshots.snapshot(Path(str(ledger.engine.url.database)), made)
        copied = _sound(made, ledger.place, "is damaged, and a copy of it would be no backup")
        return _placed(made, target, copied)


def restore(source: Path, place: str, now: datetime, *, replace: bool = False) -> Copied:
    """Makes a backup the ledger at a path. A ledger that is there is replaced only if that is wished, and then kept
    beside, under a name with "replaced" and `now` in it.

    Raises BadLedger for a backup that is truncated, damaged, or of a newer program, WrongUse where there is a ledger
    already, TryLater where another program has it open. The ledger is not touched unless the backup is sound.
    """
    if servers.is_address(place):
        raise WrongUse(f"{shown(place)}: is on a server; bring the backup there with: onrecord move {source} ADDRESS")
    target = Path(place)
    if not source.is_file():
        raise WrongUse(f"{source}: there is no such file; give the path of a backup")
    if not source.stat().st_size:
        raise BadLedger(f"{source}: is empty; take another backup")
    if _held(target) and not replace:
        raise WrongUse(f"{place}: there is a ledger already; give another path, or --replace, which keeps it beside")
    if not replace:
        _may_be_made(target, empty=True)
    with explained(str(source)), _folder(target) as folder:
        made = folder / "copy.db"
        snapshots.snapshot(source, made)
        copied = _sound(made, str(source), "is damaged; take another backup")
        if not target.exists():
            return _placed(made, target, copied)
        kept = _kept_aside(target, now) if _held(target) else None
        snapshots.place(made, target, over=True)
        return Copied(target, copied.entries, copied.hash, kept)


def _held(target: Path) -> bool:
    return target.exists() and (not target.is_file() or target.stat().st_size > 0)


def _may_be_made(target: Path, *, empty: bool = False) -> None:
    if not target.absolute().parent.is_dir():
        raise WrongUse(f"{target}: the folder {target.parent} does not exist; make it first")
    if target.exists() and not empty:
        raise WrongUse(f"{target}: there is a file already; give another name")


@contextlib.contextmanager
def _folder(target: Path) -> Iterator[Path]:
    """A place to work in beside the target."""
    try:
        with snapshots.workplace(target) as folder:
            yield folder
    except (PermissionError, NotADirectoryError, FileNotFoundError) as error:
        raise WrongUse(f"{target}: cannot be written ({error.strerror}); give a path that you may use") from error


def _sound(made: Path, origin: str, refusal: str) -> Copied:
    """The copy, brought to the newest schema and verified, with nobody signed in. Raises BadLedger where it is not sound."""
    try:
        ledger = open_ledger(str(made))
    except BadLedger as error:
        raise BadLedger(str(error).replace(str(made), origin)) from error
    try:
        with ledger.reading() as connection:
            damage = (finding for finding in verifying.verify(connection) if not finding.remark)
            found: list[Finding] = list(islice(damage, _NAMED))
            head = chain.head(connection) if not found else (0, "")
            signed_in = connection.execute(sa.select(schema.session.c.digest).limit(1)).first() if not found else None
        if signed_in:
            # Brought back, it would let in whoever has signed out since
            with ledger.writing() as connection:
                connection.execute(sa.delete(schema.session))
    finally:
        ledger.close()
    if found:
        raise BadLedger(f"{origin}: {refusal} ({'; '.join(map(str, found))})")
    # Opened, it is kept in the way of a ledger in use; a copy is one file
    with closing(sqlite3.connect(made)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    return Copied(made, *head)


def _placed(made: Path, target: Path, copied: Copied) -> Copied:
    try:
        snapshots.place(made, target)
    except FileExistsError:
        raise WrongUse(f"{target}: a file has come there meanwhile; give another name") from None
    return Copied(target, copied.entries, copied.hash)


def _kept_aside(target: Path, now: datetime) -> Path:
    """Gives the ledger at a path another name beside, as one file where it can still be read."""
    if not target.is_file():
        raise WrongUse(f"{target}: is not a file; give the path of a ledger file")
    _folded(target)
    told = f"replaced-{now:%Y%m%dT%H%M%S}"
    aside = next(name for name in snapshots.names_beside(target, told) if not name.exists())
    # Left behind, SQLite would read what lies in them into the ledger that comes
    for side in snapshots.SIDES:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{target}{side}").rename(f"{aside}{side}")
    try:
        os.link(target, aside)
    except OSError:
        # A disk without hard links: for a moment there is no ledger
        target.rename(aside)
    snapshots.settle_folder(target.absolute().parent)
    return aside


def _folded(target: Path) -> None:
    """Brings all that belongs to a ledger into its one file. Raises TryLater where another program has it open."""
    try:
        with closing(sqlite3.connect(target, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise TryLater(f"{target}: another program has this ledger open; stop it, and restore then") from error
        # Damaged: that is what a backup is brought back for
