"""Cells of a spreadsheet → the words by which a person sets a field. What could be read in two ways is refused, not guessed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from onrecord import decisions
from onrecord.decisions.values import UNKNOWN, fields, listed, parsed
from onrecord.errors import WrongUse
from onrecord.exports.marks import plain
from onrecord.exports.private import WITHHELD, Cell
from onrecord.exports.sheets import unescaped
from onrecord.records import NOTHING_SAID, Bounds, Quantity
from onrecord.wording import numbers

_THOUSANDS = re.compile(r"\d{1,3}(?:([, '’\u00a0\u202f])\d{3})(?:\1\d{3})*")
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0*)?")
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,20})?(?:[eE][+-]?\d{1,3})?")
_ERRORS = frozenset({"#REF!", "#NAME?", "#VALUE!", "#N/A", "#DIV/0!", "#NULL!", "#NUM!"})
_MOST = 1_000
_VERDICTS = {
    "confirmed": "confirm", "confirm": "confirm", "rejected": "reject", "reject": "reject",
    "not an incident": "not_an_incident", "not_an_incident": "not_an_incident",
}  # fmt: skip


class Unclear(Exception):
    """A cell that is not taken; the sentence says why."""


def text(cell: Cell) -> str | None:
    """What a cell says as words, the apostrophe in front undone; None for an empty one. Raises Unclear."""
    if cell is None:
        return None
    said = " ".join((unescaped(cell) if isinstance(cell, str) else plain(cell)).split())
    if said in _ERRORS:
        raise Unclear(f"{said} is an error of the spreadsheet")
    if WITHHELD in said:
        raise Unclear(f"{WITHHELD} stands for a name, and is none")
    if len(said) > _MOST:
        raise Unclear(f"has {len(said):,} characters; {_MOST:,} are kept at most")
    return said or None


def whole(column: str, cell: Cell) -> int | None:
    """A whole number, as a spreadsheet may have rewritten it ("12.0", "1,234"); None for an empty cell. Raises Unclear."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        if cell < 0:
            raise Unclear(f"{column}: {cell} is below zero")
        return cell
    said = text(cell)
    if said is None:
        return None
    if match := _WHOLE.fullmatch(said):
        return int(match[1])
    if _THOUSANDS.fullmatch(said):
        return int(re.sub(r"\D", "", said))
    raise Unclear(f"{column}: {said} is not clearly a whole number; write it in digits alone")


def degrees(column: str, cell: Cell, most: int) -> float | None:
    """A latitude or longitude; None for an empty cell. Raises Unclear."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        found = float(cell)
    else:
        said = text(cell)
        if said is None:
            return None
        # A comma is the decimal one: thousands of degrees there are none
        if not _DEGREES.fullmatch(said):
            raise Unclear(f"{column}: {said} is no number of degrees; write it as 54.25")
        found = float(said.replace(",", "."))
    if not abs(found) <= most:
        raise Unclear(f"{column}: {found:g} lies outside of -{most} to {most} degrees")
    return found


def day(column: str, cell: Cell) -> date | None:
    """A day, written as YYYY-MM-DD or given as a date; None for an empty cell. Raises Unclear."""
    said = plain(text(cell))
    if not said:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", said):
            raise ValueError
        return date.fromisoformat(said)
    except ValueError:
        how = "write YYYY-MM-DD (a spreadsheet shows days so if you give the column that format, or make it text)"
        raise Unclear(f"{column}: {said} could be read in more than one way, or is no day; {how}") from None


def value(sort: str, field: str, cells: Mapping[str, Cell]) -> str:
    """The words that set a field of that kind of target. cells: those of its columns, in order. Raises Unclear."""
    names, found = list(cells), list(cells.values())
    form = fields()[sort][field]
    if form == "days":
        words = _days(names, found)
    elif form == "day":
        since = day(names[0], found[0])
        words = since.isoformat() if since else UNKNOWN
    elif form in ("bounds", "number") and len(found) == 3:
        words = _figures(sort, field, names, [whole(*one) for one in cells.items()])
    else:
        words = _words(form, found[0])
    return _checked(sort, field, words)


def place(sort: str, cells: Mapping[str, Cell], today: Mapping[str, Cell], moved: bool) -> str:
    """The words that set a place, with a point where one was given. moved: whether the point is another than that of today."""
    name = text(cells["place"])
    if moved:
        lat, lon = degrees("latitude", cells["latitude"], 90), degrees("longitude", cells["longitude"], 180)
        if lat is not None and lon is not None:
            if name is None or set(name) & set("()"):
                raise Unclear("a point needs the name of a place, without brackets")
            return _checked(sort, "place", f"{name} ({_decimal(lat)}, {_decimal(lon)})")
        if lat is not None or lon is not None:
            raise Unclear("latitude and longitude go together: give both, or none")
        if plain(cells["place"]) == plain(today["place"]) and name is not None:
            raise Unclear("a point cannot be taken away while the place stays")
    return _checked(sort, "place", name or UNKNOWN)


def campaigns(cells: Sequence[Cell], today: Sequence[Cell]) -> list[str]:
    """The words that put a row into campaigns and take it out. Raises Unclear."""
    now, was = ([one.strip() for one in (text(c) or "").split(";") if one.strip()] for c in (cells[0], today[0]))
    return [*(one for one in now if one not in was), *(f"not {one}" for one in was if one not in now)]


def verdict(cell: Cell) -> str:
    """The verdict that a review tells. Raises Unclear."""
    said = text(cell)
    if said is None:
        raise Unclear("a decision is taken back with: onrecord decide undo")
    found = _VERDICTS.get(said.casefold())
    if found is None:
        raise Unclear(f"{said}: what can be said here is confirmed, rejected, or not an incident")
    return found


def _words(form: str, cell: Cell) -> str:
    said = text(cell)
    if said is None:
        return UNKNOWN
    if form == "number":
        return plain(said)
    try:
        known = listed(form)
    except KeyError:
        return said
    folded = {one.replace("_", " "): one for one in known}
    return folded.get(said.casefold().replace("_", " "), said)


def _days(names: Sequence[str], cells: Sequence[Cell]) -> str:
    first, last = (day(*one) for one in zip(names, cells, strict=True))
    if first is None and last is None:
        return UNKNOWN
    if first is None or last is None:
        raise Unclear(f"{names[0] if first is None else names[1]} is empty: give both days, or neither")
    if last < first:
        raise Unclear(f"{names[1]} {last} lies before {names[0]} {first}")
    return first.isoformat() if first == last else f"{first}/{last}"


def _figures(sort: str, field: str, names: Sequence[str], found: Sequence[int | None]) -> str:
    """Words that come to just these bounds."""
    wanted = Bounds(*found)
    if wanted == NOTHING_SAID:
        return UNKNOWN
    low, best, high = found
    tries = [
        str(best),
        f"{low}-{best}-{high}",
        f"{low}-{high}",
        f"at least {low}",
        f"up to {high}",
        f"more than {low and low - 1}",
    ]
    for words in tries:
        try:
            made = parsed(sort, field, words) if "None" not in words else None
        except WrongUse:
            continue
        if (numbers.bounds(made) if isinstance(made, Quantity) else made) == wanted:
            return words
    said = ", ".join(f"{name} {'empty' if one is None else one}" for name, one in zip(names, found, strict=True))
    raise Unclear(f"{said}: no figure is like that; give lowest, best and highest in this order, or none of them")


def _decimal(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _checked(sort: str, field: str, words: str) -> str:
    try:
        decisions.check(sort, field, words)
    except WrongUse as error:
        raise Unclear(str(error).removeprefix("--value ")) from None
    return words
