"""What other tools and agencies export (JSON, JSON Lines, GDELT's tables, IPTC ninjs) → stories, links, retractions.

What is known of each is in exports.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from onrecord.records import Intake, PublishedBasis, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import fragment, strictjson
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.encoding import decode
from onrecord.stories.links import Link, Retraction, web_address
from onrecord.stories.published import Stated

_MEDIA, _TABLE_MEDIA = "application/json", "text/tab-separated-values"
_COMPACT = re.compile(r"\A(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)Z?)?$")
_ROWS = re.compile(rb"\A\s*+\{[^\n]*+\n\s*+\{")
_NAMED = ("value", "name", "literal", "title", "headline")  # what holds the words of an object that stands for a string


@dataclass(frozen=True, slots=True)
class ExportLimits:
    """items: in one export."""

    items: int = 200_000


_DEFAULT = ExportLimits()


def items(
    document: Document, options: ReadOptions, limits: ExportLimits = _DEFAULT
) -> Iterator[Link | Retraction | Intake]:
    """One item for each that an export holds: a story where its text is there, a Link where an address alone is, a
    Retraction for a ninjs item that is cancelled or withheld, a refusal for what is neither.
    """
    body = document.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body[:1] not in (b"{", b"[") and body[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        found: Iterator[Link | Retraction | Intake] = _table(document, limits)
    elif _ROWS.match(body):
        found = _lines(document, options, limits)
    else:
        found = _value(document, options, limits)
    count = 0
    for item in found:
        count += 1
        yield item
    if not count:
        whole = capture(document.source, document.media or _MEDIA, document.body)
        yield refused(document.source, f"{document.source} is an export without items.", 0, whole)


def item(value: Mapping[str, Any], body: bytes, where: str, options: ReadOptions) -> Link | Retraction | Intake:
    """What one object of a list that is read as it comes holds. where: its line; body: its bytes."""
    return _guarded(value, body, where, Document(where, b""), options)


def is_known(value: Mapping[str, Any]) -> bool:
    """Whether an object is an item of an export that is known."""
    return _is_ninjs(value) or _kind(value) is not None


def is_known_table(body: bytes) -> bool:
    """Whether the first row has as many cells, tabs between them, as a table without a head that is known."""
    cells = body[: 1 << 16].partition(b"\n")[0].count(b"\t") + 1
    return any(kind["cells"] == cells for kind in _known()["table"])


def _lines(document: Document, options: ReadOptions, limits: ExportLimits) -> Iterator[Link | Retraction | Intake]:
    count = 0
    for number, line in enumerate(document.body.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        body, where = line.strip(), f"{document.source}:{number}"
        if not body:
            continue
        count += 1
        kept = capture(where, _MEDIA, body)
        if count > limits.items:
            yield refused(
                where, f"The export has more than {limits.items} rows, and the rest is not read.", len(body), kept
            )
            return
        try:
            value = strictjson.loads(strictjson.characters(body))
        except ValueError as error:
            yield refused(where, f"The line is no JSON: {error}.", len(body), kept)
            continue
        yield _guarded(value, body, where, document, options)


def _value(document: Document, options: ReadOptions, limits: ExportLimits) -> Iterator[Link | Retraction | Intake]:
    whole = capture(document.source, document.media or _MEDIA, document.body)
    try:
        value = strictjson.loads(strictjson.characters(document.body))
    except ValueError as error:
        yield refused(document.source, f"{document.source} is no JSON: {error}.", len(document.body), whole)
        return
    listed = _listed(value)
    if listed is None:
        yield _guarded(value, document.body, document.source, document, options)
        return
    for number, item in enumerate(listed[: limits.items], 1):
        yield _guarded(item, strictjson.dumps(item), f"{document.source}#{number}", document, options)
    if len(listed) > limits.items:
        lost = sum(len(strictjson.dumps(item)) for item in listed[limits.items :])
        yield refused(document.source, f"The export has more than {limits.items} items.", lost, whole)


def _listed(value: object) -> list[Any] | None:
    """The items of an export that is a list, or an object around one; None where it is one item itself."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or _is_ninjs(value) or _kind(value) is not None:
        return None
    tables = (*_known()["export"], _known()["ninjs"])
    lists = (value.get(table["list"]) for table in tables if "list" in table)
    return next((found for found in lists if isinstance(found, list)), None)


def _guarded(
    value: object, body: bytes, where: str, document: Document, options: ReadOptions
) -> Link | Retraction | Intake:
    """Catches whatever an item brings about that nobody foresaw: no item may stop the others."""
    kept = capture(where, _MEDIA, body)
    try:
        if not isinstance(value, dict):
            return refused(where, "The item is no object.", len(body), kept)
        at = _At(where, body, document)
        if _is_ninjs(value):
            return _ninjs(value, at, options)
        kind = _kind(value)
        if kind is None:
            return refused(where, "The item is of no export that is known, and has no text or url.", len(body), kept)
        return _made(_Fields(value, kind["fields"]), at, options, kind.get("dates") == "seen")
    except Exception as error:
        return failed(where, error, kept)


@dataclass(frozen=True, slots=True)
class _At:
    source: str
    body: bytes
    document: Document


def _kind(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((kind for kind in _known()["export"] if all(key in value for key in kind["keys"])), None)


class _Fields:
    """The fields of an item by our names, from whichever of their keys has something first."""

    def __init__(self, value: Mapping[str, Any], keys: Mapping[str, list[str]]) -> None:
        self._value, self._keys = value, keys

    def words(self, field: str) -> str:
        """A short one, on one line."""
        return " ".join(next((words for at in self._found(field) if (words := _short(at))), "").split())

    def text(self, field: str) -> str:
        """A long one, as it stands; of one made of parts, the parts in order, one a line."""
        return next((words for at in self._found(field) if (words := _long(at)).strip()), "")

    def address(self) -> str | None:
        """The first that is a web address."""
        return next((url for at in self._found("url") if (url := web_address(at))), None)

    def _found(self, field: str) -> Iterator[object]:
        for path in self._keys.get(field, ()):
            yield _at(self._value, path)


def _at(value: object, path: str) -> object:
    """What stands at a path of keys. In a list of objects the last key may be the type of the one that is meant."""
    key, _, further = path.partition(".")
    if isinstance(value, dict):
        return _at(value.get(key), further) if further else value.get(key)
    if isinstance(value, list):
        return next((v for v in value if isinstance(v, dict) and path in (v.get("contenttype"), v.get("role"))), None)
    return None


def _short(value: object) -> str:
    """The words of a value: of an object those that name it, of a list those of each."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, dict):
        return next((value[key] for key in _NAMED if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        return ", ".join(filter(None, (_short(part) for part in value[:50] if not isinstance(part, list))))
    return ""


def _long(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("value"), str):
        return str(value["value"])
    parts: list[str] = []
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, dict):
            left += reversed(part.values())
        elif isinstance(part, list):
            left += reversed(part)
    return "\n".join(parts)


def _made(
    fields: _Fields, at: _At, options: ReadOptions, is_seen: bool, notes: tuple[Rejection, ...] = ()
) -> Link | Intake:
    """The story of an item, or the link to it."""
    url = fields.address()
    text = fields.text("text") or fragment.text(fields.text("html"))
    day = fields.words("date")
    name, outlet = fields.words("name") or None, fields.words("outlet") or at.document.outlet
    notes = (*at.document.notes, *notes)
    if not text.strip() and url is not None:
        dates = (Stated(_plain_day(day) if is_seen else day, "metadata"),) if day else ()
        return Link(
            url, at.source, fields.words("headline"), outlet, fields.words("byline") or None, dates, name, notes=notes
        )
    basis: PublishedBasis = "metadata" if is_seen else "given"
    return compose(
        Found(
            source=at.source,
            media=_MEDIA,
            body=at.body,
            text=text,
            headline=fields.words("headline"),
            name=name,
            url=url,
            outlet=outlet,
            byline=fields.words("byline") or None,
            dates=(Stated(day, basis),) if day else (),
            notes=notes,
        ),
        options,
    )


def _plain_day(words: str) -> str:
    """A time written without marks between its parts, with them."""
    if (match := _COMPACT.match(words)) is None:
        return words
    year, month, day, *clock = match.groups()
    return f"{year}-{month}-{day}" + (f"T{':'.join(clock)}Z" if all(clock) else "")


def _is_ninjs(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("uri"), str) and any(sign in value for sign in _known()["ninjs"]["signs"])


def _ninjs(value: Mapping[str, Any], at: _At, options: ReadOptions) -> Link | Retraction | Intake:
    table = _known()["ninjs"]
    kept = capture(at.source, _MEDIA, at.body)
    status = _short(value.get("pubstatus")).rpartition(":")[2].strip().casefold()
    if status in table["withdrawn"]:
        why = ": ".join(filter(None, (status, _short(value.get("ednote")))))
        version = _short(value.get("version")) or None
        return Retraction(value["uri"], at.source, _short(value.get("versioncreated")) or None, why, version, kept)
    if status not in table["used"]:
        return refused(at.source, f'The item is not published: its status is "{status[:40]}".', len(at.body), kept)
    until = _short(value.get("embargoed"))
    note = Rejection("embargoed", f'The item was not to be published before "{until[:80]}".')
    made = _made(_Fields(value, table["fields"]), at, options, is_seen=False, notes=(note,) if until else ())
    if isinstance(made, Link):
        # An item is what its agency sends, and its uri is a name, whatever it looks like
        return refused(at.source, "The item has no text.", len(at.body), kept)
    return made


def _table(document: Document, limits: ExportLimits) -> Iterator[Link | Intake]:
    """GDELT's tables: tabs between the cells, nothing quoted, and no head."""
    decoded = decode(document.body, document.source, document.charset)
    rows = decoded.text.split("\n")
    cells = rows[0].rstrip("\r").split("\t")
    kind = next((kind for kind in _known()["table"] if kind["cells"] == len(cells)), None)
    if kind is None:
        whole = capture(document.source, document.media or _TABLE_MEDIA, document.body)
        yield refused(document.source, f"{document.source} is of no export that is known.", len(document.body), whole)
        return
    for number, row in enumerate(rows, 1):
        where, body = f"{document.source}:{number}", row.encode("utf-8", "replace")
        cells = row.rstrip("\r").split("\t")
        if not row.strip():
            continue
        kept = capture(where, _TABLE_MEDIA, body)
        if number > limits.items:
            lost = sum(len(left) + 1 for left in rows[number - 1 :])
            yield refused(where, f"The table has more than {limits.items} rows.", lost, kept)
            return
        if len(cells) != kind["cells"] or (number == len(rows) and kind["fields"]["url"] == len(cells) - 1):
            yield refused(where, "The row is torn: it has not all its cells, or no end.", len(body), kept)
            continue
        said = {field: cells[column].strip() for field, column in kind["fields"].items()}
        url = web_address(said["url"])
        if url is None:
            yield refused(where, "The row has no web address.", len(body), kept)
            continue
        dates = (Stated(_plain_day(cells[kind["seen"]].strip()), "metadata"),)
        yield Link(url, where, outlet=said.get("outlet") or document.outlet, dates=dates, name=said["name"])


@cache
def _known() -> Mapping[str, Any]:
    text = resources.files("onrecord.stories").joinpath("exports.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
