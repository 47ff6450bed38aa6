"""A whole copy of a ledger file as it stands at one moment, however many write it."""

import contextlib
import filecmp
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

SIDES = ("-wal", "-shm")
"""The files that SQLite keeps beside a ledger in use."""


@contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """A folder of its own on the same disk as a path, gone with all that is in it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=".onrecord-", dir=beside.absolute().parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def snapshot(source: Path, target: Path, *, wait_ms: int = 10_000) -> None:
    """Copies a ledger file, page by page, as it stands at one moment; others may go on writing it. The target is one file
    that needs none beside it. Raises sqlite3.DatabaseError where the source cannot be read or the disk is full.
    """
    # What nobody has open may lie where nothing can be written beside it
    alone = not any(_side(source, side).exists() for side in SIDES)
    where = f"{source.absolute().as_uri()}?{'immutable=1' if alone and not _writable(source) else 'mode=rw'}"
    with (
        closing(sqlite3.connect(where, uri=True, timeout=wait_ms / 1000)) as held,
        closing(sqlite3.connect(target)) as copy,
    ):
        held.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE").fetchone()


def _side(path: Path, side: str) -> Path:
    return path.with_name(path.name + side)


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)


def settle(path: Path) -> None:
    """Waits until a file that nobody has open is on the disk."""
    number = os.open(path, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def settle_folder(folder: Path) -> None:
    """Waits until the names in a folder are on the disk. Windows knows no such waiting."""
    with contextlib.suppress(PermissionError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def place(made: Path, target: Path, *, over: bool = False) -> None:
    """Gives a finished file its name, at once and for good. over: what has that name is replaced; else raises
    FileExistsError where there is something.
    """
    settle(made)
    if over:
        made.replace(target)
    else:
        _named(made, target)
    settle_folder(target.absolute().parent)


def _named(made: Path, target: Path) -> None:
    try:
        os.link(made, target)
    except FileExistsError:
        raise
    except OSError:
        # A disk without hard links
        if target.exists():
            raise FileExistsError(target) from None
        made.rename(target)


def names_beside(path: Path, told: str) -> Iterator[Path]:
    """Names beside a path with a word in them that tells what is there: x.told.db, x.told-2.db ..."""
    yield path.with_name(f"{path.stem}.{told}{path.suffix}")
    for number in count(2):
        yield path.with_name(f"{path.stem}.{told}-{number}{path.suffix}")


def keep_beside(path: Path, told: str) -> Path:
    """Copies a ledger file beside itself before something is done to it; the path of the copy. An earlier copy that is
    the same will do.
    """
    with workplace(path) as folder:
        made = folder / path.name
        snapshot(path, made)
        for target in names_beside(path, told):
            if not target.exists():
                place(made, target)
            elif not filecmp.cmp(made, target, shallow=False):
                continue
            return target
    raise AssertionError("there is always another name")
