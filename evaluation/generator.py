"""An invented campaign of any size: stories with what a reader should find in them, and whose report each one is.

    python -m evaluation.generator FOLDER [--stories N] [--seed S]

writes `stories.jsonl` and `gold.json` as the joint sets have them, so that every scorer of those can be held against it. For
scale, `told` gives the readings themselves, so that grouping and merging can be timed without reading. Everything is made of
lists and templates written for it: no word is from a newspaper, and each seed gives the same stories everywhere.

Of ten incidents four are told by one outlet, four by two, two by three, each in its own words and by its own sources; each report is copied, on the
average, by three others: reprinted under an agency line, cut, or rewritten with a credit, now and then with another number of dead. Every fourth incident is a
twin of the one before: the same words, another town and toll. One report in four states how many the strikes have killed so far.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from evaluation import rows
from evaluation.rows import Row
from evaluation.tasks import joint
from onrecord import families
from onrecord.records import (
    Claim,
    Count,
    CountOf,
    Credit,
    Event,
    EventKind,
    Masthead,
    Mention,
    Published,
    Quantity,
    Read,
    Reading,
    Relation,
    Source,
    Span,
    Story,
    Tally,
    TallyUnit,
    When,
    Where,
)

FIRST = date(2031, 1, 6)
_A_DAY = 12
"""Incidents of one day. With more a campaign of 100,000 stories is a year of war, and with fewer it is a century."""
_TOTALS = 0.25
"""Share of the reports that state how many the strikes have killed up to the day before."""
_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_SYLLABLES = [
    "ba",
    "bel",
    "dar",
    "dor",
    "el",
    "far",
    "gan",
    "hal",
    "ir",
    "jo",
    "kar",
    "kel",
    "lan",
    "lor",
    "mar",
    "mi",
    "nor",
    "os",
    "pel",
    "quin",
    "ra",
    "sel",
    "tar",
    "ul",
    "var",
    "wen",
    "yor",
    "zan",
]
_TOWN_ENDS = ["holm", "mark", "stad", "ford", "haven", "mouth", "wick", "dale", "gate", "mere"]
_ACTS: tuple[tuple[EventKind, str, str], ...] = (
    ("drone_strike", "A drone", "drone"),
    ("missile_strike", "A missile", "missile"),
    ("air_strike", "Warplanes", "warplane"),
)
_TARGETS = [
    "fuel depot",
    "grain store",
    "bus garage",
    "power station",
    "fish market",
    "rail yard",
    "water works",
    "timber mill",
    "school",
    "clinic",
]
_BODIES = [
    "the Interior Ministry",
    "the Defence Ministry",
    "the Harbour Authority",
    "the Civil Guard",
    "the rescue service",
]
_OFFICES = ["mayor", "governor", "fire chief", "hospital director", "harbour master"]
_WITNESSES = ["a baker", "a bus driver", "a night watchman", "a schoolteacher", "a ferryman", "a street sweeper"]
_SEEN = ["gate", "lamp", "wall", "door", "roof", "tower", "crane", "kiosk", "tram", "bell", "fence", "stair"]
_DID = ["shook", "fell", "burned", "cracked", "vanished", "buckled", "split", "sank"]
_WHEN = ["before dawn", "at noon", "after the rain", "at supper time", "in the fog", "before the market opened"]
_PAPERS = ["Courier", "Post", "Herald", "Ledger", "Mirror", "Gazette", "Observer", "Tribune", "Chronicle", "Dispatch"]


@dataclass(frozen=True, slots=True)
class Happening:
    """One incident as it was. place: degrees."""

    id: str
    kind: EventKind
    opening: str
    weapon: str
    target: str
    town: str
    place: tuple[float, float]
    day: date
    killed: int
    injured: int


@dataclass(frozen=True, slots=True)
class Told:
    """One story of the campaign, and the truth of it. origin: the id of the story whose report it is."""

    read: Read
    text: str
    relation: Relation
    origin: str | None
    happening: Happening
    killed: int


@dataclass(slots=True)
class _Page:
    """A story as it is written, with what stands where."""

    id: str
    outlet: str
    killed: int
    text: str = ""
    claims: list[Claim] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)

    def add(self, words: str) -> Span:
        """Writes words on, and gives where they stand."""
        start = len(self.text)
        self.text += words
        return Span(self.id, "text", start, len(self.text), words)

    def within(self, span: Span, words: str) -> Span:
        """Where words stand in a stretch."""
        start = span.start + span.text.index(words)
        return Span(self.id, "text", start, start + len(words), words)


@dataclass(frozen=True, slots=True)
class _Report:
    """What one outlet found out about an incident: it is copied by others. order: two throws of a coin, by the first of which rewrites keep its
    quotation; total: strikes and
    dead so far, where it states them.
    """

    happening: Happening
    outlet: str
    body: str
    person: str
    office: str
    witness: str
    quote: str
    published: datetime
    order: tuple[int, int]
    total: tuple[int, int] | None


def told(stories: int, seed: int = 0) -> Iterator[Told]:
    """The stories of a campaign in the order in which its incidents happened: `stories` of them. They can be as many as wanted."""
    chance = random.Random(seed)
    papers = [f"{_name(chance)} {chance.choice(_PAPERS)}" for _ in range(max(20, min(2000, stories // 100)))]
    number, strikes, dead = 0, 0, 0
    yesterday = (0, 0)
    before: Happening | None = None
    for at in range(stories):
        happening = _happening(chance, at, before if at % 4 == 3 else None)
        if before is not None and happening.day != before.day:
            yesterday = (strikes, dead)
        before, strikes, dead = happening, strikes + 1, dead + happening.killed
        for n, outlet in enumerate(chance.sample(papers, chance.choice((1, 1, 2, 2, 3)))):
            total = yesterday if yesterday[0] and chance.random() < _TOTALS else None
            report = _report(chance, happening, outlet, n, total)
            first = _original(report, f"g{number:07}")
            places = [paper for paper in chance.choices(papers, k=chance.choice((0, 1, 2, 4, 8))) if paper != outlet]
            copies = [_copy(chance, report, first, paper, f"g{number + 1 + k:07}") for k, paper in enumerate(places)]
            for one in (first, *copies):
                if number == stories:
                    return
                yield one
                number += 1


def _name(chance: random.Random) -> str:
    return "".join(chance.sample(_SYLLABLES, chance.choice((2, 3)))).capitalize()


def _happening(chance: random.Random, number: int, twin: Happening | None) -> Happening:
    kind, opening, weapon = chance.choice(_ACTS)
    target = chance.choice(_TARGETS)
    if twin is not None:
        kind, opening, weapon, target = twin.kind, twin.opening, twin.weapon, twin.target
    town = _name(chance) + chance.choice(_TOWN_ENDS)
    place = (round(chance.uniform(-60, 60), 3), round(chance.uniform(-170, 170), 3))
    day = FIRST + timedelta(days=number // _A_DAY)
    killed, injured = chance.randrange(1, 13), chance.randrange(1, 13)
    if twin is not None and killed == twin.killed:
        killed = killed % 12 + 1
    return Happening(f"i{number:06}", kind, opening, weapon, target, town, place, day, killed, injured)


def _report(
    chance: random.Random, happening: Happening, outlet: str, number: int, total: tuple[int, int] | None
) -> _Report:
    first, second = chance.sample(_SEEN, 2)
    quote = (
        f"The {first} {chance.choice(_DID)} {chance.choice(_WHEN)} and the {second} of number {chance.randrange(2, 990)} "
        f"{chance.choice(_DID)} behind {_name(chance)}"
    )
    hours = 6 + 2 * number + chance.randrange(12)
    return _Report(
        happening,
        outlet,
        chance.choice(_BODIES),
        f"{_name(chance)} {_name(chance)}",
        chance.choice(_OFFICES),
        chance.choice(_WITNESSES),
        quote,
        datetime.combine(happening.day, datetime.min.time(), UTC) + timedelta(hours=hours),
        (chance.randrange(2), chance.randrange(2)),
        total,
    )


# ---- the truth of it


def gold(campaign: Iterable[Told]) -> Row:
    """The object that the joint sets have as gold."""
    stories: dict[str, Row] = {}
    found: dict[str, list[Told]] = {}
    for one in campaign:
        reading, it = one.read.reading, one.happening
        found.setdefault(it.id, []).append(one)
        stories[one.read.story.id] = {
            "origin": one.origin,
            "relation": one.relation,
            "credits": [{"outlet": credit.outlet, "relation": credit.relation} for credit in reading.credits],
            "claims": [joint.claim_row(claim) for claim in reading.claims],
            "events": [row for event in reading.events for row in joint.mention_rows(event, it.id)],
            "tallies": [joint.tally_row(tally, "consistent") for tally in reading.tallies],
            "mutations": [{"field": "killed", "from": str(it.killed), "to": str(one.killed)}]
            if one.killed != it.killed
            else [],
        }
    return {"stories": stories, "incidents": {id_: _incident(stories_) for id_, stories_ in found.items()}}


def _incident(stories: Sequence[Told]) -> Row:
    it = stories[0].happening
    firsts = [one for one in stories if one.relation == "original"]
    sources = {
        (one.read.story.id if c.source.kind == "witness" else "", c.source.name)
        for one in firsts
        for c in one.read.reading.claims
    }
    return {
        "kind": it.kind,
        "date": [it.day.isoformat(), it.day.isoformat()],
        "place": it.town,
        "killed": [it.killed] * 3,
        "injured": [it.injured] * 3,
        "stories": [one.read.story.id for one in stories],
        "independent_reports": len({one.read.story.outlet for one in firsts}),
        "primary_sources": len(sources),
    }


# ---- writing


def _original(report: _Report, id_: str) -> Told:
    page = _Page(id_, report.outlet, report.happening.killed)
    _whole(page, report)
    return _kept(page, report, report.published, "original", None)


def _whole(page: _Page, report: _Report) -> None:
    _lead(page, report)
    _wounded(page, report)
    page.add("\n\n")
    _witness(page, report)
    if report.total is not None:
        page.add("\n\n")
        _total(page, report)
    page.add("\n")


def _copy(chance: random.Random, report: _Report, first: Told, outlet: str, id_: str) -> Told:
    """The report in another outlet, hours later."""
    page = _Page(id_, outlet, report.happening.killed)
    how: Relation = chance.choice(("reprint", "reprint", "rewrite", "rewrite", "excerpt"))
    if how == "reprint":
        page.add(f"{report.happening.town.upper()} (")
        page.credits.append(Credit(report.outlet, "wire", page.add(report.outlet)))
        page.add(") - ")
        _whole(page, report)
    elif how == "excerpt":
        _lead(page, report)
        page.add(" Read the whole story in the ")
        page.credits.append(Credit(report.outlet, "republished_from", page.add(report.outlet)))
        page.add(".\n")
    else:
        page.killed += chance.choice((0, 0, 0, 1, 2))
        _rewritten(page, report)
    later = report.published + timedelta(hours=1 + chance.randrange(30))
    return _kept(page, report, later, how, first.read.story.id)


def _lead(page: _Page, report: _Report) -> None:
    it, killed = report.happening, page.killed
    people = "person" if killed == 1 else "people"
    act = f"{it.opening} hit the {it.target} at {it.town} on {it.day:%A}, killing {_worded(killed)} {people}"
    content = page.add(act)
    page.add(", ")
    _claim(page, content, report.body, "said")
    page.add(".")
    _mention(page, report, content, "hit", f"{_worded(killed)} {people}", "killed", killed)


def _wounded(page: _Page, report: _Report) -> None:
    it = report.happening
    page.add(" ")
    others = "other was" if it.injured == 1 else "others were"
    words = f"{_worded(it.injured).capitalize()} {others}"
    content = page.add(f"{words} wounded")
    page.add(", ")
    cue = page.add("said")
    page.add(" ")
    who = page.add(report.person)
    page.add(f", the {report.office} of {it.town}.")
    number = len(page.claims) + 1
    source = Source("named_person", report.person, report.office, span=who)
    page.claims.append(Claim(f"{page.id}-c{number}", (content,), cue, source, "indirect", "asserts"))
    _mention(page, report, content, "wounded", words.split(maxsplit=1)[0], "injured", it.injured)


def _witness(page: _Page, report: _Report) -> None:
    page.add("“")
    content = page.add(report.quote)
    page.add(",” ")
    cue = page.add("said")
    page.add(" ")
    who = page.add(report.witness)
    page.add(", who asked not to be named.")
    number = len(page.claims) + 1
    source = Source("witness", report.witness, count=Quantity(1), span=who)
    page.claims.append(Claim(f"{page.id}-c{number}", (content,), cue, source, "direct", "asserts"))


def _total(page: _Page, report: _Report) -> None:
    assert report.total is not None
    strikes, dead = report.total
    words = page.add(f"Since {FIRST:%B} {FIRST.day}, {strikes} strikes have killed {dead} people")
    page.add(", by a count of this newspaper up to the day before.")
    stated: tuple[tuple[TallyUnit, int, str], ...] = (("strikes", strikes, "strikes"), ("killed", dead, "people"))
    for unit, number, noun in stated:
        at = page.within(words, f"{number} {noun}")
        page.tallies.append(
            Tally(
                f"{page.id}-t{len(page.tallies) + 1}",
                unit,
                Quantity(number),
                None,
                FIRST,
                report.happening.day - timedelta(days=1),
                None,
                at,
            )
        )


def _rewritten(page: _Page, report: _Report) -> None:
    it, killed = report.happening, page.killed
    people = "person was" if killed == 1 else "people were"
    content = page.add(
        f"{_worded(killed).capitalize()} {people} killed on {it.day:%A} when the {it.target} at {it.town} was struck"
    )
    page.add(", the ")
    outlet = page.add(report.outlet)
    page.credits.append(Credit(report.outlet, "cites", outlet))
    page.add(" reported, citing ")
    _claim(page, content, report.body, None)
    page.add(".")
    _mention(
        page,
        report,
        content,
        "struck",
        f"{_worded(killed).capitalize()} {people.split(maxsplit=1)[0]}",
        "killed",
        killed,
    )
    page.add(f"\n\nThe {report.office}, ")
    who = page.add(report.person)
    page.add(", ")
    cue = page.add("told")
    page.add(" the paper that ")
    others = "one more" if it.injured == 1 else f"{_worded(it.injured)} more"
    hurt = page.add(f"{others} had been injured")
    page.add(".")
    source = Source("named_person", report.person, report.office, told=report.outlet, span=who)
    page.claims.append(Claim(f"{page.id}-c{len(page.claims) + 1}", (hurt,), cue, source, "indirect", "asserts"))
    _mention(page, report, hurt, "injured", others, "injured", it.injured)
    if report.order[0]:
        page.add(" ")
        _witness(page, report)
    page.add("\n")


def _claim(page: _Page, content: Span, name: str, cue: str | None) -> None:
    who = page.add(name)
    said = None
    if cue is not None:
        page.add(" ")
        said = page.add(cue)
    source = Source("named_body", name.removeprefix("the "), span=who)
    page.claims.append(Claim(f"{page.id}-c{len(page.claims) + 1}", (content,), said, source, "indirect", "asserts"))


def _mention(
    page: _Page, report: _Report, content: Span, trigger: str, counted: str, what: CountOf, number: int
) -> None:
    it = report.happening
    named = f"on {it.day:%A}"
    when = When(it.day, it.day, "day", page.within(content, named)) if named in content.text else None
    where = (
        Where(it.town, None, None, *it.place, "exact", page.within(content, it.town))
        if it.town in content.text
        else None
    )
    count = Count(what, Quantity(number), page.within(content, counted))
    page.mentions.append(
        Mention(
            content,
            page.within(content, trigger),
            "happened",
            it.kind,
            page.claims[-1].id,
            actor=None,
            instrument=it.weapon,
            when=when,
            where=where,
            counts=(count,),
        )
    )


def _worded(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _kept(page: _Page, report: _Report, at: datetime, relation: Relation, origin: str | None) -> Told:
    it = report.happening
    published = Published(at, at, "minute", "given")
    headline = f"{it.target.capitalize()} at {it.town} hit"
    story = Story(page.id, page.id, None, page.outlet, headline, None, published, "en", page.text)
    mentions = tuple(page.mentions)
    event = Event(
        id=f"{page.id}-e1",
        kind=it.kind,
        status="happened",
        actor=None,
        target=None,
        instrument=it.weapon,
        when=next((m.when for m in mentions if m.when is not None), None),
        where=next((m.where for m in mentions if m.where is not None), None),
        counts=tuple(count for mention in mentions for count in mention.counts),
        claims=tuple(claim.id for claim in page.claims),
        mentions=mentions,
    )
    found = families.fingerprint(story)
    reading = Reading(
        page.id,
        "the generator",
        tuple(page.claims),
        tuple(page.credits),
        (event,),
        tuple(page.tallies),
        (),
        found.signature,
        found.quotes,
        found.facts,
        found.words,
    )
    masthead = Masthead(page.id, page.id, None, page.outlet, headline, published, len(page.text))
    return Told(Read(masthead, reading), page.text, relation, origin, it, page.killed)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; exit status 0."""
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.generator", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="where the two files go")
    parser.add_argument("--stories", type=int, default=1000, help="how many stories")
    parser.add_argument("--seed", type=int, default=0, help="another seed, another campaign")
    asked = parser.parse_args(arguments)
    campaign = list(told(asked.stories, asked.seed))
    asked.folder.mkdir(parents=True, exist_ok=True)
    rows.write(asked.folder / "stories.jsonl", [row(one) for one in campaign])
    rows.write(asked.folder / "gold.json", gold(campaign))
    return 0


def row(one: Told) -> Row:
    """A story as a row of JSON Lines."""
    story = one.read.story
    assert story.published.start is not None
    return {
        "id": story.id,
        "outlet": story.outlet,
        "published": story.published.start.isoformat(),
        "headline": story.headline,
        "text": one.text,
    }


if __name__ == "__main__":
    sys.exit(main())
