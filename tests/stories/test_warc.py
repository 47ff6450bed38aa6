import gzip
import hashlib
import io
import zlib

import brotli
import pytest
import zstandard

from archived import PAGES, http, packed, record, sha1, three
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import warc
from onrecord.stories.documents import Document

_PAGE = PAGES[0]


def _read(data: bytes, options: ReadOptions | None = None, **limits: int) -> list[Document | Intake]:
    stream = io.BytesIO(data)
    return list(warc.documents(stream, "a.warc", options or ReadOptions(), warc.Limits(**limits)))


def _document(data: bytes) -> Document:
    (item,) = _read(data)
    assert isinstance(item, Document), item
    return item


def _reason(item: Document | Intake) -> tuple[str, int]:
    assert isinstance(item, Intake), item
    assert (item.state, item.story) == ("refused", None)
    return item.rejections[0].reason, item.rejections[0].lost


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd", "one gzip"])
def test_what_an_archive_says_of_a_page(form: str) -> None:
    records = three(digests=True)
    joined = b"".join(records)
    data = {
        "plain": joined,
        "gzip": packed(records),
        "zstd": b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(one) for one in records),
        "one gzip": gzip.compress(joined),
    }[form]
    items = _read(data)
    assert [item.body for item in items if isinstance(item, Document)] == list(PAGES)
    second = items[1]
    assert isinstance(second, Document)
    assert (second.source, second.media, second.charset, second.notes) == ("a.warc#2", "text/html", "utf-8", ())
    assert second.url == "https://ostmarkpost.example/2"
    how = dict(second.how)
    assert (how["fetched_at"], how["status"], how["container"]) == ("2031-05-06T10:00:00Z", "200", "a.warc")
    assert (how["record_id"], len(how["digest"])) == ("<urn:uuid:00000000-0000-4000-8000-000000000002>", 2)
    assert "Content-Type: text/html; charset=utf-8" in how["headers"]
    if form == "gzip":
        assert _document(data[int(how["offset"]) :][: len(packed(records[1:2]))]).body == PAGES[1]
    elif form == "plain":
        assert int(how["offset"]) == len(records[0])
    elif form == "one gzip":
        assert int(how["unpacked_offset"]) == len(records[0])


def test_resources_and_conversions_are_read() -> None:
    changed = {"Content-Type": "text/plain; charset=utf-8"}
    data = record(b"Tarsk.", kind="resource", changed=changed) + record(b"Verrin.", 2, "conversion", changed=changed)
    assert [(i.body, i.media) for i in _read(data) if isinstance(i, Document)] == [
        (b"Tarsk.", "text/plain"),
        (b"Verrin.", "text/plain"),
    ]


def test_what_is_said_about_pages_is_no_input() -> None:
    about = [record(b"x", n, kind) for n, kind in enumerate(("warcinfo", "request", "metadata"), 1)]
    about.append(record(b"x", 4, changed={"WARC-Target-URI": "dns:ostmarkpost.example"}))
    assert len(_read(b"".join([*about, *three()]))) == 3
    ((reason, lost),) = map(_reason, _read(b"".join(about)))
    assert ("1 metadata, 1 request, 1 response, 1 warcinfo" in reason, lost) == (True, 0)


@pytest.mark.parametrize(
    ("one", "said", "lost"),
    [
        (record(http(b"gone", "404 Not Found")), "status 404", 89),
        (record(http(b"\x00" * 9, media="image/png")), "image/png", 72),
        (record(http(b"{}", media="application/json")), "application/json", 72),
        (record(b"", kind="revisit", changed={"WARC-Refers-To-Date": "2031-05-01T00:00:00Z"}), "2031-05-01", 0),
        (record(b"abc", kind="continuation"), "continuation", 3),
        (record(b"abc", kind="sketch"), "sketch", 3),
        (record(b"abc", changed={"WARC-Type": None}), "of what type", 3),
        (record(b"abc"), "no HTTP answer", 3),
        (record(b"HTTP/1.1 200 OK\r\nA: b"), "does not end", 21),
        (record(http(b"")), "is empty", 0),
        (record(http(b"\x00\x01\x02" * 50)), "binary", 0),
        (record(http(_PAGE), version="0.18"), "version 0.18", 0),
    ],
)
def test_a_record_that_is_not_used_is_named(one: bytes, said: str, lost: int) -> None:
    for data in (one + b"".join(three()), packed([one, *three()])):
        items = _read(data)
        reason, gone = _reason(items[0])
        assert said in reason
        assert items[0].source == "a.warc#1"
        assert gone == lost or (not lost and gone > 0)
        assert [item.body for item in items[1:] if isinstance(item, Document)] == list(PAGES)
        assert len(items) == 4


def test_the_encodings_of_a_body_are_undone() -> None:
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(_PAGE), _PAGE)
    twice = brotli.compress(gzip.compress(_PAGE))
    for block in (
        http(chunks, Transfer_Encoding="chunked"),
        http(gzip.compress(_PAGE), Content_Encoding="gzip"),
        http(zlib.compress(_PAGE), Content_Encoding="deflate"),
        http(brotli.compress(_PAGE), Content_Encoding="br"),
        http(zstandard.ZstdCompressor().compress(_PAGE), Content_Encoding="zstd"),
        http(twice, Content_Encoding="gzip, br"),
        http(b"3;x=y\r\n%s\r\n%x\r\n%s\r\n0\r\nA: b\r\n\r\n" % (_PAGE[:3], len(_PAGE) - 3, _PAGE[3:]), Transfer_Encoding="chunked"),
    ):  # fmt: skip
        item = _document(record(block, changed={"WARC-Payload-Digest": sha1(_PAGE)}))
        assert (item.body, item.notes) == (_PAGE, ())


def test_an_encoding_that_is_not_there_is_noted() -> None:
    for block in (
        http(_PAGE, Content_Encoding="gzip"),
        http(_PAGE, Content_Encoding="br"),
        http(_PAGE, Content_Encoding="utf-8"),
        http(_PAGE, Transfer_Encoding="chunked"),
        http(gzip.compress(_PAGE)),
    ):
        item = _document(record(block))
        assert item.body == _PAGE
        assert [note.lost for note in item.notes] == [0], item.notes


@pytest.mark.parametrize(
    ("block", "lost"),
    [
        (http(b"%x\r\n%s" % (len(_PAGE) + 9, _PAGE), Transfer_Encoding="chunked"), 9),
        (http(b"%x\r\n%s\r\n" % (len(_PAGE), _PAGE), Transfer_Encoding="chunked"), 1),
        (http(b"%x\r\n%s\r\n0\r\n\r\nmore" % (len(_PAGE), _PAGE), Transfer_Encoding="chunked"), 4),
        (http(b"%x\r\n%s\r\n0\r\n" % (len(_PAGE), _PAGE), Transfer_Encoding="chunked"), 1),
        (http(b"%x\r\n%sX-\r\n0\r\n\r\n" % (len(_PAGE), _PAGE), Transfer_Encoding="chunked"), 9),
        (http(_PAGE, Content_Length=str(len(_PAGE) + 7)), 7),
        (http(gzip.compress(_PAGE) + b"tail", Content_Encoding="gzip"), 4),
        (http(gzip.compress(_PAGE)[:-1], Content_Encoding="gzip"), 1),
    ],
)
def test_a_body_that_breaks_off_is_partial(block: bytes, lost: int) -> None:
    item = _document(record(block))
    assert _PAGE.startswith(item.body)
    assert sum(note.lost for note in item.notes) == lost


def test_what_cannot_be_undone_is_refused() -> None:
    broken = bytearray(gzip.compress(_PAGE))
    broken[-6] ^= 1
    for block, said in (
        (http(bytes(broken), Content_Encoding="gzip"), "damaged"),
        (http(b"x" + gzip.compress(_PAGE), Content_Encoding="gzip"), "which it is not"),
        (http(_PAGE, Content_Encoding="gzip, gzip, gzip, gzip"), "4 times"),
        (http(b"zz\r\n%s\r\n0\r\n\r\n" % _PAGE, Transfer_Encoding="chunked"), "chunks"),
    ):
        (item,) = _read(record(block))
        assert said in _reason(item)[0]


@pytest.mark.parametrize("name", ["WARC-Block-Digest", "WARC-Payload-Digest"])
def test_digests(name: str) -> None:
    block = http(_PAGE)
    of = block if "Block" in name else _PAGE
    for right in (sha1(of), "sha256:" + hashlib.sha256(of).hexdigest(), "MD5:" + hashlib.md5(of).hexdigest()):
        assert _document(record(block, changed={name: right})).how["digest"] == [right]
    wrong = sha1(b"other")
    (item,) = _read(record(block, changed={name: wrong}))
    assert "checksum" in _reason(item)[0]
    assert isinstance(item, Intake)
    assert item.capture is not None
    assert item.capture.body == _PAGE
    unknown = _document(record(block, changed={name: "blake9:abc"}))
    assert ["not checked" in note.reason for note in unknown.notes] == [True]
    # The record is what was archived; whoever wrote it meant something else by payload
    both = _document(record(block, changed={"WARC-Block-Digest": sha1(block), "WARC-Payload-Digest": wrong}))
    assert [note.lost for note in both.notes] == [0]


def test_what_a_record_says_of_itself() -> None:
    cut = _document(record(http(_PAGE), changed={"WARC-Truncated": "length"}))
    assert [note.lost for note in cut.notes] == [1]
    segment = _document(record(http(_PAGE), changed={"WARC-Segment-Number": "1"}))
    assert [note.lost for note in segment.notes] == [1]
    undated = _document(record(http(_PAGE), changed={"WARC-Date": None}))
    assert [(note.lost, "when it was fetched" in note.reason) for note in undated.notes] == [(0, True)]
    assert "fetched_at" not in undated.how


def test_limits() -> None:
    items = _read(record(http(_PAGE * 20)) + three()[1], hold=1000)
    assert "larger than 1000" in _reason(items[0])[0]
    assert len(items) == 2
    small = ReadOptions(max_bytes=50)
    assert "larger than 50" in _reason(_read(three()[0], small)[0])[0]
    many = record(http(_PAGE), changed={f"X-{n}": "y" for n in range(300)})
    assert "more than 200 fields" in _reason(_read(many + three()[0])[0])[0]
    long = record(http(_PAGE), changed={"X": "y" * 70_000})
    assert "too long" in _reason(_read(long + three()[0])[0])[0]
    assert "500 HTTP" in _reason(_read(record(http(_PAGE, **{f"X_{n}": "y" for n in range(501)})))[0])[0]


def test_what_is_no_archive() -> None:
    for data in (b"", b"Nine people were taken.\n", b"\x1f\x8b\x08\x00" + b"\xff" * 100, gzip.compress(b"Tarsk")):
        items = _read(data)
        assert items
        assert all(isinstance(item, Intake) for item in items)


def test_a_stream_may_come_byte_by_byte() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(1, size or 0))

    for data in (b"".join(three()), packed(three())):
        items = list(warc.documents(Slow(data), "a.warc", ReadOptions()))
        assert [item.body for item in items if isinstance(item, Document)] == list(PAGES)
        assert len(items) == 3
