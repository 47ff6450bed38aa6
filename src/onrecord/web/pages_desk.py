"""The desk itself: what wants looking at, the most valuable first."""

from collections import Counter
from typing import get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from onrecord.records import EventKind, Status, Story
from onrecord.web import access, marking, paging, showing
from onrecord.web.board import Board
from onrecord.web.deciding import new_key
from onrecord.web.desk import Desk, desk_of
from onrecord.web.queue import TAGS, Item

router = APIRouter()


@router.get("/", dependencies=[Depends(access.READER)], name="desk")
def desk(request: Request) -> HTMLResponse:
    """The queue, by sort, with what can be done about each at once."""
    held, person = desk_of(request), request.state.person
    board = held.board()
    wanted, typed = paging.asked(request)
    items = held.queue.items(board, request.app.state.options.sign_off, person.id)
    if typed:
        kept = held.kept_by(board, wanted)
        items = [item for item in items if item.id in kept]
    counts = Counter(tag for item in items for tag in item.tags)
    tag = request.query_params.get("tag")
    if tag in TAGS:
        items = [item for item in items if tag in item.tags]
    page = paging.page(request, items, lambda item: item.id, 25)
    words = held.stories([span.story for item in page.things for span in item.spans])
    given = {
        "board": board,
        "page": page,
        "cards": [card(held, board, item, words) for item in page.things],
        "tags": [(name, said, counts[name]) for name, (said, _) in TAGS.items() if counts[name]],
        "tag": tag if tag in TAGS else None,
        "filters": typed,
        "address": lambda **changed: paging.address(request, **changed),
        "all": len(items),
        "kinds": get_args(EventKind),
        "statuses": get_args(Status),
        "campaigns": [one.name for one in board.view.campaigns],
        "read": len(board.reads),
    }
    return showing.page(request, "desk.html", given)


def card(desk: Desk, board: Board, item: Item, words: dict[str, Story]) -> dict[str, object]:
    """One thing to look at, as the template wants it."""
    row = board.row(item.id)
    found = board.finding(item.id) if row is None else None
    target = row if row is not None else found[1] if found else None
    span = item.spans[0] if item.spans else None
    story = words.get(span.story) if span else None
    return {
        "item": item,
        "row": row,
        "tally": found[1] if found else None,
        "read": found[0] if found else None,
        "verdict": board.verdicts.get(item.id),
        "decision": board.decisions.get(item.id),
        "version": desk.shown(target, target.id) if target is not None else None,
        "words": marking.excerpt(story, item.spans, "tally" if found else "event") if story else [],
        "from": board.called(span.story) if span else None,
        "story": span.story if span else None,
        "key": new_key(),
    }
