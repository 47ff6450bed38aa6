"""Records ↔ canonical JSON: fields in the order of the record, no white space, so equal records are equal bytes."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def encode(record: object) -> str:
    """A record, or a tuple of them, as JSON."""
    return msgspec.json.encode(record).decode()


def decode(body: str, type_: type[T] | Any) -> T:
    """The record that `encode` was given. Raises msgspec.ValidationError where the JSON is not of that type."""
    record: T = msgspec.json.decode(body, type=type_)
    return record
