"""What a visitor of a page sees: a second opinion beside the main-text finder, by another tokenizer.

The tokenizer is our own, since the one of the standard library takes minutes over a hundred kilobytes of tags that
never close. It needs no tree and every step of it goes forward.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Literal

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "select", "button", "textarea", "iframe"}
)
_APART = frozenset({"nav", "header", "footer", "aside", "form", "figure", "figcaption", "menu", "dialog"})
_VOID = frozenset(
    {"br", "img", "hr", "input", "meta", "link", "source", "wbr", "area", "base", "col", "embed", "track"}
)
_BLOCKS = (
    frozenset(
        {"p", "div", "section", "article", "main", "li", "ul", "ol", "td", "tr", "table", "blockquote", "pre", "body"}
        | {"h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "center", "br"}
    )
    | _APART
)
# Names that pages give to what is beside the story
_BESIDE = re.compile(
    r"(?i)\b(?:class|id)\s{0,3}=[\"']?[^\"'>]{0,200}?(?<![a-z])"
    r"(?:comments?|disqus|related|recommend|cookies?|consent|newsletter|promo|sidebar|subscri|paywall|advert)"
)
_DEEPEST = 2000
_MOST = 2000  # paragraphs of prose that are compared
_LONGEST_TAG = 5000  # characters; of a longer one the attributes are not looked at
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
_RAW_END = {
    tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "textarea", "title", "noscript", "iframe")
}
_ATTRIBUTE = re.compile(r"(?<![\w:-])([\w:-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_STOP = re.compile(r"[.!?…。！？؟۔।][\"'”’»)]*$")
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of visible text. parent: the number of the element that its block stands in; linked: its characters
    within links.
    """

    text: str
    parent: int
    linked: int

    @property
    def is_prose(self) -> bool:
        """Whether it reads as a paragraph of a story: long, closed by a stop, not made of links."""
        return len(self.text) >= 60 and _STOP.search(self.text) is not None and 2 * self.linked < len(self.text)


@dataclass(frozen=True, slots=True)
class Page:
    """meta: name or property → content, lower-case names, the first of each; canonical: the page's own link to itself."""

    paragraphs: tuple[Paragraph, ...]
    meta: dict[str, str]
    canonical: str | None


def look(html: str) -> Page:
    """The visible paragraphs and the stated metadata of a page."""
    reader = _Reader()
    for kind, token in _tokens(html):
        if kind == "words":
            reader.words(unescape(token))
        elif kind == "end":
            reader.end(token)
        else:
            reader.start(token)
    reader.flush()
    return Page(tuple(reader.paragraphs), reader.meta, reader.canonical)


def lost(page: Page, text: str) -> tuple[int, float, bool]:
    """How much visible prose is not in the text that was taken for the story: characters, share of all, and whether
    paragraphs went missing from the end: beside ones that were kept, behind the last of them.
    """
    kept_letters = _LETTERS.sub("", text).casefold()
    # A page of more is no story, and each is looked for in the whole text
    prose = [p for p in page.paragraphs if p.is_prose][:_MOST]
    # Both ends have to be there: an extractor may shorten, and differs in its white space and marks
    keeps = [_ends_are_in(p.text, kept_letters) for p in prose]
    gone = sum(len(p.text) for p, kept in zip(prose, keeps, strict=True) if not kept)
    total = sum(len(p.text) for p in prose)
    homes = {p.parent for p, kept in zip(prose, keeps, strict=True) if kept}
    last = max((n for n, kept in enumerate(keeps) if kept), default=-1)
    tail = any(p.parent in homes for p in prose[last + 1 :])
    return gone, gone / total if total else 0.0, tail


def tells(text: str) -> bool:
    """Whether some line of a text ends as a sentence does. A long text is taken to: not every script has a stop."""
    return len(text) >= 200 or any(_STOP.search(line) for line in text.splitlines())


def _ends_are_in(paragraph: str, letters: str) -> bool:
    folded = _LETTERS.sub("", paragraph).casefold()
    return folded[:40] in letters and folded[-40:] in letters


def _tokens(html: str) -> Iterator[tuple[Literal["words", "start", "end"], str]]:
    """Runs of text, the names of end tags, and start tags as they stand, without their ">". Comments, declarations and
    what scripts and styles hold are passed over; a tag that never closes ends the page.
    """
    at = 0
    while at < len(html):
        lower = html.find("<", at)
        if lower < 0:
            lower = len(html)
        if lower > at:
            yield "words", html[at:lower]
        tag = _TAG.match(html, lower)
        if tag is None:
            at = _behind_markup(html, lower)
            if at == lower + 1:
                yield "words", html[lower:at]
            continue
        end = _tag_end(html, tag.end())
        if end < 0:
            return
        name = tag[1].casefold()
        at = end + 1
        if tag[0][1] == "/":
            yield "end", name
            continue
        yield "start", html[lower : min(end, lower + _LONGEST_TAG)]
        if name in _RAW_END:
            close = _RAW_END[name].search(html, at)
            at = close.start() if close else len(html)


def _behind_markup(html: str, at: int) -> int:
    """Where a comment, declaration or instruction ends; the next character where there is none."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"), ("</", ">")):
        if html.startswith(opening, at):
            end = html.find(closing, at)
            return len(html) if end < 0 else end + len(closing)
    return at + 1


def _tag_end(html: str, at: int) -> int:
    """Where the ">" of a tag stands: one within quotes is passed over, once. -1 where there is none."""
    end = html.find(">", at)
    if end < 0 or end - at > _LONGEST_TAG:
        return end
    attributes = html[at:end]
    for quote in "\"'":
        if attributes.count(quote) % 2:
            closing = html.find(quote, end, end + _LONGEST_TAG)
            further = html.find(">", closing, closing + _LONGEST_TAG) if closing >= 0 else -1
            return further if further >= 0 else end
    return end


@dataclass
class _Reader:
    paragraphs: list[Paragraph] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None

    def __post_init__(self) -> None:
        self._open: list[tuple[str, int, bool]] = [("", 0, False)]
        self._count = 0
        self._words: list[str] = []
        self._linked = 0
        self._unseen = self._apart = self._links = 0

    def start(self, token: str) -> None:
        """A start tag, with its attributes as they stand."""
        name = _TAG.match(token)
        tag = name[1].casefold() if name else ""
        if tag in ("meta", "link"):
            self._state(tag, token)
        if tag in _BLOCKS:
            self.flush()
        if tag in _VOID or token.endswith("/") or len(self._open) > _DEEPEST:
            return
        if tag == "p" and self._open[-1][0] == "p":
            self._close()
        self._count += 1
        self._open.append((tag, self._count, tag in _APART or (tag != "body" and _BESIDE.search(token) is not None)))
        self._tally(self._open[-1], 1)

    def end(self, tag: str) -> None:
        """An end tag. A stray one closes nothing; one further out closes what was left open within."""
        if tag in _BLOCKS:
            self.flush()
        if tag in [name for name, _, _ in self._open[-50:]]:
            while self._close() != tag:
                pass

    def words(self, data: str) -> None:
        """A run of text."""
        if self._unseen or self._apart:
            return
        self._words.append(data)
        if self._links:
            self._linked += len(data.strip())

    def flush(self) -> None:
        """Ends the block of text that is under way."""
        text = " ".join("".join(self._words).split())
        if text:
            inside = self._open[-2] if self._open[-1][0] == "p" and len(self._open) > 1 else self._open[-1]
            self.paragraphs.append(Paragraph(text, inside[1], self._linked))
        self._words, self._linked = [], 0

    def _close(self) -> str:
        element = self._open.pop()
        self._tally(element, -1)
        return element[0]

    def _tally(self, element: tuple[str, int, bool], step: int) -> None:
        tag, _, apart = element
        self._unseen += step if tag in _UNSEEN else 0
        self._apart += step if apart else 0
        self._links += step if tag == "a" else 0

    def _state(self, tag: str, token: str) -> None:
        attributes = {
            match[1].casefold(): unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(token)
        }
        if tag == "link" and attributes.get("rel", "").casefold() == "canonical":
            self.canonical = self.canonical or attributes.get("href")
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").casefold()
        if tag == "meta" and name and attributes.get("content"):
            self.meta.setdefault(name, attributes["content"])
