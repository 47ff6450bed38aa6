"""Who asks? A program by its token, a person by a session, and on this machine, while nobody has an account, whoever is at it."""

import hmac
import threading
from secrets import token_urlsafe

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from onrecord.errors import TryLater
from onrecord.ledger import Ledger, people
from onrecord.ledger.people import Account
from onrecord.web.access import Person
from onrecord.web.access_log import LOG, address
from onrecord.web.failing import Refused
from onrecord.web.limits import Buckets, whence
from onrecord.web.options import Options
from onrecord.web.passwords import Passwords

COOKIE = "__Host-onrecord"
PLAIN_COOKIE = "onrecord"
"""For browsers that keep nothing "Secure" without https, and only on this machine."""
_NOTED = 300
"""How old, in seconds, a note of when somebody was last here may be."""
_FOR_A_NAME, _FOR_AN_ADDRESS = (5, 1 / 60), (30, 1 / 10)
"""Wrong passwords: so many at once, and then so many a second."""


class BadToken(Exception):
    """A token that is good for nothing, or something else in its place."""


class Door:
    """Knows people by what their requests bring along, and lets them sign in and out."""

    def __init__(self, ledger: Ledger, options: Options) -> None:
        self.ledger, self.options = ledger, options
        self.passwords = Passwords(options.hashing)
        self._by_name = Buckets(*_FOR_A_NAME, options.ticks)
        self._by_address = Buckets(*_FOR_AN_ADDRESS, options.ticks)
        self._noting = threading.Lock()
        self._any = False

    def any_account(self) -> bool:
        """Whether anybody has an account. Once one is made there always is one."""
        if not self._any:
            with self.ledger.reading() as connection:
                self._any = people.any_account(connection)
        return self._any

    def known(self, scope: Scope) -> Person | None:
        """Who asks; `scope` notes whether that is to be kept. Raises BadToken.

        Where there is an Authorization header, nothing else is looked at: neither a cookie nor being at this machine
        makes up for a bad token.
        """
        headers = Headers(scope=scope)
        if shown := headers.getlist("authorization"):
            return self._by_token(shown)
        secret = self.secret(headers)
        if secret is not None:
            now = self.options.clock()
            with self.ledger.reading() as connection:
                found = people.signed_in(connection, secret, now)
            if found:
                account, used = found
                if (now - used).total_seconds() > _NOTED:
                    scope["onrecord.noted"] = secret
                return _person(account)
        if self.options.beyond or self.any_account():
            return None
        return Person(self.options.by, self.options.by, "admin", "local")

    def _by_token(self, shown: list[str]) -> Person:
        scheme, _, secret = shown[0].partition(" ")
        if len(shown) != 1 or scheme.lower() != "bearer" or not secret.isascii():
            raise BadToken
        with self.ledger.reading() as connection:
            found = people.token_holder(connection, secret.strip(), self.options.clock())
        if found is None:
            raise BadToken
        account, token = found
        return Person(account.id, account.shown, people.lesser(account.role, token.scope), "token")

    def note(self, secret: str) -> None:
        """Notes that whoever holds a secret is still here; not where the ledger is being written for long: the next request does."""
        if self._noting.acquire(blocking=False):
            try:
                people.still_here(self.ledger, secret, self.options.clock())
            except TryLater:
                pass
            finally:
                self._noting.release()

    # ---- signing in and out

    def admit(self, scope: Scope, name: str, password: str) -> Account | None:
        """The account that a name and a password go with, or None. Raises Refused where too much was tried: for this name, whether
        there is such an account or not, or from this address.
        """
        place, name_ = whence(address(scope)), people.folded(name)
        self._spend(self._by_address, place, scope)
        self._spend(self._by_name, name_, scope)
        with self.ledger.reading() as connection:
            found = people.password_of(connection, name)
        if not self.passwords.matches(found[1] if found else None, password) or found is None:
            LOG.warning("%s: a wrong password, or no such name", address(scope))
            return None
        self._by_address.give_back(place)
        self._by_name.give_back(name_)
        account, kept = found
        if self.passwords.outdated(kept):
            people.set_password(self.ledger, account.id, self.passwords.hashed(password), keep=True)
        return account

    def has_code(self, scope: Scope, code: str) -> bool:
        """Whether somebody has the code that was printed where the desk was started. Raises Refused where too much was tried."""
        place = whence(address(scope))
        self._spend(self._by_address, place, scope)
        wanted = self.options.code
        if wanted is None or not hmac.compare_digest(code.strip().encode("utf-8", "replace"), wanted.encode()):
            LOG.warning("%s: a wrong code for setting up", address(scope))
            return False
        self._by_address.give_back(place)
        return True

    def _spend(self, buckets: Buckets, key: str, scope: Scope) -> None:
        if wait := buckets.take(key):
            LOG.warning("%s: too many tries to sign in", address(scope))
            raise Refused(429, "That was tried too often. Wait a minute, and try again.", wait=int(wait) + 1)

    def open(self, request: Request, response: Response, account: Account) -> None:
        """Signs an account in: a new secret, whatever the browser held before, which is good no more."""
        secret = token_urlsafe(32)
        before = self.secret(request.headers)
        people.sign_in(self.ledger, account.id, secret, self.options.clock(), instead_of=before)
        self._set(request, response, secret)

    def close(self, request: Request, response: Response) -> None:
        """Signs out whoever asks."""
        if secret := self.secret(request.headers):
            people.sign_out(self.ledger, secret)
        for name in (COOKIE, PLAIN_COOKIE):
            secure = name == COOKIE
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")

    def _set(self, request: Request, response: Response, secret: str) -> None:
        response.set_cookie(COOKIE, secret, path="/", secure=True, httponly=True, samesite="lax")
        if not self.options.https and _keeps_nothing_secure(request.headers.get("user-agent", "")):
            response.set_cookie(PLAIN_COOKIE, secret, path="/", httponly=True, samesite="lax")

    def secret(self, headers: Headers) -> str | None:
        """What a browser holds; None for nothing."""
        held = cookie_parser("; ".join(headers.getlist("cookie")))
        names = (COOKIE,) if self.options.https else (COOKIE, PLAIN_COOKIE)
        return next((held[name] for name in names if name in held), None)


def door_of(request: Request) -> Door:
    """The door of an application."""
    door: Door = request.app.state.door
    return door


def _person(account: Account) -> Person:
    return Person(account.id, account.shown, account.role, "session")


def _keeps_nothing_secure(agent: str) -> bool:
    """Whether a browser takes a "Secure" cookie by https only, on this machine too, as others do not."""
    return "Safari/" in agent and "Chrom" not in agent
