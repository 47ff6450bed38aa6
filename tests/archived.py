"""Web archives of invented pages, for tests."""

import base64
import gzip
import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PAGES = (
    b"<html><body><p>Two dock workers of Port Ilmen were hurt on Monday when shells fell beside the quay.</p></body></html>",
    b"<html><body><p>The Ostmark guard said that it had sunk one boat off Cape Verrin; nobody else saw it.</p>\n</body></html>\n",
    b"<html><body><p>Nine people were taken from the village of Tarsk, its mayor told the Ostmark Post.</p></body></html>",
)


def http(body: bytes, status: str = "200 OK", media: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    """An answer of a server, with the headers named (an underscore for each hyphen)."""
    fields = {"Content-Type": media, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if "Transfer-Encoding" not in fields:
        fields.setdefault("Content-Length", str(len(body)))
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def sha1(of: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(of).digest()).decode()


def record(
    block: bytes,
    number: int = 1,
    kind: str = "response",
    length: object = None,
    changed: Mapping[str, str | None] | None = None,
    version: str = "1.0",
) -> bytes:
    """A record; `changed` sets fields, or leaves out those that it gives as None."""
    fields: dict[str, str | None] = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012}>",
        "WARC-Date": "2031-05-06T10:00:00Z",
        "WARC-Target-URI": f"https://ostmarkpost.example/{number}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block) if length is None else length),
        **(changed or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/{version}\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def three(digests: bool = False) -> list[bytes]:
    """Three records, one for each page."""
    made = []
    for number, page in enumerate(PAGES, 1):
        block = http(page)
        changed = {"WARC-Block-Digest": sha1(block), "WARC-Payload-Digest": sha1(page)} if digests else None
        made.append(record(block, number, changed=changed))
    return made


def packed(records: list[bytes]) -> bytes:
    """Each record a gzip member."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def zipped(
    members: "Mapping[str | zipfile.ZipInfo, bytes] | Mapping[str, bytes]", method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """A ZIP of these members; a name may hold what zipfile itself would not write."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, body in members.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = method
            if isinstance(name, str):
                info.filename = name
            archive.writestr(info, body)
    return made.getvalue()


def overlapping(count: int) -> bytes:
    """A ZIP all of whose members are the same bytes."""
    body = zlib.compress(b"0" * 1000, wbits=-15)
    crc = zlib.crc32(b"0" * 1000)
    common = struct.pack("<HHHHIIIH", 0, 8, 0, 33, crc, len(body), 1000, 5)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + common + struct.pack("<H", 0) + b"0.txt" + body
    listed = b"".join(
        b"PK\x01\x02"
        + struct.pack("<HH", 20, 20)
        + common
        + struct.pack("<HHHHII", 0, 0, 0, 0, 0, 0)
        + b"%05d" % number
        for number in range(count)
    )
    return local + listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), len(local), 0)
