"""What a picture of totals shows, and how it is drawn: complete, the same each time, and safe with words of strangers."""

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, get_args
from xml.etree import ElementTree as ET

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from invented import DAY, derived, masthead, reading, story, view
from onrecord.exports import drawing, tables
from onrecord.exports.drawing import picture
from onrecord.exports.panels import Mark, Panel, Step, described, panels
from onrecord.incidents.counting import figure
from onrecord.pipeline import View, arranged
from onrecord.records import UNDATED, Bounds, Incident, Read, TallyUnit, VerdictWord, When

FIRST = date(2031, 3, 1)
SVG = "{http://www.w3.org/2000/svg}"


def ledger(*incidents: Incident, units: tuple[TallyUnit, ...] = ("killed",), undated: bool = False) -> View:
    """A story that states a total in each unit twice, beside those incidents."""
    told = story(published=UNDATED if undated else DAY)
    found = reading(told)
    stated = tuple(replace(found.tallies[0], id=f"{told.id}-t{n}", unit=unit) for n, unit in enumerate(units * 2))
    read = Read(masthead(told), replace(found, tallies=stated))
    known = derived(told, found)
    return arranged((read,), replace(known, incidents=incidents or known.incidents, verdicts=()))


def shown(seen: View) -> tuple[Panel, ...]:
    return panels(seen, tables.rows(seen, "tallies"))


def incident(number: int, **changed: Any) -> Incident:
    day = FIRST + timedelta(number)
    known = view().derived.incidents[0]
    fields = {"id": f"in-{number:08}", "when": When(day, day, "day", None), "killed": Bounds(2, 3, 5), **changed}
    return replace(known, **fields)


# ---- what is shown


def test_a_panel_for_each_unit_those_that_the_ledger_counts_first() -> None:
    found = shown(ledger(units=("vessels", "killed", "strikes", "detained")))
    # The one incident is no strike
    assert [(panel.unit, bool(panel.steps)) for panel in found] == [
        ("killed", True), ("strikes", False), ("detained", False), ("vessels", False),
    ]  # fmt: skip
    assert all(panel.marks[0].times == 2 for panel in found), "what one outlet states twice for one day is one mark"


def test_a_total_stands_on_its_own_day_or_that_of_its_story() -> None:
    told = story()
    found = reading(told)
    dated = replace(found, tallies=(replace(found.tallies[0], as_of=date(2031, 2, 1)),))
    assert shown(view(told, dated))[0].marks[0].day == date(2031, 2, 1)
    assert shown(view(told, found))[0].marks[0].day == date(2031, 4, 1)


def test_what_cannot_be_drawn_is_counted() -> None:
    (found,) = shown(ledger(undated=True))
    assert (found.marks, found.lost) == ((), 2)
    assert "2 more without a day or a number" in described([found])


def test_the_panels_of_campaigns_stand_apart() -> None:
    coast, both = incident(1, campaigns=("Coast",)), incident(2, campaigns=("Coast", "All"))
    (found,) = shown(ledger(coast, both))
    assert (found.campaign, [step.best for step in found.steps]) == ("Coast", [3, 6])
    (found,) = shown(ledger(incident(1), incident(2)))
    assert found.campaign is None


BOUNDS = st.sampled_from([Bounds(0, 0, 0), Bounds(2, 3, 5), Bounds(4, 4, None), Bounds(None, None, None)])


@given(
    st.lists(st.tuples(st.integers(0, 20), BOUNDS), min_size=1, max_size=8),
    st.sampled_from(["killed", "injured", "attacks"]),
)
def test_the_line_is_what_the_incidents_up_to_a_day_come_to(told: list[tuple[int, Bounds]], unit: TallyUnit) -> None:
    rows = [replace(incident(day), id=f"in-{n}", killed=bounds, injured=bounds) for n, (day, bounds) in enumerate(told)]
    seen = ledger(*rows, units=(unit,))
    rows = list(seen.derived.incidents)
    (found,) = shown(seen)
    for step in found.steps:
        so_far = [
            row for row in rows if row.when is not None and row.when.start is not None and row.when.start <= step.day
        ]
        known = figure(unit, so_far)
        assert (step.low, step.best) == (known.low, known.best)
        opened = unit != "attacks" and any(row.killed.best is not None and row.killed.high is None for row in so_far)
        assert step.high == (None if opened else known.high)
    if unit != "attacks" and all(bounds.best is None for _, bounds in told):
        assert not found.steps, "unknown is not zero"


def test_an_incident_without_a_day_stands_where_it_was_first_told_of() -> None:
    (found,) = shown(ledger(incident(1, when=None)))
    assert [step.day for step in found.steps] == [date(2031, 4, 1)]


# ---- how it is drawn


def mark(number: int, outlet: str = "Varn Courier", verdict: str = "consistent", **changed: Any) -> Mark:
    known = Mark(FIRST + timedelta(number), Bounds(number, number, number), number, outlet, verdict, number)
    return replace(known, **changed)


def panel(*marks: Mark, **changed: Any) -> Panel:
    steps = tuple(Step(FIRST + timedelta(n), n, n + 1, n + 3) for n in range(0, 40, 5))
    return replace(Panel("killed", None, marks, steps, 0), **changed)


MIXED = [
    panel(*(mark(3 * n, f"Paper {n}", word) for n, word in enumerate(get_args(VerdictWord), 1))),
    panel(
        mark(4, stated=Bounds(4, 4, None)), mark(5, stated=Bounds(3, None, 8)), mark(9, value=9000), campaign="Coast"
    ),
    panel(mark(3), unit="vessels", steps=(), lost=2),
    panel(steps=(Step(FIRST, 3, 4, None),), lost=1),
    panel(steps=(), lost=1),
]


@pytest.mark.parametrize("form", ["png", "svg"])
def test_equal_panels_give_equal_bytes(form: str) -> None:
    before = dict(mpl.rcParams)
    first = picture(MIXED, form)
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": "other", "savefig.dpi": 20}):
        assert picture(MIXED, form) == first, "settings of the user do not bear on it"
    assert dict(mpl.rcParams) == before, "and they stay as they are"


@pytest.mark.slow
def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib; from test_panels import MIXED, picture; "
        "print(hashlib.sha256(picture(MIXED, 'svg')).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={**_environment(), "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True, timeout=100
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def _environment() -> dict[str, str]:
    import os
    from pathlib import Path

    here = Path(__file__).resolve().parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), *sys.path])}


def test_an_svg_tells_what_it_shows() -> None:
    text = picture(MIXED, "svg").decode()
    root = ET.fromstring(text)
    assert (root.get("role"), root.get("aria-labelledby")) == ("img", "title desc")
    named = {child.get("id"): child.text for child in root if child.tag in (f"{SVG}title", f"{SVG}desc")}
    assert named["desc"] == described(MIXED)
    assert "Killed: 5 totals: 1 consistent, 1 short, 1 over, 1 units differ, 1 not comparable" in str(named["desc"])
    words = {"".join(one.itertext()).strip() for one in root.iter(f"{SVG}text")}
    assert {"Killed", "Killed, Coast", "Vessels", "Paper 1", "ledger, best", "over: the ledger has fewer"} <= words
    assert {"9,000 ↑", "2031-03-03"} <= words
    assert "dc:date" not in text
    assert "Matplotlib" not in text


def test_a_png_tells_what_it_shows() -> None:
    with Image.open(io.BytesIO(picture(MIXED, "png"))) as found:
        assert found.width == 1440
        assert found.info["Description"] == described(MIXED)
        assert "Software" not in found.info


def test_every_verdict_has_its_own_shade() -> None:
    assert set(drawing._SHADES) == set(get_args(VerdictWord))
    with Image.new("L", (1, 1)) as grey:
        light = []
        for fill, *_ in (drawing._SHADES[word] for word in ("short", "consistent", "over")):
            grey.paste(Image.new("RGB", (1, 1), fill).convert("L"))
            light.append(grey.getpixel((0, 0)))
    assert all(one - other > 50 for one, other in pairwise(light)), "in grey, too"


STRANGE = st.text(max_size=40) | st.sampled_from(["$$\\frac{1}$", "<b>&amp;</b>", "\x00\x1b[31m\ufffe", "]]>", "船報"])


@pytest.mark.slow
@given(STRANGE, STRANGE)
def test_words_of_strangers_are_only_words(outlet: str, campaign: str) -> None:
    root = ET.fromstring(picture([panel(mark(3, outlet), campaign=campaign)], "svg"))
    assert "1 total, consistent" in "".join(root.itertext())


def test_letters_that_no_font_has_are_no_reason_to_complain() -> None:
    assert picture([panel(mark(3, "船報 \U000f1234"))], "png")


def test_hundreds_of_totals_stay_apart() -> None:
    crowd = [mark(n % 30, f"Paper {n % 40}", times=1 + n % 2) for n in range(400)]
    text = picture([panel(*sorted(crowd, key=lambda one: one.day))], "svg").decode()
    counted = [
        int(found)
        for found in re.findall(r"font-size: 5\.5px[^>]*>(\d+)<", text) or re.findall(r"5\.5px[^>]*>\s*(\d+)", text)
    ]
    single = sum(one.times for one in crowd) - sum(counted)
    assert sum(counted) > 500
    assert 0 <= single < 100
    assert "29 other outlets" in text


SPOTS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4)


@given(SPOTS)
def test_a_few_marks_never_cover_each_other(places: list[tuple[int, int]]) -> None:
    spots = [drawing._Spot(float(x), float(y), (mark(1),), 1) for x, y in places]
    moved = [(spot.x + aside, spot.y) for spot, aside in zip(spots, drawing._apart(spots, 7.5), strict=True)]
    for n, (x, y) in enumerate(moved):
        assert all(abs(x - ox) >= 7.5 or abs(y - oy) >= 7.5 for ox, oy in moved[:n])


@given(st.dates(date(1, 2, 1), date(9999, 11, 1)), st.integers(0, 200_000))
def test_any_time_has_days_below_it(first: date, long: int) -> None:
    last = min(first.toordinal() + max(long, 6), date.max.toordinal())
    found = drawing._days_between(first.toordinal(), last)
    assert len(found) <= 9
    assert all(first.toordinal() <= day.toordinal() <= last for day in found)
    assert found or last - first.toordinal() < 14
    assert len(set(drawing._named(found))) == len(found)


def test_a_ledger_of_ages_is_drawn() -> None:
    ages = [Step(date(1 + 90 * n, 1, 1), n, n, n) for n in range(1, 110)]
    assert picture([panel(mark(0, day=date(1, 1, 1)), mark(3, day=date(9999, 12, 31)), steps=tuple(ages))], "svg")


def test_no_state_of_the_library_is_made() -> None:
    code = "import sys, onrecord.exports.drawing; print('matplotlib.pyplot' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "False"
