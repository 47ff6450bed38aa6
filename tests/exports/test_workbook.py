"""A workbook gives every cell back, and runs none of them."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime, time
from typing import Any

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_back import value

from invented import view
from onrecord.exports import files, sheets, tables, workbook
from onrecord.exports.sheets import Column, Sheet
from onrecord.pipeline import View

WRITTEN = dict(files.made(view(), "xlsx"))
COLUMNS = (
    Column("id", "a name"),
    Column("words", "a text"),
    Column("number", "a whole number", "integer"),
    Column("degrees", "a number", "number"),
    Column("sure", "a truth value", "boolean"),
    Column("day", "a day", "date"),
    Column("moment", "a moment", "datetime"),
)


def opened(data: bytes) -> python_calamine.CalamineWorkbook:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))


def made(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """The files of a ledger that has one table of those rows."""
    monkeypatch.setattr(tables, "sheets", lambda _: iter([Sheet("things", COLUMNS, rows)]))
    monkeypatch.setattr(workbook, "explained", lambda _: Sheet("codebook", COLUMNS[:1], ()))
    return {file.name: file.data for file in workbook.files(view())}


def row(**said: Any) -> dict[str, Any]:
    return {**{column.name: None for column in COLUMNS}, "id": "th-1", **said}


def back(data: bytes, name: str = "things") -> list[list[Any]]:
    return opened(data).get_sheet_by_name(name).to_python(skip_empty_area=False)[1:]


def read(said: Any) -> Any:
    """A value as the reader gives it: in no zone, and a midnight as a day."""
    if not isinstance(said, datetime):
        return said
    return said.date() if said.time() == time() else said.replace(tzinfo=None)


def lost(files: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(one["record"], one["act"], one["column"]) for one in json.loads(files["loss.json"])["losses"]]


# ---- what is in it


def test_every_table_is_a_sheet_with_all_its_rows() -> None:
    book = opened(WRITTEN["onrecord.xlsx"])
    assert book.sheet_names == ["read me", *tables.columns(), "codebook"]
    assert book.sheet_names[1] == "incidents"
    for sheet in tables.sheets(view()):
        found = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        assert found[0] == sheet.header
        for cells, said in zip(found[1:], sheet.rows, strict=True):
            for cell, column in zip(cells, sheet.columns, strict=True):
                expected = value(said[column.name], column)
                assert (cell if cell != "" else None) == read(expected), column
    assert lost(WRITTEN) == []


def test_the_codebook_is_a_sheet() -> None:
    found = back(WRITTEN["onrecord.xlsx"], "codebook")
    assert found == [[s.name, c.name, c.meaning] for s in tables.empty_sheets() for c in s.columns]


def test_it_says_what_it_is_and_what_may_be_changed() -> None:
    words = "\n".join("\t".join(line) for line in opened(WRITTEN["onrecord.xlsx"]).get_sheet_by_index(0).to_python())
    assert "not known" in words
    assert "never means zero" in words
    found = dict(line.split("\t") for line in words.splitlines() if not line.startswith("\t"))
    assert found["incidents"].startswith("kind, status, first_day, last_day, place")
    assert "killed_best" in found["incidents"]
    assert "grade" not in found["incidents"]
    assert "mutations" not in found


@pytest.mark.parametrize("table", tables.columns())
def test_what_may_be_changed_are_columns(table: str) -> None:
    assert set(workbook.changeable(table)) <= set(tables.columns()[table].meanings)


def test_headers_stay_in_sight_and_filter() -> None:
    with zipfile.ZipFile(io.BytesIO(WRITTEN["onrecord.xlsx"])) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if re.search(r"sheet\d+\.xml$", name)]
        moments = {one.date_time for one in parts.infolist()}
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")
    assert len(moments) == 1
    for page in pages[1:]:
        assert 'state="frozen"' in page
        assert "<autoFilter" in page
    assert not any("<f>" in page or "<hyperlink" in page for page in pages)


# ---- any cell

# What XML holds; the rest is replaced
WORDS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=20),
    st.text("=+-@'\t\r\n \"<>&/r_x0041;\ufeff|%,a", min_size=1, max_size=12),
    st.sampled_from(["<r>", "<r></r>", "<r><t>no</t></r>", "_x0041_", "=HYPERLINK(1)", "https://example.org/", "-1", "1e3", "TRUE"]),
)  # fmt: skip
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            WORDS.filter(lambda words: not re.search("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_", words)),
            st.integers(-(10**15), 10**15),
            st.floats(-180, 180).map(lambda degrees: round(degrees, 6)),
            st.booleans(),
            MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_cell_comes_back(said: list[tuple[str, int, float, bool, datetime]]) -> None:
    rows = [
        row(words=words, number=number, degrees=degrees, sure=sure, day=at.date().isoformat(), moment=at.isoformat())
        for words, number, degrees, sure, at in said
    ]
    with pytest.MonkeyPatch.context() as patch:
        found = made(patch, rows)
    assert back(found["onrecord.xlsx"]) == [
        ["th-1", words, number, degrees, sure, at.date(), read(at)] for words, number, degrees, sure, at in said
    ]
    assert lost(found) == []


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("a\x00b", "a\u2400b"),
        ("\x1b[1m", "\u241b[1m"),
        ("a\uffff", "a\ufffd"),
        ("a\ud800b", "a\ufffdb"),
        ("_x005F_x0041_", "_x005F\uff3fx0041_"),
    ],
)
def test_what_xml_cannot_hold_is_replaced_one_for_one(monkeypatch: pytest.MonkeyPatch, words: str, held: str) -> None:
    found = made(monkeypatch, [row(words=words)])
    assert back(found["onrecord.xlsx"])[0][1] == held
    assert len(held) == len(words)
    assert lost(found) == [("th-1", "rounded", "words")]


@pytest.mark.parametrize("character", ["a", "\U0001f6a2"])
def test_a_text_too_long_is_cut(monkeypatch: pytest.MonkeyPatch, character: str) -> None:
    fits = 32_767 // (len(character.encode("utf-16-le")) // 2)
    found = made(monkeypatch, [row(words=character * fits), row(words=character * 40_000)])
    assert [cells[1] for cells in back(found["onrecord.xlsx"])] == [character * fits] * 2
    assert lost(found) == [("th-1", "rounded", "words")]


@pytest.mark.parametrize(
    ("column", "said", "held"),
    [
        ("day", "1899-12-31", "1899-12-31"),
        ("moment", "1850-01-01T00:00:00+00:00", "1850-01-01T00:00:00+00:00"),
        ("moment", "2031-04-01T02:00:00.000001+00:00", datetime(2031, 4, 1, 2)),  # noqa: DTZ001
        ("degrees", 0.1 + 0.2, 0.3),
        ("number", 2**60 + 1, float(f"{2**60 + 1:.16G}")),
    ],
)
def test_what_a_workbook_holds_more_coarsely_is_told(
    monkeypatch: pytest.MonkeyPatch, column: str, said: Any, held: Any
) -> None:
    found = made(monkeypatch, [row(**{column: said})])
    place = [one.name for one in COLUMNS].index(column)
    assert (back(found["onrecord.xlsx"])[0] + [""] * 7)[place] == held
    assert lost(found) == [("th-1", "rounded", column)]


def test_a_moment_of_another_zone_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    found = made(monkeypatch, [row(moment="2031-04-01T02:00:00+03:00")])
    assert back(found["onrecord.xlsx"])[0][6] == datetime(2031, 3, 31, 23)  # noqa: DTZ001


def test_rows_that_a_sheet_cannot_hold_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_ROWS", 2)
    found = made(monkeypatch, [row(number=n) for n in range(5)])
    assert [cells[2] for cells in back(found["onrecord.xlsx"])] == [0, 1]
    (one,) = [one for one in json.loads(found["loss.json"])["losses"] if one["record"] == "things"]
    assert (one["act"], one["had"]) == ("left out", "3 rows")


@pytest.mark.parametrize("words", ["=1+1", "-1", "@a", " =1", "'a"])
def test_a_text_that_is_edited_stays_text(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    assert sheets.escaped(words) != words
    found = made(monkeypatch, [row(words=words)])
    with zipfile.ZipFile(io.BytesIO(found["onrecord.xlsx"])) as parts:
        page, styles = parts.read("xl/worksheets/sheet2.xml").decode(), parts.read("xl/styles.xml").decode()
    (number,) = re.findall(r'<c r="B2" s="(\d+)"', page)
    looks = re.findall(r"<xf [^>]*>", styles.partition("<cellXfs")[2])
    assert 'quotePrefix="1"' in looks[int(number)]


def test_a_number_that_is_none_is_never_written(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((ValueError, TypeError)):
        made(monkeypatch, [row(degrees=float("nan"))])


def test_it_withholds_private_names() -> None:
    seen: View = view()
    assert b"Brenk" not in b"".join(data for _, data in files.made(seen, "prov"))
    text = repr([opened(WRITTEN["onrecord.xlsx"]).get_sheet_by_name(n).to_python() for n in tables.columns()])
    assert "(name withheld)" in text
    assert "Brenk" not in text
