"""A Parquet file → its rows as those of JSON Lines, read as they come in a process that can harm nobody.

What holds: of a file that is torn, or that inflates, or whose parser dies, the rows before that are used, and an intake says that it is
not whole. The process has neither files nor network; it is sent the pieces of the file that it asks for.
"""

import io
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import BinaryIO

from onrecord.errors import TryLater
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import columns, rows
from onrecord.stories.columns import WHERE, Asked
from onrecord.stories.compose import refused
from onrecord.stories.confined import begun
from onrecord.stories.links import Link, Retraction

MAGIC = b"PAR1"
SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class ParquetLimits:
    """wall: seconds in which the next rows have to come; ratio: how many times its size a file may unpack to, once past `free`
    bytes, each row counting as `row` bytes more than it has: nothing at all, a million times, is much; memory: bytes of address space that its parser may take; copied: bytes of a stream that cannot be gone back in, which
    is put into a file without a name first; read: how many times its size is read of a file.
    """

    wall: float = 60.0
    ratio: int = 100
    free: int = 4 << 20
    row: int = 256
    memory: int = 1 << 30
    copied: int = 4 << 30
    read: int = 8


PARQUET_LIMITS = ParquetLimits()
_READY = 120.0  # seconds in which a process has to come up, on a machine under load
_LEAST_READ = 64 << 20
_LONGEST_LINE = 1 << 32


def table(
    stream: BinaryIO, source: str, options: ReadOptions, limits: ParquetLimits = PARQUET_LIMITS
) -> Generator[Link | Retraction | Intake, None, None]:
    """One item for each row, `source` and its number being its name; then, where the file is not whole, one that says so.

    A file without a column "text" is refused. Raises TryLater where the machine has not enough memory, or no place for a file,
    and OSError where the stream does.
    """
    if stream.seekable():
        yield from _table(stream, source, options, limits)
        return
    try:
        with TemporaryFile() as held:
            size = 0
            while piece := stream.read(1 << 20):
                size += len(piece)
                if size <= limits.copied:
                    _kept(held, piece, source)
            if size > limits.copied:
                what = f"larger than {limits.copied} bytes and comes as a stream: save it as a file of its own"
                yield refused(source, f"{source} is {what}.", size)
                return
            yield from _table(held, source, options, limits)
    except FileNotFoundError as error:
        raise TryLater(f"{source}: {error.strerror}; set TMPDIR to a folder that can be written.") from error


def _kept(held: BinaryIO, piece: bytes, source: str) -> None:
    try:
        held.write(piece)
        held.flush()
    except OSError as error:
        raise TryLater(f"{source}: no room for a copy of it ({error.strerror}); free some, or set TMPDIR.") from error


def _table(
    stream: BinaryIO, source: str, options: ReadOptions, limits: ParquetLimits
) -> Iterator[Link | Retraction | Intake]:
    size = stream.seek(0, io.SEEK_END)
    if size < 12:
        yield replace(refused(source, f"{source} is no whole Parquet file: it is too short.", size), state="failed")
        return
    asked = Asked(size, rows.COLUMNS, rows.TEXT, options.max_bytes, limits.memory)
    with _Reading(stream, source, asked, limits) as reading:
        held = io.BufferedReader(reading)
        came = bool(held.peek(1))
        for note in reading.notes:
            yield refused(source, f"{source}: {note}.")
        if came or not (reading.wrong or reading.unread):
            yield from rows.rows(held, source, options)
        if reading.unread:
            yield refused(source, f"{source} is {reading.unread}.", size)
        elif reading.wrong and came:
            yield refused(source, f"{source} is not whole after row {reading.count}: {reading.wrong}.", 1)
        elif reading.wrong:
            reason = f"{source} is no whole Parquet file: {reading.wrong}."
            yield replace(refused(source, reason, size), state="failed")


class _Reading(io.RawIOBase):
    """The lines that a process makes of a file, as a stream. wrong: afterwards, why it ended early; unread: why none of it
    is read; notes: on columns; count: lines that came to their end.
    """

    def __init__(self, stream: BinaryIO, source: str, asked: Asked, limits: ParquetLimits) -> None:
        self._stream, self._source, self._asked, self._limits = stream, source, asked, limits
        self._out = memoryview(b"")
        self._given = self._read = 0
        self._within = self._ended = False
        self._left = _READY
        self.wrong = self.unread = ""
        self.notes: list[str] = []
        self.count = 0
        try:
            self._line, self._process = begun(columns.work, asked)
        except OSError as error:
            raise TryLater(f"No process could be started to read {source} ({error.strerror}).") from error

    def __exit__(self, *_: object) -> None:
        self._line.close()
        self._process.kill()
        self._process.join()
        self._process.close()

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Lines, or parts of one; 0 at the end."""
        while not self._out and not self._ended:
            self._hear()
        piece = self._out[: len(into)]
        self._out = self._out[len(piece) :]
        into[: len(piece)] = piece
        return len(piece)

    def _hear(self) -> None:
        begun_at = time.monotonic()
        try:
            if not self._line.poll(max(self._left, 0)):
                self._late()
                return
            said = self._line.recv_bytes(2 * columns.PIECE + self._asked.longest)
        except EOFError:
            self._died()
            return
        except OSError:
            self._end("what came of it is no answer")
            return
        # Only what the process takes is counted, not what we do meanwhile
        self._left -= time.monotonic() - begun_at
        self._take(said[:1], said[1:])

    def _take(self, kind: bytes, said: bytes) -> None:
        words = said[:400].decode("utf-8", "replace")
        if kind in (columns.LINES, columns.PART):
            self._lines(kind, said)
        elif kind == columns.ASK and len(said) == WHERE.size:
            self._answer(*WHERE.unpack(said))
        elif kind == columns.READY:
            self._left = self._limits.wall
        elif kind == columns.NOTE and len(self.notes) < len(self._asked.names):
            self.notes.append(words)
        elif kind == columns.UNREAD and not self._given:
            self.unread, self._ended = words, True
        elif kind == columns.END and not self._within:
            self._ended = True
        elif kind == columns.LACKING:
            raise TryLater(f"{self._source}: there is not enough memory to read it.")
        else:
            self._end(words if kind in (columns.WRONG, columns.LIMIT) and words else "what came of it is no answer")

    def _lines(self, kind: bytes, said: bytes) -> None:
        ends = said.count(b"\n")
        self._given += len(said) + ends * self._limits.row
        most = max(self._limits.free, self._limits.ratio * self._asked.size)
        # A line that has begun is let end, so that it is refused as what it is
        if self._given > most + (_LONGEST_LINE if self._within else 0):
            self._end(f"it unpacks to more than {self._limits.ratio} times its size")
            return
        self._within = kind == columns.PART
        self._left = self._limits.wall
        self.count += ends
        self._out = memoryview(said)

    def _answer(self, at: int, size: int) -> None:
        self._read += size
        if self._read > self._limits.read * self._asked.size + _LEAST_READ or size > columns.PIECE:
            self._end("its parts are asked for again and again")
            return
        self._stream.seek(min(at, self._asked.size))
        piece = self._stream.read(size)
        with suppress(OSError):  # heard of when it is listened to again
            self._line.send_bytes(piece)

    def _late(self) -> None:
        if self._left and self._left == _READY:
            raise TryLater("A process that reads tables does not start; try again when the machine is less busy.")
        self._end(f"no row came of it in {self._limits.wall:g} seconds")

    def _died(self) -> None:
        self._process.join(5)
        self._end(f"the process that read it died (status {self._process.exitcode})")

    def _end(self, why: str) -> None:
        self.wrong, self._ended = why, True
