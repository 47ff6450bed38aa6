"""What Parquet cannot hold is told."""

import io

import pyarrow as pa
import pytest
from pyarrow import parquet as reader

from onrecord.exports import parquet
from onrecord.exports.losses import Losses
from onrecord.exports.sheets import Column, Sheet

COLUMNS = (Column("id", "a name"), Column("number", "how many", "integer"), Column("at", "when", "datetime"))


def read(rows: list[dict[str, object]], losses: Losses) -> pa.Table:
    made = parquet.as_parquet(Sheet("things", COLUMNS, rows), losses)  # type: ignore[arg-type]
    assert made.name == "things.parquet"
    return reader.read_table(io.BytesIO(made.data))


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0, None])
def test_whole_numbers_come_back(number: int | None) -> None:
    losses = Losses()
    assert read([{"id": "a", "number": number, "at": None}], losses)["number"].to_pylist() == [number]
    assert losses.met == []


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_of_more_than_64_bits_is_dropped_and_told(number: int) -> None:
    losses = Losses()
    assert read([{"id": "a", "number": number, "at": None}], losses)["number"].to_pylist() == [None]
    ((record, act, column),) = [(one.record, one.act, one.column) for one in losses.met]
    assert (record, act, column) == ("a", "dropped", "number")


def test_moments_are_in_utc_and_empty_tables_have_their_types() -> None:
    found = read([{"id": "a", "number": None, "at": "2031-04-01T02:00:00+03:00"}], Losses())
    assert found["at"].to_pylist()[0].isoformat() == "2031-03-31T23:00:00+00:00"
    assert read([], Losses()).schema.types == [pa.string(), pa.int64(), pa.timestamp("us", "UTC")]
