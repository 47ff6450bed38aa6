"""What a published page shows of a record: words of sources as short quotations, and no name of a private person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlsplit

from onrecord import incidents
from onrecord.exports.private import Private, Row, public_name
from onrecord.exports.tables import Rows, history_desk
from onrecord.incidents.stances import NARRATOR
from onrecord.pipeline import View
from onrecord.records import Bounds, Claim, Event, Incident, Plan, Read, Span, Statement, Tally
from onrecord.wording import numbers

QUOTED = 280
"""How many characters of a story are quoted at once, at most."""

_FIELDS: dict[str, tuple[str, ...]] = {
    "date": ("date",),
    "place": ("place",),
    "actor": ("actor", "responsibility"),
    "target": ("target",),
    "killed": ("killed", "killed_part"),
    "injured": ("injured", "injured_part"),
    "status": ("status",),
}
"""The values of an incident that are shown, each with the fields of statements that bear on it."""


class Cleared(str):
    """Text that was looked through for names of private persons, and is printed as it is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Cited:
    """A published text as it is cited. outlet, day, link: None where unknown. relation: how it stands to its origin, in words, None
    for an original.
    """

    outlet: Cleared | None
    day: date | None
    link: str | None
    relation: Cleared | None


@dataclass(frozen=True, slots=True)
class Said:
    """A statement for a value. counted: whether it bears on it. quote: the words; cited: where they stand; both None where a person
    has set the value.
    """

    value: Cleared
    source: Cleared
    counted: bool
    quote: Cleared | None
    cited: Cited | None


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an incident, None for unknown, with what it rests on."""

    name: str
    now: Cleared | None
    note: str | None
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """A story that tells of an incident or a plan: where it stands, its words, and on whom it rests."""

    cited: Cited
    quotes: tuple[Cleared, ...]
    sources: tuple[Cleared, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An incident or a plan. row: that of the table; title: what and where."""

    row: Row
    title: Cleared
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Happened(Told):
    """An incident. updated: the last day that bears on it; ghosts: whose own report is not held; former: names that lead to it."""

    killed: Bounds
    injured: Bounds
    values: tuple[Value, ...]
    reports: tuple[Cleared, ...]
    ghosts: tuple[Cleared, ...]
    sources: tuple[Cleared, ...]
    revisions: tuple[Row, ...]
    reasons: tuple[str, ...]
    updated: date | None
    former: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A stated total, with the verdict on it."""

    row: Row
    stated: Bounds
    ledger: Bounds
    quote: Cleared
    cited: Cited
    incidents: tuple[str, ...]


class Shown:
    """Makes what pages show of a view. updated: the last day that bears on each incident and plan."""

    def __init__(self, view: View, updated: dict[str, date]) -> None:
        self.view = view
        self.private = Private(view)
        self.rows = Rows(view, self.private)
        self.updated = updated
        self._done: dict[tuple[str, str], Cleared] = {}

    @cached_property
    def revisions(self) -> dict[str, tuple[Row, ...]]:
        """What each incident said before, by its id."""
        desk = history_desk(self.view)
        return {one.id: tuple(self.rows.revisions(one, desk)) for one in self.view.derived.incidents}

    @cached_property
    def _reads(self) -> dict[str, Read]:
        return {read.story.id: read for read in self.view.reads}

    @cached_property
    def _told(self) -> dict[str, tuple[Read, Event]]:
        return {event.id: (read, event) for read in self.view.reads for event in read.reading.events}

    @cached_property
    def _former(self) -> dict[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for name, state, into in incidents.ends(self.view.names):
            if state == "redirected" and into is not None:
                found[into].append(name)
        return found

    # ---- words

    def cell(self, column: str, value: str) -> Cleared:
        """A value as an export has it in that column. Most are told many times, and looked through once."""
        if (column, value) not in self._done:
            said = str(self.private.withheld({column: value})[column])
            self._done[column, value] = Cleared(said if column in _NO_PERSONS else self.private.masked(said))
        return self._done[column, value]

    def quoted(self, span: Span) -> Cleared:
        """The words of a span, names blotted out and then cut: half a name is a name."""
        words = " ".join(self.private.masked(span.text).split())
        return Cleared(words if len(words) <= QUOTED else words[: QUOTED - 1].rstrip() + "…")

    def cited(self, story: str) -> Cited | None:
        """Where a story was published; None for a story that is not among those published here."""
        read = self._reads.get(story)
        if read is None:
            return None
        told = read.story
        outlet = self.cell("outlet", told.outlet) if told.outlet else None
        return Cited(outlet, told.published.day, self._link(told.url), self._relation(story))

    def _link(self, url: str | None) -> str | None:
        """An address of the web that a page may lead to."""
        try:
            parts = urlsplit(url or "")
        except ValueError:
            return None
        fit = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        return self.private.address(url) if fit else None

    def _relation(self, story: str) -> Cleared | None:
        found = self.rows.derivations.get(story)
        if found is None or found.relation == "original":
            return None
        origin = self._reads.get(found.origin or "")
        whose = origin.story.outlet if origin is not None else found.ghost
        said = found.relation.replace("_", " ")
        return Cleared(f"{said} of {self.cell('outlet', whose)}" if whose else said)

    # ---- records

    def incident(self, one: Incident) -> Happened:
        """An incident."""
        row = self.rows.incident(one)
        named = [self.cell("reports", report) for report in one.reports]
        return Happened(
            row,
            title(row),
            self._tellings(one),
            one.killed,
            one.injured,
            tuple(self._values(one, row)),
            tuple(report for report in named if not report.startswith(_GHOST)),
            tuple(Cleared(report.removeprefix(_GHOST)) for report in named if report.startswith(_GHOST)),
            tuple(self.cell("source", source) for source in one.sources),
            self.revisions[one.id],
            one.reasons,
            self.updated.get(one.id),
            tuple(self._former.get(one.id, ())),
        )

    def plan(self, one: Plan) -> Told:
        """A plan, a threat, a possibility or a denial."""
        row = self.rows.plan(one)
        return Told(row, title(row), self._tellings(one))

    def totals(self) -> Iterator[Total]:
        """The stated totals, in the order of publication."""
        for read in self.view.reads:
            for tally in read.reading.tallies:
                yield self._total(read, tally)

    def _total(self, read: Read, tally: Tally) -> Total:
        row = self.rows.tally(read, tally)
        verdict = self.rows.verdicts.get(tally.id)
        cited = self.cited(read.story.id) or Cited(None, None, None, None)
        ledger = verdict.ledger if verdict is not None and verdict.ledger is not None else _NOTHING
        behind = verdict.incidents if verdict is not None else ()
        return Total(row, numbers.bounds(tally.quantity), ledger, self.quoted(tally.span), cited, behind)

    def _values(self, one: Incident, row: Row) -> Iterator[Value]:
        for name, fields in _FIELDS.items():
            about = (each for each in one.statements if each.field in fields)
            said = tuple(map(self._said, sorted(about, key=lambda each: not each.credible)))
            now = _NOW[name](row)
            if now is not None or said:
                yield Value(name, None if now is None else Cleared(now), _note(name, row), said)

    def _said(self, one: Statement) -> Said:
        column = one.field if one.field in ("place", "actor", "target") else "value"
        return Said(
            self.cell(column, dated(one.value) if one.field == "date" else one.value.replace("_", " ")),
            self._source(one),
            one.credible,
            self.quoted(one.span) if one.span is not None else None,
            self.cited(one.story) if one.story else None,
        )

    def _source(self, one: Statement) -> Cleared:
        if not one.story:
            return Cleared("set by the people who keep this ledger")
        return Cleared("the report itself") if one.source == NARRATOR else self.cell("source", one.source)

    def _tellings(self, row: Incident | Plan) -> tuple[Telling, ...]:
        """The stories, in the order of publication, each with the words of its events that are in the row."""
        by_story: dict[str, list[tuple[Read, Event]]] = defaultdict(list)
        for id_ in row.events:
            if id_ in self._told:
                read, event = self._told[id_]
                by_story[read.story.id].append((read, event))
        told = sorted(by_story.items(), key=lambda one: (one[1][0][0].story.published.day or date.max, one[0]))
        return tuple(self._telling(story, events) for story, events in told)

    def _telling(self, story: str, events: Sequence[tuple[Read, Event]]) -> Telling:
        clauses = (event.mentions[0].span for _, event in events if event.mentions)
        wanted = {claim for _, event in events for claim in event.claims}
        claims = (claim for claim in events[0][0].reading.claims if claim.id in wanted)
        cited = self.cited(story) or Cited(None, None, None, None)
        quotes = tuple(dict.fromkeys(map(self.quoted, clauses)))
        return Telling(cited, quotes, tuple(dict.fromkeys(self._sources(claims))))

    def _sources(self, claims: Iterable[Claim]) -> Iterator[Cleared]:
        for claim in claims:
            name = public_name(claim.source)
            if name is not None:
                yield self.cell("source", name)


_NO_PERSONS = frozenset({"place", "country", "outlet", "reports"})
"""Columns in which a word that is also the last name of a private person is another name."""
_GHOST = "ghost: "
_NOTHING = Bounds(None, None, None)


def title(row: Row) -> Cleared:
    """What and where: "Drone strike, Port Kessel"."""
    kind = str(row["kind"]).replace("_", " ").capitalize()
    where = row["place"] or row.get("country")
    return Cleared(f"{kind}, {where}" if where else kind)


def days(row: Row, short: bool = False) -> str | None:
    """The days of an incident in words: "4 September 2031", "4 to 7 September 2031"; None where they are unknown."""

    def worded(value: date) -> str:
        return f"{value.day} {_MONTHS[value.month - 1][: 3 if short else None]} {value.year}"

    first, last = (date.fromisoformat(str(row[end])) if row[end] else None for end in ("first_day", "last_day"))
    only = first or last
    if only is None:
        return None
    if first is None or last is None:
        return f"{'from' if last is None else 'until'} {worded(only)}"
    if first == last:
        return worded(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {worded(last)}"
    return f"{worded(first)} to {worded(last)}"


def dated(value: str) -> str:
    """A day, or the first and the last of some, in words; other words as they are."""
    try:
        return " to ".join(day(part) for part in value.split("/"))
    except ValueError:
        return value


def day(value: date | str | None) -> str:
    """A day in words: "4 September 2031"; "undated" without one."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}" if found else "undated"


# Not by strftime, which speaks the language of the machine
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def figure(bounds: Bounds) -> str | None:
    """A count in words: "6", "9 (8 to 13)", "at least 38"; None where nothing is told, which is not none."""
    low, best, high = bounds.low, bounds.best, bounds.high
    if best is None:
        if low is not None and high is not None:
            return f"{low:,} to {high:,}"
        return f"at least {low:,}" if low is not None else f"at most {high:,}" if high is not None else None
    if low == best and high is None:
        return f"at least {best:,}"
    if (low is None or low == best) and high == best:
        return f"{best:,}"
    reach = f"{best if low is None else low:,} to {high:,}" if high is not None else f"at least {low or best:,}"
    return f"{best:,} ({reach})"


def _figure(row: Row, what: str) -> str | None:
    low, best, high = (
        cell if isinstance(cell := row[f"{what}_{end}"], int) else None for end in ("low", "best", "high")
    )
    return figure(Bounds(low, best, high))


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _status(row: Row) -> str:
    return str(row["status"])


def _note(name: str, row: Row) -> str | None:
    """How exactly a day or a place is known."""
    if name == "date":
        return _DATED.get(str(row["date_precision"]))
    if name == "place":
        where = [str(row["country"])] if row["country"] else []
        return ", ".join([*where, _PLACED.get(str(row["place_precision"]), "")]).strip(", ") or None
    if name == "actor":
        return _text(row["responsibility"])
    return None


_NOW = {
    "date": days,
    "place": lambda row: _text(row["place"]),
    "actor": lambda row: _text(row["actor"]),
    "target": lambda row: _text(row["target"]),
    "killed": lambda row: _figure(row, "killed"),
    "injured": lambda row: _figure(row, "injured"),
    "status": _status,
}

_DATED = {
    "days": "on one of these days, or over them",
    "week": "known to the week",
    "month": "known to the month",
    "season": "known to the season",
    "year": "known to the year",
}
_PLACED = {
    "exact": "the place itself",
    "near": "near there",
    "admin2": "somewhere in that district",
    "admin1": "somewhere in that province",
    "region": "somewhere in that region",
    "country": "only the country is known",
    "sea": "at sea",
}
