"""A ledger of generated stories with places known to every precision, on both sides of the 180th meridian, some days and figures
unknown, a place whose name looks like HTML and private persons as actors: what a map and a timeline have to show.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from evaluation import generator
from onrecord import pipeline
from onrecord.engines import reader_name
from onrecord.exports.private import WITHHELD, public_name
from onrecord.ledger import open_ledger, write
from onrecord.records import Event, EventKind, Intake, Party, PlacePrecision, Reading, Story, When, Where

NOW = datetime(2032, 1, 1, tzinfo=UTC)
KINDS: tuple[EventKind, ...] = (
    "drone_strike",
    "shelling",
    "bombing",
    "armed_clash",
    "naval_strike",
    "raid",
    "drone_strike",
)
PLACED: tuple[PlacePrecision, ...] = (
    "exact",
    "near",
    "admin2",
    "admin1",
    "region",
    "sea",
    "country",
    "unknown",
    "exact",
)
MARKED = "Old <b onclick=alert(1)>Mill</b> & Weir"
LANDS = (("Iceland", 65.0, -18.6), ("Fiji", -17.8, 178.0), ("New Zealand", -41.5, 172.8))


def filled(path: Path, stories: int = 300, apart: int = 3) -> Path:
    """The ledger as a file. apart: how many days lie between an incident and the next one."""
    ledger = open_ledger(str(path), create=True)
    try:
        for batch in _batches(stories):
            moved = [_moved(one, apart) for one in batch]
            intakes = [Intake(story.id, "ok", None, story) for story, _ in moved]
            write.store(ledger, intakes, [reading for _, reading in moved], NOW)
        pipeline.rebuild(ledger, "joint", NOW)
    finally:
        ledger.close()
    return path


def _batches(stories: int) -> Iterator[list[generator.Told]]:
    told = [*generator.told(stories)]
    yield from (told[at : at + 500] for at in range(0, len(told), 500))


def _moved(one: generator.Told, apart: int) -> tuple[Story, Reading]:
    number, read = int(one.happening.id[1:]), one.read
    days = timedelta(days=apart * number)
    masthead = read.story
    published = masthead.published
    moved = replace(published, start=published.start + days, end=published.end + days)
    story = Story(
        masthead.id, masthead.name, None, masthead.outlet, masthead.headline, None, moved, "en", one.text
    )  # fmt: skip
    event = replace(_elsewhere(read.reading.events[0], number, days), actor=_private(read.reading))
    tallies = tuple(replace(tally, as_of=tally.as_of and tally.as_of + days) for tally in read.reading.tallies)
    return story, replace(read.reading, events=(event,), tallies=tallies, reader=reader_name())


def _private(reading: Reading) -> Party | None:
    """A private person whom the story names, for the act."""
    held = (claim.source for claim in reading.claims if claim.source.kind == "named_person")
    return next((Party(s.name, s.span) for s in held if public_name(s) == WITHHELD and s.name and s.span), None)


def _elsewhere(event: Event, number: int, days: timedelta) -> Event:
    kind = KINDS[number % len(KINDS)]

    def put(one: Any) -> Any:
        counts = () if number % 5 == 4 else one.counts
        if number % 7 == 3:
            counts = tuple(replace(c, quantity=replace(c.quantity, modifier="at_least")) for c in counts)
        when = one.when and _when(one.when, number, days)
        return replace(one, kind=kind, when=when, where=one.where and where(one.where, number), counts=counts)

    return replace(put(event), mentions=tuple(put(mention) for mention in event.mentions))


def _when(when: When, number: int, days: timedelta) -> When | None:
    start = (when.start or date.min) + days
    if number % 11 == 10:
        return None
    if number % 6 == 5:
        return replace(when, start=start, end=start + timedelta(days=6), precision="week")
    return replace(when, start=start, end=start)


def where(place: Where, number: int) -> Where:
    """The place of an incident: near another one, as exactly known as its number tells."""
    country, lat, lon = LANDS[number // len(PLACED) % len(LANDS)]
    precision = PLACED[number % len(PLACED)]
    lat, lon = lat + (number * 7 % 11 - 5) / 4, lon + (number * 5 % 13 - 6) / 2
    lon = lon - 360 if lon > 180 else lon
    place = replace(place, name=MARKED) if number == 8 else place
    if precision == "country":
        return replace(place, name=country, country=country, lat=lat, lon=lon, precision=precision)
    if precision == "unknown":
        return replace(place, country=None, lat=None, lon=None, precision=precision)
    return replace(place, country=country, lat=lat, lon=lon, precision=precision)
