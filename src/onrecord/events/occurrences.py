"""Which mentions of a story tell of one occurrence, and what they say of it together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from onrecord.events import items, reckoned
from onrecord.events import where as whereabouts
from onrecord.events.arguments import Told
from onrecord.events.circumstances import words
from onrecord.records import Claim, Count, Event, EventKind, Mention, Party, Status, When, Where
from onrecord.wording import actors, kinds, places

Mode = Literal["done", "open", "disputed", "background"]

_MODES: dict[Status, Mode] = {
    "happened": "done", "ongoing": "done", "attempted": "done", "planned": "open", "threatened": "open", "possible": "open",
    "hypothetical": "open", "denied": "disputed", "negated": "disputed", "unknown": "disputed",
}  # fmt: skip
_ORDER: tuple[Status, ...] = (
    "happened", "ongoing", "attempted", "planned", "threatened", "possible", "unknown", "denied", "hypothetical", "negated",
)  # fmt: skip
"""The status of an occurrence is the first of these that one of its mentions has."""
_ALIKE: tuple[frozenset[EventKind], ...] = (
    frozenset({"air_strike", "drone_strike", "missile_strike", "shelling", "naval_strike"}),
    frozenset({"bombing", "suicide_attack"}),
    frozenset({"armed_clash", "raid", "shooting", "ground_mission"}),
    frozenset({"raid", "arrest", "seizure"}),
    frozenset({"interception", "seizure"}),
)
"""Kinds that two tellings of one occurrence may give it."""
_SHARP: dict[str, int] = {
    "exact": 0,
    "near": 0,
    "sea": 1,
    "admin2": 2,
    "unknown": 3,
    "admin1": 4,
    "region": 5,
    "country": 6,
}
_SLACK = timedelta(days=1)
_INSIDE = re.compile(
    r"\b(?:in|inside|aboard|on|at)\s(?:the|one|that)\s(?:[a-z]+\s){0,2}?([a-z]+)(?=[,.;]|\s(?:alone|itself|when|as|and)\b|\Z)"
)


_ENOUGH = 0.6
"""What must speak for it that a mention tells of an occurrence told of before."""


@dataclass(slots=True)
class _Group:
    """An occurrence in the making. item: the number of the report's item that it stands in; touched: the number of its last
    mention in the story's order.
    """

    mode: Mode
    item: int | None = None
    told: list[Told] = field(default_factory=list)
    touched: int = 0

    @property
    def mentions(self) -> list[Mention]:
        """Its mentions, in the order in which they were found to belong to it."""
        return [told.mention for told in self.told]


def build(
    story: str, told: Sequence[Told], claims: Sequence[Claim], listed: Sequence[items.Item] = ()
) -> tuple[Event, ...]:
    """The occurrences of a story, in the order in which its text tells of them; what only the headline tells comes last.

    A mention joins the occurrence that it agrees with in kind, time, place and what was hit; what is planned stays apart
    from what was done, and other years from this one. listed: the items of a report that goes through several acts: each
    is of its own acts, unless day or place says otherwise.
    """
    groups: list[_Group] = []
    body = reckoned.days([one for one in told if one.mention.span.part == "text"])
    for order, one in enumerate([*body, *(one for one in told if one.mention.span.part == "headline")]):
        item = items.of(one.mention, listed)
        group = _home(groups, one, order, item)
        if group is None:
            group = _Group(_mode(one.mention), item)
            groups.append(group)
        group.told.append(one)
        group.touched = order
    speakers = {claim.id: claim.source.name for claim in claims}
    return tuple(_event(f"{story}-e{n}", group, speakers) for n, group in enumerate(groups, start=1))


def _mode(mention: Mention) -> Mode:
    return "background" if mention.background else _MODES[mention.status]


# ---- which occurrence


def _home(groups: list[_Group], one: Told, order: int, item: int | None) -> _Group | None:
    """The occurrence that a mention tells of, or None where it brings in a new one."""
    mode = _mode(one.mention)
    if one.echo and mode != "disputed":
        return max((g for g in groups if g.mode == mode), key=lambda group: group.touched, default=None)
    fitting = [group for group in groups if _may_join(mode, group.mode) and not _conflict(group, one)]
    if one.mention.span.part == "text":
        fitting = [group for group in fitting if group.item == item or _is_met(group, one.mention)]
    scored = [(_likeness(group, one, order, mode), group.touched, n) for n, group in enumerate(fitting)]
    best = max(scored, default=None)
    if best is not None and best[0] >= _ENOUGH:
        return fitting[best[2]]
    return _first(groups, one, mode) if one.mention.span.part == "headline" else None


def _is_met(group: _Group, mention: Mention) -> bool:
    """Whether day or place of a mention are an occurrence's."""
    return any(_same_time(mention.when, m.when) for m in group.mentions) or any(
        mention.where is not None and m.where is not None and same_place(mention.where, m.where) for m in group.mentions
    )


def _first(groups: Sequence[_Group], one: Told, mode: Mode) -> _Group | None:
    """The act that a story tells first: its headline's, where the headline has no day, place or number of its own."""
    mention = one.mention
    if mode != "done" or mention.when is not None or mention.where is not None or mention.counts:
        return None
    first = next((group for group in groups if group.mode == mode), None)
    harm = first is not None and kinds.kind(mention.kind).harms and kinds.kind(first.mentions[0].kind).harms
    return first if harm else None


def _may_join(mode: Mode, other: Mode) -> bool:
    if mode == "disputed":
        return other in {"done", "open", "disputed"}
    return mode == other or (other == "disputed" and mode in {"done", "open"})


def _conflict(group: _Group, one: Told) -> bool:
    """Whether the mention and the occurrence cannot be one: another kind of act, another time, places far apart."""
    mention = one.mention
    vague = one.effect and mention.kind == "other"
    if not vague and not any(_kinds_agree(mention.kind, other.kind) for other in group.mentions):
        return True
    times = [told.mention.when for told in group.told if not told.late] or [m.when for m in group.mentions]
    if (
        not one.late
        and any(_apart(mention.when, t) for t in times)
        and not any(_same_time(mention.when, t) for t in times)
    ):
        return True
    places = [m.where for m in group.mentions if m.where is not None]
    if mention.where is None or not places or any(same_place(mention.where, place) for place in places):
        return False
    if group.mode == "disputed" and _mode(mention) != "disputed":
        # What somebody denies of one place is no doubt about another.
        return True
    return (one.new and not one.effect) or all(_far(mention.where, place) for place in places)


def _kinds_agree(one: EventKind, other: EventKind) -> bool:
    return one == other or any({one, other} <= alike for alike in _ALIKE)


def _apart(one: When | None, other: When | None) -> bool:
    a, b = _days(one), _days(other)
    return a is not None and b is not None and (a[0] > b[1] + _SLACK or b[0] > a[1] + _SLACK)


def _same_time(one: When | None, other: When | None) -> bool:
    a, b = _days(one), _days(other)
    return a is not None and b is not None and a[0] <= b[1] and b[0] <= a[1]


def _days(when: When | None) -> tuple[date, date] | None:
    if when is None or when.start is None or when.end is None:
        return None
    return when.start, when.end


def same_place(one: Where, other: Where) -> bool:
    """Whether two wheres name one place, or one lies in the other by what is told."""
    if one.name.casefold() == other.name.casefold():
        return True
    a, b = set(one.name.casefold().split()), set(other.name.casefold().split())
    if a <= b or b <= a:
        return True
    if whereabouts.is_within(one, other) or whereabouts.is_within(other, one):
        return True
    if None not in (one.lat, one.lon, other.lat, other.lon):
        return not _far(one, other)
    return False


def _far(one: Where, other: Where) -> bool:
    """Whether the map says that the two are different places."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return (
            one.precision == other.precision == "unknown"
            and one.container is not None
            and one.container == other.container
        )
    if {one.precision, other.precision} & {"country", "region", "admin1", "sea"}:
        return one.country is not None and other.country is not None and one.country != other.country
    return abs(one.lat - other.lat) > 0.5 or abs(one.lon - other.lon) > 0.7


def _likeness(group: _Group, one: Told, order: int, mode: Mode) -> float:
    """How much speaks for it that the mention tells of this occurrence."""
    mention = one.mention
    alike = any(m.kind == mention.kind for m in group.mentions)
    score = 1.0 if alike else 0.3
    times = any(_same_time(mention.when, m.when) for m in group.mentions)
    wheres = [m.where for m in group.mentions if m.where is not None]
    place = mention.where is not None and any(same_place(mention.where, w) for w in wheres)
    hit = mention.target is not None and any(
        m.target is not None and _same_party(mention.target, m.target) for m in group.mentions
    )
    score += 1.0 * times + 1.0 * place + 1.0 * hit
    if mention.target is not None and not hit:
        score += 0.6 * (_noun(mention.target) in _spoken(group))
    score += 0.8 * any(_same_toll(mention, m) for m in group.mentions)
    if mention.where is not None and wheres and not place:
        score -= min(_strangeness(mention.where, where) for where in wheres)
    score += max(0.0, (0.5 if alike else 0.35) - 0.1 * (order - group.touched - 1))
    if mode == "background" and order - group.touched > 1 and not (times or place):
        return 0.0
    score += 0.4 * one.again + 0.5 * (mention.span.part == "headline")
    if one.new and not (times or place):
        score -= 1.6
    elif one.fresh and not (times or place or hit):
        score -= 0.8
    return score


def _noun(party: Party) -> str:
    """The last word of a party's name, folded: what it is."""
    return party.name.casefold().split()[-1] if party.name.split() else ""


def _spoken(group: _Group) -> frozenset[str]:
    """The longer words that an occurrence is told in."""
    return frozenset(w.strip(".,;:\"'") for m in group.mentions for w in m.span.text.casefold().split() if len(w) > 3)


def _strangeness(one: Where, other: Where) -> float:
    """How much two names speak for two places: a wide place may hold the other, and so may a known town an unknown name."""
    if _is_wide(one) or _is_wide(other) or _is_street(one) != _is_street(other):
        return 0.0
    return 0.4 if (one.lat is None) != (other.lat is None) else 1.0


def _is_street(where: Where) -> bool:
    return where.name.casefold().split()[-1] in words("place", "streets")


def _is_wide(where: Where) -> bool:
    sea = bool(set(where.name.casefold().split()) & words("place", "wide"))
    return sea or where.precision in {"sea", "country", "region", "admin1"}


def _same_toll(one: Mention, other: Mention) -> bool:
    """Whether both give the same number of dead or hurt, and not one that many acts have."""
    return bool(_toll(one) & _toll(other))


def _toll(mention: Mention) -> set[tuple[str, int]]:
    told = [c for c in mention.counts if c.what in {"killed", "injured"} and not c.part]
    return {(c.what, c.quantity.number) for c in told if c.quantity.number is not None and c.quantity.number > 1}


def _same_party(one: Party, other: Party) -> bool:
    a, b = set(one.name.casefold().split()), set(other.name.casefold().split())
    return bool(a) and (a <= b or b <= a)


# ---- what they say together


def _event(id_: str, group: _Group, speakers: Mapping[str, str | None]) -> Event:
    told = sorted(
        group.told, key=lambda t: (t.mention.span.part == "headline", t.mention.span.start, t.mention.span.end)
    )
    mentions = [one.mention for one in told]
    status = _status([one.mention for one in told if not (one.echo or one.effect)] or mentions)
    telling = [m for m in mentions if m.status == status] or mentions
    named = [one.mention for one in told if not one.echo and one.mention.status == status] or telling
    claims = dict.fromkeys(m.claim for m in mentions if m.claim is not None and m.claim in speakers)
    return Event(
        id=id_,
        kind=_kind(named),
        status=status,
        actor=_doer(telling),
        target=next((m.target for m in telling if m.target is not None), None),
        instrument=next((m.instrument for m in telling if m.instrument is not None), None),
        when=_when(told),
        where=_where(telling) or _where(mentions),
        counts=_counts(mentions, speakers),
        claims=tuple(c for c in claims if c is not None),
        mentions=tuple(mentions),
        background=group.mode == "background",
    )


def _doer(mentions: Sequence[Mention]) -> Party | None:
    """The first doer with a name, else the first ("gunmen"): who they were is often told later."""
    told = [m.actor for m in mentions if m.actor is not None]
    return next((party for party in told if _is_named(party)), next(iter(told), None))


def _is_named(party: Party) -> bool:
    """Whether the words are a name, and not a common noun with the capital of a sentence's start."""
    known = actors.named(party.name) is not None or places.country_of(party.name) is not None
    return known or any(word[0].isupper() for word in party.name.split()[1:])


def _status(mentions: Iterable[Mention]) -> Status:
    told = {m.status for m in mentions}
    return next(status for status in _ORDER if status in told)


def _kind(mentions: Sequence[Mention]) -> EventKind:
    """The kind told first, unless another is told more than twice as often."""
    tally: dict[EventKind, int] = {}
    for mention in mentions:
        if mention.kind != "other":
            tally[mention.kind] = tally.get(mention.kind, 0) + 1
    if not tally:
        return mentions[0].kind
    first = next(iter(tally))
    most = max(tally, key=lambda kind: tally[kind])
    return most if tally[most] > 2 * tally[first] else first


def _when(told: Sequence[Told]) -> When | None:
    """The first time that resolves to days, acts before effects; else the first wording. When somebody died of it later
    is no time of the act, unless the story begins with it.
    """
    telling = [t for n, t in enumerate(told) if n == 0 or not t.late]
    times = [t.mention.when for t in sorted(telling, key=lambda t: t.effect) if t.mention.when is not None]
    days = [w for w in times if w.start is not None and w.precision in {"day", "days"}]
    return next(iter([*days, *(w for w in times if w.start is not None), *times]), None)


def _where(mentions: Sequence[Mention]) -> Where | None:
    """The first place, or one that lies in it and is told more closely."""
    best: Where | None = None
    for mention in mentions:
        place = mention.where
        if place is None:
            continue
        if best is None or (_sharp(place) < _sharp(best) and _sharp(best) >= 4):
            best = place
    return best


def _sharp(where: Where) -> int:
    return _SHARP[where.precision]


def _counts(mentions: Sequence[Mention], speakers: Mapping[str, str | None]) -> tuple[Count, ...]:
    """Every different statement of a number, where it stands first, in the order of the text, the headline's last. Who died "in the
    bakery" is a share of more dead that the same source told of before, or anybody where no source is named.
    """
    found: dict[tuple[object, ...], Count] = {}
    told: list[tuple[str | None, Count]] = []
    for mention in mentions:
        speaker = speakers.get(mention.claim or "")
        for count in mention.counts:
            if _is_inside(mention, count) and any(_is_less(count, c) for name, c in told if speaker in {None, name}):
                count = replace(count, part=True)
            found.setdefault((count.what, count.quantity, count.of, count.part), count)
            told.append((speaker, count))
    return tuple(found.values())


def _is_less(one: Count, other: Count) -> bool:
    mine, more = one.quantity.number, other.quantity.number
    return other.what == one.what and not other.part and mine is not None and more is not None and 0 < mine < more


def _is_inside(mention: Mention, count: Count) -> bool:
    """Whether people came to harm in a room, a house or a vehicle of the act's ("four died in the bakery")."""
    at = count.span.end - mention.span.start
    match = _INSIDE.search(mention.span.text, at if 0 <= at <= len(mention.span.text) else 0)
    return match is not None and match.group(1).casefold() in words("place", "rooms")
