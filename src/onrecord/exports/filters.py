"""Which rows of a table a user asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args

from onrecord.errors import WrongUse
from onrecord.exports.private import Cell, Row
from onrecord.exports.tables import rows
from onrecord.pipeline import View
from onrecord.records import EventKind, Incident, Plan, Status

HAPPENED = ("happened", "ongoing")


@dataclass(frozen=True, slots=True)
class Filter:
    """What to keep; None keeps everything.

    since, until: days, both included; a row without a date is kept only where neither is asked for. place, actor,
    outlet: any part of the name, whatever the case. kind, status: words of the closed lists; another one raises
    WrongUse. campaign: the whole name of one.
    """

    since: date | None = None
    until: date | None = None
    place: str | None = None
    kind: str | None = None
    actor: str | None = None
    status: str | None = None
    outlet: str | None = None
    campaign: str | None = None

    def __post_init__(self) -> None:
        for word, allowed, name in ((self.kind, EventKind, "--kind"), (self.status, Status, "--status")):
            if word is not None and word not in get_args(allowed):
                raise WrongUse(f"{name} {word}: is not one of {', '.join(get_args(allowed))}")
        if self.since and self.until and self.until < self.since:
            raise WrongUse(f"--until {self.until} lies before --since {self.since}")

    def keeps(self, row: Mapping[str, Cell]) -> bool:
        """Whether a row is asked for. Columns are looked up by name; what a row does not have cannot match."""
        return (
            self._in_time(row)
            and _part(self.place, row, "place", "country")
            and _part(self.actor, row, "actor", "source_name")
            and _part(self.outlet, row, "outlet", "reports", "outlets")
            and _same(self.kind, row, "kind")
            and _same(self.status, row, "status")
            and _same(self.campaign, row, "campaigns")
        )

    def _in_time(self, row: Mapping[str, Cell]) -> bool:
        if self.since is None and self.until is None:
            return True
        first = row.get("first_day") or row.get("as_of") or row.get("published")
        last = row.get("last_day") or first
        if not first or not last:
            return False
        return not (
            (self.since and str(last)[:10] < self.since.isoformat())
            or (self.until and str(first)[:10] > self.until.isoformat())
        )


def _part(wanted: str | None, row: Mapping[str, Cell], *columns: str) -> bool:
    if wanted is None:
        return True
    return any(wanted.casefold() in str(row.get(column) or "").casefold() for column in columns)


def _same(wanted: str | None, row: Mapping[str, Cell], column: str) -> bool:
    return wanted is None or wanted in str(row.get(column) or "").split("; ")


def check(view: View, wanted: Filter) -> None:
    """Raises WrongUse where what is asked for is not in this ledger: a campaign that nobody has started."""
    known = [campaign.name for campaign in view.campaigns]
    if wanted.campaign is not None and wanted.campaign not in known:
        raise WrongUse(
            f"--campaign {wanted.campaign}: is not one of {', '.join(known) or 'none: there are no campaigns'}"
        )


def select(view: View, table: str, wanted: Filter) -> list[Row]:
    """The rows of a table that are asked for. Incidents and plans also match by the outlets of their stories, claims by
    the events that they tell of; tallies, families and mutations by those that their story tells of, and by its
    publication.
    """
    check(view, wanted)
    return [row for row, wide in zip(rows(view, table), _widened(view, table), strict=True) if wanted.keeps(wide)]


def _widened(view: View, table: str) -> Iterator[Row]:
    found = rows(view, table)
    if table in ("incidents", "plans"):
        return with_outlets(view, found)
    if table == "claims":
        return _with_events(found, _events_by(view, lambda event: str(event["claims"] or "").split("; ")), "id")
    return _with_events(_with_published(view, found), _events_by(view, lambda event: [str(event["story"])]), "story")


def _with_published(view: View, found: Iterable[Row]) -> Iterator[Row]:
    published = {r["name"] or r["id"]: r["published"] for r in rows(view, "stories")}
    return ({**row, "published": published.get(row["story"])} for row in found)


def with_outlets(view: View, found: Iterable[Row]) -> Iterator[Row]:
    """Rows of incidents or plans with a column more: the outlets of their stories."""
    outlets = {read.story.name or read.story.id: read.story.outlet or "" for read in view.reads}
    for row in found:
        names = str(row["stories"] or "").split("; ")
        yield {**row, "outlets": "; ".join(outlets.get(name, "") for name in names)}


def _events_by(view: View, names: Callable[[Row], list[str]]) -> dict[str, list[Row]]:
    """The rows of events, under each of the names that a row of events has."""
    told: dict[str, list[Row]] = {}
    merged: list[Incident | Plan] = [*view.derived.incidents, *view.derived.plans]
    belongs = {one.id: "; ".join(one.campaigns) for one in merged}
    for event in rows(view, "events"):
        event["campaigns"] = belongs.get(str(event["incident"]))
        for name in names(event):
            told.setdefault(name, []).append(event)
    return told


def _with_events(found: Iterable[Row], told: dict[str, list[Row]], key: str) -> Iterator[Row]:
    for row in found:
        events = told.get(str(row[key]), [])
        yield {
            **row,
            **{
                c: "; ".join(str(e[c]) for e in events if e[c])
                for c in ("kind", "status", "place", "country", "actor", "campaigns")
            },
        }
