"""What a visitor of a page sees: a second opinion beside the main-text finder, by another tokenizer.

The tokenizer is our own, since the one of the standard library takes minutes over a hundred kilobytes of tags that
never close. It needs no tree and every step of it goes forward.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Literal, NamedTuple

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "head", "select", "button", "textarea", "iframe"}
)
_TALLIED = _UNSEEN | {"a"}
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
_SHALLOW = 200
"""Elements within elements that the parsers of others are given: what lies deeper than 255 they drop, and tell nobody."""
_LONG = 5_000_000  # characters; of longer pages, texts or tags these parsers may drop some as well
_SCANNED = 500_000_000  # characters that are looked through for paragraphs; those beyond count as missing
_LONGEST_TAG = 5000  # characters; of a longer one the attributes are not looked at
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]{0,30})")
# Most tags in one step: those whose quotation marks are closed before the ">". Nothing in it is tried twice.
_PLAIN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,30})(?:[^<>\"']++|\"[^<>\"']*+\"|'[^<>\"']*+')*+>")
_RAW_END = {
    tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in ("script", "style", "textarea", "title", "noscript", "iframe")
}
_ATTRIBUTE = re.compile(r"(?<![\w:-])([\w:-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_STOP = re.compile(r"[.!?…。！？؟۔।][\"'”’»)]*$")
_LETTERS = re.compile(r"[\W_]+")
_NO_ASCII_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}


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
        text = self.text
        return len(text) >= 60 and 2 * self.linked < len(text) and _STOP.search(text, len(text) - 12) is not None


@dataclass(frozen=True, slots=True)
class Page:
    """meta: name or property → content, lower-case names, the first of each; canonical: the page's own link to itself.

    beside: characters of text in what stands beside a story: navigation, comments, forms; deepest: how many elements stand
    within each other; torn: characters at the end that belong to a tag, comment or script that never closes; long: whether
    there is so much of it that the parsers of others may give up on the way.
    """

    paragraphs: tuple[Paragraph, ...]
    meta: dict[str, str]
    canonical: str | None
    beside: int = 0
    deepest: int = 0
    torn: int = 0
    long: bool = False

    @property
    def is_unusual(self) -> bool:
        """Whether the parsers of others are known to drop text of such pages without a word."""
        return self.long or self.torn > 0 or self.deepest > _SHALLOW

    @property
    def is_deep(self) -> bool:
        """Whether it nests more deeply than these parsers can follow."""
        return self.deepest > _SHALLOW


class Compared(NamedTuple):
    """A page beside the text that was taken for its story.

    gone: characters of visible prose that are not in it; share: of all prose; tail: whether paragraphs went missing from the
    end: beside ones that were kept, behind the last of them. kept and other: characters of paragraphs that are in it, and of
    those that are no prose and are not.
    """

    gone: int
    share: float
    tail: bool
    kept: int
    linked: int
    other: int


def look(html: str) -> Page:
    """The visible paragraphs and the stated metadata of a page."""
    reader = _Reader()
    read = 0
    for kind, name, token, end in _tokens(html):
        read = end
        if kind == "words":
            reader.words(unescape(token) if "&" in token else token)
        elif kind == "end":
            reader.end(name)
        elif kind == "start":
            reader.start(name, token)
    reader.flush()
    return Page(
        tuple(reader.paragraphs),
        reader.meta,
        reader.canonical,
        reader.beside,
        reader.deepest - 1,
        len(html) - read,
        len(html) > _LONG,
    )


def compared(page: Page, text: str) -> Compared:
    """How much of the visible text is in the text that was taken for the story. A paragraph is where both its ends are: an
    extractor may shorten, and differs in its white space and marks.
    """
    keeps = _keeps([p.text for p in page.paragraphs], text)
    pairs = list(zip(page.paragraphs, keeps, strict=True))
    prose = [(p, kept) for p, kept in pairs if p.is_prose]
    gone = sum(len(p.text) for p, kept in prose if not kept)
    total = sum(len(p.text) for p, _ in prose)
    homes = {p.parent for p, kept in prose if kept}
    last = max((n for n, (_, kept) in enumerate(prose) if kept), default=-1)
    missing = [p for p, kept in pairs if not kept and not p.is_prose]
    linked = sum(len(p.text) for p in missing if 2 * p.linked >= len(p.text))
    return Compared(
        gone=gone,
        share=gone / total if total else 0.0,
        tail=any(p.parent in homes for p, _ in prose[last + 1 :]),
        kept=sum(len(p.text) for p, kept in pairs if kept),
        linked=linked,
        other=sum(len(p.text) for p in missing) - linked,
    )


def flat(html: str) -> str:
    """The same page with no more elements within each other than the parsers of others can follow: a block that lies deeper
    becomes a paragraph, and other tags go.
    """
    out: list[str] = []
    within: list[str] = []
    for kind, name, token, _ in _tokens(html):
        if kind in ("words", "raw"):
            out.append(token)
            continue
        deep = len(within) >= _SHALLOW and name not in _UNSEEN and name not in _RAW_END
        if kind == "start":
            if name in _VOID or token.endswith("/"):
                out.append(f"{token}>")
                continue
            within.append(name)
            whole = f"{token}>" if len(token) < _LONGEST_TAG else f"<{name}>"
            _put(out, whole if not deep else "<p>" if name in _BLOCKS else "")
        elif name in within[-50:]:
            while within.pop() != name:
                pass
            deep = deep and len(within) >= _SHALLOW
            _put(out, f"</{name}>" if not deep else "<p>" if name in _BLOCKS else "")
    return "".join(out)


def _put(out: list[str], piece: str) -> None:
    # Of thousands of paragraphs with nothing in them, one
    if piece and not (piece == "<p>" and out and out[-1] == piece):
        out.append(piece)


def tells(text: str) -> bool:
    """Whether some line of a text ends as a sentence does. A long text is taken to: not every script has a stop."""
    return len(text) >= 200 or any(_STOP.search(line) for line in text.splitlines())


def _keeps(paragraphs: list[str], text: str) -> list[bool]:
    """Which of the paragraphs are in the text."""
    letters = _letters(text)
    scanned = at = 0
    keeps = []
    for paragraph in paragraphs:
        folded = _letters(paragraph)
        kept = False
        if folded and scanned < _SCANNED:
            # Most stand in the order of the page: what lies behind the last one found is looked through first
            start = letters.find(folded[:40], at)
            scanned += (start if start >= 0 else len(letters)) - at
            if start < 0:
                start = letters.find(folded[:40], 0, at + 40)
                scanned += at
            end = start + len(folded)
            kept = start >= 0 and letters[max(end - 40, start) : end] == folded[-40:]
            if start >= 0 and not kept:
                kept = folded[-40:] in letters
                scanned += len(letters)
            at = start if kept else at
        keeps.append(kept)
    return keeps


def _letters(words: str) -> str:
    # The same by two ways, of which the one takes a twentieth of the time where it will do
    return (words.translate(_NO_ASCII_LETTERS) if words.isascii() else _LETTERS.sub("", words)).casefold()


def _tokens(html: str) -> Iterator[tuple[Literal["words", "raw", "start", "end"], str, str, int]]:
    """Runs of text, what scripts and styles hold ("raw"), end tags and start tags: each with the tag's name, itself as it
    stands, a tag without its ">", and where it ends. Comments and declarations are passed over. A tag, comment or script that never closes ends
    the page: the last place told lies before it then.
    """
    at = 0
    while at < len(html):
        lower = html.find("<", at)
        if lower != at:
            yield "words", "", html[at : lower if lower >= 0 else len(html)], lower if lower >= 0 else len(html)
        if lower < 0:
            return
        plain = _PLAIN.match(html, lower)
        name, closes, end = (plain[2].lower(), plain[1] == "/", plain.end()) if plain else _odd(html, lower)
        if end < 0:
            return
        at = end
        if not name:
            # A "<" alone is text
            yield "words", "", html[lower:end] if end == lower + 1 else "", end
            continue
        if closes:
            yield "end", name, "", at
            continue
        yield "start", name, html[lower : min(at - 1, lower + _LONGEST_TAG)], at
        if name in _RAW_END:
            close = _RAW_END[name].search(html, at)
            if close is None:
                return
            yield "raw", name, html[at : close.start()], close.start()
            at = close.start()


def _odd(html: str, lower: int) -> tuple[str, bool, int]:
    """The name of the tag that begins here, empty where it is none; whether it is an end tag; and where it ends, -1 where it never does."""
    tag = _TAG.match(html, lower)
    if tag is None:
        return "", False, _behind_markup(html, lower)
    return tag[1].lower(), html[lower + 1] == "/", _tag_end(html, tag.end()) + 1 or -1


def _behind_markup(html: str, at: int) -> int:
    """Where a comment, declaration or instruction ends, -1 where it never does; the next character where there is none."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"), ("</", ">")):
        if html.startswith(opening, at):
            end = html.find(closing, at)
            return -1 if end < 0 else end + len(closing)
    return at + 1


def _tag_end(html: str, at: int) -> int:
    """Where the ">" of a tag stands: one within quotes is passed over, once. -1 where there is none."""
    end = html.find(">", at)
    if end <= at or end - at > _LONGEST_TAG:
        return end
    for quote in "\"'":
        if html.count(quote, at, end) % 2:
            closing = html.find(quote, end, end + _LONGEST_TAG)
            further = html.find(">", closing, closing + _LONGEST_TAG) if closing >= 0 else -1
            return further if further >= 0 else end
    return end


@dataclass
class _Reader:
    paragraphs: list[Paragraph] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None
    beside: int = 0
    deepest: int = 1

    def __post_init__(self) -> None:
        self._open: list[tuple[str, int, bool]] = [("", 0, False)]
        self._count = 0
        self._beside: dict[str, bool] = {}
        self._words: list[str] = []
        self._aside: list[str] = []
        self._linked = 0
        self._unseen = self._apart = self._links = 0

    def start(self, tag: str, token: str) -> None:
        """A start tag: its name, and with its attributes as it stands."""
        if tag in ("meta", "link"):
            self._state(tag, token)
        if tag in _BLOCKS:
            self.flush()
        if tag in _VOID or token.endswith("/") or len(self._open) > _DEEPEST:
            return
        if tag == "p" and self._open[-1][0] == "p":
            self._close()
        self._count += 1
        # Within what is unseen or beside the story nothing else can matter
        apart = tag in _APART or (
            not (self._apart or self._unseen) and "=" in token and tag != "body" and self._is_beside(token)
        )
        if apart or tag in _TALLIED:
            self._tally(tag, apart, 1)
        self._open.append((tag, self._count, apart))
        self.deepest = max(self.deepest, len(self._open))

    def end(self, tag: str) -> None:
        """An end tag. A stray one closes nothing; one further out closes what was left open within."""
        if tag in _BLOCKS:
            self.flush()
        if tag == self._open[-1][0]:
            self._close()
        elif tag in [name for name, _, _ in self._open[-50:]]:
            while self._close() != tag:
                pass

    def words(self, data: str) -> None:
        """A run of text."""
        if self._unseen:
            return
        kept = self._aside if self._apart else self._words
        if not kept and data.isspace():
            return
        kept.append(data)
        if self._apart:
            return
        if self._links:
            self._linked += len(data.strip())

    def flush(self) -> None:
        """Ends the block of text that is under way."""
        if not (self._words or self._aside):
            return
        text = " ".join("".join(self._words).split())
        if text:
            inside = self._open[-2] if self._open[-1][0] == "p" and len(self._open) > 1 else self._open[-1]
            self.paragraphs.append(Paragraph(text, inside[1], self._linked))
        if self._aside:
            self.beside += len(" ".join("".join(self._aside).split()))
            self._aside = []
        self._words, self._linked = [], 0

    def _close(self) -> str:
        tag, _, apart = self._open.pop()
        if apart or tag in _TALLIED:
            self._tally(tag, apart, -1)
        return tag

    def _is_beside(self, token: str) -> bool:
        # A page repeats its tags
        known = self._beside.get(token)
        if known is None:
            known = self._beside[token] = _BESIDE.search(token) is not None
        return known

    def _tally(self, tag: str, apart: bool, step: int) -> None:
        if tag in _UNSEEN:
            self._unseen += step
        if apart:
            self._apart += step
        if tag == "a":
            self._links += step

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
