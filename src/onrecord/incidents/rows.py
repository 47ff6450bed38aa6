"""Groups of tellings → incidents and plans: what the sources together say, field by field."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import TypeVar

from onrecord.incidents import figures, voices, words
from onrecord.incidents.stances import NARRATOR, disputed, stands
from onrecord.incidents.support import sourced, support
from onrecord.incidents.told import Telling
from onrecord.incidents.voices import Cast
from onrecord.records import EventKind, Incident, Plan, Statement, Status, When, Where, digest

V = TypeVar("V", bound=Hashable)

_WEIGHT = {"original": 6, "follow-up": 6, "roundup": 3, "rewrite": 1, "reprint": 2, "excerpt": 2}
_UNNAMED = 0.2
_PRECISION = {"exact": 0, "near": 1, "admin2": 2, "unknown": 3, "sea": 4, "admin1": 5, "region": 6, "country": 7}
_PLAN_ORDER: tuple[Status, ...] = (
    "attempted", "planned", "threatened", "possible", "hypothetical", "denied", "negated", "unknown", "ongoing", "happened",
)  # fmt: skip


def incident(told: Sequence[Telling], reasons: Sequence[str], known: Cast, profile: str) -> Incident:
    """The incident that tellings, in their order, tell of. known: for whom people speak."""
    return made(told, reasons, known, profile)[0]


def made(
    told: Sequence[Telling], reasons: Sequence[str], known: Cast, profile: str
) -> tuple[Incident, figures.Figures]:
    """The same, with the figures that it was made of."""
    done = [telling for telling in told if telling.mode == "done"]
    behind = support(done, known)
    harm = figures.figures(done, behind.groups, known, profile)
    stances = tuple(stands(told, behind.groups, known))
    found = Incident(
        id=f"in-{digest(told[0].event.id)[:16]}",
        kind=_kind(done),
        status="ongoing" if all(telling.event.status == "ongoing" for telling in done) else "happened",
        when=_when(done),
        where=_where(done),
        actor=None if disputed(stances) else _most([*_parties(done, "actor"), *_claimed(done, known)]),
        target=_most(_parties(done, "target")),
        killed=harm.killed,
        injured=harm.injured,
        events=tuple(telling.event.id for telling in told),
        stories=tuple(dict.fromkeys(telling.story.id for telling in told)),
        reports=behind.reports,
        sources=behind.sources,
        statements=(*harm.statements, *_stated(told, known, stances)),
        reasons=tuple(reasons),
    )
    return found, harm


def plan(told: Sequence[Telling]) -> Plan:
    """The plan that tellings, in their order, tell of. Its status is the most settled in which stories that changed nothing tell it."""
    open_ = [t for t in told if t.mode == "open" and t.event.status not in {"happened", "ongoing"}] or [
        t for t in told if t.event.status not in {"happened", "ongoing"}
    ]
    said = {mention.status for t in open_ or told for mention in t.event.mentions} | {
        t.event.status for t in open_ or told
    }
    if not any(t.mode == "open" for t in open_):
        said &= {"denied", "negated", "unknown"}
    where = _where(told)
    return Plan(
        id=f"pl-{digest(told[0].event.id)[:16]}",
        kind=_kind(told),
        status=next(status for status in _PLAN_ORDER if status in said),
        actor=_most(_parties(told, "actor")),
        target=_most(_parties(told, "target")),
        where=where,
        events=tuple(telling.event.id for telling in told),
        stories=tuple(dict.fromkeys(telling.story.id for telling in told)),
    )


# ---- what most reports say


def _most(votes: Iterable[tuple[V, float]]) -> V | None:
    """The value with most votes; of several the one told first."""
    count: Counter[V] = Counter()
    first: dict[V, int] = {}
    for number, (value, weight) in enumerate(votes):
        count[value] += weight  # type: ignore[assignment]
        first.setdefault(value, number)
    return min(count, key=lambda value: (-count[value], first[value]), default=None)


def _weight(telling: Telling) -> float:
    return _WEIGHT[telling.lineage.relation]


def _kind(told: Sequence[Telling]) -> EventKind:
    votes = [(t.event.kind, _weight(t) * (0.3 if t.event.kind == "other" else 1.0)) for t in told]
    return _most(votes) or "other"


def _when(told: Sequence[Telling]) -> When | None:
    """The days told by most, a day before a longer time; None where no story gives one that it did not change."""
    dated = [t for t in told if t.days is not None]
    sharp = [t for t in dated if t.sharp] or dated
    days = _most((t.days, _weight(t)) for t in sharp if t.days is not None)
    return next((t.event.when for t in sharp if t.days == days), None)


def _where(told: Sequence[Telling]) -> Where | None:
    """The place told by most, of those told most closely."""
    placed = [t for t in told if t.where is not None]
    held = {name for t in placed for name in t.holders}
    narrow = [t for t in placed if not t.wide and not t.names & held] or placed
    inner = [t for t in narrow if not t.names & held] or narrow
    name = _most((t.names, _weight(t)) for t in inner)
    same = [t.where for t in inner if t.names == name and t.where is not None]
    return min(same, key=lambda w: (_PRECISION[w.precision], w.lat is None, w.container is None), default=None)


def _parties(told: Sequence[Telling], side: str) -> Iterator[tuple[str, float]]:
    """The parties on one side as the stories name them; a name says more than "gunmen"."""
    for telling in told:
        party = telling.event.actor if side == "actor" else telling.event.target
        if party is None or (side == "actor" and not telling.actor):
            continue
        named = side == "target" or words.is_name(party.name)
        yield party.name, _weight(telling) * (1.0 if named else _UNNAMED)


def _claimed(told: Sequence[Telling], known: Cast) -> Iterator[tuple[str, float]]:
    """Who claimed the act, where only one did: a vote for the doer."""
    found: list[tuple[voices.Voice, str, float]] = []
    for telling in told:
        for claim in telling.claims:
            voice = voices.voice_of(claim, telling.story, known)
            if claim.stance == "claims responsibility" and voice is not None and voice.bodies:
                found.append((voice, claim.source.affiliation or voice.name, _weight(telling)))
    if found and len(voices.distinct([voice for voice, _, _ in found])) == 1:
        bodies = [(name, weight) for voice, name, weight in found if voice.kind == "named_body" or name != voice.name]
        yield from bodies


# ---- who says so


def _stated(told: Sequence[Telling], known: Cast, stances: Sequence[Statement]) -> tuple[Statement, ...]:
    """The days, places, parties and stances as each source gives them, each said once; what a copy changed is not credible."""
    found: dict[tuple[str, str, str], Statement] = {}
    for telling in told:
        source = _speaker(telling, known)
        for statement in _fields(telling, source):
            found.setdefault((statement.field, statement.value, statement.source), statement)
    for statement in stances:
        found.setdefault((statement.field, statement.value, statement.source), statement)
    order = ("date", "place", "actor", "target", "responsibility", "status")
    return tuple(sorted(found.values(), key=lambda s: order.index(s.field)))


def _speaker(telling: Telling, known: Cast) -> str:
    heard = (voices.voice_of(claim, telling.story, known) for claim in sourced(telling))
    return next((voice.name for voice in heard if voice is not None), NARRATOR)


def _fields(telling: Telling, source: str) -> Iterator[Statement]:
    event, story = telling.event, telling.story.id
    if event.when is not None and event.when.start is not None:
        day = event.when.start.isoformat()
        yield Statement("date", day, None, source, story, event.when.span, telling.days is not None)
    if event.where is not None:
        yield Statement("place", event.where.name, None, source, story, event.where.span, telling.where is not None)
    if event.actor is not None:
        yield Statement("actor", event.actor.name, None, source, story, event.actor.span, bool(telling.actor))
    if event.target is not None:
        yield Statement("target", event.target.name, None, source, story, event.target.span, True)
    if telling.mode == "doubt":
        span = event.mentions[0].span if event.mentions else None
        yield Statement("status", event.status, None, source, story, span, True)
