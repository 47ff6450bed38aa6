"""Lists: incidents, plans, stories, tallies, families, sources, and the log of decisions."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from onrecord.records import EventKind, Incident, StandingState, Status, VerdictWord
from onrecord.web import access, graph, paging, showing
from onrecord.web.deciding import new_key
from onrecord.web.desk import desk_of
from onrecord.web.failing import Refused

router = APIRouter()


def _filtering(request: Request, typed: dict[str, str]) -> dict[str, object]:
    """What every list that can be filtered shows of that."""
    board = desk_of(request).board()
    return {
        "board": board,
        "filters": typed,
        "kinds": get_args(EventKind),
        "statuses": get_args(Status),
        "campaigns": [one.name for one in board.view.campaigns],
        "address": lambda **changed: paging.address(request, **changed),
    }


@router.get("/incidents", dependencies=[Depends(access.READER)], name="incidents")
def incidents(request: Request) -> HTMLResponse:
    """What happened, in the order of days."""
    desk = desk_of(request)
    board = desk.board()
    wanted, typed = paging.asked(request)
    rows = list(board.view.derived.incidents)
    if typed:
        kept = desk.kept_by(board, wanted, request.state.person)
        rows = [row for row in rows if row.id in kept]
    newest = request.query_params.get("order") != "oldest"
    page = paging.page(request, rows[::-1] if newest else rows, lambda row: row.id)
    told = [row.killed for row in rows if row.killed.best is not None]
    killed = {
        "low": sum(b.low or 0 for b in told),
        "best": sum(b.best or 0 for b in told),
        "high": sum(max(b.high or 0, b.best or 0) for b in told),
        "unknown": len(rows) - len(told),
    }
    versions = {row.id: desk.shown(row, row.id) for row in page.things}
    given = {"page": page, "killed": killed, "newest": newest, "versions": versions, "key": new_key}
    return showing.page(request, "incidents.html", {**_filtering(request, typed), **given})


@router.get("/plans", dependencies=[Depends(access.READER)], name="plans")
def plans(request: Request) -> HTMLResponse:
    """What is planned, threatened, possible or denied, and is never counted."""
    desk = desk_of(request)
    board = desk.board()
    wanted, typed = paging.asked(request)
    rows = list(board.view.derived.plans)[::-1]
    if typed:
        kept = desk.kept_by(board, wanted, request.state.person)
        rows = [row for row in rows if row.id in kept]
    page = paging.page(request, rows, lambda row: row.id)
    return showing.page(request, "plans.html", {**_filtering(request, typed), "page": page})


@router.get("/stories", dependencies=[Depends(access.READER)], name="stories")
def stories(request: Request) -> HTMLResponse:
    """What was read, the latest first."""
    board = desk_of(request).board()
    outlet = request.query_params.get("outlet", "").strip()
    reads = [r for r in reversed(board.view.reads) if outlet.casefold() in (r.story.outlet or "").casefold()]
    page = paging.page(request, reads, lambda read: read.story.id)
    given = {"board": board, "page": page, "outlet": outlet, "triage": board.triage}
    return showing.page(request, "stories.html", given)


@router.get("/tallies", dependencies=[Depends(access.READER)], name="tallies")
def tallies(request: Request) -> HTMLResponse:
    """Running totals in the press, each held against the ledger."""
    desk = desk_of(request)
    board = desk.board()
    word, unit = request.query_params.get("verdict"), request.query_params.get("unit")
    found = [(read, tally, board.verdicts.get(tally.id)) for read in board.view.reads for tally in read.reading.tallies]
    counts = Counter(verdict.word if verdict else "unchecked" for _, _, verdict in found)
    units = sorted({tally.unit for _, tally, _ in found})
    found = [
        one
        for one in found
        if word in (None, one[2].word if one[2] else "unchecked") and unit in (None, "", one[1].unit)
    ]
    page = paging.page(request, found[::-1], lambda one: one[1].id)
    given = {
        "board": board,
        "page": page,
        "words": [(name, counts[name]) for name in get_args(VerdictWord) if counts[name]],
        "word": word,
        "unit": unit,
        "units": units,
        "address": lambda **changed: paging.address(request, **changed),
        "versions": {tally.id: desk.shown(tally, tally.id) for _, tally, _ in page.things},
        "key": new_key,
    }
    return showing.page(request, "tallies.html", given)


@router.get("/tallies/{id_}", dependencies=[Depends(access.READER)], name="tally")
def tally(request: Request, id_: str) -> HTMLResponse:
    """One total."""
    desk = desk_of(request)
    board = desk.board()
    found = board.finding(id_)
    if found is None or found[1] not in found[0].reading.tallies:
        raise Refused(404)
    one = found[1]
    given = {
        "board": board,
        "read": found[0],
        "tally": one,
        "verdict": board.verdicts.get(id_),
        "moved": board.movement(id_),
        "version": desk.shown(one, one.id),
        "key": new_key,
        "standings": [(s, board.decisions[s.decision]) for s in board.standings.get(id_, ())],
    }
    return showing.page(request, "tally.html", given)


@router.get("/families", dependencies=[Depends(access.READER)], name="families")
def families(request: Request) -> HTMLResponse:
    """Stories that carry one report, the widest spread first."""
    board = desk_of(request).board()
    found = sorted(board.families.values(), key=lambda family: (-len(family.stories), family.id))
    page = paging.page(request, found, lambda family: family.id)
    relations = {
        f.id: Counter(board.derivations[s].relation for s in f.stories if s in board.derivations) for f in page.things
    }
    changed = {f.id: sum(len(board.mutations.get(s, ())) for s in f.stories) for f in page.things}
    given = {"board": board, "page": page, "relations": relations, "changed": changed}
    return showing.page(request, "families.html", given)


@router.get("/families/{id_}", dependencies=[Depends(access.READER)], name="family")
def family(request: Request, id_: str) -> HTMLResponse:
    """One family: who took it from whom, and what changed on the way."""
    board = desk_of(request).board()
    found = board.families.get(id_)
    if found is None:
        raise Refused(404)
    stories = sorted((board.reads[s] for s in found.stories if s in board.reads), key=lambda r: board.place[r.story.id])
    given = {"board": board, "family": found, "stories": stories, "drawing": graph.drawing(board, found)}
    return showing.page(request, "family.html", given)


@dataclass(slots=True)
class Relied:
    """How often somebody is relied on. alone: the incidents that nobody else stands behind."""

    name: str
    incidents: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)


def _relied(rows: tuple[Incident, ...], of: str, called: Callable[[str], str]) -> list[Relied]:
    found: defaultdict[str, Relied] = defaultdict(lambda: Relied(""))
    for row in rows:
        # Names that are blotted out are one to who only reads
        names = dict.fromkeys(called(name) for name in (row.sources if of == "sources" else row.reports))
        for name in names:
            one = found[name]
            one.name = name
            one.incidents.append(row.id)
            if len(names) == 1:
                one.alone.append(row.id)
    return sorted(found.values(), key=lambda one: (-len(one.incidents), one.name))


@router.get("/sources", dependencies=[Depends(access.READER)], name="sources")
def sources(request: Request) -> HTMLResponse:
    """Who is relied on how often, and who alone: sources, and the outlets that reported them."""
    board = desk_of(request).board()
    called = str if request.state.person.knows_names else board.private.masked
    found = _relied(board.view.derived.incidents, "sources", called)
    outlets = _relied(board.view.derived.incidents, "reports", called)
    name = request.query_params.get("name")
    page = paging.page(request, found, lambda one: one.name)
    chosen = next((one for one in (*found, *outlets) if one.name == name), None)
    most = max((len(one.incidents) for one in (*found, *outlets)), default=1)
    given = {"board": board, "page": page, "outlets": outlets[:50], "most": most, "chosen": chosen, "all": len(outlets)}
    return showing.page(request, "sources.html", given)


@router.get("/log", dependencies=[Depends(access.READER)], name="log")
def log(request: Request) -> HTMLResponse:
    """Every decision, the last first, with how it stands."""
    board = desk_of(request).board()
    state, by = request.query_params.get("state"), request.query_params.get("by")
    made = list(reversed(board.view.decisions))
    states = Counter(board.standing[d.id].state for d in made if d.id in board.standing)
    people = sorted({decision.by for decision in made})
    shown = [
        d for d in made
        if (not state or (d.id in board.standing and board.standing[d.id].state == state)) and by in (None, "", d.by)
    ]  # fmt: skip
    page = paging.page(request, shown, lambda decision: decision.id)
    given = {
        "board": board,
        "page": page,
        "state": state,
        "by": by,
        "people": people,
        "states": [(name, states[name]) for name in get_args(StandingState) if states[name]],
        "address": lambda **changed: paging.address(request, **changed),
        "key": new_key,
    }
    return showing.page(request, "log.html", given)


@router.get("/decisions/{id_}", dependencies=[Depends(access.READER)], name="decision")
def decision(request: Request, id_: str) -> HTMLResponse:
    """One decision: what was on the screen, and what became of it."""
    board = desk_of(request).board()
    made = board.decisions.get(id_)
    if made is None:
        raise Refused(404)
    given = {"board": board, "decision": made, "standing": board.standing.get(id_), "key": new_key}
    return showing.page(request, "decision.html", given)


@router.get("/export", dependencies=[Depends(access.LEAD)], name="export")
def export(request: Request) -> HTMLResponse:
    """What can be taken away."""
    return showing.page(request, "export.html", {"board": desk_of(request).board()})


@router.get("/help", dependencies=[Depends(access.READER)], name="help")
def help_(request: Request) -> HTMLResponse:
    """The keys, the words and the marks."""
    return showing.page(request, "help.html", {})
