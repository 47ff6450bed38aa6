"""What became of a view: so much as has to be told to whoever holds the one before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

from onrecord.pipeline.viewing import View
from onrecord.records import Derived

_Runs = tuple[range | tuple[Any, ...], ...]

_CALLED: dict[str, Callable[[Any], object]] = {
    "reads": attrgetter("story.id"),
    "families": attrgetter("id"),
    "derivations": attrgetter("story"),
    "incidents": attrgetter("id"),
    "plans": attrgetter("id"),
    "verdicts": attrgetter("tally"),
    "groupings": attrgetter("id"),
    "standings": attrgetter("decision"),
    "decisions": attrgetter("id"),
}
"""By what a record is found again that was made anew and says the same. Where there is nothing, what was made anew is told."""

_SHOWN = tuple(field.name for field in fields(View) if field.name not in ("derived", "profile"))
_DERIVED = tuple(field.name for field in fields(Derived))


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a view. runs: of every part that is another now, in order, what of the part before stands on, and what is new."""

    runs: dict[str, _Runs]


def between(was: View, now: View) -> Changes:
    """What makes one view of another, of the same codebook."""
    pairs = [(name, getattr(was, name), getattr(now, name)) for name in _SHOWN]
    pairs += [(name, getattr(was.derived, name), getattr(now.derived, name)) for name in _DERIVED]
    return Changes({name: _runs(name, old, new) for name, old, new in pairs if old is not new})


def applied(was: View, changes: Changes) -> View:
    """The view that those changes make of one. What did not change is the very same in it."""

    def made(held: object, names: Sequence[str]) -> dict[str, Any]:
        return {name: _joined(getattr(held, name), changes.runs[name]) for name in names if name in changes.runs}

    return replace(was, derived=replace(was.derived, **made(was.derived, _DERIVED)), **made(was, _SHOWN))


def _runs(name: str, was: tuple[Any, ...], now: tuple[Any, ...]) -> _Runs:
    places = {id(one): place for place, one in enumerate(was)}
    called = _CALLED.get(name)
    known: dict[object, int] | None = None
    runs: list[range | list[Any]] = []
    for one in now:
        place = places.get(id(one))
        if place is None and called is not None:
            if known is None:
                known = {called(old): number for number, old in enumerate(was)}
            found = known.get(called(one))
            place = found if found is not None and was[found] == one else None
        _append(runs, place, one)
    return tuple(run if isinstance(run, range) else tuple(run) for run in runs)


def _append(runs: list[range | list[Any]], place: int | None, one: object) -> None:
    last = runs[-1] if runs else None
    if place is None:
        if isinstance(last, list):
            last.append(one)
        else:
            runs.append([one])
    elif isinstance(last, range) and last.stop == place:
        runs[-1] = range(last.start, place + 1)
    else:
        runs.append(range(place, place + 1))


def _joined(was: tuple[Any, ...], runs: _Runs) -> tuple[Any, ...]:
    return tuple(one for run in runs for one in (was[run.start : run.stop] if isinstance(run, range) else run))
