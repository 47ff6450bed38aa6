"""Ways in which the bytes of an input go wrong, by accident or on purpose: what `evaluation.fuzz` does to its seeds.

Each takes the source of chance, the bytes, and a maker of more of the same form; what comes out is bounded in size.
"""

import base64
import gzip
import io
import json
import random
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable

Another = Callable[[], bytes]
Change = Callable[[random.Random, bytes, Another], bytes]

MOST = 1_500_000
"""Bytes that a changed input has at most."""
_DIGITS = re.compile(rb"\d{1,20}")
_LENGTH = re.compile(rb"(?i)(?:length|size|count|width|height|/n|/first|/prev|startxref)[\s:=\"']{1,3}(-?\d{1,20})")
_SEAMS = re.compile(rb"(?=[<\n{(,])")
_NUMBERS = (
    b"0", b"-1", b"1", b"255", b"65536", b"4294967295", b"999999999999999999", b"9" * 30, b"9" * 5000, b"1e999", b"NaN",
    b"-0", b"0x10", b"1.5", "١٢".encode(), b"",
)  # fmt: skip
_PLACES = tuple(
    number.to_bytes(size, "little") for size in (2, 4, 8) for number in (0, 1, 255, 65535, (1 << 8 * size) - 1)
)
TOKENS = (
    # of pages
    b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE html>", b"<script>", b"</script>", b"<style>",
    b"<title>", b"<textarea>", b"<table><tr><td>", b"<p>", b"</p>", b"<div>", b"</div>", b"<svg><math>", b"<a href='", b"<br/>",
    b"<meta charset=utf-7>", b"<meta charset=\"", b"<template>", b"<iframe srcdoc='<p>'>", b"<base href=//x>", b"<body>", b"</html>",
    b"<time datetime='2031-13-45'>", b"<meta property='article:published_time' content='0000-00-00T99:99:99Z'>", b"<select><option>",
    b"<script type='application/ld+json'>{\"datePublished\":[],\"author\":{\"name\":null}}</script>", b"<frameset>", b"<noscript>",
    b"&#xd800;", b"&#0;", b"&#99999999999;", b"&amp;amp;", b"&", b"&a;", b"&#x", b"\xc2\xa0",
    # of feeds and maps
    b"<item>", b"</item>", b"<entry/>", b"<rss>", b"</rss>", b"</channel>", b"<url><loc>", b"</urlset>", b"<!ENTITY a 'b'>",
    b"<!DOCTYPE rss [<!ENTITY a 'b'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='x-none'?>",
    b"<link>javascript:x</link>", b"<link>http://[::1</link>", b"<pubDate>99 Foo 99999</pubDate>", b" xmlns:a='", b"<x:y>",
    b"<title type='text/html' mode='base64'>", b"<content type='application/octet-stream'>AAAA</content>", b"<guid isPermaLink='x'>",
    b"<georss:point>1e999 NaN</georss:point>", b"<gml:pos>a b</gml:pos>", b"<media:content url='", b"<itunes:duration>", b"<enclosure",
    # of tables and JSON
    b'"', b"'", b'""', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"{", b"}", b"[", b"]", b":", b"null", b"true", b"\\ud800", b"\\u0000",
    b"\\", b'{"text":', b'"url":"', b'"uri":"x","pubstatus":"canceled"', b'"items":[', b'{"id":1,"id":2}', b"[[[[[[", b"-", b"=1+1",
    # of mail
    b"From x\n", b"\r\n\r\n", b"--b\r\n", b"--=_b--", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n", b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Type: text/html; charset=x\r\n",
    b"=?utf-8?q?=ED=A0=80?=", b"=?x?b?!?=", b"Date: Mon, 99 Foo 9999 99:99 +9999\r\n", b"Subject:", b"charset*0*=utf-7''x; charset*1=y",
    b"Content-Disposition: attachment; filename*=x''%ff\r\n", b"begin 644 x\n", b"Content-Type: text/plain; charset=\"\"\r\n", b"=\n", b"=ff",
    # of archives
    b"WARC/1.0\r\n", b"WARC/1.1\r\n", b"WARC/9\r\n", b"WARC-Type: revisit\r\n", b"WARC-Truncated: length\r\n", b"HTTP/1.1 200 OK\r\n",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip, br, deflate\r\n", b"WARC-Segment-Number: 2\r\n",
    b"WARC-Block-Digest: sha1:x\r\n", b"WARC-Payload-Digest: sha999:\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\x00", b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"../", b"/etc/passwd",
    # of PDFs
    b"%PDF-1.7", b"%%EOF", b"endobj", b"stream\n", b"endstream", b"xref", b"trailer", b"<< /Type /Page >>", b"1 0 R", b"<<", b">>", b"(",
    b")", b"/Filter [/LZWDecode /ASCII85Decode /ASCIIHexDecode /RunLengthDecode]", b"/Encrypt 1 0 R", b"/ObjStm", b"/XRef", b"/Kids [2 0 R]",
    b"/Length 1 0 R", b"/Encoding /Identity-H", b"/ToUnicode 6 0 R", b"BT", b"ET", b"Tj", b"TJ", b"Do", b"/Parent 1 0 R", b"BI ID EI",
    # of characters
    b"\x00", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80\xae",
    b"\xe2\x80\x8b", b"\xcc\x81" * 200, b"\xe2\x80\xa8", b"\x1b$B", b"+ADw-", b"\xef\xbf\xbd", b"\x85", b"\x0c", b" " * 200,
    # of words
    b"Advertisement", b"BRENIK, May 99 (Coast Wire) - ", b"By Ilka Toren", b"PHOTO: ", b"Read more:", b"* * *", b"31 February 2031",
)  # fmt: skip
_CHARSETS = (
    "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp1251", "koi8-r", "cp1252", "gb18030", "shift_jis", "iso2022_jp",
    "big5", "euc-kr", "cp037",
)  # fmt: skip


def changed(chance: random.Random, body: bytes, another: Another) -> bytes:
    """The bytes after one to four changes; as they were, once in a while."""
    for _ in range(chance.choice((0, 1, 1, 1, 1, 2, 2, 3, 4))):
        body = chance.choice(CHANGES)(chance, body, another)[:MOST]
    return body


def _flip(chance: random.Random, body: bytes, another: Another) -> bytes:
    made = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 8, 64)) if made else 0):
        at = chance.randrange(len(made))
        made[at] = chance.choice((made[at] ^ 1 << chance.randrange(8), chance.randrange(256), 0, 255))
    return bytes(made)


def _cut(chance: random.Random, body: bytes, another: Another) -> bytes:
    one, two = sorted((_place(chance, body), _place(chance, body)))
    return chance.choice((body[:one], body[:two], body[one:], body[:one] + body[two:]))


def _splice(chance: random.Random, body: bytes, another: Another) -> bytes:
    other = another()
    at, end = _place(chance, body), _place(chance, other)
    return chance.choice((body[:at] + other[end:], body[:at] + other[:end] + body[at:], body + other, other + body))


def _repeat(chance: random.Random, body: bytes, another: Another) -> bytes:
    start = _place(chance, body)
    end = start + chance.choice((1, 5, 30, 300, 3000))
    piece = body[start:end]
    if chance.random() < 0.5:
        piece = chance.choice(TOKENS)
    times = min(chance.choice((2, 10, 100, 3000, 50_000)), MOST // 3 // max(1, len(piece)))
    return body[:end] + piece * times + body[end:]


def _tokens(chance: random.Random, body: bytes, another: Another) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = _place(chance, body)
        body = body[:at] + chance.choice(TOKENS) + body[at + chance.choice((0, 0, 1, 4, 10)) :]
    return body


def _seams(chance: random.Random, body: bytes, another: Another) -> bytes:
    """Tags, lines and fields change places, go, or come twice."""
    parts = _SEAMS.split(body)
    for _ in range(chance.choice((1, 2, 5, 20))):
        one, two = chance.randrange(len(parts)), chance.randrange(len(parts))
        doing = chance.randrange(3)
        if doing == 0:
            parts[one], parts[two] = parts[two], parts[one]
        elif doing == 1:
            parts[one] = b""
        else:
            parts.insert(two, parts[one])
    return b"".join(parts)


def _encode(chance: random.Random, body: bytes, another: Another) -> bytes:
    return body.decode("utf-8", "replace").encode(chance.choice(_CHARSETS), "replace")


def _misdeclare(chance: random.Random, body: bytes, another: Another) -> bytes:
    name = chance.choice(
        (*_CHARSETS, "x-none", "unicode_escape", "hex", "idna", "undefined", "zlib_codec", "")
    ).encode()
    return re.sub(rb"(?i)((?:charset|encoding)\s{0,3}=\s{0,3}[\"']?)[\w.:-]{1,30}", rb"\g<1>" + name, body, count=3)


def _lengths(chance: random.Random, body: bytes, another: Another) -> bytes:
    """A stated length, or one of the binary fields of a format, says something else."""
    found = list(_LENGTH.finditer(body))
    if found and chance.random() < 0.8:
        match = chance.choice(found)
        said = int(match[1])
        near = [str(said + step).encode() for step in (-2, -1, 1, 2, 100)]
        return body[: match.start(1)] + chance.choice((*near, *_NUMBERS)) + body[match.end(1) :]
    signs = [match.start() for match in re.finditer(rb"PK..|\x1f\x8b|\x28\xb5", body)] or [0]
    at = chance.choice(signs) + chance.randrange(46)
    wrong = chance.choice(_PLACES)
    return body[:at] + wrong + body[at + len(wrong) :]


def _numbers(chance: random.Random, body: bytes, another: Another) -> bytes:
    found = list(_DIGITS.finditer(body))
    for match in sorted(chance.sample(found, min(len(found), 3)), key=lambda match: match.start(), reverse=True):
        body = body[: match.start()] + chance.choice(_NUMBERS) + body[match.end() :]
    return body


def _nest(chance: random.Random, body: bytes, another: Another) -> bytes:
    """The input within one of its own kind, or of another."""
    return chance.choice(_AROUND)(body, another, chance.choice((1, 1, 2, 30, 260, 3000)))


def _in_zip(body: bytes, another: Another, depth: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("inner.html", body)
        archive.writestr("inner.zip", another())
    return made.getvalue()


_LETTER = b"Subject: x\r\nFrom: a\r\nMIME-Version: 1.0\r\n"
_RECORD = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
_AROUND: tuple[Callable[[bytes, Another, int], bytes], ...] = (
    lambda body, another, depth: b"<div>" * depth + body + b"</div>" * (depth % 3),
    lambda body, another, depth: b"[" * depth + body + b"]" * (depth - depth % 2),
    lambda body, another, depth: gzip.compress(body, 1, mtime=0),
    lambda body, another, depth: (_LETTER + b"Content-Type: message/rfc822\r\n\r\n") * min(depth, 100) + body,
    lambda body, another, depth: (
        _LETTER + b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(body)
    ),
    lambda body, another, depth: json.dumps([{"text": body.decode("latin-1"), "url": "https://x.example"}]).encode(),
    lambda body, another, depth: _RECORD % len(body) + body + b"\r\n\r\n",
    _in_zip,
)


def _inside(chance: random.Random, body: bytes, another: Another) -> bytes:
    """What is packed is changed within its packing."""
    change = chance.choice((_flip, _cut, _splice, _tokens, _seams, _lengths, _numbers))
    if body.startswith(b"\x1f\x8b"):
        try:
            inner = zlib.decompressobj(31).decompress(body, MOST)
        except zlib.error:
            return body
        return gzip.compress(change(chance, inner, another), 1, mtime=0)
    if body.startswith(b"PK\x03\x04"):
        return _members(chance, body, another, change)
    return change(chance, body, another)


def _members(chance: random.Random, body: bytes, another: Another, change: Change) -> bytes:
    made = io.BytesIO()
    try:
        with (
            warnings.catch_warnings(),
            zipfile.ZipFile(io.BytesIO(body)) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            warnings.simplefilter("ignore")  # of names that are there twice, as they may be
            for info in old.infolist()[:50]:
                inner = old.read(info) if info.file_size < MOST else b""
                inner = change(chance, inner, another)[:MOST] if inner and chance.random() < 0.5 else inner
                name = chance.choice(
                    (info.filename, info.filename, info.filename, "../x", "a\\b", "/r", "x" * 300, "\u202e.txt")
                )
                new.writestr(zipfile.ZipInfo(name), inner)
    # Whatever the changes before made of it
    except Exception:
        return body
    return made.getvalue()


def _place(chance: random.Random, body: bytes) -> int:
    """Anywhere; rather often near an end, or where something begins."""
    if not body:
        return 0
    doing = chance.randrange(4)
    if doing == 0:
        return min(len(body), chance.randrange(64))
    if doing == 1:
        return max(0, len(body) - chance.randrange(64))
    at = chance.randrange(len(body) + 1)
    if doing == 2:
        return at
    seam = _SEAMS.search(body, at)
    return seam.start() if seam else at


CHANGES: tuple[Change, ...] = (
    _flip, _cut, _splice, _repeat, _tokens, _tokens, _seams, _encode, _misdeclare, _lengths, _numbers, _nest, _inside, _inside,
)  # fmt: skip
