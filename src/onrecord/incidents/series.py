"""How do the totals of one outlet, or of one source, move from one to the next?"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from onrecord.incidents import scopes, words
from onrecord.incidents.told import COPIES
from onrecord.records import Claim, Derivation, Movement, MovementWord, Read, Tally, TallyUnit, Verdict
from onrecord.wording.gazetteer import fold

_OWN = frozenset({"narrator", "outlet"})
_Key = tuple[str, TallyUnit, frozenset[str], frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class _Point:
    """A total in its series. series: the outlet or source that counts; corrects: whether it says that it takes an earlier one back."""

    series: str
    tally: Tally
    said: int
    corrects: bool
    order: tuple[date, date, str]


class Steps:
    """Every step from a total to another one of the same series: what an outlet counts itself, or what one source says wherever it is
    printed, in one unit, over the same acts, from the same day. What copies print is not theirs.
    """

    def __init__(self, reads: Sequence[Read], derivations: Iterable[Derivation]) -> None:
        copied = {one.story for one in derivations if one.relation in COPIES}
        series: dict[_Key, list[_Point]] = defaultdict(list)
        for read in reads:
            if read.story.id in copied:
                continue
            for tally in read.reading.tallies:
                point = _point(read, tally)
                if point is not None:
                    series[_key(point)].append(point)
        self._to = {
            after.tally.id: (before, after)
            for points in series.values()
            for before, after in _steps(sorted(points, key=lambda point: point.order))
        }

    def movement(self, tally: str, verdicts: Mapping[str, Verdict]) -> Movement | None:
        """The step to a total, None where there is none before it. verdicts: by tally.

        A step up is a new incident's if the incidents that the later total counts and the earlier does not come to as much in the
        ledger, and else a revision; a step down is an error, or a correction where the story corrects. Where the ledger does not
        count the unit nothing can be said of a step up.
        """
        step = self._to.get(tally)
        return _movement(*step, verdicts) if step is not None else None

    def movements(self, verdicts: Mapping[str, Verdict]) -> tuple[Movement, ...]:
        """All of them, in the order of the later totals' ids."""
        return tuple(_movement(*self._to[tally], verdicts) for tally in sorted(self._to))


def movements(
    reads: Sequence[Read], derivations: Iterable[Derivation], verdicts: Iterable[Verdict]
) -> tuple[Movement, ...]:
    """Every step of every series."""
    return Steps(reads, derivations).movements({one.tally: one for one in verdicts})


def _point(read: Read, tally: Tally) -> _Point | None:
    number, day = tally.quantity.number, tally.as_of or read.story.published.day
    claim = next((one for one in read.reading.claims if one.id == tally.claim), None)
    series = _counter(read.story.outlet, claim)
    if number is None or day is None or series is None:
        return None
    corrects = claim is not None and claim.stance == "corrects"
    return _Point(series, tally, number, corrects, (day, read.story.published.day or day, tally.id))


def _counter(outlet: str | None, claim: Claim | None) -> str | None:
    """Who counts: the outlet, in its own voice, or the source that is named for the total."""
    if claim is None or claim.source.kind in _OWN:
        return outlet
    return claim.source.name if claim.source.kind in {"named_body", "document", "named_person"} else None


def _key(point: _Point) -> _Key:
    scope = scopes.scope(point.tally.scope)
    return words_of(point.series), point.tally.unit, scope.by, scope.on, scope.state


def words_of(series: str) -> str:
    """The name of a series as it is compared: telling words, in the order of the alphabet."""
    return " ".join(sorted(words.telling(series))) or fold(series)


def _steps(points: Sequence[_Point]) -> Iterable[tuple[_Point, _Point]]:
    """Each total that is another number than the one before it, with that one."""
    return ((before, after) for before, after in itertools.pairwise(points) if _moves(before, after))


def _moves(before: _Point, after: _Point) -> bool:
    """Whether the later total is another number; one that is open ("more than 30") is no step down."""
    one, other = before.tally, after.tally
    same_start = one.since is None or other.since is None or one.since == other.since
    falls = after.said < before.said and other.quantity.modifier is None
    return same_start and before.order[0] < after.order[0] and (after.said > before.said or falls)


def _movement(before: _Point, after: _Point, held: Mapping[str, Verdict]) -> Movement:
    earlier, later = held.get(before.tally.id), held.get(after.tally.id)
    known = set(earlier.incidents) if earlier is not None else set()
    fresh = tuple(one for one in later.incidents if one not in known) if later is not None else ()
    by = after.said - before.said
    if by < 0:
        word, why = _down(corrects=after.corrects)
    else:
        word, why = _up(earlier, later, len(fresh))
    moved = "rose" if by > 0 else "fell"
    reason = (
        f"{after.series} {moved} from {before.said} on {before.order[0]} to {after.said} on {after.order[0]}: {why}."
    )
    return Movement(after.tally.id, before.tally.id, after.series, by, word, fresh, reason)


def _down(*, corrects: bool) -> tuple[MovementWord, str]:
    return ("correction", "the story corrects") if corrects else ("error", "a running total does not fall")


def _up(earlier: Verdict | None, later: Verdict | None, fresh: int) -> tuple[MovementWord, str]:
    """What a step up is, and why. fresh: how many incidents are new in the ledger."""
    before, after = (
        one.ledger.best if one is not None and one.ledger is not None else None for one in (earlier, later)
    )
    if before is None or after is None:
        return "unchecked", "the ledger does not count it"
    if not fresh:
        return "revision", "no incident is new in the ledger between the two"
    new = f"{fresh} incident{'s are' if fresh > 1 else ' is'} new in the ledger between the two"
    if after <= before:
        return "revision", f"{new}, without a figure"
    return "new_incident", f"{new}, by which its figure grew by {after - before}"
