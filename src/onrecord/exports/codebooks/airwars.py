"""Airwars: incidents with harm to civilians, as its own site exports them, with its side tables of sources and statements.

Plans and denials have no row, nor has what harms nobody. Victims' names never leave the ledger, so there is no table of victims.
The words of every rule stand in airwars.toml.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

from onrecord import incidents
from onrecord.exports import tables
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty, table
from onrecord.exports.private import Private, Row
from onrecord.exports.sheets import Sheet, columns_of
from onrecord.pipeline import View
from onrecord.records import Bounds, Count, Event, Incident, Read, Statement
from onrecord.wording import actors, kinds, numbers
from onrecord.wording.gazetteer import fold

RULES = (
    "Airwars: a minimum and a maximum of civilians over the latest word of every source, figures of armed men apart; incidents that "
    "harm nobody, plans and denials have no row, and names of victims stay in the ledger"
)
Harm = Literal["killed", "injured"]
_HARM: tuple[Harm, ...] = ("killed", "injured")
_ARMED = ("member_of_armed_forces", "persons_directly_participating_in_hostilities")
_SIDES = ("forces", "rebel", "militia", "gang", "police", "intelligence")
_MOST = 4
_PROFILE = "airwars"

Range = tuple[int | None, int | None]
"""The fewest and the most; None: unknown."""


@dataclass(frozen=True, slots=True)
class _Belligerent:
    """A party that is said to have done it. owns: whether it says so itself; said: what it says of it, with the story."""

    name: str
    owns: bool
    said: tuple[tuple[Read, str], ...]
    killed: Range
    injured: Range


def made(view: View) -> Iterator[File]:
    """The files of the export, by name."""
    coder = _Coder(view, Losses())
    found = [row for _, row in coder.rows()]
    for plan in view.derived.plans:
        coder.losses.add(plan.id, "left out", None, f"{plan.kind}, {plan.status}", None, "Airwars holds what happened")
    sheets = [
        Sheet("incidents", columns_of("airwars"), found),
        Sheet("sources", columns_of("airwars_sources"), coder.sources),
        Sheet("belligerent_statements", columns_of("airwars_statements"), coder.statements),
    ]
    for book, name in zip(("airwars", "airwars_sources", "airwars_statements"), sheets, strict=True):
        for column, why in _table(book)["empty"].items():
            coder.losses.add(f"{name.name}.csv", "left out", column, None, None, why)
    why = "names of victims stay in the ledger"
    coder.losses.add("victims.csv", "left out", None, None, None, why)
    for sheet in sheets:
        yield table(sheet)
    yield codebook(sheets)
    written = {f"{sheet.name}.csv": len(sheet.rows) for sheet in sheets}
    yield pretty("loss.json", coder.losses.report("airwars", RULES, written))


def rows(view: View, losses: Losses) -> Iterator[tuple[str, Row]]:
    """The rows of the incidents that Airwars would hold, each with the incident's id. view: under profile airwars."""
    return _Coder(view, losses).rows()


class _Coder:
    """Makes rows of a ledger, and takes down what they could not say. sources, statements: the side tables so far."""

    def __init__(self, view: View, losses: Losses) -> None:
        self.losses = losses
        self._incidents = view.derived.incidents
        self.sources: list[Row] = []
        self.statements: list[Row] = []
        self._private = Private(view)
        self._rows = tables.Rows(view, self._private)
        self._reads = {read.story.id: read for read in view.reads}
        self._events = {event.id: (read, event) for read in view.reads for event in read.reading.events}
        self._claims = {claim.id: claim for read in view.reads for claim in read.reading.claims}
        self._stories: dict[str, Row] = {}
        self._changed = {(one.story, one.field, one.now) for one in view.derived.mutations}
        self._before: defaultdict[str, list[str]] = defaultdict(list)
        for name, state, into in incidents.ends(view.names):
            if state == "redirected" and into is not None:
                self._before[into].append(name)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """The row of each incident that has one."""
        return ((incident.id, self.row(incident)) for incident in self._incidents if self.holds(incident))

    def holds(self, incident: Incident) -> bool:
        """Whether an incident has a row: it is of a kind that harms, or somebody was harmed."""
        harmed = any(bounds.low or bounds.high for bounds in (incident.killed, incident.injured))
        if not kinds.kind(incident.kind).harms and not harmed:
            had = f"{incident.kind}, {incident.status}"
            self.losses.add(incident.id, "left out", None, had, None, "Airwars holds what harms people")
            return False
        return True

    def row(self, incident: Incident) -> Row:
        """The row of an incident; its sources and statements go into the side tables."""
        base = self._rows.incident(incident)
        parties = self._belligerents(incident)
        found: Row = dict(_blank("airwars"))
        found |= {
            "code": incident.id,
            "previous_codes": " ".join(self._before[incident.id]) or None,
            "date": base["first_day"],
            "date_end": base["last_day"] if base["last_day"] != base["first_day"] else None,
            **_named("country", base["country"]),
            "location_name": base["place"],
            "region": self._masked("place", incident.where.container) if incident.where else None,
            **_named("strike_status", _status(incident, parties)),
            **self._strike(incident, base),
            **self._located(incident, base),
            **self._harm(incident, base),
            **self._told(incident, base),
            **self._sides(incident, parties),
        }
        self._dropped(incident, found)
        return found

    def _dropped(self, incident: Incident, found: Row) -> None:
        if incident.reports or incident.sources:
            had = f"{len(incident.reports)} independent reports, {len(incident.sources)} sources"
            why = "Airwars counts whoever tells of it, and not who reports of its own"
            self.losses.add(incident.id, "dropped", "num_sources", had, found["num_sources"], why)

    def _masked(self, column: str, words: str | None) -> str | None:
        cell = self._private.withheld({column: words})[column]
        return str(cell) if cell is not None else None

    def _story(self, read: Read) -> Row:
        if read.story.id not in self._stories:
            self._stories[read.story.id] = self._rows.story(read)
        return self._stories[read.story.id]

    # ---- what and where

    def _strike(self, incident: Incident, base: Row) -> Row:
        strike = _table("airwars")["strikes"].get(incident.kind)
        if strike is None:
            why = "Airwars has no type of strike for the kind"
            self.losses.add(incident.id, "dropped", "strike_type_name", incident.kind, None, why)
        known = actors.named(incident.target) if incident.target else None
        side = base["target"] if known is not None and known.kind in _SIDES else None
        if incident.target is not None and side is None:
            why = "it is no armed side that the ledger knows by name"
            self.losses.add(incident.id, "dropped", "targeted_belligerent_name", base["target"], None, why)
        return {**_named("strike_type", strike), **_named("targeted_belligerent", side)}

    def _located(self, incident: Incident, base: Row) -> Row:
        where = incident.where
        name, slug = _table("airwars")["accuracy"].get(where.precision, (None, None)) if where else (None, None)
        if where is not None and where.precision in ("exact", "near"):
            why = "the gazetteer does not tell a village, a town and a city apart"
            self.losses.add(incident.id, "rounded", "geolocation_accuracy_name", where.precision, name, why)
        elif where is not None and name is None and where.precision != "unknown":
            why = "Airwars has no accuracy for so wide a place"
            self.losses.add(incident.id, "dropped", "geolocation_accuracy_name", where.precision, None, why)
        return {
            "geolocated": int(tables.located(incident)),
            "latitude": base["latitude"],
            "longitude": base["longitude"],
            "geolocation_accuracy_name": name,
            "geolocation_accuracy_slug": slug,
        }

    # ---- who was harmed

    def _harm(self, incident: Incident, base: Row) -> Row:
        counts = list(self._counts(incident))
        found: Row = {}
        for what in _HARM:
            bounds = incident.killed if what == "killed" else incident.injured
            found |= _ends("civilian_non_combatants", what, (bounds.low, bounds.high))
            if (bounds.low or bounds.high) and not any(count.what == what and _civilian(count) for _, count in counts):
                why = "no source says that they were civilians; Airwars counts whoever is not told to be armed"
                column = f"civilian_non_combatants_{what}_max"
                self.losses.add(incident.id, "guessed", column, _words(bounds), _words(bounds), why)
            for group, found_range in _groups([(story, one) for story, one in counts if one.what == what]).items():
                found |= _ends(group, what, found_range)
        ends = [n for bounds in (incident.killed, incident.injured) for n in (bounds.low, bounds.high) if n is not None]
        found["civilian_harm_reported"] = int(any(ends)) if ends else None
        if any(ends):
            graded = _table("airwars")["grades"][base["grade"]]
            found |= {"civilian_harm_status_name": graded, "civilian_harm_status_slug": _slug(graded)}
            why = f"OnRecord's suggestion, made of its own grade ({base['grade_reason']}); Airwars grades by its researchers' judgement"
            self.losses.add(incident.id, "guessed", "civilian_harm_status_name", base["grade"], graded, why)
        return found

    def _counts(self, incident: Incident) -> Iterator[tuple[str, Count]]:
        """The counts of dead and injured in the events of an incident, each with its story: not those that a copy changed, nor what was
        taken back. Figures of armed men are told here whether they count for the profile or not.
        """
        back = {one.span for one in incident.statements if one.span is not None and not one.credible}
        for read, event in self._of(incident):
            for count in dict.fromkeys((*event.counts, *(one for m in event.mentions for one in m.counts))):
                bounds = numbers.bounds(count.quantity, _PROFILE)
                told = str(bounds.best if bounds.best is not None else bounds.low)
                changed = (read.story.id, count.what, told) in self._changed
                if count.what in _HARM and not changed and (count.span not in back or _groups_of(count) & {*_ARMED}):
                    yield read.story.id, count

    def _of(self, incident: Incident) -> Iterator[tuple[Read, Event]]:
        return (self._events[id_] for id_ in incident.events if id_ in self._events)

    # ---- who tells of it

    def _told(self, incident: Incident, base: Row) -> Row:
        outlets: dict[str, str] = {}
        reads = [self._reads[story] for story in incident.stories if story in self._reads]
        for read in reads:
            row = self._story(read)
            media = _media(read.story.url)
            name = row["outlet"] or row["id"]
            outlets.setdefault(str(name), media)
            source: Row = dict(_blank("airwars_sources"))
            source |= {
                "code": incident.id,
                "date": base["first_day"],
                "name": name,
                "url": row["url"],
                "media": media.title(),
            }
            self.sources.append(source)
        found: Row = {
            f"num_sources_{media}": sum(one == media for one in outlets.values())
            for media in ("twitter", "facebook", "telegram", "other")
        }
        return {**self._first(reads), "num_sources": len(outlets), **found}

    def _first(self, reads: Iterable[Read]) -> Row:
        dated = [(read.story.published.start, read.story.id, read) for read in reads if read.story.published.start]
        if not dated:
            return {}
        moment, _, read = min(dated, key=lambda one: one[:2])
        row = self._story(read)
        exact = read.story.published.precision in ("second", "minute")
        return {
            "local_first_reported_date_time": moment.isoformat() if exact else moment.date().isoformat(),
            "local_first_reported_by": row["outlet"],
            "local_first_reported_url": row["url"],
        }

    # ---- who did it

    def _belligerents(self, incident: Incident) -> list[_Belligerent]:
        """Who is said to have done it: the actor, and, where no person set one, everybody who claims it."""
        said = [s for s in incident.statements if s.field == "responsibility" and s.credible]
        decided = any(s.field == "actor" and not s.story for s in incident.statements)
        claimants = [] if decided else [s.source for s in said if s.value == "claims"]
        names: list[str] = []
        for name in (*([incident.actor] if incident.actor else []), *claimants):
            if not any(_same(name, other) for other in names):
                names.append(name)
        return [self._belligerent(incident, name, said) for name in names]

    def _belligerent(self, incident: Incident, name: str, said: Iterable[Statement]) -> _Belligerent:
        ranges: dict[Harm, Range] = {}
        for what in _HARM:
            own = [s for s in incident.statements if s.field == what and s.credible and _same(s.source, name)]
            ranges[what] = _range(s.bounds for s in own if s.bounds is not None)
        owns = any(s.value in ("claims", "confirms") and _same(s.source, name) for s in said)
        words: dict[str, tuple[Read, str]] = {}
        for read, event in self._of(incident):
            for id_ in event.claims:
                claim = self._claims.get(id_)
                if claim is None:
                    continue
                body = claim.source.name if claim.source.kind == "named_body" else claim.source.affiliation
                if body and _same(body, name):
                    row = self._rows.claim(read, claim)
                    words.setdefault(fold(str(row["words"])), (read, str(row["words"])))
        return _Belligerent(name, owns, tuple(words.values()), ranges["killed"], ranges["injured"])

    def _sides(self, incident: Incident, parties: Iterable[_Belligerent]) -> Row:
        found: Row = {}
        for number, party in enumerate(parties, 1):
            name = self._masked("sources", party.name)
            if number > _MOST:
                why = f"there is room for {_MOST}"
                self.losses.add(incident.id, "dropped", f"belligerent_{number}_belligerent_name", name, None, why)
                continue
            slug = _slug(name)
            texts = []
            for read, words in party.said:
                story = self._story(read)
                day: date | None = read.story.published.start.date() if read.story.published.start else None
                row: Row = dict(_blank("airwars_statements"))
                row |= {"code": incident.id, "belligerent_name": name, "belligerent_slug": slug, "statement": words}
                row |= {"date": day.isoformat() if day else None, "url": story["url"]}
                self.statements.append(row)
                texts.append(", ".join(str(cell) for cell in (row["date"], row["url"], words) if cell))
            cells: Row = {
                "belligerent_name": name,
                "belligerent_slug": slug,
                "type": "Known" if party.owns else "Suspected",
                "deaths_conceded_min": party.killed[0],
                "deaths_conceded_max": party.killed[1],
                "injuries_conceded_min": party.injured[0],
                "injuries_conceded_max": party.injured[1],
                "civcas_statements": "\n\n".join(texts) or None,
            }
            found |= {f"belligerent_{number}_{column}": cell for column, cell in cells.items()}
        return found


def _status(incident: Incident, parties: Iterable[_Belligerent]) -> str | None:
    """Airwars' status of a strike, by the first rule that fits; None where no report rests on a source."""
    decided = {one.field for one in incident.statements if not one.story}
    said = [one for one in incident.statements if one.credible and one.story and one.field not in decided]
    stands = {(s.value, s.source) for s in said if s.field == "responsibility" and "actor" not in decided}
    claimants = {source for value, source in stands if value == "claims"}
    # Who says elsewhere what was done denies a circumstance
    denied = {source for value, source in stands if value == "denies"} - {
        source for value, source in stands if value == "confirms"
    }
    doubted = any(s.field == "status" and s.value in ("denied", "negated") for s in said)
    if len(claimants) > 1 or denied or doubted:
        return "Contested strike"
    if any(party.owns for party in parties):
        return "Declared strike"
    if len(incident.reports) > 1:
        return "Likely strike"
    return "Single source claim" if incident.reports else None


# ---- groups


def _groups(counts: Iterable[tuple[str, Count]]) -> dict[str, Range]:
    """The fewest and the most of each group, over all stories. Armed men of two groups that one story tells apart are added up."""
    ranges: defaultdict[str, list[Range]] = defaultdict(list)
    armed: defaultdict[str, defaultdict[str, list[Range]]] = defaultdict(lambda: defaultdict(list))
    for story, count in counts:
        bounds = numbers.bounds(count.quantity, _PROFILE)
        for group in _groups_of(count):
            ranges[group].append((bounds.low, bounds.high))
            if group in (*_ARMED, "belligerents"):
                armed[story][group].append((bounds.low, bounds.high))
    for told in armed.values():
        parts = [_spread(found) for group, found in told.items() if group in _ARMED]
        ranges["belligerents"] += [_added(parts)] if parts else []
    return {group: _spread(found) for group, found in sorted(ranges.items())}


def _groups_of(count: Count) -> frozenset[str]:
    return _groups_told(fold(f"{count.of or ''} {count.span.text}"))


@cache
def _groups_told(words: str) -> frozenset[str]:
    return frozenset(group for group, named in _table("airwars")["groups"].items() if _has(words, named))


def _civilian(count: Count) -> bool:
    """Whether the words of a count tell that it is of civilians."""
    words = fold(f"{count.of or ''} {count.span.text}")
    return bool(_groups_of(count) - {*_ARMED, "belligerents", "men"}) or _has(
        words, _table("airwars")["civilians"]["words"]
    )


def _has(words: str, named: Iterable[str]) -> bool:
    return any(f" {one} " in f" {words} " for one in named)


def _range(bounds: Iterable[Bounds]) -> Range:
    return _spread([(one.low, one.high) for one in bounds])


def _spread(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    lows, highs = [low for low, _ in found if low is not None], [high for _, high in found if high is not None]
    # The most is no lower than what another source tells at the least
    return min(lows, default=None), max((*highs, *lows)) if highs else None


def _added(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    lows, highs = [low for low, _ in found if low is not None], [high for _, high in found if high is not None]
    return sum(lows) if lows else None, sum(highs) if len(highs) == len(found) else None


def _ends(group: str, what: str, found: Range) -> Row:
    return {f"{group}_{what}_min": found[0], f"{group}_{what}_max": found[1]}


def _words(bounds: Bounds) -> str:
    return " to ".join("?" if n is None else str(n) for n in (bounds.low, bounds.high))


# ---- names


def _same(one: str, other: str) -> bool:
    """Whether two names are of one party: filed under one name, or the words of the one all in the other."""
    return _filed(one) == _filed(other) or _filed(one) <= _filed(other) or _filed(other) <= _filed(one)


@cache
def _filed(name: str) -> frozenset[str]:
    return frozenset(fold(actors.canonical(name)).split()) or frozenset({name})


def _named(column: str, name: object) -> Row:
    """The two columns of a term: its name, and its slug."""
    return {f"{column}_name": str(name), f"{column}_slug": _slug(str(name))} if name is not None else {}


def _slug(name: str | None) -> str | None:
    return (re.sub(r"[^\w]+", "-", fold(name)).strip("-") or None) if name is not None else None


def _media(url: str | None) -> str:
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    hosts: Mapping[str, str] = _table("airwars")["media"]
    return next((media for known, media in hosts.items() if host == known or host.endswith(f".{known}")), "other")


@cache
def _blank(codebook: str) -> Row:
    """A row in which nothing is known."""
    return dict.fromkeys(column.name for column in columns_of(codebook))


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("onrecord.exports").joinpath(f"codebooks/{name}.toml").read_text("utf-8"))
