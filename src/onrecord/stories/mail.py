"""Mail (a mailbox, one message, or a page saved as MHTML) → stories, the links of alerts, and pages.

A message is looked over before the parser of the standard library sees it, for that one takes hours over parts within
parts and over headers without end.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from urllib.parse import parse_qs, urlsplit

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import fragment, visible
from onrecord.stories.compose import Found, capture, compose, failed, refused
from onrecord.stories.documents import Document
from onrecord.stories.encoding import decode
from onrecord.stories.links import Link, web_address
from onrecord.stories.published import Stated

_MEDIA = "message/rfc822"
_ENVELOPE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From [^\r\n]{1,300}\r?\n(?=[A-Za-z-]{1,60}:)")
_QUOTED_ENVELOPE = re.compile(rb"(?m)^>(>*From )")
_HEADER = re.compile(rb"(?i)\A(?:[a-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_LONG = re.compile(rb"(?im)^(?:content-[a-z-]{1,40}|subject|from|date|message-id):[^\n]*(?:\n[ \t][^\n]*)*")
_PARTS = re.compile(rb"(?m)^--")
_NESTED = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
_ANCHOR = re.compile(r"(?i)<a(?=\s)")
_ANCHOR_END = re.compile(r"(?i)</a>")
_TARGET = re.compile(r"(?i)(?<=\s)href\s{0,5}=\s{0,5}[\"']?([^\"'\s>]{1,4096})")
_LONGEST_TAG = 5000
_BARE = re.compile(r"https?://[^\s<>\"]{4,4096}")
_TEASER = re.compile(r"(?:\.\.\.|…)$")
_ALERT = re.compile(r"(?i)\balerts?\b")
_TORN = frozenset({"CloseBoundaryNotFoundDefect", "StartBoundaryNotFoundDefect"})
_TORN_BODY = frozenset({"InvalidBase64PaddingDefect", "InvalidBase64LengthDefect", "InvalidBase64CharactersDefect"})


@dataclass(frozen=True, slots=True)
class MailLimits:
    """messages: in one mailbox; parts: of one message; depth: of parts within parts; header: bytes of one header, and
    a tenth of all long ones together; lines and links: of one message; prose: the fewest characters of sentences that are a story.
    """

    messages: int = 20_000
    parts: int = 1_000
    depth: int = 20
    header: int = 4_000
    lines: int = 500_000
    links: int = 1_000
    prose: int = 200


_DEFAULT = MailLimits()


def parts(
    document: Document, options: ReadOptions, limits: MailLimits = _DEFAULT
) -> Iterator[Document | Link | Intake]:
    """What the messages of a mailbox, or the one message, hold: the page of an MHTML file as a Document, the Links of
    an alert, the message itself where it is written in sentences, else a refusal. What a torn message still tells is
    partial.
    """
    starts = [match.start() for match in _ENVELOPE.finditer(document.body)]
    if not starts or document.body[: starts[0]].strip():
        yield from _message(document.body, document.source, document, options, limits)
        return
    whole = capture(document.source, document.media or "application/mbox", document.body)
    for number, (start, end) in enumerate(zip(starts, (*starts[1:], len(document.body)), strict=True), 1):
        if number > limits.messages:
            reason = f"The mailbox has more than {limits.messages} messages."
            yield refused(document.source, reason, len(document.body) - start, whole)
            return
        body = document.body[start:end]
        body = _QUOTED_ENVELOPE.sub(rb"\1", body[body.index(b"\n") + 1 :])
        yield from _message(body, f"{document.source}#{number}", document, options, limits)


def _message(
    body: bytes, where: str, document: Document, options: ReadOptions, limits: MailLimits
) -> Iterator[Document | Link | Intake]:
    """Catches whatever a message brings about that nobody foresaw: no message may stop the others."""
    kept = capture(where, _MEDIA, body)
    unfit = _unfit(body, limits)
    if unfit is not None:
        yield refused(where, unfit, len(body), kept)
        return
    try:
        # All of it before any is handed on: a message ends in one way, not in two
        made = _read(body, where, document, options, limits)
    except RecursionError:
        made = [refused(where, "The message has parts too deep within each other.", len(body), kept)]
    except Exception as error:
        made = [failed(where, error, kept)]
    yield from made


def _unfit(body: bytes, limits: MailLimits) -> str | None:
    """Why a message is not given to the parser."""
    if not _HEADER.match(body.replace(b"\r\n", b"\n")[: 100 * limits.header]):
        return "It is no message: it does not begin with headers."
    if len(_PARTS.findall(body)) > 2 * limits.parts:
        return f"The message has more than {limits.parts} parts."
    if len(_NESTED.findall(body)) > 2 * limits.depth:
        return f"The message has parts more than {limits.depth} deep within each other."
    if body.count(b"\n") > limits.lines:
        return f"The message has more than {limits.lines} lines."
    lengths = [length for header in _LONG.findall(body) if (length := len(header)) > 500]
    if max(lengths, default=0) > limits.header or sum(lengths) > 10 * limits.header:
        return f"The message has a header longer than {limits.header} bytes, or many that are long."
    return None


def _read(
    body: bytes, where: str, document: Document, options: ReadOptions, limits: MailLimits
) -> list[Document | Link | Intake]:
    message = email.message_from_bytes(body, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    kept = capture(where, _MEDIA, body)
    leaves, torn = _leaves(message, limits)
    if leaves is None:
        reason = f"The message has more than {limits.parts} parts, or parts more than {limits.depth} deep."
        return [refused(where, reason, len(body), kept)]
    notes = list(document.notes)
    if torn:
        notes.append(Rejection(where, "The message is torn: a part of it has no end.", 1))
    read = _Message(message, where, body, tuple(notes), document)
    if message.get_content_type() == "multipart/related" and (page := _root(message, leaves)) is not None:
        return [_page(page, read)]
    html = next((part for part in leaves if part.get_content_type() == "text/html"), None)
    plain = next((part for part in leaves if part.get_content_type() == "text/plain"), None)
    if html is None and plain is None:
        return [refused(where, "The message has no text.", len(body), kept)]
    if html is not None and len(_bytes(html)[0]) > options.max_page_bytes:
        return [refused(where, f"Its page is larger than {options.max_page_bytes} bytes.", len(body), kept)]
    return _told(read, html, plain, options, limits)


@dataclass(frozen=True, slots=True)
class _Message:
    message: EmailMessage
    source: str
    body: bytes
    notes: tuple[Rejection, ...]
    document: Document

    def header(self, name: str) -> str:
        """A header on one line, "" where there is none or nobody can read it."""
        try:
            return " ".join(str(self.message.get(name, "")).split())
        except Exception:  # the parser of headers fails in many ways of its own
            return ""

    @property
    def dates(self) -> tuple[Stated, ...]:
        words = self.header("date").partition(" (")[0]
        return (*((Stated(words, "metadata"),) if words else ()), *self.document.dates)


def _leaves(message: EmailMessage, limits: MailLimits) -> tuple[list[EmailMessage] | None, bool]:
    """The parts that hold something, in order, None where there are too many; and whether one is torn. What is
    attached is no part of what the message says.
    """
    leaves: list[EmailMessage] = []
    left = [(message, 0)]
    torn, count = False, 0
    while left:
        part, depth = left.pop()
        count += 1
        if count > limits.parts or depth > limits.depth:
            return None, torn
        torn = torn or any(type(defect).__name__ in _TORN for defect in part.defects)
        if part.is_multipart():
            left += [(inner, depth + 1) for inner in reversed(part.get_payload()) if isinstance(inner, EmailMessage)]  # type: ignore[arg-type]
        elif part.get_content_disposition() != "attachment":
            leaves.append(part)
    return leaves, torn


def _root(message: EmailMessage, leaves: list[EmailMessage]) -> EmailMessage | None:
    """The page of an MHTML file: the part that its start names, else the first page; None where it is an ordinary
    message with pictures, whose parts stand at no address.
    """
    start = message.get_param("start")
    pages = [part for part in leaves if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    named = [part for part in pages if isinstance(start, str) and str(part.get("content-id", "")).strip() == start]
    page = next(iter(named or pages), None)
    if page is None:
        return None
    is_saved = message.get("snapshot-content-location") or page.get("content-location") or message.get("content-base")
    return page if is_saved else None


def _page(part: EmailMessage, read: _Message) -> Document | Intake:
    body, lost = _bytes(part)
    if not body.strip():
        reason = "The page in it is empty."
        return refused(read.source, reason, len(read.body), capture(read.source, "multipart/related", read.body))
    url = web_address(str(part.get("content-location", ""))) or web_address(read.header("snapshot-content-location"))
    return Document(
        source=read.source,
        body=body,
        media="text/html",
        charset=_charset(part),
        url=url or read.document.url,
        outlet=read.document.outlet,
        headline=read.header("subject") or read.document.headline,
        # When it was saved is no day of publication
        dates=read.document.dates,
        notes=(*read.notes, *lost),
        how=read.document.how,
    )


def _bytes(part: EmailMessage) -> tuple[bytes, tuple[Rejection, ...]]:
    """What a part holds, and a note where it was cut within its encoding."""
    payload = part.get_payload(decode=True)
    torn = any(type(defect).__name__ in _TORN_BODY for defect in part.defects)
    note = Rejection("body", "The encoding of a part is torn: what stood there is not all read.", 1)
    return payload if isinstance(payload, bytes) else b"", (note,) if torn else ()


def _charset(part: EmailMessage) -> str | None:
    charset = part.get_param("charset")
    return charset.casefold() if isinstance(charset, str) else None


def _told(
    read: _Message, html: EmailMessage | None, plain: EmailMessage | None, options: ReadOptions, limits: MailLimits
) -> list[Document | Link | Intake]:
    """The links of an alert; of another message its own text, where it is prose, else the links of it, too."""
    notes = list(read.notes)
    texts = []
    for part in (html, plain):
        body, lost = _bytes(part) if part is not None else (b"", ())
        decoded = decode(body, read.source, _charset(part) if part is not None else None)
        notes += [*lost, *decoded.notes]
        texts.append(decoded.text)
    markup, text = texts
    found = _linked(markup, 5 * limits.links) if markup else [(url, "") for url in _BARE.findall(text)]
    links, wrapped = _links(found, read, tuple(notes), limits)
    is_alert = wrapped or (links and _ALERT.search(f"{read.header('from')} {read.header('subject')}"))
    paragraphs = [p.text for p in visible.look(markup).paragraphs if p.is_prose] if markup else _prose(text)
    prose = sum(len(words) for words in paragraphs if not _TEASER.search(words))
    if is_alert or (links and prose < limits.prose):
        return list(links)
    own = text if text.strip() else fragment.text(markup)
    if prose < limits.prose:
        reason = "The message has no sentences that are a story, and no links to any."
        return [refused(read.source, reason, len(read.body), capture(read.source, _MEDIA, read.body))]
    return [
        compose(
            Found(
                source=read.source,
                media=_MEDIA,
                body=read.body,
                text=own,
                headline=read.header("subject"),
                name=read.header("message-id") or None,
                url=web_address(read.header("archived-at").strip("<>")),
                outlet=read.document.outlet,
                byline=read.header("from").partition("<")[0].strip(' "') or None,
                dates=read.dates,
                notes=tuple(notes),
            ),
            options,
        )
    ]


def _prose(text: str) -> list[str]:
    """The paragraphs of a plain text that read as sentences."""
    blocks = (" ".join(block.split()) for block in re.split(r"\n[ \t\r]*\n", text))
    return [block for block in blocks if len(block) >= 60 and visible.tells(block) and not _BARE.search(block)]


def _linked(html: str, most: int) -> list[tuple[str, str]]:
    """The addresses that a page links to, each with the words that the link stands under; of the first links at most."""
    found: list[tuple[str, str]] = []
    at = 0
    while len(found) < most and (start := _ANCHOR.search(html, at)) is not None:
        at = html.find(">", start.end()) + 1
        if not at:
            break
        target = _TARGET.search(html, start.end(), min(at, start.end() + _LONGEST_TAG))
        if target is not None:
            end = _ANCHOR_END.search(html, at, at + _LONGEST_TAG)
            found.append((unescape(target[1]), fragment.line(html[at : end.start()]) if end else ""))
    return found


def _links(
    found: list[tuple[str, str]], read: _Message, notes: tuple[Rejection, ...], limits: MailLimits
) -> tuple[list[Link | Intake], bool]:
    """The links to stories, each address once; and whether any came wrapped in one of the alert's own. Where one does,
    the bare ones are to the alert's settings. A bare one is to a story where its words are as many as a headline's.
    """
    unwrapped = [(_unwrapped(url), words) for url, words in found]
    wrapped = any(target is not None for target, _ in unwrapped)
    links: list[Link | Intake] = []
    seen: set[str] = set()
    for (target, words), (url, _) in zip(unwrapped, found, strict=True):
        url = web_address(target if wrapped else url if len(words.split()) >= 4 else None) or ""
        if not url or url in seen:
            continue
        seen.add(url)
        if len(links) == limits.links:
            links.append(refused(read.source, f"The message has more than {limits.links} links.", 1))
            break
        links.append(Link(url, f"{read.source}#{len(links) + 1}", words, dates=read.document.dates, notes=notes))
    return links, wrapped


def _unwrapped(url: str) -> str | None:
    """The address that a redirecting one leads to, where it names it; else None."""
    try:
        parts = urlsplit(url)
        if not parts.path.rstrip("/").endswith(("/url", "/redirect", "/link")):
            return None
        asked = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return None
    return next(
        (target for key in ("url", "q", "u") for value in asked.get(key, ()) if (target := web_address(value))), None
    )
