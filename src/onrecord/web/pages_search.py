"""Search: stories by their words, and whatever has an id by that."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import escape

from onrecord.errors import TryLater
from onrecord.records import Plan
from onrecord.web import access, showing
from onrecord.web.board import Board
from onrecord.web.desk import desk_of
from onrecord.web.searching import Hit

router = APIRouter()

_HITS = 20
_ID = re.compile(r"(?:st|in|pl|fa|de|g)[-\w]{4,60}", re.ASCII)


@router.get("/search", dependencies=[Depends(access.READER)], name="search")
def search(request: Request, q: str = "", after: str = "") -> Response:
    """The stories in which the words asked for stand. An id leads straight to its page."""
    desk, person = desk_of(request), request.state.person
    board = desk.board()
    led = page_of(board, q.strip())
    if led is not None:
        return RedirectResponse(led, 303)
    found: list[Hit] = []
    following, later = None, ""
    if q.strip():
        try:
            found, following = desk.search(q, not person.knows_names, _HITS, after or None)
        except TryLater as error:
            later = str(error)
    return _page(request, q, after, found, following, later)


def _page(request: Request, q: str, after: str, found: list[Hit], following: str | None, later: str) -> HTMLResponse:
    hits = [{"hit": hit, "pieces": list(pieces(*hit.snippet))} for hit in found]
    more = f"/search?{urlencode({'q': q, 'after': following})}" if following else None
    # A reader's own words as they are: blotted out, a name would be known to be one of those that are hidden
    context = {"q": escape(q), "after": after, "hits": hits, "more": more, "later": later}
    return showing.page(request, "search.html", context, 503 if later else 200)


def pieces(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is marked."""
    at = 0
    for start, end in marks:
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False


def page_of(board: Board, id_: str) -> str | None:
    """The address of the page of what has that id: a story, a claim, event or total in one, an incident or a plan under any name
    that it had, a family, a decision.
    """
    if not _ID.fullmatch(id_):
        return None
    if id_ in board.reads:
        return f"/stories/{quote(id_)}"
    row = board.row(id_)
    if row is not None or board.ended(id_):
        return f"/{'plans' if isinstance(row, Plan) else 'incidents'}/{quote(id_)}"
    if id_ in board.families:
        return f"/families/{quote(id_)}"
    if id_ in board.decisions:
        return f"/decisions/{quote(id_)}"
    found = board.finding(id_)
    return f"/stories/{quote(found[0].story.id)}#{quote(id_)}" if found is not None else None
