"""JSON Lines in and out, with errors that name the file and the line."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Row = dict[str, Any]


class BadInput(Exception):
    """An input that no prediction can be made from. `str()` names the file, and the line where there is one."""


def read(path: Path, need: Sequence[str] = ("id",)) -> list[Row]:
    """The objects of a JSON Lines file, in its order. need: keys whose values must be strings, and not empty but for "text".

    Raises BadInput for a file that cannot be read, a line that is no object, a needed key that is absent, and an id that
    comes twice.
    """
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        row = _object(line, where)
        for key in need:
            # A page may have lost its text on the way; nothing can go without its name.
            if not isinstance(row.get(key), str) or (key != "text" and not row[key].strip()):
                raise BadInput(f'{where}: "{key}" is not there, or is no text')
        if "id" in need:
            if row["id"] in seen:
                raise BadInput(f'{where}: the id "{row["id"]}" stands in line {seen[row["id"]]} already')
            seen[row["id"]] = number
        rows.append(row)
    if not rows:
        raise BadInput(f"{path}: there are no rows in it")
    return rows


def span(row: Row, key: str, path: Path) -> tuple[int, int]:
    """The span under the key, checked against the row's text."""
    found = row.get(key)
    if isinstance(found, list) and len(found) == 2 and all(type(n) is int for n in found):
        start, end = found
        if 0 <= start < end <= len(row["text"]):
            return start, end
    raise BadInput(f'{path}: row "{row["id"]}": "{key}" is no [start, end] within its text')


def write(path: Path, made: Iterable[Row] | Row) -> None:
    """Writes rows as JSON Lines, and one object as one JSON text. Raises BadInput where the file cannot be written."""
    if isinstance(made, dict):
        text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    else:
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror})") from error


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines: a line separator within a text is no end of line in JSON Lines.
        return path.read_bytes().decode("utf-8-sig").split("\n")
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 (byte {error.start})") from error


def _object(line: str, where: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where}: not JSON ({error})") from error
    if not isinstance(row, dict):
        raise BadInput(f"{where}: JSON, but no object")
    return row
