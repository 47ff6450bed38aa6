"""What people decide: what belongs together, and what they judge otherwise than the reader."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from onrecord.records.given import Span
from onrecord.records.words import DecisionVerdict, EventKind, NameAct, StandingState, TargetKind


@dataclass(frozen=True, slots=True)
class Campaign:
    """A named watch. Empty tuples and None mean no bound. Without one, all stories of a ledger are one campaign."""

    name: str
    start: date | None = None
    end: date | None = None
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()


Shown = tuple[tuple[str, str | None], ...]
"""What was on the screen: fields and their values, as words."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's judgement, as it was made; a later one may supersede or undo it, nothing changes it.

    id: "de-" and 10 hex digits. target: the id that it was made on; kind: what that is. field, value: what is set, or
    what is added. into: what the target is merged into. words: the words selected. anchors, into_anchors: the words on
    which the target, and what it was merged into, stood: by them it is found again after another reading. seen: the
    target as it was shown; basis: the same as the reader had it, before any decision. reader: the reader version, or
    those, whose readings were on the screen. key: of the caller's, under which the same call gives the same decision again. asked: the name that was
    given for the target, where that leads to another since a merge.
    """

    id: str
    verdict: DecisionVerdict
    target: str
    kind: TargetKind
    by: str
    at: datetime
    reason: str
    field: str | None = None
    value: str | None = None
    into: str | None = None
    words: tuple[Span, ...] = ()
    anchors: tuple[Span, ...] = ()
    into_anchors: tuple[Span, ...] = ()
    seen: Shown = ()
    basis: Shown = ()
    reader: str = ""
    key: str | None = None
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """A round of coding: several people say, each without seeing what the others or the machine said, what some fields of some
    incidents or plans are.

    id: "ro-" and 10 hex digits. kind: what the targets are; fields: of those that can be set on that kind; targets: their ids, in
    the order in which they are coded; coders: who may code, anybody where nobody is named. seed: of the sample, None where the
    targets were named. closed_by, closed_at: None while it is open.
    """

    id: str
    name: str
    kind: Literal["incident", "plan"]
    fields: tuple[str, ...]
    targets: tuple[str, ...]
    coders: tuple[str, ...]
    by: str
    at: datetime
    seed: int | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coding:
    """What one coder answered on one target of a round; it is never changed. answers: a value, in words, for each field of the
    round. key: of the caller's, under which the same call gives the same coding again.
    """

    id: str
    round: str
    target: str
    by: str
    at: datetime
    answers: tuple[tuple[str, str], ...]
    note: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision on incidents and plans, with what it bears on today. events: those of the target; into: those of what it
    is merged into; alone: those that are split off. value: what is set, as
    `decisions.values.parsed` gives it.
    """

    decision: str
    verdict: DecisionVerdict
    events: tuple[str, ...]
    into: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    field: str | None = None
    value: object = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a decision stands with the readings of today. state: "carried" (in force as it was made), "needs_look" (what it
    was made on has another value now), "orphaned" (what it was made on is no longer found; its words are kept),
    "superseded" (a later decision says otherwise) or "undone". target: what it bears on now; note: a sentence;
    ruling: of a decision on an incident or a plan, the events that it was found to bear on, without the value; holds:
    whether it is in force, where it is carried or needs a look.
    """

    decision: str
    state: StandingState
    target: str | None
    note: str
    ruling: Ruling | None = None
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Name:
    """What became of the name of an incident or a plan. act: "given", "moved" (it stands on other words now),
    "redirected" (into another name), "deleted" or "restored". anchors: the words it stands on, as
    "story/part/start-end".
    """

    name: str
    act: NameAct
    into: str | None
    anchors: tuple[str, ...]
