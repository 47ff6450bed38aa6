"""What is noted of requests: a line for each, in which nothing of a stranger's can do anything."""

import logging

from starlette.datastructures import Headers
from starlette.types import Scope

from onrecord.exports.harmless import in_line
from onrecord.web.access import Person

LOG = logging.getLogger("onrecord.web")
_LONGEST = 200


class OneLine(logging.Formatter):
    """Whatever is noted, the traces of errors too, in one line that a terminal can be shown."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return in_line(" | ".join(super().format(record).splitlines()))


def escaped(text: str) -> str:
    """A stranger's words in plain ASCII, line ends and all else that a terminal obeys spelled out, and not too many."""
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return cut.encode("unicode_escape").decode("ascii").replace('"', "\\x22")


def line(scope: Scope, status: int, seconds: float) -> str:
    """A request in one line: from where, who, what, and with what outcome. Neither query nor cookie nor token is in it."""
    person: Person | None = scope.get("state", {}).get("person")
    path = (scope.get("raw_path") or b"").partition(b"?")[0].decode("ascii", "backslashreplace") or scope["path"]
    agent = Headers(scope=scope).get("user-agent", "")
    asked = f"{escaped(scope['method'])} {escaped(path)}"
    by = escaped(person.id).replace(" ", "_") if person else "-"
    return f'{address(scope)} {by} {asked} {status} {seconds * 1000:.0f}ms "{escaped(agent)}"'


def address(scope: Scope) -> str:
    """From where a request comes, as far as that is known."""
    return escaped((scope.get("client") or ("?", 0))[0])
