"""Which characters are these bytes?"""

import codecs
import re
from typing import NamedTuple

from onrecord.records import Rejection

# Of the encodings that Python knows, those that pages declare; others ("unicode_escape") run or inflate what they read
_DECLARABLE = re.compile(
    r"(?i)(?:iso-?8859|windows-|cp\d|koi8|gb|big5|euc|shift_jis|us-ascii|latin|mac|tis-)[\w-]{0,12}$"
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_SIGNATURES = (
    (b"%PDF", "a PDF: save its text as .txt"),
    (b"PK\x03\x04", "a ZIP archive or an office document: unpack it, or save its text as .txt"),
    (b"\x1f\x8b", "gzip-compressed: unpack it first"),
    (b"BZh", "bzip2-compressed: unpack it first"),
    (b"\xfd7zXZ", "xz-compressed: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed: unpack it first"),
    (b"WARC/", "a web archive (WARC), which is not read yet: save its pages as .html"),
    (b"\x89PNG", "an image: there is no text in it to read"),
    (b"\xff\xd8\xff", "an image: there is no text in it to read"),
    (b"GIF8", "an image: there is no text in it to read"),
    (b"SQLite format 3", "a database: export its stories as JSON Lines"),
    (b"{\\rtf", "rich text (RTF): save it as plain text"),
    (b"\xd0\xcf\x11\xe0", "an office document: save its text as .txt"),
)


class Decoded(NamedTuple):
    """The text, and a note where the encoding had to be guessed or some of it could not be read."""

    text: str
    notes: tuple[Rejection, ...]


def binary(head: bytes) -> str | None:
    """What the beginning of an input shows it to be, and what to do; None where it may be text."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return None
    if len(_CONTROLS.findall(head[:8192])) > max(3, len(head[:8192]) / 20):
        return "binary, not text"
    return None


def decode(body: bytes, source: str, declared: str | None = None) -> Decoded:
    """The characters of the bytes: by byte order mark, as UTF-8, as declared, or by a guess that is noted. Never
    raises; what cannot be read is U+FFFD, and counted.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(name, "replace")
            lost = text.count("\ufffd") - body.count("\ufffd".encode(name))
            reason = f"{lost} characters are not {name} and were replaced."
            return Decoded(text, (Rejection(source, reason, lost),) if lost > 0 else ())
    for name in ("utf-8", declared or ""):
        if name != "utf-8" and not _DECLARABLE.match(name):
            continue
        # On the web this name has always meant the Windows set
        name = "cp1252" if name.casefold() in ("iso-8859-1", "latin1", "latin-1", "us-ascii") else name
        try:
            return Decoded(body.decode(name), ())
        except (UnicodeDecodeError, LookupError):
            continue
    for name in ("cp1252", "latin-1"):
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        return Decoded(text, (Rejection(source, f"The encoding is not UTF-8 and was guessed to be {name}."),))
    raise AssertionError("latin-1 reads any byte")
