"""The desk itself: what wants looking at, the most valuable first."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from onrecord.web import access, showing

router = APIRouter()


@router.get("/", dependencies=[Depends(access.READER)], name="desk")
def desk(request: Request) -> HTMLResponse:
    """The queue."""
    return showing.page(request, "desk.html", {})
