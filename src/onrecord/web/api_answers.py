"""How the API answers: one shape of success, tags by which a client asks whether anything is new, names hidden from readers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response

from onrecord.exports.private import IDS
from onrecord.web import access
from onrecord.web.board import Board
from onrecord.web.desk import Desk, desk_of
from onrecord.web.failing import Refused
from onrecord.web.shapes import Failure

PREFIX = "/api/v1"
_TAG = re.compile(r'(?:W/)?"([^"]*)"')

STATUSES = {
    304: "nothing has changed since the answer with that ETag",
    400: "the body is no JSON",
    401: "nobody is signed in",
    403: "this is for another role",
    404: "there is nothing under that name",
    409: "something else stands against it: it is gone, undone or merged already",
    412: "it has changed since it was shown: details has its values and its version of now",
    413: "that is more than is taken at once",
    422: "a word, a value or a field makes no sense; the message names it",
    428: "If-Match is missing: the ETag of the target as it was shown",
    429: "too many requests: wait, and try again",
    500: "something went wrong here",
    503: "the ledger is taken at this moment: try again",
}
"""What each status that is no success means here."""


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documented answers of a route: those, and the ones that any route may give."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*statuses, 401, 403, 413, 422, 429, 500, 503}):
        found[status] = {"description": STATUSES[status], **({} if status == 304 else {"model": Failure})}
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, the moment it is answered from, and who asks. masked: names of private persons are hidden from them."""

    desk: Desk
    board: Board
    person: access.Person
    masked: bool
    known: str | None

    @property
    def tag(self) -> str:
        """Names what this person may see at this moment."""
        return f"{self.board.state}.{'masked' if self.masked else 'open'}"

    def unchanged(self) -> Response | None:
        """The answer for a client that has this moment's already."""
        tags = [found.group(1) for found in _TAG.finditer(self.known or "")]
        for tag in tags:
            if tag == self.tag or tag.partition(".")[2] == self.tag:
                given = f'"{tag}"' if tag != self.tag else f'W/"{tag}"'
                return Response(status_code=304, headers={"ETag": given})
        return None

    def page(self, rows: list[Any], following: str | None) -> Response:
        """A page of a list."""
        return self._said(rows, following, f'W/"{self.tag}"')

    def one(self, thing: Any, version: str | None = None, status: int = 200) -> Response:
        """One thing. version: of a target that is decided on, for If-Match."""
        # A version could tell a reader whether a name that is hidden was guessed right
        strong = version is not None and not self.masked
        return self._said(thing, None, f'"{version}.{self.tag}"' if strong else f'W/"{self.tag}"', status)

    def _said(self, data: Any, following: str | None, tag: str, status: int = 200) -> Response:
        body = {"data": self.shown(data), "meta": {"next": following, "state": self.board.state}}
        return JSONResponse(body, status, headers={"ETag": tag})

    def shown(self, value: Any) -> Any:
        """A value as this person may see it."""
        return _masked(value, self.board.private.masked) if self.masked else value


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {
            name: one if name in IDS and isinstance(one, str) else _masked(one, mask) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_masked(one, mask) for one in value]
    return value


def asked(
    request: Request,
    if_none_match: Annotated[str | None, Header(max_length=1000, description="an ETag that the client has")] = None,
) -> Asked:
    """The request as routes read it. Raises SignInFirst where nobody is known to ask: every route here has a role."""
    person: access.Person | None = getattr(request.state, "person", None)
    if person is None:
        raise access.SignInFirst
    desk = desk_of(request)
    return Asked(desk, desk.board(), person, not person.knows_names, if_none_match)


Asking = Annotated[Asked, Depends(asked)]


def reads(
    router: APIRouter, path: str, shape: Any, *statuses: int, role: access.Needs = access.READER, **more: Any
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Adds a route that only reads: GET, and HEAD beside it. Its handler takes `asked`; who has the answer gets 304 without it."""

    def added(handler: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(handler)
        def answered(*, asked: Asked, **given: Any) -> Response:
            return asked.unchanged() or handler(asked=asked, **given)

        rule = [Depends(role)]
        said = {"responses": {**responses(304, *statuses), **more.pop("responses", {})}, "dependencies": rule, **more}
        router.add_api_route(PREFIX + path, answered, methods=["GET"], response_model=shape, **said)
        router.add_api_route(
            PREFIX + path, answered, methods=["HEAD"], dependencies=rule, include_in_schema=False, response_model=None
        )
        return answered

    return added


def nothing() -> Refused:
    """The one answer for an id that is unknown, gone or hidden: none tells which."""
    return Refused(404)
