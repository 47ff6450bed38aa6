"""The table of words around the time, place and doer of an act."""

import tomllib
from functools import cache
from importlib import resources


@cache
def words(section: str, name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError for a list that is not there."""
    return frozenset(_table()[section][name])


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    path = resources.files("onrecord.wording").joinpath("tables", "circumstances.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
