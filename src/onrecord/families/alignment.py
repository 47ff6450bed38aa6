"""Which claims, events and totals of two stories are the same."""

from collections import Counter
from collections.abc import Sequence

from onrecord.families.tellings import happened_in, said
from onrecord.families.terms import told_in
from onrecord.records import Claim, Event, PlacePrecision, Status
from onrecord.wording import numbers, places

_SAME_EVENT = 0.3
_SAME_CLAIM = 0.4
# An event whose kind occurs once in both stories needs less to be the same.
_ALIGNED, _ALIGNED_ALONE = 0.6, 0.5
_WIDE: frozenset[PlacePrecision] = frozenset({"admin1", "region", "country", "sea", "unknown"})
_BROAD: frozenset[PlacePrecision] = frozenset({"region", "country", "sea"})
_DISTRICT_KM = 60.0
"""A report that names the town and one that names its district speak of points that lie no farther apart."""
REAL: tuple[Status, ...] = ("happened", "ongoing", "attempted")
"""Of what is told as done, begun or failed."""


def same_occurrence(first: Event, second: Event, *, sure: bool = False) -> bool:
    """Whether events of two stories are one occurrence, by day, place, parties and words; days or kinds that differ
    speak against it, and places far from each other rule it out. sure: a day alone does not show it, either.
    """
    if first.kind != second.kind or _far(first, second):
        return False
    points, apart = 0, False
    # The day of what has not happened may be put off.
    if first.status in REAL and second.status in REAL:
        points += same_day(first, second)
    if first.where and second.where:
        apart = not shared_name(first.where.name, second.where.name)
        # Half a war is in one country
        points += not apart and first.where.precision not in _BROAD and second.where.precision not in _BROAD
    if first.target and second.target and _tells_apart(first.target.name):
        points += shared_name(first.target.name, second.target.name)
    # Words can add one point, and outweigh a place that is named otherwise; where that decides nothing, save the work.
    least = 3 if sure else 2
    if points >= least and not apart:
        return True
    if points < 1:
        return False
    alike = likeness(first, second) >= _SAME_EVENT
    return points + alike - (apart and not alike) >= least


def _far(first: Event, second: Event) -> bool:
    """Whether what happened at two points of the map lies farther apart than a district is wide."""
    one, two = first.where, second.where
    if one is None or two is None or {one.precision, two.precision} & _WIDE:
        return False
    if one.lat is None or one.lon is None or two.lat is None or two.lon is None:
        return False
    return places.km(one.lat, one.lon, two.lat, two.lon) > _DISTRICT_KM


def _tells_apart(target: str) -> bool:
    """Whether a target is more than "people" or "three men": a name, or two words that are no number."""
    bare = target
    for numeral in reversed(numbers.find(target)):
        bare = bare[: numeral.start] + bare[numeral.end :]
    words = [word for word in bare.split() if len(word) > 3]
    return len(words) >= 2 or any(word[0].isupper() for word in words)


def same_day(first: Event, second: Event) -> int:
    """Points for the days of two events: 2 where they are one, -3 where they lie apart, 0 for neighbours and where one
    is not told.
    """
    if first.when is None or second.when is None or first.when.start is None or second.when.start is None:
        return 0
    apart = abs((first.when.start - second.when.start).days)
    return 2 if apart == 0 else 0 if apart == 1 else -3


def likeness(first: Event, second: Event) -> float:
    """How much of the matter of the shorter event the other holds, 0 to 1."""
    one, two = happened_in(first), happened_in(second)
    return max(told_in(one, two), told_in(two, one))


def events(these: Sequence[Event], those: Sequence[Event]) -> list[tuple[Event, Event]]:
    """Pairs of events told of in both stories, one to one, the likest first."""
    weighed = []
    kinds, others = (Counter(e.kind for e in told if not e.background) for told in (these, those))
    for n, one in enumerate(these):
        for m, other in enumerate(those):
            weight = _event_weight(one, other)
            if weight >= (_ALIGNED_ALONE if kinds[one.kind] == 1 == others[other.kind] else _ALIGNED):
                weighed.append((-weight, n, m))
    return [(these[n], those[m]) for n, m in _one_to_one(weighed)]


def claims(these: Sequence[Claim], those: Sequence[Claim]) -> list[tuple[Claim, Claim]]:
    """For each claim of these the likest one of those, where one is like enough."""
    pairs, there = [], [said(other) for other in those]
    for one in these:
        matter = said(one)
        ranked = [(told_in(matter, other), -m) for m, other in enumerate(there)]
        best = max(ranked, default=(0.0, 0))
        if best[0] >= _SAME_CLAIM:
            pairs.append((one, those[-best[1]]))
    return pairs


def _event_weight(one: Event, other: Event) -> float:
    alike = likeness(one, other)
    if one.kind != other.kind and alike < 0.5:
        return 0.0
    if one.background != other.background:
        return 0.0
    weight = alike
    if one.kind == other.kind:
        weight += 0.3
    if one.target and other.target and shared_name(one.target.name, other.target.name):
        weight += 0.2
    return weight


def shared_name(first: str, second: str) -> bool:
    """Whether two names share half of the words of the shorter one, or are equal."""
    one, two = ({w for w in name.casefold().split() if len(w) > 3} for name in (first, second))
    return first.casefold() == second.casefold() or len(one & two) * 2 >= max(1, min(len(one), len(two)))


def _one_to_one(weighed: list[tuple[float, int, int]]) -> list[tuple[int, int]]:
    left: set[int] = set()
    right: set[int] = set()
    pairs = []
    for _, n, m in sorted(weighed):
        if n not in left and m not in right:
            left.add(n)
            right.add(m)
            pairs.append((n, m))
    return pairs
