"""A table of links or stories (CSV, TSV, or a bare list of addresses) → links and stories, one for each row."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.encoding import Decoded, binary, decode
from onrecord.stories.links import Link, web_address
from onrecord.stories.published import Stated

_MEDIA = "text/csv"
_DELIMITERS = "\t;,|"
_NEVER = "\x1f"  # for a table of one column
_ADDRESS = re.compile(r"https?://[^\s\";|]+?(?=[,\";|\s]|$)")
_FIRST = 10  # rows among which the head may stand
_STOP = re.compile(r"[.!?…。؟۔।][\"'”’»)]*\s*$")
_PLAIN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """rows: of one table; columns: of one row; field: characters of one cell."""

    rows: int = 100_000
    columns: int = 1_000
    field: int = 5_000_000


_DEFAULT = SheetLimits()


def links(document: Document, options: ReadOptions, limits: SheetLimits = _DEFAULT) -> Iterator[Link | Intake]:
    """One item for each row that is not blank, named by its number: a story where a column holds texts, else a link; a
    refusal where the row has no web address in any column. A head tells what the columns are; without one the first
    column that holds an address counts. Lines beginning with "#" of a bare list are passed over.
    """
    whole = capture(document.source, document.media or _MEDIA, document.body)
    kind = binary(document.body) if b"\x00" not in document.body[:2] else None
    if kind is not None and not kind.startswith("binary"):
        yield refused(document.source, f"{document.source} is {kind}.", len(document.body), whole)
        return
    decoded = _characters(document)
    delimiter = _delimiter(decoded.text)
    sheet = _Sheet(document, decoded, options)
    count = 0
    rows = _rows(decoded.text, delimiter, limits) if delimiter else _lines(decoded.text, limits)
    for row in rows:
        count += 1
        if row.bad:
            sheet.count += 1
            yield refused(
                f"{document.source}:{row.number}", row.bad, max(1, len(row.raw.encode("utf-8", "replace"))), whole
            )
            continue
        if not any(cell.strip() for cell in row.cells):
            continue
        if count <= _FIRST and sheet.has_head(row.cells, count == 1):
            continue
        yield sheet.item(row)
    if not sheet.count:
        yield refused(document.source, f"{document.source} holds no rows.", len(document.body), whole)


def _characters(document: Document) -> Decoded:
    body = document.body
    # UTF-16 without its mark: of a table in it every other byte is zero, nearly
    if body[1:200:2].count(0) > 60 or (len(body) < 200 and len(body) > 3 and not any(body[1::2])):
        return Decoded(body.decode("utf-16-le", "replace"), ())
    return decode(body, document.source, document.charset)


def _delimiter(text: str) -> str | None:
    """What stands between the cells: of the marks in the first line the most frequent, else one that stands in most
    lines outside of addresses; None for a bare list.
    """
    lines = [line for line in text[:20_000].splitlines()[:50] if line.strip()]
    if not lines or all(web_address(line) or line.startswith("#") for line in lines):
        return None
    outside = [_ADDRESS.sub("", line) for line in lines]
    best = max(_DELIMITERS, key=outside[0].count)
    if best in outside[0]:
        return best
    best = max(_DELIMITERS, key=lambda mark: sum(mark in line for line in outside))
    if 2 * sum(best in line for line in outside) > len(outside):
        return best
    return None if 2 * sum(web_address(line) is not None for line in lines) >= len(lines) else _NEVER


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    raw: str
    cells: Sequence[str]
    bad: str = ""


def _lines(text: str, limits: SheetLimits) -> Iterator[_Row]:
    """The lines of a bare list; where it is too long, a last one tells so, with the rest."""
    stream = io.StringIO(text, newline="")
    for number, line in enumerate(stream, 1):
        if number > limits.rows:
            yield _Row(number, line + stream.read(), (), f"The list has more than {limits.rows} lines.")
            return
        yield _Row(number, line, () if line.startswith("#") else (line.strip(),))


def _rows(text: str, delimiter: str, limits: SheetLimits) -> Iterator[_Row]:
    """The rows with the line on which each begins; one that cannot be read tells why, as does the rest of too many."""
    stream = io.StringIO(text, newline="")
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in stream:
            taken.append(line)
            yield line

    csv.field_size_limit(max(csv.field_size_limit(), limits.field))
    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    number, count = 1, 0
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            # Behind it a new row begins, except where a quotation mark was opened that never closes
            yield _Row(number, "".join(taken), (), f"The row cannot be read ({error}).")
            number += len(taken)
            continue
        if cells is None:
            return
        raw, count = "".join(taken), count + 1
        if count > limits.rows + 1:
            yield _Row(number, raw + stream.read(), (), f"The table has more than {limits.rows} rows.")
            return
        if len(cells) > limits.columns:
            yield _Row(number, raw, (), f"The row has more than {limits.columns} cells.")
        elif max(map(len, cells), default=0) > limits.field:
            yield _Row(number, raw, (), f"A cell is longer than {limits.field} characters.")
        else:
            yield _Row(number, raw, cells)
        number += len(taken)


class _Sheet:
    """What the head tells of the columns. count: the rows that were no head."""

    def __init__(self, document: Document, decoded: Decoded, options: ReadOptions) -> None:
        self.count = 0
        self._document, self._decoded, self._options = document, decoded, options
        self._columns: Mapping[str, int] = {}
        self._width = 0

    def has_head(self, cells: Sequence[str], is_first: bool) -> bool:
        """Whether a row is the head, which is then learnt: no address in it, and a column for addresses or texts. A
        first row of other words above several columns is one, too, of columns unknown.
        """
        if "url" in self._columns or "text" in self._columns or any(web_address(c) for c in cells):
            return False
        named = {_PLAIN.sub("", cell.casefold()): n for n, cell in reversed(list(enumerate(cells)))}
        self._columns = {
            field: named[next(name for name in names if name in named)]
            for field, names in _columns().items()
            if any(name in named for name in names)
        }
        self._width = len(cells)
        return "url" in self._columns or "text" in self._columns or (is_first and len(cells) > 1)

    def item(self, row: _Row) -> Link | Intake:
        """What one row says."""
        self.count += 1
        where = f"{self._document.source}:{row.number}"
        body = row.raw.strip("\r\n").encode("utf-8", "replace")
        try:
            return self._item(row, where, body)
        except Exception as error:
            return failed(where, error, capture(where, _MEDIA, body))

    def _item(self, row: _Row, where: str, body: bytes) -> Link | Intake:
        said = {field: row.cells[n].strip() for field, n in self._columns.items() if n < len(row.cells)}
        # Where a column is for addresses, those in others are of archives, pictures and the like
        addresses = [said.get("url")] if "url" in self._columns else row.cells
        url = next(filter(None, map(web_address, addresses)), None)
        text = row.cells[self._columns["text"]] if said.get("text") else ""
        replaced = "\ufffd" in row.raw
        notes = [note for note in (*self._document.notes, *self._decoded.notes) if not note.lost or replaced]
        dates = said.get("date", "")
        outlet = said.get("outlet") or self._document.outlet
        headline, byline, name = said.get("headline", ""), said.get("byline") or None, said.get("name") or None
        if text:
            if torn := self._torn(row, text):
                notes.append(torn)
            return compose(
                Found(
                    source=where, media=_MEDIA, body=body, text=text, headline=headline, name=name, url=url,
                    outlet=outlet, byline=byline, dates=(Stated(dates, "given"),) if dates else (), notes=tuple(notes),
                ),
                self._options,
            )  # fmt: skip
        if url is None:
            return refused(where, "The row has no web address.", len(body), capture(where, _MEDIA, body))
        stated = (Stated(dates, "metadata"),) if dates else ()
        return Link(url, where, headline, outlet, byline, stated, name, notes=tuple(notes))

    def _torn(self, row: _Row, text: str) -> Rejection | None:
        """A row that ends before its cells do was cut, or a last one that ends within a sentence and a line."""
        if len(row.cells) < self._width:
            return Rejection("text", "The row has fewer cells than the head of its table: it may be cut.", 1)
        ends = row.raw.endswith(("\n", "\r", '"')) or self._columns["text"] < len(row.cells) - 1
        if ends or _STOP.search(text):
            return None
        return Rejection("text", "The table ends within the row: the text may be cut.", 1)


@cache
def _columns() -> Mapping[str, Sequence[str]]:
    table = tomllib.loads(resources.files("onrecord.stories").joinpath("sheets.toml").read_text(encoding="utf-8"))
    columns: Mapping[str, Sequence[str]] = table["columns"]
    return columns
