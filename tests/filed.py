"""Small ledgers for the tests of codebooks: one incident of the harbour war, changed as a test asks."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

import invented
from onrecord.exports import files, sheets
from onrecord.exports.losses import Losses
from onrecord.exports.private import Row
from onrecord.pipeline import View
from onrecord.records import Bounds, Count, Incident, Quantity, Statement, When, Where

TOLD = invented.story()
VARNHOLM = Where("Varnholm", None, "Quelland", 54.5, -3.25, "exact", None)


def day(*days: date) -> When:
    return When(days[0], days[-1], "day" if len(days) == 1 else "days", None)


BASE = replace(
    invented.view(TOLD).derived.incidents[0],
    status="happened",
    killed=Bounds(6, 6, 8),
    statements=(),
    when=day(date(2031, 3, 31)),
    where=VARNHOLM,
    actor="Tern Brigade",
    target="dockers",
)


def incident(**changed: Any) -> Incident:
    return replace(BASE, **changed)


def ledger(*ones: Incident, counts: tuple[Count, ...] | None = None, plans: bool = False) -> View:
    """Those incidents, and the stories they are told in. counts: what the story counts instead of its six dockers."""
    found = invented.reading(TOLD)
    if counts is not None:
        first = found.events[0]
        mention = replace(first.mentions[0], counts=counts)
        found = replace(found, events=(replace(first, counts=counts, mentions=(mention,)), *found.events[1:]))
    seen = invented.view(TOLD)
    seen = replace(seen, reads=tuple(replace(read, reading=found) for read in seen.reads))
    derived = replace(
        seen.derived, incidents=ones, verdicts=(), standings=(), plans=seen.derived.plans if plans else ()
    )
    return replace(seen, derived=derived, decisions=())


def count(words: str, of: str | None, number: int | None = None, **how: Any) -> Count:
    """A count of dead at words of the story."""
    part = how.pop("part", False)
    return Count("killed", Quantity(number, **how), invented.span(TOLD, words), of, part)


def said(counted: Count, bounds: Bounds) -> Statement:
    """A credible statement of a source that rests on a count."""
    field = "killed_part" if counted.part else "killed"
    return Statement(field, counted.span.text, bounds, "Harbour Authority", TOLD.id, counted.span, True)


def lost(losses: Losses) -> set[tuple[str, str | None]]:
    return {(loss.act, loss.column) for loss in losses.met}


def table(form: str, seen: View) -> tuple[list[dict[str, str]], dict[str, Any]]:
    made = dict(files.made(seen, form))
    rows = list(csv.DictReader(io.StringIO(made[f"{form}.csv"].decode(), newline="")))
    return rows, json.loads(made["loss.json"])


NUMBER = st.none() | st.integers(0, 10**6)
WORDS = st.none() | st.text(min_size=1, max_size=20) | st.sampled_from(["soldiers", "rebels", "=A1", "dockers; nurses"])
KINDS = st.sampled_from(["air_strike", "armed_clash", "shooting", "arrest", "threat", "other", "bombing"])
DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    first = draw(DAYS)
    return incident(
        kind=draw(KINDS),
        when=draw(st.sampled_from([None, day(first), day(first, first + timedelta(days=draw(st.integers(1, 500))))])),
        where=draw(
            st.sampled_from([None, VARNHOLM, replace(VARNHOLM, lat=draw(st.floats(-90, 90)), precision="near")])
        ),
        actor=draw(WORDS),
        target=draw(WORDS),
        killed=Bounds(draw(NUMBER), draw(NUMBER), draw(NUMBER)),
        injured=Bounds(draw(NUMBER), draw(NUMBER), draw(NUMBER)),
    )


def parses(row: Row, columns: tuple[sheets.Column, ...]) -> None:
    types: dict[str, type | tuple[type, ...]] = {
        "integer": int,
        "number": (int, float),
        "string": str,
        "date": str,
        "boolean": bool,
    }
    assert [column.name for column in columns] == list(row)
    for column in columns:
        cell = row[column.name]
        assert cell is None or (isinstance(cell, types[column.type]) and cell != ""), (column.name, cell)
        if cell is not None and column.type == "date":
            date.fromisoformat(str(cell))
