"""Days that a story tells by another act's: "on the same day", "four days earlier"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from onrecord.events.arguments import Told
from onrecord.records import When

_SAME = re.compile(r"(?:the\s)?(?:very\s)?same\s(?:day|morning|afternoon|evening|night|date)\b", re.IGNORECASE)
_NEXT = re.compile(r"the\s(?:next|following)\s(?:day|morning|afternoon|evening|night)\b", re.IGNORECASE)
_BEFORE = re.compile(r"the\s(?:(?:day|night|evening)\sbefore|previous\s(?:day|night|evening))\b", re.IGNORECASE)
_AWAY = re.compile(r"(?<!\w)(\w++)\s(day|week)s?\s(earlier|before|later|after(?:wards)?)\b", re.IGNORECASE)
_SOON = re.compile(r"\A(?:\w++\s){0,2}(?:hours?|minutes?|moments?)\s(?:later|earlier|before|after)\b", re.IGNORECASE)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def days(told: Sequence[Told]) -> list[Told]:
    """The mentions, in the story's order, with days reckoned from the last day that the story gave before."""
    found: list[Told] = []
    last: date | None = None
    for one in told:
        when = one.mention.when
        if when is not None and when.start is None and when.span is not None and last is not None:
            away = _away(when.span.text)
            if away is not None:
                day = last + timedelta(days=away)
                one = replace(one, mention=replace(one.mention, when=When(day, day, "day", when.span)))
        when = one.mention.when
        if when is not None and when.start is not None and when.precision == "day" and not one.mention.background:
            last = when.start
        found.append(one)
    return found


def _away(words: str) -> int | None:
    """How many days the words lie behind the day told of before, None where they do not say."""
    for pattern, days_ in ((_SAME, 0), (_NEXT, 1), (_BEFORE, -1), (_SOON, 0)):
        if pattern.match(words):
            return days_
    match = _AWAY.search(words)
    number = _number(match.group(1).lower()) if match is not None else None
    if match is None or number is None:
        return None
    sign = -1 if match.group(3).lower() in {"earlier", "before"} else 1
    return sign * number * (7 if match.group(2).lower() == "week" else 1)


def _number(word: str) -> int | None:
    if word in {"a", "an"}:
        return 1
    if word in _NUMBERS:
        return _NUMBERS.index(word) + 1
    return int(word) if word.isdecimal() and len(word) <= 2 else None
