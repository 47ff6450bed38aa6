"""What a picture of stated totals shows: for each unit in each campaign the totals, and the ledger's own figure over time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from onrecord.exports.private import Cell, Row
from onrecord.exports.questions import first_told
from onrecord.incidents import scopes
from onrecord.pipeline import View
from onrecord.records import Bounds, TallyUnit, VerdictWord


@dataclass(frozen=True, slots=True)
class Mark:
    """A stated total. day: its as-of day, or that of its publication; value: the number stated, or the least one; against: the
    ledger's figure that it was held against; times: how often one outlet states it for one day.
    """

    day: date
    stated: Bounds
    value: int
    outlet: str
    verdict: str
    against: int | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """What the incidents up to a day come to. A high of None is open."""

    day: date
    low: int
    best: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Panel:
    """The totals of one unit in one campaign; a campaign of None is the whole ledger. steps: none where the ledger does not
    count the unit. lost: how many totals cannot be drawn, for want of a day or of a number.
    """

    unit: TallyUnit
    campaign: str | None
    marks: tuple[Mark, ...]
    steps: tuple[Step, ...]
    lost: int


def panels(view: View, rows: Iterable[Row]) -> tuple[Panel, ...]:
    """The panels for those rows of tallies: units that the ledger counts first, the campaigns of a unit by name."""
    tallies = {tally.id: (tally, read.story) for read in view.reads for tally in read.reading.tallies}
    campaigns = _campaigns(view)
    grouped: dict[tuple[TallyUnit, str | None], list[Mark | None]] = defaultdict(list)
    for row in rows:
        tally, story = tallies[str(row["id"])]
        grouped[tally.unit, campaigns.get(story.id)].append(_mark(row, tally.as_of or story.published.day))
    found = [_panel(view, unit, campaign, marks) for (unit, campaign), marks in grouped.items()]
    order = get_args(TallyUnit)
    return tuple(sorted(found, key=lambda p: (not p.steps, order.index(p.unit), p.campaign is None, p.campaign or "")))


def _campaigns(view: View) -> dict[str, str]:
    """The campaign of each story: the one that most of what it tells of belongs to, as for the verdicts on its totals."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for one in view.derived.incidents:
        for story in one.stories:
            told[story].update(one.campaigns)
    return {story: min(found, key=lambda name: (-found[name], name)) for story, found in told.items() if found}


def _panel(view: View, unit: TallyUnit, campaign: str | None, told: Sequence[Mark | None]) -> Panel:
    marks = Counter(mark for mark in told if mark is not None)
    steps = tuple(_steps(view, unit, campaign))
    return Panel(unit, campaign, tuple(_ordered(marks)), steps, len(told) - marks.total())


def _mark(row: Row, day: date | None) -> Mark | None:
    stated = Bounds(*(_number(row[end]) for end in ("low", "best", "high")))
    value = next((n for n in (stated.best, stated.low, stated.high) if n is not None), None)
    if day is None or value is None:
        return None
    top = "ledger_high" if row["unit"] == _PRESUMED and row["ledger_high"] is not None else "ledger_best"
    verdict = str(row["verdict"] or "not_comparable")
    return Mark(day, stated, value, str(row["outlet"] or "no outlet named"), verdict, _number(row[top]))


def _ordered(marks: Mapping[Mark, int]) -> Iterator[Mark]:
    for mark in sorted(marks, key=lambda m: (m.day, m.value, m.outlet, m.verdict, str(m.stated), str(m.against))):
        yield replace(mark, times=marks[mark])


_PRESUMED: TallyUnit = "killed_or_presumed_dead"
_HARM: tuple[TallyUnit, ...] = ("killed", _PRESUMED, "injured")


def _steps(view: View, unit: TallyUnit, campaign: str | None) -> Iterator[Step]:
    """The ledger's own figure as it grows; an incident without a day stands on the one on which it was first told of."""
    kinds = scopes.kinds(unit)
    if kinds is None and unit not in _HARM:
        return
    by_day: dict[date, list[Bounds]] = defaultdict(list)
    for one, told in first_told(view, view.derived.incidents):
        if (campaign is None or campaign in one.campaigns) and (not kinds or one.kind in kinds):
            day = (one.when.start if one.when is not None else None) or told
            harm = one.injured if unit == "injured" else one.killed
            by_day[day or date.min].append(harm if kinds is None else Bounds(1, 1, 1))
    so_far = list[Bounds]()
    for day, new in sorted(by_day.items()):
        so_far += [bounds for bounds in new if bounds.best is not None]
        if so_far:
            step = _step(day, so_far)
            yield replace(step, best=step.high) if unit == _PRESUMED and step.high is not None else step
            so_far = [Bounds(step.low, step.best, step.high)]


def _step(day: date, known: Sequence[Bounds]) -> Step:
    best = sum(bounds.best or 0 for bounds in known)
    low = sum(bounds.low if bounds.low is not None else bounds.best or 0 for bounds in known)
    highs = [bounds.high for bounds in known if bounds.high is not None]
    return Step(day, low, best, sum(highs) if len(highs) == len(known) else None)


def _number(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) else None


# ---- the same in words


def described(panels: Iterable[Panel]) -> str:
    """The picture in words, for those who cannot see it."""
    return " ".join(_in_words(panel) for panel in panels)


def _in_words(panel: Panel) -> str:
    said = [f"{heading(panel)}: {verdicts(panel)}"]
    if panel.marks:
        values = sorted(mark.value for mark in panel.marks)
        days = _from_to(panel.marks[0].day.isoformat(), panel.marks[-1].day.isoformat())
        outlets = many(len({mark.outlet for mark in panel.marks}), "outlet")
        said.append(f"{_from_to(f'{values[0]:,}', f'{values[-1]:,}')}, stated {days} by {outlets}")
    if panel.steps:
        last = panel.steps[-1]
        said.append(f"the ledger has {_from_to(f'{panel.steps[0].best:,}', f'{last.best:,}')}{between(last)}")
    return "; ".join(said) + "."


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first} to {last}"


def verdicts(panel: Panel) -> str:
    """How many totals, and what came of them."""
    found = Counter[str]()
    for mark in panel.marks:
        found[mark.verdict] += mark.times
    words = [(found[word], word.replace("_", " ")) for word in get_args(VerdictWord) if found[word]]
    said = ", ".join(word if len(words) == 1 else f"{count:,} {word}" for count, word in words)
    lost = f"; {panel.lost:,} more without a day or a number" if panel.lost else ""
    return many(found.total(), "total") + (f"{', ' if len(words) == 1 else ': '}{said}" if said else "") + lost


def heading(panel: Panel) -> str:
    """The unit, and the campaign."""
    unit = panel.unit.replace("_", " ").capitalize()
    return unit if panel.campaign is None else f"{unit}, {panel.campaign}"


def many(count: int, what: str) -> str:
    """So many of something."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def between(step: Step) -> str:
    """The bounds of the ledger's figure, where they are not the figure itself."""
    if step.low == step.best == step.high:
        return ""
    return f" ({step.low:,}+)" if step.high is None else f" ({step.low:,}–{step.high:,})"
