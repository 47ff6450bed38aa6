"""People for tests of the desk: accounts of every role, ways of being known, a clock that is turned by hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from fastapi.testclient import TestClient

from invented import NOW
from onrecord.ledger import Ledger, people
from onrecord.ledger.people import Account
from onrecord.web import Options, application
from onrecord.web.door import COOKIE
from onrecord.web.options import Hashing, Pace
from onrecord.web.passwords import Passwords

QUICK = Hashing(1, 8, 1)
PASSWORD = "twelve quiet herons"
KEPT = Passwords(QUICK).hashed(PASSWORD)
ORIGIN = "https://desk.example.org"
OURS = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a request that a page of the desk made."""


@dataclass
class Clock:
    """The time, and the seconds, until they are moved on."""

    now: datetime = NOW
    seconds: float = field(default=0.0)

    def __call__(self) -> datetime:
        return self.now

    def ticks(self) -> float:
        return self.seconds

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)
        self.seconds += timedelta(**span).total_seconds()


def far(clock: Clock, **changed: Any) -> Options:
    """A desk beyond this machine, as fast as can be."""
    given: dict[str, Any] = {
        "origin": ORIGIN,
        "hashing": QUICK,
        "clock": clock,
        "ticks": clock.ticks,
        "pace": Pace(10**6, 1e6),
    }
    return Options(**{**given, **changed})


def desk(ledger: Ledger, options: Options) -> TestClient:
    """A browser before a desk, which keeps cookies and says that it is on a page of it."""
    client = TestClient(
        application(ledger, options),
        options.address,
        headers=OURS,
        raise_server_exceptions=False,
        follow_redirects=False,
    )
    client.headers.pop("user-agent")
    return client


def somebody(ledger: Ledger, role: str, name: str | None = None, now: datetime = NOW) -> Account:
    """An account; the first is always an admin's."""
    with ledger.reading() as connection:
        first = not people.any_account(connection)
    if first and role != "admin":
        people.add(ledger, "Ada Holm", "admin", KEPT, now)
    return people.add(ledger, name or f"a {role}", role, KEPT, now)


def session(ledger: Ledger, account: Account, now: datetime = NOW) -> dict[str, str]:
    """The header of a browser in which somebody is signed in."""
    secret = token_urlsafe(32)
    people.sign_in(ledger, account.id, secret, now)
    return {"Cookie": f"{COOKIE}={secret}"}


def token(ledger: Ledger, account: Account, scope: str, now: datetime = NOW, days: int = 30) -> dict[str, str]:
    """The header of a program with a token."""
    secret = people.TOKEN + token_urlsafe(32)
    people.give_token(ledger, account.id, secret, people.Wanted("", scope, days), now)
    return {"Authorization": f"Bearer {secret}"}
