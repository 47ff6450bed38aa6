"""What a row said when it went out, in one word that survives a spreadsheet: a digest of each field that can be set.

With it a table that comes back needs no file beside it: a cell that says what the mark says was not touched, whatever has
become of the ledger meanwhile.
"""

import hashlib
import math
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from onrecord.exports.private import Cell, Row
from onrecord.records import TargetKind

COLUMN = "row_version"
REST = "(rest)"
"""The columns that cannot be set, as one group."""

_DIGITS = 4
_MARK = re.compile(r"v([0-9a-f]{3})((?:[0-9a-f]{4})+)")
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,20})?(?:[eE][+-]?\d{1,3})?")
_MIDNIGHT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T]00:00(?::00(?:\.0+)?)?")


@dataclass(frozen=True, slots=True)
class Settable:
    """What can be set of the rows of a table. sort: the kind of target; columns: of each field."""

    table: str
    sort: TargetKind
    columns: dict[str, tuple[str, ...]]


@cache
def settable() -> dict[str, Settable]:
    """By table, those whose rows have something that can be set."""
    raw = tomllib.loads(files("onrecord.exports").joinpath("returning.toml").read_text("utf-8"))
    return {
        table: Settable(table, one["sort"], {field: tuple(names) for field, names in one["columns"].items()})
        for table, one in raw.items()
    }


def marked(table: str, rows: Iterable[Row]) -> Iterable[Row]:
    """The rows with their marks, in the column for them; those of a table of which nothing can be set as they are."""
    return ({**row, COLUMN: mark(table, row)} for row in rows) if table in settable() else rows


def mark(table: str, row: Row) -> str:
    """The mark of a row as it goes out: `v`, three digits for the table and its fields, four for each of these, four for the rest.

    A letter in front keeps a spreadsheet from reading it as a number.
    """
    pieces = [f"v{_signs()[table]}"]
    known = settable()[table].columns
    pieces += [digest([row.get(column) for column in columns]) for columns in known.values()]
    return "".join((*pieces, digest(rest(table, row).values())))


def read(word: str) -> tuple[str, dict[str, str]] | None:
    """The table, and the digest of each of its fields and of the rest, that a mark tells; None for what is no mark of ours."""
    match = _MARK.fullmatch(word.strip())
    table = next((table for table, sign in _signs().items() if match is not None and sign == match[1]), None)
    if match is None or table is None:
        return None
    names = (*settable()[table].columns, REST)
    found = [match[2][at : at + _DIGITS] for at in range(0, len(match[2]), _DIGITS)]
    return (table, dict(zip(names, found, strict=True))) if len(found) == len(names) else None


def rest(table: str, row: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells of a row that cannot be set."""
    taken = _taken(table)
    return {column: cell for column, cell in row.items() if column not in taken}


def digest(cells: Iterable[Cell]) -> str:
    """Four hex digits of what some cells say."""
    said = "\x1f".join(map(plain, cells))
    return hashlib.blake2s(said.encode("utf-8", "surrogatepass"), digest_size=_DIGITS // 2).hexdigest()


def plain(cell: Cell) -> str:
    """What a cell says, whatever a spreadsheet makes of its form: white space and composed letters, the apostrophe that
    keeps it from being a formula, "12.0" for 12, a midnight behind a day, TRUE for true.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        return _figure(float(cell)) if isinstance(cell, float) else str(cell)
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", cell).replace("\ufeff", " ")
    text = " ".join(cell.split())
    # Whoever takes the apostrophe away, or adds one, has not said anything else
    text = text.lstrip("' ") if text[:1] == "'" else text
    if text[:1] in "+-0123456789" and text:
        if _NUMBER.fullmatch(text) and math.isfinite(number := float(text.replace(",", "."))):
            return _figure(number)
        if match := _MIDNIGHT.fullmatch(text):
            return match[1]
    return text.casefold() if text in ("TRUE", "FALSE", "True", "False") else text


def _figure(number: float) -> str:
    """To four decimals, which is as far as a point on a map goes."""
    found = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if found == "-0" else found


@cache
def _signs() -> dict[str, str]:
    """Three digits for each table and what can be set of it: a mark of other fields is of no use."""
    found = {}
    for table, one in settable().items():
        said = repr((table, one.columns)).encode()
        found[table] = hashlib.blake2s(said, digest_size=2).hexdigest()[:3]
    return found


@cache
def _taken(table: str) -> frozenset[str]:
    return frozenset((COLUMN, *(column for columns in settable()[table].columns.values() for column in columns)))
