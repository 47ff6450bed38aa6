"""A feed (RSS, Atom, RDF, JSON Feed) → its entries: the stories whose text it holds, and links to the others.

Each entry is cut out of the feed and parsed alone. So a torn feed never hands on half an entry as a whole one, an entry
that no strict parser reads spoils no other, and each is kept with the bytes that it stood in.
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from xml.parsers import expat

from onrecord.records import Capture, Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import fragment, strictjson
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.links import Link, web_address
from onrecord.stories.markup import MarkupLimits, Piece, Pieces, Unsafe, characters, take_apart
from onrecord.stories.published import Stated

_ROOTS = frozenset({"rss", "feed", "rdf"})
_ITEMS = frozenset({"item", "entry"})
_MEDIA, _JSON_MEDIA = "application/xml", "application/feed+json"
_CUT = ("…", "...", "[…]", "[...]", "(more…)", "(more...)")


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """entries: in one feed; around: characters of the tags around an entry, and of what the feed says of itself; loose:
    characters of all entries together that no strict parser reads, for the lenient one is slow; substantial: the fewest characters
    of content that are a story, and no teaser of one; least: the same where there is no address to fetch more from.
    """

    markup: MarkupLimits = field(default_factory=MarkupLimits)
    entries: int = 10_000
    around: int = 20_000
    loose: int = 200_000
    substantial: int = 500
    least: int = 80


_DEFAULT = FeedLimits()


def entries(document: Document, options: ReadOptions, limits: FeedLimits = _DEFAULT) -> Iterator[Link | Intake]:
    """The entries of a feed in its order: an Intake with a story where the feed holds the full text, a Link where it
    holds a teaser, a refusal where an entry is torn or of no use. No two entries are taken for one, whatever their ids.
    """
    if document.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        yield from _json_feed(document, options, limits)
        return
    decoded = characters(document)
    whole = capture(document.source, document.media or _MEDIA, document.body)
    try:
        pieces = take_apart(decoded.text, _ITEMS, limits.markup)
        _checked(pieces, limits)
    except Unsafe as error:
        yield refused(document.source, f"{document.source} is not read: {error}.", len(document.body), whole)
        return
    feed = _frame(pieces, limits)
    outlet = document.outlet or _plain(feed, "title") or None
    loose = limits.loose
    for number, piece in enumerate(pieces.whole[: limits.entries], 1):
        at = _At(document, number, outlet, (*document.notes, *decoded.notes))
        alone = piece.alone()
        loose -= 0 if _is_strict(alone) else len(alone)
        yield _guarded(piece, at, options, limits, is_heavy=loose < 0)
    yield from _leavings(pieces, document, whole, limits)


def _frame(pieces: Pieces, limits: FeedLimits) -> dict[str, Any]:
    """What the feed says of itself, nothing where that is too long or cannot be read: the entries stand alone."""
    try:
        found: dict[str, Any] = _parsed(pieces.frame)["feed"] if len(pieces.frame) <= limits.around else {}
    except Unsafe:
        return {}
    return found


def _checked(pieces: Pieces, limits: FeedLimits) -> None:
    if pieces.root not in _ROOTS:
        raise Unsafe("it is no feed")
    if any(sum(map(len, piece.around)) > limits.around for piece in pieces.whole):
        raise Unsafe(f"the tags around its entries are longer than {limits.around} characters")


def _leavings(pieces: Pieces, document: Document, whole: Capture, limits: FeedLimits) -> Iterator[Intake]:
    """What of a feed did not become an entry."""
    for words in pieces.torn:
        lost = len(words.encode("utf-8", "replace"))
        yield refused(document.source, "An entry of the feed is torn: it has no end.", lost, whole)
    if len(pieces.whole) > limits.entries:
        lost = sum(len(piece.text) for piece in pieces.whole[limits.entries :])
        yield refused(document.source, f"The feed has more than {limits.entries} entries.", lost, whole)
    if not pieces.is_closed:
        rest = max(1, pieces.rest - sum(map(len, pieces.torn)))
        yield refused(document.source, "The feed is torn: it has no end, and more may have come.", rest, whole)
    elif not pieces.whole and not pieces.torn:
        yield refused(document.source, f"{document.source} is a feed without entries.", 0, whole)


@dataclass(frozen=True, slots=True)
class _At:
    """Where an entry stands, and what its feed says of all of them."""

    document: Document
    number: int
    outlet: str | None
    notes: tuple[Rejection, ...]

    @property
    def source(self) -> str:
        return f"{self.document.source}#{self.number}"


def _guarded(piece: Piece, at: _At, options: ReadOptions, limits: FeedLimits, is_heavy: bool) -> Link | Intake:
    """Catches whatever an entry brings about that nobody foresaw: no entry may stop the others."""
    body = piece.text.encode("utf-8", "replace")
    if is_heavy:
        reason = "The entry is no XML, and more of this feed are not than are read."
        return refused(at.source, reason, len(body), capture(at.source, _MEDIA, body))
    try:
        found = _parsed(piece.alone())["entries"]
        if len(found) != 1:
            return refused(at.source, "The entry does not read as one.", len(body), capture(at.source, _MEDIA, body))
        return _made(_entry(found[0]), body, _MEDIA, at, options, limits)
    except Unsafe as error:
        return refused(at.source, f"The entry is not read: {error}.", len(body), capture(at.source, _MEDIA, body))
    except Exception as error:
        return failed(at.source, error, capture(at.source, _MEDIA, body))


def _is_strict(xml: str) -> bool:
    parser = expat.ParserCreate("utf-8", " ")
    try:
        parser.Parse(xml.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _parsed(xml: str) -> Any:
    """Raises Unsafe where the parser gives up: in markup that is no XML it does so in many ways of its own."""
    # Takes a fifth of a second to load: only where there is a feed
    import feedparser

    try:
        # A stream, never a string: a string that looks like an address or a path would be opened
        return feedparser.parse(
            io.BytesIO(xml.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (MemoryError, OSError):
        raise
    except Exception as error:
        raise Unsafe(f"its parser gives up ({type(error).__name__})") from error


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry says. contents: the texts that it gives in full; teaser: the one that it gives to lead to more."""

    name: str | None
    url: object
    headline: str
    byline: str | None
    published: tuple[object, ...]
    contents: tuple[str, ...]
    teaser: str


def _entry(raw: dict[str, Any]) -> _Entry:
    # Not through the class of the feed parser, which answers for one key with the value of another
    contents = tuple(_text(part) for part in dict.get(raw, "content") or ())
    return _Entry(
        name=dict.get(raw, "id"),
        url=dict.get(raw, "link"),
        headline=_plain(raw, "title"),
        byline=_plain(raw, "author") or None,
        published=tuple(dict.get(raw, key) for key in ("published", "updated")),
        contents=contents,
        teaser=_text(dict.get(raw, "summary_detail") or {}),
    )


def _text(part: Mapping[str, Any]) -> str:
    value = str(part.get("value") or "")
    return value if part.get("type") == "text/plain" else fragment.text(value)


def _plain(raw: dict[str, Any], key: str) -> str:
    """A short text on one line, without the tags that it may come with."""
    detail = dict.get(raw, f"{key}_detail") or {}
    value = str(dict.get(raw, key) or "")
    is_html = detail.get("type") in ("text/html", "application/xhtml+xml")
    return fragment.line(value) if is_html else " ".join(value.split())


def _made(entry: _Entry, body: bytes, media: str, at: _At, options: ReadOptions, limits: FeedLimits) -> Link | Intake:
    """The story where the entry tells it in full, else the link to it, else what it does tell."""
    url = web_address(entry.url) or (web_address(entry.name) if entry.url is None else None)
    dates = tuple(Stated(str(words), "metadata") for words in entry.published if words)
    text = max(entry.contents, key=len, default="")
    found = Found(
        source=at.source,
        media=media,
        body=body,
        text=text,
        headline=entry.headline,
        name=entry.name,
        url=url,
        outlet=at.outlet,
        byline=entry.byline,
        dates=(*dates, *at.document.dates),
        notes=_told(at, body),
    )
    if len(text) >= limits.substantial and not _is_cut(text):
        return compose(found, options)
    if url is not None:
        return Link(url, at.source, entry.headline, at.outlet, entry.byline, found.dates, entry.name, notes=found.notes)
    text = max(text, entry.teaser, key=len)
    if len(text) < limits.least:
        reason = "The entry has neither a web address nor the text of a story."
        return refused(at.source, reason, len(body), capture(at.source, media, body))
    cut = Rejection(at.source, "The entry gives the beginning of its text, and no address of the rest.", 1)
    return compose(replace(found, text=text, notes=(*found.notes, *((cut,) if _is_cut(text) else ()))), options)


def _told(at: _At, body: bytes) -> tuple[Rejection, ...]:
    """The notes on the feed that hold for this entry: what was lost elsewhere, it did not lose."""
    replaced = "\ufffd".encode() in body
    return tuple(note for note in at.notes if not note.lost or replaced)


def _is_cut(text: str) -> bool:
    return text.rstrip().endswith(_CUT)


def _json_feed(document: Document, options: ReadOptions, limits: FeedLimits) -> Iterator[Link | Intake]:
    whole = capture(document.source, document.media or _JSON_MEDIA, document.body)
    lost = len(document.body)
    try:
        feed = strictjson.loads(strictjson.characters(document.body))
    except ValueError as error:
        yield refused(document.source, f"{document.source} is no JSON feed: {error}.", lost, whole)
        return
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        yield refused(document.source, f'{document.source} is no JSON feed: it has no list of "items".', lost, whole)
        return
    title = feed.get("title")
    outlet = document.outlet or (title if isinstance(title, str) else None)
    if not items:
        yield refused(document.source, f"{document.source} is a feed without entries.", 0, whole)
    for number, item in enumerate(items[: limits.entries], 1):
        yield _json_guarded(item, _At(document, number, outlet, document.notes), options, limits)
    if len(items) > limits.entries:
        more = sum(len(strictjson.dumps(item)) for item in items[limits.entries :])
        yield refused(document.source, f"The feed has more than {limits.entries} entries.", more, whole)


def _json_guarded(item: object, at: _At, options: ReadOptions, limits: FeedLimits) -> Link | Intake:
    body = strictjson.dumps(item)
    if not isinstance(item, dict):
        return refused(at.source, "The entry is no object.", len(body), capture(at.source, _JSON_MEDIA, body))
    try:
        return _made(_json_entry(item), body, _JSON_MEDIA, at, options, limits)
    except Exception as error:
        return failed(at.source, error, capture(at.source, _JSON_MEDIA, body))


def _json_entry(item: Mapping[str, Any]) -> _Entry:
    said = {key: value for key, value in item.items() if isinstance(value, str)}
    authors = item.get("authors") or [item.get("author")]
    authors = [author for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    names = [author["name"] for author in authors if isinstance(author.get("name"), str)]
    number = item.get("id")
    return _Entry(
        name=str(number) if isinstance(number, str | int) and not isinstance(number, bool) else None,
        url=said.get("url") or said.get("external_url"),
        headline=" ".join(said.get("title", "").split()),
        byline=", ".join(names) or None,
        published=(said.get("date_published"), said.get("date_modified")),
        contents=(said.get("content_text", ""), fragment.text(said.get("content_html", ""))),
        teaser=said.get("summary", ""),
    )
