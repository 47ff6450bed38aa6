"""Deciding by the API: on what was shown, once, and with what stands there now where it has changed."""

import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from fastapi.routing import APIRoute

from onrecord import decisions
from onrecord.decisions.shown import Target
from onrecord.errors import Conflict, WrongUse
from onrecord.pipeline import Judgement, Outcome
from onrecord.web import access, turns
from onrecord.web.api_answers import PREFIX, STATUSES, Asked, Asking, nothing, responses
from onrecord.web.board import Board
from onrecord.web.desk import Desk
from onrecord.web.failing import Refused
from onrecord.web.shapes import Kept, One, Wish

_SHOWN = re.compile(r'"([0-9a-f]{12})(?:\.[^"]*)?"')


class _Strict(Request):
    """A request whose JSON says everything once: of a name given twice nobody knows which is meant."""

    async def json(self) -> Any:
        """The body. Raises HTTPException (400) for what is no JSON, or says something twice."""
        try:
            return json.loads(await self.body(), object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(_word: str) -> Any:
    raise ValueError


class _StrictRoute(APIRoute):
    """A route that reads JSON so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route."""
        handler = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handler(_Strict(request.scope, request.receive))

        return strict


router = APIRouter(tags=["deciding"], route_class=_StrictRoute)


@dataclass(frozen=True, slots=True)
class _Now:
    """What an id stands for at a moment, and its version."""

    id: str
    target: Target
    version: str


@router.post(
    PREFIX + "/decisions",
    dependencies=[Depends(access.CODER)],
    status_code=201,
    response_model=One[Kept],
    responses={
        **responses(400, 404, 409, 412, 428),
        200: {"description": "it had been made before, under the same key", "model": One[Kept]},
    },
    name="api_decide",
    summary="Keeps a decision.",
)
async def decide(
    asked: Asking,
    wish: Wish,
    if_match: Annotated[
        str | None, Header(max_length=200, description="the ETag of the target as it was shown")
    ] = None,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="the same key gives the same decision again")
    ] = None,
) -> Response:
    """If-Match has to have the ETag that the target was given with, except where the target is a decision (undo).

    Where the target has changed since, nothing is kept: 412 has its values of now. A key makes it safe to ask again.
    """
    return await turns.deciding(_decided, asked, wish, if_match, idempotency_key)


def _decided(asked: Asked, wish: Wish, if_match: str | None, idempotency_key: str | None) -> Response:
    key = _key(wish, idempotency_key)
    version = _version(asked.board, wish, if_match)
    if key is None and _target(asked.board, wish.target) is None and wish.target not in asked.board.decisions:
        raise _lost(asked.board, wish)
    judgement = Judgement(
        wish.verdict, wish.target, asked.person.id, wish.reason, wish.field, wish.value, wish.into, tuple(wish.words), key, version
    )  # fmt: skip
    try:
        made = asked.desk.decide(judgement)
    except (WrongUse, Conflict) as error:
        raise _why(asked.desk, judgement, error) from error
    return _answer(asked, made)


def _key(wish: Wish, header: str | None) -> str | None:
    if wish.key is not None and header is not None and wish.key != header:
        raise Refused(422, f"key: {wish.key} is not the Idempotency-Key; give one of the two")
    return wish.key or header


def _version(board: Board, wish: Wish, if_match: str | None) -> str | None:
    """The version that was shown. Raises Refused: 428 without one, 422 where it is none."""
    if if_match is None:
        if wish.verdict == "undo" or wish.target in board.decisions:
            return None
        raise Refused(428, f"{STATUSES[428]}; GET {wish.target} gives it")
    match = _SHOWN.fullmatch(if_match.strip())
    if match is None:
        raise Refused(422, "If-Match: is not the ETag of one target, as a GET of it gives it")
    return match.group(1)


def _target(board: Board, id_: str) -> _Now | None:
    """What has that id now: an incident or a plan, also under a name that leads to it, a finding or a story."""
    found: Target | None = board.row(id_)
    if found is None:
        finding = board.finding(id_)
        found = finding[1] if finding is not None else None
    if found is None:
        read = board.read(id_)
        found = read.story if read is not None else None
    return _Now(found.id, found, decisions.version(found, found.id)) if found is not None else None


def _why(desk: Desk, asked: Judgement, error: WrongUse | Conflict) -> Exception:
    """Why a judgement was not kept, as the one who asks can go on from."""
    board = desk.board()
    if asked.key is not None and any(one.key == asked.key for one in board.view.decisions):
        return error
    now = _target(board, asked.target)
    if now is not None:
        return _stands(desk, asked, now) or error
    if asked.target not in board.decisions:
        return _lost(board, asked)
    standing = board.standing.get(asked.target)
    if asked.verdict == "undo" and standing is not None and standing.state == "undone":
        return Refused(409, standing.note, target=asked.target, state=standing.state)
    return error


def _stands(desk: Desk, asked: Judgement, now: _Now) -> Refused | None:
    """What stands against a judgement on what is there: another version, or that it was merged already; None if neither does."""
    if asked.version not in (None, now.version):
        return Refused(412, _changed(now, asked), **_details(desk, now, asked))
    into = _target(desk.board(), asked.into) if asked.into is not None else None
    if into is not None and into.id == now.id and asked.into != asked.target:
        return Refused(409, f"{asked.target} and {asked.into} are one already: {now.id}", **_details(desk, now, asked))
    return None


def _lost(board: Board, asked: Judgement | Wish) -> Refused:
    """What is answered for a target that is not there: 409 where it was, and a decision took it away."""
    made = [one.id for one in board.view.decisions if asked.target in (one.target, one.asked)]
    if made or board.ended(asked.target):
        wish = {"field": asked.field, "value": asked.value}
        return Refused(409, f"{asked.target}: is no more; look again", values=None, yours=wish, decisions=made)
    return nothing()


def _changed(now: _Now, asked: Judgement) -> str:
    values = "; ".join(f"{field} is {value}" for field, value in decisions.shown(now.target) if value is not None)
    wish = f", and was to be {asked.value}" if asked.value is not None else ""
    return f"{now.id}: has changed since it was shown: {values}{wish}; look again"


def _details(desk: Desk, now: _Now, asked: Judgement) -> dict[str, Any]:
    """What had been shown (null where that is long ago), what stands there now, and what was to be set."""
    shown = desk.seen(asked.version or "")
    return {
        "target": now.id,
        "version": desk.shown(now.target, now.id),
        "shown": dict(shown) if shown is not None else None,
        "values": dict(decisions.shown(now.target)),
        "yours": {"field": asked.field, "value": asked.value},
    }


def _answer(asked: Asked, made: Outcome) -> Response:
    board = asked.desk.board()
    decision, standing = made.decision, made.standing
    now = _target(board, standing.target) if standing.target is not None else None
    data = {
        "id": decision.id,
        "verdict": decision.verdict,
        "target": decision.target,
        "target_kind": decision.kind,
        "asked": decision.asked,
        "bears_on": standing.target,
        "state": standing.state,
        "note": standing.note or None,
        "again": made.again,
        "version": now.version if now is not None else None,
    }
    body = {"data": data, "meta": {"next": None, "state": board.state}}
    return JSONResponse(body, 200 if made.again else 201, headers={"Location": f"{PREFIX}/decisions/{decision.id}"})
