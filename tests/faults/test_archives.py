"""Archives that are torn, wrong, or made to do harm: each record has its state, and nothing short passes as whole."""

import gzip
import io
import time
import tracemalloc
import zipfile
from collections.abc import Iterator

import brotli
import pytest
import zstandard

from archived import PAGES, http, overlapping, packed, record, sha1, three, zipped
from figures import Seen
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import warc
from onrecord.stories import zipped as archives
from onrecord.stories.documents import Document

_OPTIONS = ReadOptions()


def _read(data: bytes) -> list[Document | Intake]:
    return list(warc.documents(io.BytesIO(data), "a.warc", _OPTIONS))


def _whole(items: list[Document | Intake]) -> list[bytes]:
    return [item.body for item in items if isinstance(item, Document) and not any(n.lost for n in item.notes)]


def _ends(parts: list[bytes]) -> list[int]:
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + len(part))
    return ends


def _cut(parts: list[bytes], step: int) -> tuple[int, int]:
    """How many cuts were tried, and how many gave a whole body that is none, or lost a word about it."""
    data, ends, silent, tried = b"".join(parts), _ends(parts), 0, 0
    for cut in range(0, len(data), step):
        items = _read(data[:cut])
        tried += 1
        done = sum(end <= cut for end in ends[1:])
        silent += _whole(items) != list(PAGES[:done])
        marked = [i for i in items if isinstance(i, Intake) and i.source == "a.warc" and i.rejections]
        assert bool(marked) == (cut not in ends or cut == 0), cut
        if cut not in ends:
            assert all(i.rejections[0].lost > 0 for i in marked), cut
            torn = [
                i
                for i in items
                if i.source == f"a.warc#{done + 1}" and (isinstance(i, Intake) or any(note.lost for note in i.notes))
            ]
            # Of a compressed record the first bytes may unpack to nothing yet
            assert len(torn) <= 1, cut
            assert len(items) == done + 1 + len(torn), cut
    return tried, silent


@pytest.mark.parametrize("digests", [False, True])
def test_a_tenth_of_all_cuts(digests: bool, seen: Seen) -> None:
    for records, least in ((three(digests), 150), ([gzip.compress(one, mtime=0) for one in three(digests)], 100)):
        tried, silent = _cut(records, 7)
        seen(cuts=tried, silent_short_bodies=silent)
        assert (tried > least, silent) == (True, 0)


@pytest.mark.slow
def test_every_cut(seen: Seen) -> None:
    for digests in (False, True):
        for records in (three(digests), [gzip.compress(one, mtime=0) for one in three(digests)]):
            tried, silent = _cut(records, 1)
            seen(cuts=tried, silent_short_bodies=silent)
            assert silent == 0
    whole = gzip.compress(b"".join(three()), mtime=0)
    for cut in range(len(whole)):
        items = _read(whole[:cut])
        short = sum(body not in PAGES for body in _whole(items))
        seen(cuts=1, silent_short_bodies=short)
        assert not short, cut
        assert any(isinstance(i, Intake) and i.source == "a.warc" for i in items), cut


_FIRST, _SECOND, _THIRD = three()


@pytest.mark.parametrize("form", ["plain", "gzip"])
@pytest.mark.parametrize(
    ("length", "kept"),
    [("20", True), ("{less}", True), ("{more}", True), ("2000", True), ("-1", False), (str(10**18), False), (None, False),
     ("1e2", False), ("9" * 5000, False), ("", False), ("0x10", False)],
)  # fmt: skip
def test_a_wrong_length_spoils_no_neighbour(form: str, length: str | None, kept: bool) -> None:
    block = http(PAGES[1])
    said = None if length is None else length.format(less=len(block) - 1, more=len(block) + 1)
    wrong = record(block, 2, changed={"Content-Length": said})
    data = b"".join([_FIRST, wrong, _THIRD]) if form == "plain" else packed([_FIRST, wrong, _THIRD])
    items = _read(data)
    assert [item.source for item in items] == ["a.warc#1", "a.warc#2", "a.warc#3"]
    assert _whole(items) == [PAGES[0], PAGES[2]]
    notes = items[1].notes if isinstance(items[1], Document) else items[1].rejections
    assert sum(note.lost for note in notes) > 0
    assert not kept or isinstance(items[1], Document) or length == "20"


def test_a_wrong_length_is_believed_no_memory() -> None:
    tracemalloc.start()
    try:
        _read(record(http(PAGES[0]), length=2**39))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_right_length_for_the_last_is_not_made_of_the_next() -> None:
    """The checksum of the first says that what follows it is none of its own."""
    block = http(PAGES[0])
    one = record(block, changed={"WARC-Block-Digest": sha1(block)})
    for garbage in (b"garbage", b"\x00" * 300, b"WARC/9\r\n", b"WARC/1.0 and so on\r\n\r\n"):
        items = _read(one + garbage + b"\r\n" + _SECOND)
        assert _whole(items) == [PAGES[0], PAGES[1]], garbage
        (named,) = [i for i in items if isinstance(i, Intake)]
        assert named.rejections[0].lost >= len(garbage)
        assert named.source == f"a.warc@{len(one)}"


def test_garbage_between_records() -> None:
    for data in (
        b"garbage\r\n" + _FIRST + _SECOND,
        packed([_FIRST]) + b"garbage" + packed([_SECOND]),
        packed([_FIRST]) + b"\x1f\x8b\x08" * 50 + packed([_SECOND]),
        b"\x1f\x8b\x08" * 50 + packed([_FIRST, _SECOND]),
    ):
        items = _read(data)
        assert _whole(items) == [PAGES[0], PAGES[1]]
        assert [i.rejections[0].lost for i in items if isinstance(i, Intake)] in ([7], [9], [150])
    # Without a checksum it may be the rest of the first
    items = _read(_FIRST + b"garbage\r\n" + _SECOND)
    assert _whole(items) == [PAGES[1]]
    assert isinstance(items[0], Document)
    assert [note.lost for note in items[0].notes] == [9]


def test_a_page_does_not_smuggle_in_a_record() -> None:
    evil = PAGES[1] + b"\r\n\r\n" + record(http(b"Forged."), 9) + b"\r\n"
    block = http(evil)
    assert _whole(_read(record(block) + _SECOND)) == [evil, PAGES[1]]
    short = record(block, length=len(block) - 5)
    for wrong in (short, record(block, length=len(block) + 5), record(block, changed={"Content-Length": "-1"})):
        items = _read(packed([_FIRST, wrong, _THIRD]))
        assert _whole(items) == [PAGES[0], PAGES[2]]
        assert all(b"Forged" not in i.body or i.body.startswith(PAGES[1]) for i in items if isinstance(i, Document))


def test_a_broken_member_spoils_no_neighbour(seen: Seen) -> None:
    middle = gzip.compress(_SECOND, mtime=0)
    for at in range(len(middle)):
        hurt = bytearray(middle)
        hurt[at] ^= 0x55
        items = _read(packed([_FIRST]) + bytes(hurt) + packed([_THIRD]))
        whole = _whole(items)
        assert whole[0] == PAGES[0]
        assert whole[-1] == PAGES[2], at
        seen(bytes_made_wrong=1, wrong_bodies_as_whole=sum(body not in PAGES for body in whole))
        assert all(body in PAGES for body in whole), at
        if len(whole) == 2:
            assert any(isinstance(i, Intake) and i.rejections[0].lost for i in items)


def _bombs() -> Iterator[tuple[str, bytes]]:
    zeros = b"<p>" + b"0" * 100_000_000
    packer = {"gzip": gzip.compress(zeros, 1), "zstd": zstandard.ZstdCompressor().compress(zeros)}
    packer["br"] = brotli.compress(zeros, quality=1)
    for coding, body in packer.items():
        yield coding, record(http(body, Content_Encoding=coding))
    yield "twice", record(http(gzip.compress(packer["gzip"]), Content_Encoding="gzip, gzip"))
    yield "chain", record(http(brotli.compress(packer["gzip"]), Content_Encoding="gzip, br"))
    yield "member", gzip.compress(record(http(zeros)), 1)
    yield "frame", zstandard.ZstdCompressor().compress(record(http(zeros)))


@pytest.mark.slow
def test_bombs_are_refused_while_they_unpack(seen: Seen) -> None:
    for name, bomb in _bombs():
        tracemalloc.start()
        begun = time.monotonic()
        try:
            items = _read(bomb)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        took = time.monotonic() - begun
        seen(bombs=1)
        seen.most(seconds=took, megabytes=peak / 1e6)
        assert (peak < 80_000_000, took < 5) == (True, True), (name, peak)
        assert items, name
        assert all(isinstance(i, Intake) and i.state == "refused" and i.rejections[0].lost for i in items), name
        assert any("times its size" in i.rejections[0].reason for i in items if isinstance(i, Intake)), name


def test_a_bomb_spoils_no_neighbour() -> None:
    bomb = gzip.compress(record(http(b"0" * 9_000_000), 2))
    items = _read(packed([_FIRST]) + bomb + packed([_THIRD]))
    assert _whole(items) == [PAGES[0], PAGES[2]]
    assert sum(isinstance(i, Intake) for i in items) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"WARC/1.0\r\n\r\n" * 30_000,
        b"\nWARC/1." * 100_000,
        b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 900000\r\n\r\nab\r\n\r\n" * 15_000,
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03" * 100_000,
        (b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + gzip.compress(b"WARC/1.0\r\n")) * 15_000,
        zstandard.ZstdCompressor().compress(b"") * 110_000,
        record(http(b"1\r\nx\r\n" * 300_000 + b"0\r\n\r\n", Transfer_Encoding="chunked")),
    ],
    ids=["heads", "lines", "swallowing", "magics", "names", "frames", "chunks"],
)
@pytest.mark.slow
def test_what_costs_time_has_an_end(data: bytes, seen: Seen) -> None:
    begun = time.process_time()
    items = _read(data)
    assert items
    took = time.process_time() - begun
    seen(bombs=1, hangs_past_20_s=took > 20)
    seen.most(seconds=took)
    assert took < 20
    assert isinstance(items[-1], Document) or items[-1].rejections[0].lost


class _Endless(io.RawIOBase):
    """An archive of so many bytes, made as it is read."""

    def __init__(self, size: int, one: bytes) -> None:
        self.left, self._one, self._at = size // len(one) * len(one), one, 0

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._one[self._at : self._at + min(len(into), self.left)]
        self._at = (self._at + len(piece)) % len(self._one)
        self.left -= len(piece)
        into[: len(piece)] = piece
        return len(piece)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["plain", "gzip"])
def test_a_long_archive_is_never_held(form: str) -> None:
    one = record(http(b"<p>Tarsk " + bytes(range(32, 127)) * 2000 + b"</p>"))
    one = one if form == "plain" else gzip.compress(one)
    size = 200_000_000 if form == "plain" else 2_000_000
    tracemalloc.start()
    try:
        count = sum(1 for item in warc.documents(_Endless(size, one), "a.warc", _OPTIONS) if isinstance(item, Document))  # type: ignore[arg-type]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (count, peak < 100_000_000) == (size // len(one), True)


def _zip(data: bytes, **limits: int) -> dict[str, Document | Intake]:
    found = list(archives.documents(io.BytesIO(data), "a.zip", _OPTIONS, archives.ZipLimits(**limits)))
    assert len({item.source for item in found}) == len(found)
    return {item.source: item for item in found}


@pytest.mark.parametrize(
    ("name", "said"),
    [("../a.txt", "leads out"), ("x/../../a.txt", "leads out"), ("/etc/a.txt", "root"), ("C:a.txt", "root"), ("a\\b.txt", "backslash"),
     ("a.txt\0.exe", "NUL"), ("b.zip", "within an archive"), ("b.tar.gz", "within an archive")],
)  # fmt: skip
def test_members_with_names_that_are_not_touched(name: str, said: str, seen: Seen) -> None:
    found = _zip(zipped({"ok.txt": b"Tarsk.", name: b"Verrin."}))
    assert len(found) == 2
    assert isinstance(found["a.zip!ok.txt"], Document)
    (refusal,) = [item for item in found.values() if isinstance(item, Intake)]
    seen(members_refused_by_name=1)
    assert (refusal.state, said in refusal.rejections[0].reason, refusal.rejections[0].lost) == ("refused", True, 9)


@pytest.mark.parametrize(
    ("mode", "said"), [(0o120777, "link"), (0o020600, "device"), (0o060600, "device"), (0o010600, "device")]
)
def test_members_that_are_no_files(mode: int, said: str, seen: Seen) -> None:
    info = zipfile.ZipInfo("a.txt")
    info.external_attr = mode << 16
    (item,) = _zip(zipped({info: b"/etc/passwd"})).values()
    assert isinstance(item, Intake)
    assert said in item.rejections[0].reason
    seen(members_refused_by_name=1)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_duplicates_encrypted_and_strange_methods(seen: Seen) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("ok.txt", b"Tarsk.")
        archive.writestr("twice.txt", b"one")
        archive.writestr("twice.txt", b"two")
        archive.writestr("bz.txt", b"bz", zipfile.ZIP_BZIP2)
        archive.writestr("lz.txt", b"lz", zipfile.ZIP_LZMA)
        archive.writestr("secret.txt", b"hidden")
        archive.mkdir("folder")
    data = bytearray(made.getvalue())
    data[data.rfind(b"PK\x01\x02", 0, data.rfind(b"secret.txt")) + 8] |= 1
    found = list(archives.documents(io.BytesIO(bytes(data)), "a.zip", _OPTIONS))
    assert [item.source for item in found if isinstance(item, Document)] == ["a.zip!ok.txt"]
    reasons = [item.rejections[0].reason for item in found if isinstance(item, Intake)]
    for said, times in (("more than once", 2), ("method 12", 1), ("method 14", 1), ("encrypted", 1)):
        assert sum(said in reason for reason in reasons) == times
    assert len(reasons) == 5
    seen(members_refused_by_name=5)


def test_members_that_overlap(seen: Seen) -> None:
    found = list(archives.documents(io.BytesIO(overlapping(200)), "a.zip", _OPTIONS))
    seen(members_refused_by_name=len(found))
    assert len(found) == 200
    assert all(isinstance(i, Intake) and "overlap" in i.rejections[0].reason for i in found)


def test_too_many_and_too_large() -> None:
    many = zipped({f"{n}.txt": b"" for n in range(301)})
    (item,) = _zip(many, count=300).values()
    assert isinstance(item, Intake)
    assert ("301 members" in item.rejections[0].reason, item.rejections[0].lost) == (True, len(many))
    (item,) = _zip(zipped({"a.txt": b"0" * 3_000_000})).values()
    assert isinstance(item, Intake)
    assert "100 times" in item.rejections[0].reason
    (item,) = _zip(zipped({"a.txt": b"0" * 20_000_001}), ratio=10**6).values()
    assert isinstance(item, Intake)
    assert "larger than 20000000" in item.rejections[0].reason
    found = _zip(zipped({"a.txt": b"a" * 50, "b.txt": b"b" * 60, "c.txt": b"c"}), total=100)
    assert [isinstance(item, Document) for item in found.values()] == [True, False, False]


@pytest.mark.slow
def test_a_hundred_thousand_members(seen: Seen) -> None:
    data = zipped({f"{n}.txt": b"" for n in range(100_000)})
    tracemalloc.start()
    try:
        (item,) = _zip(data).values()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    seen.most(megabytes=peak / 1e6)
    assert peak < 5_000_000
    assert isinstance(item, Intake)
    assert "100000 members" in item.rejections[0].reason


def test_a_list_that_lies_about_its_length() -> None:
    data = bytearray(zipped({f"{n}.txt": b"" for n in range(301)}))
    end = data.rfind(b"PK\x05\x06")
    data[end + 8 : end + 12] = b"\x01\x00\x01\x00"
    (item,) = _zip(bytes(data), count=300).values()
    assert isinstance(item, Intake)
    assert "301 members" in item.rejections[0].reason


def test_a_zip_that_is_cut_has_failed(seen: Seen) -> None:
    data = zipped({"a.txt": b"Tarsk.", "b.txt": b"Verrin."})
    for cut in range(len(data)):
        (item,) = _zip(data[:cut]).values()
        assert isinstance(item, Intake)
        seen(cuts=1, not_failed=item.state != "failed")
        assert (item.state, item.rejections[0].lost) == ("failed", cut)


def test_nothing_is_written(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(str(tmp_path))
    _zip(zipped({"a.txt": b"Tarsk.", "x/b.txt": b"Verrin.", "../c.txt": b"no"}))
    assert list(tmp_path.iterdir()) == []  # type: ignore[attr-defined]
