"""A store that the user named (s3://BUCKET/PREFIX, hdfs://HOST/PATH) → its files in order, and each as a stream.

This is the one module beside `wire.py` that opens connections: to the store, by pyarrow, with the credentials that it finds where it always
looks (the environment, a file of the user's, the address itself). What the books call a file has neither credentials nor options in it.
"""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import quote, unquote

from onrecord.errors import TryLater, WrongUse
from onrecord.records import Intake
from onrecord.stories.compose import refused
from onrecord.stories.listing import Listed, passed_over

_SCHEMES = ("s3", "hdfs")
_AHEAD = 4 << 20  # bytes of one request
_CODE = re.compile(r"AWS Error (\w+)")
_DENIED = frozenset(
    {"ACCESS_DENIED", "INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "MISSING_AUTHENTICATION_TOKEN"}
)
_ABSENT = frozenset({"NO_SUCH_BUCKET", "NO_SUCH_KEY", "RESOURCE_NOT_FOUND"})


@dataclass(frozen=True, slots=True)
class _Address:
    """scheme, who and host as in the address; path: within the store, as it is, without a slash at either end; options: its query."""

    scheme: str
    who: str
    host: str
    path: str
    options: str

    def __str__(self) -> str:
        """What the books call it; where it is given back as an address, it names the same file."""
        path = re.sub(r"[%?#\x00-\x1f\x7f]", lambda found: quote(found[0]), self.path)
        return f"{self.scheme}://{self.host}/{path}"

    def of(self, path: str) -> str:
        """The address of another file of the store, with all that it takes to read it."""
        return f"{self.scheme}://{self.who}{self.host}/{quote(path)}{self.options}"


def is_one(source: str) -> bool:
    """Whether a source is the address of a store."""
    return re.match(rf"(?i)(?:{'|'.join(_SCHEMES)})://", source) is not None


def shown(source: str) -> str:
    """An address as the books have it: without credentials and options."""
    return str(_taken(source))


def listed(source: str) -> Iterator[Intake | Listed]:
    """The files of a store below an address, folder by folder, by name; or the one that it names. Hidden ones are refused, as are
    the marks that a cluster's programs leave.

    Raises:
        WrongUse: it is not there, may not be read, or this machine has no means to; on the call.
        TryLater: the store does not answer.
    """
    from pyarrow.fs import FileType

    address = _taken(source)
    try:
        store, place = _placed(address)
        found = store.get_file_info(place)
    except (OSError, ValueError) as error:
        raise _unusable(address, error) from error
    if found.type == FileType.NotFound:
        raise WrongUse(f"{address}: there is no such file or folder.")
    if found.type == FileType.File:
        return iter((Listed(source, found.size or 0),))
    return _folder(address, address.path, store)


def _folder(address: _Address, path: str, store: Any) -> Iterator[Intake | Listed]:
    from pyarrow.fs import FileSelector, FileType

    name = str(_within(address, path))
    try:
        found = store.get_file_info(FileSelector(_place(address, path)))
        entries = sorted((entry.base_name, entry.type == FileType.Directory, entry.size or 0) for entry in found)
    except (OSError, ValueError) as error:
        yield refused(name, f"{name} cannot be listed ({_why(error)}).")
        return
    for base, is_folder, size in entries:
        inner = f"{path}/{base}" if path else base
        called = str(_within(address, inner))
        if (other := passed_over(base, called)) is not None:
            yield other
        elif is_folder:
            yield from _folder(address, inner, store)
        else:
            yield Listed(address.of(inner), size)


def opened(source: str) -> BinaryIO:
    """A file of a store as a stream that can be sought in.

    Raises OSError where it cannot be opened, and the stream raises Broken where it is not whole.
    """
    address = _taken(source)
    try:
        store, place = _placed(address)
        return io.BufferedReader(_Object(store.open_input_file(place)), _AHEAD)
    except (OSError, ValueError) as error:
        raise OSError(_why(error)) from error


class Broken(OSError):
    """A file of a store ended, or its connection broke, before it was read: what was read is not all of it."""


class _Object(io.RawIOBase):
    """A file of a store."""

    def __init__(self, file: Any) -> None:
        self._file, self._size, self._at = file, file.size(), 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        """Nothing is asked for until it is read."""
        self._at = max(0, to + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """What one request brings; less than there should be is an error."""
        wanted = min(len(into), self._size - self._at)
        if wanted <= 0:
            return 0
        try:
            piece = self._file.read_at(wanted, self._at)
        except (OSError, ValueError) as error:
            raise Broken(f"{_why(error)}, at byte {self._at} of {self._size}") from error
        if not piece:
            raise Broken(f"it ends at byte {self._at} of {self._size}")
        into[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """The connection goes back to where it came from."""
        if not self.closed:
            self._file.close()
        super().close()


def _taken(source: str) -> _Address:
    """An address taken apart; one that is no proper address, with spaces or letters of any script in it, is understood."""
    scheme, _, rest = source.partition("://")
    rest, mark, options = rest.partition("?")
    host, _, path = rest.partition("/")
    who, at, host = host.rpartition("@")
    return _Address(scheme.casefold(), who + at, host, unquote(path).strip("/"), mark + options)


def _within(address: _Address, path: str) -> _Address:
    return _Address(address.scheme, "", address.host, path, "")


def _place(address: _Address, path: str) -> str:
    """What a file is called among those who store it."""
    return f"/{path}" if address.scheme == "hdfs" else f"{address.host}/{path}".rstrip("/")


def _placed(address: _Address) -> tuple[Any, str]:
    if not address.host and address.scheme == "s3":
        raise ValueError("it names no bucket")
    return _connected(f"{address.scheme}://{address.who}{address.host}/{address.options}"), _place(
        address, address.path
    )


@lru_cache(maxsize=4)
def _connected(address: str) -> Any:
    from pyarrow.fs import FileSystem

    return FileSystem.from_uri(address)[0]


def _why(error: Exception) -> str:
    """What went wrong, in few words: messages of pyarrow have addresses in them, and what is in these."""
    if (code := _CODE.search(str(error))) is not None:
        return code[1].replace("_", " ").lower()
    if isinstance(error, FileNotFoundError):
        return "it is not there"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return "its connection broke" if isinstance(error, OSError) else "its name cannot be asked for"


def _unusable(address: _Address, error: Exception) -> WrongUse | TryLater:
    """Why nothing of a store can be read."""
    words, code = str(error), _CODE.search(str(error))
    if isinstance(error, ValueError):
        known = re.search(r"(?i)unexpected query parameter in \w+ URI: '\w{1,40}'|it names no bucket", words)
        return WrongUse(f"{address}: it is no address of a store{f' ({known[0]})' if known else ''}.")
    if "libjvm" in words or "libhdfs" in words:
        needed = "Java and Hadoop's libhdfs: set JAVA_HOME, HADOOP_HOME, and CLASSPATH to what `hadoop classpath --glob` says"
        return WrongUse(f"{address}: to read it takes {needed}.")
    if (
        isinstance(error, FileNotFoundError)
        or (code and code[1] in _ABSENT)
        or ("Bucket '" in words and "' not found" in words)
    ):
        return WrongUse(f"{address}: there is no such file or folder.")
    if (code and code[1] in _DENIED) or isinstance(error, PermissionError):
        what = "it may not be read with the credentials that are at hand (AWS_ACCESS_KEY_ID and the like)"
        return WrongUse(f"{address}: {what}: {_why(error)}.")
    return TryLater(f"{address}: the store does not answer ({_why(error)}); try again.")
