"""Over which days a running total counts."""

import re
from datetime import date

from onrecord.wording import times
from onrecord.wording.times import Timex

_SINCE_START = re.compile(
    r"\bsince\s(?:the\s)?(?:start|beginning|turn|outset)\sof\s(?:the\s|this\s)?(month|year|week)\b", re.IGNORECASE
)
_SINCE_THAT = re.compile(
    r"\bsince\s(?:the\s)?(?:start|beginning|turn|outset)\sof\s(?:that|the\ssame)\s(month|year)\b", re.IGNORECASE
)
_THIS = re.compile(r"\bthis\s(year|month|week)\b", re.IGNORECASE)
_SINCE_WHAT = re.compile(r"\bsince\s(?:[\w’'-]+\s){0,8}\Z", re.IGNORECASE)
"""What a total counts from, with its day still to come: "since the riot of", "since the war began on"."""
_WORDS_BEFORE = 90

Period = tuple[date | None, date | None]


def period(text: str, anchor: date | None, before: date | None = None) -> Period:
    """First and last day that a total in these words covers: since None where none tell, to the day of publication unless
    they do. anchor: the day of publication, or None; before: the first day of the total told before, which "that month" is of.
    """
    since, as_of = None, anchor
    that = _SINCE_THAT.search(text)
    if that is not None and before is not None:
        since = before.replace(day=1, month=before.month if that.group(1).lower() == "month" else 1)
    start = _SINCE_START.search(text) or _THIS.search(text)
    if start is not None and anchor is not None and start.group(1).lower() != "week":
        since = anchor.replace(day=1, month=anchor.month if start.group(1).lower() == "month" else 1)
    for timex in times.find(text, anchor):
        first, last = _edges(text, timex, anchor)
        since = first if first is not None else since
        as_of = last if last is not None else as_of
    return since, as_of


def _edges(text: str, timex: Timex, anchor: date | None) -> Period:
    """What one time tells of the first and last day."""
    if timex.first is None and timex.last is None:
        return None, None
    before, words = text[max(0, timex.start - _WORDS_BEFORE) : timex.start], text[timex.start : timex.end].lower()
    word = (before.lower().split() or [""])[-1]
    if _SINCE_WHAT.search(before) or timex.precision == "since" or words.startswith("since"):
        return timex.first, None
    passed = timex.last is not None and (anchor is None or timex.last <= anchor)
    whole = (
        word in {"from", "between"} and timex.first is not None and timex.last is not None and timex.first < timex.last
    )
    if whole:
        return timex.first, timex.last if passed else None
    if (
        word in {"until", "till", "by", "to"}
        or timex.precision == "until"
        or re.search(r"\bas\sof\s\Z", before, re.IGNORECASE)
    ):
        return None, timex.last if passed else None
    if (word in {"in", "during", "throughout", "for"} or words.startswith("last ")) and timex.precision in {
        "month",
        "year",
    }:
        return timex.first, timex.last if passed else None
    return None, None
