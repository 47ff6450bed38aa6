"""What stands behind the reports of an incident: a word of a closed list, and why in a sentence.

It grades reports of an event. It says nothing of any person, and not whether the reports are true.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from onrecord.incidents.stances import NARRATOR, disputed
from onrecord.records import Bounds, Grade, GradeWord, Incident, Statement


def grade(incident: Incident) -> Grade:
    """The first word of the list that fits: "withdrawn", "contested", "confirmed", "fair", "one report", "unsourced".

    It follows from the record alone, so that what people set on an incident changes its grade too.
    """
    return next(Grade(word, reason) for word, why in _RULES for reason in why(incident))


def withdrawn(incident: Incident) -> bool:
    """Whether every report of an incident, or every source of them, took its word back."""
    back = {s.source for s in incident.statements if s.field == "status" and s.value == "withdrawn"}
    return any(held and back.issuperset(held) for held in (incident.reports, incident.sources))


def _withdrawn(incident: Incident) -> Iterator[str]:
    if withdrawn(incident):
        back = {s.source: None for s in incident.statements if s.field == "status" and s.value == "withdrawn"}
        yield f"{_and(list(back))} took back what was told of it"


def _contested(incident: Incident) -> Iterator[str]:
    set_ = {s.field for s in incident.statements if not s.story}
    if "actor" not in set_ and (claimants := disputed(incident.statements)):
        yield f"{_and(claimants)} each claim it"
    elif "actor" not in set_ and (deniers := _deniers(incident)):
        yield f"{_and(deniers)} {'deny' if len(deniers) > 1 else 'denies'} it"
    if "status" not in set_ and (doubters := _saying(incident, "status", "denied", "negated")):
        yield f"{_and(doubters)} {'say' if len(doubters) > 1 else 'says'} that it did not happen"
    if "killed" not in set_ and (pair := _apart(incident.statements)) is not None:
        low, high = pair
        yield f"{low.source} gives {_number(low)} killed, {high.source} {_number(high)}"


def _confirmed(incident: Incident) -> Iterator[str]:
    if parties := _saying(incident, "responsibility", "claims", "confirms"):
        yield f"{_and(parties)}, a party to it, {'say' if len(parties) > 1 else 'says'} so"


def _fair(incident: Incident) -> Iterator[str]:
    reports, sources = len(incident.reports), len(incident.sources)
    if reports > 1 and sources > 1:
        yield f"{reports} independent reports and {sources} sources stand behind it"


def _single(incident: Incident) -> Iterator[str]:
    if len(incident.sources) == 1 and len(incident.reports) > 1:
        yield f"{len(incident.reports)} reports rest on one source, {incident.sources[0]}"
    elif incident.reports and incident.sources:
        yield f"only {incident.reports[0]} reports it of its own"


def _unsourced(_incident: Incident) -> Iterator[str]:
    yield "no report rests on a source"


_RULES: tuple[tuple[GradeWord, Callable[[Incident], Iterator[str]]], ...] = (
    ("withdrawn", _withdrawn),
    ("contested", _contested),
    ("confirmed", _confirmed),
    ("fair", _fair),
    ("one report", _single),
    ("unsourced", _unsourced),
)
"""The words in the order in which they are tried, each with the reasons for which it holds."""


def _saying(incident: Incident, field: str, *values: str) -> list[str]:
    """The sources that say one of those things."""
    said = (s.source for s in incident.statements if s.field == field and s.value in values and s.credible and s.story)
    return list(dict.fromkeys(source for source in said if source != NARRATOR))


def _deniers(incident: Incident) -> list[str]:
    """The parties that deny the act. One that says elsewhere what was done denies a circumstance."""
    confirming = _saying(incident, "responsibility", "confirms")
    return [source for source in _saying(incident, "responsibility", "denies") if source not in confirming]


def _apart(statements: Sequence[Statement]) -> tuple[Statement, Statement] | None:
    """Two numbers of dead by two sources that cannot both hold, the lower first: the lower was told in the same story or later. One
    that was told earlier may only be old.
    """
    told = [
        s for s in statements if s.field == "killed" and s.credible and s.source != NARRATOR and s.bounds is not None
    ]
    first: dict[tuple[str, Bounds | None], int] = {}
    for at, s in enumerate(told):
        first.setdefault((s.source, s.bounds), at)
    last = {s.source: (first[s.source, s.bounds], s) for s in told}
    for (_, earlier), (_, later) in combinations(sorted(last.values(), key=lambda pair: pair[0]), 2):
        if _below(later, earlier):
            return later, earlier
        if _below(earlier, later) and earlier.story == later.story:
            return earlier, later
    return None


def _below(one: Statement, other: Statement) -> bool:
    """Whether the most that the one says is less than the least of the other."""
    high = one.bounds.high if one.bounds is not None else None
    low = other.bounds.low if other.bounds is not None else None
    return high is not None and low is not None and high < low


def _number(statement: Statement) -> str:
    bounds = statement.bounds
    assert bounds is not None
    return str(bounds.best if bounds.best is not None else bounds.low if bounds.low is not None else bounds.high)


def _and(names: Sequence[str]) -> str:
    """Names in a row: "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
