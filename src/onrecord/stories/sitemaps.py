"""A sitemap, an index of sitemaps, a news sitemap, or a plain list of addresses → links."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from onrecord.records import Intake
from onrecord.settings import ReadOptions
from onrecord.stories import sheets
from onrecord.stories.compose import capture, refused
from onrecord.stories.documents import Document
from onrecord.stories.links import Link, LinkKind, web_address
from onrecord.stories.markup import Unsafe, characters
from onrecord.stories.published import Stated

_MEDIA = "application/xml"
_KINDS: dict[str, LinkKind] = {"url": "story", "sitemap": "sitemap"}
# The paths below an entry whose words are used, by the local names of the elements. When a page was last changed is no
# day of publication, and is not among them
_FIELDS = {
    "loc": "url",
    "news/title": "headline",
    "news/publication/name": "outlet",
    "news/publication_date": "date",
}


@dataclass(frozen=True, slots=True)
class SitemapLimits:
    """links: in one sitemap, as its protocol says; depth: of open elements; elements: in all."""

    links: int = 50_000
    depth: int = 50
    elements: int = 500_000


_DEFAULT = SitemapLimits()


def links(document: Document, options: ReadOptions, limits: SitemapLimits = _DEFAULT) -> Iterator[Link | Intake]:
    """The links of a sitemap in its order, of kind "sitemap" for those of an index; a refusal for each entry without a
    web address, and for the rest where the sitemap is torn, no XML, or longer than the limits allow.
    """
    decoded = characters(document)
    whole = capture(document.source, document.media or _MEDIA, document.body)
    if not decoded.text.lstrip().startswith("<"):
        yield from sheets.links(document, options, sheets.SheetLimits(rows=limits.links))
        return
    reader = _Reader(limits)
    body = decoded.text.encode("utf-8", "replace")
    try:
        reader.read(body)
    except Unsafe as error:
        yield refused(document.source, f"{document.source} is not read: {error}.", len(document.body), whole)
        return
    if reader.root not in ("urlset", "sitemapindex"):
        yield refused(document.source, f"{document.source} is no sitemap.", len(document.body), whole)
        return
    for number, entry in enumerate(reader.entries, 1):
        yield _link(entry, f"{document.source}#{number}", document)
    if reader.surplus:
        reason = f"The sitemap has more than {limits.links} entries, and {reader.surplus} were not read."
        yield refused(document.source, reason, len(body) - reader.behind, whole)
    if reader.broken is not None:
        reason = f"The sitemap is torn or no XML behind its entry {len(reader.entries)} ({reader.broken})."
        yield refused(document.source, reason, max(1, len(body) - reader.behind), whole)
    elif not reader.entries:
        yield refused(document.source, f"{document.source} is a sitemap without entries.", 0, whole)


@dataclass
class _Entry:
    kind: LinkKind
    words: dict[str, str] = field(default_factory=dict)


def _link(entry: _Entry, source: str, document: Document) -> Link | Intake:
    words = {key: " ".join(value.split()) for key, value in entry.words.items()}
    url = web_address(words.get("url"))
    if url is None:
        lost = sum(map(len, words.values()))
        return refused(source, f'The entry has no web address: "{words.get("url", "")[:80]}".', lost)
    dates = (Stated(words["date"], "metadata"),) if words.get("date") else ()
    outlet = document.outlet or words.get("outlet") or None
    return Link(url, source, words.get("headline", ""), outlet, dates=dates, kind=entry.kind)


class _Reader:
    """The entries that were opened and closed. behind: the byte behind the last of them; surplus: how many were over
    the limit; broken: why the reading ended early.
    """

    def __init__(self, limits: SitemapLimits) -> None:
        self.entries: list[_Entry] = []
        self.root: str | None = None
        self.behind = self.surplus = 0
        self.broken: str | None = None
        self._limits = limits
        self._path: list[str] = []
        self._elements = 0
        self._entry: _Entry | None = None
        # The characters are UTF-8 by now, whatever the declaration says
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.ExternalEntityRefHandler = self._fetch
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words

    def read(self, body: bytes) -> None:
        """Raises Unsafe where the sitemap asks for what none needs."""
        if body.count(b"<") > 2 * self._limits.elements + 1000:
            raise Unsafe(f"it holds more than {self._limits.elements} elements")
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            self.broken = str(error)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        if has_subset:
            raise Unsafe("its document type has declarations in it")

    def _entity(self, *_: object) -> None:
        raise Unsafe("it declares an entity")

    def _fetch(self, *_: object) -> int:
        raise Unsafe("it asks for another file")

    def _start(self, name: str, _attributes: object) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise Unsafe(f"it holds more than {self._limits.elements} elements")
        self._path.append(name.rpartition(":")[2])
        if len(self._path) > self._limits.depth:
            raise Unsafe(f"its elements stand more than {self._limits.depth} deep in each other")
        if len(self._path) == 1:
            self.root = self._path[0]
        elif len(self._path) == 2 and self._path[1] in _KINDS:
            self._entry = _Entry(_KINDS[self._path[1]])

    def _end(self, _name: str) -> None:
        if len(self._path) == 2 and self._entry is not None:
            if len(self.entries) < self._limits.links:
                self.entries.append(self._entry)
                # Where the end tag begins: what follows it is at most the tag more
                self.behind = self._parser.CurrentByteIndex
            else:
                self.surplus += 1
            self._entry = None
        self._path.pop()

    def _words(self, data: str) -> None:
        if self._entry is not None and (used := _FIELDS.get("/".join(self._path[2:]))):
            self._entry.words[used] = self._entry.words.get(used, "") + data
