"""How long, how often and how long ago: the readers of counted times and of hours that the rules of `times.toml` name."""

import re
from datetime import date, timedelta

from onrecord.wording import days, timedays, timewords
from onrecord.wording.days import UNRESOLVED, Days
from onrecord.wording.timedays import Read, Reader, Stand
from onrecord.wording.timewords import Found

# Units of the table in those of ISO 8601, and half of one.
_ISO = {"F": ("W", 2), "E": ("Y", 10), "C": ("Y", 100), "WE": ("D", 2)}
_HALVES = {"Y": "6M", "TH": "30M", "TM": "30S", "D": "T12H"}
# What a count of longer units back is precise to.
_WHOLES = {"F": "W", "E": "Y", "C": "Y"}


def _many(found: Found) -> float | None:
    """How many units; None where the words are vague."""
    number = found.value("number")
    half = 0.5 if found.has("half") else 0.0
    if half and not found.has("and"):
        return half
    if number is not None:
        number = float(number) + half
        return number * 12 if found.has("dozen") else number
    if found.has("couple"):
        return 2
    if found.has("dozen"):
        return 12
    return 1 + half if found.has("unit", "span") else None


def _unit(found: Found) -> str:
    return str(found.value("unit") or found.value("units") or found.value("span") or "TS")


def _bounded(found: Found) -> bool:
    """Whether the count is only a bound ("more than two years")."""
    return found.has("than", "least", "over", "up", "under", "most", "within", "many")


def _lasting(many: float | None, unit: str) -> str:
    """A TIMEX3 duration of so many units; X of them where the words are vague."""
    if many is None:
        return (
            f"PTX{unit[1:]}"
            if unit.startswith("T")
            else f"PX{_ISO.get(unit, (unit, 1))[0] if unit not in 'EC' else unit}"
        )
    letter, factor = _ISO.get(unit, (unit, 1))
    whole, rest = divmod(many * factor, 1)
    half = _HALVES.get(letter) if rest == 0.5 else None
    count = (
        (f"{int(whole)}{letter[-1]}" if whole or not half else "") + half if half else f"{many * factor:g}{letter[-1]}"
    )
    return f"P{'T' if letter.startswith('T') else ''}{count}"


def _ago(found: Found, stand: Stand) -> Read | None:
    many, unit, anchor = _many(found), _unit(found), stand.anchor
    if many is None:
        return "DATE", days.valued("PAST_REF")
    if anchor is None or many != int(many):
        return "DATE", UNRESOLVED
    if unit.startswith("T"):
        within_a_day = many <= (24 if unit == "TH" else 1440)
        return "TIME", days.several(anchor - timedelta(days=1), anchor, str(anchor)) if within_a_day else UNRESOLVED
    then = days.shift(anchor, -int(many), "W" if unit == "WE" else unit)
    # "Exactly a week ago", "a year ago to the day" tell of that very day
    whole = days.unit(then, "D" if found.has("exactly", "day", "today") else _WHOLES.get(unit, unit))
    # "more than two years ago" has no last day that could be told
    return "DATE", days.valued(whole.value) if _bounded(found) else whole


def _past(found: Found, stand: Stand) -> Read | None:
    many, unit, counted = _many(found), _unit(found), found.has("number", "couple", "dozen")
    if not counted and (unit == "Q" or (unit in {"D", "WE"} and found.has("last") and found.has("unit", "span"))):
        return None  # "the last day of the talks"
    if many is None or stand.anchor is None or many != int(many):
        return "DURATION", days.valued(_lasting(many, unit))
    return _back(stand.anchor, int(many), unit)


def _back(anchor: date, many: int, unit: str) -> Read:
    """The last so many units to the anchor: their days where they are a fortnight at most, else since when."""
    if unit == "WE":
        return "DATE", timedays.weekend_behind(anchor) if many == 1 else UNRESOLVED
    lasting = _lasting(many, unit)
    if unit.startswith("T"):
        hours = many if unit == "TH" else 1
        return "DURATION", Days(lasting, "days", anchor - timedelta(days=-(-hours // 24)), anchor)
    first = days.shift(anchor, -many, unit)
    if (anchor - first).days > 14:
        return "DURATION", Days(lasting, "since", first, None)
    value = days.week(first).value if (many, unit) == (1, "W") else lasting
    return "DATE" if many == 1 else "DURATION", Days(value, "days", first, anchor)


def _coming(found: Found, stand: Stand) -> Read | None:
    return "DURATION", days.valued(_lasting(_many(found), _unit(found)))


def _duration(found: Found, stand: Stand) -> Read | None:
    behind = (found.after, found.words.at(found.end + 1))
    if found.has("old") or {"old", "olds"} & {behind[0], behind[1] if behind[0] == "-" else ""}:
        return None  # an age
    if found.texts()[0] in {"a", "an"} and found.before_form == "figure":
        return "SET", days.valued(_lasting(1, _unit(found)))  # "50 a day"
    if found.has("lasting"):
        return "DURATION", days.valued(_lasting(1, found.value("lasting")))
    vague = len(found.values("number")) > 1 or (found.has("units") and found.has("long") and not found.has("number"))
    return "DURATION", days.valued(_lasting(None if vague else _many(found), _unit(found)))


def _bare_units(found: Found, stand: Stand) -> Read | None:
    unit = _unit(found)
    if found.has("recent"):
        return "DATE", days.valued("PAST_REF")
    if found.has("coming", "future"):
        return "DATE", days.valued("FUTURE_REF")
    if (
        found.after == "old"
        or found.before_form == "figure"
        or unit in {"TS", "TM", "WE"}
        or found.before in {"the", "business", "office", "'s"}
    ):
        return None
    return "DURATION", days.valued(_lasting(None, unit))


def _repeated(found: Found, stand: Stand) -> Read | None:
    often, weekday = found.value("often"), found.value("weekday", "weekdays")
    if often is not None:
        # "the daily Fackel", "the Daily Mail"
        inside = found.token("often", "other") if found.start and found.before not in {".", '"', "“"} else None
        return None if found.name_follows or (inside is not None and inside.capital) else ("SET", days.valued(often))
    part = found.value("part", "parts")
    if weekday is not None:
        return "SET", days.valued(f"XXXX-WXX-{weekday + 1}" + (f"T{part}" if part else ""))
    if found.has("monthname"):
        return "SET", days.valued(f"XXXX-{found.value('monthname'):02}")
    if part:
        return "SET", days.valued(f"XXXX-XX-XXT{part}")
    number = 1 if found.has("times") else 2 if found.has("other") else found.value("number") or 1
    return "SET", days.valued(_lasting(number, _unit(found)))


# ---- hours


def _clock(found: Found, stand: Stand) -> Read | None:
    token = found.token("clock", "hhmm")
    if token is None:
        return "TIME", UNRESOLVED
    zoned = found.has("zone", "local", "hours") or "z" in token.text
    if token.form == "hhmm" and not zoned and found.before not in timewords.names("hour"):
        return None
    figures = re.findall(r"[0-9]{1,2}", token.text)
    hour, minute = int(figures[0]), int(figures[1]) if len(figures) > 1 else 0
    if token.form == "clock":
        hour = hour % 12 + 12 * ("p" in token.text) if 1 <= hour <= 12 else 25
    return ("TIME", days.valued(f"T{hour:02}:{minute:02}")) if hour <= 24 and minute < 60 else None


def _part(found: Found, stand: Stand) -> Read | None:
    token = found.token("part")
    if token is not None and found.is_titled(token) and found.before_capital:
        return None  # the end of a name
    return "TIME", days.valued(f"T{found.value('part') or 'MO'}")


def _indefinite(found: Found, stand: Stand) -> Read | None:
    token = found.token("indefinite")
    if token is not None:
        if (token.capital and found.name_follows) or (token.text == "soon" and found.after == "as"):
            return None
        return "DATE", days.valued(found.value("indefinite"))
    if found.has("past", "recent"):
        if found.has("the") and not timedays.stands_alone(found):
            return None
        return "DATE", days.valued("PAST_REF")
    if found.has("present", "moment", "current"):
        return "DATE", days.valued("PRESENT_REF")
    return "DATE", days.valued("FUTURE_REF")


READERS: dict[str, Reader] = {
    "ago": _ago,
    "past": _past,
    "coming": _coming,
    "duration": _duration,
    "bare_units": _bare_units,
    "repeated": _repeated,
    "clock": _clock,
    "part": _part,
    "indefinite": _indefinite,
}
