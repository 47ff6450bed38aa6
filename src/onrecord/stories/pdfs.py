"""A PDF → a story: the text of its pages as the file gives it."""

import io
import logging
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import plain
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.published import Stated

_MEDIA = "application/pdf"
_DATE = re.compile(r"D:(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?)?)?(?:(Z)|([+-]\d\d)'?(\d\d)?'?)?")
_BROKEN_WORD = re.compile(r"\b([^\W\d_]{2,40})-\n([^\W\d_]{2,40})\b")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_MOST_UNPACKED = 100  # megabytes of one page
_LEAST = 20  # letters of a file that shows images, which may be page numbers and stamps alone


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """pages and characters: read of one file. What is beyond them is left out, and said to be."""

    pages: int = 2_000
    characters: int = 5_000_000


_DEFAULT = PdfLimits()


def story(document: Document, options: ReadOptions, limits: PdfLimits = _DEFAULT) -> Intake:
    """The one story of a PDF. Words broken at a line's end are joined only where the file has them whole elsewhere.

    Refused where a password is asked for, or where its pages are images of text; partial where pages could not be read
    or show images alone, where the file is torn, or larger than the limits allow.
    """
    kept = capture(document.source, document.media or _MEDIA, document.body)
    try:
        return _story(document, options, limits)
    except RecursionError:
        return refused(document.source, "The PDF has parts too deep within each other.", len(document.body), kept)
    except Exception as error:
        return failed(document.source, error, kept)


def _story(document: Document, options: ReadOptions, limits: PdfLimits) -> Intake:
    # Takes a quarter of a second to load: only where there is a PDF
    import pypdf

    # What it cannot read it logs, page by page; here that is counted
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    source, body = document.source, document.body
    kept = capture(source, document.media or _MEDIA, body)
    if not body:
        return refused(source, f"{source} is empty.")
    if b"%PDF-" not in body[:1024]:
        return refused(source, f"{source} is no PDF.", len(body), kept)
    try:
        reader = pypdf.PdfReader(io.BytesIO(body), strict=False)
        if reader.is_encrypted and not _opens(reader):
            return refused(source, f"{source} is encrypted, and opens with a password only.", len(body), kept)
        count = len(reader.pages)
    except (MemoryError, OSError, RecursionError):
        raise
    except Exception as error:  # in a file that is broken, of nearly every type
        return refused(source, f"{source} is no PDF that can be read ({type(error).__name__}).", len(body), kept)
    taken = _pages(reader, count, limits)
    notes = [*document.notes, *taken.notes(source, count, limits)]
    if b"%%EOF" not in body[-1024:]:
        # A file without its end is mended from what is there, and what is not there is not missed
        notes.append(Rejection(source, "The PDF is torn: it has no end.", 1))
    letters = sum(c.isalpha() for c in taken.text)
    if taken.images and letters < _LEAST:
        reason = f"{source} holds images of text, and no text: it was scanned. Recognise its text first."
        return refused(source, reason, len(body), kept)
    said = _metadata(reader)
    text = _mended(taken.text)
    return compose(
        Found(
            source=source,
            media=_MEDIA,
            body=body,
            text=text,
            headline=document.headline or said.get("title") or plain.headline(text),
            name=document.name,
            url=document.url,
            outlet=document.outlet,
            byline=document.byline or said.get("author"),
            dates=(*document.dates, *((Stated(said["date"], "metadata"),) if "date" in said else ())),
            notes=tuple(notes),
        ),
        options,
    )


def _opens(reader: Any) -> bool:
    """Whether the file opens without a password: many are locked against changes only."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # a cipher that is not known here, or a broken key
        return False


@dataclass
class _Taken:
    """What the pages gave. broken: the pages that could not be read; damaged: those
    of which only a part could; images: those that show images and no text; over:
    the characters over the limit.
    """

    pages: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    images: list[int] = field(default_factory=list)
    over: int = 0
    read: int = 0

    @property
    def text(self) -> str:
        return "\n\n".join(page for page in self.pages if page)

    def notes(self, source: str, count: int, limits: PdfLimits) -> list[Rejection]:
        """What of the file's pages is not in the text."""
        notes = []
        if self.broken:
            notes.append(Rejection(source, f"Pages that could not be read: {_listed(self.broken)}.", len(self.broken)))
        if self.damaged:
            reason = f"Pages that are torn, so that some of them may be missing: {_listed(self.damaged)}."
            notes.append(Rejection(source, reason, len(self.damaged)))
        if self.images:
            reason = f"Pages that show images and no text: {_listed(self.images)}."
            notes.append(Rejection(source, reason, len(self.images)))
        if self.over:
            reason = f"The text is longer than {limits.characters} characters: what comes behind is left out."
            notes.append(Rejection(source, reason, self.over))
        if count > self.read:
            reason = f"The PDF has {count} pages: those behind page {self.read} are not read."
            notes.append(Rejection(source, reason, count - self.read))
        return notes


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:20])) + (" and more" if len(pages) > 20 else "")


def _pages(reader: Any, count: int, limits: PdfLimits) -> _Taken:
    taken, length = _Taken(), 0
    for number in range(1, min(count, limits.pages) + 1):
        taken.read = number
        try:
            page = reader.pages[number - 1]
            text = page.extract_text().strip()
            if not _is_whole(page):
                taken.damaged.append(number)
        except Exception:  # a page may fail in any way, and its neighbours be whole
            taken.broken.append(number)
            continue
        if not text and _shows_images(page):
            taken.images.append(number)
        room = limits.characters - length
        taken.pages.append(text[:room])
        length += len(text)
        if len(text) > room:
            taken.over = len(text) - room
            break
    return taken


def _is_whole(page: Any) -> bool:
    """Whether what a page is drawn by unpacks to its end: the parser takes what it gets, and says nothing."""
    contents = page.get("/Contents")
    contents = contents.get_object() if contents is not None else []
    for part in contents if isinstance(contents, list) else [contents]:
        stream = part.get_object()
        filters = stream.get("/Filter")
        filters = filters if isinstance(filters, list) else [filters]
        if filters and filters[0] in ("/FlateDecode", "/Fl") and not _unpacks(stream._data):
            return False
    return True


def _unpacks(packed: bytes) -> bool:
    unpacker = zlib.decompressobj()
    try:
        for _ in range(_MOST_UNPACKED):
            if not unpacker.decompress(packed, 1 << 20) or unpacker.eof:
                break
            packed = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return unpacker.eof


def _shows_images(page: Any) -> bool:
    try:
        shown = page["/Resources"]["/XObject"]
        return any(shown[name].get("/Subtype") in ("/Image", "/Form") for name in list(shown)[:100])
    except Exception:  # no such part, or one that is broken
        return False


def _mended(text: str) -> str:
    """The text with words joined that a line's end broke, where the file has the word whole, and nowhere with a hyphen
    in it: else the hyphen may be its own.
    """
    known = Counter(word.casefold() for word in _WORD.findall(text))

    def join(match: re.Match[str]) -> str:
        first, second = match[1].casefold(), match[2].casefold()
        if known[first + second] and not known[f"{first}-{second}"] and match[2].islower():
            return f"{match[1]}{match[2]}\n"
        return match[0]

    return _BROKEN_WORD.sub(join, text)


def _metadata(reader: Any) -> dict[str, str]:
    """The title, author and day that the file states of itself. The title of a file, as a program gave it, is none."""
    try:
        info = reader.metadata or {}
        raw = {key: str(info[key]) for key in ("/Title", "/Author", "/CreationDate") if info.get(key)}
    except Exception:  # metadata in a broken part
        return {}
    said = {name: words for name, key in (("title", "/Title"), ("author", "/Author")) if (words := raw.get(key))}
    if re.search(r"(?i)^microsoft word - |\.(?:docx?|indd|pdf|odt|rtf|qxd)$|^untitled", said.get("title", "")):
        del said["title"]
    match = _DATE.match(raw.get("/CreationDate", ""))
    if match is not None:
        said["date"] = _day(match)
    return said


def _day(match: re.Match[str]) -> str:
    year, month, day, hour, minute, second, zulu, zone, minutes = match.groups()
    if day is None:
        return f"{year}-{month}" if month else year
    if hour is None:
        return f"{year}-{month}-{day}"
    offset = "Z" if zulu else f"{zone}:{minutes or '00'}" if zone else ""
    return f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset}"
