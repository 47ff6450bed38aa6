"""What leaves the ledger as files: complete, reversible, and without the names of private persons."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from invented import TEXT, derived, masthead, reading, story, view
from onrecord.errors import TryLater, WrongUse
from onrecord.exports import files, sheets, tables
from onrecord.exports.private import WITHHELD, Private
from onrecord.pipeline import View, arranged
from onrecord.records import Derived, Read, Source

VIEW = view()
EMPTY = arranged((), Derived())


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


# ---- columns


@pytest.mark.parametrize("table", tables.columns())
def test_rows_have_exactly_the_columns_that_are_explained(table: str) -> None:
    found = list(tables.rows(VIEW, table))
    assert found, "the invented ledger has a row in every table"
    for row in found:
        assert list(row) == list(tables.columns()[table].meanings)
        assert all(cell is None or cell != "" for cell in row.values()), "unknown is None, and no empty text"


def test_the_codebook_beside_an_export_covers_it(tmp_path: Path) -> None:
    written = {path.name: path for path in files.export(VIEW, "csv", tmp_path)}
    del written["datapackage.json"]
    book = read_csv(written.pop("codebook.csv").read_text("utf-8"))
    assert book[0] == ["table", "column", "meaning"]
    for name, path in written.items():
        header = read_csv(path.read_text("utf-8"))[0]
        assert [row[1] for row in book[1:] if f"{row[0]}.csv" == name] == header, name
    assert all(row[2] for row in book[1:])


# ---- csv

CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.text("=+-@'\t\r\n \"\uff1d\uff0b\uff0d\uff20\ufeff|%,;a1", min_size=1, max_size=6),
)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_comes_back_from_csv(rows: list[tuple[str, str]]) -> None:
    text = sheets.as_csv(["a", "b"], [{"a": a, "b": b} for a, b in rows])
    back = [[cell.removeprefix("'") for cell in row] for row in read_csv(text)[1:]]
    assert back == [list(row) for row in rows]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        '"=1',
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "|cmd",
        "'=1",
    ],
)
def test_no_spreadsheet_runs_a_cell(cell: str) -> None:
    ((found,),) = read_csv(sheets.as_csv(["a"], [{"a": cell}]))[1:]
    assert found == "'" + cell


@pytest.mark.parametrize(
    ("cell", "written"), [(-3, "-3"), (-3.25, "-3.25"), (0, "0"), (None, ""), (True, "true"), (False, "false")]
)
def test_numbers_and_truth_values_stay(cell: Any, written: str) -> None:
    assert sheets.as_csv(["a", "b"], [{"a": cell, "b": "x"}]) == f"a,b\n{written},x\n"


# ---- jsonl and geojson


def test_jsonl_holds_every_row_as_it_is(tmp_path: Path) -> None:
    written = [path for path in files.export(VIEW, "jsonl", tmp_path) if path.suffix == ".jsonl"]
    assert {path.stem for path in written} == set(tables.columns())
    for path in written:
        found = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
        assert found == list(tables.rows(VIEW, path.stem))


def located(lat: float | None, lon: float | None) -> View:
    told = story()
    made = derived(told, reading(told))
    (incident,) = made.incidents
    assert incident.where
    moved = replace(incident, where=replace(incident.where, lat=lat, lon=lon))
    return arranged(VIEW.reads, replace(made, incidents=(moved, replace(incident, id="in-00000002", where=None))))


def test_geojson_is_valid_and_leaves_no_incident_out(tmp_path: Path) -> None:
    written = {
        p.name: json.loads(p.read_text("utf-8")) for p in files.export(located(54.5, -3.25), "geojson", tmp_path)
    }
    collection, loss = written["incidents.geojson"], written["loss.json"]
    assert set(collection) == {"type", "features"}
    assert collection["type"] == "FeatureCollection"
    for feature in collection["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
    by_id = {feature["id"]: feature for feature in collection["features"]}
    assert by_id["in-00000001"]["geometry"] == {"type": "Point", "coordinates": [-3.25, 54.5]}, "longitude stands first"
    assert by_id["in-00000002"]["geometry"] is None
    assert loss["written"] == {"incidents.geojson": 2}
    assert [lost["record"] for lost in loss["losses"] if lost["column"] == "geometry"] == ["in-00000002"]
    assert "claims" in [lost["record"] for lost in loss["losses"] if lost["act"] == "left out"]


def test_a_number_that_is_none_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.export(located(float("nan"), 0.0), "geojson", tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---- the files


@pytest.mark.parametrize("form", files.FORMS)
def test_equal_ledgers_give_equal_bytes(tmp_path: Path, form: str) -> None:
    told = [story(n, text=TEXT, published=story(n % 3).published) for n in range(1, 6)]
    reads = [Read(masthead(one), reading(one)) for one in told]
    made = derived(told[0], reading(told[0]))
    for folder, order in (("a", reads), ("b", reads[::-1])):
        files.export(arranged(order, made), form, tmp_path / folder)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert "datapackage.json" in names
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)


@pytest.mark.parametrize("form", files.FORMS)
def test_an_empty_ledger_is_exported(tmp_path: Path, form: str) -> None:
    assert all(path.exists() for path in files.export(EMPTY, form, tmp_path / "new" / "folder"))


def test_a_file_in_the_way_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(WrongUse, match="--out") as caught:
            files.export(VIEW, "csv", folder)
        assert str(folder) in str(caught.value)


def test_a_file_is_whole_or_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> None:
        self.write_text(data[:10].decode())
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(TryLater, match="No space left"):
        files.export(VIEW, "csv", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x.pdf", "ends in none of .png, .svg"),
        ("png", "ends in none of .png, .svg"),
        ("folder.svg", "is a folder"),
        ("no/such/x.PNG", "the folder .*no/such does not exist"),
    ],
)
def test_a_file_that_cannot_be_is_wrong_use(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(WrongUse, match=f"--plot .*{name}: {words}"):
        files.form_of(tmp_path / name, ("png", "svg"), "--plot")
    assert files.form_of(tmp_path / "x.SVG", ("png", "svg"), "--plot") == "svg"


# ---- names


def with_source(source: Source) -> View:
    told = story()
    return view(told, reading(told, second=source))


def everything(seen: View, folder: Path) -> str:
    """All that any form says."""
    return "".join(words(path) for form in files.FORMS for path in files.export(seen, form, folder / form))


def words(path: Path) -> str:
    if path.suffix == ".xlsx":
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return repr([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    return repr(parquet.read_table(path).to_pylist()) if path.suffix == ".parquet" else path.read_text("utf-8")


PRIVATE = [
    Source("named_person", "Oda Brenk"),
    Source("named_person", "Oda Brenk", role="fishmonger"),
    Source("named_person", "Oda Brenk", role="beekeeper"),
    Source("named_person", "Oda Brenk", role="resident", affiliation="Varnholm"),
    Source("witness", "Oda Brenk", role="deputy mayor"),
]
PUBLIC = [
    Source("named_person", "Oda Brenk", role="deputy mayor of Varnholm"),
    Source("named_person", "Oda Brenk", role="spokeswoman"),
    Source("named_person", "Oda Brenk", affiliation="Harbour Authority"),
]


@pytest.mark.parametrize("source", PRIVATE, ids=str)
def test_the_name_of_a_private_person_is_in_no_export(tmp_path: Path, source: Source) -> None:
    told = story(headline="Oda Brenk, fishmonger, tells of shells")
    found = everything(view(told, reading(told, second=source)), tmp_path)
    assert "Brenk" not in found
    assert "(name withheld)" in found
    assert "Harbour Authority" in found


@pytest.mark.parametrize("source", PUBLIC, ids=str)
def test_who_acts_in_office_is_named(tmp_path: Path, source: Source) -> None:
    assert "Oda Brenk" in everything(with_source(source), tmp_path)


@pytest.mark.parametrize(
    ("name", "named"), [("Col. Oda Brenk", True), ("Mrs. Oda Brenk", False), ("Dr. Oda Brenk", False)]
)
def test_a_rank_is_an_office_and_a_courtesy_is_none(tmp_path: Path, name: str, named: bool) -> None:
    assert (name in everything(with_source(Source("named_person", name)), tmp_path)) == named


def test_one_name_stands_for_a_person_only_where_it_is_the_whole_value(tmp_path: Path) -> None:
    found = everything(with_source(Source("named_person", "Varnholm")), tmp_path)
    assert "Shells hit the quay at Varnholm" in found
    assert "Harbour Authority; (name withheld)" in found


def test_a_witness_without_a_name_keeps_the_words_for_one() -> None:
    (_, claim, _) = tables.rows(with_source(Source("witness", "a resident")), "claims")
    assert claim["source_name"] == "(name withheld)"
    assert "a resident" in str(
        next(iter(tables.rows(with_source(Source("witness", "a resident")), "incidents")))["sources"]
    )


def test_a_place_that_is_also_a_person_keeps_its_name() -> None:
    told = story()
    found = reading(told)
    person = replace(found.claims[0], source=Source("named_person", "Tarn"))
    private = Private(View((Read(masthead(told), replace(found, claims=(person,))),), Derived()))
    assert private.withheld({"place": "Tarn", "source_name": "Tarn"}) == {"place": "Tarn", "source_name": WITHHELD}


# ---- types

_FITS = {
    "string": lambda cell: isinstance(cell, str),
    "integer": lambda cell: isinstance(cell, int) and not isinstance(cell, bool),
    "number": lambda cell: isinstance(cell, float),
    "boolean": lambda cell: isinstance(cell, bool),
    "date": lambda cell: isinstance(cell, str) and date.fromisoformat(cell).isoformat() == cell,
    "datetime": lambda cell: isinstance(cell, str) and datetime.fromisoformat(cell).utcoffset() is not None,
}


def test_cells_are_of_the_type_of_their_column() -> None:
    for sheet in tables.sheets(VIEW):
        for column in sheet.columns:
            odd = [
                row[column.name]
                for row in sheet.rows
                if row[column.name] is not None and not _FITS[column.type](row[column.name])
            ]
            assert not odd, (sheet.name, column)
