"""Tables on their way out: columns with meanings and types, rows, and the text forms of both."""

import json
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from onrecord.errors import BadTable
from onrecord.exports.private import Cell, Row

ColumnType = Literal["string", "integer", "number", "boolean", "date", "datetime"]
"""As Table Schema (datapackage.json) calls them. Dates are ISO 8601 days, moments ISO 8601 with UTC, both as text in a row."""

# What a spreadsheet runs, or trims away to something that it runs; and the apostrophe itself, so that it can be undone
_FORMULA = re.compile("\\A(?:[\\s\ufeff\"]*+[=+@＝＋－＠|%-]|[\\s\ufeff'])")


@dataclass(frozen=True, slots=True)
class Column:
    """A column. meaning: a sentence for the codebook."""

    name: str
    meaning: str
    type: ColumnType = "string"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. name: that of its file without the ending. Each row has every column, None for unknown."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    @property
    def header(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self.columns]


@cache
def columns_of(codebook: str) -> tuple[Column, ...]:
    """The columns of a codebook's table, by `codebooks/NAME.toml`: one `[[column]]` for each, with name, meaning, and type where
    it is not text.
    """
    raw = tomllib.loads(files("onrecord.exports").joinpath(f"codebooks/{codebook}.toml").read_text("utf-8"))
    found = tuple(Column(row["name"], row["meaning"], row.get("type", "string")) for row in raw["column"])
    if odd := [column.name for column in found if column.type not in get_args(ColumnType)]:
        raise BadTable(f"{codebook}.toml: the type of {', '.join(odd)} is none of {', '.join(get_args(ColumnType))}")
    return found


def as_csv(header: list[str], rows: Iterable[Row], *, separator: str = ",", unknown: str = "") -> str:
    """Rows as CSV text: UTF-8, a header, empty for unknown, lines ended by a line feed.

    Text that a spreadsheet would run as a formula, or that begins with white space or an apostrophe, gets an apostrophe
    in front: taking one away from every text cell that begins with one gives the value back. Numbers stay numbers.
    separator, unknown: of a codebook that has others.
    """
    lines = [header, *([_cell(row[column], unknown) for column in header] for row in rows)]
    return "".join(separator.join(_quoted(cell, separator) for cell in line) + "\n" for line in lines)


def as_lines(rows: Iterable[Row]) -> str:
    """Rows as JSON Lines: an object a line, null for unknown."""
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def escaped(words: str) -> str:
    """A text as a cell that no spreadsheet runs."""
    return "'" + words if _FORMULA.match(words) else words


def unescaped(words: str) -> str:
    """The text that such a cell was made of."""
    return words.removeprefix("'")


def _quoted(cell: str, separator: str) -> str:
    # The csv module leaves a carriage return bare where lines end with a line feed, and reads it as the end of a line
    if not cell or not (separator in cell or '"' in cell or "\n" in cell or "\r" in cell):
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _cell(value: Cell, unknown: str) -> str:
    if value is None:
        return unknown
    if isinstance(value, bool):
        return "true" if value else "false"
    return escaped(value) if isinstance(value, str) else str(value)
