"""Tables that people edited → decisions: nothing from what nobody touched, each edit as it was meant, conflicts, twice is once."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from invented import NOW, TEXT, derived, masthead, reading, story, view
from onrecord import pipeline
from onrecord.decisions.values import fields
from onrecord.errors import BadTable, Conflict
from onrecord.exports import edits, files, imported, marks, setting, tables
from onrecord.exports.edits import Change, Signed, Today
from onrecord.exports.imported import Imported
from onrecord.exports.private import WITHHELD, Cell, Row
from onrecord.exports.returned import Page
from onrecord.exports.setting import Unclear
from onrecord.exports.sheets import as_csv
from onrecord.ledger import Ledger
from onrecord.pipeline import Judgement, View, arranged
from onrecord.records import Bounds, Read, Where

Told = dict[str, str]
SIGNED = Signed("ines", "checked", "a file")


def exported(seen: View, table: str) -> list[Told]:
    """The rows of a table as its CSV file has them."""
    return list(csv.DictReader(io.StringIO(as_text(seen, table), newline="")))


def as_text(seen: View, table: str) -> str:
    return as_csv(list(tables.columns()[table].meanings), tables.rows(seen, table))


def written(seen: View, folder: Path, save: Callable[[str], str] = str) -> list[Path]:
    """The tables that can come back, in a folder."""
    made = []
    for table in marks.settable():
        made.append(folder / f"{table}.csv")
        made[-1].write_bytes(save(as_text(seen, table)).encode())
    return made


def compared(seen: View, table: str, rows: list[Told], signed: Signed = SIGNED) -> list[Change]:
    page = Page("t.csv", table, tuple(rows[0]) if rows else (), iter(enumerate(map(dict[str, Cell], rows), 2)))
    return edits.compare(page, table, Today(seen), signed).changes


# ---- what nobody touched

ODD = st.text("=+-@'\t\r\n \"\uff1d\ufeff|%,;a1.é\u0301/5", min_size=1, max_size=8)
WORDS = st.one_of(st.none(), ODD, st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8))
NUMBERS = st.one_of(st.none(), st.integers(0, 5000))
DEGREES = st.floats(-90, 90, allow_nan=False)


@st.composite
def views(draw: st.DrawFn) -> View:
    told = story(headline="h", text=TEXT)
    made = derived(told, reading(told))
    rows = []
    for number in range(draw(st.integers(1, 3))):
        place = draw(WORDS)
        where = Where(place, None, draw(WORDS), draw(DEGREES), draw(DEGREES), "exact", None) if place else None
        rows.append(
            replace(
                made.incidents[0],
                id=f"in-{number:08x}",
                where=where,
                actor=draw(WORDS),
                target=draw(WORDS),
                killed=Bounds(draw(NUMBERS), draw(NUMBERS), draw(NUMBERS)),
                campaigns=tuple(one for one in (draw(WORDS),) if one),
            )
        )
    plan = replace(made.plans[0], actor=draw(WORDS), target=draw(WORDS))
    return arranged((Read(masthead(told), reading(told)),), replace(made, incidents=tuple(rows), plans=(plan,)))


def _as_excel(text: str, order: Callable[[list[Any]], list[Any]]) -> str:
    """The file as a spreadsheet saves it: other separators, ends of lines, quotes, columns, and rows; numbers in its own way."""
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    columns = order(list(range(len(head))))
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    for row in (head, *order(rows)):
        cells = [
            re.sub(r"\A\d{1,9}\Z", r"\g<0>.0", row[n]).replace("true", "TRUE").replace("\n", "\r\n") for n in columns
        ]
        writer.writerow([*cells, "", ""])
    writer.writerow([""] * (len(head) + 2))
    return made.getvalue()


@settings(max_examples=30)
@given(views())
def test_an_export_that_comes_back_changes_nothing(tmp_path_factory: pytest.TempPathFactory, seen: View) -> None:
    found = imported.read(seen, written(seen, tmp_path_factory.mktemp("out")), "ines", "")
    assert found.changes == []
    assert sum(one.rows for one in found.compared) == sum(one.unchanged for one in found.compared) > 0


@settings(max_examples=20)
@given(views(), st.integers(0, 999))
def test_nor_does_one_that_a_spreadsheet_saved_anew(
    tmp_path_factory: pytest.TempPathFactory, seen: View, seed: int
) -> None:
    chance = random.Random(seed)
    paths = written(
        seen,
        tmp_path_factory.mktemp("out"),
        lambda text: "\ufeff" + _as_excel(text, lambda x: chance.sample(x, len(x))),
    )
    assert imported.read(seen, paths, "ines", "").changes == []


@given(st.one_of(WORDS, NUMBERS, DEGREES, st.booleans()))
def test_what_a_cell_says_is_said_again_by_its_text(cell: Cell) -> None:
    ((_,), (back,)) = csv.reader(
        io.StringIO(as_csv(["a"], [{"a": cell}]) if cell is not None else 'a\n""\n', newline="")
    )
    assert marks.plain(back) == marks.plain(cell)
    assert marks.plain(marks.plain(cell)) == marks.plain(cell)


# ---- marks


def test_a_mark_tells_its_table_and_which_field_is_another() -> None:
    (row,) = tables.rows(view(), "incidents")
    found = marks.read(str(row[marks.COLUMN]))
    assert found is not None
    assert found[0] == "incidents"
    for field, columns in marks.settable()["incidents"].columns.items():
        other = marks.read(marks.mark("incidents", {**row, columns[0]: "another"}))
        assert other is not None
        assert [name for name in found[1] if found[1][name] != other[1][name]] == [field]


@pytest.mark.parametrize("word", ["", "v", "v123", "v000abcdabcd", "in-1", "12345"])
def test_other_words_are_no_marks(word: str) -> None:
    assert marks.read(word) is None
    (row,) = tables.rows(view(), "incidents")
    assert marks.read(str(row[marks.COLUMN])[:-4]) is None


def test_no_spreadsheet_takes_a_mark_for_a_number_or_a_formula() -> None:
    for table in marks.settable():
        assert all(re.fullmatch("v[0-9a-f]+", str(row[marks.COLUMN])) for row in tables.rows(view(), table))


def test_what_is_settable_is_what_can_be_set() -> None:
    for table, one in marks.settable().items():
        known = tables.columns()[table].meanings
        assert all(column in known for columns in one.columns.values() for column in columns)
        assert set(one.columns) - {"review", "point"} <= set(fields()[one.sort])
        assert list(known)[-1] == marks.COLUMN


# ---- values of cells


@pytest.mark.parametrize(
    ("cell", "number"),
    [("6", 6), ("12.0", 12), ("12,0", 12), ("12.", 12), ("1,234", 1234), ("1 234", 1234), ("1'234'567", 1234567), (7, 7), ("", None), (None, None)],
)  # fmt: skip
def test_whole_numbers_as_spreadsheets_write_them(cell: Cell, number: int | None) -> None:
    assert setting.whole("killed_low", cell) == number


@pytest.mark.parametrize("cell", ["-3", -3, "1.234", "12.5", "1,23", "six", "1e3", "1,234 567", "#REF!", True])
def test_numbers_that_are_not_clear_are_refused(cell: Cell) -> None:
    with pytest.raises(Unclear):
        setting.whole("killed_low", cell)


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ((6, 7, 9), "6-7-9"),
        ((7, 7, 7), "7"),
        ((6, 6, None), "at least 6"),
        ((None, None, 9), "up to 9"),
        ((5, None, 7), "5-7"),
        ((6, None, None), "more than 5"),
        ((None, None, None), "unknown"),
        (("12.0", "12", "1,200"), "12-12-1200"),
    ],
)
def test_three_cells_are_one_figure(cells: tuple[Cell, Cell, Cell], value: str) -> None:
    named = dict(zip(("killed_low", "killed_best", "killed_high"), cells, strict=True))
    assert setting.value("incident", "killed", named) == value


@pytest.mark.parametrize("cells", [(9, 7, 6), (6, 7, None), (None, 7, None), (7, None, 5)])
def test_three_cells_that_are_no_figure_are_refused(cells: tuple[Cell, Cell, Cell]) -> None:
    named = dict(zip(("killed_low", "killed_best", "killed_high"), cells, strict=True))
    with pytest.raises(Unclear, match="no figure is like that"):
        setting.value("incident", "killed", named)


# ---- edits

EDITS: list[tuple[str, Told, list[tuple[str, str | None, str | None]]]] = [
    ("incidents", {"killed_best": "7", "killed_high": "9"}, [("set", "killed", "6-7-9")]),
    ("incidents", {"killed_low": "", "killed_best": ""}, [("set", "killed", "unknown")]),
    ("incidents", {"injured_low": "10.0", "injured_best": "10", "injured_high": "10"}, [("set", "injured", "10")]),
    ("incidents", {"first_day": "2031-03-30"}, [("set", "date", "2031-03-30/2031-03-31")]),
    ("incidents", {"first_day": "2031-04-01 00:00:00", "last_day": "2031-04-01"}, [("set", "date", "2031-04-01")]),
    ("incidents", {"first_day": "", "last_day": ""}, [("set", "date", "unknown")]),
    ("incidents", {"place": "Kelm Point"}, [("set", "place", "Kelm Point")]),
    ("incidents", {"place": "'=Kelm Point"}, [("set", "place", "=Kelm Point")]),
    ("incidents", {"place": "Kelm Point", "latitude": "", "longitude": ""}, [("set", "place", "Kelm Point")]),
    ("incidents", {"latitude": "55,5"}, [("set", "place", "Varnholm (55.5, -3.25)")]),
    ("incidents", {"place": "Kelm", "longitude": "3"}, [("set", "place", "Kelm (54.5, 3)")]),
    ("incidents", {"country": ""}, [("set", "country", "unknown")]),
    ("incidents", {"actor": "Tern Brigade", "target": "dockers"}, [("set", "actor", "Tern Brigade"), ("set", "target", "dockers")]),
    ("incidents", {"kind": "Naval strike", "status": "happened"}, [("set", "kind", "naval_strike"), ("set", "status", "happened")]),
    ("incidents", {"campaigns": "Varn coast"}, [("set", "campaign", "Varn coast")]),
    ("incidents", {"review": "Confirmed"}, [("confirm", None, None)]),
    ("incidents", {"review": "rejected", "actor": "x"}, [("set", "actor", "x"), ("reject", None, None)]),
    ("incidents", {"review": "not an incident"}, [("not_an_incident", None, None)]),
    ("plans", {"status": "denied", "place": "Ostrey"}, [("set", "place", "Ostrey"), ("set", "status", "denied")]),
    ("events", {"killed": "at least 7"}, [("set", "killed", "at least 7")]),
    ("events", {"killed": "7.0"}, [("set", "killed", "7")]),
    ("claims", {"source_kind": "witness", "stance": "calls for"}, [("set", "source_kind", "witness"), ("set", "stance", "calls for")]),
    ("tallies", {"low": "5", "best": "", "high": "7", "since": "2031-03-01"}, [("set", "count", "5-7"), ("set", "since", "2031-03-01")]),
    ("stories", {"outlet": "Ostrey Post"}, [("set", "outlet", "Ostrey Post")]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "cells", "wanted"), EDITS, ids=[f"{t} {e}" for t, e, _ in EDITS])
def test_an_edit_is_the_decision_that_was_meant(
    table: str, cells: Told, wanted: list[tuple[str, str | None, str | None]]
) -> None:
    seen = replace(view(), decisions=(), derived=replace(view().derived, standings=()))
    rows = exported(seen, table)
    rows[0].update(cells)
    found = compared(seen, table, rows)
    asked = [change.judgement for change in found]
    assert [(one.verdict, one.field, one.value) for one in asked if one] == wanted, found
    assert {one.target for one in asked if one} == {rows[0]["id"]}
    assert {(one.by, one.reason) for one in asked if one} == {("ines", "checked")}
    assert len({one.key for one in asked if one}) == len(wanted)


NOT: list[tuple[str, Told, str, str]] = [
    ("incidents", {"last_day": "31/03/2032"}, "date", "last_day: 31/03/2032 could be read in more than one way"),
    ("incidents", {"last_day": ""}, "date", "last_day is empty"),
    ("incidents", {"last_day": "2031-03-01"}, "date", "lies before"),
    ("incidents", {"independent_reports": "9"}, "independent_reports", "cannot be changed here"),
    ("incidents", {"grade": "fair indeed"}, "grade", "cannot be changed here"),
    ("incidents", {"id": "in-99999999"}, "id", "no such row"),
    ("incidents", {"id": ""}, "id", "has no id"),
    ("incidents", {"actor": WITHHELD}, "actor", "stands for a name"),
    ("incidents", {"actor": "a; " + WITHHELD}, "actor", "stands for a name"),
    ("incidents", {"actor": "x" * 1001}, "actor", "1,000 are kept at most"),
    ("incidents", {"actor": "a\x00b"}, "actor", "holds what is no text"),
    ("incidents", {"kind": "tickle"}, "kind", "tickle: kind of an incident is one of"),
    ("incidents", {"kind": ""}, "kind", "is one of"),
    ("incidents", {"status": "planned"}, "status", "happened, ongoing"),
    ("incidents", {"latitude": ""}, "place", "go together"),
    ("incidents", {"latitude": "", "longitude": ""}, "place", "cannot be taken away"),
    ("incidents", {"latitude": "91"}, "place", "lies outside"),
    ("incidents", {"latitude": "north"}, "place", "no number of degrees"),
    ("incidents", {"killed_best": "2"}, "killed", "no figure is like that"),
    ("incidents", {"killed_best": "1.234"}, "killed", "not clearly a whole number"),
    ("incidents", {"review": "maybe"}, "review", "confirmed, rejected, or not an incident"),
    ("incidents", {"place": "#REF!"}, "place", "error of the spreadsheet"),
    ("events", {"killed": "a good many"}, "killed", "write a number"),
]


@pytest.mark.parametrize(
    ("table", "cells", "field", "words"), NOT, ids=[f"{t} {next(iter(e.items()))!r:.40}" for t, e, _, _ in NOT]
)
def test_what_cannot_be_set_is_refused_with_a_reason(table: str, cells: Told, field: str, words: str) -> None:
    seen = replace(view(), decisions=(), derived=replace(view().derived, standings=()))
    rows = exported(seen, table)
    rows[0].update(cells)
    (change,) = compared(seen, table, rows)
    assert (change.state, change.field, change.judgement, change.number) == ("refused", field, None, 2)
    assert words in change.why


def test_a_decision_is_not_taken_back_by_emptying_a_cell() -> None:
    rows = exported(view(), "incidents")
    assert rows[0]["review"] == "decided"
    rows[0]["review"] = ""
    (change,) = compared(view(), "incidents", rows)
    assert (change.state, change.why) == ("refused", "a decision is taken back with: onrecord decide undo")


def test_a_row_that_stands_twice_is_taken_once_or_not_at_all() -> None:
    rows = exported(view(), "incidents")
    same = [{**rows[0], "actor": "Tern Brigade"}] * 2
    assert [change.state for change in compared(view(), "incidents", same)] == ["new"]
    other = [{**rows[0], "actor": "Tern Brigade"}, {**rows[0], "actor": "Gull Brigade"}]
    assert {(change.state, change.judgement) for change in compared(view(), "incidents", other)} == {("refused", None)}


# ---- what changed meanwhile


def _later(**changed: Any) -> View:
    seen = replace(view(), decisions=(), derived=replace(view().derived, standings=()))
    (incident,) = seen.derived.incidents
    return replace(seen, derived=replace(seen.derived, incidents=(replace(incident, **changed),)))


def test_what_the_ledger_alone_changed_stays() -> None:
    rows = exported(_later(), "incidents")
    assert compared(_later(actor="Gull Brigade", reports=("Ostrey Post", "Varn Courier")), "incidents", rows) == []


def test_another_field_of_a_row_that_changed_is_no_conflict() -> None:
    rows = exported(_later(), "incidents")
    rows[0]["target"] = "dockers"
    (change,) = compared(_later(actor="Gull Brigade"), "incidents", rows)
    assert (change.state, change.field, change.now) == ("new", "target", "dockers")


def test_what_both_changed_is_a_conflict_and_theirs_if_asked_so() -> None:
    rows, now = exported(_later(), "incidents"), _later(actor="Gull Brigade")
    rows[0]["actor"] = "Tern Brigade"
    (change,) = compared(now, "incidents", rows)
    assert (change.state, change.was, change.now, change.judgement) == (
        "conflict",
        "Gull Brigade",
        "Tern Brigade",
        None,
    )
    (change,) = compared(now, "incidents", rows, replace(SIGNED, theirs=True))
    assert change.judgement is not None
    assert (change.state, change.judgement.value) == ("changed", "Tern Brigade")


def test_both_changed_to_the_same_is_nothing() -> None:
    rows = exported(_later(), "incidents")
    rows[0]["actor"] = "Gull Brigade"
    assert compared(_later(actor="Gull Brigade"), "incidents", rows) == []


def test_a_row_is_not_confirmed_for_what_it_says_now_and_did_not_say() -> None:
    rows = exported(_later(), "incidents")
    rows[0]["review"] = "confirmed"
    (change,) = compared(_later(actor="Gull Brigade"), "incidents", rows)
    assert (change.state, change.field) == ("conflict", "review")


@pytest.mark.parametrize("mark", ["", "v12", None])
def test_a_row_without_a_mark_is_never_decided_unasked(mark: str | None) -> None:
    (row,) = exported(_later(), "incidents")
    row["actor"] = "Tern Brigade"
    if mark is None:
        del row[marks.COLUMN]
    else:
        row[marks.COLUMN] = mark
    (change,) = compared(_later(), "incidents", [row])
    assert change.state == "conflict"
    assert "row_version" in change.why


def test_columns_that_are_gone_say_nothing() -> None:
    (row,) = exported(_later(), "incidents")
    kept = {name: row[name] for name in ("id", "killed_best", marks.COLUMN)}
    assert compared(_later(), "incidents", [kept]) == []
    assert compared(_later(actor="Gull Brigade"), "incidents", [kept]) == []
    (change,) = compared(_later(killed=Bounds(6, 6, 8)), "incidents", [{**kept, "killed_best": "7"}])
    assert (change.state, change.now) == ("conflict", "6-7-8")


def test_notes_of_a_reviewer_are_passed_over() -> None:
    (row,) = exported(_later(), "incidents")
    assert compared(_later(), "incidents", [{**row, "my note": "look again", "": ""}]) == []


# ---- a ledger


@pytest.fixture
def out(sample_ledger: Ledger, tmp_path: Path) -> Path:
    files.export(pipeline.view(sample_ledger), "csv", tmp_path / "out")
    return tmp_path / "out"


def edited(path: Path, *cells: tuple[int, Told]) -> Path:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for number, changed in cells:
        rows[number].update(changed)
    made = io.StringIO()
    writer = csv.DictWriter(made, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(made.getvalue().encode("utf-8-sig"))
    return path


def taken(ledger: Ledger, *paths: Path, theirs: bool = False) -> tuple[Imported, list[Any]]:
    found = imported.read(pipeline.view(ledger), paths, "ines", "checked", theirs=theirs)
    return found, list(pipeline.decide_all(ledger, found.judgements, NOW))


def test_edits_show_in_the_ledger_and_twice_is_once(sample_ledger: Ledger, out: Path) -> None:
    path = edited(
        out / "incidents.csv",
        (0, {"killed_low": "5", "killed_best": "6", "killed_high": "7", "review": "confirmed"}),
        (1, {"place": "Karsted Mill", "latitude": "54.25", "longitude": "-3.5", "kind": "shelling"}),
        (2, {"review": "not an incident"}),
        (3, {"actor": "Tern Brigade", "first_day": "2024-09-01", "last_day": "2024-09-02"}),
    )
    before = {str(row["id"]): row for row in tables.rows(pipeline.view(sample_ledger), "incidents")}
    ids = list(before)
    found, made = taken(sample_ledger, path)
    assert len(made) == len(found.judgements) == 7
    assert not [one for one in made if isinstance(one, Exception)]
    now = {str(row["id"]): row for row in tables.rows(pipeline.view(sample_ledger), "incidents")}
    assert [now[ids[0]][f"killed_{one}"] for one in ("low", "best", "high")] == [5, 6, 7]
    assert (now[ids[1]]["place"], now[ids[1]]["latitude"], now[ids[1]]["kind"]) == ("Karsted Mill", 54.25, "shelling")
    assert ids[2] not in now
    assert (now[ids[3]]["actor"], now[ids[3]]["last_day"]) == ("Tern Brigade", "2024-09-02")
    assert [now[one] for one in ids[4:]] == [before[one] for one in ids[4:]]
    again, more = taken(sample_ledger, path)
    assert more == []
    assert not [change for change in again.changes if change.state not in ("made before",)]
    # The same edits in another file: what they say is so already
    other = path.with_name("again incidents.csv")
    other.write_bytes(path.read_bytes() + b"\r\n")
    assert taken(sample_ledger, other)[1] == []


def test_few_and_many_are_decided_alike(sample_ledger: Ledger, out: Path) -> None:
    with (out / "claims.csv").open(newline="", encoding="utf-8") as stream:
        count = len(list(csv.DictReader(stream)))
    path = edited(out / "claims.csv", *((n, {"review": "confirmed"}) for n in range(min(count, 12))))
    _, made = taken(sample_ledger, path)
    assert len(made) == 12
    decided = [row["target"] for row in tables.rows(pipeline.view(sample_ledger), "decisions")]
    assert decided == [one.decision.target for one in made]


def test_who_decides_meanwhile_is_not_overruled(sample_ledger: Ledger, out: Path) -> None:
    path = edited(out / "incidents.csv", (0, {"actor": "Tern Brigade"}), (1, {"actor": "Tern Brigade"}))
    found = imported.read(pipeline.view(sample_ledger), [path], "ines", "")
    target = found.judgements[0].target
    pipeline.decide(sample_ledger, Judgement("set", target, "oda", field="actor", value="Gull Brigade"), NOW)
    first, second = pipeline.decide_all(sample_ledger, found.judgements, NOW)
    assert isinstance(first, Conflict)
    assert isinstance(second, pipeline.Outcome)
    assert imported.decided(found.changes[0], first)[0].state == "conflict"
    (change,) = [one for one in taken(sample_ledger, path)[0].changes if one.state != "made before"]
    assert (change.state, change.was) == ("conflict", "Gull Brigade")
    _, made = taken(sample_ledger, path, theirs=True)
    assert [one.decision.value for one in made] == ["Tern Brigade"]


def test_a_row_that_was_merged_is_a_conflict(sample_ledger: Ledger, out: Path) -> None:
    path = edited(out / "incidents.csv", (0, {"actor": "Tern Brigade"}))
    one, other = [str(row["id"]) for row in tables.rows(pipeline.view(sample_ledger), "incidents")][:2]
    pipeline.decide(sample_ledger, Judgement("merge", one, "oda", into=other), NOW)
    (change,) = taken(sample_ledger, path)[0].changes
    assert (change.state, change.id) == ("conflict", other)
    assert "was merged since" in change.why


def test_a_workbook_comes_back_too(sample_ledger: Ledger, tmp_path: Path) -> None:
    seen = pipeline.view(sample_ledger)
    book = xlsxwriter.Workbook(tmp_path / "book.xlsx", {"strings_to_formulas": False, "strings_to_urls": False})
    for sheet in tables.sheets(seen):
        page = book.add_worksheet(sheet.name)
        page.write_row(0, 0, sheet.header)
        for number, row in enumerate(sheet.rows, 1):
            _write(book, page, number, row, sheet.name == "incidents" and number == 1)
    book.add_worksheet("my notes").write_row(0, 0, ["look", "again"])
    book.close()
    found = imported.read(seen, [tmp_path / "book.xlsx"], "ines", "")
    (change,) = found.changes
    assert (change.field, change.now, change.state) == ("killed", "5-5-9", "changed")
    assert any("my notes" in said for said in found.passed)


def _write(book: Any, page: Any, number: int, row: Row, change: bool) -> None:
    for place, (column, cell) in enumerate(row.items()):
        if column in ("first_day", "last_day") and cell is not None:
            day = date.fromisoformat(str(cell))
            page.write_datetime(number, place, day, book.add_format({"num_format": "dd/mm/yyyy"}))
        elif column == "killed_high" and change:
            page.write_number(number, place, 9)
        elif cell is not None:
            page.write(number, place, cell)


def test_what_is_no_table_of_ours_is_refused(tmp_path: Path) -> None:
    for text, words in (("a,b\n1,2\n", "neither a table of ours"), ("", "holds no table")):
        (tmp_path / "x.csv").write_text(text)
        with pytest.raises(BadTable, match=words):
            imported.read(view(), [tmp_path / "x.csv"], "ines", "")


def _named() -> Iterator[tuple[str, str]]:
    for table in tables.columns():
        yield table, f"{table}.csv"
        yield table, f"copy of {table} (2).csv"


@pytest.mark.parametrize(("table", "name"), list(_named()))
def test_a_table_is_known_whatever_its_file_is_called(tmp_path: Path, table: str, name: str) -> None:
    (tmp_path / name).write_text(as_text(view(), table), "utf-8")
    found = imported.read(view(), [tmp_path / name], "ines", "")
    assert [one.table for one in found.compared] == ([table] if table in marks.settable() else [])
    assert len(found.passed) == (table not in marks.settable())
