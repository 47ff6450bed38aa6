"""The files for machines that lie beside the pages: the ledger's tables, what became of ids, and the sum of each file."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from onrecord import incidents
from onrecord.exports import files, marks, tables
from onrecord.exports.parts import as_json, codebook
from onrecord.exports.private import Row
from onrecord.exports.publishing.shown import Shown
from onrecord.exports.sheets import Column, Sheet, as_csv, as_lines
from onrecord.pipeline import View

_KEPT_BACK = ("decisions", "names")
"""Tables that are not published: what coders write to each other; and what deletions and redirects tell of names that were public."""

_UPDATED = Column(
    "updated_at",
    "the latest day on which a story that tells of it was published, or somebody decided on it; empty: none of these has a day",
    "date",
)
_DELETED = (
    Column("id", "a name that was an incident's or a plan's and is nothing's now; it is never given again"),
    Column("release", "the first release without it; empty: it ended before the first release"),
)
_LED = (
    Column("id", "a name that was an incident's or a plan's"),
    Column("into", "the name of what it was merged into, as it is called today"),
)


@dataclass(frozen=True, slots=True)
class Ends:
    """What became of names that are no more. redirects: where each leads; deletions: the release that was first without each, or None."""

    redirects: Mapping[str, str]
    deletions: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class File:
    """A file for machines. meaning: a line on what it holds."""

    name: str
    meaning: str
    size: int
    sha256: str


def ends(view: View, earlier: Mapping[str, str]) -> Ends:
    """What became of names. earlier: those of incidents in former releases that are not in this one, each with the first without it."""
    here = {one.id for one in view.derived.incidents} | {one.id for one in view.derived.plans}
    told = [*incidents.ends(view.names)]
    redirects = {
        name: into for name, state, into in told if state == "redirected" and into is not None and into in here
    }
    gone: dict[str, str | None] = {name: earlier.get(name) for name, _, _ in told if name not in here}
    gone |= {name: release for name, release in earlier.items() if name not in here}
    return Ends(redirects, {name: gone[name] for name in sorted(gone) if name not in redirects})


def sheets(shown: Shown, ended: Ends) -> Iterator[Sheet]:
    """The tables that are published, incidents first."""
    view = shown.view
    for sheet in tables.empty_sheets():
        if sheet.name in _KEPT_BACK:
            continue
        # Marks are for tables that come back
        sheet = replace(sheet, columns=tuple(one for one in sheet.columns if one.name != marks.COLUMN))
        if sheet.name == "revisions":
            yield replace(sheet, rows=[row for one in view.derived.incidents for row in shown.revisions[one.id]])
        elif sheet.name == "incidents":
            rows = (shown.rows.incident(one) for one in view.derived.incidents)
            yield Sheet(sheet.name, (*sheet.columns, _UPDATED), [_dated(row, shown) for row in rows])
        else:
            yield replace(sheet, rows=[_unmarked(row) for row in tables.rows(view, sheet.name)])
    yield Sheet("deletions", _DELETED, [{"id": id_, "release": first} for id_, first in ended.deletions.items()])
    yield Sheet("redirects", _LED, [{"id": id_, "into": into} for id_, into in sorted(ended.redirects.items())])


def _unmarked(row: Row) -> Row:
    return {column: cell for column, cell in row.items() if column != marks.COLUMN}


def _dated(row: Row, shown: Shown) -> Row:
    day = shown.updated.get(str(row["id"]))
    return {**row, "updated_at": day.isoformat() if day else None}


def made(shown: Shown, told: Sequence[Sheet]) -> Iterator[tuple[str, str, bytes]]:
    """The files: name, what it holds, bytes."""
    for sheet in told:
        yield f"{sheet.name}.csv", f"{_rows(sheet)}, as CSV", as_csv(sheet.header, sheet.rows).encode()
        yield f"{sheet.name}.jsonl", f"{_rows(sheet)}, as JSON Lines", as_lines(sheet.rows).encode()
    yield "codebook.csv", "what each column means", codebook(told).data
    dated = {str(row["id"]): row["updated_at"] for row in told[0].rows}
    mapped = dict(files.made(shown.view, "geojson"))
    yield "incidents.geojson.loss.json", "what incidents.geojson leaves out", mapped["loss.json"]
    found = json.loads(mapped["incidents.geojson"])
    for feature in found["features"]:
        feature["properties"]["updated_at"] = dated[feature["id"]]
    yield "incidents.geojson", "the incidents for a map, as GeoJSON", as_json(found)


def _rows(sheet: Sheet) -> str:
    count = len(sheet.rows)
    return f"{sheet.name}: {count:,} row{'' if count == 1 else 's'}"


def summed(name: str, meaning: str, data: bytes) -> File:
    """A file with its sum."""
    return File(name, meaning, len(data), hashlib.sha256(data).hexdigest())


def sums(held: Iterable[File]) -> bytes:
    """The sums of all files as `sha256sum` writes and checks them, by name. Its own sum is the hash of the export."""
    return "".join(f"{one.sha256}  {one.name}\n" for one in sorted(held, key=lambda one: one.name)).encode()
