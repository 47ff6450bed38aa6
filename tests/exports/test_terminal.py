"""Tables and evidence in a terminal: a line a row, the words marked, and nothing in a story that a terminal obeys."""

import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType

from invented import TEXT, intake, reading, span, story, view
from onrecord.exports import evidence, tables, terminal
from onrecord.exports.evidence import Shown
from onrecord.exports.harmless import harmless, in_line, json_line
from onrecord.exports.listing import Listing
from onrecord.records import Bounds, Rejection

DANGEROUS = (
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \u202edlot\u202c \x08\x08\r\x7f [bold]not bold[/bold] [link=x]y[/link]"
)
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printed(drawn: RenderableType, width: int = 100, *, tty: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=tty, color_system=None, highlight=False).print(drawn)
    return out.getvalue()


# ---- harmless


@given(st.text())
def test_harmless_text_is_as_long_and_obeys_nothing(text: str) -> None:
    assert len(harmless(text)) == len(text)
    assert not OBEYED.search(harmless(text))
    assert "\n" not in in_line(text)
    harmless(text).encode()


@pytest.mark.parametrize("text", ["Shells hit the quay.", "“No,” — he said…", "naïve 6\xa0% \U0001f6a2", "a\nb"])
def test_ordinary_text_stays(text: str) -> None:
    assert harmless(text) == text


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_a_json_line_gives_the_value_back(value: Any) -> None:
    for ascii_only in (True, False):
        line = json_line(value, ascii_only=ascii_only)
        assert json.loads(line) == value
        assert not OBEYED.search(line)
        assert "\n" not in line
    json_line(value, ascii_only=True).encode("ascii")


# ---- lists


@given(
    rows=st.lists(st.lists(st.text(max_size=50), min_size=3, max_size=3), max_size=4),
    width=st.integers(10, 120),
)
def test_a_list_has_a_line_a_row_and_no_line_too_wide(rows: list[list[str]], width: int) -> None:
    lines = printed(Listing(("one", "two", "three"), rows, gives={"one": 2, "two": 2, "three": 2}, last="two"), width)
    assert lines.count("\n") == len(rows) + 1
    assert all(cell_len(line) <= width for line in lines.split("\n"))


def test_what_has_room_is_whole_and_what_is_cut_shows_it() -> None:
    listing = Listing(("a", "b"), [("short", "a rather long cell")], gives={"b": 3})
    assert printed(listing, 40).splitlines()[1] == "short a rather long cell"
    assert printed(listing, 15).splitlines()[1] == "short a rather…"


def test_the_column_that_matters_most_gives_way_last() -> None:
    listing = Listing(("a", "b"), [("x" * 30, "y" * 30)], gives={"a": 5, "b": 5}, last="b")
    assert printed(listing, 44).splitlines()[1] == "x" * 12 + "… " + "y" * 30


VIEW = view()


@pytest.mark.parametrize("width", [80, 100, 140, 200])
@pytest.mark.parametrize("table", [t for t in terminal.TABLES if t != "intake"])
def test_every_table_fits(table: str, width: int) -> None:
    rows = list(tables.rows(VIEW, table))
    lines = printed(terminal.TABLES[table](rows), width).splitlines()
    assert len(lines) == len(rows) + 1
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_of_incidents(width: int) -> None:
    heading, line = printed(terminal.incidents(tables.rows(VIEW, "incidents")), width).splitlines()
    assert heading.split() == ["date", "place", "kind", "killed", "injured", "rep/src", "grade", "by", "id"]
    assert line.split() == ["2031-03-31", "Varnholm", "shelling", "6+", "9", "1/2", "one", "report", "in-00000001"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((None, None, None), "?"), ((0, 0, 0), "0"), ((7, 7, 7), "7"), ((38, 38, None), "38+"), ((38, None, None), "38+"),
        ((2, 2, 4), "2–2–4"), ((None, 5, 9), "?–5–9"), ((2, 4, None), "2–4–?"),
    ],
)  # fmt: skip
def test_figures(bounds: tuple[int | None, int | None, int | None], expected: str) -> None:
    assert terminal.figure(Bounds(*bounds)) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, "undated"),
        ("2031-04-02", "2031-04-02", "2031-04-02"),
        ("2031-04-02", "2031-04-05", "2031-04-02–05"),
        ("2031-04-02", "2031-05-05", "2031-04-02–05-05"),
        ("2030-12-30", "2031-01-02", "2030-12-30–2031-01-02"),
        ("2031-04-01", "2031-04-30", "2031-04"),
        ("2031-01-01", "2031-12-31", "2031"),
        ("2031-04-02", None, "2031-04-02–…"),
        (None, "2031-04-02", "…–2031-04-02"),
        ("9999-12-01", "9999-12-31", "9999-12-01–31"),
    ],
)  # fmt: skip
def test_days(first: str | None, last: str | None, expected: str) -> None:
    assert terminal.days(first, last) == expected


# ---- evidence


def test_words_are_marked_in_their_paragraph() -> None:
    told = story()
    found = evidence.marked(told, [span(told, "Nine others"), span(told, "another attack")])
    assert [found.plain[s.start : s.end] for s in found.spans] == ["Nine others", "another attack"]
    assert found.plain == TEXT.split("\n\n")[1]


def test_marks_hold_in_a_text_that_a_terminal_would_obey() -> None:
    told = story(text=f"First line\r\n\x07{DANGEROUS} six dead at dawn {DANGEROUS}\r\nLast line\r\n")
    found = evidence.marked(told, [span(told, "six dead")])
    assert [found.plain[s.start : s.end] for s in found.spans] == ["six dead"]
    assert not OBEYED.search(found.plain)


def test_words_far_apart_are_shown_with_a_gap() -> None:
    told = story(text="Six died. " + "Much was said. " * 90 + "Nine were hurt.")
    found = evidence.marked(told, [span(told, "Six"), span(told, "Nine")])
    assert [found.plain[s.start : s.end] for s in found.spans] == ["Six", "Nine"]
    assert " … " in found.plain
    assert len(found.plain) < 800


@pytest.mark.parametrize(("tty", "shown"), [(True, "hit"), (False, "⟦hit⟧")])
def test_marks_are_seen_without_a_terminal_too(tty: bool, shown: str) -> None:
    told = story()
    drawn = evidence.indented(evidence.marked(told, [span(told, "hit")]))
    assert f"Shells {shown} the quay" in re.sub("\x1b[^m]*m", "", printed(drawn, tty=tty))


IDS = ["tale-1", "{s}", "{s}-c1", "{s}-e1", "{s}-t1", "in-00000001", "pl-00000001", "fa-00000001"]


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("id_", IDS)
def test_whatever_has_an_id_can_be_shown(id_: str, width: int) -> None:
    told = story()
    name = id_.format(s=told.id)
    found = Shown(VIEW, lambda _: told).find(name)
    assert found is not None
    lines = printed(found, width).splitlines()
    assert any(name in line or told.id in line for line in lines)
    assert all(cell_len(line) <= width for line in lines)
    assert Shown(VIEW, lambda _: None).find(name) is not None


def test_nothing_has_another_id() -> None:
    assert Shown(VIEW, lambda _: None).find("in-99999999") is None


def test_nothing_in_a_story_reaches_the_terminal_alive() -> None:
    told = story(name=DANGEROUS, outlet=DANGEROUS, headline=DANGEROUS, text=f"{DANGEROUS}\n\n{TEXT}\n\n{DANGEROUS}")
    found = reading(told)
    seen = view(told, found)
    drawn: list[RenderableType] = [terminal.TABLES[t](tables.rows(seen, t)) for t in terminal.TABLES if t != "intake"]
    drawn += [Shown(seen, lambda _: told).find(id_.format(s=told.id)) or "" for id_ in IDS[1:]]
    item = intake(told, DANGEROUS, [Rejection(DANGEROUS, DANGEROUS, 3)])
    drawn += [
        evidence.reading(item, found),
        evidence.reading(intake(None, DANGEROUS, [Rejection("x", DANGEROUS)]), None),
    ]
    for one in drawn:
        text = printed(one, 300)
        assert not OBEYED.search(text)
        assert "[bold]" in text or "not bold" not in text, "markup is shown, not obeyed"
