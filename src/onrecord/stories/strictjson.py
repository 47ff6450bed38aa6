"""JSON read as strictly as a ledger needs it: no key twice, no number that is none, no depth without end."""

import codecs
import json
from typing import Any

_LONGEST_NUMBER = 18  # digits that are worth making a number of; longer ones stay words
_MOST = 1_000_000  # objects and lists; each takes more memory than its two signs say


def characters(body: bytes) -> str:
    """The text of a file of JSON, which is UTF-8, or UTF-16 with its mark.

    Raises:
        ValueError: it is neither. Nothing is guessed: a name in it may be what a story is known by.
    """
    try:
        if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return body.decode("utf-16")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"its byte {error.start + 1} is not {error.encoding.upper()}") from None


def dumps(value: object) -> bytes:
    """A value that was read here, as JSON again."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def loads(text: str) -> Any:
    """The value of a JSON text. Numbers with a point or an exponent, and long ones, stay the words they were written
    in, so that none is ever rounded or endless.

    Raises:
        ValueError: it is no JSON, has a key twice in one object, holds NaN or Infinity, or is nested too deeply; the
            message says which.
    """
    if text.count("{") + text.count("[") > _MOST:
        raise ValueError(f"it holds more than {_MOST} objects and lists")
    try:
        return json.loads(
            text,
            strict=False,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_NUMBER else digits,
            parse_float=str,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f'"{twice[:40]}" is in it twice')
    return made


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON value")
