"""Timeline and map: when and where, and stated totals over what the ledger itself comes to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from typing import Any, get_args
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from onrecord.errors import WrongUse
from onrecord.exports import panels
from onrecord.exports.filters import HAPPENED, Filter, check
from onrecord.exports.harmless import in_line
from onrecord.exports.panels import Mark, Panel
from onrecord.exports.private import Row
from onrecord.records import EventKind, Incident, Read, Tally, TallyUnit
from onrecord.web import access, paging, showing
from onrecord.web.access import Person
from onrecord.web.board import Board
from onrecord.web.desk import desk_of
from onrecord.web.failing import Refused
from onrecord.wording import numbers

router = APIRouter()

_FIRST: tuple[TallyUnit, ...] = ("killed", "killed_or_presumed_dead", "civilians_killed", "injured")
"""The units that are offered first; the others stand in the order of the list."""
_LONGEST = 200
"""How many characters of a name of a place, an actor or a target a picture has room for."""
_COLUMNS = (
    "id", "kind", "status", "first", "last", "date_precision", "place", "country", "lat", "lon", "place_precision", "low", "best",
    "high", "actor",
)  # fmt: skip

Mask = Callable[[str, str | None], str | None]
"""From a column and its cell to the cell as the one who asks may read it."""


@router.get("/timeline", dependencies=[Depends(access.READER)], name="timeline")
def timeline(request: Request) -> HTMLResponse:
    """The page. It asks for what it draws itself, with the same filter."""
    wanted, typed = paging.asked(request)
    board = desk_of(request).board()
    _check(board, wanted)
    context = {
        "filters": typed,
        "source": f"/timeline.json?{urlencode(typed)}" if typed else "/timeline.json",
        "kinds": get_args(EventKind),
        "statuses": HAPPENED,
        "campaigns": [campaign.name for campaign in board.view.campaigns],
    }
    return showing.page(request, "timeline.html", context)


@router.get("/timeline.json", dependencies=[Depends(access.READER)], name="timeline_data")
def timeline_data(request: Request) -> Response:
    """What the page draws: incidents as rows of columns, and the panels of stated totals."""
    wanted, _ = paging.asked(request)
    board = desk_of(request).board()
    _check(board, wanted)
    person: Person | None = request.state.person
    laid = _laid(board, masked=person is None or not person.knows_names)
    return Response(msgspec.json.encode(laid.picture(wanted)), media_type="application/json")


def _check(board: Board, wanted: Filter) -> None:
    try:
        check(board.view, wanted)
    except WrongUse as error:
        raise Refused(422, showing.for_people(str(error))) from None


# ---- what a board has for the page


def _laid(board: Board, *, masked: bool) -> "_Laid":
    """The board as laid out before, for those who may read all names or for the others."""
    held = _LAID.setdefault(board, {})
    if masked not in held:
        held[masked] = _Laid(board, masked=masked)
    return held[masked]


class _Laid:
    """Incidents and totals of a board, each with the columns that a filter asks about.

    Filters look at what the one who asks may read: a name that is withheld cannot be found out by asking for it.
    """

    def __init__(self, board: Board, *, masked: bool) -> None:
        self._board = board
        mask = _Mask(board) if masked else _as_it_is
        self._mask: Mask = mask
        self._incidents = [(_wide(board, one, mask), one) for one in board.view.derived.incidents]
        self._tallies = [
            _tally(board, read, tally, told)
            for read in board.view.reads
            if read.reading.tallies
            for told in [_told(board, read, mask)]
            for tally in read.reading.tallies
        ]

    def picture(self, wanted: Filter) -> dict[str, Any]:
        """All that is drawn of what is asked for."""
        kept = [row for row in self._tallies if wanted.keeps(row)]
        drawn = panels.panels(self._board.view, kept)
        whys = _whys(kept)
        outlets = sorted({mark.outlet for panel in drawn for mark in panel.marks})
        place = {outlet: n for n, outlet in enumerate(outlets)}
        order = (*_FIRST, *(unit for unit in get_args(TallyUnit) if unit not in _FIRST))
        return {
            "state": self._board.state,
            "columns": _COLUMNS,
            "incidents": [self._row(one) for row, one in self._incidents if wanted.keeps(row)],
            "outlets": [in_line(outlet)[:_LONGEST] for outlet in outlets],
            "panels": [
                self._panel(panel, place, whys) for panel in sorted(drawn, key=lambda panel: order.index(panel.unit))
            ],
        }

    def _row(self, one: Incident) -> tuple[Any, ...]:
        when, where, killed = one.when, one.where, one.killed
        return (
            one.id,
            one.kind,
            one.status,
            when.start if when else None,
            when.end if when else None,
            when.precision if when else "unknown",
            self._mask("place", where.name if where else None),
            where.country if where else None,
            _degrees(where.lat if where else None),
            _degrees(where.lon if where else None),
            where.precision if where else "unknown",
            killed.low,
            killed.best,
            killed.high,
            self._mask("actor", one.actor),
        )

    def _panel(self, panel: Panel, place: Mapping[str, int], whys: Mapping[Any, "_Why"]) -> dict[str, Any]:
        def why(mark: Mark) -> _Why:
            return whys[_key(panel.unit, mark.day, mark.value, mark.outlet, mark.verdict)]

        def reason(mark: Mark) -> str:
            return in_line(self._mask("reason", why(mark).reason) or "")

        return {
            "unit": panel.unit,
            "campaign": panel.campaign,
            "heading": panels.heading(panel),
            "said": panels.described([panel]),
            "lost": panel.lost,
            "marks": [
                (
                    mark.day, mark.stated.low, mark.value, mark.stated.high, place[mark.outlet], mark.verdict, mark.against,
                    mark.times, why(mark).tally,
                )
                for mark in panel.marks
            ],
            "steps": [(step.day, step.low, step.best, step.high) for step in panel.steps if step.day != date.min],
            "before": next(((s.low, s.best, s.high) for s in panel.steps if s.day == date.min), None),
            "gaps": [
                {**asdict(gap), "worst": gap.worst.value, "against": gap.worst.against, "reason": reason(gap.worst)}
                for gap in gaps(panel.marks)
            ],
        }  # fmt: skip


_LAID: WeakKeyDictionary[Board, dict[bool, _Laid]] = WeakKeyDictionary()


class _Mask:
    """Cells without the names of private persons. Most cells are told many times, and looked through once."""

    def __init__(self, board: Board) -> None:
        self._private = board.private
        self._done: dict[tuple[str, str], str] = {}

    def __call__(self, column: str, cell: str | None) -> str | None:
        if cell is None:
            return None
        if (column, cell) not in self._done:
            self._done[column, cell] = str(self._private.withheld({column: cell})[column])
        return _as_it_is(column, self._done[column, cell])


def _as_it_is(_column: str, cell: str | None) -> str | None:
    if cell is None or len(cell) <= _LONGEST:
        return cell and in_line(cell)
    return f"{in_line(cell)[: _LONGEST - 1]}…"


def _degrees(value: float | None) -> float | None:
    """A ten-thousandth of a degree is eleven metres."""
    return None if value is None else round(value, 4)


def _wide(board: Board, one: Incident, mask: Mask) -> Row:
    cells = board.filtered[one.id]
    return {**cells, "actor": mask("actor", one.actor), "place": mask("place", one.where.name if one.where else None)}


def _told(board: Board, read: Read, mask: Mask) -> Row:
    """What a story with totals tells of: they are found by that."""
    found: defaultdict[str, set[str | None]] = defaultdict(set)
    for event in read.reading.events:
        found["kind"].add(event.kind)
        found["status"].add(event.status)
        found["actor"].add(mask("actor", event.actor.name if event.actor else None))
        found["place"].add(mask("place", event.where.name if event.where else None))
        found["country"].add(event.where.country if event.where else None)
        found["campaigns"].update(home.campaigns if (home := board.home.get(event.id)) else ())
    return {column: "; ".join(sorted(filter(None, cells))) for column, cells in found.items()}


def _tally(board: Board, read: Read, tally: Tally, told: Row) -> Row:
    stated, verdict = numbers.bounds(tally.quantity), board.verdicts.get(tally.id)
    ledger = verdict.ledger if verdict else None
    published = read.story.published.day
    return {
        **told,
        "id": tally.id,
        "unit": tally.unit,
        "outlet": read.story.outlet,
        "as_of": tally.as_of.isoformat() if tally.as_of else None,
        "published": published.isoformat() if published else None,
        "low": stated.low,
        "best": stated.best,
        "high": stated.high,
        "verdict": verdict.word if verdict else None,
        "ledger_best": ledger.best if ledger else None,
        "ledger_high": ledger.high if ledger else None,
        "reason": verdict.reason if verdict else None,
    }


# ---- stated totals that the ledger does not bear out


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of days over which totals are stated that lie outside of the ledger's figure, on one side of it.

    word: short or over; times: how many totals; worst: the one that lies farthest off.
    """

    first: date
    last: date
    word: str
    times: int
    worst: Mark


def gaps(marks: Iterable[Mark]) -> Iterator[Gap]:
    """The stretches, in time. One ends where a day has totals that can be held against the ledger, and none that lies off so."""
    days: dict[date, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.verdict in ("consistent", "short", "over"):
            days[mark.day].append(mark)
    found = list[Gap]()
    for word in ("short", "over"):
        off = [(day, [mark for mark in days[day] if mark.verdict == word]) for day in sorted(days)]
        for is_off, stretch in groupby(off, key=lambda one: bool(one[1])):
            if is_off:
                held = [*stretch]
                all_ = [mark for _, told in held for mark in told]
                worst = max(all_, key=lambda mark: abs(mark.value - (mark.against or 0)))
                found.append(Gap(held[0][0], held[-1][0], word, sum(mark.times for mark in all_), worst))
    yield from sorted(found, key=lambda gap: (gap.first, gap.word))


@dataclass(frozen=True, slots=True)
class _Why:
    """Which total it is, and why its verdict is what it is."""

    tally: str
    reason: str


def _key(unit: object, day: object, value: object, outlet: object, verdict: object) -> tuple[str, ...]:
    return str(unit), str(day), str(value), str(outlet), str(verdict)


def _whys(rows: Iterable[Row]) -> dict[tuple[str, ...], _Why]:
    """The first total of each mark."""
    found: dict[tuple[str, ...], _Why] = {}
    for row in rows:
        value = next((row[end] for end in ("best", "low", "high") if row[end] is not None), None)
        day, outlet = row["as_of"] or row["published"], row["outlet"] or "no outlet named"
        key = _key(row["unit"], day, value, outlet, row["verdict"] or "not_comparable")
        found.setdefault(key, _Why(str(row["id"]), str(row["reason"] or "")))
    return found
