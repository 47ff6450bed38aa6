"""Single things of the API: all that is known of one, with what people decided on it."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from onrecord import incidents
from onrecord.decisions.shown import Target
from onrecord.exports import reading
from onrecord.records import (
    Claim,
    Decision,
    Event,
    Incident,
    Intake,
    Movement,
    Plan,
    Read,
    Revision,
    Span,
    Statement,
    Story,
    Tally,
    Verdict,
)
from onrecord.web import shapes, shapes_whole
from onrecord.web.api_answers import Asked, Asking, nothing, reads
from onrecord.web.api_lists import Lists, decision, family, lists_of
from onrecord.web.board import Board

router = APIRouter(tags=["things"])

Id = Annotated[str, Path(max_length=300, description="the id, as lists have it")]
Json = dict[str, Any]


def _lists(asked: Asked) -> Lists:
    return lists_of(asked.board, masked=asked.masked)


def _judged(asked: Asked, target: Target, id_: str) -> Json:
    """What people have done about a target; and its version, for those who decide."""
    lists = _lists(asked)
    standings = lists.board.standings.get(id_, ())
    made = [lists.board.decisions[one.decision] for one in standings]
    made.sort(key=lambda one: lists.sequence[one.id])
    return {
        "review": lists.board.reviews.get(id_),
        "decisions": [decision(lists, one) for one in made],
        "version": None if asked.masked else asked.desk.shown(target, id_),
    }


def _one(asked: Asked, thing: Json) -> Response:
    return asked.one(thing, thing["version"])


def _within(read: Read) -> Json:
    head = read.story
    published = head.published.start.isoformat() if head.published.start else None
    return {
        "id": head.id, "name": head.name, "outlet": head.outlet, "headline": head.headline, "published": published,
    }  # fmt: skip


# ---- stories, and what is in them


@reads(router, "/stories/{id:path}", shapes.One[shapes_whole.StoryWhole], 404, name="api_story", summary="One story.")
def story(asked: Asking, id: Id) -> Response:  # noqa: A002
    """With its text, its claims, credits, events and totals. id: of a version, or the source's own, which is its latest version."""
    read = asked.board.read(id)
    held = asked.desk.story(read.story.id) if read is not None else None
    if read is None or held is None:
        raise nothing()
    return _one(asked, _of_story(asked, read, held))


def _of_story(asked: Asked, read: Read, held: Story) -> Json:
    board, lists, head = asked.board, _lists(asked), read.story
    told = reading.as_json(Intake(head.name or head.id, "ok", None, held), read.reading, board.view.profile)
    told["story"] |= {"outlet": head.outlet, "published": reading.published_of(head.published)}
    derivation, home = board.derivations.get(head.id), board.family_of.get(head.id)
    return {
        "id": head.id,
        "name": head.name,
        "edition": head.version,
        "earlier": head.earlier,
        "text": held.text,
        "furniture": [{"kind": piece.kind, "start": piece.start, "end": piece.end} for piece in held.furniture],
        **told,
        "triage": lists.rows.triage[head.id],
        "misfits": [misfit.reason for misfit in incidents.misfits(read)],
        "family": home.id if home is not None else None,
        "derivation": None
        if derivation is None
        else {
            "relation": derivation.relation,
            "origin": derivation.origin,
            "ghost": derivation.ghost,
            "reasons": list(derivation.reasons),
        },
        "mutations": [lists.rows.mutation(one) for one in board.mutations.get(head.id, ())],
        **_judged(asked, head, head.id),
    }


@reads(router, "/claims/{id}", shapes.One[shapes_whole.ClaimWhole], 404, name="api_claim", summary="One claim.")
def claim(asked: Asking, id: Id) -> Response:  # noqa: A002
    """With its story, and the events that it tells of."""
    match asked.board.finding(id):
        case (read, Claim() as found):
            told = {
                **reading.claim(found, asked.board.view.profile),
                "story": _within(read),
                "events": [event.id for event in read.reading.events if id in event.claims],
            }
            return _one(asked, {**told, **_judged(asked, found, id)})
    raise nothing()


@reads(router, "/events/{id}", shapes.One[shapes_whole.EventWhole], 404, name="api_event", summary="One event.")
def event(asked: Asking, id: Id) -> Response:  # noqa: A002
    """What one story tells of one occurrence."""
    match asked.board.finding(id):
        case (read, Event() as found):
            home = asked.board.home.get(id)
            told = {
                **reading.event(found, asked.board.view.profile),
                "story": _within(read),
                "incident": home.id if home is not None else None,
            }
            return _one(asked, {**told, **_judged(asked, found, id)})
    raise nothing()


@reads(router, "/tallies/{id}", shapes.One[shapes_whole.TallyWhole], 404, name="api_tally", summary="One total.")
def tally(asked: Asking, id: Id) -> Response:  # noqa: A002
    """A stated total, with how it stands to the ledger."""
    match asked.board.finding(id):
        case (read, Tally() as found):
            lists = _lists(asked)
            told = {
                **reading.tally(found, asked.board.view.profile),
                "story": _within(read),
                "verdict": _verdict(asked.board.verdicts.get(id)),
                "movement": _movement(lists.rows.movements.get(id)),
            }
            return _one(asked, {**told, **_judged(asked, found, id)})
    raise nothing()


def _verdict(one: Verdict | None) -> Json | None:
    if one is None:
        return None
    return {
        "word": one.word,
        "ledger": reading.bounds(one.ledger) if one.ledger is not None else None,
        "off_by": one.off_by,
        "incidents": list(one.incidents),
        "reason": one.reason,
        "explains": list(one.explains),
    }


def _movement(one: Movement | None) -> Json | None:
    if one is None:
        return None
    return {
        "before": one.before, "series": one.series, "by": one.by, "word": one.word, "incidents": list(one.incidents),
        "reason": one.reason,
    }  # fmt: skip


# ---- incidents and plans


@reads(
    router,
    "/incidents/{id}",
    shapes.One[shapes_whole.IncidentWhole],
    404,
    name="api_incident",
    summary="One incident.",
)
def incident(asked: Asking, id: Id) -> Response:  # noqa: A002
    """Every value with its bounds, who gave it, what it was before, and what people decided."""
    found = asked.board.row(id)
    if not isinstance(found, Incident):
        raise nothing()
    return _one(asked, _of_incident(asked, found))


def _of_incident(asked: Asked, one: Incident) -> Json:
    graded = incidents.grade(one)
    return {
        **_told(asked, one),
        "when": reading.days_of(one.when),
        "killed": reading.bounds(one.killed),
        "injured": reading.bounds(one.injured),
        "responsibility": incidents.responsibility(one),
        "reports": list(one.reports),
        "sources": list(one.sources),
        "statements": [_statement(statement) for statement in one.statements],
        "reasons": list(one.reasons),
        "history": [_revision(revision) for revision in asked.board.history(one)],
        "grade": {"word": graded.word, "reason": graded.reason},
    }


def _told(asked: Asked, one: Incident | Plan) -> Json:
    """What incidents and plans have in common."""
    board, lists = asked.board, _lists(asked)
    told = board.events(one)
    return {
        "id": one.id,
        "kind": one.kind,
        "status": one.status,
        "actor": one.actor,
        "target": one.target,
        "where": reading.place_of(one.where),
        "events": [lists.rows.event(read, event) for read, event in told],
        "stories": [_within(read) for read in _reads(board, one.stories)],
        "campaigns": list(one.campaigns),
        **_judged(asked, one, one.id),
    }


def _reads(board: Board, stories: Iterable[str]) -> list[Read]:
    return sorted((board.reads[story] for story in stories), key=lambda read: board.place[read.story.id])


def _statement(one: Statement) -> Json:
    return {
        "field": one.field,
        "value": one.value,
        "bounds": reading.bounds(one.bounds) if one.bounds is not None else None,
        "source": one.source,
        "story": one.story or None,
        "span": reading.span(one.span),
        "credible": one.credible,
    }


def _revision(one: Revision) -> Json:
    return {
        "field": one.field,
        "was": one.was,
        "now": one.now,
        "day": one.day.isoformat() if one.day is not None else None,
        "why": one.why,
        "source": one.source,
        "story": one.story or None,
        "span": reading.span(one.span),
    }


@reads(router, "/plans/{id}", shapes.One[shapes_whole.PlanWhole], 404, name="api_plan", summary="One plan.")
def plan(asked: Asking, id: Id) -> Response:  # noqa: A002
    """Something told of that is not held to have happened."""
    found = asked.board.row(id)
    if not isinstance(found, Plan):
        raise nothing()
    return _one(asked, _told(asked, found))


# ---- families and decisions


@reads(router, "/families/{id}", shapes.One[shapes_whole.FamilyWhole], 404, name="api_family", summary="One family.")
def one_family(asked: Asking, id: Id) -> Response:  # noqa: A002
    """The stories that carry one report, and what changed on the way."""
    found = asked.board.families.get(id)
    if found is None:
        raise nothing()
    lists = _lists(asked)
    changed = [one for story in found.stories for one in asked.board.mutations.get(story, ())]
    return asked.one({**family(lists, found), "mutations": [lists.rows.mutation(one) for one in changed]})


@reads(
    router,
    "/decisions/{id}",
    shapes.One[shapes_whole.DecisionWhole],
    404,
    name="api_decision",
    summary="One decision.",
)
def one_decision(asked: Asking, id: Id) -> Response:  # noqa: A002
    """With the words that it stands on and what was shown when it was made."""
    found: Decision | None = asked.board.decisions.get(id)
    if found is None:
        raise nothing()
    spans: list[Span] = list(found.anchors)
    more = {
        "asked": found.asked,
        "anchors": [reading.span(span) for span in spans],
        "seen": dict(found.seen),
        "reader": found.reader,
    }
    return asked.one({**decision(_lists(asked), found), **more})
