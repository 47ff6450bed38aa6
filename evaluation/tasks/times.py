"""Time expressions with their values, anchored on the day of the document."""

from datetime import date

from evaluation import rows
from evaluation.rows import BadInput, Row
from evaluation.tasks.order import Order
from onrecord.wording import times as timexes


def times(order: Order) -> list[Row]:
    """One row a document. An expression without a value is left out: the scorer knows none."""
    documents = rows.read(order.input, ("id", "text"))
    return [{"id": row["id"], "timexes": _timexes(row, _day(row, order))} for row in documents]


def _timexes(row: Row, anchor: date | None) -> list[Row]:
    return [
        {"span": [found.start, found.end], "type": found.type, "value": found.value}
        for found in timexes.find(row["text"], anchor)
        if found.value is not None
    ]


def _day(row: Row, order: Order) -> date | None:
    words = row.get("dct")
    if words is None:
        return None
    try:
        return date.fromisoformat(words[:10])
    except (TypeError, ValueError) as error:
        raise BadInput(f'{order.input}: row "{row["id"]}": "dct" is {words!r}, and no day as 1998-02-06') from error
