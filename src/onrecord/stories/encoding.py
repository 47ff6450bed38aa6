"""Which characters are these bytes?"""

import codecs
import re
from collections.abc import Iterator
from itertools import pairwise
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
# As the web reads these names: the Windows set is the larger one
_MEANT = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "utf8": "utf-8", "iso-8859-9": "cp1254", "tis-620": "cp874",
    "utf-16": "utf-16-le", "windows-949": "cp949", "euc-kr": "cp949", "shift_jis": "cp932",
}  # fmt: skip
# Written in ASCII alone, so that only the declaration tells them from it
_SEVEN_BITS = frozenset({"iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "hz"})
# Nobody may write markup that a reader takes for words: browsers refuse it as well
_REFUSED = frozenset({"utf-7", "utf7", "unicode-1-1-utf-7", "csunicode11utf7", "user-defined", "utf-ebcdic", "cesu-8"})
_CYRILLIC = ("cp1251", "koi8-u", "iso8859-5", "cp866", "mac-cyrillic")
# The ten most usual letters of Russian, Ukrainian, Bulgarian and Serbian: half of any text, a fifth of a misread one
_USUAL = frozenset("оаеинтрсвл")
_LOOK = 20_000  # bytes, of those that are no ASCII and what stands around them
_FEW = 30  # letters beyond ASCII; with fewer, nobody can tell
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
    """The text, and notes where the encoding had to be guessed, is in doubt, or some of it could not be read.

    encoding: Python's name of it; reason: what told so ("mark", "header", "page", "bytes", "guess"); refusal: a sentence where
    no text is made of the bytes.
    """

    text: str
    notes: tuple[Rejection, ...]
    encoding: str = "utf-8"
    reason: str = "bytes"
    refusal: str = ""

    @property
    def told(self) -> str | None:
        """The encoding and what told so, for the books; None for plain UTF-8, which needs no word."""
        return None if (self.encoding, self.reason) == ("utf-8", "bytes") else f"{self.encoding} ({self.reason})"


def binary(head: bytes) -> str | None:
    """What the beginning of an input shows it to be, and what to do; None where it may be text."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if any(head.startswith(mark) for mark, _ in _BOMS) or _wide(head):
        return None
    if len(_CONTROLS.findall(head[:8192])) > max(3, len(head[:8192]) / 20):
        return "binary, not text"
    return None


def decode(body: bytes, source: str, declared: str | None = None, header: str | None = None) -> Decoded:
    """The characters of the bytes. A byte order mark goes before everything, then bytes that are UTF-8 beyond ASCII, then what
    the header of the transport and then the page itself declare, then a guess, which is noted. declared: by the page itself.

    Never raises. What cannot be read is U+FFFD, and counted.
    """
    said = [(_name(name), reason) for name, reason in ((header, "header"), (declared, "page")) if name]
    if (refused := next((name for name, _ in said if name in _REFUSED), None)) and not _has_mark(body):
        return Decoded("", (), refusal=f"{source} is declared to be {refused}, which is not read: save it as UTF-8.")
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _marked(body[len(mark) :], name, source, said)
    if wide := _wide(body[:8192]):
        told = Rejection(source, f"There is no byte order mark; by its bytes it was read as {wide}.")
        found = _replaced(body, wide, source, "bytes")
        return found._replace(notes=(told, *found.notes))
    if (found_8 := _utf_8(body, source, said)) is not None:
        return found_8
    return _legacy(body, source, said)


def _name(declared: str) -> str:
    name = declared.strip().casefold().replace("_", "-").replace("shift-jis", "shift_jis")
    name = name.removeprefix("x-").replace("windows-12", "cp12")
    return _MEANT.get(name, name)


def _has_mark(body: bytes) -> bool:
    return any(body.startswith(mark) for mark, _ in _BOMS)


def _marked(body: bytes, name: str, source: str, said: list[tuple[str, str]]) -> Decoded:
    found = _replaced(body, name, source, "mark")
    other = next((other for other, _ in said if other[:5] != name[:5]), None)
    if other is None:
        return found
    told = Rejection(source, f"It is declared to be {_shown(other)}; by its byte order mark it was read as {name}.")
    return found._replace(notes=(told, *found.notes))


def _replaced(body: bytes, name: str, source: str, reason: str) -> Decoded:
    text = body.decode(name, "replace")
    # Those that stand in the bytes as such are no loss; only Unicode has them
    lost = text.count("\ufffd") - (body.count("\ufffd".encode(name)) if name.startswith("utf") else 0)
    notes = (Rejection(source, f"{lost} characters are not {name} and were replaced.", lost),) if lost > 0 else ()
    return Decoded(text, notes, name, reason)


def _wide(head: bytes) -> str | None:
    """UTF-16 without its mark: every other byte is of few kinds, and a space is two bytes."""
    if len(head) < 16 or (head.isascii() and b"\x00" not in head):
        return None
    pairs = len(head) // 2
    for name, high, space in (("utf-16-le", head[1::2], b" \x00"), ("utf-16-be", head[::2], b"\x00 ")):
        usual = max(set(high), key=high.count)
        if usual > 6 or high.count(usual) + high.count(0) * (usual != 0) < 0.9 * pairs:
            continue
        if space in head or usual == 0:
            text = head[: 2 * pairs].decode(name, "replace")
            if sum(c.isalnum() or c.isspace() for c in text) > 0.6 * len(text):
                return name
    return None


def _utf_8(body: bytes, source: str, said: list[tuple[str, str]]) -> Decoded | None:
    """The bytes as UTF-8, where they are that but for a few; None where they are not."""
    if body.isascii():
        seven = next((name for name, _ in said if name in _SEVEN_BITS), None)
        return _replaced(body, seven, source, "page") if seven else Decoded(body.decode("ascii"), ())
    try:
        text = body.decode()
    except UnicodeDecodeError:
        found = _replaced(body, "utf-8", source, "bytes")
        bad = found.text.count("\ufffd")
        beyond = sum(not c.isascii() for c in found.text) - bad if bad < len(body) // 20 else 0
        # One slip in a text of many such letters; letters of an older set would hardly ever fall into its pattern
        return found if beyond > 10 * bad else None
    other = next((name for name, _ in said if name != "utf-8"), None)
    if other is None:
        return Decoded(text, ())
    return Decoded(text, (Rejection(source, f"It is declared to be {_shown(other)}; by its bytes it is UTF-8."),))


def _legacy(body: bytes, source: str, said: list[tuple[str, str]]) -> Decoded:
    sample = _sample(body)
    notes: list[Rejection] = []
    for name, reason in said:
        text = _strictly(body, name)
        if text is None:
            notes.append(Rejection(source, f"It is declared to be {_shown(name)}, which it is not."))
            continue
        better = _better(sample, name)
        if better is None or (other := _strictly(body, better)) is None:
            if len(said) > 1 and said[0][0] != said[1][0] and reason == "header":
                told = f"The header says {_shown(name)}, the page {_shown(said[1][0])}; the header was believed."
                notes.append(Rejection(source, told))
            return Decoded(text, tuple(notes), name, reason)
        told = f"It is declared to be {_shown(name)}; by its letters it was read as {better}, with low confidence."
        return Decoded(other, (*notes, Rejection(source, told)), better, "guess")
    for name in _guesses(sample):
        text = _strictly(body, name)
        if text is not None:
            sure = "" if name in _CYRILLIC else ", with low confidence"
            notes.append(Rejection(source, f"The encoding is not UTF-8 and was guessed to be {name}{sure}."))
            return Decoded(text, tuple(notes), name, "guess")
    raise AssertionError("latin-1 reads any byte")


def _strictly(body: bytes, name: str) -> str | None:
    """The bytes in a set that pages may declare; None where they are not of it, or where it is no such set."""
    if not (_DECLARABLE.match(name) or name in _SEVEN_BITS):
        return None
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _sample(body: bytes) -> bytes:
    """The stretches between markup in which there is more than ASCII."""
    parts = re.split(rb"[<>\r\n]", body[: 40 * _LOOK])
    return b"\n".join(part[:2000] for part in parts if not part.isascii())[:_LOOK]


def _better(sample: bytes, declared: str) -> str | None:
    """A Cyrillic set in which the bytes make far better words than in the declared one."""
    named = _closeness(sample, declared)
    best = _cyrillic(sample)
    if best is None or _same(best, declared) or _closeness(sample, best) < named + 0.2:
        return None
    return best


def _cyrillic(sample: bytes) -> str | None:
    """The set in which the bytes beyond ASCII read as Cyrillic words; None where most letters are Latin, or none fits."""
    high = sum(byte >= 128 for byte in sample)
    low = sum(chr(byte).isalpha() for byte in sample if byte < 128)
    if high < max(_FEW, low):
        return None
    best = max(_CYRILLIC, key=lambda name: _closeness(sample, name))
    return best if _closeness(sample, best) > 0.45 else None


def _closeness(sample: bytes, name: str) -> float:
    """Share of the letters beyond ASCII that are usual ones of Cyrillic, less those in capitals within a word."""
    text = sample.decode(name, "replace")
    letters = [c for c in text if not c.isascii()]
    capitals = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return (sum(c in _USUAL for c in map(str.lower, letters)) - 2 * capitals) / max(len(letters), 1)


def _same(one: str, other: str) -> bool:
    return one == other or {one, other} <= {"koi8-r", "koi8-u"}


def _guesses(sample: bytes) -> Iterator[str]:
    """What the bytes may be, best first."""
    if cyrillic := _cyrillic(sample):
        yield cyrillic
    elif sum(byte >= 128 for byte in sample) >= _FEW:
        # Loaded here, since hardly any page comes to it
        from charset_normalizer import from_bytes

        best = from_bytes(sample, preemptive_behaviour=False).best()
        if best is not None and _DECLARABLE.match(_name(best.encoding)):
            yield _name(best.encoding)
    yield "cp1252"
    yield "latin-1"


def _shown(name: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in name[:30])
    return shown.upper() if name.startswith("utf") else shown
