"""A web archive (WARC 1.0 and 1.1, plain or compressed) → one document or refusal for each record that may hold a story.

Inputs are the records of type response, resource, conversion and revisit, and any of a type that is not known; what is
said about them (request, metadata, warcinfo, the answers of name servers) is not. A record is handed on as whole only
where its length, its closing lines, and each checksum that is there say so. One record at a time is held, nothing is
sought, and no stated length is believed before the bytes are there.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import flow
from onrecord.stories.answers import READABLE, Answer, Unusable, answer, media_of, open_up
from onrecord.stories.compose import capture, failed, refused
from onrecord.stories.digests import Checked, check
from onrecord.stories.documents import Document
from onrecord.stories.encoding import binary


@dataclass(frozen=True, slots=True)
class Limits:
    """hold: bytes of one record that are held; a larger record is passed over and refused. length: no record is
    longer, whatever it says. head and fields: of the named fields of a record, bytes and number. ratio: how many times its
    size a compressed member may unpack to. searches: how often the next record is searched for; again: bytes that are read
    once more in all, where records turn out to have swallowed others.
    """

    hold: int = 32_000_000
    length: int = 1 << 40
    head: int = 65536
    fields: int = 200
    ratio: int = 200
    searches: int = 10_000
    again: int = 500_000_000


LIMITS = Limits()
_VERSION = re.compile(rb"WARC/(\d{1,3}\.\d{1,3})\r\n")
_READ_VERSIONS = (b"1.0", b"1.1")
_INPUTS = ("response", "resource", "conversion", "revisit")
_ABOUT = ("request", "metadata", "warcinfo")
_NAMES_OF_MACHINES = ("dns:", "whois:")
_ONCE = frozenset({"warc-type", "content-length", "warc-record-id", "warc-block-digest", "warc-payload-digest"})
_CLOSING = b"\r\n\r\n"


@dataclass(slots=True)
class _Record:
    """One record. at: its place among the bytes of the file, or of what they unpack to; number: the first is 1; problem: why
    nothing of it is to be used; lost: bytes of it that are missing, 0 where it is whole.
    """

    number: int
    at: int
    where: str
    fields: dict[str, str] = field(default_factory=dict)
    block: bytes = b""
    size: int = 0
    problem: str = ""
    lost: int = 0
    notes: list[tuple[str, int]] = field(default_factory=list)
    ended: bool = False  # the file ends within it
    garbage: tuple[int, int] | None = None  # place and number of the bytes after it that are no record
    vouched: bool = True  # by the checksum of its compression, or it has none


def documents(
    stream: BinaryIO, source: str, options: ReadOptions, limits: Limits = LIMITS
) -> Iterator[Document | Intake]:
    """The documents of an archive, as they come, and the refusals of what cannot be used: of a record under its number
    ("crawl.warc.gz#12"), of what lies between records, and of a file that is torn, under its name.
    """
    reader = _Reader(stream, source, limits)
    about: Counter[str] = Counter()
    inputs = 0
    for item in reader.records():
        if isinstance(item, Intake):
            inputs += 1
            yield item
            continue
        kind = item.fields.get("warc-type", "").casefold()
        if not item.problem and not item.lost and _is_about(kind, item):
            about[kind] += 1
            continue
        inputs += 1
        yield _guarded(item, kind, source, options)
    if reader.truncated is not None:
        reason, lost = reader.truncated
        yield refused(source, f"{source} is not whole: {reason}.", lost)
    elif not inputs:
        held = ", ".join(f"{n} {kind}" for kind, n in sorted(about.items())) or "nothing"
        yield refused(source, f"{source} holds no page: {held}.", 0 if about else reader.read_so_far())


def _is_about(kind: str, record: _Record) -> bool:
    uri = record.fields.get("warc-target-uri", "").strip("<>").casefold()
    return kind in _ABOUT or (kind in _INPUTS and uri.startswith(_NAMES_OF_MACHINES))


class _Reader:
    """Takes a stream apart into records."""

    def __init__(self, stream: BinaryIO, source: str, limits: Limits) -> None:
        self._flow = flow.Flow(stream, limits.ratio)
        self._source, self._limits = source, limits
        self._number = self._searched = self._again = 0
        self.truncated: tuple[str, int] | None = None

    def read_so_far(self) -> int:
        """Bytes of the file."""
        return self._flow.taken()

    def records(self) -> Iterator[_Record | Intake]:
        """Each record, and a refusal for each run of bytes that is none."""
        while True:
            yield from self._stretch()
            ended = self._flow.ending()
            if ended.state == "proper":
                return
            # Stray bytes may look like the begin of a member, and swallow true ones
            skipped = self._flow.resume() if ended.state != "torn" or self._flow.hollow() else None
            if ended.state == "torn" and skipped is None:
                self.truncated = self.truncated or (ended.reason, ended.lost)
                return
            lost = self._flow.taken() - ended.at if skipped is None else skipped
            reason = f"{ended.reason}; {lost} bytes (from byte {ended.at}) are passed over"
            yield refused(f"{self._source}@{ended.at}", f"{self._source} is damaged: {reason}.", lost)
            if skipped is None:
                return

    def _stretch(self) -> Iterator[_Record | Intake]:
        while self._flow.more():
            if self._flow.begun():
                record = _Record(self._number + 1, *self._flow.place(), problem="is torn within its first line")
                record.lost, record.ended = max(1, self._flow.skip(None)), True
            elif self._flow.matches(_VERSION):
                record = self._record()
            else:
                at = self._flow.at
                if gap := self._search():
                    yield self._garbage(at, gap)
                continue
            yield record
            if record.garbage is not None:
                yield self._garbage(*record.garbage)
            if record.ended and self._flow.ending().state in ("proper", "torn"):
                self.truncated = (f"it ends within its record {record.number}", max(1, record.lost))

    def _garbage(self, at: int, gap: int) -> Intake:
        return refused(f"{self._source}@{at}", f"{self._source}: {gap} bytes from byte {at} are no record.", gap)

    def _search(self) -> int:
        """Goes to where the next record begins; the bytes passed over, not counting empty lines."""
        self._searched += 1
        if self._searched > self._limits.searches:
            return self._flow.skip(None)
        return self._flow.skip(_VERSION)

    def _record(self) -> _Record:
        self._number += 1
        at, where = self._flow.place()
        record = _Record(self._number, at, where)
        version = self._flow.head(_VERSION)
        lines = self._flow.lines(self._limits.head)
        if lines is None:
            record = self._unusable(record, "has a head that does not end, or is too long")
            record.ended = not self._flow.more()
            return record
        problem = _fields(lines, record.fields, self._limits.fields)
        length = record.fields.get("content-length", "")
        if not problem and version not in _READ_VERSIONS:
            problem = f"is of version {version.decode()}, which is not read"
        if not problem and not length:
            problem = "does not say how long it is"
        if not problem and not (length.isascii() and length.isdigit() and len(length) <= 18):
            problem = f"gives no length that can be one ({length[:20]})"
        if not problem and int(length) > self._limits.length:
            problem = f"says that it is {length} bytes long, which cannot be"
        if problem:
            return self._unusable(record, problem)
        self._block(record, int(length))
        return record

    def _unusable(self, record: _Record, problem: str) -> _Record:
        record.problem, record.lost = problem, max(1, self._search())
        return record

    def _block(self, record: _Record, length: int) -> None:
        """The bytes of a record, and what shows whether they are all."""
        record.block, record.size = self._flow.take(length, self._limits.hold)
        missing = length - record.size
        closing = b"" if missing else self._flow.peek(4)
        if closing == _CLOSING:
            self._flow.take(4, 4)
            record.vouched = self._flow.settle()
            if self._flow.more() and not self._flow.matches(_VERSION) and not self._flow.begun():
                self._longer(record)
        elif (inner := self._inner(record)) is not None:
            self._again += len(record.block) - inner
            self._flow.push(record.block[inner + 4 :])
            record.block, record.size, record.lost = record.block[:inner], inner, length - inner
            record.notes.append((f"The record is {record.lost} bytes shorter than it says.", record.lost))
        elif missing or _CLOSING.startswith(closing):
            self._flow.take(len(closing), 4)
            record.ended = True
            record.lost = missing or 4 - len(closing)
            record.notes.append((f"The file ends within the record: {record.lost} bytes are missing.", record.lost))
        else:
            self._longer(record)
        if len(record.block) < record.size:
            record.problem = f"is larger than {self._limits.hold} bytes"
            record.lost = max(record.lost, record.size)
        self._judge(record)

    def _longer(self, record: _Record) -> None:
        """What follows is no record: the rest of this one, unless its checksum says that it is whole."""
        at = self._flow.at
        gap = self._search()
        if gap and check((record.fields.get("warc-block-digest"), [record.block]), (None, ())).right:
            record.garbage = at, gap
        else:
            record.lost = max(1, gap)
            record.notes.append((f"The record seems to be {record.lost} bytes longer than it says.", record.lost))

    def _judge(self, record: _Record) -> None:
        """What the end of the compression, if it has come, says of the record."""
        end = self._flow.ended()
        record.vouched = record.vouched and self._flow.vouched()
        if end is None or record.vouched:
            return
        if end.state in ("broken", "capped"):
            record.problem = f"is damaged: {end.reason}"
            record.lost = max(1, record.lost, record.size)
        elif end.state == "torn":
            record.ended = True
            record.lost = record.lost or 1
            record.notes.append(("The file ends before the checksum of the record.", record.lost))

    def _inner(self, record: _Record) -> int | None:
        """Where the record truly ends, if it swallowed the next one."""
        if len(record.block) < record.size or self._again > self._limits.again:
            return None
        return self._flow.inner(record.block, _CLOSING, _VERSION)


def _fields(lines: Sequence[bytes], into: dict[str, str], most: int) -> str:
    """The named fields, their names in small letters; why they cannot be used, or nothing."""
    if len(lines) > most:
        return f"has more than {most} fields"
    last = ""
    for line in lines:
        words = line.decode("utf-8", "replace").replace("\x00", "\ufffd")
        if words[0] in " \t" and last:
            into[last] = f"{into[last]} {words.strip()}"
            continue
        name, colon, value = words.partition(":")
        last = name.strip().casefold()
        if not colon or not last:
            return "has a field without a name"
        if last in into and last in _ONCE:
            return f"has two fields {name.strip()[:40]}"
        into.setdefault(last, value.strip())
    return ""


def _guarded(record: _Record, kind: str, source: str, options: ReadOptions) -> Document | Intake:
    """Catches what nobody foresaw: no record may stop the others."""
    name = f"{source}#{record.number}"
    try:
        return _made(record, kind, name, source, options)
    except Unusable as why:
        return refused(name, f"{name} {why}.", max(record.lost, record.size))
    except Exception as error:
        return failed(name, error, capture(name, "application/warc", record.block))


def _made(record: _Record, kind: str, name: str, source: str, options: ReadOptions) -> Document | Intake:
    url = record.fields.get("warc-target-uri", "").strip("<>") or None
    if record.problem:
        return refused(name, f"{name} {record.problem}.", max(record.lost, record.size))
    if kind == "revisit":
        return _revisit(record, name, url)
    if kind == "continuation":
        raise Unusable("is the continuation of another record, and is not read")
    if kind not in _INPUTS:
        raise Unusable(f'is of a type ("{kind[:40]}") that is not read' if kind else "does not say of what type it is")
    media, charset = media_of(record.fields.get("content-type"))
    notes = [Rejection(name, reason, lost) for reason, lost in record.notes]
    it: Answer | None = None
    if kind == "response" and (media == "application/http" or record.block.startswith(b"HTTP/")):
        it = answer(record.block, name)
        media, charset = media_of(it.get("content-type"))
    body = record.block
    if it is not None and it.status != 200:
        raise Unusable(f"is an answer of status {it.status}")
    if media is not None and media not in READABLE:
        raise Unusable(f"is of type {media[:80]}, in which no stories are looked for")
    if it is not None:
        open_up(it, options.max_bytes, not record.lost)
        body = it.body
        notes += it.notes
    seen = _checked(record, it)
    return _document(record, name, source, url, (media, charset), body, it, notes, seen, options)


def _document(  # noqa: PLR0913, PLR0917 -- what a document is made of
    record: _Record,
    name: str,
    source: str,
    url: str | None,
    types: tuple[str | None, str | None],
    body: bytes,
    it: Answer | None,
    notes: list[Rejection],
    seen: Checked,
    options: ReadOptions,
) -> Document | Intake:
    if seen.wrong and not record.lost:
        # Kept, for what was changed may itself be of interest
        kept = capture(name, types[0] or "application/octet-stream", body)
        return refused(name, f"{name} does not have the checksum that it gives ({seen.wrong}).", record.size, kept)
    notes += [Rejection(name, reason) for reason in seen.odd]
    if len(body) > options.max_bytes:
        raise Unusable(f"is larger than {options.max_bytes} bytes")
    if not body.strip():
        raise Unusable("is empty")
    kind = binary(body)
    if kind is not None and not (body.startswith(b"%PDF") and types[0] in (None, "application/pdf")):
        raise Unusable(f"is {kind}")
    notes += [Rejection(name, reason, lost) for reason, lost in _said(record, seen)]
    how: dict[str, object] = {"container": source, record.where: str(record.at)}
    for key, value in (
        ("fetched_at", record.fields.get("warc-date")),
        ("record_id", record.fields.get("warc-record-id")),
        ("address", record.fields.get("warc-ip-address")),
        ("digest", list(seen.right) or None),
        ("status", None if it is None else str(it.status)),
        ("headers", None if it is None else [f"{key}: {value}" for key, value in it.fields]),
    ):
        if value is not None:
            how[key] = value
    return Document(name, body, types[0], types[1], url, notes=tuple(notes), how=how)


def _said(record: _Record, seen: Checked) -> Iterator[tuple[str, int]]:
    """What the record says or leaves out of itself that whoever reads it should know, and what it lost by it."""
    if "warc-truncated" in record.fields and not record.lost:
        why = record.fields["warc-truncated"][:40]
        yield f"Whoever archived it cut it off ({why}); how much is missing is not known.", 1
    if "warc-segment-number" in record.fields:
        yield "It goes on in another record, which is not read; how much is missing is not known.", 1
    if not record.vouched and not seen.right and not record.lost:
        yield "The checksum of its compression comes only after other records.", 0
    if "warc-date" not in record.fields:
        yield "It does not say when it was fetched.", 0


def _revisit(record: _Record, name: str, url: str | None) -> Intake:
    first = record.fields.get("warc-refers-to-target-uri", "").strip("<>") or url or "an address that is not given"
    day = record.fields.get("warc-refers-to-date") or "a day that is not given"
    same = f"{name} has no text of its own: it is the same as what was archived of {first[:500]} on {day[:40]}"
    return refused(name, f"{same}.", record.lost)


def _checked(record: _Record, it: Answer | None) -> Checked:
    forms = [record.block] if it is None else it.forms or [it.body]
    return check(
        (record.fields.get("warc-block-digest"), [record.block]), (record.fields.get("warc-payload-digest"), forms)
    )
