"""How the desk is: for probes, for what watches machines, and for the people who keep it."""

import platform
from importlib.metadata import version

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool

from onrecord.engines import reader_name
from onrecord.errors import OnRecordError
from onrecord.exports.harmless import in_line
from onrecord.ledger import Ledger, chain, condition, opening
from onrecord.web import access, health, showing, turns
from onrecord.web.desk import desk_of
from onrecord.web.health import Health
from onrecord.web.queue import TAGS

router = APIRouter()
_LAST = 10
"""How many decisions are shown."""


def health_of(request: Request) -> Health:
    """The checks of an application."""
    made: Health = request.app.state.health
    return made


@router.get("/health/live", dependencies=[Depends(access.ANYONE)], name="live")
async def live() -> Response:
    """Whether the process answers. Nothing else is asked."""
    return PlainTextResponse("alive\n")


@router.get("/health/ready", dependencies=[Depends(access.ANYONE)], name="ready")
async def ready(request: Request) -> Response:
    """Whether the desk can be worked at: 200, or 503 with what is wrong."""
    report = await health_of(request).asked()
    checks = [
        {"name": one.name, "state": one.state, "ms": round(one.seconds * 1000, 1), "why": one.why}
        for one in report.checks
    ]
    return JSONResponse({"ready": report.ready, "checks": checks}, 200 if report.ready else 503)


@router.get("/metrics", dependencies=[Depends(access.READER)], name="metrics")
def metrics(request: Request) -> Response:
    """All that is counted, in the text format of Prometheus."""
    return Response(generate_latest(desk_of(request).counts.registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/health", dependencies=[Depends(access.ADMIN)], name="health")
async def page(request: Request) -> HTMLResponse:
    """The same for people, with what only those may see who keep the desk."""
    report = await health_of(request).asked()
    return await run_in_threadpool(_page, request, report)


def _page(request: Request, report: health.Report) -> HTMLResponse:
    desk, options = desk_of(request), request.app.state.options
    board = desk.board()
    items = desk.queue.items(board, options.sign_off, request.state.person.id)
    given = {
        "board": board,
        "report": report,
        "told": _told(desk.ledger),
        "number": desk.laid_out[0],
        "copies": health.copies(options.backups),
        "backups": options.backups,
        "waiting": turns.DECISIONS.count,
        "tags": [(said, sum(name in item.tags for item in items)) for name, (said, _) in TAGS.items()],
        "decisions": board.view.decisions[: -_LAST - 1 : -1],
    }
    return showing.page(request, "health.html", given)


def _told(ledger: Ledger) -> list[tuple[str, str]]:
    """What runs here and on what, as far as the ledger can be asked."""
    found = [
        ("OnRecord", version("onrecord")),
        ("Python", f"{platform.python_version()} on {platform.system()}"),
        ("Reader", reader_name()),
        ("Ledger", ledger.place),
    ]
    try:
        with ledger.reading() as connection:
            entries, last = chain.head(connection)
            size = condition.size(ledger, connection)
            found += [
                ("Database", condition.database(connection)),
                ("Schema", opening.revision(connection) or "none"),
                ("Size", f"{size / 2**20:,.1f} MiB"),
                ("Log", f"{entries:,} entries, the last {last[:16]}"),
            ]
        free = condition.room(ledger)
        return found if free is None else [*found, ("Free on its disk", f"{free / 2**30:,.1f} GiB")]
    except (OnRecordError, OSError) as error:
        return [*found, ("And", f"cannot be told now: {showing.for_people(in_line(error))}")]
