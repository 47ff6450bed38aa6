"""How much speaks for it that two tellings are of one event."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from onrecord.incidents import words
from onrecord.incidents.rarity import Scale
from onrecord.incidents.told import Telling
from onrecord.records import EventKind, Where
from onrecord.wording import places
from onrecord.wording.gazetteer import fold

_NEAR_KM = 15.0
_FAR_KM = 60.0
_COMMON_TOLL = 1
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Score:
    """What speaks for a telling's joining a gathering. value: against the thresholds of the table; because: what agreed."""

    value: float
    because: tuple[str, ...]


@dataclass(slots=True)
class Gathering:
    """Tellings held to be of one event, in the making. days: those told most often, the earliest where several are;
    told_by: the first day on which it was told; narrow: names
    of its place that are no country, region or sea; named: whether an actor is a name; leads: the events among them that their stories lead with, and whose facts it has.
    """

    members: list[Telling] = field(default_factory=list)
    days: tuple[date, date] | None = None
    told_by: date | None = None
    leads: list[str] = field(default_factory=list)
    spans: Counter[tuple[date, date]] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    holders: set[str] = field(default_factory=set)
    points: set[tuple[float, float]] = field(default_factory=set)
    narrow: set[str] = field(default_factory=set)
    kinds: Counter[EventKind] = field(default_factory=Counter)
    target: Counter[str] = field(default_factory=Counter)
    actor: set[str] = field(default_factory=set)
    named: bool = False
    toll: set[tuple[str, int]] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    reports: set[str] = field(default_factory=set)

    def add(self, telling: Telling, lead: bool) -> None:
        """Takes a telling in. lead: whether it is the first act that its story tells of: a story's facts are then its."""
        self.members.append(telling)
        if telling.sharp and telling.days is not None:
            self.spans[telling.days] += 1 if telling.lineage.copy else 2
            self.days = min(self.spans, key=lambda days: (-self.spans[days], days))
        if telling.latest is not None:
            self.told_by = min(telling.latest, self.told_by or telling.latest)
        self.names.update(telling.names)
        self.holders |= telling.holders
        if not telling.wide:
            self.narrow |= telling.names
        where = telling.where
        if where is not None and where.lat is not None and where.lon is not None and not telling.wide:
            self.points.add((where.lat, where.lon))
        self.kinds[telling.event.kind] += 1
        self.target.update(telling.target)
        self.actor |= telling.actor
        self.named = self.named or telling.named
        self.toll |= telling.toll
        self.said.update(telling.said | telling.target)
        if lead:
            self.leads.append(telling.event.id)
            self.facts.update(telling.facts)
        self.stories[telling.story.id] += 1
        self.reports.add(telling.lineage.report)


Part = tuple[str, float, str]
"""A question, what the answer to it is worth, and the words for an agreement, "" where there is none."""


def score(
    telling: Telling, gathering: Gathering, scales: Scale, *, timeless: bool = False, kin: bool = True
) -> Score | None:
    """What speaks for it that the telling is of the gathering's event, or None where it cannot be.

    timeless: whether days are left out, as for plans, whose days shift. kin: whether it counts that a copy's report is
    among those gathered.
    """
    found = parts(telling, gathering, scales, timeless=timeless, kin=kin)
    if isinstance(found, str):
        return None
    because = tuple(dict.fromkeys(word for _, value, word in found if value > 0 and word))
    return Score(sum(value for _, value, _ in found), because)


def parts(
    telling: Telling, gathering: Gathering, scales: Scale, *, timeless: bool = False, kin: bool = True
) -> list[Part] | str:
    """What each question comes to, or why the two cannot be of one event."""
    weigh = words.table()["weights"]
    time = (0.0, "") if timeless else _time(telling, gathering, scales)
    kind = _kind(telling, gathering)
    if time is None or kind is None:
        return "the days cannot be the same" if time is None else "what one tells of is no act, or of no such kind"
    found: list[Part] = [("day", *time), ("kind", *kind), ("place", *_place(telling, gathering))]
    found.append(("parties", *_parties(telling, gathering, scales)))
    found += [("numbers", *_toll(telling, gathering)), ("wording", *_wording(telling, gathering, scales))]
    lineage = telling.lineage
    if kin and lineage.copy and lineage.report in gathering.reports:
        found.append(("report", weigh["same_report"], "the same report"))
    if telling.story.id in gathering.stories and telling.mode == "done":
        found.append(("one story tells of both", weigh["same_story"], ""))
    if scales.lead(telling) and gathering.leads:
        shared = _shared(telling.facts, gathering.facts, scales.facts, len(gathering.leads))
        worth = weigh["facts"] * min(shared, weigh["most_facts"])
        found.append(("facts", worth, "facts" if shared >= 0.5 else ""))
    return found


# ---- each question


def _time(telling: Telling, gathering: Gathering, scales: Scale) -> tuple[float, str] | None:
    weigh, mine, theirs = words.table()["weights"], telling.days, gathering.days
    if mine is not None and theirs is not None:
        gap = _gap(mine, theirs)
        if gap > 1:
            return None
        day = weigh["same_day"] - weigh["crowd"] * scales.crowd(theirs[0])
        long = (mine[1] - mine[0]).days >= _WEEK
        met = (day, "the same day") if telling.sharp else (weigh["same_month" if long else "same_week"], "")
        return met if gap == 0 else (weigh["next_day"], "")
    if theirs is not None:
        told = _told(telling, theirs[0])
        return None if told is None else (told[0] - weigh["crowd_undated"] * scales.crowd(theirs[0]), told[1])
    if mine is not None and gathering.told_by is not None and (mine[0] - gathering.told_by).days > 1:
        return None
    return 0.0, ""


def _told(telling: Telling, day: date) -> tuple[float, str] | None:
    """What it says for an undated telling that its story came so long after the day: nothing is told before it happened."""
    if telling.latest is None:
        return 0.0, ""
    delay = (telling.latest - day).days
    if delay < -1:
        return None
    return next((step["worth"] for step in words.table()["delay"] if delay <= step["days"]), 0.0), ""


def _gap(one: tuple[date, date], other: tuple[date, date]) -> int:
    """How many days lie between two intervals, 0 where they meet."""
    return max((other[0] - one[1]).days, (one[0] - other[1]).days, 0)


def _place(telling: Telling, gathering: Gathering) -> tuple[float, str]:
    weigh, where = words.table()["weights"], telling.where
    if where is None or not gathering.names:
        spoken = where is None and any(set(name.split()) <= telling.spoken for name in gathering.narrow)
        return (weigh["near"], "the same place") if spoken else (0.0, "")
    if not telling.names.isdisjoint(gathering.names):
        return (weigh["within"] if telling.wide else weigh["same_place"]), "the same place"
    town = fold(where.container) if where.precision == "near" and where.container else None
    # Two streets of one town lie on one point of the map, and apart.
    if town is not None and town in gathering.holders and town not in gathering.names:
        return weigh["unmapped_place"], ""
    km = None if telling.wide else _distance(where, gathering)
    if km is not None:
        if km <= _NEAR_KM:
            return weigh["near"], "places next to each other"
        return (weigh["far"] if km > _FAR_KM else weigh["other_place"]), ""
    return _by_name(telling, gathering)


def _by_name(telling: Telling, gathering: Gathering) -> tuple[float, str]:
    """What names that differ say, where no map helps: one may lie in the other, or be a longer form of it."""
    weigh = words.table()["weights"]
    if telling.names & gathering.holders or telling.holders & gathering.names.keys():
        return weigh["within"], ""
    mine, theirs = (frozenset(w for name in names for w in name.split()) for names in (telling.names, gathering.names))
    if mine <= theirs or any(set(name.split()) <= mine for name in gathering.names):
        return weigh["near"], "the same place"
    bare = mine - _beside()
    if bare and any(bare == set(name.split()) - _beside() for name in gathering.names):
        return weigh["near"], "places next to each other"
    if telling.wide or not gathering.narrow:
        return 0.0, ""
    # A name that no map holds may lie in a town that one does.
    mapped = telling.where is not None and telling.where.lat is not None
    return (weigh["other_place"] if mapped == bool(gathering.points) else weigh["unmapped_place"]), ""


def _distance(where: Where, gathering: Gathering) -> float | None:
    """Kilometres to the nearest of the gathering's points, or None where a side has none."""
    if where.lat is None or where.lon is None:
        return None
    return min((places.km(where.lat, where.lon, lat, lon) for lat, lon in gathering.points), default=None)


def _kind(telling: Telling, gathering: Gathering) -> tuple[float, str] | None:
    weigh, kind = words.table()["weights"], telling.event.kind
    if kind in gathering.kinds:
        most = max(gathering.kinds.values())
        return (weigh["same_kind"] if 2 * gathering.kinds[kind] >= most else weigh["alike_kind"]), "the same kind"
    if any(alike(kind, other) for other in gathering.kinds):
        return weigh["alike_kind"], "a kind alike"
    if kind == "other" or ("other" in gathering.kinds and kind in _acts()):
        return weigh["open_kind"], ""
    return (weigh["other_kind"], "") if kind in _acts() else None


@cache
def _beside() -> frozenset[str]:
    return frozenset(words.table()["beside"]["words"])


@cache
def _acts() -> frozenset[EventKind]:
    """The kinds that may be an incident: an act of state is not another telling of one."""
    standing = words.table()["standing"]
    return frozenset([*standing["acts"], *standing["with_harm"]])


@cache
def alike(one: EventKind, other: EventKind) -> bool:
    """Whether two tellings of one event may give it these kinds."""
    return one == other or any({one, other} <= set(kinds) for kinds in words.table()["alike"].values())


def _parties(telling: Telling, gathering: Gathering, scales: Scale) -> tuple[float, str]:
    weigh, value, because = words.table()["weights"], 0.0, ""
    if telling.target and gathering.target:
        shared = _shared(telling.target, gathering.target, scales.said, len(gathering.members))
        whole = max(1.0, sum(scales.said.get(word, 1.0) for word in telling.target))
        value += weigh["target"] * shared / whole if shared else weigh["other_target"]
        because = "the same target" if shared >= whole / 2 else ""
    if telling.actor and gathering.actor:
        same = words.any_akin(telling.actor, frozenset(gathering.actor))
        known = telling.named and gathering.named
        value += weigh["actor"] if same else weigh["other_actor"] if known else 0.0
        because = because or ("the same actor" if same else "")
    return value, because if value > 0 else ""


def _toll(telling: Telling, gathering: Gathering) -> tuple[float, str]:
    weigh = words.table()["weights"]
    shared = [n for _, n in telling.toll & gathering.toll]
    if shared:
        return weigh["toll"] if max(shared) > _COMMON_TOLL else weigh["toll"] / 3, "the same numbers"
    mine, theirs = ({n for what, n in toll if what == "killed"} for toll in (telling.toll, gathering.toll))
    return (weigh["other_toll"], "") if mine and theirs else (0.0, "")


def _wording(telling: Telling, gathering: Gathering, scales: Scale) -> tuple[float, str]:
    mine = telling.said | telling.target
    shared = _shared(mine, gathering.said, scales.said, len(gathering.members))
    share = shared / max(1.0, sum(scales.said.get(word, 1.0) for word in mine))
    return words.table()["weights"]["words"] * share, "wording" if share >= 0.4 else ""


def _shared(mine: frozenset[str], theirs: Counter[str], rare: Mapping[str, float], number: int) -> float:
    """How much telling words of the one are among those of the others, each as far as at least half of them have it."""
    return sum(rare.get(word, 1.0) * min(1.0, 2 * theirs[word] / max(number, 1)) for word in mine if word in theirs)
