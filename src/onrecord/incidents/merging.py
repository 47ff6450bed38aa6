"""Which tellings are of one event: across stories, each to the one event that it fits best."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from heapq import heapify, heappop, heappush

from onrecord.incidents import words
from onrecord.incidents.bundles import Bundles
from onrecord.incidents.carrying import Carried
from onrecord.incidents.likeness import Gathering, Score, parts, score
from onrecord.incidents.phases import CARRIED, DOUBT, FOUND, LEADS, PLANS, TRIES, Refusal, Try, needed, steps_of
from onrecord.incidents.rarity import Scale
from onrecord.incidents.shelf import Keys, Member, Shelf, Step, each, shared_by
from onrecord.incidents.standing import stands
from onrecord.incidents.told import Telling

Name = tuple[bool, str]
"""Which gathering: whether of what happened, and the event that founded it."""

_DAY = timedelta(days=1)
_FIRST: Step = (-1, 0, date.min, "", "")


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a telling fits a gathering, and how many days lie between the two."""

    score: Score
    away: int


@dataclass(frozen=True, slots=True)
class _Put:
    """Where a telling goes. undated: whether it is held there without its days; reason: None for one that founds a gathering."""

    name: Name
    told: Telling
    reason: str | None
    undated: bool = False

    @property
    def telling(self) -> Telling:
        """The telling as it is held there."""
        return replace(self.told, days=None) if self.undated else self.told

    def goes_with(self, other: "_Put | None") -> bool:
        """Whether both put the same where it is seen as the same."""
        return (
            other is not None and (self.name, self.undated) == (other.name, other.undated) and self.told is other.told
        )


class Merging:
    """Tellings merged, to which more can be added. What it holds does not depend on the order in which they came, nor on how many came at once:
    tellings are put to their events in steps, each of which sees what the steps before it have put where; and only those steps are gone
    through again that see anything new.
    """

    def __init__(self) -> None:
        self._of: dict[str, tuple[Telling, ...]] = {}
        self._told: dict[str, Telling] = {}
        self._on: defaultdict[date, set[str]] = defaultdict(set)
        self._report: defaultdict[str, set[str]] = defaultdict(set)
        self._scales = Scale()
        self._keys = Keys(self._scales)
        self._shelves = {happened: Shelf(self._scales, self._keys) for happened in (True, False)}
        self._carried = Carried(self._scales)
        self._bundles = Bundles(self._scales, lambda event: self._carried.root(event) is not None)
        self._steps: dict[str, tuple[Step, ...]] = {}
        self._bundled: dict[str, Step] = {}
        self._puts: dict[Step, _Put] = {}
        self._fits: dict[tuple[Step, int], dict[str, _Fit]] = {}
        self._asked: dict[Step, set[Name] | None] = {}
        self._queue: list[Step] = []
        self._changed: set[Name] = set()
        self._anew = False

    # ---- what is there

    def names(self) -> list[Name]:
        """All gatherings, in the order in which they were founded, incidents before plans."""
        return [
            (happened, name)
            for happened, shelf in self._shelves.items()
            for name in sorted(shelf, key=lambda name, shelf=shelf: shelf.founded(name))  # type: ignore[misc]
        ]

    def members(self, name: Name) -> list[Member]:
        """The members of a gathering, in the order in which they were put there; none where there is no such."""
        return self._shelves[name[0]].members(name[1])

    def refusals(self, event: str, name: Name) -> tuple[Refusal, ...]:
        """What keeps an event out of a gathering: for each way in which it might have joined at its turn, and for what the stories lead
        with. What was put there later counts as if it had stood there.
        """
        telling, gathering = self._told[event], Gathering()
        for member in self.members(name):
            if member.telling.event.id != event:
                gathering.add(member.telling, self._scales.lead(member.telling))
        found = []
        phases = dict.fromkeys(step[0] for step in self._steps[event])
        for one in dict.fromkeys(one for phase in phases for one in TRIES[phase] if one.happened == name[0]):
            variant = replace(telling, days=None) if one.undated else telling
            needs: float = needed(one, telling)
            told = parts(variant, gathering, self._scales, timeless=not one.happened)
            if isinstance(told, str):
                found.append(Refusal(event, needs, (), told))
            else:
                unlike = (
                    "its story leads with it, and theirs with something else"
                    if self._refused(telling, gathering)
                    else None
                )
                found.append(Refusal(event, needs, tuple(told), unlike))
        return tuple(found)

    def nearest(self, events: Iterable[str]) -> list[Name]:
        """The gatherings that share most with some events, and are not theirs: the likeliest first."""
        worth: Counter[Name] = Counter()
        for event in events:
            for happened, shelf in self._shelves.items():
                for name, shared in shelf.shared(self._told[event]).items():
                    worth[happened, name] += shared
        return sorted(worth, key=lambda name: (-worth[name], name))

    # ---- more tellings

    def change(self, come: Mapping[str, Sequence[Telling]]) -> set[Name]:
        """Takes in the tellings of stories, in the place of those that it has of them. Returns the gatherings that are new, others or gone."""
        gone = {story: self._of[story] for story in come if story in self._of}
        out = {telling.event.id for told in gone.values() for telling in told}
        for shelf in self._shelves.values():
            shelf.rewind()
        for event in sorted(out):
            self._forget(event)
        for story, told in come.items():
            self._of[story] = tuple(told)
            for telling in told:
                self._learn(telling)
        moved = self._scales.change(gone.values(), come.values())
        self._anew = moved.everything
        touched = {telling.event.id for told in come.values() for telling in told} | moved.events
        touched |= {telling.event.id for story in moved.stories for telling in self._of[story]}
        touched = touched.union(*(self._around(day) for day in moved.days))
        if self._anew:
            touched = set(self._told)
            self._begin_anew()
        touched |= self._file(out, touched)
        again = [self._told[event] for event in touched]
        carried = self._carried.change(out, again, come, self._of) & self._told.keys()
        stories = {self._told[event].story.id for event in touched | carried} | {*come}
        for day in moved.days:
            for happened, shelf in self._shelves.items():
                for name in list(shelf.of_day(day)):
                    self._touch((happened, name), _FIRST)
        for event in sorted(touched | carried):
            self._take_steps(event)
        self._bundle(stories, touched | carried | out)
        self._run()
        changed, self._changed = self._changed, set()
        return changed

    def _forget(self, event: str) -> None:
        """Takes out an event that is told no more, or otherwise."""
        for other in self._carried.by(event):
            self._ask(other)
        for step in self._steps.pop(event, ()):
            self._put(step, None)
            self._drop(step)
        if event in self._bundled:
            self._put(self._bundled.pop(event), None)
        telling = self._told.pop(event)
        for day in self._days(telling):
            self._on[day].discard(event)
        self._report[telling.lineage.report].discard(event)

    def _learn(self, telling: Telling) -> None:
        self._told[telling.event.id] = telling
        for day in self._days(telling):
            self._on[day].add(telling.event.id)
        self._report[telling.lineage.report].add(telling.event.id)

    @staticmethod
    def _days(telling: Telling) -> Iterable[date]:
        return each(*telling.days) if telling.sharp and telling.days is not None else ()

    def _around(self, day: date) -> set[str]:
        """The events of a day, and of those beside it."""
        return set().union(*(self._on.get(near, set()) for near in each(day - _DAY, day + _DAY)))

    def _begin_anew(self) -> None:
        """What everything is held against has changed: all steps are gone through again."""
        self._changed |= set(self.names())
        self._shelves.update({happened: Shelf(self._scales, self._keys) for happened in (True, False)})
        self._puts.clear()
        self._fits.clear()
        self._asked.clear()
        self._bundled.clear()
        self._steps.clear()

    def _file(self, out: Iterable[str], touched: Iterable[str]) -> set[str]:
        """Looks again by which words events are found. Returns the events for which that says something else now."""
        refiled, moved = self._keys.change(out, [self._told[event] for event in touched])
        for event in refiled:
            for step in (*self._steps.get(event, ()), self._bundled.get(event, _FIRST)):
                if (put := self._puts.get(step)) is not None:
                    self._put(step, None)
                    self._put(step, put)
        return moved & self._told.keys()

    def _take_steps(self, event: str) -> None:
        """The steps of an event that is new or touched: all are asked again."""
        telling = self._told[event]
        steps = steps_of(telling, carried=self._carried.root(event) is not None)
        was = self._steps.get(event, ())
        if was != steps:
            for step in was:
                self._put(step, None)
                self._drop(step)
            self._steps[event] = steps
        self._ask(event)

    def _drop(self, step: Step) -> None:
        self._asked.pop(step, None)
        for n in range(2):
            self._fits.pop((step, n), None)

    def _ask(self, event: str) -> None:
        self._asked.update(dict.fromkeys(self._steps.get(event, ())))

    # ---- what several stories lead with

    def _bundle(self, stories: Iterable[str], touched: Iterable[str]) -> None:
        """Puts what several stories lead with where it goes, before all else."""
        found = self._bundles.change(stories, touched, self._of, self._told)
        for event in found.moved:
            self._ask(event)
        for event, placed in found.placed.items():
            at = None
            if placed is not None:
                at = (LEADS, int(placed.reason is not None), *placed.telling.order)
            was_at = self._bundled.pop(event, None)
            if was_at is not None and was_at != at:
                self._put(was_at, None)
            if placed is not None and at is not None:
                self._bundled[event] = at
                for step in self._steps.get(event, ()):
                    self._put(step, None)
                self._put(at, _Put((True, placed.founder), placed.telling, placed.reason))
            if (was_at is None) != (at is None):
                self._ask(event)

    # ---- step by step

    def _run(self) -> None:
        for shelf in self._shelves.values():
            shelf.rewind()
        self._queue = list(self._asked)
        heapify(self._queue)
        while self._queue:
            step = heappop(self._queue)
            if step in self._asked:
                names = self._asked.pop(step)
                self._put(step, self._decided(step, names))
        self._anew = False

    def _put(self, step: Step, put: _Put | None) -> None:
        """Puts the telling of a step where it goes now, and asks those steps again that see it."""
        was = self._puts.get(step)
        same = was.goes_with(put) if was is not None else put is None
        if same and (was is None or put is None or was.reason == put.reason):
            return
        if was is not None:
            self._changed.add(was.name)
            if not same:
                self._touch(was.name, step)
            self._shelves[was.name[0]].take(was.name[1], step)
            del self._puts[step]
        if put is not None:
            self._changed.add(put.name)
            self._puts[step] = put
            self._shelves[put.name[0]].put(put.name[1], Member(step, put.telling, put.reason))
            if not same:
                self._touch(put.name, step)
        if not same and not self._anew:
            self._ask_after(step)

    def _ask_after(self, step: Step) -> None:
        """Asks what goes by where the telling of a step went: its own later steps, and those of its copies."""
        asked = [later for later in self._steps.get(step[-1], ()) if later > step]
        asked += [later for other in self._carried.by(step[-1]) for later in self._steps.get(other, ())]
        for later in asked:
            self._asked[later] = None
            heappush(self._queue, later)

    def _touch(self, name: Name, since: Step) -> None:
        """Asks all later steps again that may see a gathering."""
        if self._anew:
            return
        happened, founder = name
        filed = self._shelves[happened].filed(founder)
        seen = shared_by(self._keys, filed)
        for key in filed:
            if isinstance(key, date):
                seen |= self._around(key)
            elif key.startswith("report "):
                seen |= self._report.get(key.removeprefix("report "), set())
        for event in seen:
            for step in self._steps.get(event, ()):
                if step > since and any(one.happened == happened for one in TRIES[step[0]]):
                    self._ask_of(step, name)
        for member in self._shelves[happened].members(founder):
            if member.step > since and member.step[0] not in (LEADS, CARRIED):
                self._ask_of(member.step, name)

    def _ask_of(self, step: Step, name: Name) -> None:
        if step not in self._asked:
            self._asked[step] = {name}
            heappush(self._queue, step)
        elif (asked := self._asked[step]) is not None:
            asked.add(name)

    def _decided(self, step: Step, names: set[Name] | None) -> _Put | None:
        """Where the telling of a step goes. names: the gatherings that are others than they were when it was last asked; all where None."""
        phase, event = step[0], step[-1]
        telling, first = self._told[event], self._steps[event][0]
        if event in self._bundled or (step != first and first in self._puts):
            self._drop(step)
            return None
        if phase == CARRIED:
            return self._with_origin(telling)
        best: list[tuple[Try, str, Score]] = []
        for n, one in enumerate(TRIES[phase]):
            variant = replace(telling, days=None) if one.undated else telling
            if best and phase != DOUBT:
                self._fits.pop((step, n), None)
                continue
            found = self._best(step, n, one, variant, names)
            if found is not None:
                best.append((one, *found))
        if best:
            # A denial of what others tell belongs to the incident, a denial of a plan to the plan
            one, founder, fit = max(best, key=lambda found: (found[-1].value, not found[0].happened))
            return _Put((one.happened, founder), telling, _reason(telling, fit), one.undated)
        if phase in PLANS or (phase in FOUND and stands(telling, lead=telling.early and self._scales.lead(telling))):
            return _Put((phase in FOUND, event), telling, None)
        return None

    def _with_origin(self, telling: Telling) -> _Put | None:
        """Puts a copy's telling where its origin's went; what the origin's founds nothing by, nor does the copy's."""
        origin = self._carried.root(telling.event.id)
        if origin is None:
            return None
        for step in (*self._steps.get(origin, ()), self._bundled.get(origin, _FIRST)):
            if (put := self._puts.get(step)) is not None:
                return _Put(put.name, telling, f"{telling.event.id} carries {origin}")
        return None

    def _best(
        self, step: Step, n: int, one: Try, telling: Telling, names: set[Name] | None
    ) -> tuple[str, Score] | None:
        """The gathering that the telling fits best, or None. Where two fit alike, the one nearest in time; a doubt that fits
        two belongs to neither.
        """
        shelf, timeless = self._shelves[one.happened], not one.happened
        fits = self._fits.get((step, n))
        if fits is None or names is None:
            near = shelf.near(telling, step, timeless=timeless)
            fits = {name: fit for name in near if (fit := self._fit(step, one, telling, name)) is not None}
        else:
            for happened, name in names:
                if happened == one.happened:
                    fits.pop(name, None)
                    if shelf.is_near(telling, name, step, timeless=timeless):
                        fit = self._fit(step, one, telling, name)
                        fits.update({name: fit} if fit is not None else {})
        self._fits[step, n] = fits
        if not fits:
            return None
        top, clear = max(fit.score.value for fit in fits.values()), words.table()["weights"]["clear"]
        good = {name: fit for name, fit in fits.items() if fit.score.value >= top - clear}
        if len(good) > 1 and telling.mode == "doubt" and one.happened:
            return None
        best = min(good, key=lambda name: (good[name].away, -good[name].score.value, shelf.founded(name)))
        return best, good[best].score

    def _fit(self, step: Step, one: Try, telling: Telling, name: str) -> _Fit | None:
        """How well a telling fits a gathering, where it fits well enough to join it."""
        gathering = self._shelves[one.happened].before(name, step)
        if gathering is None:
            return None
        found = score(telling, gathering, self._scales, timeless=not one.happened)
        needs = needed(one, telling)
        if found is None or found.value < needs or self._refused(telling, gathering):
            return None
        return _Fit(found, _away(telling, gathering))

    def _refused(self, telling: Telling, gathering: Gathering) -> bool:
        """Whether a story's lead is unlike what the stories lead with that are about a gathering. What it tells of late, in passing, need
        not be alike.
        """
        if not gathering.leads or not telling.words or not telling.early or not self._scales.lead(telling):
            return False
        return self._bundles.unlike(telling, gathering.leads)


def _away(telling: Telling, gathering: Gathering) -> int:
    days, anchor = gathering.days, telling.days[0] if telling.days else telling.latest
    if days is None or anchor is None:
        return 0
    return abs((anchor - days[0]).days)


def _reason(telling: Telling, found: Score) -> str:
    return f"{telling.event.id} tells of {', '.join(found.because) or 'what fits it best'}"
