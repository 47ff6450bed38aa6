"""Short ways to write down a story with its reading, for the tests of grouping. All of it is invented."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from onrecord.families import Grouped, fingerprint
from onrecord.records import (
    UNDATED,
    Claim,
    Count,
    Credit,
    Derivation,
    Event,
    Masthead,
    Mention,
    Party,
    Published,
    Quantity,
    Read,
    Reading,
    Source,
    Span,
    Story,
    Tally,
    When,
    Where,
)

ORIGIN = """
A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters and wounding nine, harbour master
Ysolde Brenn said. The sheds burned until dawn and the roof of the largest fell in.

"We carried them out on the doors of the weighing house," a porter told the Varn Courier. He did not want his name in
print because the port does not let its men talk to reporters.

The Ostrel Brigade fired the shells from beyond the mole, the Mirran Navy said. The brigade's spokesman, Pell Adrian,
denied it. "We have no boat that floats in that weather and no shells that would reach," he said.

The attacks on the coast have killed 31 people since the spring, according to the Varn Courier's count. In 1987 a fire
in the same sheds destroyed the harvest of four valleys, and the ministry of works promised walls of stone.

The navy plans to close the strait to trawlers in May, three officials briefed on the matter said.
""".strip()
ORIGIN_CLAIMS: list[tuple[str, dict[str, Any]]] = [
    ("A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters and wounding nine",
     {"kind": "named_person", "name": "Ysolde Brenn", "role": "harbour master"}),
    ('"We carried them out on the doors of the weighing house,"',
     {"kind": "witness", "name": "a porter", "count": Quantity(1)}),
    ("The Ostrel Brigade fired the shells from beyond the mole", {"kind": "named_body", "name": "Mirran Navy"}),
    ('"We have no boat that floats in that weather and no shells that would reach,"',
     {"kind": "named_person", "name": "Pell Adrian", "affiliation": "Ostrel Brigade", "stance": "denies"}),
    ("The attacks on the coast have killed 31 people since the spring", {"kind": "outlet", "name": "Varn Courier"}),
    ("The navy plans to close the strait to trawlers in May",
     {"kind": "anonymous", "name": "three officials briefed on the matter", "count": Quantity(3)}),
]  # fmt: skip


def day(number: int, hour: int = 9) -> Published:
    """A minute of March 2031."""
    at = datetime(2031, 3, number, hour, tzinfo=UTC)
    return Published(at, at + timedelta(seconds=59), "minute", "given")


def span(story: str, text: str, words: str) -> Span:
    at = text.index(words)
    return Span(story, "text", at, at + len(words), words)


def read(
    id_: str,
    outlet: str | None,
    published: Published,
    text: str,
    *,
    claims: Iterable[tuple[str, dict[str, Any]]] = (),
    credited: Iterable[tuple[str, str]] = (),
    events: Iterable[dict[str, Any]] = (),
    tallies: Iterable[tuple[str, str, Quantity]] = (),
    headline: str = "From the coast",
) -> Read:
    """A story with its reading. claims: content and the fields of its source, with "stance"; credited: outlet, as it
    stands in the text, and relation; events: see `_event`; tallies: words, unit, number.
    """
    story = Story(id_, None, None, outlet, headline, None, published, "en", text)
    found = fingerprint(story)
    made = []
    for number, (content, fields) in enumerate(claims):
        name = fields.get("name") or ""
        named = span(id_, text, name) if text.count(name) == 1 else None
        source = Source(**{key: value for key, value in fields.items() if key != "stance"}, span=named)
        stance = fields.get("stance", "asserts")
        made.append(Claim(f"{id_}-c{number}", (span(id_, text, content),), None, source, "indirect", stance))
    reading = Reading(
        story=id_,
        reader="by hand",
        claims=tuple(made),
        credits=tuple(Credit(name, relation, span(id_, text, name)) for name, relation in credited),  # type: ignore[arg-type]
        events=tuple(_event(id_, number, text, fields) for number, fields in enumerate(events)),
        tallies=tuple(
            Tally(f"{id_}-t{n}", unit, number, None, None, None, None, span(id_, text, words))  # type: ignore[arg-type]
            for n, (words, unit, number) in enumerate(tallies)
        ),
        signature=found.signature,
        quotes=found.quotes,
        facts=found.facts,
    )
    return Read(Masthead(id_, None, None, outlet, headline, published, len(text)), reading)


def _event(story: str, number: int, text: str, fields: dict[str, Any]) -> Event:
    """told: the clauses that tell of it; kind; status; on: day of March 2031; at, by: names; killed, injured: numbers."""
    spans = [span(story, text, words) for words in fields["told"]]
    kind, status = fields.get("kind", "shelling"), fields.get("status", "happened")
    on, at, by = fields.get("on"), fields.get("at"), fields.get("by")
    counts = tuple(
        Count(what, value if isinstance(value, Quantity) else Quantity(value), spans[0])
        for what in ("killed", "injured")
        for value in fields.get(what, ())
    )
    return Event(
        id=f"{story}-e{number}",
        kind=kind,
        status=status,
        actor=Party(by, spans[0]) if by else None,
        target=None,
        instrument=None,
        when=When(date(2031, 3, on), date(2031, 3, on), "day", spans[0]) if on else None,
        where=Where(at, None, None, None, None, "exact", spans[0]) if at else None,
        counts=counts,
        claims=(),
        mentions=tuple(Mention(s, s, status, kind, None) for s in spans),
    )


def origin(id_: str = "st-origin", outlet: str = "Varn Courier", published: Published | None = None) -> Read:
    """The story that the others have their report from."""
    return read(
        id_,
        outlet,
        published or day(4),
        ORIGIN,
        claims=ORIGIN_CLAIMS,
        events=[
            {
                "told": [
                    "A gunboat shelled the grain sheds of Tarn Haven on Monday night, killing six porters",
                    "The sheds burned until dawn",
                    "The Ostrel Brigade fired the shells from beyond the mole",
                ],
                "on": 3, "at": "Tarn Haven", "killed": [6], "injured": [9],
            },
            {"told": ["The navy plans to close the strait to trawlers in May"], "kind": "deployment", "status": "planned"},
        ],
        tallies=[("killed 31 people", "killed", Quantity(31))],
    )  # fmt: skip


def derivation(grouped: Grouped, story: str) -> Derivation:
    return next(d for d in grouped.derivations if d.story == story)


def undated() -> Published:
    return UNDATED
