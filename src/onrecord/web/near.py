"""What else may be the same incident: for a person to merge, or to leave."""

from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.exports import apart
from onrecord.incidents import Growing
from onrecord.records import Incident, Plan


@dataclass(frozen=True, slots=True)
class Near:
    """Another incident or plan, by its id, and why it may be the same: what speaks for it, and what against, each with its weight."""

    id: str
    speaks_for: tuple[str, ...]
    against: tuple[str, ...]


def near(row: Incident | Plan, growing: Growing, home: Mapping[str, Incident | Plan]) -> tuple[Near, ...]:
    """The likeliest others, the closest call first. home: of every event the row that it is in."""
    found = []
    for other, refusal in apart.nearest(growing, row, home):
        speaks_for, against = apart.reasons(refusal)
        found.append(Near(other.id, tuple(speaks_for), tuple(against)))
    return tuple(found)
