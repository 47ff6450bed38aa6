"""The words that sources are worded with, from the table of cues."""

from functools import cache

from onrecord.wording import shelf


def words(name: str) -> frozenset[str]:
    """A list of the table's part `sources`, by its name."""
    return _lists()[name]


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {name: frozenset(listed) for name, listed in shelf.toml("cues.toml")["sources"].items()}
