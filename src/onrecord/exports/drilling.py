"""A drill: a backup is brought back beside the ledger, checked against a checkpoint that was kept elsewhere, and compared."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from onrecord import pipeline
from onrecord.errors import CannotWork, WrongUse
from onrecord.exports import files
from onrecord.ledger import Ledger, chain, copies, dumps, open_ledger, servers
from onrecord.ledger.checkpoints import Checkpoint

FORMS = ("csv", "jsonl")
"""The exports that are compared."""
_NAMED = 20
"""How much of what is wrong is named."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What is tried. backup: a file by `onrecord backup`, or by pg_dump --format=custom; checkpoint: what it has to hold; server: the
    address of a server on which a database is made for the while, for a backup of that sort, None for that of the ledger; now: the time.
    """

    backup: Path
    checkpoint: Checkpoint
    server: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done. said: what came of it; wrong: what was not as it has to be; seconds: how long it took."""

    name: str
    said: str
    seconds: float
    wrong: tuple[str, ...] = ()


Found = tuple[str, tuple[str, ...]]


def drill(ledger: Ledger, asked: Drill) -> Iterator[Step]:
    """Each step when it is done; the last one is the first in which something is wrong. Nothing is left behind, and the ledger is only read,
    but for what is derived anew whenever it is looked at.

    Raises WrongUse where there is no such backup, or no place for it, TryLater where a server is away.
    """
    with ExitStack() as held:
        place: list[str] = []
        restored: list[Ledger] = []

        def bring_back() -> Found:
            place.append(held.enter_context(_place(ledger, asked)))
            _bring_back(asked, place[0])
            restored.append(held.enter_context(closing(open_ledger(place[0]))))
            return "brought back into a place of its own", ()

        steps: tuple[tuple[str, Callable[[], Found]], ...] = (
            ("backup", lambda: _age(asked)),
            ("restore", bring_back),
            ("verify", lambda: _verified(restored[0], asked.checkpoint)),
            ("log", lambda: _followed(restored[0], ledger)),
            ("exports", lambda: _compared(restored[0], ledger, asked.now)),
        )
        for name, do in steps:
            began = time.perf_counter()
            try:
                said, wrong = do()
            except WrongUse:
                raise
            except CannotWork as error:
                said, wrong = "cannot be used", (str(error),)
            yield Step(name, said, time.perf_counter() - began, wrong)
            if wrong:
                return


def _age(asked: Drill) -> Found:
    try:
        found = asked.backup.stat()
    except OSError as error:
        raise WrongUse(f"{asked.backup}: cannot be read ({error.strerror}); give the path of a backup") from None
    made = datetime.fromtimestamp(found.st_mtime, UTC)
    old = (asked.now - made).total_seconds() / 3600
    return f"{found.st_size / 2**20:,.1f} MiB, written on {made:%Y-%m-%d %H:%M} UTC, {old:,.1f} hours ago", ()


@contextmanager
def _place(ledger: Ledger, asked: Drill) -> Iterator[str]:
    """A place for the backup, for as long as it is looked at."""
    if not dumps.is_dump(asked.backup):
        with TemporaryDirectory(prefix="onrecord-drill-") as folder:
            yield str(Path(folder) / "restored.db")
        return
    server = asked.server or (ledger.address if ledger.on_server else None)
    if server is None or not servers.is_address(server):
        raise WrongUse(
            f"{asked.backup}: is of a PostgreSQL server; say on which it may be brought back: --server ADDRESS"
        )
    with dumps.scratch(server) as address:
        yield address


def _bring_back(asked: Drill, place: str) -> None:
    if dumps.is_dump(asked.backup):
        dumps.restore(asked.backup, place)
    else:
        copies.restore(asked.backup, place, asked.now)


def _verified(restored: Ledger, checkpoint: Checkpoint) -> Found:
    found = (finding for finding in pipeline.verify(restored, checkpoint=checkpoint) if not finding.remark)
    wrong = tuple(str(finding) for finding in islice(found, _NAMED))
    return (
        f"sound, and holds the checkpoint of {checkpoint.at:%Y-%m-%d %H:%M} UTC" if not wrong else "is not sound",
        wrong,
    )


def _followed(restored: Ledger, ledger: Ledger) -> Found:
    """Whether the ledger in use is what the backup has become."""
    with restored.reading() as there, ledger.reading() as here:
        last, now = chain.head(there), chain.head(here)
        follows = chain.holds(here, last)
    if not follows:
        return "is another ledger", (f"log: entry {last[0]:,} of the backup is not in the log of {ledger.place}",)
    more = now[0] - last[0]
    return f"entry {last[0]:,} is in the log in use" + (
        f", which has {more:,} more by now" if more else ", its last"
    ), ()


def _compared(restored: Ledger, ledger: Ledger, now: datetime) -> Found:
    """Whether both say the same, where both are of the same moment."""
    here, at_here = _exported(ledger, now)
    there, at_there = _exported(restored, now)
    if at_here != at_there:
        return "not compared: the ledger in use has gone on since", ()
    differing = tuple(
        f"exports: {name} differs" for name in sorted(here.keys() | there.keys()) if here.get(name) != there.get(name)
    )
    whole = sha256("".join(f"{name} {there[name]}\n" for name in sorted(there)).encode()).hexdigest()
    return f"{len(there)} files, the same on both sides: {whole[:16]}" if not differing else "differ", differing


def _exported(ledger: Ledger, now: datetime) -> tuple[dict[str, str], tuple[int, str]]:
    """The hash of every file of the exports, and the entry of the log that they are of."""
    view = pipeline.view(ledger, now=now)
    with ledger.reading() as connection:
        at = chain.head(connection)
    made = {f"{form}/{name}": sha256(data).hexdigest() for form in FORMS for name, data in files.made(view, form)}
    return made, at
