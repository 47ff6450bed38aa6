"""Text of strangers, fit for a terminal: nothing in it moves the cursor, changes colours or turns the line around."""

import json
import re

# What a terminal obeys (C0, DEL, C1), what reorders a line (the marks and overrides of direction), half characters
_OBEYED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BLANKS = "\t\r\x0b\x0c\x85\u2028\u2029"


def harmless(text: str) -> str:
    """The text with each such character replaced by one that shows it, so that offsets hold. Line feeds stay."""
    return _OBEYED.sub(lambda match: _shown(match.group()), text)


def in_line(text: object) -> str:
    """The same in a single line; "" for None."""
    return "" if text is None else harmless(str(text)).replace("\n", " ")


def _shown(character: str) -> str:
    code = ord(character)
    if character in _BLANKS:
        return " "
    # The block of control pictures has a picture for each control character of ASCII, in their order
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def json_line(row: object, *, ascii_only: bool = False) -> str:
    """A JSON value in one line, which gives the same value back, and which a terminal can be shown."""
    line = json.dumps(row, ensure_ascii=ascii_only, allow_nan=False)
    return _OBEYED.sub(lambda match: f"\\u{ord(match.group()):04x}", line)
