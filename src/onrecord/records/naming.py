"""How ids are made."""

import hashlib
import json


def digest(*values: object) -> str:
    """SHA-256, in hex, of the values as canonical JSON: the way ids are made."""
    packed = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(packed.encode()).hexdigest()
