"""Dated releases of a published ledger: what each held, and what became of the one before."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onrecord.errors import CannotWork, WrongUse
from onrecord.exports.parts import as_json
from onrecord.exports.private import Cell, Row
from onrecord.exports.publishing.data import File
from onrecord.exports.publishing.shown import title
from onrecord.exports.sheets import as_csv, as_lines

ROOT = "releases"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HEADER = ["id", "change", "field", "was", "now"]
_UNTOLD = frozenset({"id", "updated_at"})
"""Columns whose change is none of its own: what was updated was updated in another column."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value of an incident that is another than in the release before; None is unknown."""

    id: str
    field: str
    was: Cell
    now: Cell


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of the incidents of the release before. added, gone: their ids; merged: each with what it was merged into; titles: of
    all that are named here.
    """

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    merged: tuple[tuple[str, str], ...] = ()
    changed: tuple[Change, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()

    def counts(self) -> dict[str, int]:
        """How many incidents of each."""
        return {
            "added": len(self.added),
            "gone": len(self.gone),
            "merged": len(self.merged),
            "changed": len({one.id for one in self.changed}),
        }


@dataclass(frozen=True, slots=True)
class Release:
    """A release. day: the latest that anything in it bears, None where nothing has one; before: the name of the one before it; hash: of
    the export, the SHA-256 of its list of sums; counts: of rows, by table.
    """

    name: str
    day: str | None
    before: str | None
    hash: str
    counts: Mapping[str, int]
    files: tuple[File, ...]
    difference: Difference


def check(name: str) -> str:
    """The name of a release. Raises WrongUse for one that cannot be the name of a folder everywhere."""
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise WrongUse(f"--release {name}: give a name of letters, digits, dots and hyphens, such as 2031-04-01 or v2")
    return name


def difference(was: Sequence[Row], now: Sequence[Row], redirects: Mapping[str, str]) -> Difference:
    """What became of incidents between two releases. redirects: where names that are no more lead."""
    before, after = ({str(row["id"]): row for row in rows} for rows in (was, now))
    away = [id_ for id_ in before if id_ not in after]
    added = tuple(id_ for id_ in after if id_ not in before)
    merged = tuple((id_, redirects[id_]) for id_ in away if id_ in redirects)
    changed = tuple(change for id_ in after if id_ in before for change in _changes(before[id_], after[id_]))
    named = {*added, *away, *(into for _, into in merged), *(one.id for one in changed)}
    titles = {id_: str(title(row)) for rows in (before, after) for id_, row in rows.items() if id_ in named}
    gone = tuple(id_ for id_ in away if id_ not in redirects)
    return Difference(added, gone, merged, changed, tuple(sorted(titles.items())))


def _changes(was: Row, now: Row) -> Iterator[Change]:
    """The columns that both have and that differ: one that a later program added changed nothing."""
    for field, value in now.items():
        if field in was and field not in _UNTOLD and was[field] != value:
            yield Change(str(now["id"]), field, was[field], value)


# ---- files


def made(release: Release, incidents: Sequence[Row]) -> Iterator[tuple[str, bytes]]:
    """The files of a release, by their names in its folder, which no later publication changes. incidents: the rows it holds."""
    found = release.difference
    yield "incidents.jsonl", as_lines(incidents).encode()
    yield "incidents.csv", as_csv(list(incidents[0]) if incidents else ["id"], incidents).encode()
    yield "changes.json", as_json(asdict(found))
    yield "changes.csv", as_csv(_HEADER, _lines(found)).encode()
    told = {name: value for name, value in asdict(release).items() if name not in ("difference", "name", "hash")}
    yield (
        "release.json",
        as_json({"release": release.name, "sha256": release.hash, **told, "difference": found.counts()}),
    )


def _lines(found: Difference) -> Iterator[Row]:
    for word, ids in (("added", found.added), ("gone", found.gone)):
        for id_ in ids:
            yield {"id": id_, "change": word, "field": None, "was": None, "now": None}
    for id_, into in found.merged:
        yield {"id": id_, "change": "merged", "field": "id", "was": id_, "now": into}
    for one in found.changed:
        yield {"id": one.id, "change": "changed", "field": one.field, "was": one.was, "now": one.now}


def load(folder: Path, name: str) -> Release:
    """A release that was published before. Raises CannotWork where its files are not what was written."""
    try:
        told = _read(folder, name, "release.json")
        found = _read(folder, name, "changes.json")
        return Release(
            told["release"],
            told["day"],
            told["before"],
            told["sha256"],
            told["counts"],
            tuple(File(**one) for one in told["files"]),
            Difference(
                tuple(found["added"]),
                tuple(found["gone"]),
                tuple((id_, into) for id_, into in found["merged"]),
                tuple(Change(**one) for one in found["changed"]),
                tuple((id_, said) for id_, said in found["titles"]),
            ),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, name) from error


def incidents(folder: Path, name: str) -> list[Row]:
    """The incidents of a release that was published before. Raises CannotWork where its files are not what was written."""
    try:
        lines = (folder / ROOT / name / "incidents.jsonl").read_text("utf-8").split("\n")
        return [json.loads(line) for line in lines if line]
    except (OSError, ValueError) as error:
        raise _damaged(folder, name) from error


def _read(folder: Path, name: str, file: str) -> Any:
    return json.loads((folder / ROOT / name / file).read_text("utf-8"))


def _damaged(folder: Path, name: str) -> CannotWork:
    return CannotWork(
        f"{folder / ROOT / name}: is not as it was published; bring back a copy of it, or publish into a new folder"
    )


def away(past: Iterable[Release]) -> dict[str, str]:
    """The ids that were in a release and then in none, each with the first release without it. past: oldest first."""
    found: dict[str, str] = {}
    for release in past:
        found |= dict.fromkeys((*release.difference.gone, *(id_ for id_, _ in release.difference.merged)), release.name)
        found = {id_: first for id_, first in found.items() if id_ not in release.difference.added}
    return found
