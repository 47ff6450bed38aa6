"""Who keeps a desk's ledger in memory: the process that makes the pages, or one beside it, so that pages do not wait for decisions."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Lock
from typing import Any, Protocol

from onrecord import pipeline
from onrecord.errors import OnRecordError, TryLater
from onrecord.ledger import Ledger, open_ledger
from onrecord.pipeline import Changes, Judgement, Kept, Moment, Outcome, View
from onrecord.records import Incident, Plan
from onrecord.web import turns
from onrecord.web.near import Near, near

_SOON, _WAIT = 0.3, 0.02
"""Seconds that a page waits for what others have written, and for what may be the same incident."""
_LAST = 5.0
"""Seconds that a decision has which is being made when the desk is closed."""
_TRIES = 3
_KINDNESS = 5
"""How much the process beside leaves to pages, as `nice` counts, where both want the processor."""


class Keeper(Protocol):
    """A ledger at one moment after another, each a view that does not change any more."""

    @property
    def view(self) -> View:
        """The ledger as it stood when it was last looked at or decided on."""

    def look(self, now: datetime) -> View:
        """The ledger as it stands now. Raises TryLater where it would have to be written, and cannot be."""

    def decide(self, asked: Judgement, now: datetime) -> Outcome:
        """Keeps a judgement; raises what `pipeline.decide` raises."""

    def near(self, id_: str, of: View) -> tuple[Near, ...] | None:
        """What else may be the same incident or plan in that view; None where that cannot be told without waiting."""

    @property
    def pid(self) -> int:
        """The number of the process that keeps it."""

    def looked_after(self) -> bool:
        """Whether that process lives; where it has ended by itself, another is begun."""

    def close(self) -> None:
        """Lets go of it."""


class Here:
    """A ledger that is kept in this very process."""

    def __init__(self, ledger: Ledger) -> None:
        self._kept = Kept(ledger)
        self._home: tuple[View | None, dict[str, Incident | Plan]] = (None, {})

    @property
    def view(self) -> View:
        """As `Keeper` says."""
        return self._kept.view

    @property
    def at(self) -> Moment:
        """The moment of the view."""
        return self._kept.at

    def look(self, now: datetime) -> View:
        """As `Keeper` says."""
        return self._kept.look(now)

    def decide(self, asked: Judgement, now: datetime) -> Outcome:
        """As `Keeper` says."""
        return self._kept.decide(asked, now)

    def near(self, id_: str, of: View) -> tuple[Near, ...] | None:
        """As `Keeper` says."""
        with self._kept.growing(_WAIT) as growing:
            # Of the moment that the page shows, and of no other
            if growing is None or self._kept.view is not of:
                return None
            if self._home[0] is not of:
                rows: tuple[Incident | Plan, ...] = (*of.derived.incidents, *of.derived.plans)
                self._home = (of, {event: row for row in rows for event in row.events})
            row = next((row for row in self._home[1].values() if row.id == id_), None)
            return near(row, growing, self._home[1]) if row is not None else ()

    @property
    def pid(self) -> int:
        """As `Keeper` says."""
        return os.getpid()

    def looked_after(self) -> bool:
        """As `Keeper` says."""
        return True

    def close(self) -> None:
        """As `Keeper` says."""


class Beside:
    """A ledger that is kept by a process beside this one, which decides. Here there is only the view, as far as it has been told.

    Pages can be made as soon as this process has read the ledger; the other reads and groups it meanwhile, for which the first
    decision waits. Where the other ends, another is begun.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = Lock()
        self._process, self._connection = _begun(ledger)
        self._view, self._at = _opened(ledger)
        # An answer that nobody has waited for yet
        self._owed = False
        with self._told():
            self._send("look", datetime.now(UTC))

    @property
    def view(self) -> View:
        """As `Keeper` says."""
        return self._view

    def look(self, now: datetime) -> View:
        """As `Keeper` says. What takes the other process longer than a page can wait is in the view of a later one."""
        with self._lock, self._told():
            wait = 0.0
            if not self._owed and pipeline.moment(self._ledger) != self._at:
                self._send("look", now)
                wait = _SOON
            if self._owed and self._connection.poll(wait):
                self._answer()
            return self._view

    def decide(self, asked: Judgement, now: datetime) -> Outcome:
        """As `Keeper` says."""
        with self._lock, self._told():
            if self._owed:
                # Whatever was wrong then is found again, if it still is
                with suppress(OnRecordError):
                    self._answer()
            self._send("decide", asked, now)
            made: Outcome = self._answer()
            return made

    def near(self, id_: str, of: View) -> tuple[Near, ...] | None:
        """As `Keeper` says."""
        if not self._lock.acquire(timeout=_WAIT):
            return None
        try:
            if self._owed or self._view is not of:
                return None
            with self._told():
                self._send("near", id_)
                found: tuple[Near, ...] | None = self._answer()
            return found
        finally:
            self._lock.release()

    @property
    def pid(self) -> int:
        """As `Keeper` says."""
        return self._process.pid or 0

    def looked_after(self) -> bool:
        """As `Keeper` says. Whoever waits for an answer of it finds that out by itself."""
        if self._process.is_alive():
            return True
        if self._lock.acquire(blocking=False):
            try:
                with suppress(TryLater), self._told():
                    raise EOFError
            finally:
                self._lock.release()
        return False

    def close(self) -> None:
        """As `Keeper` says. A decision that takes very long then is kept as a whole, or not at all."""
        self._lock.acquire(timeout=_LAST)
        self._process.terminate()
        self._process.join()

    def _send(self, what: str, *given: Any) -> None:
        self._connection.send(_Asked(what, given, self._at))
        self._owed = True

    def _answer(self) -> Any:
        answer: _Answer = self._connection.recv()
        self._owed = False
        if isinstance(answer.became, Changes):
            self._view = pipeline.applied(self._view, answer.became)
        elif answer.became is not None:
            self._view = answer.became
        self._at = answer.at
        if answer.error is not None:
            raise answer.error
        return answer.made

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Begins another process where the one beside has ended, and says so."""
        try:
            yield
        except (EOFError, ConnectionError) as error:
            self._process.join()
            self._process, self._connection = _begun(self._ledger)
            self._send("look", datetime.now(UTC))
            raise TryLater(
                f"{self._ledger.place}: what decides here has ended by itself, and is begun anew; send it again: what was kept is not kept twice"
            ) from error


def _opened(ledger: Ledger) -> tuple[View, Moment | None]:
    """A ledger's view, with its moment; None where others write so often that it cannot be told."""
    for _ in range(_TRIES):
        at, view = pipeline.moment(ledger), pipeline.view(ledger)
        if pipeline.moment(ledger) == at:
            break
    else:
        at = None
    return view, at


# ---- the process beside


@dataclass(frozen=True, slots=True)
class _Asked:
    """A method of `Here`, and what it is given. at: the moment of the view that whoever asks has already."""

    what: str
    given: tuple[Any, ...]
    at: Moment | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the method gave, or raised. at: the moment of the view; became: what has become of it, None where nothing has."""

    at: Moment | None
    became: Changes | View | None = None
    made: Any = None
    error: Exception | None = None


def _begun(ledger: Ledger) -> tuple[BaseProcess, Connection]:
    # A fork would go on with locks that other threads hold at that moment
    apart = get_context("spawn")
    ours, theirs = apart.Pipe()
    process = apart.Process(target=_work, args=(ledger.address, theirs), name="decides", daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _work(address: str, connection: Connection) -> None:
    """Answers until whoever asks is gone."""
    # An interrupt is for the process that serves, which then ends this one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_KINDNESS)
    desk = _Apart(address)
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(desk.answer(connection.recv()))


class _Apart:
    """A ledger that is kept here for another process. told: the view that the other has, with its moment."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._here: Here | None = None
        self._told: tuple[Moment, View] | None = None

    def answer(self, asked: _Asked) -> _Answer:
        """What the other is told."""
        try:
            if self._here is None:
                opened = Here(open_ledger(self._address))
                opened.look(datetime.now(UTC))
                turns.set_aside()
                self._here = opened
            made, error = self._tried(self._here, asked)
        except Exception as failed:
            return _Answer(asked.at, error=failed)
        at, view = self._here.at, self._here.view
        became: Changes | View | None = None
        if self._told is not None and self._told[0] == asked.at:
            became = pipeline.between(self._told[1], view) if view is not self._told[1] else None
        elif at != asked.at:
            became = view
        self._told = (at, view)
        return _Answer(at, became, made, error)

    def _tried(self, here: Here, asked: _Asked) -> tuple[Any, Exception | None]:
        given = (*asked.given, here.view) if asked.what == "near" else asked.given
        try:
            return getattr(here, asked.what)(*given), None
        except OnRecordError as refused:
            # Whoever is refused is shown what others have written meanwhile
            here.look(datetime.now(UTC))
            return None, refused
