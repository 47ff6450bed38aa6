"""Single things with what stands behind them, field by field."""

from pydantic import Field

from onrecord.records import EventKind, GradeWord, Relation, RevisionField, RevisionWhy, Status
from onrecord.web.shapes import DecisionRow, EventRow, FamilyRow, MutationRow, Shape
from onrecord.web.shapes_read import (
    ClaimOf,
    CreditOf,
    Days,
    EventOf,
    Figure,
    Head,
    Place,
    RejectionOf,
    SpanOf,
    TallyOf,
)

_VERSION = Field(
    description="for If-Match: another one once a value of it, what it rests on or a decision on it is another; null for readers"
)
_REVIEW = Field(description="confirmed, decided or needs another look; null: nobody has decided on it")


class Within(Shape):
    """A story that something stands in."""

    id: str = Field(description="name of the version")
    name: str | None = Field(description="the id that the source gave")
    outlet: str | None = Field(description="outlet")
    headline: str = Field(description="headline")
    published: str | None = Field(description="when, UTC; null: unknown")


class Judged(Shape):
    """What people have done about it."""

    review: str | None = _REVIEW
    decisions: list[DecisionRow] = Field(description="the decisions that bear on it")
    version: str | None = _VERSION


class FurnitureOf(Shape):
    """A stretch of the text that is not reporting."""

    kind: str = Field(description="dateline, byline, credit, navigation, caption, notice or heading")
    start: int = Field(description="where it starts, in code points")
    end: int = Field(description="where it ends")


class DerivationOf(Shape):
    """Whose report a story is."""

    relation: Relation = Field(description="how the story stands to its origin")
    origin: str | None = Field(description="the id of the story whose report it is")
    ghost: str | None = Field(description="the outlet of an original that is not held")
    reasons: list[str] = Field(description="why")


class StoryWhole(Judged):
    """A story: its words, and what was read in them, in the shape of `onrecord read --json`."""

    id: str = Field(description="name of the version")
    name: str | None = Field(description="the id that the source gave")
    edition: int = Field(description="which version of its text, from 1")
    earlier: str | None = Field(description="the version before it")
    text: str = Field(
        description="the text as given; for readers names of private persons are blotted out, at the same length"
    )
    furniture: list[FurnitureOf] = Field(description="what of the text is not reporting")
    source: str = Field(description="what was read")
    story: Head = Field(description="its masthead, as people have set it right")
    credits: list[CreditOf] = Field(description="whose report it says it carries")
    claims: list[ClaimOf] = Field(description="who says what")
    events: list[EventOf] = Field(description="what happened, or is said to be planned")
    tallies: list[TallyOf] = Field(description="stated totals")
    rejected: list[RejectionOf] = Field(description="what could not be used")
    triage: str = Field(description="relevant, outside (of every campaign), no event, or not read")
    misfits: list[str] = Field(description="figures of it that should add up and do not")
    family: str | None = Field(description="the family that it is in")
    derivation: DerivationOf | None = Field(description="whose report it is")
    mutations: list[MutationRow] = Field(description="what it states otherwise than its origin")


class ClaimWhole(ClaimOf, Judged):
    """A claim with its story."""

    story: Within = Field(description="the story it stands in")
    events: list[str] = Field(description="the events that it tells of")


class EventWhole(EventOf, Judged):
    """An event with its story."""

    story: Within = Field(description="the story that tells of it")
    incident: str | None = Field(description="the incident or plan that it was merged into")


class VerdictOf(Shape):
    """A total held against the ledger."""

    word: str = Field(description="consistent, short, over, units_differ or not_comparable")
    ledger: Figure | None = Field(description="the ledger's own figure")
    off_by: int | None = Field(description="how far the stated total lies outside it")
    incidents: list[str] = Field(description="the incidents that make up the ledger's figure")
    reason: str = Field(description="why, in sentences")
    explains: list[str] = Field(description="the incidents that would close the gap")


class MovementOf(Shape):
    """How a total came from the one before it."""

    before: str = Field(description="the total before it, of the same outlet's or source's own counting")
    series: str = Field(description="who counts")
    by: int = Field(description="by how much it moved")
    word: str = Field(description="new_incident, revision, error, correction or unchecked")
    incidents: list[str] = Field(description="what is new in the ledger between the two")
    reason: str = Field(description="why, in a sentence")


class TallyWhole(TallyOf, Judged):
    """A stated total with its story and its verdict."""

    story: Within = Field(description="the story that states it")
    verdict: VerdictOf | None = Field(description="how it stands to the ledger")
    movement: MovementOf | None = Field(description="how it came from the one before it")


class StatementOf(Shape):
    """One source's figure for one field."""

    field: str = Field(description="of which field")
    value: str = Field(description="the value, in words")
    bounds: Figure | None = Field(description="the value as a figure")
    source: str = Field(description="who says so; for what a person set, the decision")
    story: str | None = Field(description="the story it stands in; null: a person set it")
    span: SpanOf | None = Field(description="the words")
    credible: bool = Field(
        description="false for a number that its own source withdrew, or that a copy changed on the way"
    )


class RevisionOf(Shape):
    """A value that changed, or its first."""

    field: RevisionField = Field(description="which field")
    was: str | None = Field(description="what it said before; null: unknown")
    now: str | None = Field(description="what it said from then on; null: unknown")
    day: str | None = Field(description="day of the publication that changed it")
    why: RevisionWhy = Field(description="why")
    source: str | None = Field(description="whose word it rests on; of a decision its id")
    story: str | None = Field(description="the story it stands in")
    span: SpanOf | None = Field(description="the words")


class GradeOf(Shape):
    """What stands behind the reports."""

    word: GradeWord = Field(description="the grade")
    reason: str = Field(description="why, in a sentence")


class Told(Judged):
    """What incidents and plans have in common."""

    id: str = Field(description="name; a name that was merged leads to the one it was merged into")
    kind: EventKind = Field(description="what kind of event")
    status: Status = Field(description="how it stands")
    actor: str | None = Field(description="who did it, or would; null: unknown, or several claim it")
    target: str | None = Field(description="whom or what it hit, or would")
    where: Place | None = Field(description="where")
    events: list[EventRow] = Field(description="what each story tells of it")
    stories: list[Within] = Field(description="the stories that tell of it")
    campaigns: list[str] = Field(description="the campaigns that it belongs to")


class IncidentWhole(Told):
    """An incident: every figure with its bounds and with who gave it."""

    when: Days | None = Field(description="when")
    killed: Figure = Field(description="dead; null is unknown, which is not zero")
    injured: Figure = Field(description="injured")
    responsibility: str | None = Field(description="who claims it, and which party to it denies it")
    reports: list[str] = Field(description="outlets and ghost originals whose own report it is")
    sources: list[str] = Field(description="distinct sources behind them")
    statements: list[StatementOf] = Field(description="who gave which figure, and where")
    reasons: list[str] = Field(description="why its events are held to be one")
    history: list[RevisionOf] = Field(description="what its values were, in the order of publication")
    grade: GradeOf = Field(description="what stands behind its reports")


class PlanWhole(Told):
    """Something told of that is not held to have happened."""


class DecisionWhole(DecisionRow):  # type: ignore[misc]
    """A decision with what it was made on."""

    asked: str | None = Field(description="the name that was given for the target, where that leads to another")
    anchors: list[SpanOf] = Field(description="the words that its target stood on")
    seen: dict[str, str | None] = Field(description="the target as it was shown, by field")
    reader: str = Field(description="the version of the reader whose reading was shown")


class FamilyWhole(FamilyRow):
    """A family with what changed on the way."""

    mutations: list[MutationRow] = Field(description="what its stories state otherwise than their origin")
