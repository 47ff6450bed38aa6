"""Does a stated total add up? Each tally held against the incidents that it counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from onrecord.incidents import scopes
from onrecord.incidents.counting import Books, Counted, figure
from onrecord.records import Bounds, Campaign, Incident, Read, Tally, TallyUnit, Verdict
from onrecord.wording.numbers import bounds

_OPEN_SLACK = 0.2
"""How far the ledger may stand above "more than 100" before the total is short: a fifth."""

_HARM: frozenset[TallyUnit] = frozenset({"killed", "killed_or_presumed_dead", "injured"})


Told = Mapping[str, date | None]
"""The day on which each story was published, by its id."""


def days_told(reads: Iterable[Read]) -> Told:
    """The day on which each story was published."""
    return {read.story.id: read.story.published.day for read in reads}


def verdicts(
    reads: Sequence[Read], told: Told, incidents: Sequence[Incident], campaigns: Sequence[Campaign], profile: str
) -> tuple[Verdict, ...]:
    """A verdict for each tally, in the order of the tallies' ids. Incidents stand with the day they were first told of
    where they have none of their own.

    reads: the stories that state totals, or more; told: when every story was published.
    """
    days = {one.id: day for one in incidents if (day := _day(one, told)) is not None}
    everything = _books(incidents, None, days)
    watches = [_books(incidents, campaign, days) for campaign in sorted(campaigns, key=lambda c: c.name)]
    by_story: dict[str, set[str]] = {}
    for one in incidents:
        for story in one.stories:
            by_story.setdefault(story, set()).add(one.id)
    found = []
    for read in reads:
        watch = _watch(by_story.get(read.story.id, set()), watches) or everything
        found += [_verdict(tally, read, watch, profile) for tally in read.reading.tallies]
    return tuple(sorted(found, key=lambda verdict: verdict.tally))


def _day(incident: Incident, told: Told) -> date | None:
    if incident.when is not None and incident.when.start is not None:
        return incident.when.start
    return min((day for story in incident.stories if (day := told.get(story)) is not None), default=None)


def _books(incidents: Sequence[Incident], campaign: Campaign | None, days: dict[str, date]) -> Books:
    mine = tuple(one for one in incidents if campaign is None or campaign.name in one.campaigns)
    if campaign is not None and campaign.start is not None:
        return Books(mine, days, campaign.start)
    first = min((days[one.id] for one in mine if one.id in days), default=None)
    return Books(mine, days, first.replace(day=1) if first is not None else None)


def _watch(mine: set[str], watches: Sequence[Books]) -> Books | None:
    """The campaign that holds most of what a story tells of; None where none holds any of it."""
    best = max(watches, key=lambda watch: len(mine & watch.ids), default=None)
    return best if best is not None and mine & best.ids else None


# ---- one tally


def _verdict(tally: Tally, read: Read, watch: Books, profile: str) -> Verdict:
    stated = bounds(tally.quantity, profile)
    if watch.start is None:
        return Verdict(tally.id, "not_comparable", None, None, (), "The ledger holds no incident with a day.")
    if tally.since is not None and tally.since < watch.start:
        reason = f"It counts from {tally.since}, before the campaign, which starts on {watch.start}."
        return Verdict(tally.id, "not_comparable", None, None, (), reason)
    if stated.low is None and stated.best is None:
        return Verdict(tally.id, "not_comparable", None, None, (), "It gives no number.")
    if scopes.kinds(tally.unit) is None and tally.unit not in _HARM:
        reason = f"The ledger does not count {tally.unit.replace('_', ' ')}."
        return Verdict(tally.id, "units_differ", None, None, (), reason)
    asked = tally.unit, tally.scope, tally.since, tally.as_of or read.story.published.day
    sure = watch.counted(*asked)
    found = _held(tally, stated, sure)
    if found.word in {"consistent", "not_comparable", "over"}:
        # Who did an act is often not told: an act that nobody is named for may be among those that were counted.
        wide = watch.counted(*asked, lenient=True)
        if found.word != "consistent" and len(wide.ids) > len(sure.ids):
            return _between(tally, stated, (found, _held(tally, stated, wide)), (sure, wide))
    return found


def _held(tally: Tally, stated: Bounds, counted: Counted) -> Verdict:
    """The answer to a total whose unit the ledger holds, against the incidents that it counts."""
    ledger = counted.figure(tally.unit)
    if ledger.best is None:
        return Verdict(
            tally.id, "not_comparable", ledger, None, counted.ids, "The ledger holds no figure for this scope."
        )
    point = ledger.high if tally.unit == "killed_or_presumed_dead" and ledger.high is not None else ledger.best
    return _compared(tally, stated, point, ledger, counted)


def _between(tally: Tally, stated: Bounds, found: tuple[Verdict, Verdict], counted: tuple[Counted, Counted]) -> Verdict:
    """The answer where acts by nobody named may belong to a total that does not agree with what surely does. found,
    counted: the answers and incidents without those acts and with them. The total agrees if some of the acts make up
    what it has more.
    """
    (sure, wide), (sure_of, wide_of) = found, counted
    if sure.word == "over" and wide.word == "short":
        more = (stated.best if stated.best is not None else stated.low or 0) - _best(sure)
        known = set(sure_of.ids)
        worth = [figure(tally.unit, [one]).best or 0 for one in wide_of.incidents if one.id not in known]
        if not _makes(more, worth):
            return sure
        reason = f"{sure.reason} Acts that nobody is named for make up for it."
        return Verdict(wide.tally, "consistent", wide.ledger, None, wide.incidents, reason)
    reason = f"{wide.reason} Acts that nobody is named for are counted in."
    return Verdict(wide.tally, wide.word, wide.ledger, wide.off_by, wide.incidents, reason)


def _best(found: Verdict) -> int:
    return found.ledger.best or 0 if found.ledger is not None else 0


def _makes(total: int, parts: Sequence[int]) -> bool:
    """Whether some of the parts add up to the total."""
    sums = {0}
    for part in parts:
        sums |= {one + part for one in sums if one + part <= total}
    return total in sums


def _compared(tally: Tally, stated: Bounds, point: int, ledger: Bounds, counted: Counted) -> Verdict:
    """The answer to a total whose unit the ledger holds. point: the ledger's figure that it is held against."""
    ids = counted.ids
    words, said = tally.unit.replace("_", " "), stated.best if stated.best is not None else stated.low or 0
    low = stated.low if stated.low is not None else said
    behind = f"The ledger has {point} {words} in {len(ids)} incident{'' if len(ids) == 1 else 's'}"
    if stated.high is None:
        top = low + int(low * _OPEN_SLACK)
        fits, above = low <= point <= top, point > top
    else:
        fits, above = low <= point <= stated.high, point > stated.high
    if fits:
        return Verdict(tally.id, "consistent", ledger, None, ids, f"{behind}, which the total agrees with.")
    if _other_unit(tally.unit, said, counted):
        reason = f"{behind}; {said} is the sum of its killed and injured."
        return Verdict(tally.id, "units_differ", ledger, None, ids, reason)
    off = point - said if above else low - point
    if above:
        return Verdict(tally.id, "short", ledger, off, ids, f"{behind}, {off} more than the total tells.")
    return Verdict(tally.id, "over", ledger, off, ids, f"{behind}, {off} fewer than the total tells.")


def _other_unit(unit: TallyUnit, said: int, counted: Counted) -> bool:
    """Whether a number of dead is that of the dead and injured together, and of nothing else the ledger has."""
    killed, injured = counted.figure("killed").best, counted.figure("injured").best
    return unit in {"killed", "injured"} and bool(killed) and bool(injured) and said == (killed or 0) + (injured or 0)
