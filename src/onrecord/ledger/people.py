"""Who may sign in at the desk: accounts, who is signed in, and the tokens of programs.

An account's id is a pseudonym for good: decisions are signed with it, and stay signed with it when the account gets another name, is
disabled, or is erased. Of passwords, sessions and tokens nothing is kept by which one could sign in.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Any, Literal, get_args

import sqlalchemy as sa

from onrecord.errors import WrongUse
from onrecord.ledger import schema
from onrecord.ledger.opening import Ledger

Role = Literal["reader", "coder", "lead", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
"""Each may do all that those before it may: read; decide; open and close rounds of coding, export; keep the accounts."""
State = Literal["active", "disabled", "erased"]

IDLE, LONGEST = timedelta(hours=8), timedelta(days=7)
"""How long somebody who does nothing stays signed in, and how long anybody does."""
TOKEN = "or_"
"""What every token begins with, so that one that was left lying about is known for what it is."""
LONGEST_TOKEN = 366
"""Days."""
_NAME, _LABEL = 80, 80
"""The most letters of each."""
_LIKE_AN_ID = re.compile(r"pe-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. id: what decisions are signed with; name: as given at signing in, None once erased."""

    id: str
    name: str | None
    role: Role
    state: State
    made: datetime

    @property
    def shown(self) -> str:
        """What the account is called on a page."""
        return self.name or f"a former member ({self.id})"


@dataclass(frozen=True, slots=True)
class Token:
    """What a program shows instead of a password. label: what it is for; scope: the role that it reaches no further than;
    expires, revoked: from when on it is good for nothing.
    """

    id: str
    account: str
    label: str
    scope: Role
    made: datetime
    expires: datetime
    revoked: datetime | None

    def good(self, now: datetime) -> bool:
        """Whether it can be used."""
        return self.revoked is None and now < self.expires


def digest(secret: str) -> str:
    """What is kept of a random secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def folded(name: str) -> str:
    """A name without differences of case, form and blanks: two that fold alike would be taken for each other."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


# ---- accounts


def add(ledger: Ledger, name: str, role: str, password: str, now: datetime, *, first: bool = False) -> Account:
    """Makes an account. password: its hash; first: only where there is none yet: of several that try at once, one comes through.

    Raises WrongUse for a name that is no name or is taken, an unknown role, a first account that is no admin's, and
    where there are accounts already and this one would have to be the first.
    """
    name, role = _name(name), checked_role(role)
    with ledger.writing() as connection:
        there = any_account(connection)
        if there and first:
            raise WrongUse("somebody has made the first account already; sign in, or ask whoever did")
        if not there and role != "admin":
            raise WrongUse(f"the first account has to be an admin's, who can make the others; {role} comes later")
        _refuse_taken(connection, name)
        made = Account(f"pe-{token_hex(4)}", name, role, "active", now)
        row = {"id": made.id, "name": name, "folded": folded(name), "role": role, "state": "active"}
        connection.execute(sa.insert(schema.account).values(**row, password=password, made=now))
    return made


def any_account(connection: sa.Connection) -> bool:
    """Whether anybody has an account, so that everybody has to sign in."""
    return connection.execute(sa.select(sa.literal(1)).select_from(schema.account).limit(1)).first() is not None


def accounts(connection: sa.Connection) -> list[Account]:
    """All accounts, in the order in which they were made."""
    table = schema.account
    return [_account(row) for row in connection.execute(sa.select(table).order_by(table.c.made, table.c.id)).mappings()]


def names(connection: sa.Connection) -> dict[str, str]:
    """What each account is called on a page, by the id that decisions are signed with."""
    return {account.id: account.shown for account in accounts(connection)}


def account(connection: sa.Connection, name: str) -> Account | None:
    """The account of that id or name."""
    found = _row(connection, name)
    return _account(found) if found else None


def password_of(connection: sa.Connection, name: str) -> tuple[Account, str] | None:
    """The account that signs in under a name, and the hash of its password; None where none may."""
    known = folded(name)
    if not _plain(known):
        return None
    table = schema.account
    query = sa.select(table).where(table.c.folded == known, table.c.state == "active")
    row = connection.execute(query).mappings().first()
    return (_account(row), row["password"]) if row and row["password"] else None


def rename(ledger: Ledger, who: str, name: str) -> Account:
    """Gives an account another name. Raises WrongUse as `add` does, and where there is no such account."""
    name = _name(name)
    with ledger.writing() as connection:
        found = _held(connection, who)
        if folded(name) != folded(found.name or ""):
            _refuse_taken(connection, name)
        return _changed(connection, found, name=name, folded=folded(name))


def set_role(ledger: Ledger, who: str, role: str) -> Account:
    """Gives an account another role, and signs it out. Raises WrongUse for the last admin."""
    role = checked_role(role)
    with ledger.writing() as connection:
        found = _held(connection, who)
        if role != "admin":
            _refuse_last_admin(connection, found)
        _sign_out(connection, found.id)
        return _changed(connection, found, role=role)


def disable(ledger: Ledger, who: str) -> Account:
    """Lets an account in no more, and signs it out. Raises WrongUse for the last admin."""
    with ledger.writing() as connection:
        found = _held(connection, who)
        _refuse_last_admin(connection, found)
        _sign_out(connection, found.id)
        return _changed(connection, found, state="disabled")


def enable(ledger: Ledger, who: str) -> Account:
    """Lets a disabled account in again."""
    with ledger.writing() as connection:
        return _changed(connection, _held(connection, who), state="active")


def erase(ledger: Ledger, who: str) -> Account:
    """Forgets an account's name, password and tokens for good. Its id, and what it decided, stay. Raises WrongUse for the last admin."""
    with ledger.writing() as connection:
        found = _held(connection, who)
        _refuse_last_admin(connection, found)
        _sign_out(connection, found.id)
        connection.execute(sa.delete(schema.token).where(schema.token.c.account == found.id))
        return _changed(connection, found, state="erased", name=None, folded=None, password=None)


def set_password(ledger: Ledger, who: str, password: str, *, keep: bool = False) -> Account:
    """Gives an account another password, as its hash, and signs it out. keep: it is the same password, hashed otherwise."""
    with ledger.writing() as connection:
        found = _held(connection, who)
        if not keep:
            _sign_out(connection, found.id)
        return _changed(connection, found, password=password)


def checked_role(role: str) -> Role:
    """The role of that name. Raises WrongUse where there is none."""
    for known in ROLES:
        if role == known:
            return known
    raise WrongUse(f"{role}: is no role; give one of {', '.join(ROLES)}")


def lesser(one: Role, other: Role) -> Role:
    """The one of two roles that may do less."""
    return min(one, other, key=ROLES.index)


# ---- who is signed in


def sign_in(ledger: Ledger, account_id: str, secret: str, now: datetime, *, instead_of: str | None = None) -> None:
    """Keeps that whoever holds a secret is signed in. instead_of: a secret that is good no more from now on."""
    table = schema.session
    with ledger.writing() as connection:
        if instead_of is not None:
            connection.execute(sa.delete(table).where(table.c.digest == digest(instead_of)))
        connection.execute(sa.delete(table).where((table.c.made < now - LONGEST) | (table.c.used < now - IDLE)))
        row = {"digest": digest(secret), "account": account_id, "made": now, "used": now}
        connection.execute(sa.insert(table).values(**row))


def signed_in(connection: sa.Connection, secret: str, now: datetime) -> tuple[Account, datetime] | None:
    """Who holds a secret, and when that was last noted; None where it is good no more."""
    table = schema.session
    query = sa.select(schema.account, table.c.used).join_from(schema.account, table).where(
        table.c.digest == digest(secret),
        table.c.made > now - LONGEST,
        table.c.used > now - IDLE,
        schema.account.c.state == "active",
    )  # fmt: skip
    row = connection.execute(query).mappings().first()
    return (_account(row), row["used"]) if row else None


def still_here(ledger: Ledger, secret: str, now: datetime) -> None:
    """Notes that whoever holds a secret has asked for something."""
    table = schema.session
    with ledger.writing() as connection:
        connection.execute(sa.update(table).where(table.c.digest == digest(secret)).values(used=now))


def sign_out(ledger: Ledger, secret: str) -> None:
    """A secret is good no more."""
    with ledger.writing() as connection:
        connection.execute(sa.delete(schema.session).where(schema.session.c.digest == digest(secret)))


def sign_out_everywhere(ledger: Ledger, account_id: str) -> None:
    """Whoever is signed in as somebody is so no more."""
    with ledger.writing() as connection:
        _sign_out(connection, account_id)


# ---- tokens


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token that somebody wants: what it is for, the role that it reaches no further than, and for how many days."""

    label: str
    scope: str
    days: int


def give_token(ledger: Ledger, who: str, secret: str, wanted: Wanted, now: datetime) -> Token:
    """Keeps a token of an account. Raises WrongUse where it would reach further than the account, or for longer than a year."""
    scope, label = checked_role(wanted.scope), _label(wanted.label)
    if not 1 <= wanted.days <= LONGEST_TOKEN:
        raise WrongUse(f"{wanted.days} days: give 1 to {LONGEST_TOKEN}")
    with ledger.writing() as connection:
        found = _held(connection, who)
        if found.state != "active":
            raise WrongUse(f"{found.shown}: is {found.state}, and gets no token")
        if ROLES.index(scope) > ROLES.index(found.role):
            raise WrongUse(f"{found.shown} is a {found.role}; a token reaches no further, and {scope} does")
        made = Token(f"to-{token_hex(4)}", found.id, label, scope, now, now + timedelta(days=wanted.days), None)
        row = {field: getattr(made, field) for field in Token.__dataclass_fields__}
        connection.execute(sa.insert(schema.token).values(**row, digest=digest(secret)))
    return made


def token_holder(connection: sa.Connection, secret: str, now: datetime) -> tuple[Account, Token] | None:
    """Whose token it is, and which; None where it is good for nothing."""
    table = schema.token
    row = connection.execute(sa.select(table).where(table.c.digest == digest(secret))).mappings().first()
    found = _row(connection, row["account"]) if row else None
    if row is None or found is None or found["state"] != "active" or not _token(row).good(now):
        return None
    return _account(found), _token(row)


def tokens(connection: sa.Connection, account_id: str | None = None) -> list[Token]:
    """The tokens of an account, or of all, the newest first."""
    table = schema.token
    query = sa.select(table).order_by(table.c.made.desc(), table.c.id)
    query = query if account_id is None else query.where(table.c.account == account_id)
    return [_token(row) for row in connection.execute(query).mappings()]


def revoke(ledger: Ledger, token_id: str, now: datetime, *, of: str | None = None) -> None:
    """A token is good for nothing from now on. of: only if it is this account's. Raises WrongUse where there is none."""
    table = schema.token
    with ledger.writing() as connection:
        held = sa.select(table.c.id).where(table.c.id == token_id, *([] if of is None else [table.c.account == of]))
        if connection.execute(held).first() is None:
            raise WrongUse(f"{token_id}: there is no such token")
        unrevoked = (table.c.id == token_id) & table.c.revoked.is_(None)
        connection.execute(sa.update(table).where(unrevoked).values(revoked=now))


# ---- rows


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(row["id"], row["name"], row["role"], row["state"], row["made"])


def _token(row: Mapping[Any, Any]) -> Token:
    return Token(**{field: row[field] for field in Token.__dataclass_fields__})


def _row(connection: sa.Connection, who: str) -> Mapping[Any, Any] | None:
    known = folded(who)
    if not _plain(known):
        return None
    table = schema.account
    query = sa.select(table).where((table.c.id == known) | (table.c.folded == known))
    return connection.execute(query).mappings().first()


def _held(connection: sa.Connection, who: str) -> Account:
    found = _row(connection, who)
    if found is None:
        raise WrongUse(f"{who}: there is no account of that name or id")
    if found["state"] == "erased":
        raise WrongUse(f"{who}: is erased, for good")
    return _account(found)


def _changed(connection: sa.Connection, found: Account, **values: str | None) -> Account:
    table = schema.account
    connection.execute(sa.update(table).where(table.c.id == found.id).values(**values))
    row = connection.execute(sa.select(table).where(table.c.id == found.id)).mappings().one()
    return _account(row)


def _sign_out(connection: sa.Connection, account_id: str) -> None:
    connection.execute(sa.delete(schema.session).where(schema.session.c.account == account_id))


def _refuse_last_admin(connection: sa.Connection, found: Account) -> None:
    table = schema.account
    others = sa.select(table.c.id).where(table.c.role == "admin", table.c.state == "active", table.c.id != found.id)
    if found.role == "admin" and found.state == "active" and connection.execute(others).first() is None:
        raise WrongUse(f"{found.shown}: is the only admin; make another one first")


def _refuse_taken(connection: sa.Connection, name: str) -> None:
    if connection.execute(sa.select(schema.account.c.id).where(schema.account.c.folded == folded(name))).first():
        raise WrongUse(f"{name}: there is an account of that name already; give another name")


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= _NAME or not folded(name) or not _plain(name):
        raise WrongUse(f"a name has 1 to {_NAME} letters, all of which can be seen")
    if _LIKE_AN_ID.fullmatch(folded(name)):
        raise WrongUse(f"{name}: reads like the id of an account; give another name")
    return name


def _label(label: str) -> str:
    label = " ".join(label.split())
    if len(label) > _LABEL or not _plain(label):
        raise WrongUse(f"a label has at most {_LABEL} letters, all of which can be seen")
    return label


def _plain(text: str) -> bool:
    """Whether all of it can be seen: no database is asked for anything else."""
    return text.isprintable()
