"""Lists a page at a time, and the filters that they share with the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Request

from onrecord.errors import WrongUse
from onrecord.exports.filters import Filter
from onrecord.web.failing import Refused
from onrecord.web.showing import for_people

Thing = TypeVar("Thing")
SIZE = 50
_DAYS = ("since", "until")
_NAMES = ("since", "until", "place", "kind", "actor", "status", "outlet", "campaign")


@dataclass(frozen=True, slots=True)
class Page(Generic[Thing]):
    """Some of a list. total: of the whole; first: the number of the first one here, from 1; before, after: addresses of the pages
    around it, None at the ends.
    """

    things: Sequence[Thing]
    total: int
    first: int
    before: str | None
    after: str | None


def asked(request: Request) -> tuple[Filter, dict[str, str]]:
    """The filter that an address asks for, and its words as typed. Raises Refused for what no filter can be."""
    given = {name: value for name in _NAMES if (value := request.query_params.get(name, "").strip())}
    try:
        days: dict[str, date] = {name: date.fromisoformat(given[name]) for name in _DAYS if name in given}
    except ValueError:
        wrong = next(n for n in _DAYS if n in given and not _is_day(given[n]))
        raise Refused(422, f"{wrong} {given[wrong]}: is not a day; write it as YYYY-MM-DD") from None
    try:
        values: dict[str, Any] = dict(given)
        return Filter(**(values | days)), given
    except WrongUse as error:
        raise Refused(422, for_people(str(error))) from None


def _is_day(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True


def page(request: Request, things: Sequence[Thing], key: Callable[[Thing], str], size: int = SIZE) -> Page[Thing]:
    """The page that an address asks for: by the thing before it, so that a list which grows skips and repeats nothing. key: of a thing,
    its own.
    """
    after, before = request.query_params.get("after"), request.query_params.get("before")
    keys = [key(thing) for thing in things]
    start = 0
    if after is not None:
        start = keys.index(after) + 1 if after in keys else 0
    elif before is not None:
        start = max(0, keys.index(before) - size) if before in keys else 0
    shown = things[start : start + size]
    more = start + size < len(things)
    return Page(
        shown,
        len(things),
        start + 1 if shown else 0,
        address(request, before=keys[start]) if start else None,
        address(request, after=keys[start + size - 1]) if more else None,
    )


def address(request: Request, **changed: str | None) -> str:
    """The address of this page with other values in its query; None takes one out, and so is the place in the list."""
    query: Mapping[str, str] = {k: v for k, v in request.query_params.items() if k not in ("after", "before", "done")}
    kept = {name: value for name, value in {**query, **changed}.items() if value is not None}
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path
