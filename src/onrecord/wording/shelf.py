"""The tables of words, each as shipped, with what the user's own file of the same name adds.

The environment variable ONRECORD_TABLES names a folder of the user's. Its TOML files hold only what is to be added: lists go
on, tables of tables grow, a plain value takes the place of the shipped one. Rows of its CSV files come behind the shipped rows.
"""

import csv
import hashlib
import os
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from onrecord.errors import BadTable, WrongUse

VARIABLE = "ONRECORD_TABLES"


@cache
def toml(name: str) -> dict[str, Any]:
    """A TOML table.

    Raises:
        BadTable: the user's file is not TOML, or has a list where the shipped one has none, or the reverse.
        WrongUse: the user's folder is not there, or holds a file that adds to no table.
    """
    table = tomllib.loads(_shipped(name))
    own = _own(name)
    if own is None:
        return table
    try:
        return _joined(table, tomllib.loads(_read(own)), str(own))
    except tomllib.TOMLDecodeError as error:
        raise BadTable(f"{own}: not a TOML file: {error}.") from error


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a CSV table. Raises as `toml` does; a row of the user's has to have the shipped columns."""
    shipped = tuple(csv.DictReader(_shipped(name).splitlines(), strict=True))
    own = _own(name)
    return shipped if own is None else (*shipped, *_added(own, frozenset(shipped[0])))


def own_name() -> str:
    """What tells the user's tables from others', for the name of the reader; empty where there are none."""
    folder = _folder()
    if folder is None:
        return ""
    held = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.name in _names():
            held.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"tables {held.hexdigest()[:8]}"


def _added(path: Path, columns: frozenset[str]) -> Iterator[dict[str, str]]:
    try:
        for number, row in enumerate(csv.DictReader(_read(path).splitlines(), strict=True), start=2):
            if frozenset(row) != columns or None in row.values():
                raise BadTable(f"{path}: line {number} has not the columns {', '.join(sorted(columns))}.")
            yield row
    except csv.Error as error:
        raise BadTable(f"{path}: not a CSV file: {error}.") from error


def _joined(table: dict[str, Any], more: dict[str, Any], where: str) -> dict[str, Any]:
    found = dict(table)
    for key, value in more.items():
        known = found.get(key)
        if known is not None and isinstance(known, (dict, list)) and type(known) is not type(value):
            raise BadTable(f"{where}: {key} has to be a {'table' if isinstance(known, dict) else 'list'}.")
        if isinstance(known, dict):
            found[key] = _joined(known, value, f"{where}: {key}")
        elif isinstance(known, list):
            found[key] = [*known, *(one for one in value if one not in known)]
        else:
            found[key] = value
    return found


def _own(name: str) -> Path | None:
    """The user's file of that name, or None."""
    folder = _folder()
    path = folder / name if folder is not None else None
    return path if path is not None and path.is_file() else None


@cache
def _folder() -> Path | None:
    given = os.environ.get(VARIABLE)
    if not given:
        return None
    folder = Path(given)
    if not folder.is_dir():
        raise WrongUse(f"{VARIABLE} names {given}, and that is no folder.")
    for path in sorted(folder.iterdir()):
        if path.suffix in {".toml", ".csv"} and path.name not in _names():
            raise WrongUse(f"{path} adds to no table. Tables are {', '.join(sorted(_names()))}.")
    return folder


@cache
def _names() -> frozenset[str]:
    tables = resources.files("onrecord.wording").joinpath("tables").iterdir()
    return frozenset(path.name for path in tables if path.name.endswith((".toml", ".csv"))) - {"vocabulary.toml"}


def _shipped(name: str) -> str:
    return resources.files("onrecord.wording").joinpath("tables", name).read_text(encoding="utf-8")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTable(f"{path}: not UTF-8 text.") from error
