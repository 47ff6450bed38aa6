"""The bytes of an answer as sent → as meant: packed ones unpacked, a piece at a time, under a limit."""

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli
import zstandard

# What a packed page swells by is 3 to 20; below the allowance nothing can hurt
_ALLOWANCE = 1_000_000
_RATIO = 200
_PIECE = 65_536
_ZSTD_PIECE = 256  # One of its blocks makes up to 128 KB out of 4 bytes, and cannot be told to stop
_ZSTD_WINDOW = 1 << 23
_MOST_PARTS = 1_000
_LONGEST_CHAIN = 2


class BadCoding(Exception):
    """An answer that cannot be unpacked. The message is the end of a sentence: "… is packed as"."""


class TornCoding(BadCoding):
    """One that ends before its own end."""


class _Unpacker(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What comes out of the next piece, in pieces of bounded size."""
        ...

    def finish(self) -> int:
        """How many bytes stood after the end. Raises TornCoding where there was no end."""
        ...


def chain(said: list[str]) -> list[str]:
    """The codings of an answer, in the order in which they were applied, from its headers' values.

    Raises BadCoding: one that is not known, or more than two.
    """
    named = [name for value in said for part in value.split(",") if (name := part.strip().casefold())]
    named = [name.removeprefix("x-") for name in named if name != "identity"]
    if len(named) > _LONGEST_CHAIN:
        raise BadCoding(f"is packed {len(named)} times over")
    for name in named:
        if name not in _UNPACKERS:
            raise BadCoding(f"is packed in a way that is not read ({name[:40]!r})")
    return named


def unpack(raw: bytes, codings: list[str], limit: int) -> tuple[bytes, int]:
    """What was packed, and how many bytes stood after its end and were left. limit: the most that may come out, in bytes.

    Raises BadCoding: it swells past the limit or to more than a page could, or is not what it says it is (TornCoding:
    it ends too soon).
    """
    left = 0
    for name in reversed(codings):
        if not raw:
            break
        raw, after = _unpacked(raw, _UNPACKERS[name](), limit)
        left += after
    return raw, left


def _unpacked(raw: bytes, unpacker: _Unpacker, limit: int) -> tuple[bytes, int]:
    out = bytearray()
    most = min(limit, max(_ALLOWANCE, _RATIO * len(raw)))
    try:
        for start in range(0, len(raw), _PIECE):
            for piece in unpacker.feed(raw[start : start + _PIECE]):
                out += piece
                if len(out) > most:
                    raise BadCoding(f"unpacks to more than {most} bytes")
        return bytes(out), unpacker.finish()
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise BadCoding(f"cannot be unpacked ({error})") from error


class _Zlib:
    """gzip, of one or more parts, and deflate, with its envelope or, as some send it, without."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._bits = 31 if gzip else 0
        self._part: zlib._Decompress | None = None
        self._parts = 0
        self._after = 0
        self._head = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._after:
            self._after += len(data)
            return
        if not self._bits:
            data = self._head + data
            if len(data) < 2:
                self._head = data
                return
            enveloped = data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._bits = 15 if enveloped else -15
        while data:
            if self._part is None or self._part.eof:
                if self._parts and not self._another(data):
                    self._after = len(data)
                    return
                self._part = self._new()
            yield self._part.decompress(data, _PIECE)
            while self._part.unconsumed_tail:
                yield self._part.decompress(self._part.unconsumed_tail, _PIECE)
            data = self._part.unused_data if self._part.eof else b""

    def _another(self, data: bytes) -> bool:
        # One byte may be the first of two
        return self._gzip and b"\x1f\x8b".startswith(data[:2])

    def _new(self) -> "zlib._Decompress":
        self._parts += 1
        if self._parts > _MOST_PARTS:
            raise BadCoding(f"is packed in more than {_MOST_PARTS} parts")
        return zlib.decompressobj(self._bits)

    def finish(self) -> int:
        if self._part is None or not self._part.eof:
            raise TornCoding("ends in the middle of what it packs")
        return self._after


class _Brotli:
    def __init__(self) -> None:
        self._part = brotli.Decompressor()
        self._after = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._part.is_finished():
            self._after += len(data)
            return
        yield self._part.process(data, output_buffer_limit=_PIECE)
        while not self._part.can_accept_more_data() and not self._part.is_finished():
            yield self._part.process(b"", output_buffer_limit=_PIECE)

    def finish(self) -> int:
        if not self._part.is_finished():
            raise TornCoding("ends in the middle of what it packs")
        return self._after


class _Zstd:
    def __init__(self) -> None:
        self._reader = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        self._part = self._reader.decompressobj()
        self._parts = 1

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_PIECE):
            piece = data[start : start + _ZSTD_PIECE]
            while piece:
                if self._part.eof:
                    self._parts += 1
                    if self._parts > _MOST_PARTS:
                        raise BadCoding(f"is packed in more than {_MOST_PARTS} parts")
                    self._part = self._reader.decompressobj()
                yield self._part.decompress(piece)
                piece = self._part.unused_data if self._part.eof else b""

    def finish(self) -> int:
        if not self._part.eof:
            raise TornCoding("ends in the middle of what it packs")
        return 0


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}
