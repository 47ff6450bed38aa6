"""A stream → the documents in it: of an archive its members, of a compressed file what it unpacks to, of JSON Lines and Parquet the rows."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import compressed, parquet, parsing, rows, warc, zipped
from onrecord.stories.compose import refused
from onrecord.stories.compressed import Caps, Unpacked
from onrecord.stories.documents import Document
from onrecord.stories.flow import Headed
from onrecord.stories.links import Link, Retraction

ROWS = frozenset({".jsonl", ".ndjson"})
SUFFIXES = ROWS | {parquet.SUFFIX, ".warc", ".wacz", ".zip", ".gz", ".gzip", ".zst", ".bz2", ".xz"}
"""How names of what is taken apart here end."""

Found = Document | Link | Retraction | Intake

HEAD = 8192
"""How many bytes tell what a stream is."""

_ROW_MEDIA = frozenset(
    {"application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines"}
)
_ARCHIVE, _ZIP = b"WARC/", (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/")
_DEPTH = 3  # containers within each other


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a stream from outside: all that a document has but its bytes. depth: containers around it."""

    document: Document
    depth: int = 0

    @property
    def suffix(self) -> str:
        """How its name ends, in small letters."""
        return PurePath((self.document.url or self.document.source).partition("?")[0]).suffix.casefold()


def documents(stream: BinaryIO, label: Label, options: ReadOptions) -> Iterator[Found]:
    """What a stream holds, read as it comes: nothing is unpacked to a disk, and only one document is held at a time.

    An archive that is torn, or holds more than the limits allow, says so in an intake of its own.
    """
    document = label.document
    head = stream.read(HEAD)
    if stream.seekable():
        stream.seek(-len(head), io.SEEK_CUR)
    else:
        stream = io.BufferedReader(Headed(head, stream))
    kind = compressed.told(head)
    if head.startswith(_ARCHIVE) or (kind and _unpacked_head(head, kind).startswith(_ARCHIVE)):
        yield from _tables(warc.documents(stream, document.source, options), options)
    elif head.startswith(_ZIP):
        if any(sign in head[:200] for sign in _OFFICE):
            yield refused(document.source, f"{document.source} is an office document or a book: save its text as .txt.")
        else:
            yield from _tables(zipped.documents(stream, document.source, options), options)
    elif kind is not None and len(head) > 2:
        yield from _unpacked(stream, kind, label, options)
    elif head.startswith(parquet.MAGIC) or label.suffix == parquet.SUFFIX:
        yield from parquet.table(stream, document.source, options)
    elif label.suffix in ROWS or document.media in _ROW_MEDIA:
        yield from rows.rows(stream, document.source, options)
    else:
        yield _whole(stream, document, options)


def _tables(found: Iterable[Found], options: ReadOptions) -> Iterator[Found]:
    """The rows of those members of an archive that are tables; the others as they are."""
    for item in found:
        if isinstance(item, Document) and item.body.startswith(parquet.MAGIC):
            yield from expand(item, options)
        else:
            yield item


def expand(document: Document, options: ReadOptions) -> Iterator[Found]:
    """What a document holds that is a container; itself where it is none. How it came is said of all that was in it."""
    head = document.body[:HEAD]
    label = Label(document, depth=1)
    packed = head.startswith((_ARCHIVE, *_ZIP, parquet.MAGIC)) or compressed.told(head) is not None
    if not packed and document.media not in _ROW_MEDIA and label.suffix not in ROWS:
        yield document
        return
    bare = replace(label, document=replace(document, body=b""))
    for item in documents(io.BytesIO(document.body), bare, options):
        if isinstance(item, Document | Intake):
            yield replace(item, how={**document.how, **item.how})
        else:
            yield item


def _unpacked(stream: BinaryIO, kind: compressed.Kind, label: Label, options: ReadOptions) -> Iterator[Found]:
    document = label.document
    if label.depth >= _DEPTH:
        yield refused(document.source, f"{document.source} is compressed more than {_DEPTH} times over.")
        return
    raw = Unpacked(stream, kind, Caps(most=1 << 40))
    named = replace(document, url=_without_suffix(document.url), media=None)
    if document.url is None and label.suffix in SUFFIXES:
        # The name decides what is in it; what the books call it stays
        named = replace(named, url=_without_suffix(document.source))
    inner = Label(named, label.depth + 1)
    for item in documents(io.BufferedReader(raw), inner, options):
        if isinstance(item, Document):
            url = document.url if item.url == named.url else item.url
            yield replace(item, url=url, notes=(*item.notes, *_torn(raw, document.source)))
        else:
            yield item
    if raw.end is not None and raw.end.state != "proper" and inner.suffix in ROWS:
        yield refused(document.source, f"{document.source} is not whole: {raw.end.reason}.", max(raw.end.lost, 1))


def _torn(raw: Unpacked, source: str) -> tuple[Rejection, ...]:
    """What a document lacks because what it was unpacked from is not whole."""
    while raw.end is None and raw.read(1 << 16):
        pass
    if raw.end is None or raw.end.state == "proper":
        return ()
    return (Rejection(source, f"{source} is not whole: {raw.end.reason}.", max(raw.end.lost, 1)),)


def _unpacked_head(head: bytes, kind: compressed.Kind) -> bytes:
    return Unpacked(io.BytesIO(head), kind).read(len(_ARCHIVE)) or b""


def _without_suffix(name: str | None) -> str | None:
    if name is None:
        return None
    path, mark, rest = name.partition("?")
    return (path.rpartition(".")[0] if PurePath(path).suffix else path) + mark + rest


def _whole(stream: BinaryIO, document: Document, options: ReadOptions) -> Document | Intake:
    """All of a stream as one document, within the limit of its kind."""
    source = document.source
    body = stream.read(HEAD)
    kind = parsing.kind_of(replace(document, body=body))
    limit: int = getattr(options, kind.limit) if isinstance(kind, parsing.Kind) else options.max_bytes
    while len(body) <= limit and (piece := stream.read(limit + 1 - len(body))):
        body += piece
    if len(body) > limit:
        lost = len(body)
        while piece := stream.read(1 << 20):
            lost += len(piece)
        return refused(source, f"{source} is larger than {limit} bytes.", lost)
    return replace(document, body=body)
