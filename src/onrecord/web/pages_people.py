"""Pages of people: one's own account, and, for an admin, all of them."""

from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from onrecord.ledger import people
from onrecord.ledger.people import Account
from onrecord.web import access, showing
from onrecord.web.access import Person
from onrecord.web.door import Door, door_of
from onrecord.web.failing import Refused
from onrecord.web.signing_in import Filled, Nothing, Secret, Short

router = APIRouter()
_OWN, _ALL = Depends(access.READER_IN_PERSON), Depends(access.ADMIN_IN_PERSON)


class Changed(Filled):
    """Another password: the old one, and the new one twice."""

    password: Secret
    new: Secret
    again: Secret


class Token(Filled):
    """A token: what it is for, how far it reaches, for how many days."""

    label: Short = ""
    scope: Short
    days: int


class Added(Filled):
    """Somebody new, with a first password."""

    name: Short
    role: Short
    password: Secret


class Role(Filled):
    """Another role."""

    role: Short


class Name(Filled):
    """A name: another one, or, to erase somebody, the one that goes."""

    name: Short


class Password(Filled):
    """Another password for somebody who has lost theirs."""

    password: Secret


# ---- one's own account


@router.get("/account", dependencies=[_OWN], name="account")
def account(request: Request) -> Response:
    """Who one is here, and what one may change about it."""
    return _own_page(request)


@router.post("/account/password", dependencies=[_OWN])
def change_password(request: Request, given: Annotated[Changed, Form()]) -> Response:
    """Another password. Whoever else is signed in under this name is signed out."""
    door, own = door_of(request), _own(request)
    if given.new != given.again:
        return _own_page(request, 422, "The two new passwords differ.")
    if door.admit(request.scope, own.name or "", given.password) is None:
        return _own_page(request, 422, "That is not your password.")
    people.set_password(door.ledger, own.id, door.passwords.hashed(given.new))
    response = RedirectResponse("/account", 303)
    door.open(request, response, own)
    return response


@router.post("/account/tokens", dependencies=[_OWN])
def give_token(request: Request, given: Annotated[Token, Form()]) -> Response:
    """A token, shown this once."""
    door, own = door_of(request), _own(request)
    secret = people.TOKEN + token_urlsafe(32)
    wanted = people.Wanted(given.label, given.scope, given.days)
    people.give_token(door.ledger, own.id, secret, wanted, door.options.clock())
    return _own_page(request, secret=secret)


@router.post("/account/tokens/{token}/revoke", dependencies=[_OWN])
def revoke_own(request: Request, token: str, _given: Annotated[Nothing, Form()]) -> Response:
    """A token of one's own is good for nothing from now on."""
    door, own = door_of(request), _own(request)
    people.revoke(door.ledger, token, door.options.clock(), of=own.id)
    return RedirectResponse("/account", 303)


@router.post("/account/sign-out-everywhere", dependencies=[_OWN])
def sign_out_everywhere(request: Request, _given: Annotated[Nothing, Form()]) -> Response:
    """Signs out every browser that is signed in under this name."""
    door = door_of(request)
    people.sign_out_everywhere(door.ledger, _own(request).id)
    response = RedirectResponse("/", 303)
    door.close(request, response)
    return response


def _own(request: Request) -> Account:
    """The account of whoever asks. Raises Refused for whoever is at this machine without one."""
    person: Person = request.state.person
    with door_of(request).ledger.reading() as connection:
        found = people.account(connection, person.id) if person.via == "session" else None
    if found is None:
        raise Refused(404, "Whoever is at this machine needs no account, and has none.")
    return found


def _own_page(request: Request, status: int = 200, said: str = "", secret: str | None = None) -> Response:
    door, person = door_of(request), request.state.person
    with door.ledger.reading() as connection:
        held = people.tokens(connection, person.id)
    now = door.options.clock()
    context = {
        "said": said,
        "secret": secret,
        "tokens": [(token, token.good(now)) for token in held],
        "roles": [role for role in people.ROLES if person.may(role)],
        "longest": people.LONGEST_TOKEN,
    }
    return showing.page(request, "account.html", context, status)


# ---- all accounts


@router.get("/people", dependencies=[_ALL], name="people")
def everybody(request: Request) -> Response:
    """All accounts and their tokens."""
    door = door_of(request)
    with door.ledger.reading() as connection:
        held, tokens = people.accounts(connection), people.tokens(connection)
    now = door.options.clock()
    rows = [(one, [token for token in tokens if token.account == one.id and token.good(now)]) for one in held]
    return showing.page(request, "people.html", {"rows": rows, "roles": people.ROLES})


@router.post("/people", dependencies=[_ALL])
def add(request: Request, given: Annotated[Added, Form()]) -> Response:
    """Somebody new."""
    door = door_of(request)
    kept = door.passwords.hashed(given.password)
    people.add(door.ledger, given.name, given.role, kept, door.options.clock())
    return _back()


@router.post("/people/{who}/role", dependencies=[_ALL])
def set_role(request: Request, who: str, given: Annotated[Role, Form()]) -> Response:
    """Another role for somebody, who is signed out."""
    door, found = _found(request, who)
    people.set_role(door.ledger, found.id, given.role)
    return _back()


@router.post("/people/{who}/name", dependencies=[_ALL])
def rename(request: Request, who: str, given: Annotated[Name, Form()]) -> Response:
    """Another name for somebody, whose decisions stay signed as they are."""
    door, found = _found(request, who)
    people.rename(door.ledger, found.id, given.name)
    return _back()


@router.post("/people/{who}/password", dependencies=[_ALL])
def set_password(request: Request, who: str, given: Annotated[Password, Form()]) -> Response:
    """Another password for somebody, who is signed out."""
    door, found = _found(request, who)
    people.set_password(door.ledger, found.id, door.passwords.hashed(given.password))
    return _back()


@router.post("/people/{who}/disable", dependencies=[_ALL])
def disable(request: Request, who: str, _given: Annotated[Nothing, Form()]) -> Response:
    """Somebody is let in no more."""
    door, found = _found(request, who)
    people.disable(door.ledger, found.id)
    return _back()


@router.post("/people/{who}/enable", dependencies=[_ALL])
def enable(request: Request, who: str, _given: Annotated[Nothing, Form()]) -> Response:
    """Somebody is let in again."""
    door, found = _found(request, who)
    people.enable(door.ledger, found.id)
    return _back()


@router.post("/people/{who}/erase", dependencies=[_ALL])
def erase(request: Request, who: str, given: Annotated[Name, Form()]) -> Response:
    """Forgets somebody's name for good, if that is the name that was typed."""
    door, found = _found(request, who)
    if people.folded(given.name) != people.folded(found.name or ""):
        raise Refused(422, "That is another name than the account has; nobody was erased.")
    people.erase(door.ledger, found.id)
    return _back()


@router.post("/people/{who}/tokens/{token}/revoke", dependencies=[_ALL])
def revoke(request: Request, who: str, token: str, _given: Annotated[Nothing, Form()]) -> Response:
    """Somebody's token is good for nothing from now on."""
    door, found = _found(request, who)
    people.revoke(door.ledger, token, door.options.clock(), of=found.id)
    return _back()


def _found(request: Request, who: str) -> tuple[Door, Account]:
    """The account of that id. Raises Refused where there is none."""
    door = door_of(request)
    with door.ledger.reading() as connection:
        found = people.account(connection, who)
    if found is None or found.id != who:
        raise Refused(404)
    return door, found


def _back() -> Response:
    return RedirectResponse("/people", 303)
