"""What a found wording of time is worth: the readers that the rules of `times.toml` name.

A reader takes what a rule found and where the story stands in time, and gives type and days, or None where the words are
no time after all ("the March to the sea", "1999 rounds").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal, cast

from onrecord.wording import days, timewords
from onrecord.wording.days import UNRESOLVED, Days
from onrecord.wording.timewords import Found

Type = Literal["DATE", "TIME", "DURATION", "SET"]
Read = tuple[Type, Days]


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the words stand in time. anchor: the day of publication or None; forward: whether they look ahead."""

    anchor: date | None
    forward: bool


def read(found: Found, stand: Stand) -> Read | None:
    """Type and days of the wording; None where it is no time. Days that no calendar holds stay unresolved."""
    try:
        return _READERS[found.reads](found, stand)
    except (ValueError, OverflowError, StopIteration):
        return "DATE", UNRESOLVED


# ---- days


def _calendar_day(found: Found, stand: Stand) -> Read | None:
    if found.after in timewords.names("behind") and found.name_follows:
        return None
    if found.before in timewords.names("behind") and found.start and found.words.tokens[found.start - 1].capital:
        return None
    number, day = found.value("monthname", "maybe_month"), found.value("dd", "nth")
    dated = found.has("yyyy", "year")
    if not dated and found.before in {"in", "since"} and found.has("dd") and _counted(found):
        return None
    return "DATE", _dated(found, stand, number, day)


def _dated(found: Found, stand: Stand, number: int, day: int) -> Days:
    on, year = found.value("weekday", "short_weekday"), _year_of(found, stand)
    if found.has("yyyy", "year"):
        resolved = days.real(year, number, day) if year is not None else None
        if resolved is not None and on is not None and resolved.weekday() != on:
            return UNRESOLVED
    else:
        ahead = stand.forward or _due(found, stand.anchor, number)
        resolved = days.yearless(stand.anchor, number, day, ahead, on) if stand.anchor is not None else None
    return days.day(resolved) if resolved is not None else UNRESOLVED


def _year_of(found: Found, stand: Stand) -> int | None:
    """The year written, or picked from the anchor's ("of last year")."""
    if found.has("yyyy"):
        return int(found.value("yyyy"))
    if not found.has("year") or stand.anchor is None:
        return None
    return stand.anchor.year + (1 if found.has("next") else -1 if found.has("last") else 0)


def _due(found: Found, anchor: date | None, number: int) -> bool:
    """Whether the words before tell that a day or month is to come, and its next one is nearer than its last."""
    before = {found.words.at(index) for index in range(max(found.start - 4, 0), found.start)}
    return anchor is not None and bool(before & timewords.names("ahead")) and 0 <= (number - anchor.month) % 12 <= 6


def _day_range(found: Found, stand: Stand) -> Read | None:
    first, last = found.values("dd", "nth")
    number = found.value("monthname", "maybe_month")
    if found.has("and", "or") and found.before != "between" and last - first != 1:
        return None
    if first >= last or not (found.has("yyyy", "year") or stand.anchor is not None):
        return "DATE", UNRESOLVED
    end = _dated(found, stand, number, last).last
    start = days.real(end.year, number, first) if end is not None else None
    return "DATE", days.several(start, end) if start is not None and end is not None else UNRESOLVED


def _weekend_days(found: Found, stand: Stand) -> Read | None:
    return _day_range(replace(found, named=tuple(n for n in found.named if n[0] not in {"and", "or"})), stand)


def _week_of(found: Found, stand: Stand) -> Read | None:
    day = _dated(found, stand, found.value("monthname", "maybe_month"), found.value("dd", "nth")).first
    if day is None or found.has("fortnight"):
        return "DATE", UNRESOLVED
    if found.has("weekend"):
        return "DATE", days.weekend(day)
    if found.has("ending") or found.has("starting", "beginning"):
        first = day - timedelta(days=6) if found.has("ending") else day
        return "DATE", replace(days.week(first), first=first, last=first + timedelta(days=6))
    return "DATE", days.week(day)


def _written(found: Found, stand: Stand) -> Read | None:
    token = found.token("written")
    figures = re.findall(r"[0-9]+", token.text) if token is not None else []
    mark = token.text[len(figures[0])] if token is not None else ""
    if len(figures[0]) == 4:
        resolved = days.real(int(figures[0]), int(figures[1]), int(figures[2]))
    else:
        one, two, year = (int(figure) for figure in figures[:3])
        readings = {days.real(year, two, one)}
        if mark != ".":  # day and month with stops have one order, with strokes two
            readings.add(days.real(year, one, two))
        readings.discard(None)
        resolved = readings.pop() if len(readings) == 1 else None
    if resolved is None:
        return "DATE", UNRESOLVED
    if len(figures) > 4:
        whole = days.day(resolved, f"T{figures[3]}:{figures[4]}")
        return ("TIME", whole) if int(figures[3]) < 25 and int(figures[4]) < 60 else ("DATE", UNRESOLVED)
    return "DATE", days.day(resolved)


def _weekday(found: Found, stand: Stand) -> Read | None:
    number = found.value("weekday", "short_weekday")
    if found.has("short_weekday") and (found.before not in {"on", "since", "until"} or found.texts()[-1] == "sun"):
        return None
    article = found.has("the") or found.before == "the"
    if (found.before in timewords.names("before") or article) and found.name_follows and found.after != "'s":
        return None
    if found.before in timewords.names("before") or (found.name_follows and found.after in timewords.names("behind")):
        return None
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    anchor, monday = stand.anchor, stand.anchor - timedelta(days=stand.anchor.weekday())
    if found.has("week"):
        if found.texts()[-2] in {"last", "this", "next"}:
            step = {"last": -7, "this": 0, "next": 7}[found.texts()[-2]]
            return "DATE", days.day(monday + timedelta(days=number + step))
        return "DATE", days.day(days.weekday(anchor + timedelta(days=1), number, forward=True) + timedelta(days=7))
    if found.has("last", "past"):
        return "DATE", days.day(days.weekday(anchor - timedelta(days=1), number, forward=False))
    if found.has("next", "coming"):
        return "DATE", days.day(days.weekday(anchor + timedelta(days=1), number, forward=True))
    if found.has("this"):
        return "DATE", days.day(monday + timedelta(days=number))
    return "DATE", days.day(days.weekday(anchor, number, stand.forward))


def _narrative(found: Found, stand: Stand) -> Read | None:
    return "DATE", UNRESOLVED


def _near(found: Found, stand: Stand) -> Read | None:
    token = found.token("today", "overnight")
    if token is not None and token.capital and found.start and found.words.tokens[found.start - 1].capital:
        return None  # the name of an outlet
    texts, anchor = found.texts(), stand.anchor
    part = found.value("part")
    kind: Type = "TIME" if part or texts[-1] in {"tonight", "overnight"} else "DATE"
    if anchor is None:
        return kind, UNRESOLVED
    if texts == ["overnight"]:
        return kind, days.several(anchor - timedelta(days=1), anchor, f"{anchor - timedelta(days=1)}TNI")
    if found.has("the"):
        return kind, days.day(anchor + timedelta(days=-2 if found.has("yesterday") else 2))
    if token is None:
        return kind, days.day(anchor - timedelta(days=1 if found.has("last") else 0), f"T{part}")
    suffix = "TNI" if token.text == "tonight" else f"T{part}" if part else ""
    return kind, days.day(anchor + timedelta(days=found.value("today")), suffix)


def _holiday(found: Found, stand: Stand) -> Read | None:
    named = [
        i for i in range(found.start, found.end) if i > found.start or found.words.at(i) not in {"the", "last", "next"}
    ]
    if not found.words.tokens[named[0]].capital:
        return None
    stated = found.value("yyyy")
    first, last = found.words.tokens[named[0]].start, found.words.tokens[named[-1 - (stated is not None)]].end
    feast = timewords.holidays()[" ".join(found.words.text[first:last].lower().replace("’", "'").split())]
    if feast.get("alone") and stated is None and not _stands_alone(found):
        return None
    anchor = stand.anchor
    if not feast or (stated is None and anchor is None):
        return "DATE", UNRESOLVED
    if stated is not None:
        return "DATE", days.day(_feast(feast, stated))
    assert anchor is not None
    near = [_feast(feast, year) for year in (anchor.year - 1, anchor.year, anchor.year + 1)]
    if stand.forward or found.has("next"):
        return "DATE", days.day(next(d for d in near if d >= anchor))
    return "DATE", days.day(next(d for d in reversed(near) if d <= anchor))


def _feast(feast: dict[str, int], year: int) -> date:
    if "easter" in feast:
        return days.easter(year) + timedelta(days=feast["easter"])
    if "nth" in feast:
        return days.nth_weekday(year, feast["month"], feast["weekday"], feast["nth"])
    return date(year, feast["month"], feast["day"])


# ---- wider spans


def _edge(found: Found) -> days.Edge | None:
    word = found.value("bound")
    if word is None:
        names = ("first", "last") if found.has("days") else ("early", "mid", "late")
        edges = {"first": "start", "early": "start", "mid": "middle", "last": "end", "late": "end"}
        word = next((edges[name] for name in names if name in found.texts()[:3]), None)
    return cast("days.Edge | None", word)


def _month(found: Found, stand: Stand) -> Read | None:
    number, token = found.value("monthname", "maybe_month"), found.token("monthname", "maybe_month")
    edge, relative = _edge(found), found.has("this", "last", "next")
    behind = timewords.names("behind")
    if found.before in timewords.names("before") | {"any"} or (found.name_follows and found.after in behind):
        return None
    if found.start and edge is None and found.words.tokens[found.start - 1].form in {"figure", "nth"}:
        return None  # the rest of a day that is none
    if found.has("yyyy"):
        year = found.value("yyyy")
        if not _is_year(found) or (found.has("of") and found.has("maybe_month") and edge is None and not _led(found)):
            return None
        return "DATE", days.edge(days.month(year, number), edge)
    if not (edge or relative or (_led(found) and not _risky(found))):
        described = (
            found.before in timewords.names("determiners")
            and token is not None
            and token.text in {"april", "june", "august"}
        )
        alone = (found.has("monthname") or described) and not found.name_follows
        if not alone:
            return None
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    if found.has("year"):
        whole = days.month(_year_of(found, stand) or 0, number)
    elif found.has("this") and not found.has("past"):
        whole = days.month(stand.anchor.year, number)
    elif found.has("last", "this"):
        before = days.shift(stand.anchor.replace(day=1), -1, "M")
        whole = days.month(days.begun(before, number, forward=False), number)
    elif found.has("next"):
        after = days.shift(stand.anchor.replace(day=1), 1, "M")
        whole = days.month(days.begun(after, number, forward=True), number)
    else:
        ahead = stand.forward or _due(found, stand.anchor, number)
        whole = days.month(days.begun(stand.anchor, number, ahead), number)
    return "DATE", days.edge(whole, edge)


def _led(found: Found) -> bool:
    """Whether a preposition of time stands before."""
    return found.before in timewords.names("time")


def _risky(found: Found) -> bool:
    """Whether the word can be a name or a verb here: an abbreviation or a person's name before another name."""
    token = found.token("maybe_month")
    if token is None or found.before in {"in", "since", "until", "during", "throughout"}:
        return (
            token is not None
            and len(token.text) < 4
            and found.words.text[token.end : token.end + 1] != "."
            and token.text != "may"
        )
    return found.name_follows


def _span(found: Found, stand: Stand) -> Read | None:
    name, anchor = found.value("span"), stand.anchor
    if found.after == "of" and name == "Q":
        return None
    if anchor is None:
        return "DATE", UNRESOLVED
    step = 1 if found.has("next") else -1 if found.has("last") else 0
    whole = days.unit(days.shift(anchor, step, "W" if name == "WE" else name), name)
    if name == "WE" and found.has("last"):
        whole = _weekend_behind(anchor)
        if whole.last == anchor:
            whole = _weekend_behind(anchor - timedelta(days=1))
    first, last = whole.first, whole.last
    if found.texts()[0] in {"earlier", "later"} and first and last and first <= anchor <= last:
        return "DATE", replace(whole, last=anchor) if found.texts()[0] == "earlier" else replace(whole, first=anchor)
    return "DATE", days.edge(whole, _edge(found))


def _weekend_behind(anchor: date) -> Days:
    """The last weekend that had ended by the anchor's evening."""
    return days.weekend(days.weekday(anchor, 6, forward=False))


def _weekend(found: Found, stand: Stand) -> Read | None:
    if not found.has("the") and found.before not in {"this", "past"}:
        return None
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    if stand.forward:
        return "DATE", days.weekend(days.weekday(stand.anchor, 6, forward=True))
    return "DATE", _weekend_behind(stand.anchor)


def _season(found: Found, stand: Stand) -> Read | None:
    name, anchor = found.value("season", "fall"), stand.anchor
    relative = found.has("this", "last", "next", "past")
    if found.before in timewords.names("before") or (found.has("fall") and not (found.has("yyyy", "year") or relative)):
        return None
    if found.has("fall") and found.has("the") and not found.has("of"):
        return None
    year = _year_of(found, stand)
    if year is not None:
        # the winter of a year may be the one before or after it
        whole = days.season(year, name) if name != "WI" else days.valued(f"{year:04}-WI")
        return ("DATE", days.edge(whole, _edge(found))) if not found.has("yyyy") or _is_year(found) else None
    if not relative and not (_led(found) and _stands_alone(found)):
        return None
    if anchor is None:
        return "DATE", UNRESOLVED
    if found.has("last", "past"):
        whole = days.season_near(anchor, name, forward=False, ended=True)
    elif found.has("next"):
        whole = days.season_near(days.shift(anchor, 3, "M"), name, forward=True)
    elif found.has("this"):
        whole = days.season(anchor.year, name)
    else:
        whole = days.season_near(anchor, name, stand.forward or _due(found, anchor, days.SEASONS[name]))
    return "DATE", days.edge(whole, _edge(found))


def _stands_alone(found: Found) -> bool:
    """Whether no noun follows that the word would only describe ("the summer truce")."""
    return not found.after or not found.after[0].isalnum() or found.after in timewords.names("stops")


def _quarter(found: Found, stand: Stand) -> Read | None:
    code = found.token("code")
    number = int(code.text[1]) if code is not None else found.value("ordinal")
    year = _year_of(found, stand)
    if year is not None:
        return "DATE", days.edge(days.quarter(year, number), _edge(found))
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    return "DATE", days.edge(days.quarter_near(stand.anchor, number, stand.forward), _edge(found))


def _half(found: Found, stand: Stand) -> Read | None:
    year = _year_of(found, stand)
    return "DATE", days.half(year, 1 if found.has("first") else 2) if year is not None else UNRESOLVED


def _is_year(found: Found) -> bool:
    """Whether a figure of four digits counts no things ("in 1999 rounds")."""
    return found.has("comma") or found.before in timewords.names("year") or not _counted(found)


def _counted(found: Found) -> bool:
    """Whether the word behind is a thing that figures count: one of the table, or any plural."""
    words = [found.after, found.words.at(found.end + 1)]
    counted = timewords.names("counted")
    return words[0] in counted or (words[1] in counted and words[0].isalpha() and words[0] not in timewords.names("stops")) or (
        len(words[0]) > 3 and words[0].endswith("s") and words[0] not in timewords.names("stops") and not found.name_follows
    )  # fmt: skip


def _year(found: Found, stand: Stand) -> Read | None:
    year, edge = found.value("yyyy"), _edge(found)
    sure = found.before in timewords.names("year") and not found.has("the")
    bracketed = found.before == "(" and found.after in {")", ",", "-", "–"}
    if not 1800 <= year <= 2099:
        return None
    if not (edge or found.has("year", "fiscal") or bracketed):
        if _counted(found) and not sure:
            return None
        if not (sure or _led(found) or found.has("the") or found.before in timewords.names("determiners")):
            return None
    if sure and found.after in timewords.names("counted") and edge is None and found.before != "since":
        return None
    if found.has("fiscal"):
        return "DATE", days.valued(f"{year:04}")
    return "DATE", days.edge(days.year(year), edge)


def _decade(found: Found, stand: Stand) -> Read | None:
    figures = re.sub(r"[^0-9]", "", found.value("decade_digits"))
    if len(figures) == 2:
        # "the '90s" of which century is told by the anchor only
        if stand.anchor is None:
            return "DATE", UNRESOLVED
        year = stand.anchor.year // 100 * 100 + int(figures)
        year -= 100 * (year > stand.anchor.year)
    else:
        year = int(figures)
    return "DATE", days.edge(days.decade(year), _edge(found))


# ---- by counting


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
    vague = found.has("few", "several", "many", "dozens", "tens", "hundreds", "thousands", "units") and not found.has(
        "unit"
    )
    return None if vague else 1 + half


def _unit(found: Found) -> str:
    return str(found.value("unit") or found.value("units") or found.value("span") or found.value("second") or "D")


def _bounded(found: Found) -> bool:
    """Whether the count is only a bound ("more than two years")."""
    return found.has("than", "least", "over", "up", "under", "most", "within", "many")


def _lasting(many: float | None, unit: str) -> str:
    """A TIMEX3 duration."""
    vague = unit
    unit, factor = {"F": ("W", 2), "E": ("Y", 10), "C": ("Y", 100), "WE": ("D", 2)}.get(unit, (unit, 1))
    time = unit.startswith("T")
    letter = unit[-1] if unit != "second" else "S"
    if unit == "second":
        time = True
    if many is None:
        return f"P{'T' if time else ''}X{vague if vague in 'EC' else letter}"
    many *= factor
    whole, rest = int(many), many - int(many)
    smaller = {("Y", 0.5): "6M", ("H", 0.5): "30M", ("M", 0.5): "30S" if time else "15D"}.get((letter, rest), "")
    figures = f"{whole}{letter}{smaller}" if not rest or smaller else f"{many:g}{letter}"
    if not whole and smaller:
        figures = smaller
    return f"P{'T' if time else ''}{figures}"


def _ago(found: Found, stand: Stand) -> Read | None:
    many, unit = _many(found), _unit(found)
    if many is None or not found.has("number", "a", "an", "couple", "dozen", "half"):
        return "DATE", days.valued("PAST_REF")
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    if unit.startswith("T") or unit == "second":
        if many > 24 or unit != "TH" and many > 1440:
            return "TIME", UNRESOLVED
        return "TIME", days.several(stand.anchor - timedelta(days=1), stand.anchor, stand.anchor.isoformat())
    if many != int(many):
        return "DATE", UNRESOLVED
    resolved = days.shift(stand.anchor, -int(many), "W" if unit == "WE" else unit)
    whole = days.unit(resolved, {"F": "W", "C": "Y"}.get(unit, unit if unit != "E" else "Y"))
    # "more than two years ago" has no last day that could be told
    return "DATE", days.valued(whole.value) if _bounded(found) else whole


def _past(found: Found, stand: Stand) -> Read | None:
    many, unit = _many(found), _unit(found)
    if unit == "D" and found.has("last") and found.has("unit", "span") and not found.has("number"):
        return None
    if found.has("span") and not found.has("number") and found.value("span") in {"Q", "WE"} and not found.has("past"):
        return None
    if many is None:
        return "DURATION", days.valued(_lasting(None, unit))
    anchor = stand.anchor
    if anchor is None or many != int(many):
        return "DURATION", days.valued(_lasting(many, unit))
    if unit == "WE":
        return "DATE", _weekend_behind(anchor) if many == 1 else UNRESOLVED
    if unit.startswith("T") or unit == "second":
        hours = many if unit == "TH" else 1
        first = anchor - timedelta(days=-(-int(hours) // 24))
        return "DURATION", Days(_lasting(many, unit), "days", first, anchor)
    first = days.shift(anchor, -int(many), "M" if unit == "Q" else unit)
    if (anchor - first).days <= 14:
        value = days.week(first).value if unit == "W" and many == 1 else _lasting(many, unit)
        return "DATE" if many == 1 else "DURATION", Days(value, "days", first, anchor)
    return "DURATION", Days(_lasting(many, unit), "since", first, None)


def _coming(found: Found, stand: Stand) -> Read | None:
    return "DURATION", days.valued(_lasting(_many(found), _unit(found)))


def _duration(found: Found, stand: Stand) -> Read | None:
    if found.has("old") or (found.after == "-" and found.words.at(found.end + 1) == "old") or found.after == "old":
        return None
    if found.texts()[0] in {"a", "an"} and found.start and found.words.tokens[found.start - 1].form == "figure":
        return "SET", days.valued(_lasting(1, _unit(found)))
    if found.has("lasting"):
        return "DURATION", days.valued(_lasting(1, found.value("lasting")))
    if found.has("units") and found.has("long") and not found.has("number"):
        return "DURATION", days.valued(_lasting(None, _unit(found)))
    if len(found.values("number")) > 1:
        return "DURATION", days.valued(_lasting(None, _unit(found)))
    return "DURATION", days.valued(_lasting(_many(found), _unit(found)))


def _bare_units(found: Found, stand: Stand) -> Read | None:
    unit = _unit(found)
    if found.has("recent"):
        return "DATE", days.valued("PAST_REF")
    if found.has("coming", "future"):
        return "DATE", days.valued("FUTURE_REF")
    if found.after == "old" or found.words.tokens[found.start - 1 if found.start else 0].form == "figure":
        return None
    if found.has("earlier") or unit in {"TS", "TM", "WE"} or found.before in {"the", "business", "office", "'s"}:
        return None
    return "DURATION", days.valued(_lasting(None, unit))


def _repeated(found: Found, stand: Stand) -> Read | None:
    often, weekday = found.value("often"), found.value("weekday", "weekdays")
    if often is not None:
        token = found.token("often")
        named = found.name_follows or (token and token.capital and found.start and found.before not in {".", '"', "“"})
        return None if named else ("SET", days.valued(often))
    part = found.value("part", "parts")
    if weekday is not None:
        return "SET", days.valued(f"XXXX-WXX-{weekday + 1}" + (f"T{part}" if part else ""))
    if found.has("monthname"):
        return "SET", days.valued(f"XXXX-{found.value('monthname'):02}")
    if part:
        return "SET", days.valued(f"XXXX-XX-XXT{part}")
    if found.has("per") and not found.has("once", "twice", "times") and found.value("unit") is None:
        return None
    number = 2 if found.has("other") else found.value("number") or 1
    return "SET", days.valued(_lasting(1 if found.has("times") else number, _unit(found)))


# ---- hours


def _clock(found: Found, stand: Stand) -> Read | None:
    token = found.token("clock", "hhmm")
    if token is None:
        return "TIME", UNRESOLVED
    lead = found.before in timewords.names("hour")
    if token.form == "hhmm" and not (lead or found.has("zone", "local", "hours") or found.after == "z"):
        return None
    figures = re.findall(r"[0-9]+", token.text)
    hour, minute = (
        (int(figures[0][:2]), figures[0][2:]) if len(figures[0]) == 4 else (int(figures[0]), "".join(figures[1:2]))
    )
    if token.form == "clock":
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if "p" in token.text else 0)
    if hour > 24 or int(minute or "0") > 59:
        return None
    return "TIME", days.valued(f"T{hour:02}:{minute or '00'}")


def _part(found: Found, stand: Stand) -> Read | None:
    token = found.token("part")
    if token is not None and token.capital and found.start and found.words.tokens[found.start - 1].capital:
        return None  # the end of a name
    return "TIME", days.valued(f"T{found.value('part') or 'MO'}")


def _indefinite(found: Found, stand: Stand) -> Read | None:
    token = found.token("indefinite")
    if token is not None:
        if (token.capital and found.name_follows) or (token.text == "soon" and found.after == "as"):
            return None
        return "DATE", days.valued(found.value("indefinite"))
    if found.has("past", "recent"):
        if found.has("the") and not _stands_alone(found):
            return None
        return "DATE", days.valued("PAST_REF")
    if found.has("present", "moment", "current"):
        return "DATE", days.valued("PRESENT_REF")
    return "DATE", days.valued("FUTURE_REF")


_Reader = Callable[[Found, Stand], Read | None]
_READERS: dict[str, _Reader] = {
    "calendar_day": _calendar_day, "day_range": _day_range, "week_of": _week_of, "weekend_days": _weekend_days,
    "written_day": _written, "weekday": _weekday, "narrative": _narrative, "near": _near, "holiday": _holiday,
    "month": _month, "span": _span, "weekend": _weekend, "season": _season, "quarter": _quarter, "half": _half,
    "year": _year, "decade": _decade, "ago": _ago, "past": _past, "coming": _coming, "duration": _duration,
    "bare_units": _bare_units, "repeated": _repeated, "clock": _clock, "part": _part, "indefinite": _indefinite,
}  # fmt: skip
