"""Inputs of every form that is read, of invented stories: what `evaluation.fuzz` begins with."""

import base64
import bz2
import csv
import gzip
import io
import json
import lzma
import random
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from html import escape

import brotli
import pyarrow as pa
import zstandard
from pyarrow import parquet as pq

from evaluation import generator, newspages

PAGES = 200
"""Pages that there are; of the other forms as many as there are numbers."""
_STORIES = 60
_SITE = "https://ostmarkpost.example"
_ODD = ("Café Halm", "Őrhely", "Пристань", "港口", "ميناء", "🚢 quay", "a & b", "<b>quay</b>", 'the "quay"', "")


@cache
def _stories() -> tuple[generator.Told, ...]:
    return tuple(generator.told(_STORIES, seed=5))


def text(number: int) -> str:
    """The text of a story, or of two or three as one."""
    return "\n\n".join(_stories()[(number + n) % _STORIES].text for n in range(number % 3 + 1))


def _title(number: int) -> str:
    place = _ODD[number % len(_ODD)]
    return f"{place} hit in the night, {number} families leave"


def _paragraphs(number: int) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text(number).split("\n") if part.strip())


def page(number: int) -> bytes:
    """A page of a news site: of every four one of full size, the others with less beside the story."""
    body = newspages.page(number % PAGES)
    if number % 4 == 0:
        return body
    if number % 4 == 1:
        before, _, rest = body.partition(b"<aside")
        return before + rest.partition(b"</aside>")[2]
    shown = f"<article><h1>{escape(_title(number))}</h1>{_paragraphs(number)}</article>"
    deep = "<div>" * (number % 300)
    head = f"<meta charset=utf-8><title>{escape(_title(number))}</title>" if number % 2 else ""
    return f"<html><head>{head}</head><body>{deep}{shown}<nav>{_ODD[number % 10]}</nav></body></html>".encode()


def feed(number: int) -> bytes:
    """RSS, Atom, RDF and JSON Feed in turn, each of six entries with full texts, teasers, and odd ids."""
    return (_rss, _atom, _rdf, _json_feed)[number % 4](number)


def _rss(number: int) -> bytes:
    items = "".join(
        f"<item><title>{escape(_title(n))}</title><link>{_SITE}/{n}</link><guid>{n % 4}</guid>"
        f"<pubDate>Tue, 0{1 + n % 9} May 2031 10:00:00 GMT</pubDate><dc:creator>Ilka Toren</dc:creator>"
        + (
            f"<content:encoded><![CDATA[{_paragraphs(n)}]]></content:encoded></item>"
            if n % 2
            else f"<description>{escape(text(n)[:150])}...</description></item>"
        )
        for n in range(number, number + 6)
    )
    spaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    top = f"<title>Ostmark Post</title><link>{_SITE}</link><atom:link href='{_SITE}/rss' rel='self'/>"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" {spaces}><channel>{top}{items}</channel></rss>'.encode()


def _atom(number: int) -> bytes:
    entries = "".join(
        f"<entry><id>urn:x:{n}</id><title type='html'>{escape(escape(_title(n)))}</title><link rel='alternate' href='/{n}'/>"
        f"<link href='{_SITE}/{n}'/><updated>2031-05-0{1 + n % 9}T10:00:00Z</updated><author><name>Ilka Toren</name></author>"
        + (
            f"<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{_paragraphs(n)}</div></content>"
            if n % 3
            else f"<content type='html' xml:base='{_SITE}'>{escape(_paragraphs(n))}</content><summary>{n}</summary>"
        )
        + "</entry>"
        for n in range(number, number + 6)
    )
    return (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'><title>Ostmark Post</title>{entries}</feed>".encode()
    )


def _rdf(number: int) -> bytes:
    items = "".join(
        f'<item rdf:about="{_SITE}/{n}"><title>{escape(_title(n))}</title><link>{_SITE}/{n}</link>'
        f"<description>{escape(text(n))}</description><dc:date>2031-05</dc:date></item>"
        for n in range(number, number + 6)
    )
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    made = f'<?xml version="1.0" encoding="windows-1252"?><rdf:RDF {spaces}><channel><title>Ostmark</title></channel>{items}</rdf:RDF>'
    return made.encode("cp1252", "xmlcharrefreplace")


def _json_feed(number: int) -> bytes:
    items = [
        {
            "id": n if n % 2 else f"{_SITE}/{n}",
            "url": f"{_SITE}/{n}",
            "title": _title(n),
            "content_html" if n % 2 else "content_text": _paragraphs(n) if n % 2 else text(n),
            "date_published": f"2031-05-0{1 + n % 9}T10:00:00+02:00",
            "authors": [{"name": "Ilka Toren"}],
        }
        for n in range(number, number + 6)
    ]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "Ostmark Post", "items": items}
    return json.dumps(told, ensure_ascii=number % 8 < 4).encode()


def sitemap(number: int) -> bytes:
    """A news sitemap, an index, or a plain list."""
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    if number % 3 == 0:
        entries = "".join(
            f"<url><loc>{_SITE}/{n}?a=1&amp;b=2</loc><lastmod>2031-05-06</lastmod><news:news><news:publication><news:name>Ostmark"
            f"</news:name></news:publication><news:publication_date>2031-05-06</news:publication_date><news:title>"
            f"{escape(_title(n))}</news:title></news:news></url>"
            for n in range(number, number + 9)
        )
        return f'<?xml version="1.0" encoding="UTF-8"?><urlset {spaces}>{entries}</urlset>'.encode()
    if number % 3 == 1:
        entries = "".join(f"<sitemap><loc>{_SITE}/map{n}.xml.gz</loc></sitemap>" for n in range(9))
        return f"<sitemapindex {spaces}>{entries}</sitemapindex>".encode()
    return "".join(f"{_SITE}/{n}\n" for n in range(number, number + 20)).encode()


def sheet(number: int) -> bytes:
    """A table with a head, without one, of tabs, in UTF-16, or with the texts themselves."""
    rows = [
        [
            f"{_SITE}/{n}",
            _title(n),
            "Ostmark Post",
            "Ilka Toren",
            f"2031-05-0{1 + n % 9}",
            text(n) if number % 2 else "",
        ]
        for n in range(number, number + 8)
    ]
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=",;\t|"[number % 4])
    if number % 5:
        writer.writerow(["URL", "Title", "Outlet", "Author", "Published", "Text"])
    writer.writerows(rows)
    return made.getvalue().encode("utf-16" if number % 7 == 3 else "utf-8-sig" if number % 7 == 5 else "utf-8")


def export(number: int) -> bytes:
    """JSON, JSON Lines, or a table of GDELT's width; ninjs items, used and cancelled."""
    items: list[Mapping[str, object]] = [
        {"url": f"{_SITE}/{n}", "title": _title(n), "maintext": text(n), "source_domain": "post.example", "date_publish": "2031-05-06 10:00:00", "authors": ["A"]}
        if n % 3 == 0
        else {
            "uri": f"urn:ninjs:{n}",
            "type": "text",
            "pubstatus": ("usable", "canceled", "withheld")[n % 9 // 3],
            "versioncreated": "2031-05-06T10:00:00Z",
            "headline": _title(n),
            "body_text": text(n),
            "ednote": "Taken back",
        }
        if n % 3 == 1
        else {"id": n, "url": f"{_SITE}/{n}", "title": _title(n), "text": text(n), "published": "2031-05-06", "n": 1e3}
        for n in range(number, number + 6)
    ]  # fmt: skip
    if number % 4 == 0:
        return b"\n".join(json.dumps(item).encode() for item in items) + b"\n"
    if number % 4 == 1:
        return json.dumps(items, ensure_ascii=False).encode()
    if number % 4 == 2:
        return json.dumps({"articles": items, "items": items}).encode()
    cells = ["1300000001", "20310506", *("" for _ in range(57)), "20310506101500", f"{_SITE}/{number}"]
    return ("\t".join(cells) + "\n").encode() * 5


def rows(number: int) -> bytes:
    """JSON Lines of stories."""
    keys = ("id", "url", "outlet", "headline", "byline", "published")
    made = [
        {**{key: f"{_SITE}/{n}" if key == "url" else f"{key} {_ODD[n % 10]}" for key in keys}, "text": text(n)}
        for n in range(number, number + 4)
    ]
    return b"".join(json.dumps(row, ensure_ascii=number % 2 == 0).encode() + b"\r\n" for row in made)


def parquet(number: int) -> bytes:
    """A table of stories, packed in one of the usual ways."""
    made = [
        {
            "id": str(n),
            "url": f"{_SITE}/{n}",
            "outlet": _ODD[n % 10],
            "text": text(n),
            "published": datetime(2031, 5, 1 + n % 28, tzinfo=UTC),
        }
        for n in range(number, number + 4)
    ]
    held = io.BytesIO()
    packing = ("none", "snappy", "zstd", "gzip")[number % 4]
    pq.write_table(
        pa.Table.from_pylist(made), held, compression=packing, use_dictionary=number % 3 > 0, row_group_size=3
    )
    return held.getvalue()


def mail(number: int) -> bytes:
    """A message in sentences, an alert, a saved page, or a mailbox of all."""
    made = (_message, _alert, _mhtml)
    if number % 4 < 3:
        return made[number % 4](number)
    return b"".join(
        b"From ilka@ostmark.example Tue May  6 10:00:00 2031\n" + make(number).replace(b"\r\n", b"\n") + b"\n\n"
        for make in made
    )


def _head(number: int) -> str:
    subject = f"=?utf-8?b?{base64.b64encode(_title(number).encode()).decode()}?="
    return (
        f"From: Ilka Toren <ilka@ostmark.example>\r\nTo: desk@post.example\r\nDate: Tue, 06 May 2031 10:00:00 +0000\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{number}@ostmark.example>\r\nMIME-Version: 1.0\r\n"
    )


def _message(number: int) -> bytes:
    body = base64.encodebytes(text(number).encode()).decode().replace("\n", "\r\n")
    return f"{_head(number)}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}".encode()


def _alert(number: int) -> bytes:
    links = "".join(
        f'<a href="https://find.example/url?ct=a&amp;url={_SITE}/{n}&amp;s=2"><b>Quay</b> {escape(_title(n))}</a><p>{n} ...</p>'
        for n in range(number, number + 4)
    )
    return (
        f'{_head(number)}Content-Type: multipart/alternative; boundary="=_b"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n'
        f"See {_SITE}/{number}\r\n--=_b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{links}\r\n--=_b--\r\n"
    ).encode()


def _mhtml(number: int) -> bytes:
    return (
        f"From: <Saved>\r\nSnapshot-Content-Location: {_SITE}/{number}\r\nSubject: Quay hit\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n'
        f"Content-Transfer-Encoding: 8bit\r\nContent-Location: {_SITE}/{number}\r\n\r\n<html><body>{_paragraphs(number)}</body></html>\r\n"
        "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n"
    ).encode()


def pdf(number: int) -> bytes:
    """A PDF of three pages, of which one may be an image, its contents packed or not."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [5 0 R 7 0 R 9 0 R] /Count 3 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\nx\nendstream",
    ]
    for n in range(3):
        image = n == 1 and number % 2
        shown = "/XObject << /I 4 0 R >>" if image else "/Font << /F 3 0 R >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << {shown} >> /Contents {6 + 2 * n} 0 R >>"
        )
        words = text(number + n).encode("latin-1", "replace").decode("latin-1").replace("(", "").replace(")", "")
        lines = " ".join(f"({words[at : at + 80]}) Tj 0 -14 Td" for at in range(0, len(words), 80)).replace("\n", " ")
        drawn = "q 9 0 0 9 0 0 cm /I Do Q" if image else f"BT /F 12 Tf 40 700 Td {lines} ET"
        packed = number % 3 == 0
        drawn = zlib.compress(drawn.encode("latin-1")).decode("latin-1") if packed else drawn
        coded = " /Filter /FlateDecode" if packed else ""
        objects.append(f"<< /Length {len(drawn)}{coded} >>\nstream\n{drawn}\nendstream")
    objects.append("<< /Title (Quay hit) /Author (Ilka Toren) /CreationDate (D:20310506120000+02'00') >>")
    out, places = b"%PDF-1.4\n", []
    for n, made in enumerate(objects, 1):
        places.append(len(out))
        out += f"{n} 0 obj\n{made}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    )
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def warc(number: int) -> bytes:
    """A web archive of a warcinfo, a request, and answers packed and chunked: plain, of members, or one member."""
    records = _records(number)
    if number % 4 == 0:
        return b"".join(records)
    if number % 4 == 3:
        return zstandard.ZstdCompressor().compress(b"".join(records))
    return b"".join(map(gzip.compress, records)) if number % 4 == 1 else gzip.compress(b"".join(records))


def _records(number: int) -> list[bytes]:
    packers: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
        ("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress), ("zstd", zstandard.compress),
    )  # fmt: skip
    made = [record("warcinfo", b"software: x\r\n", 0, "application/warc-fields")]
    for n in range(number, number + 4):
        body = f"<html><body>{_paragraphs(n)}</body></html>".encode()
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        if n % 3 == 1:
            coding, pack = packers[n % 4]
            body, head = pack(body), f"{head}Content-Encoding: {coding}\r\n"
        if n % 3 == 2:
            body = b"%x\r\n%b\r\n%x;a=b\r\n%b\r\n0\r\n\r\n" % (100, body[:100], len(body) - 100, body[100:])
            head += "Transfer-Encoding: chunked\r\n"
        else:
            head += f"Content-Length: {len(body)}\r\n"
        made.append(record("response", f"{head}\r\n".encode() + body, n, "application/http; msgtype=response"))
    made.append(record("request", b"GET / HTTP/1.1\r\n\r\n", number, "application/http; msgtype=request"))
    made.append(record("resource", text(number).encode(), number, "text/plain"))
    return made


def record(kind: str, block: bytes, number: int, media: str) -> bytes:
    """A record of a web archive."""
    head = (
        f"WARC/1.{number % 2}\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
        f"WARC-Date: 2031-05-06T10:00:00Z\r\nWARC-Target-URI: {_SITE}/{number}\r\nContent-Type: {media}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def zipped(number: int) -> bytes:
    """A ZIP of texts, pages, a folder and an archive; or a web archive packed as one."""
    members = {
        "pages/a.html": page(4 * number + 2),
        "b.txt": text(number).encode(),
        "folder/": b"",
        f"{_ODD[number % 10] or 'c'}.txt": text(number + 1).encode("utf-16"),
        "inner.zip": b"PK\x05\x06" + bytes(18),
        "data.jsonl": rows(number),
        "feed.xml": feed(number),
    }
    if number % 2:
        members = {
            "datapackage.json": json.dumps({"resources": [{"path": "archive/a.warc.gz", "hash": "sha256:0"}]}).encode(),
            "archive/a.warc.gz": b"".join(map(gzip.compress, _records(number))),
            "indexes/index.cdx": b"x",
        }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)[number % 3 == 0]) as archive:
        for name, body in members.items():
            archive.writestr(zipfile.ZipInfo(name), body, compress_type=zipfile.ZIP_DEFLATED if number % 3 else None)
    return made.getvalue()


def compressed(number: int) -> bytes:
    """A page in one of the six ways in which bytes are packed."""
    body = page(4 * number + 2)
    packers: tuple[Callable[[bytes], bytes], ...] = (
        gzip.compress, zstandard.compress, bz2.compress, lzma.compress, zlib.compress, brotli.compress,
    )  # fmt: skip
    return packers[number % 6](body)


def plain(number: int) -> bytes:
    """A text, in one of the sets of characters that are told."""
    words = f"{_title(number)}\n\nBRENIK, May {1 + number % 28} (Coast Wire) — {text(number)}\n\n{_ODD[number % 10]}"
    return words.encode(("utf-8", "utf-16", "cp1252", "utf-8-sig", "utf-16-le", "gb18030")[number % 6], "replace")


MAKERS: Mapping[str, Callable[[int], bytes]] = {
    "pages": page,
    "texts": plain,
    "feeds": feed,
    "sitemaps": sitemap,
    "sheets": sheet,
    "exports": export,
    "rows": rows,
    "parquets": parquet,
    "mail": mail,
    "pdfs": pdf,
    "warcs": warc,
    "zips": zipped,
    "compressed": compressed,
}


def draw(chance: random.Random, form: str) -> bytes:
    """Any seed of a form."""
    return MAKERS[form](chance.randrange(PAGES))
