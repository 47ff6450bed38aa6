"""Records and stories made up for tests: a harbour war between states that do not exist."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from onrecord.pipeline import View, arranged
from onrecord.records import (
    Bounds,
    Campaign,
    Capture,
    Claim,
    Count,
    Credit,
    Decision,
    Derivation,
    Derived,
    Event,
    Family,
    Incident,
    Intake,
    Masthead,
    Mention,
    Mutation,
    Name,
    Part,
    Party,
    Plan,
    Published,
    Quantity,
    Read,
    Reading,
    Rejection,
    Source,
    Span,
    Standing,
    Statement,
    Story,
    Tally,
    Verdict,
    When,
    Where,
)

NOW = datetime(2031, 4, 2, 8, 30, tzinfo=UTC)
DAY = Published(datetime(2031, 4, 1, tzinfo=UTC), datetime(2031, 4, 2, tzinfo=UTC), "day", "given")
HEADLINE = "Shells hit the quay at Varnholm"
TEXT = (
    "Shells hit the quay at Varnholm on Monday, killing at least six dockers, the harbour authority said.\n\n"
    "Nine others were wounded, said Oda Brenk, who sells fish there. The Tern Brigade plans another attack, she added."
)


def story(number: int = 1, text: str = TEXT, **changed: Any) -> Story:
    fields: dict[str, Any] = {
        "id": f"st-{number:016x}", "name": f"tale-{number}", "url": None, "outlet": "Varn Courier", "headline": HEADLINE,
        "byline": None, "published": DAY, "language": "en", "text": text,
    }  # fmt: skip
    return Story(**{**fields, **changed})


def span(told: Story, words: str, part: Part = "text") -> Span:
    start = told.words(part).index(words)
    return Span(told.id, part, start, start + len(words), words)


def intake(told: Story | None, source: str = "invented.txt", rejections: Sequence[Rejection] = ()) -> Intake:
    body = (told.text if told else source).encode()
    capture = Capture(hashlib.sha256(body).hexdigest(), source, "text/plain", body)
    state = "refused" if told is None else "partial" if rejections else "ok"
    return Intake(source, state, capture, told, tuple(rejections))  # type: ignore[arg-type]


AUTHORITY = Source("named_body", "Harbour Authority")
SELLER = Source("named_person", "Oda Brenk")


def reading(told: Story, reader: str = "by hand", second: Source = SELLER) -> Reading:
    """What an ideal reader finds in `TEXT`."""
    first = span(told, "Shells hit the quay at Varnholm on Monday, killing at least six dockers")
    wounded = span(told, "Nine others were wounded")
    planned = span(told, "The Tern Brigade plans another attack")
    claims = (
        Claim(f"{told.id}-c1", (first,), span(told, "said"), AUTHORITY, "indirect", "asserts"),
        Claim(f"{told.id}-c2", (wounded,), span(told, "said"), second, "indirect", "asserts"),
        Claim(f"{told.id}-c3", (planned,), span(told, "added"), second, "indirect", "warns"),
    )
    counts = (
        Count("killed", Quantity(6, modifier="at_least"), span(told, "at least six"), "dockers"),
        Count("injured", Quantity(9), span(told, "Nine others")),
    )
    when = When(date(2031, 3, 31), date(2031, 3, 31), "day", span(told, "on Monday"))
    where = Where("Varnholm", None, "Quelland", 54.5, -3.25, "exact", span(told, "Varnholm"))
    tern = Party("Tern Brigade", span(told, "The Tern Brigade"))
    hit = Mention(first, span(told, "hit"), "happened", "shelling", claims[0].id, when=when, where=where, counts=counts)
    plan = Mention(planned, span(told, "attack"), "planned", "other", claims[2].id, actor=tern)
    events = (
        Event(f"{told.id}-e1", "shelling", "happened", None, None, None, when, where, counts, (claims[0].id, claims[1].id), (hit,)),
        Event(f"{told.id}-e2", "other", "planned", tern, None, None, None, None, (), (claims[2].id,), (plan,)),
    )  # fmt: skip
    tally = Tally(f"{told.id}-t1", "killed", Quantity(6), None, None, None, claims[0].id, span(told, "six dockers"))
    credit = Credit("Varn Courier", "cites", span(told, "harbour authority"))
    return Reading(
        told.id, reader, claims, (credit,), events, (tally,), (), (1, 2, 3), ("a b c d e f",), ("6 dockers",)
    )


def masthead(told: Story) -> Masthead:
    return Masthead(told.id, told.name, told.url, told.outlet, told.headline, told.published, len(told.text))


def derived(told: Story, found: Reading) -> Derived:
    """What an ideal merge makes of one reading."""
    event, plan = found.events
    sources = tuple(c.source.name or c.source.kind for c in found.claims[:2])
    statement = Statement("killed", "at least six", Bounds(6, 6, None), sources[1], told.id, event.counts[0].span, True)
    still = Statement("status", "ongoing", None, "de-0000000002", "", None, True)
    incident = Incident(
        "in-00000001", "shelling", "ongoing", event.when, event.where, None, None, Bounds(6, 6, None), Bounds(9, 9, 9),
        (event.id,), (told.id,), ("Varn Courier",), sources, (statement, still), ("tells of the same day",),
    )  # fmt: skip
    return Derived(
        (Family("fa-00000001", told.id, (told.id,)),),
        (Derivation(told.id, "original", None, None, ()),),
        (Mutation(told.id, told.id, "attribution", "Oda Brenk", None, found.claims[1].content[0], None),),
        (incident,),
        (Plan("pl-00000001", "other", "planned", "Tern Brigade", None, None, (plan.id,), (told.id,)),),
        (Verdict(f"{told.id}-t1", "consistent", Bounds(6, 6, None), None, (incident.id,), "The ledger has as many."),),
    )


def view(told: Story | None = None, found: Reading | None = None) -> View:
    told = told or story()
    found = found or reading(told)
    seen = arranged((Read(masthead(told), found),), replace(derived(told, found), standings=(STANDING,)))
    return replace(seen, decisions=(DECISION,), campaigns=(Campaign("Varn coast"),), names=(NAME,))


DECISION = Decision(
    "de-0000000001", "set", "in-00000001", "incident", "Ines Vael", NOW, "the authority's later list", "killed", "7",
    seen=(("killed", "6-6-?"),),
)  # fmt: skip
STANDING = Standing(DECISION.id, "carried", "in-00000001", "")
NAME = Name("in-00000001", "given", None, ())


PLACES = ("Varnholm", "Kelm Point", "Ostrey", "Brackwater", "Sunnmark", "Tolle Roads")
NUMBERS = ("three", "five", "at least six", "eleven", "two", "nine")


def rows(count: int) -> list[dict[str, str]]:
    """Short stories of different days and places, some of them copies of the one before, in two outlets."""
    found = []
    for n in range(count):
        told, outlet = n - n % 2, ("Varn Courier", "Ostrey Post")[n % 2]
        place, killed, day = PLACES[told % 6], NUMBERS[(told // 2) % 6], 1 + told % 27
        text = (
            f"A drone struck a fuel depot at {place} on May {day}, killing {killed} people, the Interior Ministry said.\n\n"
            f"“We counted the dead beside depot number {told} before dawn on that day,” said Col. Anders Holt, a spokesman "
            f"for the ministry.\n\nThe Tern Brigade threatened to attack {PLACES[(told + 1) % 6]} next week."
        )
        row = {
            "id": f"r{n:03}",
            "outlet": outlet,
            "published": f"2031-05-{day:02}",
            "headline": f"Depot {told} hit",
            "text": text,
        }
        found.append(row)
    return found


def write_rows(path: Path, found: Sequence[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in found), "utf-8")
    return path
