"""A compressed stream → its bytes, within bounds, and word of whether it came to its proper end.

Nothing is sought or held: a few hundred kilobytes are in memory whatever the stream unpacks to. A member is what a
format may repeat in one stream: a gzip member, a zstd frame. A web archive has one for each record.
"""

import bz2
import io
import lzma
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, Literal, Protocol

import brotli
import zstandard

Kind = Literal["gzip", "zstd", "bzip2", "xz", "deflate", "br"]
EndState = Literal["proper", "torn", "broken", "capped"]

_PIECE = 1 << 16
_RECENT = 1 << 18  # input remembered, to look for the next member where one turns out broken
_TRIAL = 4096
_MOST_TRIALS = 10_000  # in one stream
_LONGEST_HEAD = 200_000
_SMALL = 64
_MOST_SMALL = 100_000  # members smaller than that: each takes time, however little is in it
_MOST_STARTS = 100_000
_MAGIC = {"gzip": b"\x1f\x8b\x08", "zstd": b"\x28\xb5\x2f\xfd", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
_ERRORS = (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, zstandard.ZstdError, brotli.error)
_ZSTD_BITE = 256  # four bytes of zstd can stand for 128 kilobytes, and its decoder cannot be told to stop
_MOST_WINDOW = 1 << 27


@dataclass(frozen=True, slots=True)
class Caps:
    """most: bytes that one member may unpack to. ratio: how many times its size it may, once past `free` bytes."""

    most: int = 20_000_000
    ratio: int = 100
    free: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Ending:
    """How a stream ended. proper: the last member was whole, its checksum right. torn: the stream stops within a
    member. broken: its bytes are not of this format, or a checksum is wrong. capped: it unpacks to more than allowed.

    at: where, in bytes of the compressed stream, the member that was not whole begins; lost: bytes of it that were
    read and are not vouched for.
    """

    state: EndState
    reason: str = ""
    at: int = 0
    lost: int = 0


class _Member(Protocol):
    def give(self, data: bytes, most: int) -> bytes: ...
    def hungry(self) -> bool: ...
    def eof(self) -> bool: ...
    def unused(self) -> bytes: ...
    def waiting(self) -> int: ...


class _Zlib:
    """gzip and deflate. Length and checksum are checked by zlib itself, where the format has them."""

    def __init__(self, bits: int) -> None:
        self._it = zlib.decompressobj(bits)
        self._full = False

    def give(self, data: bytes, most: int) -> bytes:
        out = self._it.decompress(self._it.unconsumed_tail + data, most)
        self._full = len(out) >= most
        return out

    def hungry(self) -> bool:
        return not self._full and not self._it.unconsumed_tail

    def eof(self) -> bool:
        return self._it.eof

    def unused(self) -> bytes:
        return self._it.unused_data

    def waiting(self) -> int:
        return len(self._it.unconsumed_tail)


class _Bz2Xz:
    def __init__(self, it: "bz2.BZ2Decompressor | lzma.LZMADecompressor") -> None:
        self._it = it

    def give(self, data: bytes, most: int) -> bytes:
        return self._it.decompress(data, most)

    def hungry(self) -> bool:
        return self._it.needs_input

    def eof(self) -> bool:
        return self._it.eof

    def unused(self) -> bytes:
        return self._it.unused_data

    def waiting(self) -> int:
        return 0


class _Zstd:
    def __init__(self) -> None:
        self._it = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW).decompressobj()
        self._waiting = memoryview(b"")

    def give(self, data: bytes, most: int) -> bytes:
        if data:
            self._waiting = memoryview(bytes(self._waiting) + data)
        out = bytearray()
        while self._waiting and not self._it.eof and len(out) < most:
            bite, self._waiting = self._waiting[:_ZSTD_BITE], self._waiting[_ZSTD_BITE:]
            out += self._it.decompress(bite)
        return bytes(out)

    def hungry(self) -> bool:
        return not self._waiting

    def eof(self) -> bool:
        return self._it.eof

    def unused(self) -> bytes:
        return self._it.unused_data + bytes(self._waiting)

    def waiting(self) -> int:
        return len(self._waiting)


class _Brotli:
    """Has no checksum, nor a mark at its beginning; anything after its end is an error to its decoder."""

    def __init__(self) -> None:
        self._it = brotli.Decompressor()
        self._waiting = b""

    def give(self, data: bytes, most: int) -> bytes:
        self._waiting += data
        if not self._it.can_accept_more_data():
            return bytes(self._it.process(b"", output_buffer_limit=most))
        bite, self._waiting = self._waiting[:_ZSTD_BITE], self._waiting[_ZSTD_BITE:]
        return bytes(self._it.process(bite, output_buffer_limit=most))

    def hungry(self) -> bool:
        return not self._waiting and self._it.can_accept_more_data()

    def eof(self) -> bool:
        return bool(self._it.is_finished())

    def unused(self) -> bytes:
        return self._waiting

    def waiting(self) -> int:
        return len(self._waiting)


_MEMBERS: dict[str, Callable[[], _Member]] = {
    "gzip": lambda: _Zlib(31),
    "zstd": _Zstd,
    "bzip2": lambda: _Bz2Xz(bz2.BZ2Decompressor()),
    "xz": lambda: _Bz2Xz(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_WINDOW)),
    "deflate": lambda: _Zlib(15),
    "raw": lambda: _Zlib(-15),
    "br": _Brotli,
}


def told(head: bytes) -> Kind | None:
    """The compression that the first bytes (six are enough) show, or begin to show where there are no more; None where
    they show none.
    """
    for kind, magic in _MAGIC.items():
        if head.startswith(magic) or (head and magic.startswith(head)):
            return kind  # type: ignore[return-value]
    return None


class Unpacked(io.RawIOBase):
    """The bytes of a compressed stream as a stream, up to its end or the first member that is not whole.

    end: None until then. sure: the bytes given up to here are of members that ended properly. starts: the members
    begun, as places in the bytes given and in the stream; whoever reads takes away those that are past.
    """

    def __init__(self, stream: BinaryIO, kind: str, caps: Caps | None = None) -> None:
        self._stream, self._kind, self._caps = stream, kind, caps or Caps()
        self._in = b""  # read, and not yet given to a member
        self._recent = bytearray()  # the last of what was given to the present one
        self._out = bytearray()
        self._member: _Member | None = None
        self._begun = self._fed = self._got = 0  # of the present member: its place, bytes in and out
        self._members = self._trials = self._small = 0
        self.taken = self.made = self.sure = 0
        self.starts: deque[tuple[int, int]] = deque(maxlen=_MOST_STARTS)
        self.end: Ending | None = None

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fills `into` with what there is, 0 at the end; `end` then tells which end it is."""
        while not self._out and self.end is None:
            if self._member is None:
                self._begin()
            else:
                self._step(self._member)
        piece = self._out[: len(into)]
        del self._out[: len(into)]
        into[: len(piece)] = piece
        return len(piece)

    def hollow(self) -> bool:
        """Has nothing come of the present member?"""
        return self._member is not None and not self._got

    def resume(self, beginning: bytes) -> int | None:
        """After a broken or capped member: goes on with the next one that unpacks to these first bytes.

        Returns the bytes of the stream from the begin of the broken member to that of the next; None where none
        follows, `taken` then being the length of the stream.
        """
        magic, window = _MAGIC[self._kind], bytes(self._recent) + self._in
        base = self.taken - len(window)  # where the window begins
        at = 1 if base == self._begun and self._members else 0
        while True:
            at = window.find(magic, at)
            if at < 0 or len(window) - at < _TRIAL:
                more = self._read()
                if at < 0:
                    keep = min(len(window), len(magic) - 1)
                    base += len(window) - keep
                    window, at = window[len(window) - keep :], 0
                    if not more:
                        return None
                window += more
                if more:
                    continue
            self._trials += 1
            if self._trials > _MOST_TRIALS:
                while self._read():
                    pass
                return None
            if _opens(window[at : at + _TRIAL], self._kind, beginning):
                break
            at += 1
        skipped = base + at - self._begun
        self._in, self._member, self.end = window[at:], None, None
        self._recent.clear()
        return skipped

    def _read(self) -> bytes:
        more = self._stream.read(_PIECE)
        self.taken += len(more)
        return more

    def _begin(self) -> None:
        magic = _MAGIC.get(self._kind, b"")
        while len(self._in) < max(1, len(magic)) and (more := self._read()):
            self._in += more
            if self._members and self._kind == "gzip":
                self._in = self._in.lstrip(b"\x00")  # tapes are filled up with these
        self._recent.clear()
        self._begun, self._fed, self._got = self.taken - len(self._in), 0, 0
        alone = self._kind not in _MAGIC
        if not self._in and self._members:
            self.end = Ending("proper")
        elif not self._in or (magic.startswith(self._in) and magic != self._in):
            self.end = Ending("torn", "it ends before it has begun", self._begun, len(self._in))
        elif (alone and self._members) or not self._in.startswith(magic):
            if self._members and self._kind == "gzip" and self._in[:1] == b"\x00":
                self._in = self._in.lstrip(b"\x00")
                return
            reason = f"what follows is no {self._kind}" if self._members else f"it is no {self._kind}"
            self.end = Ending("broken", reason, self._begun, len(self._in))
        else:
            self._member = _MEMBERS[self._kind]()
            self._members += 1
            if self.starts and self.starts[-1][0] == self.made:
                self.starts.pop()  # nothing was in the one before
            self.starts.append((self.made, self._begun))

    def _step(self, member: _Member) -> None:
        data = b""
        if member.hungry():
            data, self._in = self._in or self._read(), b""
            if not data:
                self.end = Ending("torn", "it ends within a part", self._begun, self._fed)
                return
        self._fed += len(data)
        self._recent += data
        if len(self._recent) > _RECENT + _PIECE:
            del self._recent[:-_RECENT]
        try:
            out = member.give(data, _PIECE)
        except _ERRORS as error:
            self.end = Ending("broken", f"its bytes are wrong ({str(error)[:80]})", self._begun, self._fed)
            return
        self._out += out
        self.made += len(out)
        self._got += len(out)
        used = self._fed - member.waiting()
        if self._kind == "gzip" and not self._got and used > _LONGEST_HEAD and not member.eof():
            self.end = Ending("broken", "nothing comes of its bytes", self._begun, used)
            return
        if self._got > self._caps.most:
            self.end = Ending("capped", f"it unpacks to more than {self._caps.most} bytes", self._begun, used)
        elif self._got > max(self._caps.free, self._caps.ratio * used):
            self.end = Ending("capped", f"it unpacks to more than {self._caps.ratio} times its size", self._begun, used)
        elif member.eof():
            self._in = member.unused() + self._in
            self._member, self.sure = None, self.made
            self._small += self._got < _SMALL
            if self._small > _MOST_SMALL:
                self._trials = _MOST_TRIALS
                reason = f"more than {_MOST_SMALL} of its parts hold next to nothing"
                self.end = Ending("capped", reason, self._begun, used)


def _opens(window: bytes, kind: str, beginning: bytes) -> bool:
    member = _MEMBERS[kind]()
    try:
        out = member.give(window, _TRIAL)
    except _ERRORS:
        return False
    return out.startswith(beginning)


@dataclass(frozen=True, slots=True)
class Undone:
    """What was unpacked, the ending, and how many bytes after a proper end are of no use."""

    body: bytes
    end: Ending
    after: int = field(default=0)


def undo(body: bytes, kind: Kind, caps: Caps) -> Undone:
    """The bytes of a compressed body; those before the tear or the cap where it is not whole."""
    made = _undone(body, kind, caps)
    if kind == "deflate" and made.end.state == "broken" and not made.body:
        # The name is used on the web for two formats
        made = _undone(body, "raw", caps)
    return made


def _undone(body: bytes, kind: str, caps: Caps) -> Undone:
    stream = Unpacked(io.BytesIO(body), kind, caps)
    pieces = []
    made = 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        made += len(piece)
        if made > caps.most:
            break
    end = stream.end or Ending("capped", f"it unpacks to more than {caps.most} bytes")
    if end.state == "broken" and end.reason.startswith("what follows"):
        return Undone(b"".join(pieces), Ending("proper"), len(body) - end.at)
    return Undone(b"".join(pieces), end)
