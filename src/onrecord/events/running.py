"""The table of running totals: what they count, and the words by which one is known."""

from functools import cache
from typing import Any, cast, get_args

from onrecord.errors import BadTable
from onrecord.records import TallyUnit
from onrecord.wording import shelf


@cache
def words(name: str) -> frozenset[str]:
    """The words of the list of that name. Raises KeyError for a list that is not there."""
    return frozenset(table()["words"][name])


@cache
def units(section: str) -> dict[str, TallyUnit]:
    """The unit that each word of the section counts in. Raises BadTable for a unit outside the closed list."""
    rows = table()[section]
    pairs = rows.items() if section == "of_count" else ((w, unit) for unit, words in rows.items() for w in words)
    found = dict(pairs)
    if unknown := sorted(set(found.values()) - set(get_args(TallyUnit))):
        raise BadTable(f"tallies.toml: [{section}] names {unknown}, which are no units")
    return cast("dict[str, TallyUnit]", found)


@cache
def table() -> dict[str, Any]:
    """The table as it stands in its file."""
    return shelf.toml("tallies.toml")
