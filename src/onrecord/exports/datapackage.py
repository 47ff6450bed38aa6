"""What the files of an export are, for programs: a Data Package beside them.

It is of the first version of the standard, which more programs read than the second, those for R among them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from onrecord.exports.parts import File, pretty

NAME = "datapackage.json"
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
    # By the standard a tabular resource is CSV. A program of the standard that opens other tables, too, is told not to: it reads
    # unknown numbers of Parquet as text
    csv = file.sheet is not None and format_ in _TEXT
    found |= {"profile": "tabular-data-resource"} if csv else {"profile": "data-resource", "type": "file"}
    found |= {"format": format_, "mediatype": _MEDIA.get(format_, "application/octet-stream")}
    if csv:
        found["encoding"] = "utf-8"
        found["dialect"] = {"delimiter": file.separator, "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True}
    found |= {"bytes": len(file.data), "hash": f"sha256:{hashlib.sha256(file.data).hexdigest()}"}
    if file.sheet is not None:
        fields = [{"name": c.name, "type": c.type, "description": c.meaning} for c in file.sheet.columns]
        found["schema"] = {"fields": fields, "missingValues": [file.unknown]}
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
            "profile": "data-package",
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
