import hashlib
import io
import json
import zipfile

import pytest

from archived import PAGES, packed, three, zipped
from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import zipped as archives
from onrecord.stories.documents import Document


def _read(data: bytes) -> list[Document | Intake]:
    return list(archives.documents(io.BytesIO(data), "a.wacz", ReadOptions()))


def _wacz(archive: bytes, hashed: bytes | None = None) -> dict[str, bytes]:
    digest = hashlib.sha256(archive if hashed is None else hashed).hexdigest()
    listed = {"resources": [{"path": "archive/data.warc.gz", "hash": f"sha256:{digest}"}, {"path": 3}]}
    listed["resources"].pop()
    return {
        "datapackage.json": json.dumps(listed).encode(),
        "archive/data.warc.gz": archive,
        "pages/pages.jsonl": b"{}",
        "indexes/index.cdx.gz": b"\x1f\x8b",
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_packed_web_archive(method: int) -> None:
    items = _read(zipped(_wacz(packed(three(digests=True))), method))
    assert [item.body for item in items if isinstance(item, Document)] == list(PAGES)
    assert len(items) == 3
    first = items[0]
    assert isinstance(first, Document)
    assert (first.source, first.notes) == ("a.wacz!archive/data.warc.gz#1", ())
    assert (first.how["package"], first.how["container"]) == ("a.wacz", "a.wacz!archive/data.warc.gz")


def test_a_hash_that_does_not_hold_is_named() -> None:
    items = _read(zipped(_wacz(packed(three()), hashed=b"other")))
    documents = [item for item in items if isinstance(item, Document)]
    assert [[note.lost for note in item.notes] for item in documents] == [[0], [0], [0]]
    (refusal,) = [item for item in items if isinstance(item, Intake)]
    assert "datapackage.json" in refusal.rejections[0].reason


@pytest.mark.parametrize(
    "about", [b"", b"[]", b'{"resources": 3}', b'{"resources": [{"path": []}]}', b"[" * 99_999, b"\xff"]
)
def test_a_list_of_hashes_that_is_none(about: bytes) -> None:
    members = _wacz(packed(three()))
    members["datapackage.json"] = about
    assert [item.body for item in _read(zipped(members)) if isinstance(item, Document)] == list(PAGES)


def test_what_is_no_part_of_a_web_archive() -> None:
    items = _read(zipped({**_wacz(packed(three())), "notes.txt": b"Tarsk."}))
    (refusal,) = [item for item in items if isinstance(item, Intake)]
    assert refusal.source == "a.wacz!notes.txt"


def test_a_plain_archive() -> None:
    items = _read(
        zipped({"b/a.html": PAGES[0], "c.TXT": b"Tarsk.", "d": b"Verrin.", "e.warc": three()[2], "f.txt": b" "})
    )
    documents = [item for item in items if isinstance(item, Document)]
    assert [(item.source[7:], item.media) for item in documents] == [
        ("b/a.html", "text/html"),
        ("c.TXT", "text/plain"),
        ("d", None),
        ("e.warc#1", "text/html"),
    ]
    assert len(items) == 5


def test_a_wrong_byte_is_seen() -> None:
    for name, body in (("a.html", PAGES[0]), ("a.warc", b"".join(three()))):
        data = bytearray(zipped({name: body}, zipfile.ZIP_STORED))
        data[data.index(b"shells")] ^= 1
        items = _read(bytes(data))
        assert all(isinstance(item, Intake) or any(note.lost for note in item.notes) for item in items)
        assert any(isinstance(item, Intake) and "damaged" in item.rejections[0].reason for item in items)


def test_an_archive_within_an_archive_is_told_by_its_bytes() -> None:
    items = _read(zipped({"a.txt": zipped({"b.txt": b"Tarsk."}), "b.txt": packed(three())}))
    assert ["within an archive" in i.rejections[0].reason for i in items if isinstance(i, Intake)] == [True, True]


def test_an_empty_archive_and_a_stream_that_cannot_go_back() -> None:
    (item,) = _read(zipped({}))
    assert isinstance(item, Intake)
    assert item.state == "refused"

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    (item,) = archives.documents(Pipe(zipped({"a.txt": b"Tarsk."})), "-", ReadOptions())
    assert isinstance(item, Intake)
    assert "gone back" in item.rejections[0].reason
