"""Counting questions over the stories of a corpus: how many killings or woundings, where and when, or of whom."""

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from evaluation import rows
from evaluation.reading import Corpus
from evaluation.rows import BadInput, Row
from evaluation.tasks.order import Order
from onrecord.records import Incident, Where
from onrecord.wording import gazetteer
from onrecord.wording import places as placing

_HARM = {"killing": "killed", "injuring": "injured"}
_KM_A_DEGREE = 111.2
_TOWN_KM = 25.0
"""How far from the middle of a town its outskirts and suburbs lie."""
_BESIDE = 80
"""How many characters around the words that tell of an act name those in it."""

Test = Callable[[Incident], bool]


def tallies(order: Order) -> list[Row]:
    """One row a question: how many incidents of the ledger answer to it, and in which stories they stand."""
    asked = rows.read(order.input, ("id",))
    corpus = order.library.read(list(order.told().values()))
    made = []
    for row in asked:
        tests = _tests(row, order.input, corpus)
        found = [incident for incident in corpus.derived.incidents if all(test(incident) for test in tests)]
        docs = {corpus.names[story] for incident in found for story in incident.stories}
        made.append({"id": row["id"], "number": len(found), "docs": sorted(docs)})
    return made


def _tests(row: Row, path: Path, corpus: Corpus) -> list[Test]:
    question = row.get("question")
    if not isinstance(question, dict) or question.get("event") not in _HARM:
        raise BadInput(f'{path}: row "{row["id"]}": "question" is no question after killing or injuring')
    harm = _HARM[question["event"]]
    tests: list[Test] = [lambda incident: _harmed(incident, harm)]
    if question.get("time"):
        first, last = _period(question["time"]["value"], row, path)
        tests.append(lambda incident: _within(incident, first, last, corpus))
    if question.get("place"):
        tests.append(_place(question["place"]))
    if question.get("person"):
        name = re.compile(rf"\b{re.escape(question['person']['name'])}\b", re.IGNORECASE)
        tests.append(lambda incident: _names(incident, name, corpus))
    return tests


def _harmed(incident: Incident, what: str) -> bool:
    bounds = incident.killed if what == "killed" else incident.injured
    return bool(bounds.best or bounds.low or bounds.high)


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


def _within(incident: Incident, first: date, last: date, corpus: Corpus) -> bool:
    """Whether the incident was in the period; one without a day stands on the day of its first story."""
    when = incident.when
    if when is not None and when.start is not None and when.end is not None:
        return when.start <= last and first <= when.end
    days = [corpus.stories[corpus.names[story]].published.day for story in incident.stories]
    known = sorted(day for day in days if day is not None)
    return bool(known) and first <= known[0] <= last


# ---- where


def _place(asked: Row) -> Test:
    """Names are given from the widest to the narrowest: ["Kansas", "Wichita"]."""
    names = [re.sub(r"\s*\(.*\)", "", name).strip() for name in asked["names"]]
    state, town = names[0], names[-1] if len(names) > 1 else None
    units = {place.admin1 for place in gazetteer.candidates(state) if place.kind == "admin1"}
    if town is None:
        return lambda incident: incident.where is not None and _in_unit(incident.where, state, units)
    middle = placing.resolve(f"{town}, {state}")
    return lambda incident: incident.where is not None and _in_town(incident.where, town, middle)


def _in_unit(where: Where, state: str, units: set[str | None]) -> bool:
    if gazetteer.fold(where.name) == gazetteer.fold(state):
        return True
    for name in (where.name, where.container or ""):
        for place in gazetteer.candidates(name):
            if place.admin1 in units and (place.lat, place.lon) == (where.lat, where.lon):
                return True
    return where.container is not None and gazetteer.fold(where.container) == gazetteer.fold(state)


def _in_town(where: Where, town: str, middle: Where | None) -> bool:
    if middle is not None and None not in (middle.lat, middle.lon, where.lat, where.lon):
        return where.precision in ("exact", "near") and _km(where, middle) <= _TOWN_KM
    return gazetteer.fold(where.name) == gazetteer.fold(town)


def _km(one: Where, other: Where) -> float:
    """The distance on a flat map, which is near enough for a town."""
    lat, lon, lat2, lon2 = one.lat or 0.0, one.lon or 0.0, other.lat or 0.0, other.lon or 0.0
    return math.hypot(lat - lat2, (lon - lon2) * math.cos(math.radians(lat))) * _KM_A_DEGREE


# ---- who


def _names(incident: Incident, name: re.Pattern[str], corpus: Corpus) -> bool:
    """Whether the name stands in a headline, or beside the words of a story that tell of the incident: a story names many
    people, and most of them neither did it nor suffered it.
    """
    told = {story: corpus.stories[corpus.names[story]] for story in incident.stories}
    if any(name.search(story.headline) for story in told.values()):
        return True
    spans = [m.span for event in incident.events for m in corpus.event(event).mentions if m.span.part == "text"]
    return any(name.search(told[span.story].text, max(0, span.start - _BESIDE), span.end + _BESIDE) for span in spans)
