"""Which tellings are of one event: across stories, each to the one event that it fits best."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from onrecord.incidents import leading, words
from onrecord.incidents.likeness import Gathering, Scale, Score, score
from onrecord.incidents.links import Alike
from onrecord.incidents.standing import stands
from onrecord.incidents.told import MODES, Mode, Telling
from onrecord.records import Mutation

_MOST_SHARED = 300
_MOST_TRIED = 24
_TELLING = 0.2
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Shelf:
    """The gatherings, findable by day, by word and by story."""

    scales: Scale
    all: list[Gathering] = field(default_factory=list)
    by_day: defaultdict[date, dict[int, None]] = field(default_factory=lambda: defaultdict(dict))
    by_word: defaultdict[str, dict[int, None]] = field(default_factory=lambda: defaultdict(dict))
    by_report: defaultdict[str, dict[int, None]] = field(default_factory=lambda: defaultdict(dict))
    home: dict[str, int] = field(default_factory=dict)
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alike: Alike = field(default_factory=lambda: Alike((), {}))

    def found(self, telling: Telling) -> None:
        """Makes a gathering of one telling."""
        self.all.append(Gathering())
        self.put(len(self.all) - 1, telling, None)

    def put(self, number: int, telling: Telling, reason: str | None) -> None:
        """Adds a telling to a gathering."""
        self.all[number].add(telling, self.scales.lead(telling), reason)
        self.home[telling.event.id] = number
        if telling.sharp and telling.days is not None:
            for day in _each(*telling.days):
                self.by_day[day][number] = None
        for word in self._keys_of(telling):
            self.by_word[word][number] = None
        self.by_report[telling.lineage.report][number] = None

    def near(self, telling: Telling, *, timeless: bool = False) -> list[int]:
        """The gatherings that the telling may belong to."""
        numbers: dict[int, None] = {}
        if telling.sharp and telling.days is not None and not timeless:
            for day in _each(telling.days[0] - _DAY, telling.days[1] + _DAY):
                numbers.update(self.by_day.get(day, {}))
            numbers.update({n: None for n in self._sharing(telling) if self.all[n].days is None})
        else:
            numbers.update(dict.fromkeys(self._sharing(telling)))
        numbers.update(self.by_report.get(telling.lineage.report, {}))
        return sorted(numbers)

    def _keys_of(self, telling: Telling) -> tuple[str, ...]:
        keys = self.keys.get(telling.event.id)
        if keys is None:
            keys = self.keys[telling.event.id] = tuple(sorted(set(_keys(telling, self.scales))))
        return keys

    def _sharing(self, telling: Telling) -> list[int]:
        """Those that share its words, the rarest counting most: enough of them to find its own, however many there are."""
        worth: dict[int, float] = defaultdict(float)
        for word in self._keys_of(telling):
            numbers = self.by_word.get(word, {})
            if len(numbers) <= _MOST_SHARED:
                for number in numbers:
                    worth[number] += 1 / len(numbers)
        return sorted(worth, key=lambda number: (-worth[number], number))[:_MOST_TRIED]


def _each(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _keys(telling: Telling, scales: Scale) -> Iterator[str]:
    """The words by which an event is looked up: its place, whom or what it hit, who did it, the rarest of its clauses."""
    yield from (f"place {name}" for name in (*telling.names, *telling.holders))
    yield from (f"word {word}" for word in telling.target | telling.said if scales.said.get(word, 1.0) > _TELLING)
    if scales.lead(telling):
        yield from (f"fact {fact}" for fact in telling.facts if scales.facts.get(fact, 1.0) > _TELLING)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the tellings are of. incidents: what is held to have happened; plans: what is told of and is not."""

    incidents: tuple[Gathering, ...]
    plans: tuple[Gathering, ...]


def gather(tellings: Sequence[Telling], scales: Scale) -> Gathered:
    """Merges tellings, given in their order. Dated tellings found incidents first, so that no vague one links two; copies
    go where what they carry went; doubts come last, and belong to what they fit best, an incident or a plan.
    """
    carried = carrying(tellings, scales)
    told = [replace(t, mode=mode_of(t)) for t in tellings]
    own = sorted((t for t in told if t.event.id not in carried), key=lambda t: t.lineage.copy)
    by_mode = {mode: [t for t in own if t.mode == mode] for mode in ("done", "open", "doubt", "aside")}
    shelf, plans = _Shelf(scales), _Shelf(scales)
    shelf.alike = leading.alike(by_mode["done"], scales)
    _bundled(shelf)
    _done([t for t in by_mode["done"] if t.event.id not in shelf.home], shelf)
    for telling in by_mode["open"]:
        _planned(telling, plans)
    for telling in by_mode["doubt"]:
        _doubted(telling, shelf, plans)
    for telling in by_mode["aside"]:
        _joined(telling, shelf, "join_aside")
    for telling in told:
        if telling.event.id in carried:
            _carried(telling, carried[telling.event.id], shelf, plans)
    return Gathered(tuple(shelf.all), tuple(plans.all))


def _bundled(shelf: _Shelf) -> None:
    """Founds an incident for each event that several stories lead with, where one of them tells enough of it. A story that is like the
    others, and no more, stays out where what it tells speaks against it.
    """
    weigh = words.table()["weights"]
    for bundle in shelf.alike.bundles:
        founder = next((t for t in _firmest(bundle) if stands(t, lead=True)), None)
        if founder is None:
            continue
        shelf.found(founder)
        number = shelf.home[founder.event.id]
        for telling in bundle:
            if telling is founder:
                continue
            others = [t.event.id for t in bundle if t is not telling]
            chance = shelf.alike.mean(telling.event.id, others)
            told = score(telling, shelf.all[number], shelf.scales)
            if chance >= weigh["sure"] or (told is not None and told.value >= weigh["against"]):
                nearest, because = shelf.alike.nearest(telling.event.id, others)
                why = f"as {nearest} is of another ({chance:.0%}: {', '.join(because)})"
                shelf.put(number, telling, f"{telling.event.id} is what its story leads with, {why}")


def _firmest(tellings: Sequence[Telling]) -> list[Telling]:
    return sorted(tellings, key=lambda t: (not t.sharp, not t.firm, t.order))


def _done(tellings: Sequence[Telling], shelf: _Shelf) -> None:
    """Gathers what happened: own reports before copies, what has days before what has none, and of that what fits an
    incident before what may found one.
    """
    dated = [telling for telling in tellings if telling.sharp]
    for telling in (t for t in dated if t.firm):
        _settle(telling, shelf, _threshold(telling))
    for telling in (t for t in dated if not t.firm):
        joins = _joined(telling, shelf, _threshold(telling))
        if not joins and not _joined(replace(telling, days=None), shelf, "join_undated"):
            _settle(telling, shelf, "join")
    for copy in (False, True):
        vague = [t for t in tellings if not t.sharp and t.lineage.copy == copy]
        left = [telling for telling in vague if not _joined(telling, shelf, "join_undated")]
        for telling in left:
            _settle(telling, shelf, "join_undated")


def _threshold(telling: Telling) -> str:
    """What a dated telling needs to join an incident: less where it has no place that could disagree."""
    return "join" if telling.names else "join_unplaced"


def _planned(telling: Telling, plans: _Shelf) -> None:
    found = _best(telling, plans, "join_plan", timeless=True)
    if found is None:
        plans.found(telling)
    else:
        plans.put(found[0], telling, _reason(telling, found[1]))


def _doubted(telling: Telling, shelf: _Shelf, plans: _Shelf) -> None:
    """A denial of what others tell belongs to the incident, a denial of a plan to the plan; else it stands by itself."""
    incident = _best(telling, shelf, "join_doubt")
    plan = _best(telling, plans, "join_plan", timeless=True)
    if incident is not None and (plan is None or incident[1].value > plan[1].value):
        shelf.put(incident[0], telling, _reason(telling, incident[1]))
    else:
        _planned(telling, plans)


def _carried(telling: Telling, origin: Telling, shelf: _Shelf, plans: _Shelf) -> None:
    """Puts a copy's telling where its origin's went; what the origin's founds nothing by, nor does the copy's."""
    for one in (shelf, plans):
        number = one.home.get(origin.event.id)
        if number is not None:
            one.put(number, telling, f"{telling.event.id} carries {origin.event.id}")


def _settle(telling: Telling, shelf: _Shelf, threshold: str) -> None:
    """Joins a telling to its incident, or lets it found one if there is enough to it."""
    if not _joined(telling, shelf, threshold) and stands(telling, lead=telling.early and shelf.scales.lead(telling)):
        shelf.found(telling)


def _joined(telling: Telling, shelf: _Shelf, threshold: str) -> bool:
    found = _best(telling, shelf, threshold)
    if found is not None:
        shelf.put(found[0], telling, _reason(telling, found[1]))
    return found is not None


def _best(telling: Telling, shelf: _Shelf, threshold: str, *, timeless: bool = False) -> tuple[int, Score] | None:
    """The gathering that the telling fits best, or None. Where two fit alike, the one nearest in time; a doubt that fits
    two belongs to neither.
    """
    weigh = words.table()["weights"]
    scored = [
        (number, found)
        for number in shelf.near(telling, timeless=timeless)
        if (found := score(telling, shelf.all[number], shelf.scales, timeless=timeless)) is not None
        and found.value >= weigh[threshold]
        and not _refused(telling, shelf, number)
    ]
    if not scored:
        return None
    top = max(found.value for _, found in scored)
    fit = [(number, found) for number, found in scored if found.value >= top - weigh["clear"]]
    if len(fit) > 1 and telling.mode == "doubt" and not timeless:
        return None
    return min(fit, key=lambda pair: (_away(telling, shelf.all[pair[0]]), -pair[1].value, pair[0]))


def _refused(telling: Telling, shelf: _Shelf, number: int) -> bool:
    """Whether a story's lead is unlike what the stories lead with that are about a gathering. What it tells of late, in passing, need
    not be alike.
    """
    leads = shelf.all[number].leads
    if not leads or not telling.words or not telling.early or not shelf.scales.lead(telling):
        return False
    unlike: float = words.table()["weights"]["unlike"]
    return shelf.alike.mean(telling.event.id, leads) < unlike


def _away(telling: Telling, gathering: Gathering) -> int:
    days, anchor = gathering.days, telling.days[0] if telling.days else telling.latest
    if days is None or anchor is None:
        return 0
    return abs((anchor - days[0]).days)


def _reason(telling: Telling, found: Score) -> str:
    return f"{telling.event.id} tells of {', '.join(found.because) or 'what fits it best'}"


# ---- copies


def carrying(tellings: Sequence[Telling], scales: Scale) -> dict[str, Telling]:
    """For the events of copies, by id, the telling of the origin that each carries, where the origin is held and tells of
    it.
    """
    by_story: dict[str, list[Telling]] = defaultdict(list)
    for telling in tellings:
        by_story[telling.story.id].append(telling)
    found: dict[str, Telling] = {}
    for telling in tellings:
        if telling.lineage.copy and telling.lineage.origin is not None:
            origin = _closest(telling, by_story.get(telling.lineage.origin, []), scales)
            if origin is not None:
                found[telling.event.id] = origin
    return _without_chains(found)


def _without_chains(found: dict[str, Telling]) -> dict[str, Telling]:
    """The tellings that copies of copies carry, followed back to one that is no copy's."""
    straight: dict[str, Telling] = {}
    for event, origin in found.items():
        seen = {event}
        while origin.event.id in found and origin.event.id not in seen:
            seen.add(origin.event.id)
            origin = found[origin.event.id]
        if origin.event.id not in seen:
            straight[event] = origin
    return straight


def _closest(telling: Telling, others: Sequence[Telling], scales: Scale) -> Telling | None:
    """The telling of another story that is most like this one, days left aside; None where none is like it."""
    best: tuple[float, Telling] | None = None
    for other in others:
        alone = Gathering()
        alone.add(other, scales.lead(other))
        found = score(telling, alone, scales, timeless=True, kin=False)
        if found is None:
            continue
        first = words.table()["weights"]["both_first"] if scales.lead(telling) and scales.lead(other) else 0.0
        if best is None or found.value + first > best[0]:
            best = (found.value + first, other)
    return best[1] if best is not None and best[0] >= words.table()["weights"]["as_origin"] else None


def mode_of(telling: Telling) -> Mode:
    """The mode of a telling; of a copy that changed the status, that of its origin: a plan that a rewrite tells as done
    stays a plan.
    """
    for change in telling.lineage.changed.get("status", ()):
        was = next((mode for status, mode in MODES.items() if status == change.was), None)
        if telling.mode == "done" and was is not None and _covers(change, telling):
            return was
    return telling.mode


def _covers(change: Mutation, telling: Telling) -> bool:
    """Whether a change of status stands in the words of a telling."""
    span = change.now_span
    return span is not None and any(
        span.part == m.span.part and span.start < m.span.end and m.span.start < span.end for m in telling.event.mentions
    )
