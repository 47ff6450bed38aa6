"""Whether a desk can be worked at: the ledger, what follows from it, the process beside, and room on the disk."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from onrecord.errors import OnRecordError
from onrecord.exports.harmless import in_line
from onrecord.ledger import chain, condition, opening
from onrecord.pipeline import deriving
from onrecord.web import turns
from onrecord.web.desk import Desk

State = Literal["ok", "behind", "failed"]
NAMES = ("ledger", "schema", "derived", "beside", "disk")
ROOM = 256 << 20
"""Bytes that have to be free where a ledger file lies: what is written at once has to fit twice."""
_LONGEST = 5.0
"""Seconds within which a check has to come back."""
_PATIENCE = 600.0
"""Seconds for which what is derived may be behind the facts: while many stories come in, it always is a little."""
_FRESH = 1.0
"""Seconds for which a report holds: however many ask, the ledger is asked once."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. why: what is wrong, in words that whoever comes by may read; more: the same with names of files and hosts, for
    whoever keeps the machine; seconds: how long it took.
    """

    name: str
    state: State
    seconds: float
    why: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, at some moment."""

    at: datetime
    checks: tuple[Check, ...]

    @property
    def ready(self) -> bool:
        """Whether the desk can be worked at."""
        return all(check.state != "failed" for check in self.checks)

    @property
    def behind(self) -> bool:
        """Whether what is derived is of older facts."""
        return any(check.state == "behind" for check in self.checks)


Found = tuple[State, str]


class Health:
    """The checks of one desk. ticks: seconds since whenever."""

    def __init__(self, desk: Desk, ticks: Callable[[], float] = time.monotonic) -> None:
        self._desk, self._ticks = desk, ticks
        self._lock = threading.Lock()
        self._last: tuple[float, Report] | None = None
        self._behind: float | None = None

    async def asked(self) -> Report:
        """How the desk is. A ledger that does not answer is waited for some seconds."""
        made = await turns.checking(self.report, _LONGEST)
        return made if made is not None else _silent()

    def report(self) -> Report:
        """The same, for whoever may wait as long as the ledger does."""
        if not self._lock.acquire(timeout=_LONGEST):
            return _silent()
        try:
            now = self._ticks()
            if self._last is None or now - self._last[0] >= _FRESH:
                self._last = (now, Report(datetime.now(UTC), self._checks()))
            return self._last[1]
        finally:
            self._lock.release()

    def _checks(self) -> tuple[Check, ...]:
        first = _checked("ledger", self._ledger)
        checks = {
            "schema": self._schema,
            "derived": self._derived,
            "beside": self._beside,
            "disk": self._disk,
        }
        if first.state == "failed":
            # Whoever waits for a ledger that is away waits once
            for name in ("schema", "derived"):
                checks[name] = _not_asked
        return (first, *(_checked(name, check) for name, check in checks.items()))

    def _ledger(self) -> Found:
        with self._desk.ledger.reading() as connection:
            chain.head(connection)
        return "ok", ""

    def _schema(self) -> Found:
        with self._desk.ledger.reading() as connection:
            held = opening.revision(connection)
        if held == opening.newest():
            return "ok", ""
        return (
            "failed",
            f"the ledger has schema {held}, and this program writes {opening.newest()}: start the desk anew",
        )

    def _derived(self) -> Found:
        if not self._is_new():
            # As a page would: what decides here makes anew what is old, and nobody waits long for it
            self._desk.board()
        if self._is_new():
            self._behind = None
            return "ok", ""
        now = self._ticks()
        self._behind = now if self._behind is None else self._behind
        if now - self._behind < _PATIENCE:
            return "behind", "stories or decisions have come, and what follows from them is being made"
        return "failed", f"what follows from the facts has not been made for {now - self._behind:,.0f} seconds"

    def _is_new(self) -> bool:
        with self._desk.ledger.reading() as connection:
            return deriving.is_new(connection, "joint")

    def _beside(self) -> Found:
        if self._desk.keeper.looked_after():
            return "ok", ""
        return "failed", "what decides here has ended by itself, and is begun anew"

    def _disk(self) -> Found:
        free = condition.room(self._desk.ledger)
        if free is None or free >= ROOM:
            return "ok", ""
        return "failed", f"{free >> 20:,} MiB are free on the disk of the ledger, and {ROOM >> 20:,} are asked for"


def _not_asked() -> Found:
    return "failed", "not asked: the ledger cannot be read"


def _checked(name: str, check: Callable[[], Found]) -> Check:
    began = time.perf_counter()
    more = ""
    try:
        state, why = check()
    except (OnRecordError, OSError) as error:
        # What an error says names files, hosts and users
        state, why, more = "failed", "cannot be read now; the log of the program says more", in_line(error)
    return Check(name, state, time.perf_counter() - began, why, more)


def _silent() -> Report:
    why = f"the ledger has not answered for {_LONGEST:g} seconds"
    return Report(datetime.now(UTC), (Check("ledger", "failed", _LONGEST, why),))


# ---- copies that others make


@dataclass(frozen=True, slots=True)
class Copies:
    """When the newest backup and the newest checkpoint of a folder were written; None where there is none."""

    backup: datetime | None
    checkpoint: datetime | None


def copies(folder: str | None) -> Copies:
    """What lies in a folder of backups (.db, .dump) and checkpoints (.json). Nothing can be known without one."""
    if folder is None:
        return Copies(None, None)
    return Copies(_newest(Path(folder), (".db", ".dump")), _newest(Path(folder), (".json",)))


def _newest(folder: Path, endings: tuple[str, ...]) -> datetime | None:
    try:
        times = [path.stat().st_mtime for path in folder.iterdir() if path.suffix in endings]
    except OSError:
        return None
    return datetime.fromtimestamp(max(times), UTC) if times else None
