"""PLOVER: events as JSON lines and in POLECAT's columns. Plans, threats, possibilities and denials have a place here, under PLOVER's
auxiliary modes in the context.

An incident is one event, however many stories tell of it, and so is a plan. What lies outside the time reported on is merged with
nothing: each report that tells of it gives one event, "historical". The tables stand in plover.toml and polecat.toml.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from onrecord import incidents
from onrecord.exports import tables
from onrecord.exports.codebooks import lands
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty, table
from onrecord.exports.private import Private, Row
from onrecord.exports.sheets import Sheet, columns_of
from onrecord.pipeline import View
from onrecord.records import NOTHING_SAID, Bounds, Event, Incident, Party, Plan, Read, Status, When, Where
from onrecord.wording import actors, kinds
from onrecord.wording.gazetteer import fold

RULES = (
    "PLOVER and POLECAT: one event for each incident and plan; what was planned, threatened, possible, supposed, denied or foiled stands "
    "under the auxiliary modes future, hypothetical and negation, what lies outside the time reported on under historical"
)
_COPIES = ("reprint", "rewrite", "excerpt")
_CODER = "OnRecord"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Act:
    """An incident, a plan or a historical event, as PLOVER asks of it. row: its row in the ledger's own tables, without the names of
    private persons; events: those of the stories, the first to tell of it first.
    """

    id: str
    kind: str
    status: Status
    historical: bool
    row: Row
    when: When | None
    where: Where | None
    killed: Bounds
    injured: Bounds
    events: tuple[Event, ...]
    stories: tuple[str, ...]


def made(view: View) -> Iterator[File]:
    """The files of the export, by name."""
    coder = _Coder(view)
    lines, rows = [], list[Row]()
    for act in coder.acts():
        record = coder.record(act)
        if record is not None:
            lines.append(json.dumps(record, ensure_ascii=False, allow_nan=False))
            rows.append(coder.polecat(act, record))
    for name, book in (("events.jsonl", "plover"), ("polecat.tsv", "polecat")):
        for column, why in _table(book)["empty"].items():
            coder.losses.add(name, "left out", column, None, None, why)
    coder.losses.add(
        "polecat.tsv", "dropped", "size", None, None, "POLECAT has no column for the dead and injured of events.jsonl"
    )
    coder.losses.add(
        "polecat.tsv", "dropped", "comment", None, None, "POLECAT has no column for who says so, nor for the status"
    )
    yield File("events.jsonl", "".join(f"{line}\n" for line in lines).encode())
    polecat = Sheet("polecat", columns_of("polecat"), rows)
    yield table(polecat, ending="tsv", separator="\t", unknown="None")
    yield codebook([Sheet("events", columns_of("plover"), ()), polecat])
    written = {"events.jsonl": len(lines), "polecat.tsv": len(rows)}
    yield pretty("loss.json", coder.losses.report("plover", RULES, written))


class _Coder:
    """Makes records of a ledger, and takes down what they could not say."""

    def __init__(self, view: View) -> None:
        self.losses = Losses()
        self._view = view
        self._private = Private(view)
        self._rows = tables.Rows(view, self._private)
        self._reads = {read.story.id: read for read in view.reads}
        self._events = {event.id: event for read in view.reads for event in read.reading.events}
        self._told: dict[str, tuple[str | None, str | None]] = {}

    def acts(self) -> Iterator[_Act]:
        """All that may become events: incidents, plans, and what the stories tell of other times."""
        nothing = NOTHING_SAID
        for incident in self._view.derived.incidents:
            if self._holds(incident):
                told = self._of(incident)
                row = self._rows.incident(incident)
                yield _Act(
                    incident.id, incident.kind, incident.status, False, row, incident.when, incident.where,
                    incident.killed, incident.injured, told, incident.stories,
                )  # fmt: skip
        for plan in self._view.derived.plans:
            told = self._of(plan)
            when = next((event.when for event in told if _day(event.when) is not None), None)
            yield _Act(
                plan.id, plan.kind, plan.status, False, self._rows.plan(plan), when, plan.where, nothing, nothing, told,
                plan.stories,
            )  # fmt: skip
        for read, event in self._historical():
            yield _Act(
                event.id, event.kind, event.status, True, self._rows.event(read, event), event.when, event.where, nothing,
                nothing, (event,), (read.story.id,),
            )  # fmt: skip

    def _of(self, row: Incident | Plan) -> tuple[Event, ...]:
        return tuple(self._events[id_] for id_ in row.events if id_ in self._events)

    def _holds(self, incident: Incident) -> bool:
        graded = incidents.grade(incident)
        if graded.word == "withdrawn":
            self._leave(incident.id, f"{incident.kind}, withdrawn", f"PLOVER has no mode for it: {graded.reason}")
        return graded.word != "withdrawn"

    def _historical(self) -> Iterator[tuple[Read, Event]]:
        for read in self._view.reads:
            derivation = self._rows.derivations.get(read.story.id)
            for event in read.reading.events:
                if not event.background or event.id in self._rows.merged:
                    continue
                if derivation is not None and derivation.relation in _COPIES:
                    self._leave(
                        event.id, f"{event.kind}, historical", "a copy tells it, and its original tells it already"
                    )
                else:
                    yield read, event

    def _leave(self, record: str, had: str, why: str) -> None:
        self.losses.add(record, "left out", None, had, None, why)

    def record(self, act: _Act) -> Json | None:
        """The PLOVER record of an act; None where PLOVER has no place for it."""
        kind, coding = kinds.kind(act.kind), _table("plover")
        modes = kinds.modes(act.status, background=act.historical)
        done = act.status in ("happened", "ongoing")
        first = self._date(act)
        unsettled = not done and not set(modes) - {"historical"}
        if kind.plover_type is None or unsettled or first is None:
            why = "PLOVER asks for a date, and none is known"
            if unsettled:
                why = "PLOVER has no mode for what is told as unsettled"
            if kind.plover_type is None:
                why = "PLOVER has no event type for the kind"
            self._leave(act.id, f"{act.kind}, {act.status}", why)
            return None
        self._guessed(act, first)
        if not done:
            why = "PLOVER's auxiliary modes hold several statuses each; the comment of events.jsonl names it"
            self.losses.add(act.id, "rounded", "context", act.status, modes, why)
        last = act.when.end if act.when is not None and act.when.start is not None else None
        return _filled(
            {
                "id": act.id,
                "date": first.isoformat(),
                "actor": self._party(act.row["actor"]),
                "event": [kind.plover_type],
                "enddate": last.isoformat() if last is not None and last != first else None,
                "recipient": self._party(act.row["target"]) or None,
                "event_loc": self._place(act),
                "quad_code": coding["quad"][kind.plover_type],
                "mode": [kind.plover_mode] if kind.plover_mode else None,
                "context": [*coding["contexts"].get(act.kind, ()), *modes] or None,
                "size": self._size(act),
                "cite_info": self._citation(act),
                "coder": _CODER,
                "comment": self._comment(act),
            },
            keep=("actor",),
        )

    def _date(self, act: _Act) -> date | None:
        """The first day of an act. The day of publication stands for one that is not known, but never for one of another time."""
        day = _day(act.when)
        if day is None and not act.historical:
            days = (self._reads[story].story.published.start for story in act.stories if story in self._reads)
            day = min((moment.date() for moment in days if moment is not None), default=None)
        return day

    def _guessed(self, act: _Act, first: date) -> None:
        if _day(act.when) is None:
            why = "no source gives a day; the day of publication stands for it, as in POLECAT"
            self.losses.add(act.id, "guessed", "date", None, first, why)

    def _party(self, name: object) -> list[Json]:
        if not isinstance(name, str):
            return []
        code, sector = _coded(name)
        return [_filled({"code": code, "sector": sector, "entity_text": name})]

    def _place(self, act: _Act) -> Json | None:
        where = act.where
        if where is None:
            return None
        if where.container is not None:
            self.losses.add(act.id, "dropped", "event_loc", where.container, None, "it may be a unit of any order")
        if where.precision == "near":
            why = "PLOVER does not say that a place is only near to another"
            self.losses.add(act.id, "rounded", "event_loc", "near", None, why)
        place = act.row["place"]
        return _filled(
            {
                "extracted_place": self._masked("place", where.span.text if where.span else None),
                "resolved_place": place,
                "lat": where.lat,
                "lon": where.lon,
                "district": place if where.precision == "admin2" else None,
                "province": place if where.precision == "admin1" else None,
                "country": _iso3(where.country),
            }
        )

    def _size(self, act: _Act) -> Json | None:
        for column, bounds in (("size.dead", act.killed), ("size.injured", act.injured)):
            if not bounds.low == bounds.best == bounds.high:
                had = " to ".join("?" if n is None else str(n) for n in (bounds.low, bounds.high))
                self.losses.add(act.id, "dropped", column, had, bounds.best, "PLOVER holds one figure, the best")
        return _filled({"dead": act.killed.best, "injured": act.injured.best}) or None

    def _citation(self, act: _Act) -> Json | None:
        read = self._first(act)
        if read is None:
            return None
        if len(act.stories) > 1:
            why = "PLOVER cites one story, the first to tell of it"
            self.losses.add(act.id, "dropped", "cite_info", f"{len(act.stories)} stories", 1, why)
        row = self._rows.story(read)
        day = read.story.published.start
        return _filled(
            {
                "citation": ", ".join(str(one) for one in (row["outlet"], day.date() if day else None) if one) or None,
                "url": row["url"],
                "title": row["headline"] or None,
                "publication": row["outlet"],
                "coder": _CODER,
                "codebook": "PLOVER",
            }
        )

    def _comment(self, act: _Act) -> str:
        row = act.row
        said = [f"Status: {act.status}."]
        said += [
            f"{name}: {row[column]}."
            for name, column in (("Responsibility", "responsibility"), ("Sources", "sources"), ("Reports", "reports"))
            if row.get(column)
        ]
        return " ".join(said)

    def _first(self, act: _Act) -> Read | None:
        return next((self._reads[story] for story in act.stories if story in self._reads), None)

    def _masked(self, column: str, words: str | None) -> str | None:
        cell = self._private.withheld({column: words})[column]
        return " ".join(str(cell).split()) if cell is not None else None

    # ---- POLECAT

    def polecat(self, act: _Act, record: Json) -> Row:
        """The row of a record in POLECAT's columns."""
        self._flattened(act, record)
        found: Row = dict(_blank())
        place = record.get("event_loc", {})
        found |= {
            "Event ID": act.id,
            "Event Date": record["date"],
            "Event Type": _joined(record["event"]),
            "Event Mode": _joined(record.get("mode", ())),
            "Quad Code": _table("polecat")["quad"][str(record["quad_code"])],
            "Contexts": _joined(record.get("context", ())),
            **self._side("Actor", record["actor"], [event.actor for event in act.events]),
            **self._side("Recipient", record.get("recipient", ()), [event.target for event in act.events]),
            "Placename": place.get("resolved_place"),
            "District": place.get("district"),
            "Province": place.get("province"),
            "Country": place.get("country"),
            "Latitude": place.get("lat"),
            "Longitude": place.get("lon"),
            "Raw Placename": place.get("extracted_place"),
            "Feature Type": _table("plover")["features"].get(act.where.precision) if act.where else None,
        }
        read = self._first(act)
        if read is not None:
            day = read.story.published.start
            bodies, places = self._heard(read)
            found |= {
                "Source": record["cite_info"].get("publication"),
                "Publication Date": day.date().isoformat() if day else None,
                "Story Organizations": bodies,
                "Story Locations": places,
            }
        return {
            c: " ".join(cell.split()) if isinstance(cell, str) and not cell.isalnum() else cell
            for c, cell in found.items()
        }

    def _flattened(self, act: _Act, record: Json) -> None:
        if "enddate" in record:
            had = f"{record['date']} to {record['enddate']}"
            self.losses.add(act.id, "rounded", "Event Date", had, record["date"], "POLECAT holds one day")

    def _side(self, side: str, parties: Iterable[Json], told: Iterable[Party | None]) -> Row:
        party = next(iter(parties), {})
        sector = party.get("sector")
        column = "actor" if side == "Actor" else "target"
        name = party.get("entity_text")
        words = next((one.span.text for one in told if one is not None and one.name == name), None)
        return {
            f"{side} Name": name,
            f"{side} Country": party.get("code"),
            f"Primary {side} Sector": sector,
            f"{side} Sectors": sector,
            f"{side} Name Raw": self._masked(column, words),
        }

    def _heard(self, read: Read) -> tuple[str | None, str | None]:
        """Who speaks for a body in a story, and the places of its events."""
        story = read.story.id
        if story not in self._told:
            sources = (claim.source for claim in read.reading.claims)
            bodies = [source.name for source in sources if source.kind == "named_body" and source.name]
            places = [event.where.name for event in read.reading.events if event.where is not None]
            self._told[story] = (
                _joined(self._masked("actor", name) or "" for name in dict.fromkeys(bodies)),
                _joined(self._masked("place", name) or "" for name in dict.fromkeys(places)),
            )
        return self._told[story]


def _day(when: When | None) -> date | None:
    return (when.start or when.end) if when is not None else None


def _filled(found: Json, keep: tuple[str, ...] = ()) -> Json:
    """The fields that are known. keep: those that stand in any case."""
    return {name: value for name, value in found.items() if name in keep or (value is not None and value != {})}


def _joined(values: Iterable[str]) -> str | None:
    return "; ".join(value.replace(";", ",") for value in values) or None


@lru_cache(maxsize=16384)
def _coded(name: str) -> tuple[str | None, str | None]:
    """Country code and sector of a party: of one that is known by name, else by the noun that heads its words."""
    table = _table("plover")
    known = actors.named(name)
    if known is not None:
        return table["codes"].get(known.kind) or _iso3(known.country), table["sectors"].get(known.kind)
    words = fold(name).split(" of ")[0].split(" in ")[0]
    heads = (words, " ".join(words.split()[-2:]), " ".join(words.split()[-1:]))
    return None, next((sector for head in heads for sector, nouns in table["heads"].items() if head in nouns), None)


def _iso3(country: str | None) -> str | None:
    """The code of three letters of a country by its usual English name."""
    land = lands.land(country)
    return land.acronym if land is not None and land.acronym != lands.NOWHERE else None


@cache
def _blank() -> Row:
    """A row of POLECAT in which nothing is known."""
    return dict.fromkeys(column.name for column in columns_of("polecat"))


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("onrecord.exports").joinpath(f"codebooks/{name}.toml").read_text("utf-8"))
