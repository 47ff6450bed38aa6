"""Which events are one, once people have decided: what the machine gathered, put right in the order of their decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onrecord.records import Grouping, Ruling


@dataclass(slots=True)
class Group:
    """Events held to be one. happened: an incident, else a plan; out: the decision by which it is none; parted: whether it
    was split off; set: the rulings that set a value, in order; decisions: those in force on it.
    """

    events: set[str]
    happened: bool
    reasons: list[str]
    out: str | None = None
    parted: bool = False
    set: list[Ruling] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Decided:
    """The groups, and which of them each ruling bears on: its place in `groups`, or None where it has no effect, with a
    sentence why.
    """

    groups: tuple[Group, ...]
    bears: dict[str, tuple[int | None, str]]


def decided(groupings: Sequence[Grouping], rulings: Sequence[Ruling]) -> Decided:
    """The groupings as people have decided on them. An event is in one group at most."""
    groups = [Group(set(g.events), g.happened, list(g.reasons)) for g in groupings]
    home = homes(groupings)
    bears: dict[str, tuple[int | None, str]] = {}
    for ruling in rulings:
        bears[ruling.decision] = _RULES.get(ruling.verdict, _marked)(ruling, groups, home)
    return Decided(tuple(groups), bears)


def homes(groupings: Sequence[Grouping]) -> dict[str, int]:
    """The place of each event's grouping; of a copy that tells of a plan and of an incident, that of the incident."""
    ranked = sorted(enumerate(groupings), key=lambda pair: (pair[1].happened, pair[1].id))
    return {event: n for n, grouping in ranked for event in grouping.events}


def home_of(events: Sequence[str], home: Mapping[str, int]) -> int | None:
    """The group that holds most of the events; of several the one with the first."""
    held = [home[event] for event in events if event in home]
    return max(held, key=lambda n: (held.count(n), -held.index(n)), default=None)


Effect = tuple[int | None, str]


def _merged(ruling: Ruling, groups: list[Group], home: dict[str, int]) -> Effect:
    gone, into = home_of(ruling.events, home), home_of(ruling.into, home)
    if gone is None or into is None:
        return None, "one of the two is no incident or plan any more"
    if gone == into:
        groups[into].decisions.append(ruling.decision)
        return into, ""
    one, other = groups[gone], groups[into]
    home.update(dict.fromkeys(one.events, into))
    other.events |= one.events
    other.reasons += [*one.reasons, f"merged by {ruling.decision}"]
    other.happened = other.happened or one.happened
    other.set = [*one.set, *other.set]
    other.decisions += [*one.decisions, ruling.decision]
    groups[gone] = Group(set(), one.happened, [])
    return into, ""


def _split(ruling: Ruling, groups: list[Group], home: dict[str, int]) -> Effect:
    n = home_of(ruling.events, home)
    alone = {event for event in ruling.alone if n is not None and home.get(event) == n}
    if n is None or not alone or alone == groups[n].events:
        return n, "there is nothing left to split off"
    groups[n].events -= alone
    groups[n].decisions.append(ruling.decision)
    reason = f"split off by {ruling.decision}"
    groups.append(Group(alone, groups[n].happened, [reason], parted=True, decisions=[ruling.decision]))
    home.update(dict.fromkeys(alone, len(groups) - 1))
    return n, ""


def _added(ruling: Ruling, groups: list[Group], home: dict[str, int]) -> Effect:
    """An incident that a person added stands alone: only people merge it with another."""
    (event,) = ruling.events
    if event in home:
        groups[home[event]].events.discard(event)
    groups.append(Group({event}, True, [f"added by {ruling.decision}"], decisions=[ruling.decision]))
    home[event] = len(groups) - 1
    return home[event], ""


def _marked(ruling: Ruling, groups: list[Group], home: dict[str, int]) -> Effect:
    """Confirms, sets, or takes out."""
    n = home_of(ruling.events, home)
    if n is None:
        return None, "its events are no incident or plan any more"
    if ruling.verdict == "set":
        groups[n].set.append(ruling)
    if ruling.verdict in ("reject", "not_an_incident"):
        groups[n].out = ruling.decision
    groups[n].decisions.append(ruling.decision)
    return n, ""


_RULES = {"merge": _merged, "split": _split, "add": _added}
