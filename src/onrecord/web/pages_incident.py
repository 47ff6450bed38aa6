"""An incident or a plan: every value with what supports it, what dissents, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from onrecord import incidents
from onrecord.decisions.shown import shown
from onrecord.decisions.values import fields, listed
from onrecord.exports.evidence import said
from onrecord.records import Bounds, Event, Incident, Read, Span, Statement, Story
from onrecord.web import access, marking, showing
from onrecord.web.board import Board, Row
from onrecord.web.deciding import new_key
from onrecord.web.desk import Desk, desk_of
from onrecord.web.failing import Refused

router = APIRouter()
_OF = {
    "date": ("date",),
    "place": ("place", "country"),
    "actor": ("actor", "responsibility"),
    "target": ("target",),
    "killed": ("killed", "killed_part"),
    "injured": ("injured", "injured_part"),
    "status": ("status",),
    "kind": ("kind",),
}
"""By a field of a row the fields of the statements that bear on it."""


@router.get("/incidents/{id_}", dependencies=[Depends(access.READER)], name="incident")
def incident(request: Request, id_: str) -> Response:
    """One incident, or what is left of the name of one."""
    return _shown(request, id_)


@router.get("/plans/{id_}", dependencies=[Depends(access.READER)], name="plan")
def plan(request: Request, id_: str) -> Response:
    """Something that is told of and not held to have happened."""
    return _shown(request, id_)


def _shown(request: Request, id_: str) -> Response:
    desk = desk_of(request)
    board = desk.board()
    row = board.row(id_)
    if row is None:
        ended = board.ended(id_)
        raise Refused(404, f"{id_} is no incident or plan any more; its name is never given again." if ended else "")
    if not request.url.path.endswith(f"{'/incidents/' if isinstance(row, Incident) else '/plans/'}{row.id}"):
        name = "incident" if isinstance(row, Incident) else "plan"
        # The name that was followed goes along, so that the page can say where it led from
        goes = request.url_for(name, id_=row.id).include_query_params(from_=id_, **request.query_params)
        return RedirectResponse(f"{goes.path}?{goes.query}", 303)
    return _page(request, desk, board, row)


def _page(request: Request, desk: Desk, board: Board, row: Row) -> HTMLResponse:
    events = board.events(row)
    words = desk.stories(list(row.stories))
    known = isinstance(row, Incident)
    given = {
        "board": board,
        "row": row,
        "known": known,
        "version": desk.shown(row, row.id),
        "values": dict(shown(row)),
        "events": [
            {
                "read": read,
                "event": event,
                "words": _words(words, read.story.id, [m.span for m in event.mentions]),
                "who": _who(read, event),
            }
            for read, event in events
        ],
        "evidence": {field: _evidence(row, of, words) for field, of in _OF.items()}
        if isinstance(row, Incident)
        else {},
        "ranges": [r for what in ("killed", "injured") if (r := ranges(row, what))]
        if isinstance(row, Incident)
        else [],
        "grade": incidents.grade(row) if isinstance(row, Incident) else None,
        "responsibility": incidents.responsibility(row) if isinstance(row, Incident) else None,
        "history": _history(board, row) if isinstance(row, Incident) else [],
        "standings": [(one, board.decisions[one.decision]) for one in board.standings.get(row.id, ())],
        "signed": board.signed.get(row.id, frozenset()),
        "sign_off": request.app.state.options.sign_off,
        "alike": desk.alike(board, row),
        "changes": board.mutated.get(row.id, []),
        "tallies": [v for v in board.view.derived.verdicts if row.id in v.explains],
        "fields": fields()["incident" if known else "plan"],
        "lists": _lists(),
        "campaigns": [one.name for one in board.view.campaigns],
        "key": new_key,
        "led": request.query_params.get("from_", "")[:40],
        "said": said,
    }
    return showing.page(request, "incident.html", given)


def _lists() -> Mapping[str, Sequence[str]]:
    return {name: listed(name) for name in ("EventKind", "Settled", "Unsettled")}


def _words(words: dict[str, Story], story: str, spans: Sequence[Span]) -> list[marking.Stretch]:
    return marking.excerpt(words[story], spans) if story in words else []


def _who(read: Read, event: Event) -> list[str]:
    claims = {claim.id: claim for claim in read.reading.claims}
    return [said(claims[id_]) for id_ in event.claims if id_ in claims]


def _evidence(row: Incident, of: Sequence[str], words: dict[str, Story]) -> list[dict[str, object]]:
    """What was said of a field, each with its sentence: what agrees with the row first."""
    found = [s for s in row.statements if s.field in of]
    return [{"statement": s, "words": _words(words, s.story, [s.span]) if s.span else []} for s in found]


@dataclass(frozen=True, slots=True)
class Ranges:
    """What each source gives of one count, to be drawn on one scale. most: where the scale ends."""

    what: str
    whole: Bounds
    sources: tuple[tuple[str, Bounds, bool], ...]
    most: int


def ranges(row: Incident, what: str) -> Ranges | None:
    """The figures of one count by source, the last of each; None where no two give one."""
    last: dict[str, Statement] = {s.source: s for s in row.statements if s.field == what and s.bounds is not None}
    whole = row.killed if what == "killed" else row.injured
    if len(last) < 2:
        return None
    figures = tuple((source, s.bounds, s.credible) for source, s in last.items() if s.bounds is not None)
    ends = [n for _, b, _ in figures for n in (b.low, b.best, b.high) if n is not None]
    return Ranges(what, whole, figures, max((*ends, whole.high or 0, 1)))


def _history(board: Board, row: Incident) -> list[dict[str, object]]:
    return [{"revision": one, "outlet": board.called(one.story) if one.story else None} for one in board.history(row)]
