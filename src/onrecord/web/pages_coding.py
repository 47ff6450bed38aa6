"""Double coding: rounds, the target that a coder has next, and how far coders agree.

Whoever codes sees the words, and neither what the machine read in them nor what others answered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from secrets import randbelow
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from onrecord import decisions, pipeline
from onrecord.decisions.values import fields
from onrecord.errors import WrongUse
from onrecord.exports import agreement
from onrecord.exports.agreement import Agreement, Differing
from onrecord.exports.filters import Filter
from onrecord.exports.sheets import as_csv
from onrecord.pipeline import Answers, Opening
from onrecord.pipeline.coding import CodedKind
from onrecord.records import Coding, Decision, Event, EventKind, Incident, Plan, Read, Round, Status, Story
from onrecord.web import access, marking, showing
from onrecord.web.access import Person
from onrecord.web.board import Board, Row
from onrecord.web.deciding import new_key
from onrecord.web.desk import Desk, desk_of
from onrecord.web.failing import Refused

router = APIRouter()

Word = Annotated[str, Field(max_length=100)]
Text = Annotated[str, Field(max_length=4000)]
_TELLINGS = 20
"""How many tellings of one target a coder is shown."""
_NAMED = re.compile(r"[\s,;]+")


# ---- rounds


@router.get("/coding", dependencies=[Depends(access.CODER)], name="coding")
def rounds(request: Request) -> HTMLResponse:
    """All rounds, the latest first, with how far each has come."""
    desk, person = desk_of(request), request.state.person
    board, codings = desk.board(), desk.codings()
    told = []
    for one in reversed(desk.rounds()):
        held = [coding for coding in codings if coding.round == one.id]
        coded = agreement.agreement(one, held).coders
        mine = sum(coding.by == person.id for coding in held)
        told.append({"round": one, "coded": coded, "mine": mine, "may_code": _may_code(one, person)})
    given = {
        "board": board,
        "rounds": told,
        "kinds": {kind: pipeline.coded_fields(kind) for kind in get_args(CodedKind)},
        "event_kinds": get_args(EventKind),
        "statuses": get_args(Status),
        "campaigns": [one.name for one in board.view.campaigns],
        "people": desk.people(),
    }
    return showing.page(request, "coding.html", given)


def _may_code(round_: Round, person: Person) -> bool:
    return not round_.coders or person.id in round_.coders


class Opened(BaseModel):
    """What the form for a new round asks for. ids: targets by name, else those that the filter keeps, and of these a sample."""

    model_config = ConfigDict(extra="forbid")

    name: Text
    kind: Word
    fields: list[Word] = Field(default_factory=list, max_length=50)
    ids: Annotated[str, Field(max_length=100_000)] = ""
    sample: Word = ""
    seed: Word = ""
    coders: Text = ""
    since: Word = ""
    until: Word = ""
    place: Text = ""
    of_kind: Word = ""
    status: Word = ""
    campaign: Text = ""


@router.post("/coding", dependencies=[Depends(access.LEAD)], name="open_round")
def open_round(request: Request, asked: Annotated[Opened, Form()]) -> Response:
    """Opens a round."""
    desk = desk_of(request)
    named = tuple(filter(None, _NAMED.split(asked.ids)))
    sample = _number(asked.sample, "sample") if not named else None
    opening = Opening(
        name=asked.name,
        by=request.state.person.id,
        kind=asked.kind,
        fields=tuple(asked.fields),
        targets=named or _kept(desk, asked, request.state.person),
        sample=sample,
        # Kept with the round, so that anybody can draw the same again
        seed=_number(asked.seed, "seed", randbelow(1_000_000)) if sample else None,
        coders=tuple(filter(None, re.split(r"[\n,;]+", asked.coders))),
    )
    made = desk.open_round(opening)
    return RedirectResponse(f"/coding#{made.id}", 303)


def _number(words: str, what: str, default: int | None = None) -> int | None:
    if not words.strip():
        return default
    if not re.fullmatch(r"\A\s*+\d{1,9}\s*+", words, re.ASCII):
        raise Refused(422, f"{what}: is a whole number")
    return int(words)


def _day(words: str) -> date | None:
    try:
        return date.fromisoformat(words.strip()) if words.strip() else None
    except ValueError:
        raise Refused(422, f"{words}: write a day as YYYY-MM-DD") from None


def _kept(desk: Desk, asked: Opened, person: access.Person) -> tuple[str, ...]:
    """The targets that the filter keeps, in the order of the lists."""
    wanted = Filter(
        since=_day(asked.since),
        until=_day(asked.until),
        place=asked.place.strip() or None,
        kind=asked.of_kind or None,
        status=asked.status or None,
        campaign=asked.campaign.strip() or None,
    )
    board = desk.board()
    kept = desk.kept_by(board, wanted, person)
    rows: Sequence[Row] = board.view.derived.incidents if asked.kind == "incident" else board.view.derived.plans
    return tuple(row.id for row in rows if row.id in kept)


@router.post("/coding/{id_}/close", dependencies=[Depends(access.LEAD)], name="close_round")
def close_round(request: Request, id_: str) -> Response:
    """Closes a round."""
    made = desk_of(request).close_round(id_, request.state.person.id)
    return RedirectResponse(f"/coding/{made.id}/agreement", 303)


# ---- coding


@dataclass(frozen=True, slots=True)
class Telling:
    """What a coder sees of one story: the words around the act, with the one that names it marked, and the whole text."""

    story: Story
    outlet: str
    words: list[marking.Stretch]
    text: list[list[marking.Stretch]]


@router.get("/coding/{id_}", dependencies=[Depends(access.CODER)], name="code")
def next_target(request: Request, id_: str, skip: Annotated[int, Query(ge=0, le=100_000)] = 0) -> HTMLResponse:
    """The next target that whoever asks has not coded. skip: how many of them are left for later."""
    desk, person = desk_of(request), request.state.person
    round_, board = _round(desk, id_), desk.board()
    held = desk.codings(round_.id)
    done = {one.target for one in held if one.by == person.id}
    # What was merged away or is no incident any more has no words to show
    due = [(target, row) for target in round_.targets if target not in done and (row := board.row(target)) is not None]
    given = {
        "board": board,
        "round": round_,
        "done": len(done),
        "may_code": _may_code(round_, person) and round_.closed_at is None,
        "due": len(due),
        "target": None,
        "opened": person.may("lead") or round_.closed_at is not None,
    }
    if due and given["may_code"]:
        target, row = due[skip % len(due)]
        tellings, more = _tellings(desk, board, row)
        given |= {
            "target": target,
            "tellings": tellings,
            "more": more,
            "questions": [
                (field, pipeline.choices(round_.kind, field), _sort(round_, field)) for field in round_.fields
            ],
            "key": new_key(),
            "skip": skip % len(due) + 1 if len(due) > 1 else None,
        }
    return showing.page(request, "coding_target.html", given)


def _round(desk: Desk, id_: str) -> Round:
    found = next((one for one in desk.rounds() if one.id == id_), None)
    if found is None:
        raise Refused(404)
    return found


def _sort(round_: Round, field: str) -> str:
    """The kind of value that a field takes, for the hint beside it."""
    return fields()[round_.kind][field]


def _tellings(desk: Desk, board: Board, row: Row) -> tuple[list[Telling], int]:
    """What stories tell of it, and how many more do. Only the word that names the act is marked: any other mark would be an answer."""
    events: dict[str, list[Event]] = {}
    reads: dict[str, Read] = {}
    for read, event in board.events(row):
        reads[read.story.id] = read
        events.setdefault(read.story.id, []).append(event)
    chosen = list(reads)[:_TELLINGS]
    stories = desk.stories(chosen)
    made = [
        Telling(
            story=stories[id_],
            outlet=board.called(id_),
            words=marking.excerpt(stories[id_], [m.trigger for event in events[id_] for m in event.mentions]),
            text=list(marking.paragraphs(stories[id_].text, [])),
        )
        for id_ in chosen
        if id_ in stories
    ]
    return made, len(reads) - len(made)


class Answered(BaseModel):
    """A coder's form. on: the target; field, answer: in the same order."""

    model_config = ConfigDict(extra="forbid")

    on: Word
    field: list[Word] = Field(default_factory=list, max_length=50)
    answer: list[Text] = Field(default_factory=list, max_length=50)
    note: Text = ""
    key: Word = ""


@router.post("/coding/{id_}", dependencies=[Depends(access.CODER)], name="answer")
def answer(request: Request, id_: str, asked: Annotated[Answered, Form()]) -> Response:
    """Keeps what a coder answered, and goes on to the next target."""
    if len(asked.field) != len(asked.answer) or len(set(asked.field)) != len(asked.field):
        raise Refused(422, "Every field wants one answer.")
    answers = dict(zip(asked.field, asked.answer, strict=True))
    desk_of(request).code(Answers(id_, asked.on, request.state.person.id, answers, asked.note, asked.key or None))
    return RedirectResponse(f"/coding/{id_}", 303)


# ---- agreement


@dataclass(frozen=True, slots=True)
class Case:
    """Answers that differ, as a lead settles them. row: what the target is now, None where it is nothing any more; version: of it;
    choices: each answer with who gave it, and whether it can be set; settled: the decision that set the field since.
    """

    differing: Differing
    row: Row | None
    version: str | None
    choices: list[tuple[str, list[str], bool]]
    settled: Decision | None


@router.get("/coding/{id_}/agreement", dependencies=[Depends(access.CODER)], name="agreement")
def agreed(request: Request, id_: str) -> HTMLResponse:
    """Alphas and differences: for a lead, and for everybody once the round is closed."""
    desk = desk_of(request)
    round_, found = _agreement(desk, id_, request.state.person)
    board = desk.board()
    given = {
        "board": board,
        "round": round_,
        "found": found,
        "bars": [_bar(one.alpha) for one in found.fields],
        "cases": [_case(desk, board, round_, one) for one in found.differing],
        "key": new_key,
    }
    return showing.page(request, "coding_agreement.html", given)


@router.get("/coding/{id_}/agreement.csv", dependencies=[Depends(access.CODER)], name="agreement_csv")
def agreed_csv(request: Request, id_: str) -> Response:
    """The same as a file."""
    round_, found = _agreement(desk_of(request), id_, request.state.person)
    told = as_csv(list(agreement.COLUMNS), agreement.rows(found))
    named = {"Content-Disposition": f'attachment; filename="agreement-{round_.id}.csv"'}
    return Response(told, media_type="text/csv; charset=utf-8", headers=named)


def _agreement(desk: Desk, id_: str, person: Person) -> tuple[Round, Agreement]:
    """Raises Refused where this person may not see answers yet."""
    round_ = _round(desk, id_)
    codings = desk.codings(round_.id)
    if round_.closed_at is None:
        if not person.may("lead"):
            raise Refused(403, "What others answered is shown when the round is closed.")
        if _codes(round_, codings, person):
            raise Refused(403, "You are coding in this round: code what is left, or close the round, and then look.")
    return round_, agreement.agreement(round_, codings)


def _codes(round_: Round, codings: Sequence[Coding], person: Person) -> bool:
    """Whether a lead has answers still to give, which would not be blind any more."""
    mine = sum(one.by == person.id for one in codings)
    return mine < len(round_.targets) and (mine > 0 or person.id in round_.coders)


def _bar(alpha: float | None) -> int:
    """The length of a bar: 300 for an alpha of 1, nothing for 0 and below."""
    return round(300 * max(0.0, min(1.0, alpha or 0.0)))


def _case(desk: Desk, board: Board, round_: Round, one: Differing) -> Case:
    row = board.row(one.target)
    said: dict[str, list[str]] = {}
    for by, value in one.answers:
        said.setdefault(value, []).append(by)
    settled = None
    if row is not None:
        made = (
            board.decisions[s.decision] for s in board.standings.get(row.id, ()) if s.state in ("carried", "needs_look")
        )
        later = [d for d in made if d.verdict == "set" and d.field == one.field and d.at >= round_.at]
        settled = max(later, key=lambda decision: decision.at, default=None)
    return Case(
        differing=one,
        row=row,
        version=desk.shown(row, row.id) if row is not None else None,
        choices=[(value, by, row is not None and _can_be_set(row, one.field, value)) for value, by in said.items()],
        settled=settled,
    )


def _can_be_set(row: Incident | Plan, field: str, value: str) -> bool:
    try:
        decisions.check("incident" if isinstance(row, Incident) else "plan", field, value)
    except WrongUse:
        return False
    return True
