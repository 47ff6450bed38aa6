"""Readings as people have set them right, and what is left to decide where events are merged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from onrecord.decisions import anchors, edits
from onrecord.decisions.folding import falls_away, judges, settled
from onrecord.decisions.shown import Target
from onrecord.decisions.values import parsed
from onrecord.records import Claim, Decision, Event, Read, Reading, Ruling, Span, Standing, Tally

_OF_EVENTS = ("incident", "plan")


@dataclass(frozen=True, slots=True)
class Applied:
    """What decisions make of readings.

    reads: the readings with what people added, set and rejected; standings: of the decisions on stories and on what a
    reader found in them; rulings: of those on incidents and plans, in their order; own: what each of the first was made
    on, as the reader has it.
    """

    reads: tuple[Read, ...]
    standings: tuple[Standing, ...]
    rulings: tuple[Ruling, ...]
    own: dict[str, Target]


@dataclass(slots=True)
class _Page:
    """One story: as read, with what people added; and as they have set it right."""

    own: Read
    now: Read


def apply(reads: Sequence[Read], decisions: Sequence[Decision]) -> Applied:
    """Applies decisions that are in force (`in_force`), in their order; nothing that was read is changed by it."""
    pages = {read.story.id: _Page(read, read) for read in reads}
    rulings: list[Ruling] = []
    for decision in decisions:
        if decision.verdict == "add":
            rulings += _added(decision, pages)
    standings, own = _set_right([d for d in decisions if d.verdict != "add" and d.kind not in _OF_EVENTS], pages)
    for decision in decisions:
        if decision.verdict == "add":
            standings.append(_of_added(decision, pages))
        elif decision.kind in _OF_EVENTS:
            found = _ruling(decision, pages)
            rulings += [found] if found else []
            standings += [] if found else [settled(decision, None, None)]
    place = {decision.id: n for n, decision in enumerate(decisions)}
    return Applied(
        tuple(pages[read.story.id].now for read in reads),
        tuple(standings),
        tuple(sorted(rulings, key=lambda ruling: place[ruling.decision])),
        own,
    )


# ---- what people add


def added_id(decision: Decision) -> str:
    """The id of the claim or event that a decision adds."""
    return f"{decision.words[0].story}-x{decision.id.removeprefix('de-')}"


def _added(decision: Decision, pages: dict[str, _Page]) -> list[Ruling]:
    """Adds the claim or the event that a person saw to the reading of its story."""
    page = pages.get(decision.words[0].story) if decision.words else None
    if page is None:
        return []
    reading, id_ = page.own.reading, added_id(decision)
    if decision.field == "claim":
        added = replace(reading, claims=(*reading.claims, edits.new_claim(id_, decision.words, decision.value)))
    else:
        event = edits.new_event(id_, decision.words, decision.value, reading.claims)
        added = replace(reading, events=(*reading.events, event))
    page.own = page.now = replace(page.own, reading=added)
    return [Ruling(decision.id, "add", (id_,))] if decision.field == "incident" else []


def _of_added(decision: Decision, pages: dict[str, _Page]) -> Standing:
    if not decision.words or decision.words[0].story not in pages:
        return settled(decision, None, None)
    return Standing(decision.id, "carried", added_id(decision), "")


# ---- what people set right in a story


def _set_right(decisions: Iterable[Decision], pages: dict[str, _Page]) -> tuple[list[Standing], dict[str, Target]]:
    """Applies what bears on stories, claims, events and tallies. A later word on the same supersedes an earlier one."""
    standings: list[Standing] = []
    owned: dict[str, Target] = {}
    last: dict[tuple[str, str], tuple[Decision, Target]] = {}
    for decision in decisions:
        own = _target(decision, pages)
        if own is None:
            standings.append(settled(decision, None, None))
            continue
        owned[decision.id] = own
        key = (own.id, decision.field or "its truth")
        if key in last:
            standings.append(superseded(last[key][0], decision))
        last[key] = (decision, own)
    # A place that is set brings its country with it; a country that people set holds beside any place
    for decision, own in sorted(last.values(), key=lambda one: one[0].field == "country"):
        holds = not falls_away(decision, own) and not (judges(decision) and _renamed(decision, own))
        standings.append(replace(_settled(decision, own), holds=holds))
        if holds:
            _put_right(decision, own, pages[_story(decision)])
    return standings, owned


def _settled(decision: Decision, own: Target) -> Standing:
    standing = settled(decision, own, own.id)
    if not isinstance(own, Event) or not _renamed(decision, own):
        return standing
    was, is_ = decision.anchors[0].text, own.mentions[0].trigger.text
    note = f"The act was named by “{was}” and is by “{is_}”: it may be another."
    return replace(standing, state="needs_look", note=" ".join(filter(None, (standing.note, note))))


def _renamed(decision: Decision, own: Target) -> bool:
    """Whether an event was found in the clause of a decision's words only, and is not named by them."""
    return isinstance(own, Event) and not anchors.names(own, decision.anchors[0])


def superseded(earlier: Decision, later: Decision) -> Standing:
    """The standing of a decision that a later one says otherwise than."""
    return Standing(earlier.id, "superseded", None, f"{later.id} says so or otherwise since.")


def _story(decision: Decision) -> str:
    return decision.target if decision.kind == "story" else decision.anchors[0].story


def _target(decision: Decision, pages: dict[str, _Page]) -> Target | None:
    """What a decision bears on today, as read."""
    page = pages.get(_story(decision)) if decision.kind == "story" or decision.anchors else None
    if page is None:
        return None
    reading = page.own.reading
    match decision.kind:
        case "story":
            return page.own.story
        case "claim":
            return anchors.claim_at(reading, decision.anchors, decision.target)
        case "tally":
            return anchors.tally_at(reading, decision.anchors, decision.target)
        case _:
            return anchors.event_at(reading, decision.anchors[0], (decision.target,), _kind(decision))


def _kind(decision: Decision) -> str | None:
    return dict(decision.basis).get("kind")


def _put_right(decision: Decision, own: Target, page: _Page) -> None:
    if decision.verdict in ("reject", "not_an_incident"):
        page.now = replace(page.now, reading=_without(page.now.reading, own))
    elif decision.verdict == "set":
        value = parsed(decision.kind, decision.field, decision.value)
        page.now = _with(page.now, own, decision.field or "", value)


def _without(reading: Reading, own: Target) -> Reading:
    """The reading without a claim, an event or a tally that a person rejected."""
    if isinstance(own, Claim):
        return replace(
            reading,
            claims=tuple(claim for claim in reading.claims if claim.id != own.id),
            events=tuple(edits.without_claim(event, own.id) for event in reading.events),
        )
    return replace(
        reading,
        events=tuple(event for event in reading.events if event.id != own.id),
        tallies=tuple(tally for tally in reading.tallies if tally.id != own.id),
    )


def _with(read: Read, own: Target, name: str, value: object) -> Read:
    """The story with one value set."""
    reading = read.reading
    if isinstance(own, Claim):
        claims = tuple(edits.set_claim(c, name, value) if c.id == own.id else c for c in reading.claims)
        return replace(read, reading=replace(reading, claims=claims))
    if isinstance(own, Event):
        events = tuple(edits.set_event(e, name, value) if e.id == own.id else e for e in reading.events)
        return replace(read, reading=replace(reading, events=events))
    if isinstance(own, Tally):
        tallies = tuple(edits.set_tally(t, name, value) if t.id == own.id else t for t in reading.tallies)
        return replace(read, reading=replace(reading, tallies=tallies))
    return replace(read, story=edits.set_story(read.story, name, value))


# ---- what people decide on incidents and plans


def ruling_of(decision: Decision, reads: Sequence[Read]) -> Ruling | None:
    """A decision on an incident or a plan with the events that it bears on; None where none of them is found.

    reads: the stories of its anchors and words, as people have set them right.
    """
    return _ruling(decision, {read.story.id: _Page(read, read) for read in reads})


def _ruling(decision: Decision, pages: dict[str, _Page]) -> Ruling | None:
    """The decision with the events that it bears on today; None where none is found."""
    events = _events_at(decision.anchors, pages, _kind(decision))
    into = _events_at(decision.into_anchors, pages)
    if not events or (decision.verdict == "merge" and not into):
        return None
    alone = tuple(
        dict.fromkeys(
            event.id
            for words in decision.words
            if words.story in pages
            for event in anchors.events_in(pages[words.story].now.reading, words)
        )
    )
    return valued(Ruling(decision.id, decision.verdict, events, into, alone, decision.field), decision)


def valued(ruling: Ruling, decision: Decision) -> Ruling:
    """The ruling with the value that its decision sets."""
    value = parsed(decision.kind, decision.field, decision.value) if decision.verdict == "set" else None
    return replace(ruling, value=value)


def _events_at(spans: Iterable[Span], pages: dict[str, _Page], kind: str | None = None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for span in spans:
        page = pages.get(span.story)
        if page is None:
            continue
        # Looked up among all that was read: where people took the event out, its neighbour is not meant instead
        left = {event.id for event in page.now.reading.events}
        event = anchors.event_at(page.own.reading, span, left, kind)
        if event is not None and event.id in left:
            found[event.id] = None
    return tuple(found)
