"""Intervals of days by the calendar: months, seasons, weekdays before and after a day. No words are read here.

Values are those of TIMEX3 (ISO 8601 with "1998-SU", "1998-W05-WE", "1998-Q1"). A day outside the years 1 to 9999 raises
ValueError or OverflowError, as `datetime.date` does.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from onrecord.records import DatePrecision

Edge = Literal["start", "middle", "end"]

# First month of each season, as the north counts them by whole months.
SEASONS = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_MONTHS = {"M": 1, "Q": 3, "Y": 12, "E": 120, "C": 1200}
_DAYS = {"D": 1, "W": 7, "F": 14}


@dataclass(frozen=True, slots=True)
class Days:
    """An interval of days, both ends included; first and last are None where the words do not resolve."""

    value: str | None
    precision: DatePrecision
    first: date | None
    last: date | None


UNRESOLVED = Days(None, "unknown", None, None)


def valued(value: str | None) -> Days:
    """A value without days."""
    return Days(value, "unknown", None, None)


def day(when: date, part: str = "") -> Days:
    """That day, or a part of it ("TMO")."""
    return Days(when.isoformat() + part, "day", when, when)


def several(first: date, last: date, value: str | None = None) -> Days:
    """From the first to the last day."""
    return Days(value or first.isoformat(), "day" if first == last else "days", first, last)


def week(holding: date) -> Days:
    """Monday to Sunday around a day."""
    monday = holding - timedelta(days=holding.weekday())
    return Days(_week_value(monday), "week", monday, monday + timedelta(days=6))


def weekend(holding: date) -> Days:
    """Saturday and Sunday of the week around a day."""
    monday = holding - timedelta(days=holding.weekday())
    return Days(_week_value(monday) + "-WE", "days", monday + timedelta(days=5), monday + timedelta(days=6))


def month(year: int, number: int) -> Days:
    """A month of a year."""
    last = monthrange(year, number)[1]
    return Days(f"{year:04}-{number:02}", "month", date(year, number, 1), date(year, number, last))


def months(year: int, number: int, count: int, value: str) -> Days:
    """So many months from one on."""
    first = date(year, number, 1)
    return Days(value, "season", first, shift(first, count, "M") - timedelta(days=1))


def season(year: int, name: str) -> Days:
    """A season by whole months; the winter of a year begins in its December."""
    return months(year, SEASONS[name], 3, f"{year:04}-{name}")


def quarter(year: int, number: int) -> Days:
    """A quarter of a calendar year."""
    return months(year, 3 * number - 2, 3, f"{year:04}-Q{number}")


def half(year: int, number: int) -> Days:
    """A half of a calendar year."""
    return months(year, 6 * number - 5, 6, f"{year:04}-H{number}")


def year(number: int) -> Days:
    """A calendar year."""
    return Days(f"{number:04}", "year", date(number, 1, 1), date(number, 12, 31))


def decade(number: int) -> Days:
    """The ten years from one on, which is divisible by ten."""
    return Days(f"{number // 10:03}", "year", date(number, 1, 1), date(number + 9, 12, 31))


def unit(holding: date, name: str) -> Days:
    """The week, month, quarter, year or decade around a day, by its ISO letter; a day for "D"."""
    wholes = {
        "D": lambda: day(holding),
        "W": lambda: week(holding),
        "M": lambda: month(holding.year, holding.month),
        "Q": lambda: quarter(holding.year, (holding.month + 2) // 3),
        "Y": lambda: year(holding.year),
        "E": lambda: decade(holding.year // 10 * 10),
        "WE": lambda: weekend(holding),
    }
    return wholes[name]() if name in wholes else UNRESOLVED


def shift(when: date, count: int, name: str) -> date:
    """The day so many units later, or earlier for a count below zero; the last of a month stays within its month."""
    if name in _DAYS:
        return when + timedelta(days=count * _DAYS[name])
    index = when.year * 12 + when.month - 1 + count * _MONTHS[name]
    year_, month_ = index // 12, index % 12 + 1
    if not 1 <= year_ <= 9999:
        raise ValueError("the year is out of range")
    return date(year_, month_, min(when.day, monthrange(year_, month_)[1]))


def weekday(anchor: date, number: int, forward: bool) -> date:
    """The nearest day of that name (Monday is 0), the anchor included: behind it, or ahead where forward."""
    if forward:
        return anchor + timedelta(days=(number - anchor.weekday()) % 7)
    return anchor - timedelta(days=(anchor.weekday() - number) % 7)


def yearless(anchor: date, number: int, day_: int, forward: bool, on_weekday: int | None = None) -> date | None:
    """The nearest such day of a month that is not after the anchor, or not before it where forward; None where no year
    has it, or none of the two nearest falls on the weekday given.
    """
    ahead = (real(y, number, day_) for y in range(anchor.year, min(anchor.year + 9, 9999) + 1))
    behind = (real(y, number, day_) for y in range(anchor.year, max(anchor.year - 9, 0), -1))
    later = next((d for d in ahead if d is not None and d >= anchor), None)
    earlier = next((d for d in behind if d is not None and d <= anchor), None)
    nearest = [later, earlier] if forward else [earlier, later]
    if on_weekday is not None:
        return next((d for d in nearest if d is not None and d.weekday() == on_weekday), None)
    # what was a few weeks ago is not told as due in most of a year
    if forward and later and earlier and (later - anchor).days > 300:
        return earlier
    return nearest[0]


def begun(anchor: date, number: int, forward: bool) -> int:
    """The year of the nearest month of that number that has begun by the anchor, or has not ended where forward."""
    if forward:
        return anchor.year + (number < anchor.month)
    return anchor.year - (number > anchor.month)


def season_near(anchor: date, name: str, forward: bool, ended: bool = False) -> Days:
    """The nearest season of that name that has begun, that has ended where `ended`, or that has not where forward."""
    near = [season(y, name) for y in range(anchor.year - 2, anchor.year + 2)]
    if forward:
        return next(s for s in near if s.last and s.last >= anchor)
    return next(s for s in reversed(near) if s.first and s.last and (s.last if ended else s.first) <= anchor)


def quarter_near(anchor: date, number: int, forward: bool) -> Days:
    """The nearest quarter of that number that has begun, or that has not ended where forward."""
    near = quarter(anchor.year, number)
    if forward:
        return near if near.last and near.last >= anchor else quarter(anchor.year + 1, number)
    return near if near.first and near.first <= anchor else quarter(anchor.year - 1, number)


def edge(whole: Days, which: Edge | None) -> Days:
    """The first, second or last third of an interval, under its value: the first ten days of a month for its start, the
    21st to its end for its end. A single day stays whole.
    """
    first, last = whole.first, whole.last
    if which is None or first is None or last is None or whole.precision == "day":
        return whole
    if whole.precision == "month":
        cuts = first + timedelta(days=10), first + timedelta(days=20)
    elif whole.precision in {"season", "year"} and (last - first).days > 80:
        third = ((last.year - first.year) * 12 + last.month - first.month + 1) // 3
        cuts = shift(first, third, "M"), shift(first, 2 * third, "M")
    else:
        third = ((last - first).days + 1) // 3
        cuts = first + timedelta(days=third), last - timedelta(days=third - 1)
    if which == "start":
        return replace(whole, last=cuts[0] - timedelta(days=1))
    if which == "end":
        return replace(whole, first=cuts[1])
    return replace(whole, first=cuts[0], last=cuts[1] - timedelta(days=1))


def easter(year_: int) -> date:
    """Easter Sunday of the western churches, by the anonymous Gregorian computus."""
    a, b, c = year_ % 19, year_ // 100, year_ % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    return date(year_, (h + k - 7 * m + 114) // 31, (h + k - 7 * m + 114) % 31 + 1)


def nth_weekday(year_: int, month_: int, number: int, nth: int) -> date:
    """The first, second, ... day of a name in a month."""
    first = date(year_, month_, 1)
    return weekday(first, number, forward=True) + timedelta(days=7 * (nth - 1))


def real(year_: int, month_: int, day_: int) -> date | None:
    """That day, or None where the calendar has none."""
    try:
        return date(year_, month_, day_)
    except ValueError:
        return None


def _week_value(monday: date) -> str:
    iso = monday.isocalendar()
    return f"{iso.year:04}-W{iso.week:02}"
