"""What a web server answered, as archives keep it → the body that was meant, and what of it is missing."""

import re
from dataclasses import dataclass, field

from onrecord.records import Rejection
from onrecord.stories.compressed import Caps, told, undo
from onrecord.stories.encoding import binary

_STATUS = re.compile(rb"\AHTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*+)?\r?\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MOST_HEAD, _MOST_FIELDS = 65536, 500
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16}+)[ \t]*+(?:;[^\r\n]{0,1000}+)?\r\n")
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]{1,40})")
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "br": "br", "zstd": "zstd"}
_MOST_CODINGS = 3

# Types that may hold a story that can be read; everything else is refused by its name
READABLE = frozenset({
    "text/html", "application/xhtml+xml", "text/plain", "text/markdown", "text/xml", "application/xml", "application/pdf",
    "message/rfc822", "multipart/related", "application/rss+xml", "application/atom+xml", "application/feed+json",
})  # fmt: skip


class Unusable(Exception):
    """Why nothing of an answer can be used: a sentence that goes on from the name of its source."""


@dataclass(slots=True)
class Answer:
    """An answer as stored. body: first with its transfer and content encodings, then, after `open_up`, without them.
    forms: every form that the body had on the way, for digests are taken of any; notes: what is missing or odd.
    """

    source: str
    status: int
    fields: list[tuple[str, str]]
    body: bytes
    notes: list[Rejection] = field(default_factory=list)
    forms: list[bytes] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The first header of this name (in small letters)."""
        return next((value for key, value in self.fields if key.casefold() == name), None)

    def all(self, name: str) -> list[str]:
        """The words of a header that lists some, in small letters."""
        found = [value for key, value in self.fields if key.casefold() == name]
        return [word.strip().casefold() for value in found for word in value.split(",") if word.strip()]

    def note(self, reason: str, lost: int = 0) -> None:
        """Puts down something odd, or missing where `lost` says how much."""
        self.notes.append(Rejection(self.source, reason, lost))


def media_of(declared: str | None) -> tuple[str | None, str | None]:
    """A Content-Type → the type in small letters, the charset; None for each that is not said."""
    if not declared or not declared.strip():
        return None, None
    charset = _CHARSET.search(declared)
    kind = declared.split(";")[0].split(",")[0].strip().casefold()
    return kind or None, charset[1] if charset else None


def answer(block: bytes, source: str) -> Answer:
    """The head and the rest of an answer. Raises Unusable where there is no head within bounds."""
    status = _STATUS.match(block)
    if status is None:
        raise Unusable("holds no HTTP answer")
    end = _HEAD_END.search(block, status.end() - 2, _MOST_HEAD)
    if end is None:
        raise Unusable("holds an HTTP head that does not end, or is too long")
    lines = re.split(rb"\r?\n", block[status.end() : end.start()]) if end.start() > status.end() else []
    if len(lines) > _MOST_FIELDS:
        raise Unusable(f"holds more than {_MOST_FIELDS} HTTP headers")
    fields: list[tuple[str, str]] = []
    for line in lines:
        words = line.decode("latin-1").replace("\x00", "\ufffd")
        if words[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {words.strip()}")
        elif ":" in words:
            name, value = words.split(":", 1)
            fields.append((name.strip(), value.strip()))
    return Answer(source, int(status[1]), fields, block[end.end() :])


def open_up(it: Answer, most: int, whole: bool) -> None:
    """Undoes the encodings of the body. whole: False where the archive's own record is known to be torn.

    Raises Unusable where it cannot be done, would unpack to more than `most` bytes, or what comes out is not to be relied on.
    """
    it.forms.append(it.body)
    transfer = it.all("transfer-encoding")
    if "chunked" in transfer:
        _unchunk(it)
    elif whole:
        _measure(it)
    codings = [
        word for word in (*it.all("content-encoding"), *(w for w in transfer if w != "chunked")) if word != "identity"
    ]
    if len(codings) > _MOST_CODINGS:
        raise Unusable(f"is encoded {len(codings)} times over")
    for coding in reversed(codings):
        _decode(it, coding, most)
    if not codings and told(it.body[:8]) == "gzip" and media_of(it.get("content-type"))[0] != "application/gzip":
        it.note("The body is compressed, which its headers do not say.")
        _decode(it, "gzip", most)


def _measure(it: Answer) -> None:
    said = {word for word in it.all("content-length") if word.isascii() and word.isdigit() and len(word) <= 18}
    if len(said) > 1:
        it.note(f"The headers give {len(said)} different lengths.")
    elif said:
        short = int(said.pop()) - len(it.body)
        if short > 0:
            it.note(f"The body is {short} bytes shorter than its headers say.", short)
        elif short < 0:
            it.note(f"The body is {-short} bytes longer than its headers say.")


def _unchunk(it: Answer) -> None:
    body, at, made = it.body, 0, bytearray()
    if body and not _CHUNK.match(body):
        if body.endswith(b"\r\n0\r\n\r\n"):
            raise Unusable("has a body in chunks, the first of which is broken")
        it.note("The headers say that the body is in chunks, which it is not.")
        return
    while True:
        size = _CHUNK.match(body, at)
        if size is None:
            # What is left is part of a chunk whose length nobody knows
            it.note("The body breaks off between chunks.", max(1, len(body) - at))
            break
        length, start = int(size[1], 16), size.end()
        if length == 0:
            _trailer(it, body[start:])
            break
        piece = body[start : start + length]
        made += piece
        if len(piece) < length:
            it.note("The body breaks off within a chunk.", length - len(piece))
            break
        at = start + length
        if body[at : at + 2] != b"\r\n":
            it.note("The body breaks off after a chunk.", max(1, len(body) - at))
            break
        at += 2
    it.body = bytes(made)
    it.forms.append(it.body)


def _trailer(it: Answer, rest: bytes) -> None:
    if rest.startswith(b"\r\n"):
        after = len(rest) - 2
    else:
        end = rest.find(b"\r\n\r\n", 0, _MOST_HEAD)
        if end < 0:
            it.note("The body breaks off after its last chunk.", max(1, len(rest)))
            return
        after = len(rest) - end - 4
    if after:
        it.note(f"{after} bytes follow the last chunk and are not used.", after)


def _decode(it: Answer, coding: str, most: int) -> None:
    kind = _CODINGS.get(coding)
    seen = told(it.body[:8])
    shows = kind in ("gzip", "zstd") and seen != kind
    if kind is None or shows:
        _as_it_is(it, coding)
        return
    made = undo(it.body, kind, Caps(most=most))  # type: ignore[arg-type]
    state = made.end.state
    if state == "capped":
        raise Unusable(f"has a compressed body ({coding}) that is not unpacked: {made.end.reason}")
    if state == "broken":
        if kind in ("br", "deflate") and not made.body:
            _as_it_is(it, coding)
            return
        raise Unusable(f"has a compressed body ({coding}) that is damaged: {made.end.reason}")
    if state == "torn":
        it.note(f"The compressed body ({coding}) breaks off; how much is missing is not known.", 1)
    if made.after:
        it.note(f"{made.after} bytes follow the compressed body and are not used.", made.after)
    it.body = made.body
    it.forms.append(it.body)


def _as_it_is(it: Answer, coding: str) -> None:
    """Some keep the plain body with the headers of the compressed one."""
    kind = binary(it.body)
    if kind is not None:
        raise Unusable(f'has a body said to be encoded as "{coding[:40]}", which it is not, nor is it text')
    it.note(f'The headers say that the body is encoded as "{coding[:40]}", which it is not.')
