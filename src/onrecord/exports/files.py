"""Writes exports into a folder. Equal ledgers give equal bytes."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from onrecord.errors import TryLater, WrongUse
from onrecord.exports import tables
from onrecord.exports.losses import Losses
from onrecord.exports.private import Row
from onrecord.exports.sheets import Sheet, as_csv, as_lines
from onrecord.pipeline import View, under


@dataclass(frozen=True, slots=True)
class Form:
    """A form of export. made: the files, by name; profile: the codebook whose rules make bounds of worded numbers; meaning: a line
    for whoever chooses.
    """

    made: Callable[[View], Iterable[tuple[str, bytes]]]
    meaning: str
    profile: str = "joint"


def export(view: View, form: str, folder: Path) -> list[Path]:
    """Writes the export and returns its files, in order.

    form: one of `FORMS`. Every file is complete or absent. Raises KeyError for another form, TryLater where the folder
    cannot be written.
    """
    return put_all(made(view, form), folder)


def made(view: View, form: str) -> Iterable[tuple[str, bytes]]:
    """The files of an export, by name. Raises KeyError for another form than those of `FORMS`."""
    chosen = FORMS[form]
    return chosen.made(under(view, chosen.profile))


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


def _csv(view: View) -> Iterable[tuple[str, bytes]]:
    for sheet in tables.sheets(view):
        yield f"{sheet.name}.csv", as_csv(sheet.header, sheet.rows).encode()
    yield "codebook.csv", codebook(tables.empty_sheets())


def codebook(sheets: Iterable[Sheet]) -> bytes:
    """What the columns of some tables mean, as CSV."""
    rows: list[Row] = [
        {"table": sheet.name, "column": column.name, "meaning": column.meaning}
        for sheet in sheets
        for column in sheet.columns
    ]
    return as_csv(["table", "column", "meaning"], rows).encode()


def _jsonl(view: View) -> Iterable[tuple[str, bytes]]:
    for sheet in tables.sheets(view):
        yield f"{sheet.name}.jsonl", as_lines(sheet.rows).encode()


def _geojson(view: View) -> Iterable[tuple[str, bytes]]:
    by_id = {incident.id: incident for incident in view.derived.incidents}
    features, losses = [], Losses()
    for row in tables.rows(view, "incidents"):
        point: dict[str, object] | None = None
        if tables.located(by_id[str(row["id"])]):
            point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        else:
            losses.add(str(row["id"]), "dropped", "geometry", row["place"], None, "no gazetteer holds the place")
        properties = {key: value for key, value in row.items() if key not in ("latitude", "longitude")}
        features.append({"type": "Feature", "id": row["id"], "geometry": point, "properties": properties})
    yield "incidents.geojson", pretty({"type": "FeatureCollection", "features": features})
    for table in tables.columns():
        if table != "incidents":
            losses.add(table, "left out", None, None, None, "a map holds incidents alone; the other tables are in csv")
    yield "loss.json", pretty(losses.report("geojson", "RFC 7946", {"incidents.geojson": len(features)}))


def pretty(value: object) -> bytes:
    """A JSON file for people to read, too."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


FORMS: dict[str, Form] = {
    "csv": Form(_csv, "the ledger's own tables as CSV, with a codebook"),
    "jsonl": Form(_jsonl, "the same, a JSON object a line"),
    "geojson": Form(_geojson, "incidents for a map"),
}
"""Every form of export."""
