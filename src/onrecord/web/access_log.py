"""What is noted of requests: a line for each, for people or for programs, in which nothing of a stranger's can do anything."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex

from starlette.types import Scope

from onrecord.exports.harmless import in_line
from onrecord.web.access import Person
from onrecord.web.counting import route

LOG = logging.getLogger("onrecord.web")
_LONGEST = 200
_REQUEST: ContextVar[str | None] = ContextVar("request", default=None)


class OneLine(logging.Formatter):
    """Whatever is noted, the traces of errors too, in one line that a terminal can be shown."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        id_ = _REQUEST.get()
        said = in_line(" | ".join(super().format(record).splitlines()))
        return f"{said} [{id_}]" if id_ else said


class Json(logging.Formatter):
    """The same as one object of JSON a line: at, level, said or what is noted of a request, id of the request, trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "id": _REQUEST.get(),
        }
        request: dict[str, object] | None = getattr(record, "request", None)
        told |= request if request is not None else {"said": record.getMessage()}
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told)


def begun() -> str:
    """A name for the request that this task answers from now on; whatever is noted meanwhile has it."""
    id_ = token_hex(8)
    _REQUEST.set(id_)
    return id_


def escaped(text: str) -> str:
    """A stranger's words in plain ASCII, line ends and all else that a terminal obeys spelled out, and not too many."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return cut.encode("unicode_escape").decode("ascii").replace('"', "\\x22")


def note(scope: Scope, status: int, seconds: float) -> None:
    """Notes a request, where each is to be: from where, in what role, the method, the template of its route, the outcome. Nobody's
    name is in it, neither path nor query, neither cookie nor token.
    """
    if not LOG.isEnabledFor(logging.INFO):
        return
    person: Person | None = scope.get("state", {}).get("person")
    told = {
        "from": address(scope),
        "role": person.role if person else None,
        "method": escaped(scope["method"]),
        "route": route(scope),
        "status": status,
        "ms": round(seconds * 1000),
    }
    line = "%(from)s %(role)s %(method)s %(route)s %(status)d %(ms)dms"
    LOG.info(line, told | {"role": told["role"] or "-"}, extra={"request": told})


def address(scope: Scope) -> str:
    """From where a request comes, as far as that is known."""
    return escaped((scope.get("client") or ("?", 0))[0])
