"""How far coders agree: Krippendorff's alpha for each field of a round, percent agreement beside it, and where they differ.

Alpha is 1 where all agree, 0 where they agree as often as answers dealt out by chance would, and below 0 where less often. It takes any
number of coders and any gaps. What counts as a small difference follows from what a field is (Krippendorff, Content Analysis):

- nominal, for kind, status, place, country, actor and target: two answers are the same or they are not. No field here is ordered
  without being counted: "threatened" is not nearer to "planned" than to "denied", so that "ordinal" fits none.
- interval, for days: between 1 and 3 May lie as many days as between 11 and 13 May, and there is no day zero. An answer of several days
  counts by its first.
- ratio, for numbers of people: none is none, and 1 against 2 is a larger difference than 101 against 102. A worded number counts by its
  best figure.

"unknown" is an answer like others where a field is nominal. It is no day and no number: of those fields it is left out of alpha, which
says so, and stays in percent agreement, in which days and numbers agree only where they are wholly the same.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

import krippendorff
import numpy as np

from onrecord.decisions.values import UNKNOWN, fields, parsed
from onrecord.exports.private import Row
from onrecord.records import Bounds, Coding, Quantity, Round, When, Where
from onrecord.wording import numbers

Level = Literal["nominal", "ordinal", "interval", "ratio"]
_LEVELS: dict[str, Level] = {"number": "ratio", "bounds": "ratio", "days": "interval", "day": "interval"}
"""By the sort of value that a field takes; nominal for the rest."""

COLUMNS = (
    *("field", "level", "alpha", "why_no_alpha", "percent", "targets_by_several", "targets_by_one", "answers_left_out"),
    *("target", "coder", "answer"),
)
"""Of the rows of a file: a line for each field, then one for each answer on which coders differ."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """One field. alpha: None with the reason in `why`; percent: of all pairs of answers on one target, the share that is the same, in
    per cent, None without a pair; several, single: targets with answers of two coders or more, and of one; left_out: answers that alpha
    leaves out because they are no number or day.
    """

    field: str
    level: Level
    alpha: float | None
    why: str
    percent: float | None
    several: int
    single: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Differing:
    """A target and a field on which coders differ. answers: coder and answer, in the order in which they were given."""

    target: str
    field: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What coders made of a round. coders: how many targets each has coded; single: the targets that one coder alone has, with the
    coder; untouched: those of nobody.
    """

    fields: tuple[Agreed, ...]
    differing: tuple[Differing, ...]
    coders: tuple[tuple[str, int], ...]
    single: tuple[tuple[str, str], ...]
    untouched: tuple[str, ...]


def agreement(round_: Round, codings: Iterable[Coding]) -> Agreement:
    """How far the coders of a round agree."""
    by_target: dict[str, list[Coding]] = {target: [] for target in round_.targets}
    coded: dict[str, int] = {}
    for one in codings:
        by_target[one.target].append(one)
        coded[one.by] = coded.get(one.by, 0) + 1
    return Agreement(
        fields=tuple(_agreed(round_, field, by_target) for field in round_.fields),
        differing=tuple(
            Differing(target, field, tuple((one.by, dict(one.answers)[field]) for one in held))
            for target, held in by_target.items()
            for field in round_.fields
            if len({_same(round_, field, dict(one.answers)[field]) for one in held}) > 1
        ),
        coders=tuple(sorted(coded.items())),
        single=tuple((target, held[0].by) for target, held in by_target.items() if len(held) == 1),
        untouched=tuple(target for target, held in by_target.items() if not held),
    )


def _agreed(round_: Round, field: str, by_target: Mapping[str, Sequence[Coding]]) -> Agreed:
    level = _LEVELS.get(fields()[round_.kind][field], "nominal")
    said = [{one.by: dict(one.answers)[field] for one in held} for held in by_target.values()]
    same = [{by: _same(round_, field, answer) for by, answer in unit.items()} for unit in said]
    measured: list[dict[str, str | float]]
    if level == "nominal":
        measured = [dict(unit) for unit in same]
    else:
        found = [{by: _measure(round_, field, answer) for by, answer in unit.items()} for unit in said]
        measured = [{by: value for by, value in unit.items() if value is not None} for unit in found]
    value, why = alpha(measured, level)
    return Agreed(
        field=field,
        level=level,
        alpha=value,
        why=why,
        percent=percent(same),
        several=sum(len(unit) > 1 for unit in said),
        single=sum(len(unit) == 1 for unit in said),
        left_out=sum(map(len, said)) - sum(map(len, measured)),
    )


def alpha(units: Iterable[Mapping[str, str | float]], level: Level) -> tuple[float | None, str]:
    """Krippendorff's alpha of answers: one mapping a unit, of coders to their answers, which are numbers unless the level is nominal.

    Units that one coder alone has say nothing about agreement and are left out. None, with the reason, where alpha is undefined.
    """
    paired = [unit for unit in units if len(unit) > 1]
    if not paired:
        return None, "no target has answers of two coders"
    values = sorted({value for unit in paired for value in unit.values()}, key=lambda value: (str(type(value)), value))
    if len(values) == 1:
        return None, "all answers are the same, so nothing tells agreement from chance"
    # What is nominal is counted, not measured: any numbers do, as long as they differ
    number = {value: float(n) if level == "nominal" else float(value) for n, value in enumerate(values)}
    coders = sorted({coder for unit in paired for coder in unit})
    table = np.array([[number[unit[c]] if c in unit else np.nan for unit in paired] for c in coders])
    with warnings.catch_warnings():
        # Of none against none the ratio is not defined, and their difference is none
        warnings.simplefilter("ignore", RuntimeWarning)
        return float(krippendorff.alpha(reliability_data=table, level_of_measurement=level)), ""


def percent(units: Iterable[Mapping[str, str | float]]) -> float | None:
    """Of all pairs of answers on one unit, how many per cent are the same; None where there is no pair."""
    pairs = [one == other for unit in units for one, other in combinations(unit.values(), 2)]
    return 100 * sum(pairs) / len(pairs) if pairs else None


def _same(round_: Round, field: str, answer: str) -> str:
    """An answer so that two that say the same are equal: in whatever case, by whatever name of a place that the gazetteer knows."""
    if fields()[round_.kind][field] in ("place", "country", "bounds", "number", "days", "day") and answer != UNKNOWN:
        value = parsed(round_.kind, field, answer)
        if isinstance(value, Where):
            return f"{value.name.casefold()} ({value.country})"
        if isinstance(value, Quantity):
            bounds = numbers.bounds(value)
            return str((bounds.low, bounds.best, bounds.high))
        if isinstance(value, Bounds):
            return str((value.low, value.best, value.high))
        if isinstance(value, When):
            return f"{value.start}/{value.end}"
        answer = str(value)
    return " ".join(answer.split()).casefold()


def _measure(round_: Round, field: str, answer: str) -> float | None:
    """An answer as a number: of people, or of the day; None for unknown, and for a number that nobody can put into figures."""
    value = parsed(round_.kind, field, answer)
    if isinstance(value, Quantity):
        value = numbers.bounds(value)
    if isinstance(value, Bounds):
        return None if value.best is None else float(value.best)
    day = value.start if isinstance(value, When) else value
    return float(day.toordinal()) if isinstance(day, date) else None


def rows(found: Agreement) -> list[Row]:
    """The same as rows of a file, with `COLUMNS`."""
    empty: Row = dict.fromkeys(COLUMNS)
    told: list[Row] = [
        {
            **empty,
            "field": one.field,
            "level": one.level,
            "alpha": None if one.alpha is None else round(one.alpha, 4),
            "why_no_alpha": one.why or None,
            "percent": None if one.percent is None else round(one.percent, 1),
            "targets_by_several": one.several,
            "targets_by_one": one.single,
            "answers_left_out": one.left_out,
        }
        for one in found.fields
    ]
    for case in found.differing:
        told += [
            {**empty, "field": case.field, "target": case.target, "coder": c, "answer": a} for c, a in case.answers
        ]
    return told
