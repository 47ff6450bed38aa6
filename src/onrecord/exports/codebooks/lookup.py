"""Ids of another codebook that only its user knows: a CSV file of names with their ids."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from onrecord.errors import WrongUse
from onrecord.exports.private import Row

_SIDES = {
    **{
        f"side_{side}_{kind}_id": (f"side_a_{kind}_id", f"side_b_{kind}_id")
        for side in "ab"
        for kind in ("dset", "new")
    },
    **{f"gwno{side}": ("gwnoa", "gwnob") for side in "ab"},
}
_DYADS = ("dyad_dset_id", "dyad_new_id", "conflict_dset_id", "conflict_new_id", "conflict_name")
COLUMNS = (*_SIDES, *_DYADS, "country_id")
"""What a file may tell of a name."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What is told of each name, by the name in small letters."""

    told: dict[str, dict[str, str]] = field(default_factory=dict)

    def ids(self, side_a: str | None, side_b: str | None, dyad: str | None, country: str | None) -> Row:
        """Every column of ids for these names. An id of a side is the same on either side, whichever column tells it."""
        sides = {"a": self._of(side_a), "b": self._of(side_b)}
        row: Row = {}
        for column, either in _SIDES.items():
            told = sides["b" if column in either[1:] else "a"]
            row[column] = _number(told.get(column) or next((told[one] for one in either if told.get(one)), None))
        for column in _DYADS:
            value = self._of(dyad).get(column) or None
            row[column] = value if column == "conflict_name" else _number(value)
        return {**row, "country_id": _number(self._of(country).get("country_id") or None)}

    def _of(self, name: str | None) -> dict[str, str]:
        return self.told.get(name.casefold(), {}) if name is not None else {}


def read(path: Path) -> Lookup:
    """The names of a CSV file: a column `name`, and any of `COLUMNS`.

    Raises WrongUse where it is no such file, a name stands in it twice, or an id is no number.
    """
    try:
        rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise WrongUse(f"--lookup {path}: cannot be read as a CSV file in UTF-8 ({why})") from error
    told: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, start=2):
        if odd := [str(one) for one in row if one not in ("name", *COLUMNS)]:
            raise WrongUse(f"--lookup {path}: has {', '.join(odd)}; use name and any of {', '.join(COLUMNS)}")
        name = (row.get("name") or "").strip().casefold()
        if not name or name in told:
            raise WrongUse(f"--lookup {path}: line {number} has {'a name again' if name else 'no name'}")
        told[name] = {column: (value or "").strip() for column, value in row.items()}
        for column, value in told[name].items():
            if value and column not in ("name", "conflict_name") and not value.removeprefix("-").isdecimal():
                raise WrongUse(f"--lookup {path}: line {number}: {column} is {value}, and no number")
    return Lookup(told)


def _number(value: str | None) -> int | None:
    return int(value) if value else None
