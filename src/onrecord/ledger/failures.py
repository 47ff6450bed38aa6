"""What a database complains of → our errors, with the name of the ledger and what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from onrecord.errors import BadLedger, OnRecordError, TryLater, WrongUse

_MENDABLE = ("locked", "full", "readonly", "read-only", "disk i/o", "unable to open", "busy")
_HOPELESS = ("malformed", "no such table", "no such column", "encrypted", "could not decode")


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turns what a user can mend (a lock, a full disk, a server that is away) into our errors; bugs pass through."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.DatabaseError) as error:
        given: object = getattr(error, "orig", error)
        reason = " ".join(str(given).split())
        ours = _of_file(place, reason) if isinstance(given, sqlite3.Error) else _of_server(place, reason, error)
        if ours is None:
            raise
        raise ours from error
    except sa.exc.TimeoutError as error:
        raise TryLater(
            f"{place}: all connections of this program are in use; try again in a moment, or allow more with"
            " ?pool=N&overflow=N at the end of the address"
        ) from error
    except UnicodeDecodeError as error:
        # What the database says of a damaged schema quotes it, and that is no text any more
        raise BadLedger(
            f"{place}: is damaged or no ledger (no text: {error.object!r}); bring back a copy of it"
        ) from error


def _of_file(place: str, reason: str) -> OnRecordError | None:
    if any(sign in reason.casefold() for sign in _MENDABLE):
        return TryLater(f"{place}: {reason}; nothing half done was kept, try again when that is mended")
    if "not a database" in reason:
        return BadLedger(f"{place}: is not a ledger; give another path, or move this file away")
    if any(sign in reason.casefold() for sign in _HOPELESS):
        return BadLedger(f"{place}: is damaged or no ledger ({reason}); bring back a copy of it")
    return None


_CODES: tuple[tuple[str, type[OnRecordError], str], ...] = (
    ("invalid", WrongUse, "cannot be read as an address ({}); write postgresql://USER@HOST/DATABASE"),
    ("28", WrongUse, "does not let this user in ({}); check the name and the password"),
    (
        "3D",
        WrongUse,
        "there is no such database ({}); make one with: createdb --encoding UTF8 --template template0 NAME",
    ),
    ("42501", WrongUse, "this user may not do that ({}); the owner of the ledger can: onrecord migrate --for USER"),
    ("42P01", BadLedger, "is damaged or no ledger ({}); bring back a copy of it"),
    ("42703", BadLedger, "is damaged or no ledger ({}); bring back a copy of it"),
    ("XX0", BadLedger, "is damaged ({}); bring back a copy of it"),
    ("55P03", TryLater, "is locked, another program writes to it ({}); nothing half done was kept, try again later"),
    (
        "53300",
        TryLater,
        "the server has no connection left ({}); try again in a moment, close other programs, or raise max_connections",
    ),
    *(
        (code, TryLater, "{}; nothing half done was kept, try again when that is mended")
        for code in ("08", "25006", "25P03", "40", "53", "55", "57", "58")
    ),
)
"""How the codes of PostgreSQL begin, and what we say then."""

_WORDS = (
    ("invalid", ("invalid connection option", "invalid port", "invalid integer", "invalid sslmode")),
    ("53300", ("too many clients", "remaining connection slots", "too many connections")),
    ("28", ("authentication", "password", "pg_hba", "role ")),
    ("3D", ("does not exist",)),
    ("08", ("",)),
)
"""Whoever is not connected yet is told without a code."""


def _of_server(place: str, reason: str, error: Exception) -> OnRecordError | None:
    code = getattr(getattr(error, "orig", None), "sqlstate", None)
    if code is None and isinstance(error, (sa.exc.OperationalError, sa.exc.ProgrammingError)):
        reason = reason.rpartition("FATAL: ")[2]
        code = next(code for code, signs in _WORDS if any(sign in reason for sign in signs))
    for begin, kind, words in _CODES:
        if code is not None and code.startswith(begin):
            return kind(f"{place}: {words.format(reason)}")
    return None
