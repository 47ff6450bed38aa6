"""The words that sources are worded with, from the table of cues."""

import tomllib
from functools import cache
from importlib import resources


def words(name: str) -> frozenset[str]:
    """A list of the table's part `sources`, by its name."""
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = resources.files("onrecord.wording").joinpath("tables/cues.toml").read_text(encoding="utf-8")
    return {name: frozenset(listed) for name, listed in tomllib.loads(text)["sources"].items()}
