"""Passwords: any words, long enough, kept as what cannot be turned back into them."""

import threading
import unicodedata
from functools import cached_property
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from onrecord.errors import TryLater, WrongUse
from onrecord.web.options import Hashing

SHORTEST, LONGEST = 12, 1024
_AT_A_TIME = 2
_WAIT = 5.0
"""Hashing takes much memory: so many at a time, and whoever waits longer than that, in seconds, is told to come again."""


class Passwords:
    """Hashes passwords, and compares with hashes, with the same effort whether there is something to compare with or not."""

    def __init__(self, hashing: Hashing) -> None:
        self._hasher = PasswordHasher(hashing.rounds, hashing.memory, hashing.lanes)
        self._turns = threading.BoundedSemaphore(_AT_A_TIME)

    def hashed(self, password: str) -> str:
        """What is kept of a password. Raises WrongUse for one that is too short or too long, TryLater under a rush."""
        found = _normalised(password)
        if not SHORTEST <= len(found) <= LONGEST or len(password) > LONGEST:
            raise WrongUse(
                f"a password has {SHORTEST} to {LONGEST} letters; some words that nobody would guess make a good one"
            )
        with _Turn(self._turns):
            return self._hasher.hash(_bytes(found))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that a hash was made of; False, after the same effort, where there is no hash."""
        # Made before the first comparison of either sort, so that neither takes longer
        of_nobody = self._of_nobody
        against = of_nobody if kept is None else kept
        found = _normalised(password[: LONGEST + 1])
        with _Turn(self._turns):
            try:
                same = self._hasher.verify(against, _bytes(found))
            except (VerificationError, InvalidHashError):
                return False
        return same and kept is not None and len(password) <= LONGEST

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made with less effort, or another, than is asked for now."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _of_nobody(self) -> str:
        return self._hasher.hash(token_urlsafe(16))


class _Turn:
    """One of the few who hash at a time."""

    def __init__(self, turns: threading.BoundedSemaphore) -> None:
        self._turns = turns

    def __enter__(self) -> None:
        if not self._turns.acquire(timeout=_WAIT):
            raise TryLater("many are signing in just now; try again in a moment")

    def __exit__(self, *_: object) -> None:
        self._turns.release()


def _normalised(password: str) -> str:
    """The same letters however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
