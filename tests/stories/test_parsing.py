"""Which parser a document gets, and what of its container's words counts."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from onrecord.errors import TryLater
from onrecord.records import Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import parsing
from onrecord.stories.compose import refused
from onrecord.stories.documents import Document
from onrecord.stories.parsing import Kind, kind_of, parse
from onrecord.stories.published import Stated

_OPTIONS = ReadOptions()
_WORDS = "Two dock workers were wounded when shells landed beside the quay at Brenik, the harbour master said."
_HTML = f"<html><body><p>{_WORDS} {_WORDS}</p><p>{_WORDS}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("source", "media", "body", "kind"),
    [
        ("a", "text/html", _WORDS.encode(), "text/html"),
        ("a", "TEXT/HTML; charset=utf-8", _WORDS.encode(), "text/html"),
        ("a.txt", "application/xhtml+xml", _HTML, "text/html"),
        ("a.html", "text/plain", _HTML, "text/plain"),
        ("a", "text/markdown", b"# Shells\n\n" + _WORDS.encode(), "text/plain"),
        ("a", None, _HTML, "text/html"),
        ("a", None, b"\xef\xbb\xbf \n" + _HTML, "text/html"),
        ("a", "application/octet-stream", _HTML, "text/html"),
        ("a", "application/xml", b"<?xml version='1.0'?><html/>", "text/html"),
        ("a", None, _WORDS.encode(), "text/plain"),
        ("a.html?x=1", None, _WORDS.encode(), "text/html"),
        ("a.txt", None, _HTML, "text/html"),
        ("a", "text/html", b"%PDF-1.7 x", "application/pdf"),
        ("a", None, b'<?xml version="1.0"?>\n<!-- c -->\n<rss version="2.0">', "application/rss+xml"),
        ("a", "text/html", b"<feed xmlns='http://www.w3.org/2005/Atom'>", "application/rss+xml"),
        ("a.xml", None, b'<?xml version="1.0"?><urlset>', "application/x-sitemap+xml"),
        ("a", None, b"From alerts@x.example Mon\nFrom: a@x.example\nSubject: b\n\nc", "message/rfc822"),
        ("a.txt", None, b"From Brenik our man writes:\nThe quay: it was shelled.\n", "text/plain"),
        ("a.mht", None, b"words", "message/rfc822"),
        ("a.json", None, b"words", "application/json"),
        ("a", None, b'[{"url": "https://x.example/"}]', "application/json"),
        ("a.txt", None, b"https://x.example/1\r\nhttps://x.example/2\r\n", "text/csv"),
        ("a.txt", None, b"https://x.example/1\n\nThe quay was shelled.\n", "text/plain"),
        ("a.csv", "text/plain", b"url\nhttps://x.example/1", "text/csv"),
    ],
)
def test_the_kind_of_a_document(source: str, media: str | None, body: bytes, kind: str) -> None:
    found = kind_of(Document(source, body, media))
    assert isinstance(found, Kind)
    assert found.name == kind


@pytest.mark.parametrize(
    ("media", "body", "reason"),
    [
        ("text/html", b"\x89PNG\r\n", "an image"),
        ("image/jpeg", b"words", "of a type (image/jpeg) that is not read"),
        ("application/xml", b"<table/>", "of a type (application/xml) that is not read"),
        ("application/wasm", b"(module)", "of a type (application/wasm) that is not read"),
        ("text/plain", bytes(range(32)) * 9, "binary, not text"),
        ("text/html", b" \n", "empty"),
        ("text/html", b"<p>" + b"x" * 5_000_000, "larger than 5000000 bytes"),
    ],
)
def test_what_no_parser_gets_to_see_is_refused_with_its_loss(media: str, body: bytes, reason: str) -> None:
    (item,) = parse(Document("a", body, media), _OPTIONS)
    assert item.state == "refused"
    assert reason in item.rejections[-1].reason
    assert item.rejections[-1].lost == (len(body) if body.strip() else 0)


def test_what_the_container_says_counts_where_the_page_says_nothing() -> None:
    document = Document(
        "crawl#1", _HTML, "text/html", url="https://ostmarkpost.example/quay", name="n-1", outlet="Ostmark Post",
        headline="Shells hit quay", byline="Ilka Toren", dates=(Stated("2031-05-06T07:45:00Z", "metadata"),), notes=(Rejection("crawl#1", "Said before."),),
    )  # fmt: skip
    for given in (document, replace(document, media="text/plain", body=_WORDS.encode())):
        (item,) = parse(given, _OPTIONS)
        story = item.story
        assert story is not None
        assert (story.url, story.name, story.outlet) == ("https://ostmarkpost.example/quay", "n-1", "Ostmark Post")
        assert (story.headline, story.byline) == ("Shells hit quay", "Ilka Toren")
        assert story.published.start == datetime(2031, 5, 6, 7, 45, tzinfo=UTC)
        assert item.rejections == document.notes


def test_what_the_page_says_goes_first() -> None:
    head = (
        "<head><title>Quay hit</title><meta property='og:site_name' content='Coast Wire'>"
        "<link rel=canonical href='https://coastwire.example/1'><meta name='date' content='2031-05-07'></head>"
    )
    document = Document(
        "x", _HTML.replace(b"<body>", f"{head}<body>".encode()), "text/html", url="https://mirror.example/", outlet="Mirror",
        headline="Other", dates=(Stated("2031-05-01", "metadata"),),
    )  # fmt: skip
    (item,) = parse(document, _OPTIONS)
    assert item.story is not None
    assert (item.story.outlet, item.story.url, item.story.headline) == (
        "Coast Wire",
        "https://coastwire.example/1",
        "Quay hit",
    )
    assert item.story.published.start == datetime(2031, 5, 7, tzinfo=UTC)


def several(document: Document, options: ReadOptions) -> object:
    return iter([refused(f"{document.source}#{n}", "No.") for n in range(int(document.body[5:]))])


def broken(document: Document, options: ReadOptions) -> object:
    raise {b"m": MemoryError, b"o": lambda: OSError(28, "No space left"), b"v": ValueError}[document.body[5:6]]()


@pytest.fixture
def hooked(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = [
        Kind("application/x-many", f"{__name__}:several", signature=re.compile(b"MANY ")),
        Kind("application/x-broken", f"{__name__}:broken", signature=re.compile(b"FAIL ")),
    ]
    monkeypatch.setattr(parsing, "KINDS", [*kinds, *parsing.KINDS])


@pytest.mark.usefixtures("hooked")
def test_a_kind_that_is_added_is_known_by_its_bytes_and_may_give_several() -> None:
    assert [item.source for item in parse(Document("a", b"MANY 3", "text/html"), _OPTIONS)] == ["a#0", "a#1", "a#2"]
    (none,) = parse(Document("a", b"MANY 0"), _OPTIONS)
    assert (none.state, none.rejections[0].lost) == ("refused", 6)


@pytest.mark.usefixtures("hooked")
def test_a_parser_that_fails_is_one_failed_intake_unless_the_machine_failed_it() -> None:
    (item,) = parse(Document("a", b"FAIL v"), _OPTIONS)
    assert (item.state, item.rejections[0].lost) == ("failed", 6)
    for body in (b"FAIL m", b"FAIL o"):
        with pytest.raises(TryLater):
            parse(Document("a", body), _OPTIONS)
