"""What runs on the machines of a cluster: record batches in, record batches out.

A task that is begun again, since its process died or its machine went away, reads each story in a process where it can harm no
other. One that fails every time ends by saying what it was to do: a run ends with all that could be read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from onrecord import stories
from onrecord.engines import local
from onrecord.families.copies import Matrix
from onrecord.families.fingerprint import PERMUTATIONS
from onrecord.families.stars import stars
from onrecord.records import Intake, Reading, Rejection, Story
from onrecord.settings import ReadOptions
from onrecord.stories import Gathered, Unchanged

TRIES = 4
"""How often a task is begun."""
LATE = 1 << 61
"""Added to the place of what comes after all that lies in files: the addresses that these list."""
NUMBERS = 1 << 32
"""How many places a file has."""

INPUTS = "at long, story string, told binary, body binary"
"""at: the place among all inputs; story, told: its id and the story, NULL where there is none; body: the input without its story."""
OUTCOMES = "at long, story string, state string, body string"
"""state: "read" with the reading, "failed" with the rejection, both as JSON, or "left" with the reason why it was not read."""

ENTRIES = "key long, n long"
"""One of each story's 128 values. key: of which column, times 2^32, plus the value; n: the story's number in order of time."""
PAIRS = "first long, second long"
EQUAL = "first long, second long, equal int"
"""equal: in how many values two stories agree."""

READ, FAILED, LEFT = "read", "failed", "left"

_ROWS, _BYTES = 64, 8_000_000
"""How much goes into one batch."""
_INPUTS = pa.schema([("at", pa.int64()), ("story", pa.string()), ("told", pa.binary()), ("body", pa.binary())])
_OUTCOMES = pa.schema([("at", pa.int64()), ("story", pa.string()), ("state", pa.string()), ("body", pa.string())])
_ENTRIES = pa.schema([("key", pa.int64()), ("n", pa.int64())])
_PAIRS = pa.schema([("first", pa.int64()), ("second", pa.int64())])
_EQUAL = pa.schema([("first", pa.int64()), ("second", pa.int64()), ("equal", pa.int32())])

Batches = Iterator[pa.RecordBatch]
Row = tuple[Any, ...]


def gather(batches: Batches, attempt: int, options: str) -> Batches:
    """Files → INPUTS. batches: "file", its number, and "path"; attempt: how often this was begun before; options: ReadOptions as
    JSON, for what is sent with a task is unpacked before this package can be found.
    """
    return _batched(_gathered(batches, msgspec.json.decode(options, type=ReadOptions), attempt), _INPUTS)


def read(batches: Batches, attempt: int) -> Batches:
    """Stories → OUTCOMES. batches: "at", "story" and "told"; attempt: how often this was begun before."""
    return _batched(_read(batches, attempt), _OUTCOMES)


def _gathered(batches: Batches, options: ReadOptions, attempt: int) -> Iterator[Row]:
    for batch in batches:
        for file, path in zip(batch["file"].to_pylist(), batch["path"].to_pylist(), strict=True):
            place = file * NUMBERS
            if attempt >= TRIES - 1:
                reason = f"the process that took it apart, or what lies beside it, died {TRIES - 1} times"
                source = stories.shown(path)
                yield place, None, None, encoded(Intake(source, "failed", None, None, (Rejection(source, reason),)))
                continue
            for number, item in enumerate(stories.gather([path], options, None, 1)):
                late = LATE if stories.unasked(item) is not None else 0
                story = item.story if isinstance(item, Intake) else None
                told = msgspec.msgpack.encode(story) if story is not None else None
                yield place + number + late, story and story.id, told, encoded(item)


def _read(batches: Batches, attempt: int) -> Iterator[Row]:
    for batch in batches:
        told = [msgspec.msgpack.decode(body, type=Story) for body in batch["told"].to_pylist()]
        for at, story, (state, body) in zip(batch["at"].to_pylist(), told, _outcomes(told, attempt), strict=True):
            yield at, story.id, state, body


def _outcomes(told: Sequence[Story], attempt: int) -> Iterator[tuple[str, str]]:
    if attempt >= TRIES - 1:
        reason = f"the process that read it, or a story beside it, died {TRIES - 1} times"
        yield from ((LEFT, reason) for _ in told)
        return
    outcomes = map(local.outcome_of, told) if not attempt else local.outcomes_alone(list(told))
    for outcome in outcomes:
        yield READ if isinstance(outcome, Reading) else FAILED, msgspec.json.encode(outcome).decode()


def entries(batches: Batches, attempt: int) -> Batches:
    """Signatures → ENTRIES. batches: "n", a story's number, and "values", its 128 values as bytes."""
    for batch in batches:
        values = _values(batch["values"]).astype(np.int64)
        keys = values + (np.arange(PERMUTATIONS, dtype=np.int64) << 32)
        numbers = np.repeat(batch["n"].to_numpy(), PERMUTATIONS)
        yield pa.RecordBatch.from_arrays([pa.array(keys.ravel()), pa.array(numbers)], schema=_ENTRIES)


def starred(batches: Batches, attempt: int) -> Batches:
    """ENTRIES → PAIRS. batches: all entries of each key that is among them."""
    whole = list(batches)
    keys = np.concatenate([np.zeros(0, dtype=np.int64), *(batch["key"].to_numpy() for batch in whole)])
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *(batch["n"].to_numpy() for batch in whole)])
    first, second = stars(keys, rows)
    yield pa.RecordBatch.from_arrays([pa.array(first), pa.array(second)], schema=_PAIRS)


def agreeing(batches: Batches, attempt: int) -> Batches:
    """Pairs → EQUAL. batches: "first", "second", and "these" and "those", their values as bytes."""
    for batch in batches:
        equal = (_values(batch["these"]) == _values(batch["those"])).sum(axis=1).astype(np.int32)
        yield pa.RecordBatch.from_arrays([batch["first"], batch["second"], pa.array(equal)], schema=_EQUAL)


def _values(column: pa.Array) -> Matrix:
    return np.frombuffer(b"".join(column.to_pylist()), dtype=np.uint32).reshape(len(column), PERMUTATIONS)


def encoded(item: Gathered) -> bytes:
    """An input without its story, as bytes."""
    if isinstance(item, Unchanged):
        return b"\0" + item.source.encode("utf-8", "surrogatepass")
    return msgspec.msgpack.encode(replace(item, story=None))


def decoded(body: bytes, told: bytes | None) -> Gathered:
    """The input that `encoded` was given, with its story."""
    if body[:1] == b"\0":
        return Unchanged(body[1:].decode("utf-8", "surrogatepass"))
    item = msgspec.msgpack.decode(body, type=Intake)
    return item if told is None else replace(item, story=msgspec.msgpack.decode(told, type=Story))


def _batched(rows: Iterator[Row], schema: pa.Schema) -> Batches:
    some: list[Row] = []
    size = 0
    for row in rows:
        some.append(row)
        size += sum(len(value) for value in row if isinstance(value, bytes | str))
        if len(some) == _ROWS or size > _BYTES:
            yield _batch(some, schema)
            some, size = [], 0
    if some:
        yield _batch(some, schema)


def _batch(rows: Sequence[Row], schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
