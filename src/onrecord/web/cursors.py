"""Where a page of a list ended, as a word that a client hands back.

A cursor names the last row that was given, by what the list is sorted by and not by how many came before: rows that come
and go meanwhile move nothing.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from onrecord.web.failing import Refused

Key = tuple[str, ...]
"""What a list is sorted by; its last part is told of no other row."""

LONGEST = 1200


def encoded(table: str, order: str, key: Key) -> str:
    """The cursor behind a row of a list in one order."""
    said = json.dumps([table, order, *key], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(said.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def decoded(table: str, order: str, cursor: str, size: int) -> Key:
    """The key of the row that a cursor stands behind. size: how many parts the keys of the list have.

    Raises Refused (422) for what is no cursor of this list in this order.
    """
    try:
        given = json.loads(urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        given = None
    whole = isinstance(given, list) and all(isinstance(part, str) for part in given)
    if not whole or len(given) != size + 2 or given[:2] != [table, order]:
        raise Refused(422, "cursor: is none of this list in this order; take meta.next of the page before, as it is")
    return tuple(given[2:])
