"""Words → the claims that hold them, found by the database itself: no ledger is loaded for it.

What people set right holds here as everywhere. The rows that are searched are as the reader had them; so the stories in which people
decided on a claim, or on when and by whom they were published, are read and set right instead, and the rows of these are passed over. Names of private persons are blotted
out, and are not found either: a claim is held against the question as it is shown.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from rich.console import RenderableType
from rich.text import Text

from onrecord import decisions
from onrecord.errors import WrongUse
from onrecord.exports.evidence import indented
from onrecord.exports.harmless import harmless, in_line
from onrecord.exports.private import Private, public_name
from onrecord.ledger import Ledger, claims, read
from onrecord.records import Decision, Read, Source
from onrecord.wording import words

UNDATED = "undated"
_AT_ONCE = 20
"""How many claims are looked at together, at least."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for. question: words that are all wanted, "words in a row", begin* and -without; first, last: days, both included,
    and then nothing without a day; outlet: any part of the name; limit: how many at most.
    """

    question: str
    first: date | None = None
    last: date | None = None
    outlet: str | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A claim that was found. story: as its source calls it; who: whom it rests on, or their kind where they have no name; said: its words, private names blotted out;
    marks: where the words asked for lie in them: [start, end).
    """

    claim: str
    story: str
    day: date | None
    outlet: str | None
    kind: str
    who: str
    said: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A claim with the words, whatever their order. The newest come first, and those without a day last."""

    age: int
    story: str
    place: int
    claim: str
    outlet: str | None
    source: Source
    words: str


def search(ledger: Ledger, asked: Asked) -> list[Hit]:
    """The current claims with those words, the newest day first; the same on every database.

    Raises WrongUse for a question without a word, days the wrong way round, or a limit below 1.
    """
    terms = words.terms(asked.question)
    if all(term.out for term in terms):
        raise WrongUse(f"{asked.question}: has no word that could be searched for; give one")
    if asked.first and asked.last and asked.last < asked.first:
        raise WrongUse(f"--until {asked.last} lies before --since {asked.first}")
    if asked.limit < 1:
        raise WrongUse(f"--limit {asked.limit}: is less than one")
    with ledger.reading() as connection:
        return list(_hits(connection, asked, terms))


def _hits(connection: sa.Connection, asked: Asked, terms: Sequence[words.Term]) -> Iterator[Hit]:
    in_force, _ = decisions.in_force(read.decisions(connection))
    changed = {story for decision in in_force for story in _stories_of(decision)}
    put_right = decisions.apply(read.reads(connection, changed), in_force).reads if changed else ()
    outlets = None
    if asked.outlet is not None:
        outlets = [one for one in claims.outlets(connection) if asked.outlet.casefold() in one.casefold()]
    wanted = claims.Wanted(terms, asked.first, asked.last, outlets, changed)
    with closing(claims.matching(connection, wanted)) as rows:
        found = heapq.merge(_of_rows(rows), sorted(_of_reads(put_right, asked), key=_order), key=_order)
        left = asked.limit
        while left and (some := list(islice(found, max(left, _AT_ONCE)))):
            # Whose names are withheld in these few is asked of the ledger, not who is named in it
            texts = {text for one in some for text in (one.words, one.outlet, one.source.name) if text}
            private = Private.among([*claims.persons(connection, texts, changed), *_sources(put_right)])
            hits = [hit for one in some if (hit := _hit(one, terms, private)) is not None][:left]
            left -= len(hits)
            names = claims.names_of(connection, {hit.story for hit in hits})
            yield from (replace(hit, story=names.get(hit.story, hit.story)) for hit in hits)


def _hit(one: _Found, terms: Sequence[words.Term], private: Private) -> Hit | None:
    """What was found as it may be shown; None where the words are not in that."""
    said = private.masked(one.words)
    if not all(bool(words.matches(said, [replace(term, out=False)])) != term.out for term in terms):
        return None
    row = private.withheld({"who": public_name(one.source), "outlet": one.outlet})
    outlet, who = row["outlet"], row["who"] or one.source.kind
    day = date.fromordinal(-one.age) if one.age != -date.min.toordinal() else None
    marks = tuple(words.matches(said, terms))
    return Hit(one.claim, one.story, day, str(outlet) if outlet else None, one.source.kind, str(who), said, marks)


def _order(one: _Found) -> tuple[int, str, int]:
    return one.age, one.story, one.place


def _of_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[_Found]:
    for row in rows:
        source = Source(row["kind"], row["name"], row["role"], row["affiliation"])
        age = -row["day"].toordinal()
        yield _Found(age, row["story"], row["n"], row["claim"], row["outlet"], source, row["words"])


def _of_reads(reads: Sequence[Read], asked: Asked) -> Iterator[_Found]:
    for one in reads:
        head = one.story
        start = head.published.start
        day = start.date() if start is not None else date.min
        bounded = asked.first is not None or asked.last is not None
        if bounded and (start is None or not (asked.first or date.min) <= day <= (asked.last or date.max)):
            continue
        if asked.outlet is not None and asked.outlet.casefold() not in (head.outlet or "").casefold():
            continue
        for place, claim in enumerate(one.reading.claims):
            yield _Found(-day.toordinal(), head.id, place, claim.id, head.outlet, claim.source, claims.said(claim))


def _stories_of(decision: Decision) -> set[str]:
    """The stories in which a decision may change a claim, or what is told of its story."""
    if decision.verdict == "add":
        return {span.story for span in decision.words} if decision.field == "claim" else set()
    if decision.kind == "story":
        return {decision.target}
    return {span.story for span in decision.anchors} if decision.kind == "claim" else set()


def _sources(reads: Sequence[Read]) -> Iterator[Source]:
    return (claim.source for one in reads for claim in one.reading.claims)


def as_row(hit: Hit) -> dict[str, object]:
    """A hit as JSON has it. marks: where the words lie in `words`, in code points."""
    return {
        "id": hit.claim,
        "story": hit.story,
        "published": hit.day.isoformat() if hit.day else None,
        "outlet": hit.outlet,
        "source_kind": hit.kind,
        "source_name": hit.who,
        "words": hit.said,
        "marks": [list(mark) for mark in hit.marks],
    }


def told(hit: Hit) -> list[RenderableType]:
    """A hit for a terminal: whose words, then the words, with those that were asked for marked."""
    day = hit.day.isoformat() if hit.day else UNDATED
    said = Text(harmless(hit.said).replace("\n", " "))
    for start, end in hit.marks:
        said.stylize("reverse", start, end)
    return [Text(in_line("  ".join(filter(None, (day, hit.outlet, hit.who, hit.claim))))), indented(said)]
