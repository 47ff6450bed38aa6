"""One document → its intakes: which parser reads it, by its bytes, its declared type and its name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePath
from typing import Literal

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories.compose import capture, failed, refused, unread
from onrecord.stories.documents import Document
from onrecord.stories.encoding import binary
from onrecord.stories.links import Item


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document. name: the media type that the books have for it; also: other types it is declared as; suffixes: how
    names of its files end, small letters with the dot; signature: what its bytes begin with, matched at the first that is no
    space; reader: "module:function", a function of a document and options that gives one intake or several; limit: the field
    of the options with its largest size; apart: whether its parser is somebody else's, so that it has to run in a cell.
    """

    name: str
    reader: str
    also: frozenset[str] = frozenset()
    suffixes: frozenset[str] = frozenset()
    signature: re.Pattern[bytes] | None = None
    limit: Literal["max_bytes", "max_page_bytes"] = "max_bytes"
    apart: bool = True


PLAIN = Kind(
    "text/plain",
    "onrecord.stories.plain:story",
    also=frozenset({"text/markdown", "text/x-markdown", "text/x-web-markdown"}),
    suffixes=frozenset({".txt", ".text", ".md", ".markdown"}),
    # A few lines of our own, in time that grows with the text: a process would cost more than it could save
    apart=False,
)
PAGE = Kind(
    "text/html",
    "onrecord.stories.pages:story",
    also=frozenset({"application/xhtml+xml", "application/xhtml"}),
    suffixes=frozenset({".html", ".htm", ".xhtml", ".shtml"}),
    signature=re.compile(
        rb"\A(?:<\?xml[^>]{0,200}>\s{0,80})?<(?:!doctype\s{1,9}html|html|head|body|!--|article|div|p|meta|title)\b",
        re.I,
    ),
    limit="max_page_bytes",
)
_PROLOGUE = rb"\A(?:<[?!][^>]{0,500}>\s{0,80}){0,8}"
FEED = Kind(
    "application/rss+xml",
    "onrecord.stories.feeds:entries",
    also=frozenset({"application/atom+xml", "application/rdf+xml"}),
    suffixes=frozenset({".rss", ".atom", ".rdf"}),
    signature=re.compile(_PROLOGUE + rb"<(?:rss|feed|rdf:RDF)[\s>]"),
)
SITEMAP = Kind(
    "application/x-sitemap+xml",
    "onrecord.stories.sitemaps:links",
    signature=re.compile(_PROLOGUE + rb"<(?:[a-z]{1,20}:)?(?:urlset|sitemapindex)[\s>]"),
)
PDF = Kind(
    "application/pdf",
    "onrecord.stories.pdfs:story",
    also=frozenset({"application/x-pdf"}),
    suffixes=frozenset({".pdf"}),
    signature=re.compile(rb"\A%PDF-"),
)
MAIL = Kind(
    "message/rfc822",
    "onrecord.stories.mail:parts",
    also=frozenset({"application/mbox", "multipart/related", "application/x-mimearchive"}),
    suffixes=frozenset({".eml", ".mbox", ".mht", ".mhtml"}),
    signature=re.compile(
        rb"(?i)\A(?:From [^\r\n]{1,300}\r?\n)?"
        rb"(?:(?:Return-Path|Received|Delivered-To|MIME-Version|From|To|Date|Subject|Message-ID|Content-Type|X-[a-z-]{1,40})"
        rb":[^\n]{1,900}\n(?:[ \t][^\n]{1,900}\n){0,20}){2}"
        rb"(?:[a-z-]{1,40}:|\r?\n)"
    ),
)
JSON = Kind(
    "application/json",
    "onrecord.stories.forms:json",
    also=frozenset({"application/feed+json", "application/x-ndjson", "application/ld+json"}),
    suffixes=frozenset({".json"}),
    signature=re.compile(rb"\A(?:\{\s{0,200}\"|\[\s{0,200}\{)"),
)
TABLE = Kind(
    "text/csv",
    "onrecord.stories.forms:table",
    also=frozenset({"text/tab-separated-values", "application/csv", "text/uri-list"}),
    suffixes=frozenset({".csv", ".tsv"}),
    # Addresses alone, one a line
    signature=re.compile(rb"\Ahttps?://\S{4,2000}[ \t]{0,9}(?:\r?\n)+https?://\S{4,2000}[ \t]{0,9}(?:\r?\n|\Z)"),
)
KINDS = (PDF, FEED, SITEMAP, MAIL, JSON, PAGE, TABLE, PLAIN)
"""Every kind that is read; a signature further to the front goes before one further behind. A parser is loaded when the
first document of its kind comes."""

_UNTOLD = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/x-unknown", "unknown/unknown"})
_OPEN = re.compile(r"(?:text|message)/|application/(?:xml|[\w.-]{1,40}\+xml)$")
_SPACE = b" \t\r\n\x0c"


def signed_as(body: bytes) -> Kind | None:
    """The kind that the first bytes show, if they show any."""
    head = body[:8192].removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    return next((kind for kind in KINDS if kind.signature and kind.signature.match(head)), None)


def kind_of(document: Document) -> Kind | str:
    """The kind of a document, or a sentence's end that says why none reads it ("an image: ...").

    Bytes that begin as a PDF does are one, whatever they are declared to be; for other kinds the declared type counts,
    else the first tag, else the name; what is left is plain text where it is text at all.
    """
    signed = signed_as(document.body)
    if signed is not None and not signed.name.startswith("text/"):
        return signed
    if (other := binary(document.body)) is not None:
        return other
    media = (document.media or "").partition(";")[0].strip().casefold()
    suffix = PurePath((document.url or document.source).partition("?")[0]).suffix.casefold()
    named = next((kind for kind in KINDS if suffix in kind.suffixes), None)
    if (declared := next((kind for kind in KINDS if media == kind.name or media in kind.also), None)) is not None:
        # Servers that do not know a kind call it plain text
        return named if declared is PLAIN and named is not None and named is not PAGE else declared
    if media not in _UNTOLD and not _OPEN.match(media):
        return f"of a type ({media[:60]}) that is not read"
    if signed is None and named is None and media not in _UNTOLD and not media.startswith("text/"):
        return f"of a type ({media[:60]}) that is not read"
    return signed or named or PLAIN


def parse(document: Document, options: ReadOptions) -> tuple[Item, ...]:
    """What a document holds, at least one item. No content of it raises.

    Raises TryLater where the machine failed it: too little memory, too many open files.
    """
    kind = kind_of(document)
    if (refusal := turned_away(document, kind, options)) is not None:
        return (refusal,)
    assert isinstance(kind, Kind)
    try:
        module, _, function = kind.reader.partition(":")
        made: Intake | Iterable[Item] = getattr(import_module(module), function)(document, options)
        found = (made,) if isinstance(made, Intake) else tuple(made)
    except Exception as error:
        return (failed(document.source, error, capture(document.source, kind.name, document.body)),)
    return found or (unread(document, kind.name, f"{document.source} holds nothing to read."),)


def turned_away(document: Document, kind: Kind | str, options: ReadOptions) -> Intake | None:
    """The refusal of a document that no parser gets to see; None where one does."""
    source, size = document.source, len(document.body)
    if not document.body.strip(_SPACE):
        return refused(source, f"{source} is empty.")
    if isinstance(kind, str):
        return refused(source, f"{source} is {kind}.", size)
    most: int = getattr(options, kind.limit)
    return refused(source, f"{source} is larger than {most} bytes.", size) if size > most else None
