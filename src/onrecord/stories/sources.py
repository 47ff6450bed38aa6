"""A file, a folder, an address or standard input → the documents in it. No content of a file raises."""

import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from onrecord.errors import WrongUse
from onrecord.settings import ReadOptions
from onrecord.stories import containers, parsing
from onrecord.stories.compose import refused
from onrecord.stories.containers import Found, Label
from onrecord.stories.documents import FOLLOW, Document
from onrecord.stories.encoding import binary
from onrecord.stories.links import Link
from onrecord.stories.published import Stated

_SUFFIXES = frozenset({"", *containers.SUFFIXES}).union(*(kind.suffixes for kind in parsing.KINDS))
_UNREAD = {
    ".docx": "an office document: save its text as .txt",
    ".doc": "an office document: save its text as .txt",
    ".xlsx": "a spreadsheet: save it as .csv",
    ".xls": "a spreadsheet: save it as .csv",
    ".ods": "a spreadsheet: save it as .csv",
}
_DAY_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)")


def is_address(source: str) -> bool:
    """Whether a source is an address of the web."""
    return re.match(r"(?i)https?://", source) is not None


def read(source: str, options: ReadOptions) -> Iterator[Found]:
    """What a source holds: a file, a folder (all below it, in sorted order), the address of a page or a list, or "-" for
    standard input.

    Files of kinds that are not read, hidden ones, and ones over the limits are refused with a reason. An empty folder
    yields nothing.

    Raises:
        WrongUse: there is no such path; on the call, before anything is yielded.
    """
    if source == "-":
        return _standard_input(options)
    if is_address(source):
        return iter((Link(source, source),))
    if "\x00" in source or not os.path.lexists(source):
        if "://" in source:
            raise WrongUse(f"{_shown(source)}: only addresses that begin with http:// or https:// are asked for.")
        raise WrongUse(f"{_shown(source)}: there is no such file or folder.")
    if Path(source).is_dir():
        return _folder(source, options)
    return _file(source, options)


def _folder(folder: str, options: ReadOptions) -> Iterator[Found]:
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


def _file(path: str, options: ReadOptions) -> Iterator[Found]:
    shown, suffix = _shown(path), Path(path).suffix.casefold()
    if suffix in _UNREAD:
        yield refused(shown, f"{shown} is {_UNREAD[suffix]}.", _size(path))
        return
    try:
        # A pipe or a device would be waited on for ever
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116
            yield refused(shown, f"{shown} is not a regular file.")
            return
        with Path(path).open("rb") as stream:
            if suffix not in _SUFFIXES and (other := _unread(stream, suffix)) is not None:
                yield refused(shown, f"{shown} is {other}.", _size(path))
                return
            day = _DAY_IN_NAME.search(Path(path).name)
            dates = (Stated(day[0], "file"),) if day else ()
            yield from containers.documents(stream, Label(Document(shown, b"", dates=dates, follow=FOLLOW)), options)
    except OSError as error:
        yield refused(shown, f"{shown} cannot be read ({error.strerror}).")


def _unread(stream: BinaryIO, suffix: str) -> str | None:
    """Why a file is not read whose name is of no kind that is: its bytes show none, either."""
    head = stream.read(containers.HEAD)
    stream.seek(0)
    if parsing.signed_as(head) is not None:
        return None
    known = binary(head)
    return (
        known
        or f"of a kind ({_shown(suffix)}) that is not read: give text, HTML, PDF, JSON Lines, a feed, a table or an archive"
    )


def _standard_input(options: ReadOptions) -> Iterator[Found]:
    raw = getattr(sys.stdin, "buffer", None)
    if raw is None:
        yield refused("-", "Standard input is closed.")
        return
    stream = io.BufferedReader(_Piped(raw))
    media = "application/x-ndjson" if re.match(rb"(?:\xef\xbb\xbf)?\s{0,80}\{\s{0,80}\"", stream.peek()) else None
    yield from containers.documents(stream, Label(Document("-", b"", media, follow=FOLLOW)), options)


class _Piped(io.RawIOBase):
    """Standard input as a stream that is not gone back in, and not closed with what reads it."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._raw.read(len(into))
        into[: len(piece)] = piece
        return len(piece)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except OSError:
        return 0


def _shown(path: str) -> str:
    """A path fit to print and keep: names that are not UTF-8 come as half characters."""
    return path.replace("\x00", "\\x00").encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
