"""What is derived from readings and decisions."""

from dataclasses import dataclass
from datetime import date

from onrecord.records.decided import Standing
from onrecord.records.found import Bounds, When, Where
from onrecord.records.given import Span
from onrecord.records.words import (
    EventKind,
    GradeWord,
    MovementWord,
    MutationField,
    Relation,
    RevisionField,
    RevisionWhy,
    Status,
    VerdictWord,
)


@dataclass(frozen=True, slots=True)
class Derivation:
    """Whose report a story is. origin: the id of a story held; ghost: the outlet of an original that is not held; at
    most one of the two. reasons: each a short sentence ("shares 61% of its 5-word runs with st-...").
    """

    story: str
    relation: Relation
    origin: str | None
    ghost: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    """A value that a story states differently from its origin. was, now: the values as a reader would write them
    (None: dropped). Spans may be None where a value is absent on that side.
    """

    story: str
    origin: str
    field: MutationField
    was: str | None
    now: str | None
    was_span: Span | None
    now_span: Span | None


@dataclass(frozen=True, slots=True)
class Family:
    """Stories that carry one report. id: "fa-" and 8 hex digits of its root (of a ghost and its first carrier: one
    outlet may stand behind several reports); root: a story id or "ghost:" and an outlet.
    """

    id: str
    root: str
    stories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """One source's figure for one field of an incident, with where it stands. credible: False for a number that its
    own source withdrew, or that a copy changed on the way. Of the field "responsibility" the value is "claims", "denies" or
    "confirms"; of "status" it is "withdrawn" for a source or an outlet that took its word back; "killed_part" and "injured_part"
    are shares of another figure. What a person set has no story, and the decision for its source.
    """

    field: str
    value: str
    bounds: Bounds | None
    source: str
    story: str
    span: Span | None
    credible: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """One real-world event: events merged across stories. reports: outlets and ghosts (as "ghost: X") that stand
    behind it independently; sources: primary sources. The two support counts are their lengths. reasons: why its
    events were held to be one. decisions: those in force on it; campaigns: the names of those it belongs to. id: its
    name in a ledger ("in-" and 8 hex digits, which it keeps), outside of one that of its first event.
    """

    id: str
    kind: EventKind
    status: Status
    when: When | None
    where: Where | None
    actor: str | None
    target: str | None
    killed: Bounds
    injured: Bounds
    events: tuple[str, ...]
    stories: tuple[str, ...]
    reports: tuple[str, ...]
    sources: tuple[str, ...]
    statements: tuple[Statement, ...]
    reasons: tuple[str, ...]
    decisions: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """A value of an incident that changed, or its first. was, now: in words, None where it is not known. day: of the
    publication that changed it; None for a story without a date, and for a decision. source, story, span: what it
    rests on, as far as one statement tells; for a decision the source is its id.
    """

    field: RevisionField
    was: str | None
    now: str | None
    day: date | None
    source: str | None
    story: str | None
    span: Span | None
    why: RevisionWhy


@dataclass(frozen=True, slots=True)
class Grade:
    """What stands behind the reports of an incident, never what a person is worth. reason: a sentence."""

    word: GradeWord
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Something told of that is not held to have happened: planned, threatened, possible, hypothetical, denied,
    negated, attempted or unknown. It is kept and shown, and never becomes an incident.
    """

    id: str
    kind: EventKind
    status: Status
    actor: str | None
    target: str | None
    where: Where | None
    events: tuple[str, ...]
    stories: tuple[str, ...]
    decisions: tuple[str, ...] = ()
    campaigns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A tally held against the ledger. ledger: the ledger's own figure; off_by: how far the stated total lies outside
    it; incidents: those that make up the ledger's figure; reason: why, in sentences; explains: the incidents that would close the gap.
    """

    tally: str
    word: VerdictWord
    ledger: Bounds | None
    off_by: int | None
    incidents: tuple[str, ...]
    reason: str
    explains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """A total and the one before it in a series: of one outlet's own count, or of one source. tally, before: the ids of both; by: how
    far it moved; incidents: what is new in the ledger between the two; reason: a sentence.
    """

    tally: str
    before: str
    series: str
    by: int
    word: MovementWord
    incidents: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """Figures of one story that should add up and do not. spans: the words of each; reason: a sentence."""

    story: str
    spans: tuple[Span, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Events that are held to be one before any person decided on it. happened: an incident, else a plan. id: of its first
    event.
    """

    id: str
    happened: bool
    events: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speaker:
    """For whom a person speaks, by what all stories say. name: the last name, folded; bodies: telling words of the bodies."""

    name: str
    bodies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything that is rebuilt from the readings, in one value."""

    families: tuple[Family, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    incidents: tuple[Incident, ...] = ()
    plans: tuple[Plan, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    standings: tuple[Standing, ...] = ()
