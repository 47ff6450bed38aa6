import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard

from onrecord.stories.compressed import Caps, Unpacked, told, undo

_TEXT = b"Nine people were taken from the village of Tarsk, its mayor said. " * 40
_ZEROS = bytes(15_000_000)
_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": lambda body: zstandard.ZstdCompressor(write_checksum=True).compress(body),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@pytest.mark.parametrize("kind", _PACKERS)
def test_a_whole_one_is_undone_and_any_cut_is_torn(kind: str) -> None:
    packed = _PACKERS[kind](_TEXT)
    made = undo(packed, kind, Caps())  # type: ignore[arg-type]
    assert (made.body, made.end.state, made.after) == (_TEXT, "proper", 0)
    for cut in range(len(packed)):
        made = undo(packed[:cut], kind, Caps())  # type: ignore[arg-type]
        assert (made.end.state, _TEXT.startswith(made.body)) == ("torn", True)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz", "deflate"])
def test_what_follows_is_counted(kind: str) -> None:
    made = undo(_PACKERS[kind](_TEXT) + b"Tarsk", kind, Caps())  # type: ignore[arg-type]
    assert (made.body, made.end.state, made.after) == (_TEXT, "proper", 5)


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz"])
def test_many_members(kind: str) -> None:
    packed = [_PACKERS[kind](_TEXT), _PACKERS[kind](b""), _PACKERS[kind](b"Verrin")]
    stream = Unpacked(io.BytesIO(b"".join(packed)), kind)
    assert stream.read() == _TEXT + b"Verrin"
    assert stream.end is not None
    assert stream.end.state == "proper"
    assert [start for start in stream.starts if start[0] < stream.made] == [
        (0, 0),
        (len(_TEXT), len(packed[0]) + len(packed[1])),
    ]


def test_the_other_deflate() -> None:
    packer = zlib.compressobj(wbits=-15)
    assert undo(packer.compress(_TEXT) + packer.flush(), "deflate", Caps()).body == _TEXT


def test_zeros_after_gzip_are_nothing() -> None:
    made = undo(gzip.compress(_TEXT) + b"\x00" * 200_000, "gzip", Caps())
    assert (made.body, made.after) == (_TEXT, 0)


@pytest.mark.parametrize("back", [1, 5, 30])
def test_a_wrong_byte_of_gzip_is_seen(back: int) -> None:
    packed = bytearray(gzip.compress(_TEXT))
    packed[-back] ^= 1
    assert undo(bytes(packed), "gzip", Caps()).end.state == "broken"


@pytest.mark.parametrize("kind", _PACKERS)
def test_a_bomb_is_stopped(kind: str) -> None:
    bomb = brotli.compress(_ZEROS, quality=1) if kind == "br" else _PACKERS[kind](_ZEROS)
    made = undo(bomb, kind, Caps(most=10**9))  # type: ignore[arg-type]
    assert (made.end.state, len(made.body) < 12_000_000) == ("capped", True)
    assert undo(_PACKERS[kind](_TEXT), kind, Caps(most=1000)).end.state == "capped"  # type: ignore[arg-type]


def test_it_can_be_read_by_lines() -> None:
    stream = io.BufferedReader(Unpacked(io.BytesIO(gzip.compress(b"one\ntwo\n")), "gzip"))
    assert list(stream) == [b"one\n", b"two\n"]


def test_the_next_member_is_found_behind_a_broken_one() -> None:
    first, second = bytearray(gzip.compress(b"WARC/1.0 Tarsk" * 50)), gzip.compress(b"WARC/1.0 Verrin")
    first[20] ^= 0xFF
    stream = Unpacked(io.BytesIO(bytes(first) + b"\x1f\x8b\x08\x00" + second), "gzip")
    stream.read()
    assert stream.end is not None
    assert stream.end.state == "broken"
    assert stream.resume(b"WARC/1.") == len(first) + 4
    assert stream.read() == b"WARC/1.0 Verrin"
    assert stream.end.state == "proper"


def test_told() -> None:
    assert [told(pack(_TEXT)[:6]) for pack in _PACKERS.values()] == ["gzip", "zstd", "bzip2", "xz", None, None]
    assert told(_TEXT[:6]) is None
