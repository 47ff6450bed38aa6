"""A file, a folder, a store, an address or standard input → the documents in it. No content of a file raises."""

import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO
from urllib.parse import unquote

from onrecord.errors import WrongUse
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import containers, parquet, parsing, stores
from onrecord.stories.compose import refused
from onrecord.stories.containers import Found, Label
from onrecord.stories.documents import FOLLOW, Document
from onrecord.stories.encoding import binary
from onrecord.stories.links import Link
from onrecord.stories.listing import Listed, passed_over
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
    """What a source holds: a file, a folder (all below it, in sorted order), a store (s3://, hdfs://), the address of a page or a
    list, or "-" for standard input.

    Files of kinds that are not read, hidden ones, and ones over the limits are refused with a reason. An empty folder
    yields nothing.

    Raises:
        WrongUse: there is no such path; on the call, before anything is yielded.
        TryLater: a store does not answer.
    """
    return _documents(listed(source, options), options)


def listed(source: str, options: ReadOptions) -> Iterator[Intake | Listed]:
    """The files of a source in the order in which they are read, and the refusals of others in their places. Each file can be
    read alone, by its path; a page's address and standard input are one that is the source itself.

    Raises as `read` does.
    """
    if source == "-" or is_address(source):
        return iter((Listed(source, 0),))
    if stores.is_one(source):
        return stores.listed(source)
    path = _local(source)
    if "\x00" in path or not os.path.lexists(path):
        if "://" in path:
            raise WrongUse(
                f"{_shown(source)}: only addresses that begin with http://, https://, s3://, hdfs:// or file:/// are asked for."
            )
        raise WrongUse(f"{_shown(source)}: there is no such file or folder.")
    return _folder(path) if Path(path).is_dir() else iter((Listed(path, _size(path)),))


def shown(path: str) -> str:
    """The path of a listed file as the books have it."""
    return stores.shown(path) if stores.is_one(path) else _shown(path)


def _local(source: str) -> str:
    """A path; of its address ("file:///PATH") the path that it stands for."""
    found = re.match(r"(?i)file://(?:localhost)?(?=/)", source)
    return source if found is None else unquote(source[found.end() :])


def _folder(folder: str) -> Iterator[Intake | Listed]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield refused(_shown(folder), f"{_shown(folder)} cannot be opened ({error.strerror}).")
        return
    for entry in entries:
        path = os.path.join(folder, entry.name)  # noqa: PTH118 -- keeps the words the user gave, "./" included
        if (other := passed_over(entry.name, _shown(path))) is not None:
            yield other
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(path)
        elif entry.is_symlink() and Path(path).is_dir():
            yield refused(_shown(path), f"{_shown(path)} is a link to a folder: name that folder itself.")
        else:
            yield Listed(path, _size(path))


def _documents(found: Iterator[Intake | Listed], options: ReadOptions) -> Iterator[Found]:
    for item in found:
        if isinstance(item, Intake):
            yield item
        elif item.path == "-":
            yield from _standard_input(options)
        elif is_address(item.path):
            yield Link(item.path, item.path)
        elif stores.is_one(item.path):
            yield from _object(item, options)
        else:
            yield from _file(item, options)


def _file(file: Listed, options: ReadOptions) -> Iterator[Found]:
    shown = _shown(file.path)
    try:
        # A pipe or a device would be waited on for ever
        if _suffix(shown) not in _UNREAD and not stat.S_ISREG(os.stat(file.path).st_mode):  # noqa: PTH116
            yield refused(shown, f"{shown} is not a regular file.")
            return
        yield from _opened(partial(_stream, file.path), shown, file.size, options)
    except OSError as error:
        yield refused(shown, f"{shown} cannot be read ({error.strerror}).")


def _stream(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _object(file: Listed, options: ReadOptions) -> Iterator[Found]:
    """A file of a store."""
    shown = stores.shown(file.path)
    try:
        yield from _opened(partial(stores.opened, file.path), shown, file.size, options)
    except stores.Broken as error:
        yield refused(shown, f"{shown} is not whole: {error}.", max(file.size, 1))
    except OSError as error:
        yield refused(shown, f"{shown} cannot be read ({error}).", file.size)


def _opened(open_it: Callable[[], BinaryIO], shown: str, size: int, options: ReadOptions) -> Iterator[Found]:
    """What a file holds, if its name or its bytes are of a kind that is read."""
    suffix = _suffix(shown)
    if suffix in _UNREAD:
        yield refused(shown, f"{shown} is {_UNREAD[suffix]}.", size)
        return
    with open_it() as stream:
        if suffix not in _SUFFIXES and (other := _unread(stream, suffix)) is not None:
            yield refused(shown, f"{shown} is {other}.", size)
            return
        day = _DAY_IN_NAME.search(PurePath(shown).name)
        dates = (Stated(day[0], "file"),) if day else ()
        yield from containers.documents(stream, Label(Document(shown, b"", dates=dates, follow=FOLLOW)), options)


def _suffix(shown: str) -> str:
    return PurePath(shown).suffix.casefold()


def _unread(stream: BinaryIO, suffix: str) -> str | None:
    """Why a file is not read whose name is of no kind that is: its bytes show none, either."""
    head = stream.read(containers.HEAD)
    stream.seek(0)
    if parsing.signed_as(head) is not None or head.startswith(parquet.MAGIC):
        return None
    known = binary(head)
    return (
        known
        or f"of a kind ({_shown(suffix)}) that is not read: give text, HTML, PDF, JSON Lines, Parquet, a feed, a table or an archive"
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
