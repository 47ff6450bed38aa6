"""Two codebooks on the same incidents: which of them has a row, and where figure, day and type come out otherwise, and by which rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from rich.console import Group
from rich.table import Table
from rich.text import Text

from onrecord.errors import WrongUse
from onrecord.exports.codebooks import acled, airwars, ucdp
from onrecord.exports.codebooks.facts import all_counts
from onrecord.exports.codebooks.facts import numbers as worded
from onrecord.exports.harmless import in_line
from onrecord.exports.losses import Losses
from onrecord.exports.private import Private, Row
from onrecord.exports.tables import Rows
from onrecord.pipeline import View, under
from onrecord.records import Bounds, Event, Incident, Quantity
from onrecord.wording import numbers

FIELDS = ("row", "killed", "day", "type")
"""What is compared."""


@dataclass(frozen=True, slots=True)
class Filed:
    """An incident as a codebook has it. killed: the figure that stands for the event, the least and the most of it, None for unknown;
    said: the same in words; days: first and last; on_civilians: whether it is violence against civilians, None where the codebook
    does not say.
    """

    killed: tuple[int | None, int | None]
    said: str
    days: tuple[str | None, str | None]
    type: str
    on_civilians: bool | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A codebook's rows, by incident, and why the others have none."""

    profile: str
    rows: dict[str, Filed]
    left_out: dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One of them. field: of `FIELDS`; incident: None for the sum of all; one, other: as either codebook has it; why: a sentence on this
    one, empty where the rules say it all; rules: what either codebook makes of several figures, empty for other fields.
    """

    incident: str | None
    field: str
    one: str
    other: str
    why: str
    rules: str = ""


def compare(view: View, one: str, other: str) -> list[Difference]:
    """Where two codebooks differ, incident by incident, then what all come to. one, other: of `PROFILES`.

    Raises WrongUse for other names, and for the same one twice.
    """
    for name in (one, other):
        if name not in PROFILES:
            raise WrongUse(f"{name}: cannot be compared; use two of {', '.join(PROFILES)}")
    if one == other:
        raise WrongUse(f"{one} and {other}: are the same; use two of {', '.join(PROFILES)}")
    sides = tuple(PROFILES[name](under(view, name)) for name in (one, other))
    events = {event.id: event for read in view.reads for event in read.reading.events}
    found = [
        difference
        for incident in view.derived.incidents
        for difference in _differences(
            incident, sides[0], sides[1], [events[e] for e in incident.events if e in events]
        )
    ]
    return [*found, *_totals(found, sides[0], sides[1])]


def _differences(incident: Incident, one: Side, other: Side, events: Iterable[Event]) -> Iterator[Difference]:
    id_, a, b = incident.id, one.rows.get(incident.id), other.rows.get(incident.id)
    if a is None or b is None:
        if a is not None or b is not None:
            missing = other if b is None else one
            why = f"{missing.profile}: {missing.left_out.get(id_, 'has no place for it')}"
            yield Difference(id_, "row", _yes(a), _yes(b), why)
        return
    if a.killed != b.killed:
        why = _why_killed(events, one.profile, other.profile)
        yield Difference(id_, "killed", a.said, b.said, why, _rules(one.profile, other.profile))
    if a.days != b.days:
        keeps = other.profile if one.profile == "acled" else one.profile
        why = f"acled takes the middle of a period, {keeps} keeps its first and last day"
        yield Difference(id_, "day", _days(a), _days(b), why)
    if None not in (a.on_civilians, b.on_civilians) and a.on_civilians != b.on_civilians:
        why = "acled: civilians are hit where the target is civilians; ucdp: where a party is unknown, the kind tells the type"
        yield Difference(id_, "type", a.type, b.type, why)


def _yes(filed: Filed | None) -> str:
    return "no row" if filed is None else "row"


def _days(filed: Filed) -> str:
    first, last = filed.days
    return f"{first} to {last}" if first != last else first or "unknown"


# ---- why


def _why_killed(events: Iterable[Event], one: str, other: str) -> str:
    """The words of the figures that are worth different numbers; empty where it is their choice among several that differs."""
    told: dict[Quantity, None] = {
        count.quantity: None
        for event in events
        for count in all_counts(event)
        if count.what == "killed" and not count.part
    }
    pieces = []
    for quantity in told:
        a, b = numbers.bounds(quantity, one), numbers.bounds(quantity, other)
        if a != b:
            pieces.append(f"“{_named(quantity)}” is {_bounds(a)} by {one} and {_bounds(b)} by {other}")
    zero = [f"{name} writes 0 for unknown" for name in (one, other) if name == "acled" and not told]
    return "; ".join([*pieces, *zero])


def _rules(one: str, other: str) -> str:
    """What two codebooks make of several figures."""
    return "; ".join(f"{name}: {numbers.reports(name).rule}" for name in (one, other))


def _named(quantity: Quantity) -> str:
    """A quantity in the words of the table, never in those of a story."""
    parts = [(quantity.modifier or "").replace("_", " "), None if quantity.number is None else str(quantity.number)]
    parts.append(f"to {quantity.upto}" if quantity.upto is not None else None)
    parts.append((quantity.vague or "").replace("_", " "))
    return " ".join(filter(None, parts))


def _bounds(bounds: Bounds) -> str:
    if bounds.best is None and bounds.low is not None and bounds.high is None:
        return f"{bounds.low} or more, without a best"
    return worded(bounds.low, bounds.best, bounds.high)


# ---- in all


def _totals(found: Iterable[Difference], one: Side, other: Side) -> Iterator[Difference]:
    counted = Counter(difference.field for difference in found)
    shared = len(one.rows.keys() & other.rows.keys())
    why = f"{shared} incidents have a row in both, {counted['row']} in one of them alone"
    yield Difference(None, "row", str(len(one.rows)), str(len(other.rows)), why)
    for field in FIELDS[1:]:
        why = f"differs in {counted[field]} of {shared}"
        sums = (_sum(one), _sum(other)) if field == "killed" else (_types(one), _types(other))
        rules = _rules(one.profile, other.profile) if field == "killed" else ""
        yield Difference(None, field, *(("", "") if field == "day" else sums), why, rules)


def _sum(side: Side) -> str:
    """The figures of all rows together. One that is unknown adds nothing."""
    low = sum(filed.killed[0] or 0 for filed in side.rows.values())
    high = sum(filed.killed[1] or filed.killed[0] or 0 for filed in side.rows.values())
    return worded(low, low, high)


def _types(side: Side) -> str:
    counted = Counter(filed.type.partition(":")[0] for filed in side.rows.values())
    return "; ".join(f"{name}: {number}" for name, number in sorted(counted.items()))


# ---- the codebooks


def _acled(view: View) -> Side:
    losses, rows = Losses(), dict[str, Filed]()
    for id_, row in acled.rows(view, losses):
        dead, day = _number(row["fatalities"]), _text(row["event_date"])
        kind = f"{row['event_type']}: {row['sub_event_type']}"
        rows[id_] = Filed((dead, dead), str(dead), (day, day), kind, row["civilian_targeting"] is not None)
    return Side("acled", rows, _left_out(losses))


def _ucdp(view: View) -> Side:
    losses, rows = Losses(), dict[str, Filed]()
    types = {1: "1 state-based", 2: "2 non-state", 3: "3 one-sided"}
    for id_, row in ucdp.rows(view, losses):
        best, ends = _number(row["best"]), (_number(row["low"]), _number(row["high"]))
        first, last = ((_text(row[name]) or "").partition(" ")[0] for name in ("date_start", "date_end"))
        said = f"{'unknown' if best is None else best} ({worded(ends[0], best, ends[1])})"
        type_ = _number(row["type_of_violence"]) or 0
        rows[id_] = Filed((best, best), said, (first, last), types[type_], type_ == 3)
    return Side("ucdp", rows, _left_out(losses))


def _joint(view: View) -> Side:
    """The ledger's own: every incident is a row, and unknown stays unknown."""
    rows = {}
    for incident, filed in _own(view):
        killed = incident.killed
        best = killed.best if killed.best is not None else killed.low
        said = f"{'unknown' if best is None else best} ({worded(killed.low, killed.best, killed.high)})"
        rows[incident.id] = Filed((best, best), said, *filed)
    return Side("joint", rows, {})


def _airwars(view: View) -> Side:
    """Civilians killed, and the ledger's own kind: Airwars' types are of strikes alone."""
    losses, rows = Losses(), dict[str, Filed]()
    own = {incident.id: filed for incident, filed in _own(view)}
    for id_, row in airwars.rows(view, losses):
        low, high = (_number(row[f"civilian_non_combatants_killed_{end}"]) for end in ("min", "max"))
        rows[id_] = Filed((low, high), worded(low, None, high), *own[id_])
    return Side("airwars", rows, _left_out(losses))


def _own(view: View) -> Iterator[tuple[Incident, tuple[tuple[str | None, str | None], str]]]:
    for incident in view.derived.incidents:
        when = incident.when
        days = (_iso(when.start), _iso(when.end)) if when is not None else (None, None)
        yield incident, (days, incident.kind)


PROFILES: dict[str, Callable[[View], Side]] = {"joint": _joint, "acled": _acled, "ucdp": _ucdp, "airwars": _airwars}
"""The codebooks that can be compared, each with how it files a view under its own rules."""


def _left_out(losses: Losses) -> dict[str, str]:
    return {loss.record: loss.why for loss in losses.met if loss.act == "left out"}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _number(cell: object) -> int | None:
    return cell if isinstance(cell, int) else None


def _text(cell: object) -> str | None:
    return cell if isinstance(cell, str) else None


# ---- as it is shown


def as_json(view: View, found: Iterable[Difference], one: str, other: str) -> Iterator[Row]:
    """A row each: the incident (None for the sum of all), its day and place, the field, both codebooks, why, the rules."""
    known = {incident.id: incident for incident in view.derived.incidents}
    made = Rows(view, Private(view))
    for difference in found:
        told = made.incident(known[difference.incident]) if difference.incident is not None else {}
        yield {
            "incident": difference.incident,
            "first_day": told.get("first_day"),
            "place": told.get("place"),
            "field": difference.field,
            one: difference.one,
            other: difference.other,
            "why": difference.why,
            "rules": difference.rules,
        }


def table(rows: Iterable[Row], one: str, other: str) -> Group:
    """Those rows for people: the sums under a line, and below them the rules, once."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("incident", "day", "place", "field", one, other, "why"):
        shown.add_column(name, overflow="fold")
    rules: dict[object, None] = {}
    differing = True
    for row in rows:
        if row["incident"] is None and differing:
            shown.add_row()
            differing = False
        cells = (
            row["incident"] or "all",
            row["first_day"],
            row["place"],
            row["field"],
            row[one],
            row[other],
            row["why"],
        )
        shown.add_row(*(Text(in_line(cell).replace("; ", "\n")) for cell in cells))
        rules.setdefault(row["rules"] or None)
    return Group(shown, *(Text("\n" + str(rule).replace("; " + other, "\n" + other)) for rule in rules if rule))
