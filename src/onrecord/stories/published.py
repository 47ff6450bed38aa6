"""When was a story published? An interval with its precision and basis, or unknown.

A date without a time is the whole day, a month the whole month. A time with a zone is an instant. A time without a
zone is taken as UTC, the day as written, and never called more precise than a minute. A day that no calendar has,
or that only a broken clock gives, is unknown and listed.
"""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from onrecord.records import UNDATED, Published, PublishedBasis, Rejection

_EARLIEST, _LATEST = 1900, 2100
_CLOCK_ZERO = date(1970, 1, 1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_CLOCK = r"(?:[,T]? ?(?:at |@ )?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?: ?(?P<half>[ap])\.?m\.?)?"
_ZONE = r"(?: ?(?P<zone>z|utc|gmt|[+-]\d\d:?\d\d))?)?"
_FORMS = tuple(
    re.compile(rf"(?i)\A{_WEEKDAY}{form}{_CLOCK}{_ZONE}$")
    for form in (
        r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})",
        r"(?P<month>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})",
        r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[ -](?P<month>[a-z]{3,9})\.?,?[ -](?P<year>\d{4})",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
        r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)",
    )
)
_EITHER_WAY = re.compile(r"\A(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
_MONTH_ONLY = re.compile(r"(?i)\A(?:(\d{4})-(\d\d)|([a-z]{3,9})\.? (\d{4}))$")
_YEAR_ONLY = re.compile(r"\A\d{4}$")
_EPOCH = re.compile(r"\A\d{9,10}(?:\d{3})?$")
_MAIL = re.compile(r"(?i)\A(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d\d:\d\d(?::\d\d)? [a-z]{2,4}$")


@dataclass(frozen=True, slots=True)
class Stated:
    """One place that tells when the story was published: the words, and what they are."""

    words: str
    basis: PublishedBasis


def resolve(stated: Sequence[Stated], day: date | None = None) -> tuple[Published, tuple[Rejection, ...]]:
    """The first date stated that is one, and a note on each that had to be passed over. `day`, given by the user,
    stands in where no row or page of basis "given" tells one.
    """
    notes: list[Rejection] = []
    candidates = [s for s in stated if s.basis == "given"]
    candidates += [Stated(day.isoformat(), "given")] if day is not None else []
    candidates += [s for s in stated if s.basis != "given"]
    for candidate in candidates:
        words = " ".join(candidate.words[:80].split())
        if not words:
            continue
        try:
            start, end, precision = parse(words)
        except ValueError as error:
            notes.append(Rejection("published", f'"{words}" is not used as the date of publication: {error}.'))
            continue
        return Published(start, end, precision, candidate.basis), tuple(notes)
    return UNDATED, tuple(notes)


def parse(words: str) -> tuple[datetime, datetime, str]:
    """First and last second, in UTC, of a date or date-time, and its precision. ValueError, with the reason, where the
    words are no date, could be two, or lie outside 1900 to 2100.
    """
    found = _parse(words)
    start, end, _ = found
    if not _EARLIEST <= start.year <= _LATEST:
        raise ValueError(f"the year has to lie between {_EARLIEST} and {_LATEST}")
    if start.date() == end.date() == _CLOCK_ZERO:
        raise ValueError("it is the zero of computer clocks")
    return found


def _parse(words: str) -> tuple[datetime, datetime, str]:
    for form in _FORMS:
        if match := form.match(words):
            return _of_parts(match.groupdict())
    if match := _EITHER_WAY.match(words):
        first, second = int(match[1]), int(match[2])
        if first != second and max(first, second) <= 12:
            raise ValueError("day and month could be either way round")
        day, month = (first, second) if first > 12 else (second, first)
        return _whole(_date(int(match[3]), month, day), 1, "day")
    if match := _MONTH_ONLY.match(words):
        year, month = int(match[1] or match[4]), int(match[2]) if match[2] else _month(match[3])
        return _whole(_date(year, month, 1), monthrange(year, month)[1], "month")
    if _YEAR_ONLY.match(words):
        first_day = _date(int(words), 1, 1)
        return _whole(first_day, 366 if monthrange(first_day.year, 2)[1] == 29 else 365, "year")
    if _EPOCH.match(words):
        at = datetime.fromtimestamp(int(words[:-3]) if len(words) > 10 else int(words), UTC)
        return at, at, "second"
    if _MAIL.match(words):
        return _instant(parsedate_to_datetime(words))
    raise ValueError("it does not read as a date")


def _of_parts(parts: dict[str, str | None]) -> tuple[datetime, datetime, str]:
    month = str(parts["month"])
    day = _date(int(str(parts["year"])), int(month) if month.isdigit() else _month(month), int(str(parts["day"])))
    if parts["hour"] is None:
        return _whole(day, 1, "day")
    hour, minute = int(parts["hour"]), int(str(parts["minute"]))
    if half := parts["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("there is no such time of day")
        hour = hour % 12 + (12 if half.casefold() == "p" else 0)
    second = min(int(parts["second"] or 0), 59)  # a leap second is no second of Python's
    try:
        at = datetime.combine(day, time(hour, minute, second))
        zone = _zone(parts["zone"])
    except ValueError:
        raise ValueError("there is no such time of day") from None
    if zone is not None and parts["second"] is not None:
        return _instant(at.replace(tzinfo=zone))
    start = at.replace(second=0, tzinfo=zone or UTC).astimezone(UTC)
    return start, start + timedelta(seconds=59), "minute"


def _zone(words: str | None) -> timezone | None:
    if words is None:
        return None
    if words[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(words[1:3]), minutes=int(words[-2:]))
    return timezone(-offset if words[0] == "-" else offset)


def _instant(at: datetime) -> tuple[datetime, datetime, str]:
    at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    return at, at, "second"


def _whole(first: date, days: int, precision: str) -> tuple[datetime, datetime, str]:
    start = datetime.combine(first, time(), UTC)
    return start, start + timedelta(days=days) - timedelta(seconds=1), precision


def _date(year: int, month: int, day: int) -> date:
    if not _EARLIEST <= year <= _LATEST:
        raise ValueError(f"the year has to lie between {_EARLIEST} and {_LATEST}")
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day") from None


def _month(name: str) -> int:
    name = name.casefold()
    if name[:3] not in _MONTHS or not (_MONTH_NAMES[_MONTHS.index(name[:3])].startswith(name) or name == "sept"):
        raise ValueError("there is no such month")
    return _MONTHS.index(name[:3]) + 1
