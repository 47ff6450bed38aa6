"""Whose turn it is to write a SQLite ledger: a lock file beside it, as versions of SQLite need one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from onrecord.errors import TryLater


class Turn:
    """The lock file of one SQLite ledger.

    Before version 3.51.3 SQLite can damage a file in WAL mode: while one connection carries its log over into the file,
    another may commit and begin the log anew, and what it wrote there is then taken for carried over. SQLite carries
    over after a commit, when it has let the next writer in already. So every writing transaction, until its commit has
    returned, and every closing of a connection, which may carry over too, is kept apart from the others by a lock on a
    file beside the ledger. A newer SQLite takes it too, as the program beside it may have an older one. Readers wait for
    nobody.

    The system drops the lock when the process that holds it ends, however it ends. The file goes when a ledger is closed;
    one that was left behind is no lock.
    """

    def __init__(self, ledger: Path) -> None:
        # A ledger is one file whatever links lead to it
        self._ledger = ledger.resolve()
        self._path = self._ledger.with_name(self._ledger.name + "-lock")
        # Locks that vouch for themselves by being there outlive a kill: better none at all
        self._lock = FileLock(self._path, is_singleton=True, fallback_to_soft=False, poll_interval=0.01)

    @contextmanager
    def taken(self, place: str, seconds: float) -> Iterator[None]:
        """The turn to write, waited for.

        Raises TryLater where another program has not finished in time, or the lock file cannot be written.
        """
        with ExitStack() as held:
            self._make()
            try:
                held.enter_context(self._lock.acquire(timeout=seconds))
            except Timeout:
                raise TryLater(
                    f"{place}: is locked, another program writes to it; nothing half done was kept, try again later"
                ) from None
            except OSError as error:
                raise TryLater(
                    f"{place}: cannot be written here, as its lock file {self._path.name} cannot ({error.strerror});"
                    " let yourself write to the file and its folder"
                ) from error
            yield

    def _make(self) -> None:
        """Makes the file, for whoever may write the ledger; what cannot be done is seen when the lock is taken."""
        with suppress(OSError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            self._path.chmod(self._ledger.stat().st_mode & 0o666)

    @contextmanager
    def passing(self) -> Iterator[None]:
        """The turn if it is free. Where another holds it, that one has the ledger open, and closing carries nothing over:
        only the last to close does.
        """
        with ExitStack() as held:
            if self._path.exists():
                with suppress(Timeout, OSError):
                    held.enter_context(self._lock.acquire(timeout=0))
            yield
            # Whoever waits for a file that is gone makes it anew; but what is written here meanwhile needs it still
            if self._lock.is_locked and self._lock.lock_counter == 1:
                with suppress(OSError):
                    self._path.unlink()


def connections(turn: Turn) -> type[sqlite3.Connection]:
    """Connections that close in their turn."""

    class Connection(sqlite3.Connection):
        """A connection of a ledger."""

        def close(self, *args: Any) -> None:
            """Closes it."""
            with turn.passing():
                super().close(*args)

    return Connection
