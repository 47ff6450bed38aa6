"""A table that comes back from somebody's spreadsheet → its rows as they stand there. Files are strangers' work.

CSV by whatever program saved it (with or without a byte order mark, UTF-8 or UTF-16, any separator, any ends of lines), and
XLSX, each sheet a table. What cannot be read as that is refused as a whole, with file and row.
"""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from onrecord.errors import BadTable, WrongUse
from onrecord.exports import spreadsheet
from onrecord.exports.private import Cell

Lines = Iterator[tuple[int, Sequence[Cell]]]
"""Rows by their number in the file, the head being 1."""


@dataclass(frozen=True, slots=True)
class Limits:
    """size: bytes of a file; rows, columns: of one table; cell: characters."""

    size: int = 200_000_000
    rows: int = 10_000_000
    columns: int = 1_000
    cell: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One table of a file. name: of the file, with the sheet where it has several; stem: what the table is called; header: the
    names of its columns as they stand, or their numbers where there is no head; rows: to be read once, before the next page.
    within: whether it is a sheet of a workbook.
    """

    name: str
    stem: str
    header: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, Cell]]]
    within: bool = False


_SEPARATORS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_OTHERS = {
    b"\xd0\xcf\x11\xe0": "is an Excel file of the old kind, or one with a password: save it as .xlsx without one, or as CSV UTF-8",
    b"%PDF": "is a PDF: save the table as CSV UTF-8",
    b"\x1f\x8b": "is compressed: unpack it first",
    b"BZh": "is compressed: unpack it first",
    b"SQLite format 3": "is a database: import takes tables",
}
_HEAD = 65_536


def pages(path: Path, known: Collection[str], limits: Limits | None = None) -> Iterator[Page]:
    """The tables of a file, one after another.

    known: names of columns, by which the separator of a CSV file is found. Raises WrongUse where there is no such file,
    BadTable, which may be in the middle of the rows, where it cannot be read.
    """
    limits = limits or Limits()
    if not path.is_file():
        raise WrongUse(f"{path}: is {'a folder; name its files' if path.is_dir() else 'not there'}")
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            first = stream.read(_HEAD)
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read ({error.strerror})") from error
    if size > limits.size:
        raise BadTable(f"{path}: has {size:,} bytes; {limits.size:,} are read at most: split it")
    if why := next((why for sign, why in _OTHERS.items() if first.startswith(sign)), None):
        raise BadTable(f"{path}: {why}")
    if first.startswith(b"PK"):
        for sheet, lines in spreadsheet.sheets(path):
            for page in _page(f"{path}!{sheet}", sheet, lines, limits):
                yield replace(page, within=True)
        return
    with path.open(encoding=_encoding(path, first), newline="") as text:
        yield from _page(str(path), path.stem, _separated(path, text, known, limits), limits)


def _encoding(path: Path, first: bytes) -> str:
    for mark, name in _BOMS:
        if first.startswith(mark):
            return name
    if b"\x00" in first.partition(b"\n")[0]:
        raise BadTable(f"{path}: is no text; save the table as CSV UTF-8, or as .xlsx")
    return "utf-8"


def _separated(path: Path, text: TextIO, known: Collection[str], limits: Limits) -> Lines:
    """The rows of a CSV file."""
    csv.field_size_limit(max(csv.field_size_limit(), limits.cell))
    row = 0
    try:
        head = "".join(islice(text, 5))[:_HEAD]
        text.seek(0)
        told = head[4:5] if head[:4].casefold() == "sep=" else ""
        begin = 1
        if told:
            begin = 2
            text.readline()
        separator = told if told and told in _SEPARATORS else _separator(head, known)
        for row, cells in enumerate(csv.reader(text, delimiter=separator, strict=True), begin):
            yield row, cells
    except UnicodeDecodeError as error:
        said = "is not written in UTF-8: Excel has CSV UTF-8 among the forms in which it saves"
        raise BadTable(f"{path}: row {row + 1} or one after it {said}") from error
    except csv.Error as error:
        raise BadTable(f"{path}: row {row + 1} cannot be read ({error})") from error


def _separator(head: str, known: Collection[str]) -> str:
    """What stands between the cells: that by which most columns of the head are known ones."""

    def found(separator: str) -> int:
        try:
            names = next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), [])
        except csv.Error:
            return 0
        return sum(named(name) in known for name in names)

    return max(_SEPARATORS, key=found)


def named(name: Cell) -> str:
    """The name of a column, without what spreadsheets and hands add to it."""
    return "" if name is None else str(name).strip("\ufeff \t\r\n'\"").casefold()


def _page(name: str, stem: str, lines: Lines, limits: Limits) -> Iterator[Page]:
    """The table of those rows: the first that is not empty is its head. Nothing where there is none."""
    header: tuple[str, ...] | None = None
    for number, cells in lines:
        if any(cell not in (None, "") for cell in cells):
            _check(name, number, cells, limits)
            header = tuple(str(cell) if cell is not None else "" for cell in cells)
            break
    if header is None:
        return
    columns = [named(column) for column in header]
    if columns[0].isdigit():
        # Some files have no head: a first cell that is all digits is no name of a column
        columns = [str(place) for place in range(1, len(columns) + 1)]
        header, lines = tuple(columns), chain([(number, cells)], lines)
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise BadTable(f"{name}: the column {', '.join(twice)} stands twice in its head; leave one of each")
    rows = _rows(name, columns, lines, limits)
    yield Page(name, stem, header, rows)
    # What nobody asked for is passed over, so that the next page begins where it does
    for _ in rows:
        pass


def _rows(
    name: str, columns: Sequence[str], lines: Iterable[tuple[int, Sequence[Cell]]], limits: Limits
) -> Iterator[tuple[int, dict[str, Cell]]]:
    count = 0
    for number, cells in lines:
        if not any(cell not in (None, "") for cell in cells):
            continue
        count += 1
        if count > limits.rows:
            raise BadTable(f"{name}: has more than {limits.rows:,} rows; split it")
        _check(name, number, cells, limits)
        over = [cell for cell in cells[len(columns) :] if cell not in (None, "")]
        if over:
            said = "a separator stands in a cell that is not quoted, or one is missing in the head"
            raise BadTable(f"{name}: row {number} has {len(cells)} cells, and the head {len(columns)}: {said}")
        yield number, {column: cell for column, cell in zip(columns, cells, strict=False) if column}


def _check(name: str, number: int, cells: Sequence[Cell], limits: Limits) -> None:
    if len(cells) > limits.columns:
        raise BadTable(f"{name}: row {number} has {len(cells):,} cells; {limits.columns:,} are read at most")
    for at, cell in enumerate(cells, 1):
        if isinstance(cell, str) and len(cell) > limits.cell:
            raise BadTable(f"{name}: row {number}, column {at}: has more than {limits.cell:,} characters")
