"""Checkpoints: what a ledger said at one moment, in a small file to keep elsewhere.

A chain shows that a fact was changed. That its end was cut off, that the whole of it was made anew, or that an older copy
took its place, only something outside can show.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from onrecord.errors import WrongUse
from onrecord.ledger import chain, schema
from onrecord.ledger.codec import decode, encode
from onrecord.ledger.findings import Finding


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a ledger said. at: when; entries, hash: the number and the hash of the last entry of its log; facts: how many
    rows each table of facts held; state: what its content followed from; content: the content hash.
    """

    at: datetime
    entries: int
    hash: str
    facts: dict[str, int]
    state: tuple[str, str]
    content: str


def counted(connection: sa.Connection) -> dict[str, int]:
    """How many rows each table of facts holds."""
    query = sa.select(sa.func.count())
    return {t.name: connection.execute(query.select_from(t)).scalar_one() for t in schema.FACTS}


def taken(connection: sa.Connection, state: tuple[str, str], content: str, now: datetime) -> Checkpoint:
    """A checkpoint of the ledger as it stands."""
    entries, last = chain.head(connection)
    return Checkpoint(now, entries, last, counted(connection), state, content)


def compare(connection: sa.Connection, checkpoint: Checkpoint) -> Iterator[Finding]:
    """What the ledger has no more, or has otherwise, than when the checkpoint was taken."""
    log, taken_at = schema.log, checkpoint.at.isoformat(timespec="seconds")
    last, _ = chain.head(connection)
    if last < checkpoint.entries:
        ends = f"the log ends with entry {last}, and on {taken_at} it went to {checkpoint.entries}"
        yield Finding("log", str(last + 1), f"{ends}: its end was removed, or this is an older copy")
        return
    held = connection.execute(sa.select(log.c.hash).where(log.c.seq == checkpoint.entries)).scalar()
    if held != checkpoint.hash and checkpoint.entries:
        what = f"is another than it was on {taken_at}: the log was made anew, or this is another ledger"
        yield Finding("log", str(checkpoint.entries), what)
    for table, count in counted(connection).items():
        if count < checkpoint.facts.get(table, 0):
            yield Finding(table, "", f"holds {count:,} rows, and on {taken_at} it held {checkpoint.facts[table]:,}")


def save(checkpoint: Checkpoint, path: Path) -> None:
    """Writes a checkpoint. Raises WrongUse where there is a file already: an old checkpoint still proves something."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(msgspec.json.format(encode(checkpoint)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise WrongUse(f"{path}: there is a file already; give the checkpoint another name") from None
    except (FileNotFoundError, NotADirectoryError, PermissionError, IsADirectoryError) as error:
        raise WrongUse(f"{path}: cannot be written ({error.strerror}); give another path") from None
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def load(path: Path) -> Checkpoint:
    """The checkpoint in a file. Raises WrongUse where there is none."""
    try:
        found: Checkpoint = decode(path.read_text("utf-8"), Checkpoint)
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read ({error.strerror}); give the path of a checkpoint") from None
    except (msgspec.MsgspecError, ValueError) as error:
        raise WrongUse(f"{path}: is not a checkpoint ({error}); make one with: onrecord checkpoint FILE") from None
    return found
