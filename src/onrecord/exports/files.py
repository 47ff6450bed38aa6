"""Writes exports into a folder: csv, jsonl, geojson. Equal ledgers give equal bytes."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from onrecord.errors import TryLater, WrongUse
from onrecord.exports import tables
from onrecord.exports.private import Cell, Row
from onrecord.pipeline import View

# What a spreadsheet runs, or trims away to something that it runs; and the apostrophe itself, so that it can be undone
_FORMULA = re.compile("\\A(?:[\\s\ufeff\"]*+[=+@＝＋－＠|%-]|[\\s\ufeff'])")


def export(view: View, form: str, folder: Path) -> list[Path]:
    """Writes the export and returns its files, in order.

    form: one of `FORMS`. Every file is complete or absent. Raises KeyError for another form, TryLater where the folder
    cannot be written.
    """
    return put_all(((name, text.encode()) for name, text in FORMS[form](view)), folder)


def put_all(parts: Iterable[tuple[str, bytes]], folder: Path) -> list[Path]:
    """Writes files into a folder, which is made where there is none, and returns their paths. Every file is complete or absent.

    Raises WrongUse where the folder is a file, TryLater where it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_put(folder / name, data) for name, data in parts]
    except (FileExistsError, NotADirectoryError) as error:
        raise WrongUse(f"{folder}: is not a folder; choose another one with --out") from error
    except OSError as error:
        raise TryLater(f"{folder}: cannot be written ({error.strerror}); choose another folder with --out") from error


def form_of(path: Path, forms: Sequence[str], option: str) -> str:
    """The form of a file by its name. option: the one that names it. Raises WrongUse where the name tells none of the forms, or
    no file can be there.
    """
    form = path.suffix.casefold().removeprefix(".")
    if form not in forms:
        raise WrongUse(f"{option} {path}: ends in none of {', '.join(f'.{one}' for one in forms)}; give it such a name")
    if path.is_dir() or not path.parent.is_dir():
        why = "is a folder" if path.is_dir() else f"the folder {path.parent} does not exist"
        raise WrongUse(f"{option} {path}: {why}; choose another file")
    return form


def put(path: Path, data: bytes, option: str) -> Path:
    """Writes one file and returns its path; it is complete, or as it was. Raises TryLater where it cannot be written."""
    try:
        return _put(path, data)
    except OSError as error:
        raise TryLater(f"{option} {path}: cannot be written ({error.strerror}); choose another file") from error


def _put(path: Path, data: bytes) -> Path:
    half = path.with_name(path.name + ".part")
    try:
        half.write_bytes(data)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise
    return path


def _csv(view: View) -> Iterable[tuple[str, str]]:
    for table, columns in tables.columns().items():
        yield f"{table}.csv", as_csv(list(columns.meanings), tables.rows(view, table))
    codebook: list[Row] = [
        {"table": table, "column": column, "meaning": meaning}
        for table, columns in tables.columns().items()
        for column, meaning in columns.meanings.items()
    ]
    yield "codebook.csv", as_csv(["table", "column", "meaning"], codebook)


def as_csv(header: list[str], rows: Iterable[Row]) -> str:
    """Rows as CSV text: UTF-8, a header, empty for unknown, lines ended by a line feed.

    Text that a spreadsheet would run as a formula, or that begins with white space or an apostrophe, gets an apostrophe
    in front: taking one away from every text cell that begins with one gives the value back.
    """
    lines = [header, *([_cell(row[column]) for column in header] for row in rows)]
    return "".join(",".join(map(_quoted, line)) + "\n" for line in lines)


def _quoted(cell: str) -> str:
    # The csv module leaves a carriage return bare where lines end with a line feed, and reads it as the end of a line
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value if _FORMULA.match(value) else value
    return str(value)


def _jsonl(view: View) -> Iterable[tuple[str, str]]:
    for table in tables.columns():
        lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in tables.rows(view, table))
        yield f"{table}.jsonl", "".join(f"{line}\n" for line in lines)


def _geojson(view: View) -> Iterable[tuple[str, str]]:
    by_id = {incident.id: incident for incident in view.derived.incidents}
    features, unplaced = [], []
    for row in tables.rows(view, "incidents"):
        point: dict[str, object] | None = None
        if tables.located(by_id[str(row["id"])]):
            point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        else:
            unplaced.append({"incident": row["id"], "place": row["place"], "reason": "no gazetteer holds the place"})
        properties = {key: value for key, value in row.items() if key not in ("latitude", "longitude")}
        features.append({"type": "Feature", "id": row["id"], "geometry": point, "properties": properties})
    yield "incidents.geojson", _pretty({"type": "FeatureCollection", "features": features})
    loss = {"format": "geojson", "written": len(features), "without_geometry": unplaced}
    yield "loss.json", _pretty({**loss, "tables_left_out": [t for t in tables.columns() if t != "incidents"]})


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


FORMS: dict[str, Callable[[View], Iterable[tuple[str, str]]]] = {"csv": _csv, "jsonl": _jsonl, "geojson": _geojson}
