"""Does a stated total add up? Each tally held against the incidents that it counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from onrecord.incidents import gaps, scopes
from onrecord.incidents.counting import Books, Counted, of_one
from onrecord.incidents.habits import Habits
from onrecord.records import Bounds, Campaign, Incident, Read, Tally, TallyUnit, Verdict, VerdictWord
from onrecord.wording.numbers import bounds

_OPEN_SLACK = 0.2
"""How far the ledger may stand above "more than 100" before the total is short: a fifth."""

_NO_CHANCE = 8
"""From which number on a total that fits one side's acts does so hardly by chance."""

_HARM: frozenset[TallyUnit] = frozenset({"killed", "killed_or_presumed_dead", "injured"})


Told = Mapping[str, date | None]
"""The day on which each story was published, by its id."""


@dataclass(frozen=True, slots=True)
class _Total:
    """A tally with what the profile makes of its number. unit: what its outlet counts by that name; read: the story that states it."""

    tally: Tally
    stated: Bounds
    unit: TallyUnit
    read: Read

    @property
    def said(self) -> int:
        """The number, or its lower end."""
        return self.stated.best if self.stated.best is not None else self.stated.low or 0

    @property
    def last(self) -> date | None:
        """The last day that it counts."""
        return self.tally.as_of or self.read.story.published.day


def days_told(reads: Iterable[Read]) -> Told:
    """The day on which each story was published."""
    return {read.story.id: read.story.published.day for read in reads}


def verdicts(
    reads: Sequence[Read], told: Told, incidents: Sequence[Incident], campaigns: Sequence[Campaign], profile: str
) -> tuple[Verdict, ...]:
    """A verdict for each tally, in the order of the tallies' ids. Incidents stand with the day they were first told of
    where they have none of their own. What an outlet counts by the name of a unit follows from all of its totals.

    reads: the stories that state totals, or more; told: when every story was published.
    """
    first = {
        one.id: min(days) for one in incidents if (days := [day for story in one.stories if (day := told.get(story))])
    }
    everything = _books(incidents, None, first)
    watches = [_books(incidents, campaign, first) for campaign in sorted(campaigns, key=lambda c: c.name)]
    by_story: dict[str, set[str]] = {}
    for one in incidents:
        for story in one.stories:
            by_story.setdefault(story, set()).add(one.id)
    asked = []
    stating = (read for read in reads if read.reading.tallies)
    for read in sorted(stating, key=lambda read: read.story.id):
        watch = _watch(by_story.get(read.story.id, set()), watches) or everything
        tellers = {claim.id: claim.source.name for claim in read.reading.claims}
        for tally in read.reading.tallies:
            scope = watch.without_enemies(tally.scope, tellers.get(tally.claim or ""))
            total = _Total(replace(tally, scope=scope), bounds(tally.quantity, profile), tally.unit, read)
            asked.append((total, watch))
    habits = _habits(asked)
    made = (_verdict(total, watch, habits) for total, watch in asked)
    return tuple(sorted(made, key=lambda verdict: verdict.tally))


def _books(incidents: Sequence[Incident], campaign: Campaign | None, first: Mapping[str, date]) -> Books:
    """The books of a campaign, or of everything. first: when each incident was first told of."""
    mine = tuple(one for one in incidents if campaign is None or campaign.name in one.campaigns)
    days = {one.id: day for one in mine if (day := _day(one, first)) is not None}
    if campaign is not None and campaign.start is not None:
        return Books(mine, days, first, campaign.start)
    start = min(days.values(), default=None)
    return Books(mine, days, first, start.replace(day=1) if start is not None else None)


def _day(incident: Incident, first: Mapping[str, date]) -> date | None:
    if incident.when is not None and incident.when.start is not None:
        return incident.when.start
    return first.get(incident.id)


def _watch(mine: set[str], watches: Sequence[Books]) -> Books | None:
    """The campaign that holds most of what a story tells of; None where none holds any of it."""
    best = max(watches, key=lambda watch: len(mine & watch.ids), default=None)
    return best if best is not None and mine & best.ids else None


# ---- what an outlet counts by the name of a unit


def _habits(asked: Iterable[tuple[_Total, Books]]) -> Habits:
    """Which reading of its units fits the totals of each outlet."""
    habits = Habits()
    for total, watch in asked:
        if not _is_comparable(total, watch):
            continue
        for unit in habits.readings(total.unit):
            ledger = _counted(total, watch, unit).figure(unit).best
            habits.see(total.read.story.outlet, total.tally, unit, fits=ledger == total.said)
    return habits


def _is_comparable(total: _Total, watch: Books) -> bool:
    since = total.tally.since
    return watch.start is not None and (since is None or since >= watch.start) and total.said > 0


def _counted(total: _Total, watch: Books, unit: TallyUnit, *, lenient: bool = False) -> Counted:
    asked = scopes.kinds(unit), total.tally.scope
    # An open total agrees with more than one figure: with doubtful acts it would agree with nearly any
    doubtful = lenient and total.stated.high is not None
    return watch.counted(asked, total.tally.since, total.last, lenient=lenient, doubtful=doubtful)


# ---- one tally


def _verdict(total: _Total, watch: Books, habits: Habits) -> Verdict:
    tally = total.tally
    if (beyond := _beyond(total, watch)) is not None:
        word, reason = beyond
        return Verdict(tally.id, word, None, None, (), reason)
    habit = habits.of(total.read.story.outlet, tally.unit)
    total = replace(total, unit=habit.unit)
    found, counted = _held_widely(total, watch)
    if habit.why:
        found = replace(found, reason=f"{found.reason} {habit.why}")
    if found.off_by is None:
        return found
    gap = gaps.Gap(tally, total.unit, total.last, found.off_by, total.read.story.published.day)
    closing = gaps.short(gap, counted, watch) if found.word == "short" else gaps.over(gap, counted, watch)
    if closing is None:
        return found
    return replace(
        found, reason=f"{found.reason} {closing.reason}", explains=tuple(one.id for one in closing.incidents)
    )


def _beyond(total: _Total, watch: Books) -> tuple[VerdictWord, str] | None:
    """Why a total cannot be held against the ledger at all, with the word for it; None where it can."""
    tally, stated = total.tally, total.stated
    if watch.start is None:
        return "not_comparable", "The ledger holds no incident with a day."
    if tally.since is not None and tally.since < watch.start:
        return (
            "not_comparable",
            f"It counts from {tally.since}, before the campaign, which starts on {watch.start}.",
        )
    if stated.low is None and stated.best is None:
        return "not_comparable", "It gives no number."
    if scopes.kinds(tally.unit) is None and tally.unit not in _HARM:
        return "units_differ", f"The ledger does not count {tally.unit.replace('_', ' ')}."
    return None


def _held_widely(total: _Total, watch: Books) -> tuple[Verdict, Counted]:
    """The answer to a total whose unit the ledger holds, and the incidents that it was held against."""
    sure = _counted(total, watch, total.unit)
    found = _held(total, sure)
    if found.word in {"not_comparable", "over"}:
        # Who did an act, whose ground it hit or on which day is often not told: such an act may be among those that were counted.
        wide = _counted(total, watch, total.unit, lenient=True)
        if len(wide.ids) > len(sure.ids):
            between = _between(total, (found, _held(total, wide)), (sure, wide))
            found, sure = between, sure if between is found else wide
    if found.word == "short" and total.tally.scope is None and total.said >= _NO_CHANCE:
        return _of_one_side(total, watch) or (found, sure)
    return found, sure


def _of_one_side(total: _Total, watch: Books) -> tuple[Verdict, Counted] | None:
    """The answer to a total that does not say whose acts it counts, where it is just what one side's acts come to."""
    fitting = []
    for party in watch.parties:
        counted = _counted(replace(total, tally=replace(total.tally, scope=party)), watch, total.unit)
        if counted.figure(total.unit).best == total.said:
            fitting.append((party, counted))
    if len(fitting) != 1:
        return None
    (party, counted), *_ = fitting
    found = _held(total, counted)
    return replace(found, reason=f"{found.reason} It does not say whose acts it counts; it fits {party}."), counted


def _held(total: _Total, counted: Counted) -> Verdict:
    """The answer to a total whose unit the ledger holds, against the incidents that it counts."""
    ledger = counted.figure(total.unit)
    if ledger.best is None:
        return Verdict(
            total.tally.id, "not_comparable", ledger, None, counted.ids, "The ledger holds no figure for this scope."
        )
    return _compared(total, ledger.best, ledger, counted)


def _between(total: _Total, found: tuple[Verdict, Verdict], counted: tuple[Counted, Counted]) -> Verdict:
    """The answer where acts that may belong to a total do not agree with what surely does. found, counted: the answers and incidents
    without those acts and with them. The total agrees if some of the acts make up what it has more.
    """
    (sure, wide), (sure_of, wide_of) = found, counted
    if sure.word == "over" and wide.word == "short":
        known = set(sure_of.ids)
        doubtful = sorted((one for one in wide_of.incidents if one.id not in known), key=lambda one: one.events)
        more = _making(total.said - _best(sure), [(one, _worth(total.unit, one)) for one in doubtful])
        if more is None:
            return sure
        whole = Counted(lambda: (*sure_of.incidents, *more))
        reason = f"{sure.reason} Acts of which it is not known whether they belong to it make up for it."
        return Verdict(sure.tally, "consistent", whole.figure(total.unit), None, whole.ids, reason)
    reason = f"{wide.reason} Acts of which it is not known whether they belong to it are counted in."
    return replace(wide, reason=reason)


def _best(found: Verdict) -> int:
    return found.ledger.best or 0 if found.ledger is not None else 0


def _worth(unit: TallyUnit, incident: Incident) -> int:
    """What one incident adds to a figure."""
    return 1 if scopes.kinds(unit) is not None else of_one(unit, incident).best or 0


def _making(total: int, parts: Sequence[tuple[Incident, int]]) -> tuple[Incident, ...] | None:
    """Parts that add up to the total, the first that do in their order; None where none do."""
    sums: dict[int, tuple[Incident, ...]] = {0: ()}
    for incident, worth in parts:
        more = {sum_ + worth: (*some, incident) for sum_, some in sums.items() if 0 < worth <= total - sum_}
        sums = {**more, **sums}
    return sums.get(total)


def _compared(total: _Total, point: int, ledger: Bounds, counted: Counted) -> Verdict:
    """The answer to a total whose unit the ledger holds. point: the ledger's figure that it is held against."""
    ids, name, stated, said = counted.ids, total.tally.id, total.stated, total.said
    low = stated.low if stated.low is not None else said
    words = total.unit.replace("_", " ")
    behind = f"The ledger has {point} {words} in {len(ids)} incident{'' if len(ids) == 1 else 's'}"
    if stated.high is None:
        top = low + int(low * _OPEN_SLACK)
        fits, above = low <= point <= top, point > top
    else:
        fits, above = low <= point <= stated.high, point > stated.high
    if fits:
        return Verdict(name, "consistent", ledger, None, ids, f"{behind}, which the total agrees with.")
    if _other_unit(total.tally.unit, said, counted):
        reason = f"{behind}; {said} is the sum of its killed and injured."
        return Verdict(name, "units_differ", ledger, None, ids, reason)
    off = point - said if above else low - point
    if above:
        return Verdict(name, "short", ledger, off, ids, f"{behind}, {off} more than the total tells.")
    return Verdict(name, "over", ledger, off, ids, f"{behind}, {off} fewer than the total tells.")


def _other_unit(unit: TallyUnit, said: int, counted: Counted) -> bool:
    """Whether a number of dead is that of the dead and injured together, and of nothing else the ledger has."""
    killed, injured = counted.figure("killed").best, counted.figure("injured").best
    return unit in {"killed", "injured"} and bool(killed) and bool(injured) and said == (killed or 0) + (injured or 0)
