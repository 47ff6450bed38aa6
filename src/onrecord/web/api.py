"""The REST API: what the pages show, for programs."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from onrecord.web import api_decisions, api_files, api_things, shapes
from onrecord.web.api_answers import Asked, Asking, reads
from onrecord.web.api_lists import lists_of, of_decisions

router = APIRouter(tags=["lists"])

Wanted = Annotated[shapes.Filtered, Query()]


def _filtered(asked: Asked, table: str, wanted: shapes.Filtered) -> Response:
    lists = lists_of(asked.board, masked=asked.masked)
    return asked.page(*lists.page(table, wanted, lists.wanted(wanted.wanted())))


def _list(table: str, row: Any, said: str) -> Callable[..., Response]:
    """A list with the filters of the command line."""

    def handler(asked: Asking, wanted: Wanted) -> Response:
        return _filtered(asked, table, wanted)

    return reads(router, f"/{table}", shapes.Page[row], name=f"api_{table}", summary=said)(handler)


for _table, _row, _said in (
    ("stories", shapes.StoryRow, "The stories, in the order of publication."),
    ("claims", shapes.ClaimRow, "Who says what, in the order of publication and of the text."),
    ("events", shapes.EventRow, "What each story tells of, in the order of publication and of the text."),
    ("tallies", shapes.TallyRow, "Stated totals, each held against the ledger."),
    ("incidents", shapes.IncidentRow, "The incidents, in the order of their days."),
    ("plans", shapes.PlanRow, "What is told of and not held to have happened."),
    ("families", shapes.FamilyRow, "Stories that carry one report."),
    ("mutations", shapes.MutationRow, "What stories state otherwise than their origin."),
):
    _list(_table, _row, _said)


@reads(router, "/decisions", shapes.Page[shapes.DecisionRow], name="api_decisions", summary="What people decided.")
def decisions(asked: Asking, wanted: Annotated[shapes.OfDecisions, Query()]) -> Response:
    """In the order in which they were made. Who made them is for those who decide."""
    lists = lists_of(asked.board, masked=asked.masked)
    return asked.page(*lists.page("decisions", wanted, of_decisions(wanted, lists)))


@reads(router, "/campaigns", shapes.Page[shapes.CampaignRow], name="api_campaigns", summary="The named watches.")
def campaigns(asked: Asking, wanted: Annotated[shapes.Paging, Query()]) -> Response:
    """With what belongs to each."""
    return asked.page(*lists_of(asked.board, masked=asked.masked).page("campaigns", wanted))


@reads(router, "/openapi.json", dict[str, Any], name="api_description", summary="This description.")
def description(asked: Asking) -> Response:
    """OpenAPI 3.1, for tools that make clients."""
    return JSONResponse(described(), headers={"ETag": f'W/"{asked.tag}"'})


ROUTERS = (router, api_things.router, api_decisions.router, api_files.router)


def described() -> dict[str, Any]:
    """The API in the words of OpenAPI."""
    routes = [route for one in ROUTERS for route in one.routes]
    return get_openapi(
        title="OnRecord", version="1", summary="A sourced incident ledger", description=_SAID, routes=routes
    )


_SAID = (
    "Every answer that is no file has data and meta, every error an error with code, message and details. Lists are paged by "
    "meta.next. Names of private persons are hidden from readers. See docs/api.md."
)
