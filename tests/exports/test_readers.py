"""Other programs read what is written: pandas, polars, frictionless; R and LibreOffice at night, when they have to be there."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import polars as pl
import pytest
from pyarrow import parquet
from reading_back import value

from invented import view
from onrecord import pipeline
from onrecord.exports import datapackage, files, parts, sheets, tables
from onrecord.exports.parts import File
from onrecord.exports.sheets import Column, Sheet
from onrecord.ledger import Ledger, open_ledger
from onrecord.pipeline import View, arranged
from onrecord.records import Derived

PANDAS: dict[str, Any] = {"integer": "Int64", "number": "float64", "boolean": "boolean", "string": "string"}
POLARS: dict[str, Any] = {
    "integer": pl.Int64, "number": pl.Float64, "boolean": pl.Boolean, "string": pl.String, "date": pl.Date,
    "datetime": pl.Datetime("us", "UTC"),
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(sample_file: Path, tmp_path_factory: pytest.TempPathFactory) -> View:
    """The sample."""
    path = tmp_path_factory.mktemp("readers") / "sample.db"
    path.write_bytes(sample_file.read_bytes())
    ledger: Ledger = open_ledger(str(path))
    found = pipeline.view(ledger)
    ledger.close()
    return found


@pytest.fixture(scope="module")
def written(seen: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every form of the sample, each in its folder."""
    folder = tmp_path_factory.mktemp("exports")
    for form in files.FORMS:
        files.export(seen, form, folder / form)
    return folder


def expected(sheet: Sheet) -> list[dict[str, Any]]:
    return [{column.name: value(row[column.name], column) for column in sheet.columns} for row in sheet.rows]


# ---- tables


def test_pandas_reads_csv_with_its_types(seen: View, written: Path) -> None:
    for sheet in tables.sheets(seen):
        days = [column.name for column in sheet.columns if column.type in ("date", "datetime")]
        types = {column.name: PANDAS[column.type] for column in sheet.columns if column.name not in days}
        # "None" is a word, and unknown is an empty cell
        found = pd.read_csv(
            written / "csv" / f"{sheet.name}.csv", dtype=types, parse_dates=days, keep_default_na=False, na_values=[""]
        )
        assert list(found.columns) == sheet.header
        assert len(found) == len(sheet.rows)
        for column in sheet.columns:
            cells = [None if pd.isna(cell) else cell for cell in found[column.name]]
            assert [_plain(cell, column) for cell in cells] == [row[column.name] for row in expected(sheet)], column


def _plain(cell: Any, column: Column) -> Any:
    if isinstance(cell, pd.Timestamp):
        return cell.date() if column.type == "date" else cell.to_pydatetime()
    return sheets.unescaped(cell) if isinstance(cell, str) else cell


def test_polars_reads_csv_with_its_types(seen: View, written: Path) -> None:
    for sheet in tables.sheets(seen):
        schema = {column.name: POLARS[column.type] for column in sheet.columns}
        found = pl.read_csv(written / "csv" / f"{sheet.name}.csv", schema=schema)
        back = [{key: _plain(cell, Column(key, "")) for key, cell in row.items()} for row in found.to_dicts()]
        assert back == expected(sheet), sheet.name


def test_pandas_reads_parquet_with_its_types(seen: View, written: Path) -> None:
    for sheet in tables.sheets(seen):
        found = pd.read_parquet(written / "parquet" / f"{sheet.name}.parquet", dtype_backend="pyarrow")
        back = [{key: None if pd.isna(cell) else cell for key, cell in row.items()} for row in found.to_dict("records")]
        for row in back:
            row.update({key: cell.to_pydatetime() for key, cell in row.items() if isinstance(cell, pd.Timestamp)})
        assert back == expected(sheet), sheet.name


def test_polars_reads_parquet_with_its_types(seen: View, written: Path) -> None:
    for sheet in tables.sheets(seen):
        found = pl.read_parquet(written / "parquet" / f"{sheet.name}.parquet")
        assert dict(found.schema) == {column.name: POLARS[column.type] for column in sheet.columns}
        assert found.to_dicts() == expected(sheet)


def test_parquet_says_what_its_columns_mean(seen: View, written: Path) -> None:
    for sheet in tables.empty_sheets():
        schema = parquet.read_schema(written / "parquet" / f"{sheet.name}.parquet")
        found = {name: schema.field(name).metadata[b"meaning"].decode() for name in schema.names}
        assert found == {column.name: column.meaning for column in sheet.columns}


def test_csv_for_excel_is_the_same_behind_its_mark(seen: View, written: Path, tmp_path: Path) -> None:
    for path in files.export(seen, "csv", tmp_path, excel=True):
        if path.suffix == ".csv":
            assert path.read_bytes() == b"\xef\xbb\xbf" + (written / "csv" / path.name).read_bytes()
    assert frictionless.validate(str(tmp_path / datapackage.NAME)).valid


# ---- data packages


@pytest.mark.parametrize("form", files.FORMS)
def test_a_data_package_is_valid_and_lists_every_file(written: Path, form: str) -> None:
    place = written / form / datapackage.NAME
    report = frictionless.validate(str(place))
    assert report.valid, report.flatten(["name", "type", "message"])
    said = json.loads(place.read_text("utf-8"))
    listed = [resource["path"] for resource in said["resources"]]
    assert sorted([*listed, datapackage.NAME]) == sorted(path.name for path in (written / form).iterdir())
    assert len({resource["name"] for resource in said["resources"]}) == len(listed)
    assert not {"created", "licenses"} & set(said)


@pytest.mark.parametrize("form", files.FORMS)
def test_a_data_package_of_an_empty_ledger_is_valid(tmp_path: Path, form: str) -> None:
    files.export(arranged((), Derived()), form, tmp_path)
    assert frictionless.validate(str(tmp_path / datapackage.NAME)).valid


def test_rows_that_no_file_of_csv_holds_are_of_their_types(seen: View, written: Path) -> None:
    said = json.loads((written / "jsonl" / datapackage.NAME).read_text("utf-8"))
    for resource in said["resources"]:
        lines = (written / "jsonl" / resource["path"]).read_text("utf-8").split("\n")[:-1]
        if not resource["path"].endswith(".jsonl") or not lines:
            continue
        rows = [json.loads(line) for line in lines]
        schema = frictionless.Schema.from_descriptor(resource["schema"])
        assert frictionless.Resource(data=rows, schema=schema).validate().valid, resource["name"]


@pytest.mark.parametrize("change", [b"9", b""])
def test_a_changed_file_is_found_out(tmp_path: Path, change: bytes) -> None:
    files.export(view(), "csv", tmp_path)
    place = tmp_path / "incidents.csv"
    place.write_bytes(place.read_bytes().replace(b"-3.25", change))
    report = frictionless.validate(str(tmp_path / datapackage.NAME))
    assert "hash-count" in {type_ for (type_,) in report.flatten(["type"])}


def test_a_package_knows_separators_and_words_for_unknown(tmp_path: Path) -> None:
    sheet = Sheet(
        "deaths",
        (Column("who", "who died"), Column("number", "how many", "integer")),
        ({"who": "a\tb", "number": None},),
    )
    made = parts.table(sheet, ending="tsv", separator="\t", unknown="None")
    other = File("deaths.json", b"{}\n")
    for file in (made, other, datapackage.describe("Odd form", "a form of a test", [made, other])):
        (tmp_path / file.name).write_bytes(file.data)
    assert frictionless.validate(str(tmp_path / datapackage.NAME)).valid
    table, rest = json.loads((tmp_path / datapackage.NAME).read_text("utf-8"))["resources"]
    assert (table["name"], rest["name"]) == ("deaths.tsv", "deaths.json"), "names are told apart"
    found = frictionless.Package(str(tmp_path / datapackage.NAME)).get_resource("deaths.tsv").read_rows()
    assert [row.to_dict() for row in found] == [{"who": "a\tb", "number": None}]


# ---- bytes

_DIGEST = """
import hashlib
from invented import view
from onrecord.exports import files
for form in files.FORMS:
    for name, data in files.made(view(), form):
        print(form, name, hashlib.sha256(data).hexdigest())
"""


def test_another_process_writes_the_same_bytes() -> None:
    def told(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
        return subprocess.run(
            [sys.executable, "-c", _DIGEST], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = told("1")
    assert len(first.splitlines()) > 40
    assert told("2") == first


def test_libraries_are_loaded_only_when_they_are_asked_for() -> None:
    asked = "import sys, onrecord.exports.files; print([m for m in ('pyarrow', 'xlsxwriter') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


# ---- at night


def cells(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""))


@pytest.mark.nightly
def test_libreoffice_gives_every_csv_back(written: Path, tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is not installed here: its program soffice is asked for"
    filter_ = "Text - txt - csv (StarCalc)"
    for path in sorted((written / "csv").glob("*.csv")):
        width = len(next(cells(path.read_text("utf-8"))))
        columns = "/".join(f"{n}/2" for n in range(1, width + 1))
        # Comma, quotation mark, UTF-8, from the first line on, every column as text; nothing is worked out
        reading = f"{filter_}:44,34,76,1,{columns},0,true,false,false,false,false,0,false"
        writing = f"csv:{filter_}:44,34,76,1,,0,false,true,false"
        subprocess.run(
            [program, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", f"--infilter={reading}",
             "--convert-to", writing, "--outdir", str(tmp_path), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        back = (tmp_path / path.name).read_text("utf-8-sig")
        assert list(cells(back)) == list(cells(path.read_text("utf-8"))), path.name


@pytest.mark.nightly
def test_base_r_reads_the_incidents(seen: View, written: Path) -> None:
    program = shutil.which("Rscript")
    assert program, "R is not installed here: its program Rscript is asked for"
    snippet = """
        found <- read.csv(commandArgs(TRUE)[1], na.strings = "", encoding = "UTF-8", stringsAsFactors = FALSE)
        found$first_day <- as.Date(found$first_day)
        cat(nrow(found), sum(found$killed_best, na.rm = TRUE), sum(is.na(found$killed_best)),
            format(min(found$first_day, na.rm = TRUE)), class(found$killed_best), class(found$first_day), sep = "\\n")
    """
    got = subprocess.run(
        [program, "--vanilla", "-e", snippet, str(written / "csv" / "incidents.csv")],
        check=True, capture_output=True, text=True, timeout=120,
    ).stdout.split()  # fmt: skip
    rows = list(tables.rows(seen, "incidents"))
    killed = [row["killed_best"] for row in rows if isinstance(row["killed_best"], int)]
    first = min(str(row["first_day"]) for row in rows if row["first_day"])
    assert got == [str(len(rows)), str(sum(killed)), str(len(rows) - len(killed)), first, "integer", "Date"]
