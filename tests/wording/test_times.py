"""Times in words: which days they mean, and which words are none."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onrecord.wording import days, times, timewords

THURSDAY = date(2031, 5, 8)
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]  # fmt: skip
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def only(text: str, anchor: date | None = THURSDAY, forward: bool = False) -> times.Timex:
    found = times.find(text, anchor, forward)
    assert len(found) == 1, [text[t.start : t.end] for t in found]
    return found[0]


def words(text: str, anchor: date | None = THURSDAY) -> list[str]:
    return [text[t.start : t.end] for t in times.find(text, anchor)]


DAYS = [
    ("A drone hit a depot on Thursday.", "Thursday", (5, 8)),
    ("A drone hit a depot on Friday.", "Friday", (5, 2)),
    ("It was hit last Thursday.", "last Thursday", (5, 1)),
    ("Talks resume next Friday.", "next Friday", (5, 9)),
    ("Talks resume on Friday week.", "Friday week", (5, 16)),
    ("It was hit on Tuesday last week.", "Tuesday last week", (4, 29)),
    ("Tuesday's raid", "Tuesday", (5, 6)),
    ("on Wed they left", "Wed", (5, 7)),
    ("It was hit today.", "today", (5, 8)),
    ("It was hit yesterday.", "yesterday", (5, 7)),
    ("the day before yesterday", "the day before yesterday", (5, 6)),
    ("The day before Tuesday's vote", "The day before Tuesday", (5, 5)),
    ("The court sits tomorrow.", "tomorrow", (5, 9)),
    ("two days ago", "two days ago", (5, 6)),
    ("on 3 May", "3 May", (5, 3)),
    ("the May 3 attack", "May 3", (5, 3)),
    ("on Feb. 3, officials said", "Feb. 3", (2, 3)),
    ("on the 3rd of May", "the 3rd of May", (5, 3)),
    ("on the twenty-third of April", "the twenty-third of April", (4, 23)),
    ("on Tuesday, 6 May", "Tuesday, 6 May", (5, 6)),
    ("Sat 3 May", "Sat 3 May", (5, 3)),
    ("early on Sunday", "early on Sunday", (5, 4)),
    ("on Easter Monday", "Easter Monday", (4, 14)),
    ("on New Year’s Day", "New Year’s Day", (1, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wording", "day"), DAYS)
def test_days(text: str, wording: str, day: tuple[int, int]) -> None:
    found = only(text)
    assert text[found.start : found.end] == wording
    assert (found.first, found.last, found.precision) == (date(2031, *day), date(2031, *day), "day")
    assert found.value == date(2031, *day).isoformat()


HOURS = [
    ("a raid on Tuesday night", "Tuesday night", "2031-05-06TNI"),
    ("at dawn on Monday", "dawn on Monday", "2031-05-05TMO"),
    ("on Monday, at dawn", "Monday, at dawn", "2031-05-05TMO"),
    ("in the early hours of Tuesday", "the early hours of Tuesday", "2031-05-06TMO"),
    ("on the night of 3 May", "night of 3 May", "2031-05-03TNI"),
    ("last night", "last night", "2031-05-07TNI"),
    ("this morning", "this morning", "2031-05-08TMO"),
    ("At 0540 UTC on 3 February", "0540 UTC on 3 February", "2031-02-03T05:40"),
    ("at 5:40 a.m. on Tuesday", "5:40 a.m. on Tuesday", "2031-05-06T05:40"),
    ("on Monday at about 3 p.m. local time", "Monday at about 3 p.m. local time", "2031-05-05T15:00"),
    ("at 5 a.m. (0200 GMT) on Tuesday", "5 a.m. (0200 GMT) on Tuesday", "2031-05-06T05:00"),
    ("at 2031 hours on 3 May", "2031 hours on 3 May", "2031-05-03T20:31"),
    ("logged at 2031-02-03T05:40:00Z", "2031-02-03T05:40:00Z", "2031-02-03T05:40"),
    ("at 12.15am on Sunday", "12.15am on Sunday", "2031-05-04T00:15"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wording", "value"), HOURS)
def test_hours_of_a_day(text: str, wording: str, value: str) -> None:
    found = only(text)
    assert (text[found.start : found.end], found.value, found.type) == (wording, value, "TIME")
    assert found.first == found.last == date.fromisoformat(value[:10])


SPANS = [
    ("over the weekend", "days", "2031-05-03", "2031-05-04", "2031-W18-WE"),
    ("at the weekend", "days", "2031-05-03", "2031-05-04", "2031-W18-WE"),
    ("hit overnight", "days", "2031-05-07", "2031-05-08", "2031-05-07TNI"),
    ("overnight into Wednesday", "days", "2031-05-06", "2031-05-07", "2031-05-07TNI"),
    ("overnight on Tuesday", "days", "2031-05-05", "2031-05-07", "2031-05-06TNI"),
    ("between 3 and 5 May", "days", "2031-05-03", "2031-05-05", "2031-05-03"),
    ("on 3-5 May", "days", "2031-05-03", "2031-05-05", "2031-05-03"),
    ("May 3–5, 2030", "days", "2030-05-03", "2030-05-05", "2030-05-03"),
    ("the night of 3-4 May", "days", "2031-05-03", "2031-05-04", "2031-05-03"),
    ("the weekend of 3-4 May", "days", "2031-05-03", "2031-05-04", "2031-05-03"),
    ("from Monday to Wednesday", "days", "2031-05-05", "2031-05-07", "2031-05-05"),
    ("from Friday to Wednesday", "days", "2031-05-02", "2031-05-07", "2031-05-02"),
    ("from 30 December to 2 January 2030", "days", "2029-12-30", "2030-01-02", "2029-12-30"),
    ("between March and April", "month", "2031-03-01", "2031-04-30", "2031-03"),
    ("in the night from Monday to Tuesday", "days", "2031-05-05", "2031-05-06", "2031-05-05TNI"),
    ("last week", "week", "2031-04-28", "2031-05-04", "2031-W18"),
    ("in the week of 3 May", "week", "2031-04-28", "2031-05-04", "2031-W18"),
    ("the first week of April", "week", "2031-04-01", "2031-04-07", "2031-04"),
    ("two weeks ago", "week", "2031-04-21", "2031-04-27", "2031-W17"),
    ("earlier this week", "week", "2031-05-05", "2031-05-08", "2031-W19"),
    ("last month", "month", "2031-04-01", "2031-04-30", "2031-04"),
    ("in February", "month", "2031-02-01", "2031-02-28", "2031-02"),
    ("in June", "month", "2030-06-01", "2030-06-30", "2030-06"),
    ("in February 2028", "month", "2028-02-01", "2028-02-29", "2028-02"),
    ("last November", "month", "2030-11-01", "2030-11-30", "2030-11"),
    ("in late March", "month", "2031-03-21", "2031-03-31", "2031-03"),
    ("in mid-April", "month", "2031-04-11", "2031-04-20", "2031-04"),
    ("at the end of last month", "month", "2031-04-21", "2031-04-30", "2031-04"),
    ("the summer of 2029", "season", "2029-06-01", "2029-08-31", "2029-SU"),
    ("last spring", "season", "2030-03-01", "2030-05-31", "2030-SP"),
    ("last winter", "season", "2030-12-01", "2031-02-28", "2030-WI"),
    ("in Q1", "season", "2031-01-01", "2031-03-31", "2031-Q1"),
    ("the third quarter of 2030", "season", "2030-07-01", "2030-09-30", "2030-Q3"),
    ("in 2009", "year", "2009-01-01", "2009-12-31", "2009"),
    ("In 2009 a bomb killed 31 people.", "year", "2009-01-01", "2009-12-31", "2009"),
    ("a 1996 law", "year", "1996-01-01", "1996-12-31", "1996"),
    ("late last year", "year", "2030-09-01", "2030-12-31", "2030"),
    ("in the 1990s", "year", "1990-01-01", "1999-12-31", "199"),
    ("a year ago", "year", "2030-01-01", "2030-12-31", "2030"),
    ("in the past 24 hours", "days", "2031-05-07", "2031-05-08", "PT24H"),
    ("over the past week", "days", "2031-05-01", "2031-05-08", "2031-W18"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "precision", "first", "last", "value"), SPANS)
def test_spans(text: str, precision: str, first: str, last: str, value: str) -> None:
    found = only(text)
    assert (found.precision, str(found.first), str(found.last)) == (precision, first, last)
    assert found.value == value


@pytest.mark.parametrize(
    ("text", "precision", "first", "last"),
    [
        ("since Monday", "since", date(2031, 5, 5), None),
        ("since early September", "since", date(2030, 9, 1), None),
        ("since the beginning of the month", "since", date(2031, 5, 1), None),
        ("since at least 2009", "since", date(2009, 1, 1), None),
        ("killed 30 in the past three months", "since", date(2031, 2, 8), None),
        ("until the end of April", "until", None, date(2031, 4, 30)),
        ("held until Tuesday", "until", None, date(2031, 5, 6)),
    ],
)
def test_open_periods(text: str, precision: str, first: date | None, last: date | None) -> None:
    found = only(text)
    assert (found.precision, found.first, found.last) == (precision, first, last)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("on Friday", date(2031, 5, 9)),
        ("on Thursday", date(2031, 5, 8)),
        ("on 20 May", date(2031, 5, 20)),
        ("on 3 May", date(2031, 5, 3)),
        ("in June", date(2031, 6, 1)),
        ("at the weekend", date(2031, 5, 10)),
        ("in the autumn", date(2031, 9, 1)),
        ("from Thursday to Monday", date(2031, 5, 8)),
        ("on Christmas Day", date(2031, 12, 25)),
        ("since Friday", date(2031, 5, 2)),
    ],
)
def test_a_clause_about_the_future_looks_ahead(text: str, first: date) -> None:
    assert only(text, forward=True).first == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("The frigate will sail on Friday.", date(2031, 5, 9)),
        ("A landing is planned for 20 May.", date(2031, 5, 20)),
        ("A start on May 15 is foreseen.", date(2031, 5, 15)),
        ("It will be ready by the summer.", date(2031, 6, 1)),
        ("The minister will say that on Friday a drone hit a depot.", date(2031, 5, 2)),
        ("Repairs would be finished by the weekend.", date(2031, 5, 10)),
        ("It was opened on 20 May.", date(2030, 5, 20)),
    ],
)
def test_the_words_around_can_tell_the_future(text: str, first: date) -> None:
    assert only(text).first == first


RELATIVE = [
    "over the weekend", "on Tuesday", "yesterday", "last month", "3 May", "Tuesday night", "overnight", "in March",
    "two days ago", "in the summer", "from Monday to Wednesday", "3-5 May", "since Monday", "until Friday", "this year",
    "Easter Monday", "Q1", "the first week of May", "at 0540 UTC on 3 February", "overnight into Wednesday", "next Friday",
    "in the past week", "in the week of 3 May", "the '90s", "late March", "between March and May", "the second half of the year",
]  # fmt: skip


@pytest.mark.parametrize("text", RELATIVE)
def test_without_an_anchor_what_is_relative_stays_wording(text: str) -> None:
    found = times.find(text, None)
    assert found
    assert {(t.first, t.last, t.precision) for t in found} == {(None, None, "unknown")}


@pytest.mark.parametrize(
    "text",
    [
        "two days earlier",
        "the next day",
        "the same night",
        "hours later",
        "the following morning",
        "at dawn",
        "at 5 a.m.",
    ],
)
def test_what_is_relative_to_the_telling_stays_wording(text: str) -> None:
    found = only(text)
    assert (found.value, found.first, found.last, found.precision) == (None, None, None, "unknown")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("for three weeks", "DURATION", "P3W"),
        ("a two-day truce", "DURATION", "P2D"),
        ("more than five hours", "DURATION", "PT5H"),
        ("half an hour", "DURATION", "PT30M"),
        ("two and a half years", "DURATION", "P2Y6M"),
        ("twenty-one days", "DURATION", "P21D"),
        ("a weeklong siege", "DURATION", "P1W"),
        ("nearly a decade", "DURATION", "P10Y"),
        ("weeks of shelling", "DURATION", "PXW"),
        ("within 48 hours", "DURATION", "PT48H"),
        ("every Monday", "SET", "XXXX-WXX-1"),
        ("on Tuesdays", "SET", "XXXX-WXX-2"),
        ("daily raids", "SET", "P1D"),
        ("twice a week", "SET", "P1W"),
        ("some 50 a day", "SET", "P1D"),
        ("It is now quiet.", "DATE", "PRESENT_REF"),
        ("in recent weeks", "DATE", "PAST_REF"),
        ("in the near future", "DATE", "FUTURE_REF"),
    ],
)
def test_durations_and_sets_have_no_days(text: str, kind: str, value: str) -> None:
    found = only(text)
    assert (found.type, found.value, found.first, found.last, found.precision) == (kind, value, None, None, "unknown")


@pytest.mark.parametrize(
    "text",
    [
        "They may attack.", "STRIKES MAY HIT THE PORT", "Troops march to the sea.", "The March to the sea began.",
        "a second attack", "the Sun reported", "Orla May said", "April Rell said", "Jan said", "the Sunday Lantern said",
        "Russia Today", "The Daily Mail", "the daily Fackel", "a 25-year-old man", "a crew of eleven-year-olds",
        "a man, 37 years old", "won 3-1", "room 1204", "2,031 people", "killing 2031 people", "fired 1999 rounds",
        "of 1999 rounds", "flight 2031", "the 23 March Movement", "Bloody Sunday", "since the summer truce", "a summer camp",
        "in the fall of the city", "a night raid", "COVID-19", "the 5th Brigade", "$2009", "9/11", "the 20:30 flight",
        "the Kestrel Dawn", "Mar del Plata", "the Christmas market", "the last day of the talks", "the Coast Brigade 5 March",
    ],
)  # fmt: skip
def test_what_is_no_time(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("In May 31 people were killed.", "May"),
        ("The Kestrel Dawn was hit on Tuesday.", "Tuesday"),
        ("Passages in May: 8", "May"),
    ],
)
def test_what_stands_beside_a_time_is_left(text: str, wording: str) -> None:
    assert words(text) == [wording]


@pytest.mark.parametrize(
    "text",
    [
        "30 February 2031", "29 February 2031", "on 31 April", "2031-02-30", "0000-01-01", "31/11/2031", "3/2/2031",
        "Tuesday, 3 May 2031", "2031-13-01", "February 30", "9999 years ago",
    ],
)  # fmt: skip
def test_no_day_of_the_calendar_or_two(text: str) -> None:
    found = only(text)
    assert (found.value, found.first, found.last, found.precision) == (None, None, None, "unknown")


def test_a_range_the_wrong_way_round_is_no_range() -> None:
    assert only("5-3 May").first is None


def test_more_than_two_years_ago_has_no_last_day() -> None:
    found = only("more than two years ago")
    assert (found.value, found.first, found.last) == ("2029", None, None)


@pytest.mark.parametrize(
    ("anchor", "first"),
    [
        (date(2031, 5, 9), date(2031, 5, 3)),
        (date(2031, 5, 10), date(2031, 5, 3)),
        (date(2031, 5, 11), date(2031, 5, 10)),
        (date(2031, 5, 12), date(2031, 5, 10)),
    ],
)
def test_the_weekend_is_over(anchor: date, first: date) -> None:
    assert only("over the weekend", anchor).first == first


def test_a_whole_text() -> None:
    text = "It began on Monday.\n\nTuesday was calm; a raid followed on 7 May, hours later.\n\nMay\n\n3 ships left."
    assert words(text) == ["Monday", "Tuesday", "7 May", "hours later"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("PORT KESSEL, 9 MAY 29 (LAMPION) -- A DRONE", date(2029, 5, 9)),
        ("PORT KESSEL, 9 MAY 98 (LAMPION) -- A DRONE", date(1998, 5, 9)),
        ("On 3 May 29 people fled.", date(2031, 5, 3)),
    ],
)
def test_a_year_of_two_figures(text: str, first: date) -> None:
    assert only(text).first == first
    assert only(text, None).first is None


def test_the_western_easter() -> None:
    assert [days.easter(year) for year in (1961, 2000, 2008, 2024, 2038)] == [
        date(1961, 4, 2), date(2000, 4, 23), date(2008, 3, 23), date(2024, 3, 31), date(2038, 4, 25)
    ]  # fmt: skip


def test_every_rule_has_a_reader() -> None:
    named = {rule.reads for rules in timewords._grammar().by_head.values() for rule in rules}
    assert named == set(times._READERS)


# ---- properties

DATES = st.dates(date(1900, 1, 1), date(2099, 12, 31))
RENDERINGS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{d.day:02} {MONTHS[d.month - 1]}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day} {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]} {d.day}, {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]}. {d.day}, {d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1].upper()} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()]}, {d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()][:3]}, {d.day} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: f"{WEEKDAYS[d.weekday()]}, {MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: (
        f"the {d.day}{'th' if 10 < d.day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(d.day % 10, 'th')} of "
        f"{MONTHS[d.month - 1]} {d.year}"
    ),
    lambda d: f"{d.isoformat()}T05:40:00+00:00",
]


@given(DATES, st.sampled_from(RENDERINGS), st.none() | DATES, st.booleans())
def test_a_date_with_its_year_is_that_date(day, rendering, anchor, forward):
    written = rendering(day)
    found = only(f"The port was shelled on {written}, officials said.", anchor, forward)
    assert (found.first, found.last, found.precision) == (day, day, "day")
    assert (found.start, found.end) == (24, 24 + len(written))


@given(DATES, st.integers(0, 6))
def test_a_weekday_is_the_nearest_one(anchor, number):
    behind, ahead = (only(f"on {WEEKDAYS[number]}", anchor, forward).first for forward in (False, True))
    assert anchor - timedelta(days=6) <= behind <= anchor <= ahead <= anchor + timedelta(days=6)
    assert behind.weekday() == ahead.weekday() == number


@given(DATES, DATES)
def test_a_date_without_its_year_is_not_in_the_future(day, anchor):
    found = only(f"It was hit on {day.day} {MONTHS[day.month - 1]}.", anchor)
    assert found.first is not None
    assert (found.first.month, found.first.day) == (day.month, day.day)
    assert found.first <= anchor
    assert (anchor - found.first).days < (366 if (day.month, day.day) != (2, 29) else 9 * 366)


_VOCABULARY = sorted(
    {word for rules in timewords._kinds().values() for word in rules}
    | {
        "the",
        "of",
        "last",
        "next",
        "this",
        "in",
        "since",
        "until",
        "between",
        "and",
        "to",
        "a",
        "-",
        ",",
        "(",
        ")",
        "ago",
    }
    | {
        "May",
        "March",
        "3",
        "31",
        "2031",
        "0540",
        "05:40",
        "a.m.",
        "5 p.m.",
        "3/2/2031",
        "0000-00-00",
        "Q1",
        "3rd",
        "1990s",
    }
    | {
        "\n\n",
        "’s",
        ".",
        "99999",
        "overnight",
        "more",
        "than",
        "weekend",
        "Easter",
        "New",
        "Year",
        "first",
        "half",
        "earlier",
    }
)


@given(
    st.text(max_size=60) | st.lists(st.sampled_from(_VOCABULARY), max_size=25).map(" ".join),
    st.none() | st.dates(),
    st.booleans(),
)
def test_any_text_is_read_and_what_is_found_is_in_order(text, anchor, forward):
    end = 0
    for found in times.find(text, anchor, forward):
        assert end <= found.start < found.end <= len(text)
        assert text[found.start : found.end].strip() == text[found.start : found.end]
        end = found.end
        if found.precision == "unknown":
            assert (found.first, found.last) == (None, None)
        elif found.precision in {"since", "until"}:
            assert (found.first is None) == (found.precision == "until")
            assert (found.last is None) == (found.precision == "since")
        else:
            assert found.first is not None
            assert found.last is not None
            assert found.first <= found.last


@pytest.mark.parametrize(
    "unit",
    [" ", "\n", "\n \n", "1", "1.", "1:", "12.12.", "a ", "the ", "3 ", "-", "'", "more than ", "early ", "dawn on ", "x", "twenty-",
     "2031-05-03T05:40", "1 a . m ", "from Monday to ", "at 0540 ", "between 3 and "],
)  # fmt: skip
def test_junk_takes_time_by_its_length_only(unit: str) -> None:
    times.find("on Monday", None)
    started = time.process_time()
    times.find(unit * (100_000 // len(unit)), THURSDAY)
    assert time.process_time() - started < 2
