"""The table of words around the time, place and doer of an act."""

from functools import cache

from onrecord.wording import shelf


@cache
def words(section: str, name: str) -> frozenset[str]:
    """The words of a list. Raises KeyError for a list that is not there."""
    return frozenset(_table()[section][name])


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return shelf.toml("circumstances.toml")
