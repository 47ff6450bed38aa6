"""What the rows of every codebook are made of: an incident, with no private name in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from onrecord.exports.codebooks import lands, parties
from onrecord.exports.losses import Losses
from onrecord.exports.private import Private, Row
from onrecord.exports.tables import Rows
from onrecord.pipeline import View
from onrecord.records import Count, Event, Incident, digest

_NAME = re.compile(r"in-([0-9a-f]{8})\Z")


@dataclass(frozen=True, slots=True)
class Report:
    """A story that tells of an incident."""

    outlet: str | None
    headline: str
    day: date | None
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """An incident as a codebook sees it. row: of the table of incidents; days: its first and last, None where one of them is not known;
    reports: stories that tell of it, in the order of publication; killed: its counts of dead, by the place of their words.
    """

    incident: Incident
    row: Row
    days: tuple[date, date] | None
    land: lands.Land | None
    actor: parties.Party
    target: parties.Party
    reports: tuple[Report, ...]
    killed: dict[tuple[str, str, int], Count]

    @property
    def number(self) -> int:
        """A number that stands for the incident as long as its name does: the eight hex digits of the name, read as one."""
        named = _NAME.match(self.incident.id)
        return int(named[1] if named else digest(self.incident.id)[:8], 16)

    @property
    def acronym(self) -> str:
        """Three letters for its country."""
        return self.land.acronym if self.land is not None else lands.NOWHERE

    def listed(self, column: str) -> list[str]:
        """The values of a column of the row that holds several."""
        cell = self.row[column]
        return cell.split("; ") if isinstance(cell, str) else []

    def words(self, column: str) -> str | None:
        """A cell of the row that is text."""
        cell = self.row[column]
        return cell if isinstance(cell, str) else None


class Casebook:
    """The incidents of a view, for a codebook."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._rows = Rows(view, Private(view))

    @cached_property
    def _reports(self) -> dict[str, tuple[int, Report]]:
        found = {}
        for at, read in enumerate(self._view.reads):
            row, story = self._rows.story(read), read.story
            moment = story.published.start
            report = Report(_text(row["outlet"]), str(row["headline"]), moment.date() if moment else None, moment)
            found[story.id] = (at, report)
        return found

    @cached_property
    def _events(self) -> dict[str, Event]:
        return {event.id: event for read in self._view.reads for event in read.reading.events}

    def facts(self) -> Iterator[Facts]:
        """Each incident, in the order of the view."""
        for incident in self._view.derived.incidents:
            row, when = self._rows.incident(incident), incident.when
            held = {one: self._reports[one] for one in incident.stories if one in self._reports}
            yield Facts(
                incident,
                row,
                (when.start, when.end) if when is not None and when.start and when.end else None,
                lands.land(incident.where.country if incident.where is not None else None),
                parties.party(_text(row["actor"])),
                parties.party(_text(row["target"])),
                tuple(report for _, report in sorted(held.values(), key=lambda one: one[0])),
                self._killed(incident),
            )

    def _killed(self, incident: Incident) -> dict[tuple[str, str, int], Count]:
        held = (self._events[one] for one in incident.events if one in self._events)
        counts = (count for event in held for count in all_counts(event) if count.what == "killed")
        return {(count.span.story, count.span.part, count.span.start): count for count in counts}

    def not_happened(self, losses: Losses, codebook: str) -> None:
        """Every plan, threat and denial: none of them gets a row."""
        for plan in self._view.derived.plans:
            why = f"{codebook} has rows for what happened; this is told of as {plan.status}"
            losses.add(plan.id, "left out", None, plan.kind, None, why)


def all_counts(event: Event) -> Iterator[Count]:
    """The counts of an event, and those of each place that tells of it."""
    yield from event.counts
    for mention in event.mentions:
        yield from mention.counts


def withdrawn(facts: Facts) -> str | None:
    """Why an incident gets no row although it is in the ledger: everybody took back what was told of it. None where it does."""
    return f"withdrawn: {facts.row['grade_reason']}" if facts.row["grade"] == "withdrawn" else None


def numbers(low: int | None, best: int | None, high: int | None) -> str:
    """Bounds in words: "5", "5-6", "at least 5", "at most 6", "unknown"."""
    low = best if low is None else low
    if low is None:
        return "unknown" if high is None else f"at most {high}"
    if high is None:
        return f"at least {low}"
    return str(low) if low == high else f"{low}-{high}"


def several(values: Iterator[str] | list[str], separator: str) -> str | None:
    """Different values in one cell, in their order; a semicolon in one is a comma."""
    return separator.join(dict.fromkeys(one.replace(";", ",") for one in values)) or None


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None
