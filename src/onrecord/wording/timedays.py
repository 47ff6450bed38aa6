"""Which days a wording names: the readers of days, months, seasons and years that the rules of `times.toml` name.

A reader takes what a rule found and where the story stands in time, and gives type and days, or None where the words are
no time after all ("the March to the sea", "1999 rounds").
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, cast

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


# ---- days


def _calendar_day(found: Found, stand: Stand) -> Read | None:
    number, day = found.value("monthname", "maybe_month"), found.value("dd", "nth")
    if _is_name(found) or (found.before in timewords.names("behind") and found.before_capital):
        return None
    dated = found.has("yyyy", "year")
    if not dated and found.before in {"in", "since"} and found.has("dd") and _counted(found):
        return None  # "in May 31 people were killed"
    return "DATE", _dated(found, stand, number, day)


def _is_name(found: Found) -> bool:
    """Whether a day or month is part of a name ("the 23 March Movement", "Black September")."""
    behind = found.name_follows and found.after in timewords.names("behind")
    return (behind and found.before not in timewords.names("plain")) or found.before in timewords.names("before")


def _dated(found: Found, stand: Stand, number: int, day: int) -> Days:
    on, year, anchor = found.value("weekday", "short_weekday"), _year_of(found, stand), stand.anchor
    if year is None and _two_figures_follow(found):
        # "9 May 29 (Lampion)": of the century nearest to the anchor
        year = int(found.after)
        year = year + 100 * round((anchor.year - year) / 100) if anchor is not None else None
        resolved = days.real(year, number, day) if year is not None else None
    elif found.has("yyyy", "year"):
        resolved = days.real(year, number, day) if year is not None else None
        if resolved is not None and on is not None and resolved.weekday() != on:
            return UNRESOLVED
    else:
        ahead = stand.forward or _due(found, stand.anchor, number)
        resolved = days.yearless(stand.anchor, number, day, ahead, on) if stand.anchor is not None else None
    return days.day(resolved) if resolved is not None else UNRESOLVED


def _two_figures_follow(found: Found) -> bool:
    """Whether a year of two figures stands behind the month, as wire services write it in a dateline."""
    year = found.after.isdigit() and len(found.after) == 2 and not found.has("yyyy", "year")
    return (
        year and not found.texts()[-1].isdigit() and found.words.at(found.end + 1) in {"(", "[", "-", "–", "—", ".", ""}
    )


def _year_of(found: Found, stand: Stand) -> int | None:
    """The year written, or picked from the anchor's ("of last year")."""
    if found.has("yyyy"):
        return int(found.value("yyyy"))
    if not found.has("year") or stand.anchor is None:
        return None
    return stand.anchor.year + (1 if found.has("next") else -1 if found.has("last") else 0)


def _due(found: Found, anchor: date | None, number: int) -> bool:
    """Whether the words before tell that a day or month is to come, and it comes soon enough to be named without a year."""
    before = {*found.lead(7), *(found.words.at(found.end + step) for step in range(4))}
    months = 8 if before & timewords.names("ahead") else 5 if found.before == "by" else -1
    return anchor is not None and (number - anchor.month) % 12 <= months


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
    if found.has("ending", "to", "starting", "beginning"):
        first = day - timedelta(days=6) if found.has("ending", "to") else day
        return "DATE", replace(days.week(first), first=first, last=first + timedelta(days=6))
    return "DATE", days.week(day)


def _week_of_month(found: Found, stand: Stand) -> Read | None:
    if stand.anchor is None and not found.has("yyyy"):
        return "DATE", UNRESOLVED
    number = found.value("monthname", "maybe_month")
    whole = days.month(found.value("yyyy"), number) if found.has("yyyy") else _near_month(found, stand, number)
    first, last, nth = whole.first, whole.last, found.value("nth")
    if first is None or last is None or (nth is not None and nth > 4):
        return "DATE", UNRESOLVED
    first = last - timedelta(days=6) if nth is None else first + timedelta(days=7 * nth - 7)
    return "DATE", Days(whole.value, "week", first, first + timedelta(days=6))


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
    if found.before in timewords.names("before") or (article and found.name_follows):
        return None
    return "DATE", _on_weekday(found, stand, number) if stand.anchor is not None else UNRESOLVED


def _on_weekday(found: Found, stand: Stand, number: int) -> Days:
    """The weekday that is meant, seen from the anchor."""
    anchor = cast("date", stand.anchor)
    one = timedelta(days=1)
    this_week = anchor + timedelta(days=number - anchor.weekday())
    if found.has("week"):
        if found.has("last", "this", "next"):
            return days.day(this_week + 7 * one * (found.has("next") - found.has("last")))
        return days.day(days.weekday(anchor + one, number, forward=True) + 7 * one)
    if found.has("this"):
        return days.day(this_week)
    if found.has("last", "past"):
        return days.day(days.weekday(anchor - one, number, forward=False))
    if found.has("next", "coming"):
        return days.day(days.weekday(anchor + one, number, forward=True))
    lead = set(found.lead(5))
    coming = bool(lead & {"will", "shall"}) and not lead & {"that", "say", "said"}
    return days.day(days.weekday(anchor, number, stand.forward or coming))


def _narrative(found: Found, stand: Stand) -> Read | None:
    return "DATE", UNRESOLVED


def _near(found: Found, stand: Stand) -> Read | None:
    token = found.token("today", "overnight")
    if token is not None and found.is_titled(token) and found.before_capital:
        return None  # the name of an outlet
    texts, part = found.texts(), found.value("part")
    kind: Type = "TIME" if part or texts[-1] in {"tonight", "overnight"} else "DATE"
    if stand.anchor is None:
        return kind, UNRESOLVED
    today, one = stand.anchor, timedelta(days=1)
    if texts == ["overnight"]:
        return kind, days.several(today - one, today, f"{today - one}TNI")
    if found.has("the"):
        return kind, days.day(today + 2 * one * (-1 if found.has("yesterday") else 1))
    shift = found.value("today") if token is not None else -found.has("last")
    suffix = "TNI" if "tonight" in texts else f"T{part}" if part else ""
    return kind, days.day(today + one * shift, suffix)


def _holiday(found: Found, stand: Stand) -> Read | None:
    stated = found.value("yyyy")
    skipped = found.words.at(found.start) in {"the", "last", "next"}
    tokens = found.words.tokens[found.start + skipped : found.end - (stated is not None)]
    words = found.words.text[tokens[0].start : tokens[-1].end].lower().replace("’", "'")
    feast = timewords.holidays()[" ".join(words.split())]
    if not tokens[0].capital or (feast.get("alone") and stated is None and not stands_alone(found)):
        return None
    if not feast or (stated is None and stand.anchor is None):
        return "DATE", UNRESOLVED
    if stated is not None:
        return "DATE", days.day(_feast(feast, stated))
    today = cast("date", stand.anchor)
    near = [_feast(feast, year) for year in (today.year - 1, today.year, today.year + 1)]
    if stand.forward or found.has("next"):
        return "DATE", days.day(next(d for d in near if d >= today))
    return "DATE", days.day(next(d for d in reversed(near) if d <= today))


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
    number, edge = found.value("monthname", "maybe_month"), _edge(found)
    rest_of_a_day = found.start > 0 and edge is None and found.words.tokens[found.start - 1].form in {"figure", "nth"}
    if _is_name(found) or found.before == "any" or rest_of_a_day:
        return None
    if found.has("yyyy"):
        named = found.has("of") and found.has("maybe_month") and edge is None and not _led(found)
        return (
            None if named or not _is_year(found) else ("DATE", days.edge(days.month(found.value("yyyy"), number), edge))
        )
    if not (edge or found.has("this", "last", "next") or (_led(found) and not _risky(found)) or _bare_month(found)):
        return None
    return "DATE", days.edge(_near_month(found, stand, number), edge) if stand.anchor is not None else UNRESOLVED


def _bare_month(found: Found) -> bool:
    """Whether a month stands for itself without a preposition: it is no other word, or is told by its article."""
    token = found.token("maybe_month")
    described = (
        found.before in timewords.names("determiners") and token is not None and token.text not in {"march", "may"}
    )
    return (found.has("monthname") or (described and len(token.text if token else "") > 3)) and not found.name_follows


def _near_month(found: Found, stand: Stand, number: int) -> Days:
    """The month that is meant, seen from the anchor."""
    anchor = cast("date", stand.anchor)
    start = anchor.replace(day=1)
    if found.has("year"):
        return days.month(_year_of(found, stand) or 0, number)
    if found.has("this") and not found.has("past"):
        return days.month(anchor.year, number)
    if found.has("last", "this") and not found.has("week"):
        return days.month(days.begun(days.shift(start, -1, "M"), number, forward=False), number)
    if found.has("next"):
        return days.month(days.begun(days.shift(start, 1, "M"), number, forward=True), number)
    ahead = stand.forward or _due(found, anchor, number)
    return days.month(days.begun(anchor, number, ahead), number)


def _led(found: Found) -> bool:
    """Whether a preposition of time stands before."""
    return found.before in timewords.names("time")


def _risky(found: Found) -> bool:
    """Whether the word can be a name or a verb here: an abbreviation without its stop, or a word before a name."""
    token = found.token("maybe_month")
    if token is None:
        return False
    if found.before in {"in", "since", "until", "during", "throughout"}:
        return len(token.text) == 3 and token.text != "may" and not found.words.text.startswith(".", token.end)
    return found.name_follows


def _span(found: Found, stand: Stand) -> Read | None:
    name, anchor = found.value("span"), stand.anchor
    if found.after == "of" and name == "Q":
        return None  # a part of a town
    if anchor is None:
        return "DATE", UNRESOLVED
    if name == "WE" and found.has("last"):
        return "DATE", weekend_behind(anchor - timedelta(days=1))
    step = found.has("next") - found.has("last")
    whole = days.unit(days.shift(anchor, step, "W" if name == "WE" else name), name)
    first, last = whole.first, whole.last
    if found.has("earlier", "later") and first and last and first <= anchor <= last:
        return "DATE", replace(whole, last=anchor) if found.has("earlier") else replace(whole, first=anchor)
    return "DATE", days.edge(whole, _edge(found))


def weekend_behind(anchor: date) -> Days:
    """The last weekend that had ended by the anchor's evening."""
    return days.weekend(days.weekday(anchor, 6, forward=False))


def _weekend(found: Found, stand: Stand) -> Read | None:
    if not found.has("the") and found.before not in {"this", "past"}:
        return None
    if stand.anchor is None:
        return "DATE", UNRESOLVED
    due = found.before == "by" and bool(set(found.lead(7)) & timewords.names("ahead") - {"by"})
    if stand.forward or due:
        return "DATE", days.weekend(days.weekday(stand.anchor, 6, forward=True))
    return "DATE", weekend_behind(stand.anchor)


def _season(found: Found, stand: Stand) -> Read | None:
    name, edge = found.value("season", "fall"), _edge(found)
    picked = found.has("this", "last", "next", "past")
    verb = found.has("fall") and not ((found.has("of") and found.has("yyyy")) or (picked and not found.has("the")))
    if verb or found.before in timewords.names("before") or (found.has("yyyy") and not _is_year(found)):
        return None
    year = _year_of(found, stand)
    if year is not None:
        # the winter of a year may be the one before or after it
        return "DATE", days.edge(days.season(year, name), edge) if name != "WI" else days.valued(f"{year:04}-WI")
    if not picked and not (_led(found) and stands_alone(found)):
        return None
    return "DATE", days.edge(_near_season(found, stand, name), edge) if stand.anchor is not None else UNRESOLVED


def _near_season(found: Found, stand: Stand, name: str) -> Days:
    """The season that is meant, seen from the anchor."""
    anchor = cast("date", stand.anchor)
    if found.has("last", "past"):
        return days.season_near(anchor, name, forward=False, ended=True)
    if found.has("next"):
        return days.season_near(days.shift(anchor, 3, "M"), name, forward=True)
    if found.has("this"):
        return days.season(anchor.year, name)
    return days.season_near(anchor, name, stand.forward or _due(found, anchor, days.SEASONS[name]))


def stands_alone(found: Found) -> bool:
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
    word, next_word = found.after, found.words.at(found.end + 1)
    counted, stops = timewords.names("counted"), timewords.names("stops")
    if word in counted:
        return True
    if not word.isalpha() or word in stops:
        return False
    return next_word in counted or (len(word) > 3 and word.endswith("s") and not found.name_follows)


def _year(found: Found, stand: Stand) -> Read | None:
    year, edge = found.value("yyyy"), _edge(found)
    counted = found.after in timewords.names("counted") and found.before != "since"
    sure = found.before in timewords.names("year") and not found.has("the") and not counted
    led = _led(found) or found.has("the") or found.before in timewords.names("determiners")
    told = (
        edge is not None or found.has("year", "fiscal") or (found.before == "(" and found.after in {")", ",", "-", "–"})
    )
    if not 1800 <= year <= 2099 or not (told or sure or (led and not _counted(found))):
        return None
    return "DATE", days.edge(days.year(year), edge) if not found.has("fiscal") else days.valued(f"{year:04}")


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


Reader = Callable[[Found, Stand], Read | None]
READERS: dict[str, Reader] = {
    "calendar_day": _calendar_day,
    "day_range": _day_range,
    "week_of": _week_of,
    "week_of_month": _week_of_month,
    "weekend_days": _weekend_days,
    "written_day": _written,
    "weekday": _weekday,
    "narrative": _narrative,
    "near": _near,
    "holiday": _holiday,
    "month": _month,
    "span": _span,
    "weekend": _weekend,
    "season": _season,
    "quarter": _quarter,
    "half": _half,
    "year": _year,
    "decade": _decade,
}
