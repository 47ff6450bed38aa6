"""Asking the API, as somebody of a role."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from invented import NOW, intake, reading, story
from onrecord import pipeline
from onrecord.engines import reader_name
from onrecord.ledger import Ledger, open_ledger, write
from onrecord.records import Source
from onrecord.web import Options, application
from onrecord.web.access import Person

API = "/api/v1"
LISTS = (
    "stories", "claims", "events", "tallies", "incidents", "plans", "families", "mutations", "decisions", "campaigns",
)  # fmt: skip
SYLLABLES = ["Bor", "Cael", "Dru", "Fen", "Gail", "Hesk", "Jorv", "Kell", "Lorm", "Mard"]
SELLERS = [
    f"{first}a {last}wick{n}" for n, (first, last) in enumerate((a, b) for a in SYLLABLES[:5] for b in SYLLABLES)
]
SELLERS = [name.translate(str.maketrans("0123456789", "abcdefghij")) for name in SELLERS]
"""Fifty people who hold no office."""
THINGS = ("stories", "claims", "events", "tallies", "incidents", "plans", "families", "decisions")


class As:
    """Lets every request come from one person, or from nobody."""

    def __init__(self, app: ASGIApp, person: Person | None) -> None:
        self._app, self._person = app, person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope.setdefault("state", {})["person"] = self._person
        await self._app(scope, receive, send)


def served(ledger: Ledger, role: str | None = "coder", name: str = "ines") -> Any:
    """The application, asked by somebody of that role; None: by nobody who is known."""
    app = application(ledger, Options(by=name))
    person = Person(name, name, role, "local") if role is not None else None  # type: ignore[arg-type]
    app.user_middleware.append(Middleware(As, person=person))
    return app


def client(ledger: Ledger, role: str | None = "coder", name: str = "ines") -> TestClient:
    """Asks that application."""
    own = {"Sec-Fetch-Site": "same-origin"}
    return TestClient(
        served(ledger, role, name), base_url="http://127.0.0.1:8000", headers=own, raise_server_exceptions=False
    )


def all_of(asks: TestClient, table: str, **query: Any) -> list[dict[str, Any]]:
    """Every row of a list, page by page."""
    rows: list[dict[str, Any]] = []
    following: str | None = ""
    while following is not None:
        more = {"cursor": following} if following else {}
        answer = asks.get(f"{API}/{table}", params={"limit": 200, **query, **more})
        assert answer.status_code == 200, answer.text
        rows += answer.json()["data"]
        following = answer.json()["meta"]["next"]
    return rows


def invented_ledger(path: Path, sellers: list[str]) -> Ledger:
    """A ledger of one invented story for each of those private persons, who is quoted there."""
    ledger = open_ledger(str(path), create=True)
    for number, seller in enumerate(sellers, start=1):
        text = story().text.replace("Oda Brenk", seller).replace("she added", f"{seller.split()[-1]} added")
        told = story(number, text, headline=f"{seller} saw shells hit the quay", outlet=f"Outlet {number}")
        found = reading(told, reader_name(), Source("named_person", seller))
        found = replace(found, credits=tuple(replace(credit, relation="republished_from") for credit in found.credits))
        write.store(ledger, [intake(told, f"{number}.txt")], [found], NOW)
    pipeline.rebuild(ledger, "joint", NOW)
    return ledger
