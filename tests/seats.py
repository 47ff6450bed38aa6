"""People at the desk: a client of an application for each, in whatever role, as if they had signed in."""

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.ledger import Ledger
from onrecord.web import Options, application
from onrecord.web.access import Person, Role
from onrecord.web.desk import Desk

ADDRESS = "http://127.0.0.1:8000"


class Seat:
    """Says who asks, after all that stands before the application."""

    def __init__(self, app: ASGIApp, person: Person | None) -> None:
        self._app = app
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["person"] = self._person
        await self._app(scope, receive, send)


def seated(ledger: Ledger, name: str, role: Role, desk: Desk | None = None) -> TestClient:
    """A person of that role. desk: one that others sit at, too."""
    app: FastAPI = application(ledger, Options(by=name))
    if desk is not None:
        app.state.desk = desk
    app.user_middleware.append(Middleware(Seat, person=Person(name, name, role, "local")))
    headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    return TestClient(app, base_url=ADDRESS, headers=headers, follow_redirects=False)
