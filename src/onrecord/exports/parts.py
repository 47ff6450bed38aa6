"""The files that an export consists of, before they are described and written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from onrecord.exports.private import Row
from onrecord.exports.sheets import Column, Sheet, as_csv


@dataclass(frozen=True, slots=True)
class File:
    """A file of an export. sheet: the table that it holds, None for what is no table; separator, unknown: as its text has them,
    where it is CSV.
    """

    name: str
    data: bytes
    sheet: Sheet | None = None
    separator: str = ","
    unknown: str = ""


_BOOK = (
    Column("table", "the table, by the name of its file without the ending"),
    Column("column", "a column of it"),
    Column("meaning", "what the column means"),
)


def table(sheet: Sheet, *, ending: str = "csv", separator: str = ",", unknown: str = "") -> File:
    """A table as a file of CSV. separator, unknown: of a codebook that has others."""
    text = as_csv(sheet.header, sheet.rows, separator=separator, unknown=unknown)
    return File(f"{sheet.name}.{ending}", text.encode(), sheet, separator, unknown)


def explained(sheets: Iterable[Sheet]) -> Sheet:
    """What the columns of some tables mean, as a table."""
    rows: list[Row] = [
        {"table": sheet.name, "column": column.name, "meaning": column.meaning}
        for sheet in sheets
        for column in sheet.columns
    ]
    return Sheet("codebook", _BOOK, rows)


def codebook(sheets: Iterable[Sheet]) -> File:
    """The same as a file, codebook.csv."""
    return table(explained(sheets))


def pretty(name: str, value: object) -> File:
    """A JSON file for people to read, too."""
    return File(name, as_json(value))


def as_json(value: object) -> bytes:
    """A JSON text for people to read, too."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
