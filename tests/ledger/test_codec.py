"""What is kept as JSON comes back as the record it was, and equal records are equal bytes."""

import dataclasses
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from onrecord import records
from onrecord.ledger.codec import decode, encode
from onrecord.ledger.schema import UTCDateTime

LETTERS = 'aZ 0"\\\n\t/“é\u0301\u2028\u200f\ufffd\x7f\x01\U0001f6a2'


def several(origin: Any, args: tuple[Any, ...], chance: random.Random) -> Any:
    """A tuple, or a table of words to values."""
    count = chance.choice((0, 1, 2))
    if origin is not tuple:
        return {str(number): made(args[1], chance) for number in range(count)}
    return tuple(made(arg, chance) for arg in (args if args[-1] is not Ellipsis else args[:1] * count))


def made(type_: Any, chance: random.Random) -> Any:
    """Some value of a type that records are made of."""
    origin, args = get_origin(type_), get_args(type_)
    if dataclasses.is_dataclass(type_) and isinstance(type_, type):
        return type_(**{name: made(hint, chance) for name, hint in get_type_hints(type_).items()})
    if origin in (Union, UnionType):
        return made(chance.choice(args), chance)
    if origin is Literal:
        return chance.choice(args)
    if origin in (tuple, dict, Mapping):
        return several(origin, args, chance)
    simple = {
        str: lambda: "".join(chance.choices(LETTERS, k=chance.randrange(12))),
        int: lambda: chance.choice((0, 1, -1, 2**31, 2**63, 2**64 - 1)),
        float: lambda: chance.choice((0.0, -0.0, 0.1, -179.999999, 1e-300)),
        bool: lambda: chance.random() < 0.5,
        bytes: lambda: chance.randbytes(chance.randrange(9)),
        date: lambda: date.min + timedelta(days=chance.randrange(3_652_000)),
        datetime: lambda: datetime.min.replace(tzinfo=UTC) + timedelta(microseconds=chance.randrange(3 * 10**17)),
        type(None): lambda: None,
        object: lambda: None,
    }
    return simple[type_]()


RECORDS = [
    found
    for found in vars(records).values()
    if isinstance(found, type)
    and dataclasses.is_dataclass(found)
    and found.__module__.startswith(f"{records.__name__}.")
]


def test_there_are_records() -> None:
    assert {"Reading", "Incident", "Verdict", "Story"} <= {record.__name__ for record in RECORDS}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_comes_back(record: type) -> None:
    @settings(max_examples=50, deadline=None)
    @given(seed=st.integers(0, 2**32))
    def comes_back(seed: int) -> None:
        wanted = made(record, random.Random(seed))
        body = encode(wanted)
        found = decode(body, record)
        assert found == wanted
        assert encode(found) == body
        assert "\n" not in body

    comes_back()


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"kind":"byline","start":1}', '{"kind":"song","start":1,"end":2}'])
def test_another_body_is_no_record(body: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(body, records.Furniture)


DIALECT = sqlite.dialect()


@given(st.datetimes(timezones=st.timezones()))
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    try:
        wanted = moment.astimezone(UTC)
    except OverflowError:
        return
    kept = UTCDateTime().process_bind_param(moment, DIALECT)
    assert kept is not None
    assert kept.tzinfo is None
    assert UTCDateTime().process_result_value(kept, DIALECT) == wanted


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone: 2031-04-01"):
        UTCDateTime().process_bind_param(datetime(2031, 4, 1), DIALECT)  # noqa: DTZ001
    assert UTCDateTime().process_bind_param(None, DIALECT) is None
    assert UTCDateTime().process_result_value(None, DIALECT) is None
