"""What runs in the process that reads a Parquet file: its rows, each as a line of JSON, are sent to whoever started it.

The process has no file: it asks for pieces of one, and gets them. What it sends is a kind (one byte) and what belongs to it.
"""

import json
import math
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from multiprocessing.connection import Connection
from typing import Any

from onrecord.stories.confined import confine, live_with_the_parent, spend, without_network

READY, ASK, PART, LINES, NOTE, UNREAD, WRONG, LIMIT, LACKING, END = (bytes([c]) for c in b"r?&+nux!m.")
"""Kinds: it is ready; it asks for bytes (where and how many); a part of a long line; lines to their ends; a column that is not
used; why none of the file is read; what is wrong with it; which limit was met; what the machine lacks; all rows are sent.
"""
WHERE = struct.Struct("<QQ")
PIECE = 1 << 20
"""Bytes that are asked for or sent at once, at most."""

_BATCH = 16  # rows under way: each may be as long as a row may be
_LISTED = 200  # characters of a file's own words in a reason
_UNITS = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1}
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted of a file. size: its bytes; names: the columns that are read, where it has them; needed: the one that it
    must have; longest: bytes of a row that is of use. memory: bytes of address space that reading may take; cpu: seconds of computing
    for a few rows; files: open ones.
    """

    size: int
    names: tuple[str, ...]
    needed: str
    longest: int
    memory: int = 1 << 30
    cpu: int = 30
    files: int = 8


class NotRead(Exception):
    """Why none of a file is read: a sentence's end."""


def work(line: Connection, asked: Asked) -> None:
    """What the process does until all rows are sent or the line is closed."""
    without_network()
    live_with_the_parent()
    # Others reserve a gigabyte at once, which the limit would count
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    # Takes a while and threads: loaded where the network is gone and before memory is limited
    import pyarrow as pa
    import pyarrow.parquet

    pa.set_cpu_count(1)
    held = confine(asked.memory, asked.files)
    with suppress(EOFError, BrokenPipeError, ConnectionError):
        line.send_bytes(READY)
        line.send_bytes(_sent(line, asked, held))
        line.recv_bytes(1)  # until it is closed: what was sent is read first


def _sent(line: Connection, asked: Asked, held: bool) -> bytes:
    """Sends the rows; the last word on them comes back."""
    try:
        for message in messages(_Far(line, asked.size), asked):
            spend(asked.cpu)
            line.send_bytes(message)
    except (EOFError, ConnectionError):
        raise
    except NotRead as error:
        return UNREAD + _words(error)
    except MemoryError:
        return LIMIT + f"it takes more than {asked.memory:,} bytes of memory".encode() if held else LACKING
    except RecursionError:
        return WRONG + b"its parts lie too deep within each other"
    except Exception as error:
        # Whatever the parser of others says of the bytes of strangers
        return WRONG + _words(error)
    return END


def _words(error: Exception) -> bytes:
    said = " ".join(str(error).split())[:_LISTED] or type(error).__name__
    return said.rstrip(".").encode("utf-8", "backslashreplace")


def messages(file: Any, asked: Asked) -> Iterator[bytes]:
    """What is sent of a file: notes, then lines.

    Raises:
        NotRead: none of it is of use.
        MemoryError, OSError, ValueError and others, as pyarrow has them: it is not whole.
    """
    from pyarrow import parquet

    try:
        found = parquet.ParquetFile(
            file, buffer_size=1 << 16, pre_buffer=False, page_checksum_verification=True, arrow_extensions_enabled=False
        )
    except (OSError, ValueError) as error:
        raise (NotRead("encrypted") if "crypt" in str(error) else error) from error
    names, notes = _chosen(found.schema_arrow, asked)
    yield from (NOTE + note.encode("utf-8", "backslashreplace") for note in notes)
    count, size = 0, 0
    lines: list[bytes] = []
    for batch in _batches(found, names):
        columns = [_cells(column) for column in batch.columns]
        for cells in zip(*columns, strict=True):
            count += 1
            row = dict(zip(batch.schema.names, cells, strict=True))
            long = sum(len(cell) for cell in cells if isinstance(cell, bytes)) > asked.longest
            line = b"" if long else _line(row)
            if long or len(line) > PIECE:
                yield from _flushed(lines)
                yield from _in_parts(b"".join(c for c in cells if isinstance(c, bytes)) if long else line)
                lines, size = [], 0
                continue
            lines.append(line)
            size += len(line)
            if size > PIECE:
                yield from _flushed(lines)
                lines, size = [], 0
        yield from _flushed(lines)
        lines, size = [], 0
    if count != found.metadata.num_rows:
        raise ValueError(f"it says that it has {found.metadata.num_rows} rows, and {count} came")


def _batches(found: Any, names: list[str]) -> Iterator[Any]:
    """A few rows at a time, none of two groups: what is wrong with one takes no row of another with it."""
    for group in range(found.num_row_groups):
        yield from found.iter_batches(_BATCH, row_groups=[group], columns=names, use_threads=False)


def _flushed(lines: list[bytes]) -> Iterator[bytes]:
    if lines:
        yield LINES + b"".join(lines)


def _in_parts(line: bytes) -> Iterator[bytes]:
    """A long line, or one so long that only its length will count."""
    for at in range(0, len(line), PIECE):
        yield PART + line[at : at + PIECE].replace(b"\n", b" ")
    yield LINES + b"\n"


def _chosen(schema: Any, asked: Asked) -> tuple[list[str], list[str]]:
    """The names of the columns to read, in the file's order, and a note on each that could not be used."""
    from pyarrow import types

    names, notes = [], []
    for name in asked.names:
        places = schema.get_all_field_indices(name)
        if len(places) > 1:
            raise NotRead(f'a table with more than one column "{name}"')
        if not places:
            continue
        kind = schema.field(places[0]).type
        if not types.is_nested(kind) and not (types.is_dictionary(kind) and types.is_nested(kind.value_type)):
            names.append(name)
        elif name == asked.needed:
            raise NotRead(f'a table whose column "{name}" holds {str(kind)[:60]}, not text')
        else:
            notes.append(f'its column "{name}" holds {str(kind)[:60]} and is not used')
    if asked.needed not in names:
        has = ", ".join(schema.names)
        shown = has if len(has) <= _LISTED else has[:_LISTED] + " ..."
        raise NotRead(f'a table without a column "{asked.needed}" (it has {shown or "none"})')
    return [name for name in schema.names if name in names], notes


def _cells(column: Any) -> list[Any]:
    """The values of a column as what JSON has, and bytes for words: whether they are UTF-8 nobody has checked yet."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        # As words, one that is no UTF-8 would take the others with it
        column = column.cast(pa.large_binary())
    elif types.is_timestamp(kind):
        zone = UTC if kind.tz else None
        return [_moment(value, kind.unit, zone) for value in column.cast(pa.int64()).to_pylist()]
    elif types.is_date(kind):
        days = column.cast(pa.int32()) if types.is_date32(kind) else column.cast(pa.int64())
        by = _DAY if types.is_date32(kind) else 1_000
        return [None if day is None else _day(day * by) for day in days.to_pylist()]
    return [_value(value) for value in column.to_pylist()]


def _moment(value: int | None, unit: str, zone: timezone | None) -> str | int | None:
    if value is None:
        return None
    microseconds = value // 1_000 if unit == "ns" else value * _UNITS[unit]
    try:
        return (datetime(1970, 1, 1, tzinfo=zone) + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return value  # no date that anybody can read, and said to be none


def _day(microseconds: int) -> str | int:
    try:
        return (date(1970, 1, 1) + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return microseconds


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bytes | bool | int):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _line(row: dict[str, Any]) -> bytes:
    """A row as a line. Bytes that are no UTF-8 become halves of pairs, which are counted where the story is made."""
    try:
        shown = {name: cell.decode() if isinstance(cell, bytes) else cell for name, cell in row.items()}
        return json.dumps(shown, ensure_ascii=False).encode() + b"\n"
    except UnicodeDecodeError:
        shown = {
            name: cell.decode("utf-8", "surrogateescape") if isinstance(cell, bytes) else cell
            for name, cell in row.items()
        }
        return json.dumps(shown).encode() + b"\n"


class _Far:
    """A file that lies with whoever started this process."""

    def __init__(self, line: Connection, size: int) -> None:
        self._line, self._size, self._at = line, size, 0
        self._turn = threading.Lock()
        self.closed, self.mode = False, "rb"

    def read(self, size: int = -1) -> bytes:
        with self._turn:
            end = self._size if size < 0 else min(self._at + size, self._size)
            pieces = []
            while self._at < end:
                asked = min(end - self._at, PIECE)
                self._line.send_bytes(ASK + WHERE.pack(self._at, asked))
                piece = self._line.recv_bytes(PIECE)
                if not piece:
                    break
                pieces.append(piece)
                self._at += len(piece)
            return b"".join(pieces)

    def seek(self, to: int, whence: int = 0) -> int:
        self._at = max(0, to + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def close(self) -> None:
        self.closed = True

    def flush(self) -> None:
        """Nothing is written."""
