"""Records of a reading with one value set by a person, and records that a person adds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from onrecord.records import (
    Claim,
    Count,
    CountOf,
    Event,
    EventKind,
    Masthead,
    Mention,
    Party,
    Quantity,
    Source,
    Span,
    Tally,
    Where,
)


def new_claim(id_: str, words: tuple[Span, ...], source: str | None) -> Claim:
    """A claim that a person saw: the words, and whom they rest on; without a source it is the narrator's."""
    teller = Source("named_body" if source else "narrator", source or None)
    return Claim(id_, words, None, teller, "indirect" if source else "narration", "asserts")


def new_event(id_: str, words: tuple[Span, ...], kind: str | None, claims: Sequence[Claim]) -> Event:
    """An event that a person saw: held to have happened until something else is set, told by the claims around it."""
    held = tuple(claim.id for claim in claims if _covers(claim, words[0]))
    mentions = tuple(
        Mention(span=span, trigger=span, status="happened", kind=_kind(kind), claim=held[0] if held else None)
        for span in words
    )
    return Event(id_, _kind(kind), "happened", None, None, None, None, None, (), held, mentions, stated=True)


def _kind(words: str | None) -> EventKind:
    return cast("EventKind", words or "other")


def _covers(claim: Claim, words: Span) -> bool:
    return any(s.part == words.part and s.start < words.end and words.start < s.end for s in claim.content)


def set_story(story: Masthead, name: str, value: Any) -> Masthead:
    """A masthead with its outlet or its publication set."""
    changes: dict[str, Any] = {name: value}
    return replace(story, **changes)


def set_claim(claim: Claim, name: str, value: Any) -> Claim:
    """A claim with its source, the kind of it, to whom it spoke, or the stance set."""
    if name == "stance":
        return replace(claim, stance=value)
    changes: dict[str, Any] = {{"source": "name", "source_kind": "kind", "told": "told"}[name]: value}
    return replace(claim, source=replace(claim.source, **changes))


def set_tally(tally: Tally, name: str, value: Any) -> Tally:
    """A tally with one value set."""
    changes: dict[str, Any] = {name: value} if name != "count" else {"quantity": value or Quantity(None)}
    return replace(tally, **changes)


def set_event(event: Event, name: str, value: Any) -> Event:
    """An event with one value set, at each of its mentions too: merging looks at these."""
    if name in ("killed", "injured"):
        return _counting(event, cast("CountOf", name), value)
    if name == "country":
        where = event.where or (Where(value, None, None, None, None, "country", None) if value else None)
        return replace(event, where=replace(where, country=value) if where else None)
    if name in ("date", "place"):
        placed: dict[str, Any] = {"when" if name == "date" else "where": value}
        return replace(event, **placed)
    if name in ("actor", "target"):
        value = Party(value, event.mentions[0].span) if value else None
    changes: dict[str, Any] = {name: value}
    told = tuple(replace(mention, **changes) for mention in event.mentions)
    return replace(event, **changes, mentions=told, stated=event.stated or name == "status")


def _counting(event: Event, what: CountOf, value: Quantity | None) -> Event:
    """The event with one count of that sort, told at its first mention, or with none."""
    first = event.mentions[0]
    count = Count(what, value, first.span) if value is not None else None
    mentions = [replace(m, counts=tuple(c for c in m.counts if c.what != what)) for m in event.mentions]
    counts = tuple(c for c in event.counts if c.what != what)
    if count is not None:
        mentions[0] = replace(mentions[0], counts=(*mentions[0].counts, count))
        counts = (*counts, count)
    return replace(event, counts=counts, mentions=tuple(mentions))


def without_claim(event: Event, claim: str) -> Event:
    """An event that a claim no longer tells of."""
    return replace(
        event,
        claims=tuple(id_ for id_ in event.claims if id_ != claim),
        mentions=tuple(replace(m, claim=None) if m.claim == claim else m for m in event.mentions),
    )
