"""What wants looking at, the most valuable first: the machine suggests, people decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from onrecord import incidents
from onrecord.records import Bounds, Event, Incident, Plan, Span, Tally
from onrecord.web.board import Board
from onrecord.web.remembering import Remembered

TAGS: Mapping[str, tuple[str, float]] = {
    "look": ("needs another look", 9.0),
    "disagreement": ("sources disagree", 5.0),
    "tally": ("total is off", 4.0),
    "mutation": ("changed in copying", 3.5),
    "status": ("status uncertain", 3.0),
    "second": ("waits for a second person", 2.5),
    "new": ("new", 2.0),
}
"""Why something is in the queue: in words, and how much a look at it is worth by itself."""

_DOUBTFUL = ("unknown", "attempted", "possible")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at. id: of the incident, plan, tally or decision; kind: which of these it is; why: a sentence a tag."""

    id: str
    kind: str
    tags: tuple[str, ...]
    why: tuple[str, ...]
    worth: float
    spans: tuple[Span, ...] = ()


class Queue:
    """The queues of one ledger, from moment to moment."""

    def __init__(self) -> None:
        self._contested: Remembered[Incident, Mapping[str, str]] = Remembered(_contested)
        self._made: dict[tuple[int, str], tuple[Board, list[Item]]] = {}

    def items(self, board: Board, sign_off: int, person: str) -> list[Item]:
        """What wants looking at by that person. sign_off: how many people have to confirm an incident."""
        known = self._made.get((sign_off, person))
        if known is not None and known[0] is board:
            return known[1]
        found = [*_decisions(board), *self._incidents(board, sign_off, person), *_plans(board), *_tallies(board)]
        found.sort(key=lambda item: (-item.worth, item.id))
        if len(self._made) >= _PEOPLE:
            self._made.clear()
        self._made[(sign_off, person)] = (board, found)
        return found

    def keep_up(self, board: Board) -> Iterator[object]:
        """Makes the queues anew that people have looked at, one after the other."""
        for sign_off, person in list(self._made):
            yield self.items(board, sign_off, person)

    def _incidents(self, board: Board, sign_off: int, person: str) -> Iterator[Item]:
        for incident in board.view.derived.incidents:
            review = board.reviews.get(incident.id)
            why: dict[str, str] = {}
            if review is None:
                why["new"] = _support(incident)
                why |= self._contested(incident.id, incident)
                why |= _changed(board, incident)
            elif review == "confirmed":
                by = board.signed.get(incident.id, frozenset())
                if 0 < len(by) < sign_off and person not in by:
                    why["second"] = f"confirmed by {len(by)}, and {sign_off} are asked for"
            if why:
                weight = log1p(incident.killed.best or 0) + 0.5 * log1p(len(incident.reports))
                yield _item(incident.id, "incident", why, weight, _first_words(board, incident))


_PEOPLE = 50
"""Whose queues are kept at most."""


def _changed(board: Board, incident: Incident) -> dict[str, str]:
    changed = board.mutated.get(incident.id, [])
    if not changed:
        return {}
    one = changed[0]
    more = f", and {len(changed) - 1} more" if len(changed) > 1 else ""
    told = f"{board.called(one.story)} has {one.field.replace('_', ' ')} {one.now or 'left out'}"
    return {"mutation": f"{told} where its origin has {one.was or 'none'}{more}"}


def _item(id_: str, kind: str, why: Mapping[str, str], weight: float, spans: Sequence[Span]) -> Item:
    worth = sum(TAGS[tag][1] for tag in why) + weight
    return Item(id_, kind, tuple(why), tuple(why.values()), worth, tuple(spans))


def _decisions(board: Board) -> Iterator[Item]:
    for standing in board.view.derived.standings:
        if standing.state in ("needs_look", "orphaned"):
            made = board.decisions[standing.decision]
            yield _item(made.id, "decision", {"look": standing.note}, 0.0, made.anchors[:1])


def _support(incident: Incident) -> str:
    reports, sources = len(incident.reports), len(incident.sources)
    return f"{_many(reports, 'independent report')}, {_many(sources, 'primary source')}"


def _many(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _contested(incident: Incident) -> dict[str, str]:
    why: dict[str, str] = {}
    graded = incidents.grade(incident)
    if graded.word in ("contested", "withdrawn"):
        why["disagreement"] = graded.reason
    elif _wide(incident.killed) or _wide(incident.injured):
        why["disagreement"] = "sources give other numbers"
    return why


def _wide(bounds: Bounds) -> bool:
    return bounds.low is not None and bounds.high is not None and bounds.low != bounds.high


def _plans(board: Board) -> Iterator[Item]:
    for plan in board.view.derived.plans:
        if board.reviews.get(plan.id) is None and plan.status in _DOUBTFUL:
            why = {"status": f"told as {plan.status}: did it happen, or is it only spoken of?"}
            yield _item(plan.id, "plan", why, 0.3 * log1p(len(plan.stories)), _first_words(board, plan))


def _tallies(board: Board) -> Iterator[Item]:
    for tally, verdict in board.verdicts.items():
        if verdict.word in ("short", "over") and board.reviews.get(tally) is None:
            found = board.finding(tally)
            if found is not None and isinstance(found[1], Tally):
                off = log1p(verdict.off_by or 0)
                yield _item(tally, "tally", {"tally": verdict.reason}, 0.5 * off, (found[1].span,))


def _first_words(board: Board, row: Incident | Plan) -> tuple[Span, ...]:
    """The words of the first report that tells of it."""
    event = row.events[0]
    found = board.finding(event)
    mentions = found[1].mentions if found is not None and isinstance(found[1], Event) else ()
    return (mentions[0].trigger,) if mentions else ()
