"""The bytes of an archive as they come, unpacked where they are compressed, with a few of them held ahead."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from onrecord.stories.compressed import Caps, Ending, Unpacked, told

_PIECE = 1 << 18
_BEGINNING = b"WARC/1."
_BEGUN = re.compile(rb"W(?:A(?:R(?:C(?:/(?:1(?:\.(?:\d\r?)?)?)?)?)?)?)?")
_LONGEST_START = 16
_HEAD = 8
_MOST = 1 << 44  # a member of an archive may be a film; its ratio is what gives a bomb away


class Headed(io.RawIOBase):
    """A stream with its first bytes put back before it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """The first bytes, then those of the stream."""
        size = len(into)
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
        else:
            piece = self._rest.read(size)
        into[: len(piece)] = piece
        return len(piece)


class Flow:
    """at: the place of the next byte among all that the stream unpacks to."""

    def __init__(self, stream: BinaryIO, ratio: int) -> None:
        head = b""
        while len(head) < _HEAD and (piece := stream.read(_HEAD - len(head))):
            head += piece
        kind = told(head)
        raw = Headed(head, stream)
        self._packed = Unpacked(raw, kind, Caps(_MOST, ratio)) if kind else None  # type: ignore[arg-type]
        self._stream: io.RawIOBase = self._packed or raw
        self._held = bytearray()
        self._over = False
        self._aligned = kind is not None  # every record so far began a member
        self._plain = 0
        self.at = 0

    def taken(self) -> int:
        """Bytes of the stream itself that were read."""
        return self._plain if self._packed is None else self._packed.taken

    def ended(self) -> Ending | None:
        """How the stretch ended, if it did."""
        if self._packed is not None:
            return self._packed.end
        return Ending("proper") if self._over else None

    def ending(self) -> Ending:
        """How the stretch ended, after all of it was read."""
        return self.ended() or Ending("proper")

    def resume(self) -> int | None:
        """Goes on after a broken stretch; the bytes of the stream passed over, None where nothing follows."""
        if self._packed is None:
            return None
        skipped = self._packed.resume(_BEGINNING)
        self._over = skipped is None
        return skipped

    def hollow(self) -> bool:
        """Did the stretch end in a member of which nothing came, as if it had none to begin with?"""
        return self._packed is not None and self._packed.hollow()

    def _fill(self, size: int) -> bool:
        """Holds so many bytes, if there are."""
        while len(self._held) < size and not self._over:
            piece = self._stream.read(_PIECE)
            if not piece:
                self._over = True
            else:
                self._plain += len(piece)
                self._held += piece
        return len(self._held) >= size

    def more(self) -> bool:
        """Is there another byte in this stretch?"""
        return self._fill(1)

    def peek(self, size: int) -> bytes:
        """The next bytes, or as many as there are."""
        self._fill(size)
        return bytes(self._held[:size])

    def _drop(self, size: int) -> None:
        del self._held[:size]
        self.at += size

    def take(self, size: int, hold: int) -> tuple[bytes, int]:
        """The next bytes, and how many there were; of more than `hold` only the number."""
        got, kept = 0, bytearray()
        while got < size and self._fill(1):
            piece = self._held[: size - got]
            got += len(piece)
            if got <= hold:
                kept += piece
            elif kept:
                kept = bytearray()
            self._drop(len(piece))
        return (bytes(kept) if got <= hold else b""), got

    def push(self, back: bytes) -> None:
        """Puts bytes back before what is held."""
        self._held[:0] = back
        self.at -= len(back)

    def matches(self, start: "re.Pattern[bytes]") -> bool:
        """Does a record begin here?"""
        self._fill(_LONGEST_START)
        return start.match(self._held) is not None

    def begun(self) -> bool:
        """Does the stretch end within the line with which a record begins?"""
        return not self._fill(_LONGEST_START) and _BEGUN.fullmatch(self._held) is not None

    def head(self, start: "re.Pattern[bytes]") -> bytes:
        """Takes the line with which a record begins; what its first group says."""
        found = start.match(self._held)
        assert found is not None
        said = bytes(found[1])
        self._drop(found.end())
        return said

    def place(self) -> tuple[int, str]:
        """Where the next byte is, and among which bytes: of the stream itself ("offset") if a member begins with it, or of
        what it unpacks to ("unpacked_offset").
        """
        if self._packed is None:
            return self.at, "offset"
        starts = self._packed.starts
        while len(starts) > 1 and starts[1][0] <= self.at:
            starts.popleft()
        if starts and starts[0][0] == self.at:
            return starts[0][1], "offset"
        self._aligned = False
        return self.at, "unpacked_offset"

    def lines(self, most: int) -> list[bytes] | None:
        """Takes lines up to an empty one; None, taking nothing, where none comes within so many bytes."""
        size = 512
        while True:
            full = self._fill(min(size, most))
            if self._held.startswith(b"\r\n"):
                self._drop(2)
                return []
            end = self._held.find(b"\r\n\r\n", 0, most)
            if end >= 0:
                lines = bytes(self._held[:end]).split(b"\r\n")
                self._drop(end + 4)
                return lines
            if not full or size >= most:
                return None
            size *= 2

    def settle(self) -> bool:
        """Is everything up to here vouched for by the checksum of its compression? True where there is none."""
        if self._packed is None:
            return True
        self._fill(1)
        return self.vouched()

    def vouched(self) -> bool:
        """The same of what was read so far, without reading on."""
        return self._packed is None or self._packed.sure >= self.at

    def _begins(self, at: int) -> bool:
        """May a record begin here? Where each has a member of its own, only where a member begins."""
        return not self._aligned or self._packed is None or any(start == at for start, _ in self._packed.starts)

    def inner(self, block: bytes, closing: bytes, start: "re.Pattern[bytes]") -> int | None:
        """Where in a block just taken another record begins, counted to the lines before it that close the first."""
        base = self.at - len(block)
        # The line it begins with may be half taken
        seen = block + self.peek(_LONGEST_START)
        at = seen.find(closing + _BEGINNING)
        while 0 <= at <= len(block) - len(closing):
            if start.match(seen, at + len(closing)) and self._begins(base + at + len(closing)):
                return at
            at = seen.find(closing + _BEGINNING, at + 1)
        return None

    def skip(self, start: "re.Pattern[bytes] | None") -> int:
        """Goes to the next line with which a record begins (to the end of the stretch where None); the bytes passed over, empty lines not counted."""
        passed = 0
        fresh = True  # what is held begins a line
        while self._fill(1):
            self._fill(_PIECE)
            at = -1 if start is None else self._next(start, fresh)
            if at >= 0:
                passed += _worth(self._held[:at])
                self._drop(at)
                return passed
            # The last bytes may be part of what is looked for
            size = len(self._held) if self._over else len(self._held) - _LONGEST_START
            passed += _worth(self._held[:size])
            fresh = self._held[size - 1 : size] == b"\n"
            self._drop(size)
        return passed

    def _next(self, start: "re.Pattern[bytes]", fresh: bool) -> int:
        for at in _places(self._held):
            lined = fresh if at == 0 else self._held[at - 1 : at] == b"\n"
            # Where a member begins, what went before was another line or none
            if (lined or self._aligned) and start.match(self._held, at) and self._begins(self.at + at):
                return at
        return -1


def _places(held: bytearray) -> Iterator[int]:
    at = held.find(_BEGINNING)
    while at >= 0:
        yield at
        at = held.find(_BEGINNING, at + 1)


def _worth(piece: bytearray) -> int:
    return len(piece) if piece.strip(b"\r\n") else 0
