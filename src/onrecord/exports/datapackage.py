"""What the files of an export are, for programs: a Data Package (datapackage.org, version 2) beside them."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from onrecord.exports.parts import File, pretty

NAME = "datapackage.json"
_PROFILES = "https://datapackage.org/profiles/2.0"
_MEDIA = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_TEXT = ("csv", "tsv")
_ESCAPED = (
    "Empty cells of tables are unknown, never zero. In CSV a text that a spreadsheet would take for a formula, or that begins "
    "with white space or an apostrophe, has an apostrophe in front; taking one away gives the text back."
)

Resource = dict[str, Any]


def resource(file: File) -> Resource:
    """A file, as the package lists it: path, format, size in bytes, SHA-256, and of a table its columns with types and meanings."""
    format_ = PurePosixPath(file.name).suffix.removeprefix(".")
    found: Resource = {"name": _named(PurePosixPath(file.name).stem), "path": file.name}
    # A file without lines has no table that could be read of it
    if file.sheet is not None and file.data:
        found["type"] = "table"
    found |= {"format": format_, "mediatype": _MEDIA.get(format_, "application/octet-stream")}
    if format_ in _TEXT:
        found["encoding"] = "utf-8"
    found |= {"bytes": len(file.data), "hash": f"sha256:{hashlib.sha256(file.data).hexdigest()}"}
    if file.sheet is None or not file.data:
        return found
    if format_ in _TEXT:
        found["dialect"] = {"delimiter": file.separator, "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}
    fields = [{"name": c.name, "type": c.type, "description": c.meaning} for c in file.sheet.columns]
    found["schema"] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": fields,
        "missingValues": [file.unknown],
    }
    return found


def package(form: str, meaning: str, resources: Sequence[Resource]) -> File:
    """The description of an export of that form. meaning: a line on it. Whoever publishes it adds licences and a date: the ledger
    knows neither.
    """
    several = {name for name, number in Counter(one["name"] for one in resources).items() if number > 1}
    named = [{**one, "name": _named(one["path"])} if one["name"] in several else one for one in resources]
    return pretty(
        NAME,
        {
            "$schema": f"{_PROFILES}/datapackage.json",
            "name": f"onrecord-{_named(form)}",
            "title": f"A ledger of OnRecord: {meaning}",
            "description": _ESCAPED,
            "resources": named,
        },
    )


def describe(form: str, meaning: str, files: Iterable[File]) -> File:
    """The same, of the files themselves."""
    return package(form, meaning, [resource(file) for file in files])


def _named(words: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", words.casefold())
