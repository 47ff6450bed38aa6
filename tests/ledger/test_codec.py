"""What is kept as JSON comes back as the record it was, and equal records are equal bytes."""

import dataclasses
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from onrecord import records
from onrecord.ledger.codec import decode, encode
from onrecord.ledger.schema import UTCDateTime

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(str, st.text(max_size=8))
RECORDS = [
    found
    for found in vars(records).values()
    if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == records.__name__
]


def test_there_are_records() -> None:
    assert {"Reading", "Incident", "Verdict", "Story"} <= {record.__name__ for record in RECORDS}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_every_record_comes_back(record: type) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made=st.from_type(record))
    def comes_back(made: object) -> None:
        body = encode(made)
        found = decode(body, record)
        assert found == made
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
