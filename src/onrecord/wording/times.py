"""Which words of a text tell a time, and which days they mean.

Types and values are those of TIMEX3 as TempEval-3 used it. What is told relative to the story ("on Tuesday") resolves
only against the day of its publication, never against today: without one it stays wording without days.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from onrecord.records import DatePrecision
from onrecord.wording import days, timecounts, timedays, timewords
from onrecord.wording.days import UNRESOLVED, Days
from onrecord.wording.timedays import Read, Stand, Type
from onrecord.wording.timewords import Found, Words

_OF_ONE_DAY = frozenset({"calendar_day", "weekday", "near", "written_day", "holiday", "ago", "narrative"})
_OF_HOURS = frozenset({"clock", "part"})
_IN_RANGES = frozenset(
    {"calendar_day", "weekday", "written_day", "month", "year", "near", "holiday", "span", "season", "quarter"}
)
# From fine to coarse.
_COARSE: tuple[DatePrecision, ...] = ("day", "days", "week", "month", "season", "year")
_READERS = {**timedays.READERS, **timecounts.READERS}
_OVERNIGHT = ["overnight"]
# How far apart a day and its hour may stand, in tokens.
_REACH = 6


@dataclass(frozen=True, slots=True)
class Timex:
    """A wording of time. start, end: offsets in the text given.

    value: as in TIMEX3 ("1998-02-06", "1998-W05", "1998-SU", "1998-02-06TMO", "P3D", "XXXX-WXX-1", "PAST_REF"); None
    where nothing resolves it. first, last: the days meant, both included; both None where unresolved, the one or the
    other where the words are the edge of an open period (precision "since" and "until"). Durations and sets have none.
    """

    start: int
    end: int
    type: Type
    value: str | None
    precision: DatePrecision
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class _Atom:
    """What one rule found, or several put together; start and end (excluded) count tokens."""

    found: Found
    start: int
    end: int
    type: Type
    days: Days

    @property
    def reads(self) -> str:
        return self.found.reads


def find(text: str, anchor: date | None, forward: bool = False) -> tuple[Timex, ...]:
    """The times in a text, in its order, none over another. anchor: the day of publication, or None. forward: whether
    the clause is about the future, so that a bare weekday or date lies ahead of the anchor and not behind it.
    """
    words = timewords.lex(text)
    stand = Stand(anchor, forward)
    atoms = _with_hours(words, _ranges(words, _atoms(words, stand), stand), stand)
    return tuple(_timex(words, atom) for atom in atoms if _tells(words, atom))


def _atoms(words: Words, stand: Stand) -> list[_Atom]:
    """What single rules find, from left to right."""
    atoms: list[_Atom] = []
    begun = replace(stand, forward=False)
    at = 0
    while at < len(words.tokens):
        step = 1
        for found in timewords.found(words, at):
            # what began "since" some time has begun, whatever the clause is about
            read = _read(found, begun if _preposition(words, found.start) == "since" else stand)
            if read is not None:
                atoms.append(_Atom(found, found.start, found.end, *read))
                step = found.end - at
                break
        at += step
    return atoms


def _read(found: Found, stand: Stand) -> Read | None:
    """Type and days of a wording; None where it is no time. Days that no calendar holds stay unresolved."""
    try:
        return _READERS[found.reads](found, stand)
    except (ValueError, OverflowError, StopIteration):
        return "DATE", UNRESOLVED


# ---- put together


def _ranges(words: Words, atoms: list[_Atom], stand: Stand) -> list[_Atom]:
    """The atoms with "from Monday to Wednesday" made one."""
    joined: list[_Atom] = []
    for atom in atoms:
        one = joined[-1] if joined else None
        if one is not None and atom.start - one.end == 1 and {one.reads, atom.reads} <= _IN_RANGES:
            whole = _range(words, one, atom, stand)
            if whole is not None:
                joined[-1] = whole
                continue
        joined.append(atom)
    return joined


def _range(words: Words, one: _Atom, other: _Atom, stand: Stand) -> _Atom | None:
    before, between = words.at(one.start - 1), words.at(one.end)
    spans = between in {"to", "through", "until", "till", "-", "–"} or (between == "and" and before == "between")
    if not spans or (one.reads != other.reads and before not in {"from", "between"}):
        return None
    first, last = _ends(one, other, stand)
    if first.first is None or last.last is None:
        whole = UNRESOLVED
    elif first.first > last.last:
        return None
    else:
        coarse = max(("days", first.precision, last.precision), key=_COARSE.index)
        whole = Days(first.value, coarse, first.first, last.last)
    return _Atom(one.found, one.start, other.end, "DATE", whole)


def _ends(one: _Atom, other: _Atom, stand: Stand) -> tuple[Days, Days]:
    """The two ends of a range: the first seen from the last where only that tells the year, or where they would be the
    wrong way round ("from Monday to Wednesday" on a Tuesday); the last from the first where the clause looks ahead.
    """
    first, last = one.days, other.days
    of_one_year = other.found.has("yyyy") and not one.found.has("yyyy") and last.last is not None
    backward = first.first is not None and last.last is not None and first.first > last.last
    if backward and stand.forward and not of_one_year:
        read = _read(other.found, Stand(first.first, True))
        return first, read[1] if read is not None else last
    if backward or of_one_year:
        read = _read(one.found, Stand(last.last, False))
        return read[1] if read is not None else first, last
    return first, last


def _with_hours(words: Words, atoms: list[_Atom], stand: Stand) -> list[_Atom]:
    """The atoms with "dawn on Monday" and "Monday at dawn" made one, and "overnight into Monday"."""
    joined: list[_Atom] = []
    for atom in atoms:
        one = joined[-1] if joined else None
        whole = _day_and_hour(words, one, atom, stand) if one is not None and atom.start - one.end <= _REACH else None
        if whole is None:
            joined.append(atom)
        else:
            joined[-1] = whole
    return joined


def _day_and_hour(words: Words, one: _Atom, other: _Atom, stand: Stand) -> _Atom | None:
    between = {words.at(index) for index in range(one.end, other.start)}
    if one.found.texts()[-2:] in (["day", "before"], ["day", "after"]) and not between and other.reads in _OF_ONE_DAY:
        return _beside(one, other)
    by_day = next((a for a in (one, other) if a.reads in _OF_ONE_DAY and a.found.texts() != _OVERNIGHT), None)
    if by_day is None or by_day.days.precision not in {"day", "days", "unknown"}:
        return None
    hour = other if by_day is one else one
    if hour.found.texts() == _OVERNIGHT and between <= {"on", "into", "to", "from", "of", ","}:
        return _overnight(one, other, by_day, between, stand)
    whole = by_day.days
    told_already = by_day.type == "TIME" and (hour.reads == "part" or "T" not in (whole.value or "T"))
    of_a_night = (
        hour is one and between == {"from"} and by_day.end - by_day.found.end > 0
    )  # "the night from Monday to Tuesday"
    joins = between <= timewords.names("joins") or of_a_night
    if hour.reads not in _OF_HOURS or not joins or told_already:
        return None
    if whole.value is not None and whole.first is not None:
        whole = replace(whole, value=whole.value.partition("T")[0] + (hour.days.value or ""))
    return _Atom(by_day.found, one.start, other.end, "TIME", whole)


def _beside(one: _Atom, other: _Atom) -> _Atom:
    """The day before or after another."""
    day = other.days.first
    step = timedelta(days=-1 if "before" in one.found.texts() else 1)
    whole = UNRESOLVED if day is None or other.days.precision != "day" else days.day(day + step)
    return _Atom(other.found, one.start, other.end, "DATE", whole)


def _overnight(one: _Atom, other: _Atom, by_day: _Atom, between: set[str], stand: Stand) -> _Atom:
    """The night that a day is told with: the one that ends on it after "into", else before or after it."""
    day = by_day.days.first
    if day is None:
        return _Atom(by_day.found, one.start, other.end, "TIME", UNRESOLVED)
    last = day if {"into", "to"} & between or day == stand.anchor else day + timedelta(days=1)
    first = day if "from" in between else day - timedelta(days=1)
    return _Atom(by_day.found, one.start, other.end, "TIME", days.several(first, last, f"{day}TNI"))


# ---- given out


def _tells(words: Words, atom: _Atom) -> bool:
    """Whether the atom stands for itself: a part of day without its day only behind a preposition ("at dawn")."""
    if atom.reads != "part" or atom.type != "TIME" or atom.days.first is not None:
        return True
    before = words.at(atom.start - 1), words.at(atom.start - 2)
    return before[0] in {"at", "before", "after", "until", "since"} or (
        before[0] == "the" and before[1] in {"in", "during", "through", "throughout"}
    ) or "hours" in atom.found.texts()  # fmt: skip


def _timex(words: Words, atom: _Atom) -> Timex:
    whole, start, end = atom.days, words.tokens[atom.start].start, words.tokens[atom.end - 1].end
    edge = _preposition(words, atom.start) if atom.type in {"DATE", "TIME"} and whole.first is not None else ""
    if edge == "since":
        whole = replace(whole, precision="since", last=None)
    elif edge in {"until", "till"}:
        whole = replace(whole, precision="until", first=None)
    value = None if atom.reads in _OF_HOURS and whole.first is None else whole.value
    return Timex(start, end, atom.type, value, whole.precision, whole.first, whole.last)


def _preposition(words: Words, start: int) -> str:
    """The word before, past those that only soften it ("since at least 2009")."""
    softening = {"at", "least", "about", "around", "on", "late", "early"}
    for index in range(start - 1, max(start - 5, -1), -1):
        if words.at(index) not in softening:
            return words.at(index)
    return ""
