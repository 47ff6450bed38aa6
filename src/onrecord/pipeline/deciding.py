"""A person's judgement → a decision in the ledger, and what follows from it."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

import sqlalchemy as sa

from onrecord import decisions, incidents
from onrecord.decisions.shown import Target
from onrecord.decisions.values import parsed
from onrecord.engines import reader_name
from onrecord.errors import Conflict, WrongUse
from onrecord.ledger import Ledger, read, write
from onrecord.pipeline import deriving
from onrecord.pipeline.following import follow
from onrecord.records import (
    Campaign,
    Decision,
    DecisionVerdict,
    Derived,
    Event,
    EventKind,
    Incident,
    Name,
    Part,
    Plan,
    Read,
    Span,
    Standing,
    Story,
    TargetKind,
    digest,
)

_WORDS = re.compile(r"\A(?P<story>.+?):(?:(?P<part>headline|text):)?(?P<start>\d{1,9})-(?P<end>\d{1,9})")
_ADDED = ("claim", "event", "incident")
_WRITTEN = ("by", "reason", "field", "value", "into", "key", "version")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person asks to be kept.

    verdict: a word of the closed list. target: the id of what it is about; for `add` that of a story, for `undo` that of
    a decision. by: who decides. field, value: what is set, or, for `add`, "claim", "event" or "incident" with its source
    or its kind. into: what it is merged into. words: selected words, as STORY:START-END or STORY:headline:START-END. key:
    the same key gives the same decision again, and no second one. version: of the target as it was shown; another
    version now is a conflict.
    """

    verdict: str
    target: str
    by: str
    reason: str = ""
    field: str | None = None
    value: str | None = None
    into: str | None = None
    words: tuple[str, ...] = ()
    key: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision as it is kept, and how it stands. again: it had been made before, under the same key."""

    decision: Decision
    standing: Standing
    again: bool = False


def decide(ledger: Ledger, asked: Judgement, now: datetime, profile: str = "joint") -> Outcome:
    """Keeps a judgement, and derives again what it bears on, all or nothing.

    Raises WrongUse where it makes no sense, Conflict where the target has changed since it was shown, TryLater where the
    ledger cannot be written now.
    """
    asked = formed(asked)
    with ledger.writing() as connection:
        before = made_before(connection, asked, lambda: (read.names(connection), read.derived(connection)))
        if before is not None:
            return before
        if not deriving.is_new(connection, profile):
            deriving.rebuild_within(connection, profile, now)
        held_now = held(connection)
        decision = judged(connection, held_now, asked, now)
        if decision.kind in ("incident", "plan"):
            followed = follow(connection, decision, held_now.derived, held_now.decided, profile)
            return Outcome(followed.decision, followed.standing)
        facts = read.facts(connection)
        decided = (*facts.decisions, decision)
        made = deriving.made(facts.reads, profile, decided, facts.campaigns)
        decision = with_basis(decision, made)
        write.add_decision(connection, decision)
        derived = deriving.keep(connection, made, decided, deriving.state_of(connection, profile), now)
        return Outcome(decision, standing_of(derived, decision))


def formed(asked: Judgement) -> Judgement:
    """A judgement in the words of the closed lists. Raises WrongUse for what is none whatever a ledger holds."""
    if not asked.by.strip():
        raise WrongUse("a decision needs the name of whoever decides: --by NAME")
    verdict = asked.verdict.replace("-", "_")
    if verdict not in get_args(DecisionVerdict):
        raise WrongUse(f"{asked.verdict}: is not one of {', '.join(get_args(DecisionVerdict))}")
    asked = replace(asked, verdict=verdict)
    _check_form(asked)
    return asked


def refuse_no_text(given: Iterable[str]) -> None:
    """Raises WrongUse for what no ledger can keep."""
    for one in given:
        if "\x00" in one or any("\ud800" <= sign <= "\udfff" for sign in one):
            shown = one.encode("ascii", "backslashreplace").decode().replace("\x00", "\\x00")
            raise WrongUse(f"{shown}: holds what is no text; write it anew")


def _check_form(asked: Judgement) -> None:
    """Raises WrongUse for what no ledger can keep, and for what the verdict leaves without a use: it would be lost."""
    refuse_no_text((asked.target, *asked.words, *(getattr(asked, name) or "" for name in _WRITTEN)))
    for option, given, verdicts in (
        ("--field", asked.field, ("set", "add")),
        ("--value", asked.value, ("set", "add")),
        ("--into", asked.into, ("merge",)),
    ):
        if given is not None and asked.verdict not in verdicts:
            raise WrongUse(f"{option} {given}: is for {' and '.join(verdicts)}, not for {asked.verdict}")


def made_before(
    connection: sa.Connection, asked: Judgement, held: Callable[[], tuple[Sequence[Name], Derived]]
) -> Outcome | None:
    """The decision that was made under the key of a judgement; None where there is none. held: what became of names, and
    what is derived.

    Raises WrongUse where that is another decision.
    """
    before = read.decision_of(connection, key=asked.key) if asked.key else None
    if before is None:
        return None
    names, derived = held()
    was = (before.verdict, before.field, before.value, before.by, before.reason)
    is_ = (asked.verdict, asked.field, asked.value, asked.by.strip(), asked.reason)
    into = [None if id_ is None else incidents.resolve(id_, names) for id_ in (before.into, asked.into)]
    words = [_WORDS.fullmatch(one) for one in asked.words]
    places = [(m["part"] or "text", int(m["start"]), int(m["end"])) for m in words if m is not None]
    same = was == is_ and into[0] == into[1] and places == [(s.part, s.start, s.end) for s in before.words]
    if not same or asked.target not in (before.target, before.asked):
        raise WrongUse(f"--key {asked.key}: was used for another decision, {before.id}; take a new one")
    return Outcome(before, standing_of(derived, before), again=True)


def standing_of(derived: Derived, decision: Decision) -> Standing:
    """How a decision stands."""
    found = next((s for s in derived.standings if s.decision == decision.id), None)
    return found or Standing(decision.id, "carried", decision.target, "")


def with_basis(decision: Decision, made: deriving.Made) -> Decision:
    """A decision with what the reader had where it was made. made: what is derived with it among the others."""
    own = made.own.get(decision.id)
    return replace(decision, basis=decisions.shown(own) if own is not None else ())


@dataclass(frozen=True, slots=True)
class Held:
    """What a judgement is held against: decisions in their order, what became of names, what is derived, the campaigns that run;
    reads: some stories, by id, as people have set them right.
    """

    decided: Sequence[Decision]
    names: Sequence[Name]
    derived: Derived
    campaigns: Sequence[Campaign]
    reads: Callable[[Collection[str]], Mapping[str, Read]]


def held(connection: sa.Connection) -> Held:
    """What a ledger holds, only as much of it as is asked for."""
    decided = read.decisions(connection)
    in_force, _ = decisions.in_force(decided)

    def reads(stories: Collection[str]) -> dict[str, Read]:
        found = decisions.apply(read.reads(connection, stories), in_force).reads
        return {one.story.id: one for one in found}

    campaigns = read.campaigns_in(connection)
    return Held(decided, read.names(connection), read.derived(connection), campaigns, reads)


def judged(connection: sa.Connection, held: Held, asked: Judgement, now: datetime) -> Decision:
    """The decision that a judgement comes to, without what the reader had where it was made.

    Raises WrongUse where it makes no sense, Conflict where the target has changed since it was shown.
    """
    return _Desk(connection, held, now).judged(asked)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a judgement is about. target: the record as it is shown, None for a decision."""

    kind: TargetKind
    id: str
    target: Target | None
    anchors: tuple[Span, ...] = ()


class _Desk:
    """One judgement."""

    def __init__(self, connection: sa.Connection, held: Held, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._decided, self._names, self._derived = held.decided, held.names, held.derived
        self._campaigns, self._reads = held.campaigns, held.reads

    def judged(self, asked: Judgement) -> Decision:
        """Checks the judgement, and words it as a decision."""
        found = self._found(asked.target, asked.version)
        into = self._found(asked.into) if asked.into is not None else None
        words = tuple(self._span(one) for one in asked.words)
        _RULES[asked.verdict](self, asked, found, into, words)
        self._check_version(asked, found)
        decision = Decision(
            id="",
            verdict=asked.verdict,  # type: ignore[arg-type]
            target=found.id,
            kind=found.kind,
            by=asked.by.strip(),
            at=self._now,
            reason=asked.reason,
            field=asked.field,
            value=asked.value,
            into=into.id if into else None,
            words=words,
            anchors=words if asked.verdict == "add" else found.anchors,
            into_anchors=into.anchors if into else (),
            seen=decisions.shown(found.target) if found.target is not None else (),
            reader=self._reader(found, words),
            key=asked.key or None,
            asked=asked.target if asked.target != found.id else None,
        )
        return replace(decision, id=self._id(decision))

    def _reader(self, found: _Found, words: Sequence[Span]) -> str:
        """Who had read what was on the screen; the reader that is installed where that was no reading."""
        stories = {span.story for span in (*found.anchors, *words)} | {found.id}
        readers = {one.reading.reader for one in self._reads(stories).values()}
        return "; ".join(sorted(readers)) or reader_name()

    def _id(self, decision: Decision) -> str:
        """A short id that no other decision has."""
        said = digest(str(decision), len(self._decided))
        taken, size = {one.id for one in self._decided}, 10
        while f"de-{said[:size]}" in taken:
            size += 2
        return f"de-{said[:size]}"

    # ---- what it is about

    def _found(self, id_: str, version: str | None = None) -> _Found:
        """What has that id. Raises WrongUse where nothing has, Conflict where it was shown in a version and is gone."""
        if any(decision.id == id_ for decision in self._decided):
            return _Found("decision", id_, None)
        name = incidents.resolve(id_, self._names)
        rows: list[Incident | Plan] = [*self._derived.incidents, *self._derived.plans]
        for row in rows:
            if row.id == name:
                return _Found("incident" if isinstance(row, Incident) else "plan", name, row, self._anchors(row))
        found = self._in_story(id_)
        if found is None and id_.startswith("de-"):
            raise WrongUse(f"{id_}: there is no such decision; onrecord decisions lists them")
        if found is None:
            gone = any(one.name == id_ for one in self._names)
            if gone and version is not None:
                raise Conflict(f"{id_}: is no incident or plan any more: it has changed since it was shown; look again")
            why = "is no incident or plan any more" if gone else "nothing in the ledger has this id"
            raise WrongUse(f"{id_}: {why}; onrecord incidents lists some")
        return found

    def _in_story(self, id_: str) -> _Found | None:
        held = read.story_in(self._connection, id_)
        story = held.id if held is not None else id_.rpartition("-")[0]
        one = self._reads({story}).get(story)
        if one is None:
            return None
        if held is not None:
            return _Found("story", one.story.id, one.story)
        for claim in one.reading.claims:
            if claim.id == id_:
                return _Found("claim", id_, claim, claim.content)
        for event in one.reading.events:
            if event.id == id_:
                return _Found("event", id_, event, _act(event))
        for tally in one.reading.tallies:
            if tally.id == id_:
                return _Found("tally", id_, tally, (tally.span,))
        return None

    def _anchors(self, row: Incident | Plan) -> tuple[Span, ...]:
        events = {e.id: e for one in self._reads(row.stories).values() for e in one.reading.events}
        return tuple(span for id_ in row.events if id_ in events for span in _act(events[id_]))

    def _span(self, words: str) -> Span:
        """The selected words. Raises WrongUse where they do not lie in a story that is held."""
        match = _WORDS.fullmatch(words)
        if match is None:
            raise WrongUse(f"--words {words}: write STORY:START-END, or STORY:headline:START-END")
        story: Story | None = read.story_in(self._connection, match["story"])
        if story is None:
            raise WrongUse(f"--words {words}: no story {match['story']} is held")
        part: Part = "headline" if match["part"] == "headline" else "text"
        start, end, held = int(match["start"]), int(match["end"]), story.words(part)
        if not start < end <= len(held) or not held[start:end].strip():
            raise WrongUse(f"--words {words}: selects no words; the {part} has {len(held):,} characters")
        return Span(story.id, part, start, end, held[start:end])

    def _check_version(self, asked: Judgement, found: _Found) -> None:
        if asked.version is None or found.target is None:
            return
        now = decisions.version(found.target, found.id)
        if asked.version != now:
            shown = dict(decisions.shown(found.target))
            values = (
                [f"{asked.field} is {shown[asked.field]}"]
                if asked.field in shown
                else [f"{field} is {value}" for field, value in shown.items() if value is not None]
            )
            wish = f", and was to be {asked.value}" if asked.value is not None else ""
            raise Conflict(
                f"{found.id}: has changed since it was shown: {'; '.join(values)}{wish}; look again, its version is {now}"
            )

    # ---- what makes sense

    def _judge(self, asked: Judgement, found: _Found, _into: _Found | None, _words: Sequence[Span]) -> None:
        if found.kind not in ("claim", "event", "tally", "incident", "plan"):
            raise WrongUse(f"{asked.target}: {asked.verdict} is for claims, events, tallies, incidents and plans")

    def _no_incident(self, asked: Judgement, found: _Found, _into: _Found | None, _words: Sequence[Span]) -> None:
        if found.kind not in ("event", "incident", "plan"):
            raise WrongUse(f"{asked.target}: is no incident, plan or event to begin with")

    def _merge(self, asked: Judgement, found: _Found, into: _Found | None, _words: Sequence[Span]) -> None:
        if into is None:
            raise WrongUse(f"merge {asked.target}: into what? Give --into ID")
        if found.kind not in ("incident", "plan") or into.kind not in ("incident", "plan"):
            raise WrongUse(f"merge {asked.target} --into {asked.into}: only incidents and plans are merged")
        if found.id == into.id:
            led = "" if asked.target == asked.into else f": {asked.target} and {asked.into} are {found.id}"
            raise WrongUse(f"merge {asked.target} --into {asked.into}: they are one already{led}")

    def _split(self, asked: Judgement, found: _Found, _into: _Found | None, words: Sequence[Span]) -> None:
        if found.kind not in ("incident", "plan") or not isinstance(found.target, (Incident, Plan)):
            raise WrongUse(f"{asked.target}: only incidents and plans are split")
        if not words:
            raise WrongUse(f"split {asked.target}: give the words that tell of the other one: --words STORY:START-END")
        named = {event.id for span in words for event in self._named_in(span)} & set(found.target.events)
        if not named:
            raise WrongUse(f"split {asked.target}: the words selected name none of its events; onrecord show has them")
        if named == set(found.target.events):
            raise WrongUse(f"split {asked.target}: the words selected name all of its events; leave one")

    def _named_in(self, words: Span) -> list[Event]:
        one = self._reads({words.story}).get(words.story)
        return decisions.events_in(one.reading, words) if one is not None else []

    def _set(self, asked: Judgement, found: _Found, _into: _Found | None, _words: Sequence[Span]) -> None:
        if found.kind == "decision":
            raise WrongUse(f"{asked.target}: a decision stays as it was made; undo it")
        decisions.check(found.kind, asked.field, asked.value)
        known = [campaign.name for campaign in self._campaigns]
        if asked.field == "campaign" and parsed(found.kind, asked.field, asked.value)[0] not in known:
            raise WrongUse(f"--value {asked.value}: the campaign is one of {', '.join(known) or '(none runs)'}")

    def _add(self, asked: Judgement, found: _Found, _into: _Found | None, words: Sequence[Span]) -> None:
        if found.kind != "story":
            raise WrongUse(f"add {asked.target}: give the story in which the words stand")
        if not words or any(span.story != found.id for span in words):
            raise WrongUse(f"add {asked.target}: select words of that story: --words {asked.target}:START-END")
        if asked.field not in _ADDED:
            raise WrongUse(f"--field {asked.field or '(none)'}: what is added is one of {', '.join(_ADDED)}")
        if asked.field != "claim" and asked.value is not None and asked.value not in get_args(EventKind):
            raise WrongUse(f"--value {asked.value}: the kind is one of {', '.join(get_args(EventKind))}")

    def _undo(self, asked: Judgement, found: _Found, _into: _Found | None, _words: Sequence[Span]) -> None:
        if found.kind != "decision":
            raise WrongUse(f"undo {asked.target}: give the id of a decision, de-...; onrecord decisions lists them")
        state = next((s.state for s in self._derived.standings if s.decision == found.id), None)
        if state == "undone":
            raise WrongUse(f"undo {asked.target}: it was undone before")


_RULES = {
    "confirm": _Desk._judge,
    "reject": _Desk._judge,
    "merge": _Desk._merge,
    "split": _Desk._split,
    "set": _Desk._set,
    "add": _Desk._add,
    "not_an_incident": _Desk._no_incident,
    "undo": _Desk._undo,
}


def _act(event: Event) -> tuple[Span, ...]:
    return tuple(mention.trigger for mention in event.mentions[:1])
