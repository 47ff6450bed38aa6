"""What a running process keeps of one ledger."""

import threading
from datetime import datetime

from onrecord.ledger import Ledger
from onrecord.pipeline import deriving
from onrecord.pipeline.deciding import Judgement, Outcome, decide
from onrecord.pipeline.viewing import View, view


class Kept:
    """What a running process keeps of one ledger."""

    def __init__(self, ledger: Ledger, profile: str = "joint") -> None:
        self._ledger, self._profile = ledger, profile
        self._lock = threading.Lock()
        self._view: View | None = None
        self._state: tuple[str, str] | None = None

    def look(self, now: datetime) -> View:
        """The ledger as it stands now."""
        with self._ledger.reading() as connection:
            state = deriving.state_of(connection, self._profile)
        if state == self._state and self._view is not None:
            return self._view
        with self._lock:
            self._view = view(self._ledger, self._profile, now)
            self._state = state
            return self._view

    def decide(self, asked: Judgement, now: datetime) -> Outcome:
        """What `pipeline.decide` does."""
        with self._lock:
            return decide(self._ledger, asked, now, self._profile)
