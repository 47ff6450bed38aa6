"""A ZIP archive, or a web archive packed as one (WACZ) → its documents. Nothing is ever written to a disk.

Members are read as streams, in the order of their bytes, and each that cannot be used is refused under its name
("news.zip!pages/a.html"). A ZIP needs a stream that can be sought, for its list of members stands at its end.
"""

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from onrecord.records import Intake, Rejection
from onrecord.settings import ReadOptions
from onrecord.stories import warc
from onrecord.stories.compose import refused
from onrecord.stories.compressed import told
from onrecord.stories.documents import Document


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """count: members of one archive; listing: bytes of the list of them; archive: bytes that one web archive in it may
    unpack to; total: the same of all members; ratio: how many times its size a member may unpack to, once past `free` bytes.
    """

    count: int = 10_000
    listing: int = 16_000_000
    archive: int = 1 << 36
    total: int = 1 << 37
    ratio: int = 100
    free: int = 1 << 20


ZIP_LIMITS = ZipLimits()
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_END_SIZE = 22
_LONGEST_REMARK = 65535
_LOCAL_SIZE = 30
_PIECE = 1 << 18
_DRIVE = re.compile(r"[A-Za-z]:")
_WARCS = (".warc", ".warc.gz", ".warc.zst")
_ARCHIVES = (
    ".zip",
    ".wacz",
    ".gz",
    ".bz2",
    ".xz",
    ".zst",
    ".7z",
    ".rar",
    ".tar",
    ".tgz",
    ".jar",
    ".docx",
    ".xlsx",
    ".odt",
)
_MEDIA = {
    ".txt": "text/plain", ".text": "text/plain", ".md": "text/markdown", ".html": "text/html", ".htm": "text/html",
    ".xhtml": "application/xhtml+xml", ".xml": "application/xml", ".rss": "application/rss+xml", ".pdf": "application/pdf",
    ".json": "application/json", ".jsonl": "application/x-ndjson", ".ndjson": "application/x-ndjson", ".csv": "text/csv",
    ".eml": "message/rfc822", ".mhtml": "multipart/related", ".mht": "multipart/related",
}  # fmt: skip
# What a WACZ says of its archives, which is read here or needed by nobody who reads all of them
_ABOUT = ("datapackage.json", "datapackage-digest.json", "pages/", "indexes/", "logs/", "fuzzy.json")
_SIGNS = (b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"7z\xbc\xaf")
_DEVICES = (stat.S_ISCHR, stat.S_ISBLK, stat.S_ISFIFO, stat.S_ISSOCK)
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def documents(
    stream: BinaryIO, source: str, options: ReadOptions, limits: ZipLimits = ZIP_LIMITS
) -> Iterator[Document | Intake]:
    """The documents of an archive, and the refusal of each member that is not used; folders are none.

    An archive whose list of members is torn or missing has failed as a whole, with all its bytes lost.
    """
    if not stream.seekable():
        yield refused(source, f"{source} comes as a stream that cannot be gone back in: save it as a file.")
        return
    size = stream.seek(0, io.SEEK_END)
    listing = _listing(stream, size)
    if listing is None:
        yield _failed(source, "its list of members is missing or torn", size)
        return
    if listing[0] > limits.count or listing[1] > limits.listing:
        yield refused(source, f"{source} lists {listing[0]} members; {limits.count} are read at most.", size)
        return
    stream.seek(0)
    try:
        archive = zipfile.ZipFile(stream)
    except (*_ERRORS, OSError) as error:
        yield _failed(source, f"its list of members cannot be read ({str(error)[:80]})", size)
        return
    with archive:
        members = archive.infolist()
        if len(members) > limits.count:
            yield refused(source, f"{source} lists {len(members)} members; {limits.count} are read at most.", size)
        else:
            yield from _Zip(archive, source, options, limits).documents()


def _failed(source: str, why: str, size: int) -> Intake:
    return replace(refused(source, f"{source} is no whole ZIP archive: {why}.", size), state="failed")


def _listing(stream: BinaryIO, size: int) -> tuple[int, int] | None:
    """How many members the archive says it has, and how many bytes its list takes: before any of it is read."""
    tail = min(size, _END_SIZE + _LONGEST_REMARK)
    stream.seek(size - tail)
    held = stream.read(tail)
    at = held.rfind(_END)
    if at < 0 or len(held) - at < _END_SIZE:
        return None
    count, length = int.from_bytes(held[at + 10 : at + 12], "little"), int.from_bytes(held[at + 12 : at + 16], "little")
    wide = held.rfind(_END64, 0, at)
    if wide >= 0 and at - wide >= 56:
        count = max(count, int.from_bytes(held[wide + 32 : wide + 40], "little")) if count == 0xFFFF else count
        length = int.from_bytes(held[wide + 40 : wide + 48], "little") if length == 0xFFFFFFFF else length
    return count, min(length, size)


class _Member(io.RawIOBase):
    """A member as a stream that does not raise: `wrong` says afterwards why it ended early."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member
        self.wrong = ""

    def readable(self) -> bool:
        return True

    def readinto(self, into: bytearray | memoryview) -> int:  # type: ignore[override]
        if self.wrong:
            return 0
        try:
            piece = self._member.read(len(into))
        except _ERRORS as error:
            self.wrong = str(error)[:80] or type(error).__name__
            return 0
        into[: len(piece)] = piece
        return len(piece)


@dataclass(frozen=True, slots=True)
class _Proof:
    """What reading a member to its end showed: why it is not whole, or nothing; its SHA-256; its first bytes."""

    wrong: str
    size: int
    sha256: str
    head: bytes


class _Zip:
    def __init__(self, archive: zipfile.ZipFile, source: str, options: ReadOptions, limits: ZipLimits) -> None:
        self._archive, self._source, self._options, self._limits = archive, source, options, limits
        self._members = sorted(archive.infolist(), key=lambda info: info.header_offset)
        self._wacz = any(info.filename == "datapackage.json" for info in self._members) and any(
            info.filename.startswith("archive/") for info in self._members
        )
        self._left = limits.total

    def documents(self) -> Iterator[Document | Intake]:
        names = Counter(info.orig_filename for info in self._members)
        overlapping = _overlapping(self._members, self._archive.start_dir)
        digests = self._stated()
        offered = 0
        for place, info in enumerate(self._members):
            if info.filename.endswith("/") and not info.file_size:
                continue
            name = f"{self._source}!{_shown(info.orig_filename)}"
            reason = _unfit(info) or ("its name is there more than once" if names[info.orig_filename] > 1 else "")
            if not reason and place in overlapping:
                reason = "its bytes overlap those of another member"
            if not reason and self._wacz and info.filename.startswith(_ABOUT):
                continue
            reason = reason or self._too_much(info)
            offered += 1
            if reason:
                yield refused(name, f"{name} is not read: {reason}.", info.compress_size)
            else:
                yield from self._member(info, name, digests.get(info.filename))
        if not offered:
            yield refused(self._source, f"{self._source} holds no members that are read.")

    def _too_much(self, info: zipfile.ZipInfo) -> str:
        """Why a member that could be read is too large, or of a kind that is not read."""
        lowered = info.filename.casefold()
        is_warc = lowered.endswith(_WARCS)
        if not is_warc and lowered.endswith(_ARCHIVES):
            return "it is an archive within an archive"
        if self._wacz and not is_warc and not lowered.startswith(_ABOUT):
            return "it is no part of a web archive"
        most = self._limits.archive if is_warc else self._options.max_bytes
        if info.file_size > most:
            return f"it is larger than {most} bytes"
        if info.file_size > max(self._limits.free, self._limits.ratio * info.compress_size):
            return f"it unpacks to more than {self._limits.ratio} times its size"
        self._left -= info.file_size
        return f"all members are larger than {self._limits.total} bytes" if self._left < 0 else ""

    def _stated(self) -> Mapping[str, str]:
        """The SHA-256 that datapackage.json gives of each member, as hexadecimal digits."""
        if not self._wacz:
            return {}
        info = next(info for info in self._members if info.filename == "datapackage.json")
        if _unfit(info) or self._too_much(info):
            return {}
        body, wrong = self._read(info)
        try:
            listed = json.loads(body)["resources"] if not wrong else []
            pairs = [(entry["path"], entry["hash"]) for entry in listed]
        except (ValueError, TypeError, KeyError, RecursionError):
            return {}
        return {
            path: said[7:].casefold()
            for path, said in pairs
            if isinstance(path, str) and isinstance(said, str) and said.startswith("sha256:")
        }

    def _open(self, info: zipfile.ZipInfo) -> _Member | str:
        try:
            return _Member(self._archive.open(info))
        except (*_ERRORS, OSError) as error:
            return str(error)[:80] or type(error).__name__

    def _read(self, info: zipfile.ZipInfo) -> tuple[bytes, str]:
        """A member no larger than options.max_bytes, and why it is not whole, or nothing."""
        member = self._open(info)
        if isinstance(member, str):
            return b"", member
        pieces = []
        while piece := member.read(_PIECE):
            pieces.append(piece)
        body = b"".join(pieces)
        short = "" if len(body) == info.file_size else f"{info.file_size - len(body)} bytes are missing"
        return body, member.wrong or short

    def _proof(self, info: zipfile.ZipInfo) -> _Proof:
        """Reads a member through, keeping nothing."""
        member = self._open(info)
        if isinstance(member, str):
            return _Proof(member, 0, "", b"")
        made, size, head = hashlib.sha256(), 0, b""
        while piece := member.read(_PIECE):
            head = head or piece[:8]
            made.update(piece)
            size += len(piece)
        short = "" if size == info.file_size else f"{info.file_size - size} bytes are missing"
        return _Proof(member.wrong or short, size, made.hexdigest(), head)

    def _member(self, info: zipfile.ZipInfo, name: str, stated: str | None) -> Iterator[Document | Intake]:
        if info.filename.casefold().endswith(_WARCS):
            yield from self._web_archive(info, name, stated)
            return
        body, wrong = self._read(info)
        if wrong:
            yield refused(name, f"{name} is damaged: {wrong}.", info.file_size)
        elif body.startswith(_SIGNS) or told(body[:8]):
            yield refused(name, f"{name} is not read: it is an archive within an archive.", len(body))
        elif not body.strip():
            yield refused(name, f"{name} is empty.")
        else:
            media = _MEDIA.get(PurePosixPath(info.filename).suffix.casefold())
            how = {"container": self._source, "offset": str(info.header_offset)}
            yield Document(name, body, media, how=how)

    def _web_archive(self, info: zipfile.ZipInfo, name: str, stated: str | None) -> Iterator[Document | Intake]:
        """The documents of a WARC. It is read twice: whether it is whole must be known before any of it is handed on."""
        proof = self._proof(info)
        notes: list[Rejection] = []
        if proof.wrong:
            notes.append(Rejection(name, f"The archive it is from is damaged: {proof.wrong}.", 1))
        elif stated is not None and stated != proof.sha256:
            notes.append(
                Rejection(name, "The archive it is from is not the one that datapackage.json gives the hash of.")
            )
        member = self._open(info)
        if not isinstance(member, str):
            for item in warc.documents(member, name, self._options):  # type: ignore[arg-type]
                if isinstance(item, Document):
                    how = {**item.how, "package": self._source}
                    yield replace(item, notes=(*item.notes, *notes), how=how)
                else:
                    yield item
        if proof.wrong:
            lost = max(1, info.file_size - proof.size)
            yield refused(f"{name}@", f"{name} is damaged: {proof.wrong}.", lost)
        elif notes:
            yield refused(f"{name}@", f"{name} does not have the hash that datapackage.json gives; its pages are used.")


def _unfit(info: zipfile.ZipInfo) -> str:
    """Why a member is not to be touched, by what the list says of it."""
    name, mode, flags = info.orig_filename, info.external_attr >> 16, info.flag_bits
    unread = flags & 0x20 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    reasons = (
        (not name or "\x00" in name, "its name is empty or has a NUL in it"),
        ("\\" in name, "its name has a backslash in it"),
        (name.startswith("/") or _DRIVE.match(name), "its name begins at the root of a disk"),
        (".." in name.split("/"), "its name leads out of the archive"),
        (stat.S_ISLNK(mode), "it is a link"),
        (any(is_one(mode) for is_one in _DEVICES), "it is a device"),
        (flags & 0x41, "it is encrypted"),
        (unread, f"it is compressed in a way (method {info.compress_type}) that is not read"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _overlapping(members: list[zipfile.ZipInfo], end: int) -> set[int]:
    """The places of those members, sorted by where they begin, that share bytes with another or with the list."""
    found: set[int] = set()
    reach, whose = -1, -1
    for place, info in enumerate(members):
        if info.header_offset < reach:
            found |= {place, whose}
        # At the least: a member may have extra fields before its bytes
        after = info.header_offset + _LOCAL_SIZE + len(info.orig_filename) + info.compress_size
        if after > end or info.header_offset < 0:
            found.add(place)
        if after > reach:
            reach, whose = after, place
    return found


def _shown(name: str) -> str:
    return name.replace("\x00", "\\x00")[:500]
