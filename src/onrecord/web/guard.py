"""What every request passes."""

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from onrecord.web.access import Person
from onrecord.web.options import Options


class Guard:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        self._app = app
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            scope.setdefault("state", {})["person"] = Person(self._options.by, self._options.by, "admin", "local")
        await self._app(scope, receive, send)


def install(app: FastAPI, options: Options) -> None:
    """Puts the guard before the application."""
    app.add_middleware(Guard, options=options)
