"""Pages by which people come in, go out, and make the first account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from onrecord.errors import WrongUse
from onrecord.ledger import people
from onrecord.web import access, showing
from onrecord.web.door import door_of
from onrecord.web.failing import Refused
from onrecord.web.onward import local

router = APIRouter()
_NO_MATCH = "That name and that password do not go together."

Short = Annotated[str, Field(max_length=200)]
Secret = Annotated[str, Field(max_length=4096)]


class Filled(BaseModel):
    """A form that was filled in, with no field that it does not have."""

    model_config = ConfigDict(extra="forbid")


class SignIn(Filled):
    """A name, a password, and where to go on."""

    name: Short
    password: Secret
    next: Annotated[str, Field(max_length=4096)] = "/"


class SetUp(Filled):
    """The code that was printed where the desk was started, and the first admin's name and password, twice."""

    code: Short
    name: Short
    password: Secret
    again: Secret


class Nothing(Filled):
    """A button."""


@router.get("/sign-in", dependencies=[Depends(access.ANYONE)], name="sign_in")
def sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002
    """Asks for name and password."""
    door = door_of(request)
    if door.options.beyond and not door.any_account():
        return RedirectResponse(str(request.url_for("set_up")), 303)
    if request.state.person is not None:
        return RedirectResponse(local(next), 303)
    return _asked(request, 200, "", "", local(next))


@router.post("/sign-in", dependencies=[Depends(access.ANYONE)], name="sign_in_now")
def sign_in_now(request: Request, given: Annotated[SignIn, Form()]) -> Response:
    """Signs in."""
    door, next_ = door_of(request), local(given.next)
    try:
        account = door.admit(request.scope, given.name, given.password)
    except Refused as refused:
        page = _asked(request, refused.status, str(refused), given.name, next_)
        page.headers["Retry-After"] = str(refused.details["wait"])
        return page
    if account is None:
        return _asked(request, 401, _NO_MATCH, given.name, next_)
    response = RedirectResponse(next_, 303)
    door.open(request, response, account)
    return response


def _asked(request: Request, status: int, said: str, name: str, next_: str) -> Response:
    return showing.page(request, "sign_in.html", {"said": said, "name": name, "next": next_}, status)


@router.post("/sign-out", dependencies=[Depends(access.ANYONE)], name="sign_out")
def sign_out(request: Request, _given: Annotated[Nothing, Form()]) -> Response:
    """Signs out."""
    response = RedirectResponse("/", 303)
    door_of(request).close(request, response)
    return response


@router.get("/set-up", dependencies=[Depends(access.ANYONE)], name="set_up")
def set_up(request: Request) -> Response:
    """Asks for the code, and for whom to make the first account."""
    _refuse_set_up(request)
    return _set_up_page(request, 200, "", "")


@router.post("/set-up", dependencies=[Depends(access.ANYONE)], name="set_up_now")
def set_up_now(request: Request, given: Annotated[SetUp, Form()]) -> Response:
    """Makes the first account, an admin's, and signs it in."""
    _refuse_set_up(request)
    door = door_of(request)
    try:
        if not door.has_code(request.scope, given.code):
            return _set_up_page(
                request, 403, "That is not the code that was printed where the desk was started.", given.name
            )
    except Refused as refused:
        page = _set_up_page(request, refused.status, str(refused), given.name)
        page.headers["Retry-After"] = str(refused.details["wait"])
        return page
    if given.password != given.again:
        return _set_up_page(request, 422, "The two passwords differ.", given.name)
    try:
        kept = door.passwords.hashed(given.password)
        account = people.add(door.ledger, given.name, "admin", kept, door.options.clock(), first=True)
    except WrongUse as error:
        return _set_up_page(request, 409 if door.any_account() else 422, str(error), given.name)
    response = RedirectResponse("/", 303)
    door.open(request, response, account)
    return response


def _refuse_set_up(request: Request) -> None:
    door = door_of(request)
    if not door.options.beyond or door.any_account():
        raise Refused(404)


def _set_up_page(request: Request, status: int, said: str, name: str) -> Response:
    return showing.page(request, "set_up.html", {"said": said, "name": name}, status)
