"""Does a record have the checksum that it gives?"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

_LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}


class Checked(NamedTuple):
    """right: the checksums that hold, as given; wrong: the one that does not, "" where none; odd: sentences on what
    could not be checked.
    """

    right: tuple[str, ...]
    wrong: str
    odd: tuple[str, ...]


def check(block: tuple[str | None, Sequence[bytes]], payload: tuple[str | None, Sequence[bytes]]) -> Checked:
    """Each checksum as given ("sha1:...", base 32 or hexadecimal), and the forms of which one must have it.

    Where the block as a whole has its checksum, one of the payload that does not hold is only odd: archivers differ
    about what the payload is.
    """
    right: list[str] = []
    odd: list[str] = []
    wrong = ""
    for name, (given, forms) in (("block", block), ("payload", payload)):
        if given is None:
            continue
        algorithm, _, value = given.partition(":")
        algorithm = algorithm.strip().casefold().replace("-", "")
        wanted = _bytes(value.strip(), _LENGTHS.get(algorithm, 0))
        if wanted is None:
            odd.append(f"The checksum of the {name} is of a kind that is not known and was not checked.")
        elif any(hashlib.new(algorithm, form, usedforsecurity=False).digest() == wanted for form in forms):
            right.append(given)
        elif right:
            odd.append(f"The {name} does not have the checksum given, though the whole record has its own.")
        else:
            wrong = wrong or given[:100]
    return Checked(tuple(right), wrong, tuple(odd))


def _bytes(value: str, length: int) -> bytes | None:
    if not length:
        return None
    try:
        if len(value) == 2 * length:
            return binascii.unhexlify(value)
        made = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None
    return made if len(made) == length else None
