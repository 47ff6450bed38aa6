"""A story: its words with what was read in them, whose report it is, and what it has otherwise than its origin."""

from collections import defaultdict
from typing import get_args

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from onrecord import incidents
from onrecord.decisions.values import fields
from onrecord.exports import versions
from onrecord.exports.evidence import said
from onrecord.ledger import read as held
from onrecord.records import EventKind, Masthead, Mutation, Read, SourceKind, Stance, Status, Story, TallyUnit
from onrecord.web import access, graph, marking, showing
from onrecord.web.board import Board
from onrecord.web.deciding import new_key
from onrecord.web.desk import Desk, desk_of
from onrecord.web.failing import Refused

router = APIRouter()
LISTS = {
    "EventKind": get_args(EventKind),
    "Status": get_args(Status),
    "SourceKind": get_args(SourceKind),
    "Stance": get_args(Stance),
    "TallyUnit": get_args(TallyUnit),
}
"""The words that a field of a closed list may take, by the kind of its value in fields.toml."""
_LONGEST = 400_000
"""Characters of a text that one page shows."""


@router.get("/stories/{id_}", dependencies=[Depends(access.READER)], name="story")
def story(request: Request, id_: str) -> HTMLResponse:
    """One version of a published text."""
    desk = desk_of(request)
    board = desk.board()
    read = board.read(id_)
    words = desk.story(read.story.id) if read is not None else None
    if read is None or words is None:
        raise Refused(404, f"No story {id_[:80]} is held here.")
    family = board.family_of.get(read.story.id)
    mask = None if request.state.person.knows_names else board.private.masked
    given = {
        "board": board,
        "read": read,
        "words": words,
        "headline": marking.stretches(_masked(mask, words.headline), marking.marks(read, words, "headline")),
        "paragraphs": list(
            marking.paragraphs(_masked(mask, words.text[:_LONGEST]), marking.marks(read, words, "text"))
        ),
        "cut": max(0, len(words.text) - _LONGEST),
        "derivation": board.derivations.get(read.story.id),
        "family": family,
        "drawing": graph.drawing(board, family) if family else None,
        "changes": [_change(desk, words, one) for one in board.mutations.get(read.story.id, ())],
        "said": said,
        "version": desk.shown,
        "claims_of": _claims_of(read),
        "misfits": incidents.misfits(read),
        "versions": held.versions(desk.ledger, read.story.id),
        "differences": _differences(desk, read.story, words),
        "key": new_key,
        "fields": fields(),
        "lists": LISTS,
    }
    return showing.page(request, "story.html", given)


def _masked(mask: object, text: str) -> str:
    return mask(text) if callable(mask) else text


def _claims_of(read: Read) -> dict[str, list[str]]:
    """The events that each claim tells of."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for event in read.reading.events:
        for claim in event.claims:
            found[claim].append(event.id)
    return found


def _change(desk: Desk, words: Story, change: Mutation) -> dict[str, object]:
    """A value that changed on the way, with the words on both sides."""
    origin = desk.story(change.origin)
    was = [change.was_span] if change.was_span and origin else []
    now = [change.now_span] if change.now_span else []
    return {
        "change": change,
        "was": marking.excerpt(origin, was, "was") if origin and was else [],
        "now": marking.excerpt(words, now, "now") if now else [],
        "held": origin is not None,
    }


def _differences(desk: Desk, head: Masthead, words: Story) -> list[tuple[str, str]]:
    before = desk.story(head.earlier) if head.earlier else None
    return list(versions.differences(before, words)) if before is not None else []


@router.get("/captures/{id_}", dependencies=[Depends(access.CODER)], name="capture")
def capture(request: Request, id_: str) -> Response:
    """The bytes as they came, to keep and never to run: as plain text, as a file, in a sandbox."""
    desk = desk_of(request)
    board: Board = desk.board()
    read = board.read(id_)
    found = held.capture_of(desk.ledger, read.story.id) if read is not None else None
    if found is None:
        raise Refused(404, "No bytes are held of that.")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.sha256}.txt"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.body, media_type="text/plain", headers=headers)
