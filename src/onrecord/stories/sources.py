"""A file, a folder or standard input → one intake for each input in it. No content of a file raises."""

import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from onrecord.errors import WrongUse
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import plain, rows
from onrecord.stories.compose import capture, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.encoding import binary
from onrecord.stories.published import Stated

_ROWS = frozenset({".jsonl", ".ndjson"})
_PAGES = frozenset({".html", ".htm", ".xhtml"})
_TEXTS = frozenset({".txt", ".text", ".md", ""})
_UNREAD = {
    ".pdf": "a PDF, which is not read: save its text as .txt",
    ".csv": "a table, which is not read yet: save it as JSON Lines (.jsonl) with the text of each story",
    ".json": "one JSON value: save it as JSON Lines (.jsonl), one object with a text on each line",
    ".warc": "a web archive, which is not read yet: save its pages as .html",
    ".wacz": "a web archive, which is not read yet: save its pages as .html",
    ".gz": "compressed: unpack it first",
    ".zip": "an archive: unpack it first",
    ".docx": "an office document: save its text as .txt",
    ".doc": "an office document: save its text as .txt",
}
_PAGE_START = re.compile(
    rb"\A\s*+(?:\xef\xbb\xbf\s*+)?<(?:!doctype|html|head|body|!--|\?xml|article|div|p|meta)\b", re.IGNORECASE
)
_ROW_START = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*+\{\s*+\"")
_DAY_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")
_HEAD = 8192


def read(source: str, options: ReadOptions) -> Iterator[Intake]:
    """The intakes of a source: a file, a folder (all below it, in sorted order), or "-" for standard input.

    Files of kinds that are not read, hidden ones, and ones over the limits are refused with a reason. An empty folder
    yields nothing.

    Raises:
        WrongUse: there is no such path; on the call, before anything is yielded.
    """
    if source == "-":
        return _standard_input(options)
    if "\x00" in source or not os.path.lexists(source):
        raise WrongUse(f"{_shown(source)}: there is no such file or folder.")
    if Path(source).is_dir():
        return _folder(source, options)
    return _file(source, options)


def _folder(folder: str, options: ReadOptions) -> Iterator[Intake]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield refused(_shown(folder), f"{_shown(folder)} cannot be opened ({error.strerror}).")
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)  # noqa: PTH118 -- keeps the words the user gave, "./" included
        if entry.name.startswith("."):
            yield refused(_shown(path), f"{_shown(path)} is hidden: name it itself if it is to be read.")
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(path, options)
        elif entry.is_symlink() and Path(path).is_dir():
            yield refused(_shown(path), f"{_shown(path)} is a link to a folder: name that folder itself.")
        else:
            yield from _file(path, options)


def _file(path: str, options: ReadOptions) -> Iterator[Intake]:
    shown, suffix = _shown(path), Path(path).suffix.casefold()
    if suffix not in _ROWS | _PAGES | _TEXTS:
        kind = _UNREAD.get(suffix, f"of a kind ({_shown(suffix)}) that is not read: give text, HTML or JSON Lines")
        yield refused(shown, f"{shown} is {kind}.", _size(path))
        return
    try:
        # A pipe or a device would be waited on for ever
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            yield refused(shown, f"{shown} is not a regular file.")
            return
        with Path(path).open("rb") as stream:
            if suffix in _ROWS:
                yield from rows.rows(stream, shown, options)
                return
            day = _DAY_IN_NAME.search(Path(path).name)
            dates = (Stated(day[0], "file"),) if day else ()
            yield _whole(stream, shown, suffix in _PAGES, dates, options)
    except OSError as error:
        yield refused(shown, f"{shown} cannot be read ({error.strerror}).")


def _standard_input(options: ReadOptions) -> Iterator[Intake]:
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        yield refused("-", "Standard input is closed.")
        return
    head = raw.read(_HEAD)
    stream = io.BufferedReader(_Rejoined(head, raw))
    if _ROW_START.match(head):
        yield from rows.rows(stream, "-", options)
    else:
        yield _whole(stream, "-", _PAGE_START.match(head) is not None, (), options)


class _Rejoined(io.RawIOBase):
    """A stream with its first bytes, read to see what it is, put back before it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._head.read(len(into)) or self._rest.read(len(into))
        into[: len(piece)] = piece
        return len(piece)


def _whole(stream: BinaryIO, source: str, is_page: bool, dates: tuple[Stated, ...], options: ReadOptions) -> Intake:
    """The one story of a text or a page."""
    limit = options.max_page_bytes if is_page else options.max_bytes
    body = stream.read(limit + 1)
    if len(body) > limit:
        lost = len(body)
        while piece := stream.read(1 << 20):
            lost += len(piece)
        return refused(source, f"{source} is larger than {limit} bytes.", lost)
    if not body.strip():
        return refused(source, f"{source} is empty.")
    kind = binary(body)
    if kind is not None:
        return refused(source, f"{source} is {kind}.", len(body))
    return _guarded(_page if is_page else plain.story, Document(source, body, dates=dates), options)


_Maker = Callable[[Document, ReadOptions], Intake]


def _page(document: Document, options: ReadOptions) -> Intake:
    # The parsers take a quarter of a second to load: only where there is a page
    from onrecord.stories import pages

    return pages.story(document, options)


def _guarded(make: _Maker, document: Document, options: ReadOptions) -> Intake:
    """Catches whatever the parsers of others raise in ways of their own: the batch goes on."""
    try:
        return make(document, options)
    except Exception as error:
        media = "text/html" if make is _page else "text/plain"
        return failed(document.source, error, capture(document.source, media, document.body))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0


def _shown(path: str) -> str:
    """A path fit to print and keep: names that are not UTF-8 come as half characters."""
    return path.replace("\x00", "\\x00").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
