"""The ledger as a workbook for Excel and its like: a sheet a table. Text is text and runs nowhere, numbers and days are such."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from onrecord.exports import marks, tables
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, explained, pretty
from onrecord.exports.private import Cell
from onrecord.exports.sheets import Column, Sheet, escaped
from onrecord.pipeline import View

NAME = "onrecord.xlsx"
_LONGEST = 32_767
"""Characters of one cell, as Excel counts them: UTF-16 units."""
_ROWS = 1_048_575
"""Rows of one sheet, besides its header."""
_FIRST_DAY = date(1900, 3, 1)
"""Before it days are counted in more ways than one."""
_MADE = datetime(1980, 1, 1)  # noqa: DTZ001 - the zone of a file that says nothing about when it was made
_SAMPLE = 200
_WIDEST = 60
# What XML cannot hold; and the second of two codes for characters that share a mark, which is read as one code otherwise
_ODD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|(?<=_x[0-9A-Fa-f]{4})_(?=x[0-9A-Fa-f]{4}_)")
_ABOUT = (
    "This workbook is a copy of a ledger of OnRecord: what news reports say about attacks and plans, each value with its sources.",
    "It holds a sheet for each table, the incidents first. The last sheet, codebook, says what every column means.",
    "An empty cell means that the value is not known. It never means zero, none or no.",
    "Days are days, moments are in UTC, numbers are numbers, and all other cells are text: nothing in here is a formula.",
    "The names of private persons are withheld.",
    "Reviewers may change the cells of the columns listed below. All other columns follow from these or from the stories.",
    "What a workbook cannot hold is listed in loss.json, which came with it; the same tables in csv or jsonl hold all of it.",
)


@dataclass(slots=True)
class _Styles:
    """How cells look. quoted: text that stays text when somebody edits the cell."""

    head: Format
    settable: Format
    wrapped: Format
    quoted: Format
    day: Format
    moment: Format


@dataclass(slots=True)
class _Made:
    """A workbook on its way. rows: how many have been written."""

    book: xlsxwriter.Workbook
    styles: _Styles
    losses: Losses = field(default_factory=Losses)
    rows: int = 0


def files(view: View) -> Iterator[File]:
    """The workbook, and what it could not hold. Raises ValueError for a number that is none."""
    held = io.BytesIO()
    fixed = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(held, fixed)
    book.set_properties({"title": "A ledger of OnRecord", "created": _MADE})
    made = _Made(book, _styles(book))
    try:
        _read_me(made)
        for sheet in tables.sheets(view):
            _put(made, sheet)
        written = made.rows
        _put(made, explained(tables.empty_sheets()))
    finally:
        # Else what was written of sheets stays open
        book.close()
    yield File(NAME, held.getvalue())
    yield pretty("loss.json", made.losses.report("xlsx", "what a workbook of Office Open XML holds", {NAME: written}))


def changeable(name: str) -> list[str]:
    """The columns of a table that reviewers may change."""
    known = marks.settable().get(name)
    named = {column for columns in known.columns.values() for column in columns} if known is not None else set()
    return [column for column in tables.columns()[name].meanings if column in named] if named else []


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    return _Styles(
        head=book.add_format({"bold": True, "bottom": 1}),
        settable=book.add_format({"bold": True, "bottom": 1, "bg_color": "#FFF2CC"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        quoted=book.add_format({"quote_prefix": True}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
    )


def _read_me(made: _Made) -> None:
    sheet = made.book.add_worksheet("read me")
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 100)
    lines: list[tuple[str, str]] = [("", words) for words in _ABOUT]
    lines += [(name, ", ".join(found)) for name in tables.columns() if (found := changeable(name))]
    for number, (name, words) in enumerate(lines):
        if name:
            sheet.write_string(number, 0, name, made.styles.settable)
        sheet.write_string(number, 1, words, made.styles.wrapped)


def _put(made: _Made, table: Sheet) -> None:
    sheet = made.book.add_worksheet(table.name)
    settable = set(changeable(table.name))
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _width(table, column))
    sheet.freeze_panes(1, 0)
    rows = table.rows[:_ROWS]
    sheet.autofilter(0, 0, max(len(rows), 1), len(table.columns) - 1)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, made.styles.settable if column.name in settable else made.styles.head)
    for number, row in enumerate(rows, 1):
        record = str(row.get("id") or f"{table.name} {number}")
        for place, column in enumerate(table.columns):
            if (value := row[column.name]) is not None:
                _write(made, sheet, (number, place), value, column, record)
    made.rows += len(rows)
    if more := len(table.rows) - len(rows):
        made.losses.add(table.name, "left out", None, f"{more} rows", None, f"a sheet has {_ROWS} rows at most")


def _write(made: _Made, sheet: Worksheet, at: tuple[int, int], value: Cell, column: Column, record: str) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | float):
        if float(f"{value:.16G}") != value:
            made.losses.add(record, "rounded", column.name, value, f"{value:.16G}", "numbers have 16 digits at most")
        sheet.write_number(*at, value)
    elif column.type in ("date", "datetime") and (moment := _moment(made, str(value), column, record)) is not None:
        sheet.write_datetime(*at, moment, made.styles.day if column.type == "date" else made.styles.moment)
    else:
        _write_text(made, sheet, at, str(value), column, record)


def _moment(made: _Made, value: str, column: Column, record: str) -> date | None:
    """A day or a moment as a workbook holds it; None where it stands as text."""
    found = date.fromisoformat(value) if column.type == "date" else datetime.fromisoformat(value).astimezone(UTC)
    if date(found.year, found.month, found.day) < _FIRST_DAY:
        made.losses.add(
            record, "rounded", column.name, value, value, "as text: a workbook has no days before March 1900"
        )
        return None
    if not isinstance(found, datetime):
        return found
    if odd := found.microsecond % 1000:
        found = found.replace(microsecond=found.microsecond - odd)
        made.losses.add(record, "rounded", column.name, value, found.isoformat(), "moments have milliseconds at most")
    return found.replace(tzinfo=None)


def _write_text(made: _Made, sheet: Worksheet, at: tuple[int, int], words: str, column: Column, record: str) -> None:
    # Nearly all texts are plain, and there are many
    plain = words.isprintable() and "_x" not in words
    held = words if plain else _ODD.sub(lambda found: _replacing(found.group()), words)
    if held != words:
        made.losses.add(record, "rounded", column.name, None, None, "characters that XML cannot hold are replaced")
    if len(cut := _cut(held)) < len(held):
        why = f"a cell holds {_LONGEST} characters at most"
        made.losses.add(record, "rounded", column.name, f"{len(held)} characters", f"{len(cut)} characters", why)
    # What a spreadsheet would take for a formula is one only where somebody opens the cell and closes it again
    look = made.styles.quoted if escaped(cut) != cut else None
    if cut.startswith("<r>") and cut.endswith("</r>"):
        # The library writes such a text as marked up already, if it is given in one piece
        sheet.write_rich_string(*at, cut[:1], cut[1:2], cut[2:])
    else:
        sheet.write_string(*at, cut, look)


def _replacing(character: str) -> str:
    """What stands for a character that XML cannot hold: for control characters the picture that Unicode has of each."""
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "\uff3f" if character == "_" else "\ufffd"


def _cut(words: str) -> str:
    if len(words) * 2 <= _LONGEST:
        return words
    return words.encode("utf-16-le")[: _LONGEST * 2].decode("utf-16-le", "ignore")


def _width(table: Sheet, column: Column) -> int:
    """How wide a column is, in characters: as its widest cell among the first rows, and its header with the arrow of the filter."""
    cells: Sequence[Cell] = [row[column.name] for row in table.rows[:_SAMPLE]]
    longest = max((len(str(cell)) for cell in cells if cell is not None), default=0)
    return min(max(longest + 1, len(column.name) + 4), _WIDEST)
