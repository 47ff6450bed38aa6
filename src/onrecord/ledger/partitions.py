"""In which parts a server keeps the claims: by stretches of days, made as days come in.

A part is a table of its own, with indexes of its own, so that a search that begins at the newest day opens few of them, and what
is loaded goes into small indexes. A month has one; where a month, or the ledger, holds much, each day has. There is no part for
whatever fits nowhere: one would have to be locked, and its readers waited for, whenever another part is made beside it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

UNDATED = date.min
"""The day of claims of stories that nobody knows the day of. It comes first, and so last in a search."""

_MUCH = 50_000
"""Claims that come for one month at once, from which on each of its days gets a part."""
_LARGE = 250_000
"""Readings in a ledger, from which on each new day gets a part."""
_MOST = 400
"""Parts of the usual width. A question that opens all holds a lock on each and on its indexes, and a server has some thousands:
later days share what lies between two parts.
"""
_FUNCTION = """
CREATE FUNCTION claim_part(first date, behind date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = {space}, pg_temp SET datestyle = 'ISO' AS $$
DECLARE part text := format('claim_%%s_%%s', coalesce(to_char(first, 'YYYYMMDD'), 'first'),
                            coalesce(to_char(behind, 'YYYYMMDD'), 'last'));
BEGIN
  IF (SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass('claim')) >= {most} THEN
    RAISE EXCEPTION 'the claims are in too many parts' USING ERRCODE = 'program_limit_exceeded';
  END IF;
  EXECUTE format('CREATE TABLE %%I (LIKE claim INCLUDING ALL)', part);
  EXECUTE format('ALTER TABLE claim ATTACH PARTITION %%I FOR VALUES FROM (%%s) TO (%%s)', part,
                 coalesce(quote_literal(first), 'MINVALUE'), coalesce(quote_literal(behind), 'MAXVALUE'));
END $$"""
# Each half is read as it was written: both follow the same setting of the session
_HELD = """
SELECT CAST(substring(said FROM 'FROM \\(''([^'']+)''') AS date) AS first,
       CAST(substring(said FROM 'TO \\(''([^'']+)''') AS date) AS behind
FROM (SELECT pg_get_expr(c.relpartbound, c.oid) AS said FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = to_regclass('claim')) AS parts"""


@dataclass(frozen=True, slots=True)
class Part:
    """Days that lie in one table: from `first` on, and before `behind`; None: all there are on that side."""

    first: date | None
    behind: date | None

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return (self.first is None or self.first <= day) and (self.behind is None or day < self.behind)


def make_function(connection: sa.Connection) -> None:
    """Makes what makes parts, and the part of what has no day. It works as the owner of the tables for whoever may call it, so that
    a second user, who owns nothing, adds stories of new days; all that it does is to make an empty part.
    """
    space = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    quoted = connection.dialect.identifier_preparer.quote(space).replace("%", "%%")
    connection.exec_driver_sql(_FUNCTION.format(space=quoted, most=3 * _MOST))
    connection.exec_driver_sql("REVOKE ALL ON FUNCTION claim_part(date, date) FROM PUBLIC")
    _make(connection, Part(None, UNDATED + timedelta(days=1)))


def held(connection: sa.Connection) -> list[Part]:
    """The parts there are, in the order of their days; one for all in a file."""
    if connection.dialect.name != "postgresql":
        return [Part(None, None)]
    found = [Part(row.first, row.behind) for row in connection.exec_driver_sql(_HELD)]
    return sorted(found, key=lambda part: part.first or date.min)


def make_room(connection: sa.Connection, days: Iterable[date], readings: int) -> None:
    """Makes the parts that claims of those days need, each day as often as a claim has it. readings: how many the ledger holds."""
    if connection.dialect.name == "postgresql":
        for part in due(held(connection), Counter(days), readings):
            _make(connection, part)


def due(parts: Sequence[Part], claims: Mapping[date, int], readings: int) -> list[Part]:
    """The parts that are missing for so many claims of each day."""
    months = Counter[tuple[int, int]]()
    for day, count in claims.items():
        months[day.year, day.month] += count
    made: list[Part] = []
    for day in sorted(claims):
        there = [*parts, *made]
        if any(part.holds(day) for part in there):
            continue
        first = max((part.behind for part in there if part.behind is not None and part.behind <= day), default=None)
        behind = min((part.first for part in there if part.first is not None and part.first > day), default=None)
        if len(there) < _MOST:
            by_day = readings >= _LARGE or months[day.year, day.month] >= _MUCH
            wanted = _of_day(day) if by_day else _of_month(day)
            first = max(filter(None, (first, wanted.first)), default=None)
            behind = min(filter(None, (behind, wanted.behind)), default=None)
        made.append(Part(first, behind))
    return made


def _of_day(day: date) -> Part:
    return Part(day, day + timedelta(days=1) if day < date.max else None)


def _of_month(day: date) -> Part:
    first = day.replace(day=1)
    return Part(first, (first + timedelta(days=31)).replace(day=1) if (day.year, day.month) != (9999, 12) else None)


def _make(connection: sa.Connection, part: Part) -> None:
    connection.execute(sa.select(sa.func.claim_part(sa.cast(part.first, sa.Date), sa.cast(part.behind, sa.Date))))
