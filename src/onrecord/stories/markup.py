"""XML of strangers, looked over before a parser sees it: what could make one open, fetch or inflate is refused.

The scanner is our own, for a parser that is to be guarded cannot be the guard, and because it has to tell items that
are whole from items that are torn in text that no strict parser reads. Every step of it goes forward.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from onrecord.stories.documents import Document
from onrecord.stories.encoding import Decoded, decode

_DECLARED = re.compile(rb"\s{0,20}<\?xml\b[^>]{0,200}?\bencoding\s{0,5}=\s{0,5}[\"']([\w-]{2,30})[\"']")
_NAME = re.compile(r"[^\s<>/\"'=!?]{1,200}")
_PLAIN = re.compile(r"<(/?)([^\s<>/\"'=!?]{1,200}+)[^<>\"']*+>")
_TAG_END = re.compile(r"[^<>\"']*+(?:\"[^\"<]*+\"[^<>\"']*+|'[^'<]*+'[^<>\"']*+)*+>")


class Unsafe(ValueError):
    """The text asks for more than a list of stories needs; the message names it."""


@dataclass(frozen=True, slots=True)
class MarkupLimits:
    """depth: of open elements; elements: in all, each with an end tag; other: comments, instructions and the like, in all."""

    depth: int = 200
    elements: int = 200_000
    other: int = 200_000


class Tag(NamedTuple):
    """One tag: its name with its prefix, and where it starts and ends in the text."""

    kind: Literal["start", "end", "empty"]
    name: str
    start: int
    end: int

    @property
    def local(self) -> str:
        """The name without its prefix, in small letters."""
        return self.name.rpartition(":")[2].casefold()


def characters(document: Document) -> Decoded:
    """The text of an XML document: by its mark, as UTF-8, as it or its container declares. A character that the end
    cut in two is left out: it would make all the others be taken for another encoding's.
    """
    body = document.body
    if body.startswith(b"<\x00"):
        body = codecs.BOM_UTF16_LE + body
    elif body.startswith(b"\x00<"):
        body = codecs.BOM_UTF16_BE + body
    declared = _DECLARED.match(body.removeprefix(codecs.BOM_UTF8)[:300])
    return decode(
        without_torn_end(body), document.source, declared[1].decode("ascii") if declared else document.charset
    )


def without_torn_end(body: bytes) -> bytes:
    """UTF-8 bytes without the beginning of a character that never ends; others as they are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(body)
    except UnicodeDecodeError:
        return body
    pending = len(decoder.getstate()[0])
    return body[:-pending] if pending else body


def tags(text: str, limits: MarkupLimits) -> Iterator[Tag]:
    """The tags in order. It ends early where markup begins that never ends.

    Raises:
        Unsafe: a document type with declarations in it, an entity declaration, or more elements than the limits allow.
    """
    at = ends = elements = other = 0
    while (at := text.find("<", at)) >= 0:
        plain = _PLAIN.match(text, at)
        if plain is not None:
            # Most tags have no attributes: one step for these halves the time of all
            closing, name, end = bool(plain[1]), plain[2], plain.end()
        elif text.startswith(("<!", "<?"), at):
            other += 1
            if other > limits.other:
                raise Unsafe(f"it holds more than {limits.other} comments and instructions")
            at = _behind(text, at)
            if at < 0:
                return
            continue
        else:
            closing = text.startswith("</", at)
            found = _NAME.match(text, at + (2 if closing else 1))
            if found is None:
                at += 1
                continue
            match = _TAG_END.match(text, found.end())
            name, end = found[0], match.end() if match else text.find(">", found.end()) + 1
            if end <= 0:
                return
        ends, elements = ends + closing, elements + (not closing)
        if max(ends, elements) > limits.elements:
            raise Unsafe(f"it holds more than {limits.elements} elements")
        yield Tag("end" if closing else "empty" if text[end - 2] == "/" else "start", name, at, end)
        at = end


def _behind(text: str, at: int) -> int:
    """Where a comment, a section, an instruction or a declaration ends; -1 where it does not."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")):
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            return -1 if end < 0 else end + len(closing)
    word = text[at + 2 : at + 10].upper()
    if word.startswith("ENTITY"):
        raise Unsafe("it declares an entity")
    end = text.find(">", at)
    if word.startswith("DOCTYPE") and "[" in text[at : end if end >= 0 else len(text)]:
        raise Unsafe("its document type has declarations in it")
    return -1 if end < 0 else end + 1


class Piece(NamedTuple):
    """One item of a list as it stands: its text, where it starts, and the start tags of the elements around it."""

    text: str
    start: int
    around: tuple[str, ...]
    names: tuple[str, ...]

    def alone(self) -> str:
        """The item as a document of its own, in the elements that it stood in."""
        return "".join(self.around) + self.text + "".join(f"</{name}>" for name in reversed(self.names))


@dataclass(frozen=True, slots=True)
class Pieces:
    """A list taken apart. root: the local name of the outermost element, None where there is none. whole: the items
    that were opened and closed; torn: the text of each that was not. frame: what stands around the items, with what
    was left open in it closed. is_closed: whether the list itself was; rest: the characters behind the last whole item
    where it was not.
    """

    root: str | None
    whole: tuple[Piece, ...]
    torn: tuple[str, ...]
    frame: str
    is_closed: bool
    rest: int


def take_apart(text: str, items: frozenset[str], limits: MarkupLimits) -> Pieces:
    """A list of items, by the local names that an item can have, taken apart.

    Raises:
        Unsafe: as `tags` does, and where elements stand deeper in each other than the limits allow.
    """
    return _Apart(text, items, limits).pieces()


class _Apart:
    def __init__(self, text: str, items: frozenset[str], limits: MarkupLimits) -> None:
        self._text, self._items, self._limits = text, items, limits
        self._open: list[Tag] = []
        self._names: list[str] = []
        self._item: str | None = None  # its name with its prefix, as the first one has it
        self._level = -1  # where in the open elements the open item stands
        self._whole: list[Piece] = []
        self._torn: list[str] = []
        self._frame: list[str] = []
        self._behind = 0  # up to where the text has gone into an item or the frame
        self._root: Tag | None = None
        self._frame_end = 0  # up to where the frame is whole
        self._is_closed = False

    def pieces(self) -> Pieces:
        for tag in tags(self._text, self._limits):
            if self._is_closed:
                break
            if tag.kind == "end":
                self._end(tag)
            else:
                self._start(tag)
        if self._level >= 0:
            self._tear(len(self._text))
        last = self._whole[-1].start + len(self._whole[-1].text) if self._whole else 0
        if self._root is not None:
            self._frame.append(self._text[max(self._behind, self._root.start) : self._frame_end])
            self._frame += [f"</{tag.name}>" for tag in reversed(self._open)]
        return Pieces(
            root=self._root.local if self._root else None,
            whole=tuple(self._whole),
            torn=tuple(self._torn),
            frame="".join(self._frame),
            is_closed=self._is_closed,
            rest=0 if self._is_closed else len(self._text) - last,
        )

    def _start(self, tag: Tag) -> None:
        if self._root is None:
            self._root = tag
        is_item = tag.name == self._item or (
            self._item is None and self._open and len(self._open) <= 2 and tag.local in self._items
        )
        if is_item:
            self._item = tag.name
            if self._level >= 0:
                self._tear(tag.start)
            self._keep_frame(tag.start)
        if tag.kind == "empty":
            if is_item:
                self._close_item(tag, self._open)
            elif self._level < 0:
                self._frame_end = tag.end
            return
        if is_item:
            self._level = len(self._open)
        elif self._level < 0:
            self._frame_end = tag.end
        self._open.append(tag)
        self._names.append(tag.name)
        if len(self._open) > self._limits.depth:
            raise Unsafe(f"its elements stand more than {self._limits.depth} deep in each other")

    def _end(self, tag: Tag) -> None:
        if tag.name not in self._names:
            return
        level = len(self._names) - 1 - self._names[::-1].index(tag.name)
        if 0 <= self._level == level:
            opened = self._open[level]
            self._close(level)
            self._level = -1
            self._close_item(Tag("end", tag.name, opened.start, tag.end), self._open)
            return
        if level < self._level:
            self._tear(tag.start)
        self._close(level)
        if self._level < 0:
            self._frame_end = tag.end
        self._is_closed = not self._open

    def _close(self, level: int) -> None:
        del self._open[level:], self._names[level:]

    def _close_item(self, tag: Tag, around: list[Tag]) -> None:
        starts = tuple(self._text[t.start : t.end] for t in around)
        self._whole.append(Piece(self._text[tag.start : tag.end], tag.start, starts, tuple(t.name for t in around)))
        self._behind = self._frame_end = tag.end

    def _tear(self, end: int) -> None:
        """The open item never closes: it ends where the next begins, or its list, or the text."""
        opened = self._open[self._level]
        self._torn.append(self._text[opened.start : end])
        self._close(self._level)
        self._level, self._behind, self._frame_end = -1, end, end

    def _keep_frame(self, end: int) -> None:
        start = max(self._behind, self._root.start if self._root else 0)
        self._frame.append(self._text[start:end])
        self._behind = self._frame_end = max(end, start)
