"""The ledger as ACLED's table of events."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from onrecord.exports.codebooks import lands
from onrecord.exports.codebooks.facts import Casebook, Facts, numbers, several, withdrawn
from onrecord.exports.codebooks.parties import ARMED, NON_STATE, UNARMED, Party
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty, table
from onrecord.exports.private import Row
from onrecord.exports.sheets import Sheet, columns_of
from onrecord.pipeline import View
from onrecord.records import PlacePrecision
from onrecord.wording import kinds, outlets
from onrecord.wording.numbers import reports

_WEEK, _MONTH = 7, 31
_GEO: dict[PlacePrecision, int] = {"exact": 1, "near": 2, "admin2": 2, "admin1": 3, "region": 3, "sea": 3, "country": 3}
_VIOLENCE_AGAINST = "Violence against civilians"
_STRATEGIC = "Strategic developments"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def made(view: View) -> Iterator[File]:
    """The table, what its columns mean, and what it could not say. view: under profile acled."""
    losses = Losses()
    sheet = Sheet("acled", columns_of("acled"), [row for _, row in rows(view, losses)])
    yield table(sheet)
    yield codebook([sheet])
    yield pretty("loss.json", losses.report("acled", str(_table()["rules"]), {"acled.csv": len(sheet.rows)}))


def rows(view: View, losses: Losses) -> Iterator[tuple[str, Row]]:
    """Each incident that gets a row, by its id. losses: where what is lost goes; an incident without a row is left out there."""
    book = Casebook(view)
    for facts in book.facts():
        why = _why_not(facts)
        if why is None:
            yield facts.incident.id, _row(facts, losses)
        else:
            losses.add(facts.incident.id, "left out", None, facts.incident.kind, None, why)
    book.not_happened(losses, "ACLED")


def _why_not(facts: Facts) -> str | None:
    """Why an incident gets no row; None where it does."""
    if kinds.kind(facts.incident.kind).acled_event is None:
        return f"ACLED has no counterpart of {facts.incident.kind}"
    if facts.days is None:
        return "no day is known, and ACLED asks for one"
    if (facts.days[1] - facts.days[0]).days >= _MONTH:
        return "the day is not known to a month, and ACLED asks for that"
    return withdrawn(facts)


def _row(facts: Facts, losses: Losses) -> Row:
    event, sub_event = filed(facts)
    day, precision = _day(facts, losses)
    parties = _parties(facts, event, losses)
    row: Row = {
        "event_id_cnty": f"{facts.acronym}{facts.number}",
        "event_date": day.isoformat(),
        "year": day.year,
        "time_precision": precision,
        "disorder_type": _table()["disorder"][event],
        "event_type": event,
        "sub_event_type": sub_event,
        **parties,
        **_place(facts, losses),
        "source": several([one.outlet for one in facts.reports if one.outlet], "; "),
        "source_scale": _scale(facts, losses),
        "notes": _notes(facts, day),
        "fatalities": _fatalities(facts, losses),
        "tags": _tags(facts),
        "timestamp": max((int(one.moment.timestamp()) for one in facts.reports if one.moment), default=None),
    }
    return {column.name: row[column.name] for column in columns_of("acled")}


def filed(facts: Facts) -> tuple[str, str]:
    """The type and sub-type of an incident whose kind has some."""
    kind = kinds.kind(facts.incident.kind)
    event, sub_event = kind.acled_event or "", kind.acled_sub_event or ""
    side = facts.target.side
    hit = "armed" if side in ARMED else "unarmed" if side in UNARMED else None
    for rule in _table()["rule"]:
        if rule["event"] == event and kind.name in rule["kinds"] and rule["target"] == hit:
            event, sub_event = rule["becomes"]
            break
    return event, sub_event


def _day(facts: Facts, losses: Losses) -> tuple[date, int]:
    assert facts.days is not None
    first, last = facts.days
    length = (last - first).days + 1
    if length == 1:
        return first, 1
    middle = first + timedelta(days=(length - 1) // 2)
    losses.add(facts.incident.id, "rounded", "event_date", f"{first} to {last}", middle, "of a period its middle")
    return middle, 2 if length <= _WEEK else 3


# ---- who and whom


@dataclass(frozen=True, slots=True)
class _Actor:
    """One of the two. label: a key of [inter]; said: the words that its name stands for."""

    name: str | None
    label: str | None
    said: str | None = None


_NOBODY = _Actor(None, None)


def _parties(facts: Facts, event: str, losses: Losses) -> Row:
    """The eight columns of who and whom."""
    first = _doer(facts, event, losses)
    second = _hit(facts, event, losses)
    inter: dict[str, str] = _table()["inter"]
    labels = [one.label for one in (first, second) if one.label is not None]
    labels.sort(key=list(inter).index)
    pair = "-".join(inter[one] for one in labels)
    return {
        "actor1": first.name,
        "assoc_actor_1": first.said,
        "inter1": inter[first.label] if first.label else None,
        "actor2": second.name,
        "assoc_actor_2": second.said,
        "inter2": inter[second.label] if second.label else None,
        "interaction": f"{pair} only" if len(labels) == 1 else pair or None,
        "civilian_targeting": "Civilians targeted" if second.label == "civilians" else None,
    }


def _doer(facts: Facts, event: str, losses: Losses) -> _Actor:
    actor = facts.actor
    unnamed = actor.side in NON_STATE and not actor.is_named
    if unnamed or (actor.name is None and event != _STRATEGIC):
        name = f"Unidentified Armed Group{_of(facts)}"
        why = (
            "nobody is named for it"
            if unnamed
            else "nobody is known for it, and ACLED asks for one in an act of violence"
        )
        losses.add(facts.incident.id, "rounded" if unnamed else "guessed", "actor1", actor.name, name, why)
        return _Actor(name, "militia" if actor.side is None else actor.side, actor.name)
    return _armed(facts, actor)


def _hit(facts: Facts, event: str, losses: Losses) -> _Actor:
    target = facts.target
    if target.side in ARMED or target.side == "rioters":
        return _armed(facts, target)
    if target.side is None and event != _VIOLENCE_AGAINST:
        return _NOBODY
    if target.side == "protesters":
        return _Actor(f"Protesters{_of(facts)}", "protesters", target.name)
    name = f"Civilians{_of(facts)}"
    if target.side != "civilians":
        why = (
            "ACLED has civilians as actor2 of such an event"
            if target.side is None
            else "people of no side are civilians"
        )
        losses.add(facts.incident.id, "guessed", "actor2", target.name, name, why)
    return _Actor(name, "civilians", target.name)


def _armed(facts: Facts, who: Party) -> _Actor:
    """Somebody by name, on the side where ACLED sees them from the incident's country."""
    forces = {"forces": f"{who.country} military", "police": f"{who.country} police", "state": who.country}
    titles = {"forces": "Military Forces of", "police": "Police Forces of", "state": "Government of"}
    name = who.name
    if who.sort is not None and forces.get(who.sort) == name:
        name = f"{titles[who.sort]} {who.country}"
    label: str | None = None if who.side == "unsaid" else who.side
    home = facts.land.name if facts.land is not None else None
    if label == "state" and who.country is not None and home is not None and who.country != home:
        label = "external"
    return _Actor(name, label)


def _of(facts: Facts) -> str:
    return f" ({facts.land.name})" if facts.land is not None else ""


# ---- where


def _place(facts: Facts, losses: Losses) -> Row:
    where, land = facts.incident.where, facts.land
    admin1, admin2 = lands.units(where)
    located = where is not None and where.lat is not None and where.lon is not None
    if where is not None and where.precision in ("country", "sea"):
        why = "ACLED's coarsest is a region"
        losses.add(facts.incident.id, "rounded", "geo_precision", where.precision, _GEO[where.precision], why)
    return {
        "iso": land.number if land else None,
        "region": land.acled if land else None,
        "country": land.name if land else None,
        "admin1": admin1,
        "admin2": admin2,
        "admin3": None,
        "location": facts.words("place"),
        "latitude": _degrees(facts, "latitude", where.lat if where else None, losses),
        "longitude": _degrees(facts, "longitude", where.lon if where else None, losses),
        "geo_precision": _GEO.get(where.precision) if where is not None and located else None,
    }


def _degrees(facts: Facts, column: str, exact: float | None, losses: Losses) -> float | None:
    if exact is None:
        return None
    found = round(exact, 4)
    if found != exact:
        losses.add(facts.incident.id, "rounded", column, exact, found, "ACLED has 4 decimals")
    return found


# ---- what is told


def _fatalities(facts: Facts, losses: Losses) -> int:
    killed = facts.incident.killed
    lowest = killed.low if killed.low is not None else killed.best
    words = numbers(killed.low, killed.best, killed.high)
    if lowest is None:
        losses.add(facts.incident.id, "guessed", "fatalities", words, 0, "ACLED writes 0 for unknown; notes say so")
        return 0
    if words != str(lowest):
        losses.add(facts.incident.id, "dropped", "fatalities", words, lowest, reports("acled").rule)
    return lowest


def _scale(facts: Facts, losses: Losses) -> str | None:
    home, found = facts.land.name if facts.land else None, dict[str, None]()
    for report in facts.reports:
        known = outlets.named(report.outlet) if report.outlet else None
        if known is not None and known.agency:
            found["International"] = None
        elif known is not None and known.country and home:
            found["National" if known.country == home else "International"] = None
    scale = "-".join(one for one in ("National", "International") if one in found) or None
    if scale is not None:
        losses.add(facts.incident.id, "guessed", "source_scale", None, scale, "by the homes of the outlets")
    return scale


def _notes(facts: Facts, day: date) -> str:
    """What the ledger holds of an incident, in our words."""
    incident = facts.incident
    first, last = facts.days or (day, day)
    when = f"On {_said(day)}" if first == last else f"Between {_said(first)} and {_said(last)}"
    kind, place = incident.kind.replace("_", " "), facts.words("place")
    act = "an event of another kind" if kind == "other" else f"{'an' if kind[0] in 'aei' else 'a'} {kind}"
    killed, injured = incident.killed, incident.injured
    dead = numbers(killed.low, killed.best, killed.high)
    sentences = [
        f"{when}, {act} was reported{f', at {place}' if place else ''}",
        f"By: {facts.words('actor') or 'unknown'}",
        f"Against: {facts.words('target') or 'unknown'}",
        f"Killed: {dead}{', for which fatalities has 0' if dead == 'unknown' or dead.startswith('at most') else ''}",
        f"Injured: {numbers(injured.low, injured.best, injured.high)}",
        f"Responsibility: {facts.words('responsibility')}" if facts.words("responsibility") else "",
        f"Status: {incident.status}",
        f"Grade: {facts.words('grade')} ({facts.words('grade_reason')})",
        f"Said by: {_listed(facts.listed('sources'))}",
        f"Independent reports: {len(incident.reports)}",
    ]
    return " ".join(f"{one}." for one in sentences if one)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names)) or "no source"


def _said(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _tags(facts: Facts) -> str:
    injured = facts.incident.injured
    words = numbers(injured.low, injured.best, injured.high)
    pairs = [
        ("onrecord", facts.incident.id),
        ("injured", words if words != "unknown" else None),
        ("status", facts.incident.status),
        ("grade", facts.words("grade")),
        *(("campaign", name.replace(";", ",")) for name in facts.listed("campaigns")),
    ]
    return "; ".join(f"{key}: {value}" for key, value in pairs if value)


@cache
def _table() -> dict[str, Any]:
    raw = files("onrecord.exports").joinpath("codebooks/acled.toml").read_text("utf-8")
    return tomllib.loads(raw)
