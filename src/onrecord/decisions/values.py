"""The words of a person's decision → the value that is set."""

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, get_args

from onrecord import records
from onrecord.errors import WrongUse
from onrecord.records import NOTHING_SAID, Bounds, Published, Quantity, When, Where
from onrecord.wording import numbers, places

UNKNOWN = "unknown"
"""What a person writes where a value is not known."""

_THREE = re.compile(r"\A(\d{1,9})\s*[-–/]\s*(\d{1,9})\s*[-–/]\s*(\d{1,9})")
_TWO = re.compile(r"\A(\d{1,9})\s*[-–]\s*(\d{1,9})")
_POINT = re.compile(r"\A(?P<name>[^()]++)\((?P<lat>-?\d{1,2}(?:\.\d{1,9})?),\s*(?P<lon>-?\d{1,3}(?:\.\d{1,9})?)\)")
_SETTLED = ("happened", "ongoing")
_LISTS: dict[str, tuple[str, ...]] = {
    **{name: get_args(getattr(records, name)) for name in ("EventKind", "Status", "SourceKind", "Stance", "TallyUnit")},
    "Settled": _SETTLED,
    # What is planned or doubted becomes no incident by a word about the plan: its event is set to have happened
    "Unsettled": tuple(status for status in get_args(records.Status) if status not in _SETTLED),
}


@cache
def fields() -> dict[str, dict[str, str]]:
    """For each kind of target the fields that can be set on it, with the kind of value."""
    return tomllib.loads(resources.files("onrecord.decisions").joinpath("fields.toml").read_text("utf-8"))


def listed(sort: str) -> tuple[str, ...]:
    """The words that a kind of value in fields.toml may take, where it has a closed list."""
    return _LISTS[sort]


def check(kind: str, field: str | None, value: str | None) -> None:
    """Raises WrongUse, in a sentence, where the field cannot be set on that kind of target, or not to that value."""
    parsed(kind, field, value)


def parsed(kind: str, field: str | None, value: str | None) -> Any:
    """The value that the words stand for; None for unknown.

    Words, a date or days (When), a place (Where), a publication time (Published), a number (Quantity, or Bounds on an
    incident), a campaign (its name and whether it belongs to it). Raises WrongUse.
    """
    known = fields().get(kind, {})
    if field is None or field not in known:
        raise WrongUse(f"--field {field or '(none)'}: of {_a(kind)} can be set: {', '.join(known) or 'nothing'}")
    if value is None or not value.strip():
        raise WrongUse(f"--value is missing: what is {field} to be? Write {UNKNOWN} where it is not known")
    words = value.strip()
    sort = known[field]
    if sort in _LISTS:
        if words not in _LISTS[sort]:
            raise WrongUse(f"--value {words}: {field} of {_a(kind)} is one of {', '.join(_LISTS[sort])}")
        return words
    if words == UNKNOWN and sort != "campaign":
        return {"bounds": NOTHING_SAID, "published": records.UNDATED}.get(sort)
    found = _PARSERS[sort](words)
    if found is None:
        raise WrongUse(f"--value {words}: {_HOW[sort]}, or {UNKNOWN}")
    return found


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeio" else f"a {kind}"


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def _days(words: str) -> When | None:
    first, _, last = words.partition("/")
    start, end = _day(first.strip()), _day((last or first).strip())
    if start is None or end is None or end < start:
        return None
    return When(start, end, "day" if start == end else "days", None)


def _place(words: str) -> Where | None:
    match = _POINT.fullmatch(words)
    if match is None:
        return places.resolve(words) or Where(words, None, None, None, None, "unknown", None)
    lat, lon = float(match["lat"]), float(match["lon"])
    if abs(lat) > 90 or abs(lon) > 180:
        return None
    name = match["name"].strip()
    known = places.resolve(name)
    return Where(name, None, known.country if known else None, lat, lon, "exact", None)


def _published(words: str) -> Published | None:
    day = _day(words)
    if day is None or day == date.max:
        return None
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return Published(start, start + timedelta(days=1), "day", "given")


def _number(words: str) -> Quantity | None:
    if words.isascii() and words.isdigit() and len(words) < 10:
        return Quantity(int(words))
    two = _TWO.fullmatch(words)
    if two is not None:
        return Quantity(int(two[1]), int(two[2])) if int(two[1]) <= int(two[2]) else None
    return numbers.parse(words)


def _bounds(words: str) -> Bounds | Quantity | None:
    three = _THREE.fullmatch(words)
    if three is None:
        return _number(words)
    low, best, high = (int(n) for n in three.groups())
    return Bounds(low, best, high) if low <= best <= high else None


def _campaign(words: str) -> tuple[str, bool]:
    out = words.removeprefix("not ")
    return out.strip(), out == words


_PARSERS: dict[str, Callable[[str], Any]] = {
    "words": lambda words: words,
    "days": _days,
    "day": _day,
    "place": _place,
    "country": lambda words: places.country_of(words) or words,
    "published": _published,
    "number": _number,
    "bounds": _bounds,
    "campaign": _campaign,
}
_HOW = {
    "days": "write a day as YYYY-MM-DD, or two as YYYY-MM-DD/YYYY-MM-DD",
    "day": "write a day as YYYY-MM-DD",
    "place": "write a name, with a point as NAME (LATITUDE, LONGITUDE) where no gazetteer holds it",
    "published": "write a day as YYYY-MM-DD",
    "number": "write a number (12), a range (5-7), or words such as at least 12",
    "bounds": "write a number (12), LOW-BEST-HIGH (9-12-15), or words such as at least 12",
}
