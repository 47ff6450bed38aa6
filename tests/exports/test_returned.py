"""Tables as spreadsheets save them, and files that are none, or mean harm."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from onrecord.errors import BadTable, WrongUse
from onrecord.exports import returned, spreadsheet
from onrecord.exports.private import Cell
from onrecord.exports.returned import Limits

KNOWN = {"id", "place", "killed_low"}
ROWS = [{"id": "in-1", "place": "Kelm; Point", "killed_low": "6"}, {"id": "in-2", "place": "", "killed_low": "12"}]


def read(path: Path, limits: Limits | None = None) -> list[tuple[str, list[dict[str, Cell]]]]:
    return [
        (page.stem, [row for _, row in page.rows]) for page in returned.pages(path, KNOWN, limits or returned.Limits())
    ]


def saved(tmp_path: Path, data: bytes, name: str = "incidents.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


TEXT = 'id,place,killed_low\nin-1,"Kelm; Point",6\nin-2,,12\n'


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace(",", "\t").encode("utf-16"),
        b'id;place;killed_low\r\nin-1;"Kelm; Point";6\r\nin-2;;12\r\n',
        b'sep=;\r\nid;place;killed_low\r\nin-1;"Kelm; Point";6\r\nin-2;;12\r\n',
        b'"id","place","killed_low"\n"in-1","Kelm; Point","6"\n\n"in-2","","12"\n,,\n,,',
        b'ID,Place ,"killed_low",,\nin-1,"Kelm; Point",6,,\nin-2,,12,,\n',
    ],
)
def test_the_same_table_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    assert read(saved(tmp_path, data)) == [("incidents", ROWS)]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    path = saved(tmp_path, b'id,place\nin-1,"two\nlines"\n\nin-2,x\n')
    (page,) = list(pages_of(path))
    assert page == [2, 4]
    (page,) = list(pages_of(saved(tmp_path, b"sep=,\nid,place\nin-1,x\n")))
    assert page == [3]


def pages_of(path: Path) -> list[list[int]]:
    return [[number for number, _ in page.rows] for page in returned.pages(path, KNOWN)]


def test_a_file_without_a_head_has_numbers_for_names(tmp_path: Path) -> None:
    (page,) = read(saved(tmp_path, b"7,a,a\n8,b,c\n"))
    assert page[1] == [{"1": "7", "2": "a", "3": "a"}, {"1": "8", "2": "b", "3": "c"}]


REFUSED: list[tuple[bytes, str]] = [
    (b"id,place\nin-1,K\xe4lm\n", "is not written in UTF-8"),
    (b"i\x00d\x00,\x00", "is no text"),
    (b'id,place\nin-1,"never closed\n', "row 2 cannot be read"),
    (b'id,place\nin-1,"a"b\n', "row 2 cannot be read"),
    (b"id,place\nin-1,Kelm, Point\n", "row 2 has 3 cells, and the head 2"),
    (b"id,place,ID\nin-1,x,y\n", "the column id stands twice"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1", "password"),
    (b"%PDF-1.7", "is a PDF"),
    (b"\x1f\x8b\x08\x00", "unpack it first"),
    (b"PK\x03\x04 nothing else", "is no whole .xlsx file"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path: Path, data: bytes, words: str) -> None:
    path = saved(tmp_path, data)
    with pytest.raises(BadTable, match=words) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_no_file_and_a_folder_are_wrong_use(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "no.csv", "is not there"), (tmp_path, "is a folder")):
        with pytest.raises(WrongUse, match=words):
            read(path)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(size=20), "bytes; 20 are read at most"),
        (Limits(rows=1), "more than 1 rows"),
        (Limits(columns=2), "row 1 has 3 cells; 2 are read at most"),
        (Limits(cell=4), "column"),
    ],
)
def test_limits_are_kept(tmp_path: Path, limits: Limits, words: str) -> None:
    with pytest.raises(BadTable, match=words):
        read(saved(tmp_path, TEXT.encode()), limits)


# ---- workbooks


def book(path: Path, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    made = xlsxwriter.Workbook(path)
    fill(made)
    made.close()
    return path


def _two(made: xlsxwriter.Workbook) -> None:
    sheet = made.add_worksheet("incidents")
    sheet.write_row(0, 0, ["id", "place", "killed_low", "first_day", "background"])
    sheet.write_row(1, 0, ["in-1", "'=Kelm"])
    sheet.write_number(1, 2, 6)
    sheet.write_datetime(1, 3, date(2031, 3, 31), made.add_format({"num_format": "dd/mm/yyyy"}))
    sheet.write_boolean(1, 4, True)
    made.add_worksheet("empty")
    made.add_worksheet("plans").write_row(2, 1, ["id", "place"])


def test_a_workbook_is_a_table_a_sheet(tmp_path: Path) -> None:
    found = read(book(tmp_path / "book.xlsx", _two))
    row = {"id": "in-1", "place": "'=Kelm", "killed_low": 6, "first_day": "2031-03-31", "background": True}
    assert found == [("incidents", [row]), ("plans", [])]


def test_sheets_that_are_not_read_are_passed_over(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", _two)
    assert [page.name for page in returned.pages(path, KNOWN)] == [f"{path}!incidents", f"{path}!plans"]


def _parts(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """The same workbook with parts of it changed."""
    whole = io.BytesIO()
    with zipfile.ZipFile(path) as was, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as now:
        for name in was.namelist():
            now.writestr(name, change(name, was.read(name)))
    path.write_bytes(whole.getvalue())


def test_a_workbook_that_unpacks_to_more_than_memory_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", _two)
    _parts(path, lambda name, data: data.replace(b'r="A2"', b'r="XFD1048576"') if "sheet1" in name else data)
    confines = spreadsheet.Confines(memory=400_000_000)
    with pytest.raises(BadTable, match=r"book\.xlsx.*memory"):
        [list(rows) for _, rows in spreadsheet.sheets(path, confines)]


def test_a_workbook_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "book.xlsx", _two)
    with pytest.raises(BadTable, match="takes longer than 0 seconds"):
        list(spreadsheet.sheets(path, spreadsheet.Confines(wall=0.0)))
