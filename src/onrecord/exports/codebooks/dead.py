"""On which side were the dead? By the words of whom the figures count."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onrecord.exports.codebooks.facts import Facts
from onrecord.exports.codebooks.parties import NON_STATE, Party, side
from onrecord.records import Statement

Where = Literal["a", "b", "civilians"]


@dataclass(frozen=True, slots=True)
class Dead:
    """How many of an incident's best figure were on each side; the rest is unknown."""

    a: int = 0
    b: int = 0
    civilians: int = 0


def dead(facts: Facts, a: Party, b: Party) -> Dead:
    """Whom the best figure of an incident counts: those that the words of that figure name, else those of its parts in the story
    that tells it ("12, four of them children"). Nobody, where sources put the same figure on different sides.
    """
    best = facts.incident.killed.best or 0
    whole = [one for one in _told(facts, "killed") if one.bounds is not None and one.bounds.best == best]
    named = {found for one in whole if (found := _where(facts, one, a, b)) is not None}
    if len(named) == 1:
        return Dead(**{named.pop(): best})
    if named:
        return Dead()
    return _of_parts(facts, {one.story for one in whole}, (a, b), best)


def _of_parts(facts: Facts, stories: set[str], parties: tuple[Party, Party], best: int) -> Dead:
    parts: dict[Where, int] = defaultdict(int)
    for one in _told(facts, "killed_part"):
        found = _where(facts, one, *parties) if one.story in stories else None
        if found is not None and one.bounds is not None and one.bounds.best is not None:
            # A part that is told again, or grows, is one part
            parts[found] = max(parts[found], one.bounds.best)
    return Dead(**parts) if sum(parts.values()) <= best else Dead()


def _told(facts: Facts, field: str) -> Iterator[Statement]:
    return (one for one in facts.incident.statements if one.field == field and one.credible and one.span is not None)


def _where(facts: Facts, told: Statement, a: Party, b: Party) -> Where | None:
    """Where the people of a figure stood; None where the words do not tell."""
    span = told.span
    count = facts.killed.get((span.story, span.part, span.start)) if span is not None else None
    who = side((count.of if count is not None else None) or told.value)
    if who in ("civilians", "protesters"):
        return "civilians"
    ours: list[tuple[Where, bool]] = [("a", _is_of(who, a)), ("b", _is_of(who, b))]
    fits = [name for name, fits in ours if fits]
    return fits[0] if len(fits) == 1 else None


def _is_of(who: str | None, party: Party) -> bool:
    """Whether people of that side are a party's: armed men of no state are, of whichever sort the words make them."""
    return who is not None and (who == party.side or (who in NON_STATE and party.side in NON_STATE))
