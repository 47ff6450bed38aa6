"""The ledger as Parquet, for programs that count: a file a table, each column of its type and with its meaning."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.exports import tables
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty
from onrecord.exports.private import Cell
from onrecord.exports.sheets import Column, ColumnType, Sheet
from onrecord.pipeline import View

_TYPES: dict[ColumnType, Any] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}
_LARGEST = 2**63


def files(view: View) -> Iterator[File]:
    """A file a table, the codebook, and what the files could not hold."""
    losses, written = Losses(), dict[str, int]()
    for sheet in tables.sheets(view):
        made = as_parquet(sheet, losses)
        written[made.name] = len(sheet.rows)
        yield made
    yield codebook(tables.empty_sheets())
    yield pretty("loss.json", losses.report("parquet", "Apache Parquet, whole numbers of 64 bits", written))


def as_parquet(sheet: Sheet, losses: Losses) -> File:
    """A table as a file of Parquet. losses: takes in the numbers that have more than 64 bits, which are not written."""
    schema = pa.schema(
        [pa.field(one.name, _TYPES[one.type], metadata={"meaning": one.meaning}) for one in sheet.columns]
    )
    columns = [pa.array(_cells(sheet, one, losses), _TYPES[one.type]) for one in sheet.columns]
    held = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), held, compression="zstd", version="2.6")
    return File(f"{sheet.name}.parquet", held.getvalue(), sheet)


def _cells(sheet: Sheet, column: Column, losses: Losses) -> Sequence[object]:
    cells = [row[column.name] for row in sheet.rows]
    if column.type == "date":
        return [date.fromisoformat(str(cell)) if cell is not None else None for cell in cells]
    if column.type == "datetime":
        return [datetime.fromisoformat(str(cell)).astimezone(UTC) if cell is not None else None for cell in cells]
    if column.type == "integer":
        return [_fitting(cell, number, sheet, column, losses) for number, cell in enumerate(cells)]
    return cells


def _fitting(cell: Cell, number: int, sheet: Sheet, column: Column, losses: Losses) -> Cell:
    if not isinstance(cell, int) or -_LARGEST <= cell < _LARGEST:
        return cell
    record = str(sheet.rows[number].get("id") or f"{sheet.name} {number + 1}")
    losses.add(record, "dropped", column.name, cell, None, "whole numbers have 64 bits")
    return None
