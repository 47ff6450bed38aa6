"""Rows as other programs have to read them: days, moments and numbers as such."""

from datetime import UTC, date, datetime
from typing import Any

from onrecord.exports.private import Cell
from onrecord.exports.sheets import Column


def value(cell: Cell, column: Column) -> Any:
    """A cell as a value of its type."""
    if cell is None or not isinstance(cell, str):
        return cell
    if column.type == "date":
        return date.fromisoformat(cell)
    return datetime.fromisoformat(cell).astimezone(UTC) if column.type == "datetime" else cell
