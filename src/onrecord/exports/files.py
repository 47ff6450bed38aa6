"""Writes exports into a folder. Equal ledgers give equal bytes."""

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from onrecord.errors import TryLater, WrongUse
from onrecord.exports import datapackage, marks, tables
from onrecord.exports.codebooks import acled, airwars, plover, ucdp
from onrecord.exports.codebooks.lookup import Lookup
from onrecord.exports.losses import Losses
from onrecord.exports.parts import File, codebook, pretty, table
from onrecord.exports.sheets import as_lines
from onrecord.pipeline import View, under


@dataclass(frozen=True, slots=True)
class Form:
    """A form of export. made: the files, by name; profile: the codebook whose rules make bounds of worded numbers; meaning: a line
    for whoever chooses; looking: the same with ids that the user knows, None for a form that has no use for them.
    """

    made: Callable[[View], Iterable[File]]
    meaning: str
    profile: str = "joint"
    looking: Callable[[View, Lookup], Iterable[File]] | None = None


def export(view: View, form: str, folder: Path, *, lookup: Lookup | None = None, excel: bool = False) -> list[Path]:
    """Writes the export and returns its files, in order.

    form: one of `FORMS`. Every file is complete or absent. Raises as `made` does, and TryLater where the folder cannot be written.
    """
    return put_all(made(view, form, lookup=lookup, excel=excel), folder)


def made(view: View, form: str, *, lookup: Lookup | None = None, excel: bool = False) -> Iterator[tuple[str, bytes]]:
    """The files of an export, by name, with datapackage.json, which describes them, as the last. lookup: ids of the codebook that
    the user knows; excel: CSV begins with the mark by which Excel knows UTF-8. Raises KeyError for another form than those of
    `FORMS`, WrongUse for a lookup that the form has no use for.
    """
    chosen = FORMS[form]
    if lookup is not None and chosen.looking is None:
        raise WrongUse(f"--lookup: {form} has no ids to look up; leave it out")
    seen = under(view, chosen.profile)
    parts = chosen.looking(seen, lookup) if lookup is not None and chosen.looking else chosen.made(seen)
    return _described(form, chosen, parts, excel)


def _described(form: str, chosen: Form, parts: Iterable[File], excel: bool) -> Iterator[tuple[str, bytes]]:
    resources = []
    for file in parts:
        if excel and file.name.endswith(".csv"):
            file = replace(file, data=codecs.BOM_UTF8 + file.data)
        resources.append(datapackage.resource(file))
        yield file.name, file.data
    last = datapackage.package(form, chosen.meaning, resources)
    yield last.name, last.data


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


def _csv(view: View) -> Iterator[File]:
    for sheet in tables.sheets(view):
        yield table(sheet)
    yield codebook(tables.empty_sheets())


def _jsonl(view: View) -> Iterator[File]:
    for sheet in tables.sheets(view):
        yield File(f"{sheet.name}.jsonl", as_lines(sheet.rows).encode(), sheet)
    yield codebook(tables.empty_sheets())


def _geojson(view: View) -> Iterator[File]:
    by_id = {incident.id: incident for incident in view.derived.incidents}
    features, losses = [], Losses()
    for row in tables.rows(view, "incidents"):
        point: dict[str, object] | None = None
        if tables.located(by_id[str(row["id"])]):
            point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        else:
            losses.add(str(row["id"]), "dropped", "geometry", row["place"], None, "no gazetteer holds the place")
        properties = {key: value for key, value in row.items() if key not in ("latitude", "longitude", marks.COLUMN)}
        features.append({"type": "Feature", "id": row["id"], "geometry": point, "properties": properties})
    yield pretty("incidents.geojson", {"type": "FeatureCollection", "features": features})
    for name in tables.columns():
        if name != "incidents":
            losses.add(name, "left out", None, None, None, "a map holds incidents alone; the other tables are in csv")
    yield pretty("loss.json", losses.report("geojson", "RFC 7946", {"incidents.geojson": len(features)}))


def _xlsx(view: View) -> Iterator[File]:
    from onrecord.exports import workbook

    return workbook.files(view)


def _parquet(view: View) -> Iterator[File]:
    from onrecord.exports import parquet

    return parquet.files(view)


def _prov(view: View) -> Iterator[File]:
    from onrecord.exports import provenance

    return provenance.files(view)


FORMS: dict[str, Form] = {
    "csv": Form(_csv, "the ledger's own tables as CSV, with a codebook"),
    "jsonl": Form(_jsonl, "the same, a JSON object a line"),
    "geojson": Form(_geojson, "incidents for a map"),
    "xlsx": Form(_xlsx, "the same tables as one workbook for Excel and its like"),
    "parquet": Form(_parquet, "the same tables as Parquet, with types"),
    "prov": Form(_prov, "who said what, and what follows from it, as W3C PROV-JSON"),
    "acled": Form(acled.made, "incidents as ACLED files them, with codebook and loss report", "acled"),
    "ucdp": Form(
        ucdp.made, "incidents with deaths as UCDP GED files them, with codebook and loss report", "ucdp", ucdp.made
    ),
    "plover": Form(
        plover.made, "PLOVER events as JSON lines and in POLECAT's columns, plans and denials under their modes"
    ),
    "airwars": Form(airwars.made, "incidents with harm to civilians, in the fields of Airwars", "airwars"),
}
"""Every form of export."""
