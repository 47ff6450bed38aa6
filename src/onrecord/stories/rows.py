"""JSON Lines → stories, or the addresses of some: one object a line, and a bad line spoils no other."""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import exports, strictjson
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.encoding import decode
from onrecord.stories.links import Link, Retraction
from onrecord.stories.published import Stated

_MEDIA = "application/json"
_KEYS: Mapping[str, tuple[str, ...]] = {
    "name": ("id",),
    "url": ("url",),
    "outlet": ("outlet", "publisher"),
    "headline": ("headline", "title"),
    "byline": ("byline", "author"),
    "published": ("published", "date"),
}
TEXT = "text"
COLUMNS = (TEXT, *(key for keys in _KEYS.values() for key in keys))
"""What is read of a row; all but the text may be absent."""


def rows(stream: BinaryIO, source: str, options: ReadOptions) -> Iterator[Link | Retraction | Intake]:
    """One item for each line that is not blank, read as they come: the file is never held whole."""
    number = offered = 0
    while line := stream.readline(options.max_bytes + 1):
        number += 1
        where = f"{source}:{number}"
        if number == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
            yield refused(source, f"{source} is UTF-16: save it as UTF-8.")
            return
        if len(line) > options.max_bytes and not line.endswith(b"\n"):
            lost = len(line) + _rest_of_line(stream)
            offered += 1
            yield refused(where, f"The line is longer than {options.max_bytes} bytes.", lost)
            continue
        body = line.strip(b" \t\r\n")
        if number == 1:
            body = body.removeprefix(b"\xef\xbb\xbf")
        if body:
            offered += 1
            yield _guarded(body, where, options)
    if not offered:
        yield refused(source, f"{source} holds no rows.")


def _rest_of_line(stream: BinaryIO) -> int:
    lost = 0
    while piece := stream.readline(65536):
        lost += len(piece)
        if piece.endswith(b"\n"):
            break
    return lost


def _guarded(body: bytes, where: str, options: ReadOptions) -> Link | Retraction | Intake:
    """Catches whatever a row brings about that nobody foresaw: no row may stop the others."""
    try:
        return _row(body, where, options)
    except Exception as error:
        return failed(where, error, capture(where, _MEDIA, body))


def _row(body: bytes, where: str, options: ReadOptions) -> Link | Retraction | Intake:
    kept = capture(where, _MEDIA, body)
    if not body.isascii() and b"{" not in body[:2]:
        # No object in any set of characters: to guess at the set of each line of a file of other things takes long
        return refused(where, "The line is not a JSON object.", len(body), kept)
    decoded = decode(body, where)
    try:
        row = strictjson.loads(decoded.text)
    except ValueError as error:
        return refused(where, f"The line is not a JSON object: {error}.", len(body), kept)
    if not isinstance(row, dict):
        return refused(where, "The line is JSON, but no object with a text.", len(body), kept)
    text = row.get(TEXT)
    if text is None and exports.is_known(row):
        return exports.item(row, body, where, options)
    if not isinstance(text, str):
        missing = 'has no "text"' if text is None else 'has a "text" that is no string'
        return refused(where, f"The row {missing}.", len(body), kept)
    fields, notes = _fields(row)
    published = fields.pop("published")
    return compose(
        Found(
            source=where,
            media=_MEDIA,
            body=body,
            text=text,
            headline=fields.pop("headline") or "",
            dates=(Stated(published, "given"),) if published else (),
            notes=(*decoded.notes, *notes),
            **fields,
        ),
        options,
    )


def _fields(row: Mapping[str, Any]) -> tuple[dict[str, str | None], list[Rejection]]:
    """The row's fields as strings, None where absent, and a note on each value that is of no use."""
    fields: dict[str, str | None] = {}
    notes: list[Rejection] = []
    for field, keys in _KEYS.items():
        fields[field] = None
        for key in keys:
            value = row.get(key)
            if value is None or value == "":
                continue
            if isinstance(value, bool) or not isinstance(value, str | int):
                notes.append(Rejection(key, f'"{key}" is neither a string nor a number and is not used.'))
                continue
            fields[field] = str(value)
            break
    return fields, notes
