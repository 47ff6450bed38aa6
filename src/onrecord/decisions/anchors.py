"""The words that a target stands on, and what stands on those words today."""

from collections.abc import Collection, Iterable, Sequence

from onrecord.records import Claim, Event, Reading, Span, Tally

_ENOUGH = 0.5
"""How much of two stretches of words must be common for them to be held to be one: half of what they cover together."""


def of_event(event: Event) -> tuple[Span, ...]:
    """The words that name the act, at its first mention."""
    return tuple(mention.trigger for mention in event.mentions[:1])


def claim_at(reading: Reading, anchors: Sequence[Span], id_: str) -> Claim | None:
    """The claim that is made in those words: the very words, else the most alike. id_: of two alike, the one so called."""
    ranked = [(_overlap(anchors, claim.content), claim.id == id_, -n) for n, claim in enumerate(reading.claims)]
    best = max(ranked, default=None)
    return reading.claims[-best[2]] if best is not None and best[0] >= _ENOUGH else None


def tally_at(reading: Reading, anchors: Sequence[Span], id_: str) -> Tally | None:
    """The tally that is stated in those words."""
    ranked = [(_overlap(anchors, (tally.span,)), tally.id == id_, -n) for n, tally in enumerate(reading.tallies)]
    best = max(ranked, default=None)
    return reading.tallies[-best[2]] if best is not None and best[0] >= _ENOUGH else None


def event_at(reading: Reading, anchor: Span, ids: Collection[str] = (), kind: str | None = None) -> Event | None:
    """The event that those words tell of: named by them, else told in the shortest clause that holds them, where it is of
    that kind. ids: of two that they name alike, one so called.
    """
    ranked = []
    for n, event in enumerate(reading.events):
        named = names(event, anchor)
        around = [m.span.end - m.span.start for m in event.mentions if _meet(anchor, m.span)]
        if named or (around and kind in (event.kind, None)):
            exact = any(mention.trigger == anchor for mention in event.mentions)
            ranked.append((exact, event.id in ids, named, -min(around, default=0), -n))
    best = max(ranked, default=None)
    return reading.events[-best[-1]] if best is not None else None


def names(event: Event, anchor: Span) -> bool:
    """Whether those words name the act."""
    return any(_meet(anchor, mention.trigger) for mention in event.mentions)


def events_in(reading: Reading, words: Span) -> list[Event]:
    """The events whose act is named within the words."""
    return [event for event in reading.events if any(_within(mention.trigger, words) for mention in event.mentions)]


def _meet(one: Span, other: Span) -> bool:
    return one.story == other.story and one.part == other.part and one.start < other.end and other.start < one.end


def _within(inner: Span, outer: Span) -> bool:
    return inner.part == outer.part and outer.start <= inner.start and inner.end <= outer.end


def _overlap(one: Iterable[Span], other: Iterable[Span]) -> float:
    """The characters that both cover, as a share of those that either covers."""
    mine, theirs = _covered(one), _covered(other)
    either = len(mine | theirs)
    return len(mine & theirs) / either if either else 0.0


def _covered(spans: Iterable[Span]) -> set[tuple[str, int]]:
    return {(span.part, at) for span in spans for at in range(span.start, span.end)}
