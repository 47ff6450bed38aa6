"""Templates → pages. Names of private persons are masked for those who only read, in whatever a template prints."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.filters import do_truncate, do_urlencode
from jinja2.runtime import Context
from markupsafe import Markup

from onrecord import incidents
from onrecord.decisions import shown
from onrecord.exports import judged
from onrecord.exports.harmless import harmless
from onrecord.pipeline import Outcome
from onrecord.records import Bounds, Decision, Standing
from onrecord.web.access import Person
from onrecord.web.board import Board
from onrecord.web.desk import Desk
from onrecord.web.queue import TAGS

_OPTIONS = re.compile(r"--([a-z]+)")


@pass_context
def _printed(context: Context, value: Any) -> Any:
    """What a template prints: None as nothing; for a reader, text without the names of private persons."""
    if value is None:
        return ""
    mask = context.get("mask")
    if mask is not None and isinstance(value, str) and not isinstance(value, Markup):
        return mask(value)
    return value


@pass_context
def _address(context: Context, value: Any) -> str:
    """A value as a part of an address, which is printed too."""
    return do_urlencode(_printed(context, str(value)))


@pass_context
def _cut(context: Context, value: str, length: int, killwords: bool = False) -> str:
    """The first letters of a text. Half a name is a name: it is blotted out before it is cut."""
    return do_truncate(context.environment, _printed(context, value), length, killwords)


def for_people(message: str) -> str:
    """A message of the program's without the dashes of its command line."""
    return _OPTIONS.sub(r"\1", message)


def figure(bounds: Bounds | None) -> str:
    """A count such as "9–9–13" or "6"; "?" where nothing is said."""
    if bounds is None or bounds == Bounds(None, None, None):
        return "?"
    low, best, high = ("?" if n is None else str(n) for n in (bounds.low, bounds.best, bounds.high))
    if low == best == high:
        return best
    if low == best and high == "?":
        return f"{best}+"
    return f"{low}–{best}–{high}"


def day(value: date | datetime | None) -> str:
    """A day such as "4 Sep 2024"; "undated" without one."""
    return f"{value.day} {value:%b} {value.year}" if value else "undated"


def days(when: Any) -> str:
    """The days of a time, or the words for it where they do not resolve."""
    if when is None:
        return "date unknown"
    if when.start is None:
        return f"“{when.span.text}”" if when.span else "date unknown"
    if when.end in (None, when.start):
        return day(when.start)
    return f"{day(when.start)} – {day(when.end)}"


def words(value: object) -> str:
    """A word of the closed lists as people read it: "drone_strike" is "drone strike"."""
    return str(value or "").replace("_", " ")


def link(url: str | None) -> str | None:
    """An address that a page may link to; None for any other than a web page's."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc else None
    except ValueError:
        return None


def together(standing: Standing, board: Board) -> tuple[Standing, Decision]:
    """How a decision stands, with the decision."""
    return standing, board.decisions[standing.decision]


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("onrecord.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        address=_address,
        truncate=_cut,
        figure=figure,
        day=day,
        days=days,
        words=words,
        link=link,
        harmless=harmless,
        together=together,
        zip=zip,
    )
    made.globals.update(
        shown=lambda target: dict(shown(target)),
        grade=incidents.grade,
        salt=lambda: token_hex(4),
        tagged=TAGS,
        dict=dict,
    )
    return made


_TEMPLATES = _environment()


def page(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page for the person who asks."""
    person: Person | None = getattr(request.state, "person", None)
    desk: Desk = request.app.state.desk
    # Whoever is not known is shown nothing of the ledger, and waits for nothing of it
    board: Board | None = (context.get("board") or desk.board()) if person is not None else None
    names = desk.people() if board else {}
    given = {
        "person": person,
        "may": person.may if person else lambda _role: False,
        "path": request.url.path,
        "mask": board.private.masked if board and person and not person.knows_names else None,
        "who": lambda id_: names.get(id_, id_),
        "versions_of": lambda row: desk.shown(row, row.id),
        "notice": _notice(board, request.query_params.get("done")) if board else None,
        **context,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(given), status)


def _notice(board: Board, done: str | None) -> dict[str, object] | None:
    """What was just decided, to be read, and undone, on the page that follows."""
    made = board.decisions.get(done or "")
    if made is None:
        return None
    standing = board.standing.get(made.id)
    undoable = made.verdict != "undo" and (standing is None or standing.state != "undone")
    return {"id": made.id, "sentence": judged.sentence(Outcome(made, standing or _PLAIN)), "undoable": undoable}


_PLAIN = Standing("", "carried", None, "")
