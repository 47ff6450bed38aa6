"""Forms → decisions, one or many; what changed meanwhile is shown beside what was wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from onrecord import decisions
from onrecord.errors import Conflict, OnRecordError
from onrecord.exports import judged
from onrecord.pipeline import Judgement
from onrecord.web import access, showing, turns
from onrecord.web.desk import Desk, desk_of
from onrecord.web.failing import Refused
from onrecord.web.onward import local

router = APIRouter()

Word = Annotated[str, Field(max_length=40)]
Text = Annotated[str, Field(max_length=4000)]
_MOST = 200
"""How many decisions one form may make."""


class Asked(BaseModel):
    """What a form asks to be kept. version: of the target as the page showed it; next: where to go on."""

    model_config = ConfigDict(extra="forbid")

    verdict: Word
    target: Text
    field: Word | None = None
    value: Text | None = None
    into: Text | None = None
    words: list[Text] = Field(default_factory=list, max_length=_MOST)
    reason: Text = ""
    key: Annotated[str, Field(max_length=100)] = ""
    version: Word | None = None
    next: Text = "/"

    def judgement(self, by: str) -> Judgement:
        """The same as the pipeline takes it. What a form leaves empty is not given."""
        return Judgement(
            verdict=self.verdict,
            target=self.target.strip(),
            by=by,
            reason=self.reason.strip(),
            field=self.field or None,
            value=self.value or None,
            into=self.into.strip() if self.into and self.into.strip() else None,
            words=tuple(self.words),
            key=self.key or None,
            version=self.version or None,
        )


def new_key() -> str:
    """A key for a form: sent twice, it decides once."""
    return uuid4().hex


@router.post("/decide", dependencies=[Depends(access.CODER)], name="decide")
async def decide(request: Request, asked: Annotated[Asked, Form()]) -> Response:
    """Keeps one decision, and goes on where the form says."""
    return await turns.deciding(_one, request, asked)


def _one(request: Request, asked: Asked) -> Response:
    desk, person = desk_of(request), request.state.person
    if asked.verdict in ("reject", "not_an_incident") and not asked.reason.strip():
        raise Refused(
            422, f"{asked.verdict.replace('_', ' ')} {asked.target}: say why; whoever reads the log wants to know"
        )
    try:
        made = desk.decide(asked.judgement(person.id))
    except Conflict as error:
        return _conflict(request, desk, asked, str(error))
    said = {"made": made, "decision": made.decision, "sentence": judged.sentence(made), "next": local(asked.next)}
    if request.headers.get("HX-Request") == "true":
        return showing.page(request, "done.html", {**said, "key": new_key()})
    goes = local(asked.next)
    joined = "&" if "?" in goes else "?"
    path, mark, fragment = goes.partition("#")
    return RedirectResponse(f"{path}{joined}done={made.decision.id}{mark}{fragment}", 303)


def _conflict(request: Request, desk: Desk, asked: Asked, message: str) -> Response:
    """Both values: those that the page had shown, and those of now; and what was wanted."""
    board = desk.board()
    target = board.row(asked.target) or (found[1] if (found := board.finding(asked.target)) else None)
    read = board.read(asked.target)
    now = target if target is not None else read.story if read is not None else None
    seen = dict(desk.seen(asked.version or "") or ())
    values = dict(decisions.shown(now)) if now is not None else {}
    rows = [(name, seen.get(name), values.get(name)) for name in dict.fromkeys((*seen, *values))]
    given = {
        "asked": asked,
        "message": showing.for_people(message),
        "rows": rows,
        "known": bool(seen),
        "there": now is not None,
        "version": desk.shown(now, now.id) if now is not None else None,
        "key": new_key(),
        "next": local(asked.next),
        "last": [board.decisions[one.decision] for one in board.standings.get(asked.target, ())][-1:],
    }
    return showing.page(request, "conflict.html", given, 409)


class Many(BaseModel):
    """The same verdict on many. targets: each an id, "@" and the version that was shown; sure: the preview was seen."""

    model_config = ConfigDict(extra="forbid")

    verdict: Word
    targets: list[Text] = Field(default_factory=list, max_length=_MOST)
    reason: Text = ""
    key: Annotated[str, Field(max_length=100)] = ""
    sure: bool = False
    next: Text = "/"


@dataclass(frozen=True, slots=True)
class Line:
    """What would be decided, or was. state: "ready", "changed", "gone", "kept" or "refused"; said: a sentence."""

    id: str
    version: str
    shown: Sequence[tuple[str, str | None]]
    state: str
    said: str = ""
    decision: str | None = None


@router.post("/decide/many", dependencies=[Depends(access.CODER)], name="decide_many")
async def decide_many(request: Request, asked: Annotated[Many, Form()]) -> Response:
    """Shows what would be decided; on a second asking decides it, each on the version that was shown."""
    return await turns.deciding(_many, request, asked)


def _many(request: Request, asked: Many) -> Response:
    desk, person = desk_of(request), request.state.person
    if asked.verdict not in ("confirm", "reject", "not_an_incident"):
        raise Refused(422, f"{asked.verdict}: cannot be decided of many at once")
    if not asked.targets:
        raise Refused(422, "Nothing is selected: tick some, or press x on them, first.")
    if asked.sure and asked.verdict != "confirm" and not asked.reason.strip():
        raise Refused(422, f"{asked.verdict.replace('_', ' ')}: say why; whoever reads the log wants to know")
    lines = [_line(desk, one) for one in dict.fromkeys(asked.targets)]
    if asked.sure:
        lines = [_decided(desk, line, asked, person.id, n) for n, line in enumerate(lines)]
    given = {"asked": asked, "lines": lines, "key": asked.key or new_key(), "next": local(asked.next)}
    return showing.page(request, "many.html", given)


_CHANGED = "has changed since it was shown; look at its values"


def _line(desk: Desk, given: str) -> Line:
    id_, _, version = given.rpartition("@")
    board = desk.board()
    row = board.row(id_)
    found = board.finding(id_)
    target = row if row is not None else found[1] if found else None
    if target is None:
        return Line(id_, version, (), "gone", "is here no more")
    now = desk.shown(target, target.id)
    if now != version:
        return Line(target.id, version, decisions.shown(target), "changed", _CHANGED)
    return Line(target.id, version, decisions.shown(target), "ready")


def _decided(desk: Desk, line: Line, asked: Many, by: str, number: int) -> Line:
    key = f"{asked.key}-{number}" if asked.key else None
    judgement = Judgement(asked.verdict, line.id, by, asked.reason.strip(), key=key, version=line.version)
    try:
        made = desk.decide(judgement)
    except Conflict:
        # Whatever it was the page had shown, it is decided by somebody who has seen what is there now
        return line if line.state != "ready" else Line(line.id, line.version, line.shown, "changed", _CHANGED)
    except OnRecordError as error:
        said = showing.for_people(str(error))
        return Line(line.id, line.version, line.shown, "refused", said)
    return Line(line.id, line.version, line.shown, "kept", judged.sentence(made), made.decision.id)
