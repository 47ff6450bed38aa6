"""Counting questions over the stories of a corpus: how many killings or woundings, where and when, or of whom."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from evaluation import rows
from evaluation.reading import Corpus
from evaluation.rows import BadInput, Row
from evaluation.tasks.incidents import label
from evaluation.tasks.order import Order
from onrecord.records import Gist, Incident, Where
from onrecord.wording import gazetteer
from onrecord.wording import places as placing

_HARM: dict[str, Literal["killed", "injured"]] = {"killing": "killed", "injuring": "injured"}
_KM_A_DEGREE = 111.2
_TOWN_KM, _QUARTER_KM = 25.0, 12.0
"""How far from the middle of a town its outskirts lie, and its quarters, which have names of their own as suburbs have."""
_BESIDE_KM = 30.0
"""So far from the town that a report is from an incident may be that it is about."""
_LEAST = 0.005
"""The chance that anything has."""
_WHOLE = {
    "first": r"\b{} (?:[A-Z]\. )?[A-Z][a-z]",
    "last": r"\b(?!(?:City|Town|North|South|East|West|Fort|Lake|Mount) )[A-Z][a-z'’]+ (?:[A-Z]\. )?{}\b(?! (?:[A-Z][a-z]+|Police|County))",
}
"""How the first and the last name of a person stand in a text that names him in full."""
_BESIDE = 80
"""How many characters around the words that tell of an act name those in it."""

Test = Callable[[Incident], bool]


def tallies(order: Order) -> list[Row]:
    """One row a question: how many incidents of the ledger answer to it, and which stories are about them. What is told of in passing
    alone is not counted: a registry has it from the story that is about it.
    """
    asked = rows.read(order.input, ("id",))
    corpus = order.library.read(list(order.told().values()))
    about: dict[str, list[str]] = {}
    for name in sorted(corpus.reads):
        about.setdefault(label(corpus, name) or "", []).append(name)
    told = [incident for incident in corpus.derived.incidents if incident.id in about]
    gists = {incident.id: _gists(about[incident.id], corpus) for incident in told}
    made = []
    for row in asked:
        tests = _tests(row, order.input, corpus, gists)
        found = [incident.id for incident in told if all(test(incident) for test in tests)]
        docs = sorted(name for incident in found for name in about[incident])
        made.append({"id": row["id"], "number": len(found), "docs": docs})
    return made


def _tests(row: Row, path: Path, corpus: Corpus, gists: Mapping[str, list[Gist]]) -> list[Test]:
    question = row.get("question")
    if not isinstance(question, dict) or question.get("event") not in _HARM:
        raise BadInput(f'{path}: row "{row["id"]}": "question" is no question after killing or injuring')
    harm = _HARM[question["event"]]
    tests: list[Test] = [lambda incident: _harmed(incident, harm, gists[incident.id])]
    if question.get("time"):
        first, last = _period(question["time"]["value"], row, path)
        tests.append(lambda incident: _within(incident, first, last, gists[incident.id]))
    if question.get("place"):
        lies = _place(question["place"])
        tests.append(lambda incident: lies(_where(incident, gists[incident.id])))
    if question.get("person"):
        person = question["person"]
        name = re.compile(rf"\b{re.escape(person['name'])}\b", re.IGNORECASE)
        whole = re.compile(_WHOLE.get(person.get("kind"), "{}").format(re.escape(person["name"])))
        tests.append(lambda incident: _is_person(incident, whole, corpus) and _names(incident, name, corpus))
    return tests


def _harmed(incident: Incident, what: Literal["killed", "injured"], gists: Sequence[Gist]) -> bool:
    """Whether anybody was killed, or hurt, by all the words of the stories about it together; where no story was weighed, by the ledger's
    figures. Registries count the hurt of whom no sentence says it.
    """
    chances = [gist.died if what == "killed" else gist.hurt for gist in gists]
    odds = [math.log(max(c, _LEAST) / max(1 - c, _LEAST)) for c in chances if c is not None]
    if odds:
        return sum(odds) >= 0
    bounds = incident.killed if what == "killed" else incident.injured
    return bool(bounds.best or bounds.low or bounds.high)


def _gists(names: Sequence[str], corpus: Corpus) -> list[Gist]:
    readings = (corpus.reading(name) for name in names)
    return [reading.gist for reading in readings if reading is not None and reading.gist is not None]


# ---- when


def _period(words: str, row: Row, path: Path) -> tuple[date, date]:
    """The first and last day of a year, month or day."""
    parts = [int(part) for part in words.split("-") if part.isdecimal()]
    try:
        first = date(*(*parts, 1, 1)[:3])
    except ValueError as error:
        raise BadInput(f'{path}: row "{row["id"]}": {words!r} is no year, month or day') from error
    if len(parts) == 3:
        return first, first
    behind = date(first.year + 1, 1, 1) if len(parts) == 1 else (first + timedelta(days=31)).replace(day=1)
    return first, behind - timedelta(days=1)


def _within(incident: Incident, first: date, last: date, gists: Sequence[Gist]) -> bool:
    """Whether it was in the period: on the day that most of the stories about it come to, or where they come to none on one of those
    that the ledger has.
    """
    often = Counter(gist.day for gist in gists if gist.day is not None)
    if often:
        return first <= max(sorted(often), key=lambda day: often[day]) <= last
    when = incident.when
    return (
        when is not None
        and when.start is not None
        and when.end is not None
        and when.start <= last
        and first <= when.end
    )


# ---- where


def _where(incident: Incident, gists: Sequence[Gist]) -> Where | None:
    """Where most of the stories about it are from; of a place in that town or beside it, where the ledger says that it was. A place far off is
    mostly another one of that name, or one that the story only mentions.
    """
    told = [g.where for g in gists if g.where is not None and g.where.precision != "country"]
    often = Counter((where.name, where.container) for where in told)
    home = max(told, key=lambda w: (often[w.name, w.container], w.name, w.container or ""), default=None)
    said = incident.where
    if said is None or said.precision not in ("exact", "near"):
        return home or said
    return said if home is None or home.precision == "admin1" or _km(said, home) < _BESIDE_KM else home


def _place(asked: Row) -> Callable[[Where | None], bool]:
    """Names are given from the widest to the narrowest: ["Kansas", "Wichita"]."""
    names = [re.sub(r"\s*\(.*\)", "", name).strip() for name in asked["names"]]
    state, town = names[0], names[-1] if len(names) > 1 else None
    units = {place.admin1 for place in gazetteer.candidates(state) if place.kind == "admin1"}
    if town is None:
        return lambda where: where is not None and _in_unit(where, state, units)
    middle = placing.resolve(f"{town}, {state}")
    return lambda where: where is not None and _in_town(where, town, middle)


def _in_unit(where: Where, state: str, units: set[str | None]) -> bool:
    if gazetteer.fold(where.name) == gazetteer.fold(state):
        return True
    for name in (where.name, where.container or ""):
        for place in placing.candidates(name):
            if place.admin1 in units and (place.lat, place.lon) == (where.lat, where.lon):
                return True
    return where.container is not None and gazetteer.fold(where.container) == gazetteer.fold(state)


def _in_town(where: Where, town: str, middle: Where | None) -> bool:
    """Whether it was in the town: by name, or for a quarter of it, by how near it is."""
    named = where.container if where.precision == "near" and where.container else where.name
    same = gazetteer.fold(named) == gazetteer.fold(town)
    if middle is None or None in (middle.lat, middle.lon, where.lat, where.lon):
        return same
    return where.precision in ("exact", "near") and _km(where, middle) <= (_TOWN_KM if same else _QUARTER_KM)


def _km(one: Where, other: Where) -> float:
    """The distance on a flat map, which is near enough for a town."""
    lat, lon, lat2, lon2 = one.lat or 0.0, one.lon or 0.0, other.lat or 0.0, other.lon or 0.0
    return math.hypot(lat - lat2, (lon - lon2) * math.cos(math.radians(lat))) * _KM_A_DEGREE


# ---- who


def _is_person(incident: Incident, name: re.Pattern[str], corpus: Corpus) -> bool:
    """Whether a story gives the name as a person's: a town, a street and a hall have it, too."""
    return any(name.search(corpus.stories[corpus.names[story]].text) for story in incident.stories)


def _names(incident: Incident, name: re.Pattern[str], corpus: Corpus) -> bool:
    """Whether the name stands in a headline, or beside the words of a story that tell of the incident: a story names many
    people, and most of them neither did it nor suffered it.
    """
    told = {story: corpus.stories[corpus.names[story]] for story in incident.stories}
    if any(name.search(story.headline) for story in told.values()):
        return True
    spans = [m.span for event in incident.events for m in corpus.event(event).mentions if m.span.part == "text"]
    return any(name.search(told[span.story].text, max(0, span.start - _BESIDE), span.end + _BESIDE) for span in spans)
