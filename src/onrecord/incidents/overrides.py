"""An incident or a plan with the values that people set on it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from onrecord.records import Bounds, Incident, Plan, Quantity, Ruling, Statement, When, Where
from onrecord.wording.numbers import bounds

Row = Incident | Plan


def overridden(row: Row, rulings: Sequence[Ruling], profile: str) -> Row:
    """The row with those values; on an incident each stands among the statements too, under the id of its decision."""
    # A place that is set brings its country with it; a country that people set holds beside any place
    for ruling in sorted(rulings, key=lambda one: one.field == "country"):
        if ruling.field == "campaign":
            continue
        row = _SET[ruling.field or ""](row, ruling, profile)
        if isinstance(row, Incident):
            row = replace(row, statements=(*row.statements, _statement(row, ruling)))
    return row


def _statement(row: Incident, ruling: Ruling) -> Statement:
    field = ruling.field or ""
    held = getattr(row, {"date": "when", "place": "where", "country": "where"}.get(field, field))
    return Statement(field, _words(held), held if isinstance(held, Bounds) else None, ruling.decision, "", None, True)


def _words(held: object) -> str:
    if isinstance(held, Where):
        return held.name
    if isinstance(held, When):
        return str(held.start) if held.start == held.end else f"{held.start}/{held.end}"
    if isinstance(held, Bounds):
        return "-".join("?" if n is None else str(n) for n in (held.low, held.best, held.high))
    return "unknown" if held is None else str(held)


def _plain(row: Row, ruling: Ruling, _profile: str) -> Row:
    changes: dict[str, Any] = {ruling.field or "": ruling.value}
    return replace(row, **changes)


def _when(row: Row, ruling: Ruling, _profile: str) -> Row:
    return replace(row, when=cast("When | None", ruling.value)) if isinstance(row, Incident) else row


def _where(row: Row, ruling: Ruling, _profile: str) -> Row:
    return replace(row, where=cast("Where | None", ruling.value))


def _country(row: Row, ruling: Ruling, _profile: str) -> Row:
    country = cast("str | None", ruling.value)
    where = row.where or (Where(country, None, None, None, None, "country", None) if country else None)
    return replace(row, where=replace(where, country=country) if where else None)


def _harm(row: Row, ruling: Ruling, profile: str) -> Row:
    if isinstance(row, Plan):
        # It was an incident when it was decided on
        return row
    value = ruling.value
    changes: dict[str, Any] = {
        ruling.field or "": bounds(value, profile) if isinstance(value, Quantity) else value or Bounds(None, None, None)
    }
    return replace(row, **changes)


_SET: dict[str, Callable[[Row, Ruling, str], Row]] = {
    "kind": _plain,
    "status": _plain,
    "actor": _plain,
    "target": _plain,
    "date": _when,
    "place": _where,
    "country": _country,
    "killed": _harm,
    "injured": _harm,
}
