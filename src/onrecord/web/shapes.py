"""What the API takes and gives, described field by field."""

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from onrecord.exports import tables
from onrecord.exports.filters import Filter
from onrecord.records import DecisionVerdict, EventKind, StandingState, Status, TargetKind

T = TypeVar("T")


class Shape(BaseModel):
    """An object of the API: no field beside those named."""

    model_config = ConfigDict(extra="forbid")


# ---- what every answer has


class Meta(Shape):
    """Beside every answer."""

    next: str | None = Field(description="cursor of the next page of a list; null: there is no more")
    state: str = Field(description="a name for the moment that this was read at: equal names, equal content")


class Page(Shape, Generic[T]):
    """A page of a list."""

    data: list[T] = Field(description="the rows")
    meta: Meta


class One(Shape, Generic[T]):
    """One thing."""

    data: T = Field(description="the thing")
    meta: Meta


class Error(Shape):
    """What went wrong."""

    code: str = Field(description="a word for programs: not_found, changed, invalid, ...")
    message: str = Field(description="a sentence for people")
    details: dict[str, Any] = Field(
        description="values to go on with: for changed, those of now and the version of now"
    )


class Failure(Shape):
    """Every answer that is no success."""

    error: Error


# ---- what a list is asked


def _day(given: object) -> object:
    """A day as YYYY-MM-DD and in no other way: pydantic would take seconds for one, too."""
    if isinstance(given, str):
        if len(given) != 10:
            raise ValueError(f"{given[:40]} is no day: write YYYY-MM-DD")
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise ValueError(f"{given} is no day: write YYYY-MM-DD") from None
    return given


Day = Annotated[date, BeforeValidator(_day)]


def _one_of(words: Any) -> WithJsonSchema:
    """A closed list in the description; that a word is of it is checked where its name can be told."""
    return WithJsonSchema({"type": "string", "enum": list(get_args(words))})


_PART = "; any part of the name, whatever the case"


class Paging(Shape):
    """Which page of a list."""

    limit: int = Field(50, ge=1, le=200, description="how many rows at most")
    cursor: str | None = Field(None, max_length=1200, description="meta.next of the page before, as it is")
    order: Literal["asc", "desc"] = Field(
        "asc", description="the earliest first, or the latest; undated rows count as latest"
    )


class Filtered(Paging):
    """Which rows of a list."""

    since: Day | None = Field(None, description="the first day, YYYY-MM-DD; rows without a date are left out")
    until: Day | None = Field(None, description="the last day; rows without a date are left out")
    place: str | None = Field(None, max_length=200, description="place or country" + _PART)
    kind: Annotated[str, _one_of(EventKind)] | None = Field(None, description="kind of event")
    actor: str | None = Field(None, max_length=200, description="who did it, or, of claims, who says so" + _PART)
    status: Annotated[str, _one_of(Status)] | None = Field(None, description="how the event is told")
    outlet: str | None = Field(None, max_length=200, description="outlet" + _PART)
    campaign: str | None = Field(None, max_length=200, description="the whole name of a campaign of this ledger")

    def wanted(self) -> Filter:
        """The same as the program's filter. Raises WrongUse for a word that is not of a closed list."""
        return Filter(
            self.since, self.until, self.place, self.kind, self.actor, self.status, self.outlet, self.campaign
        )


class OfDecisions(Paging):
    """Which decisions."""

    state: StandingState | None = Field(None, description="how they stand")
    target: str | None = Field(None, max_length=200, description="the id that they were made on, or bear on now")


# ---- rows: what tables.toml says of the columns, with their types

_NUMBERS: dict[str, frozenset[str]] = {
    "incidents": frozenset({"independent_reports", "primary_sources"}),
    "claims": frozenset({"start", "end"}),
    "tallies": frozenset({"low", "best", "high", "off_by", "moved_by"}),
    "stories": frozenset({"length", "version"}),
    "campaigns": frozenset({"incidents", "killed", "plans", "stories"}),
}
_DEGREES = frozenset({"latitude", "longitude"})
_TRUTH = frozenset({"background"})


def _type(table: str, column: str) -> Any:
    if column == "id":
        return str
    if column in _DEGREES:
        return float | None
    if column in _TRUTH:
        return bool
    counts = column in _NUMBERS.get(table, ()) or column.endswith(("_low", "_best", "_high"))
    return int | None if counts else str | None


def _row(name: str, table: str, *without: str, **more: Any) -> Any:
    """The shape of a row of a table, each column with its meaning; "empty" there is null here."""
    fields: dict[str, Any] = {
        column: (_type(table, column), Field(description=meaning.replace("empty:", "null:")))
        for column, meaning in tables.columns()[table].meanings.items()
        if column not in without
    }
    return create_model(name, __base__=Shape, __doc__=f"A row of the table {table}.", **fields, **more)


_BY = (str | None, Field(description="who made it; null for readers"))
_AT = (str | None, Field(description="when, ISO 8601; null for readers"))

_MARK = "row_version"
"""Of tables that go out as files and come back; who asks here has an ETag."""

StoryRow = _row("StoryRow", "stories", _MARK)
ClaimRow = _row("ClaimRow", "claims", _MARK)
EventRow = _row("EventRow", "events", _MARK)
TallyRow = _row("TallyRow", "tallies", _MARK)
IncidentRow = _row("IncidentRow", "incidents", _MARK)
PlanRow = _row("PlanRow", "plans", _MARK)
MutationRow = _row("MutationRow", "mutations")
CampaignRow = _row("CampaignRow", "campaigns")
DecisionRow = _row("DecisionRow", "decisions", by=_BY, at=_AT)
Carrier = _row("Carrier", "families", "id")


class FamilyRow(Shape):
    """Stories that carry one report."""

    id: str = Field(description="name of the family")
    root: str = Field(
        description='the story whose report it is, or "ghost:" and the outlet of an original that is not held'
    )
    stories: list[Carrier] = Field(description="the stories, in the order of publication")  # type: ignore[valid-type]


# ---- what is asked to be kept

_Words = Annotated[str, Field(max_length=400)]


class Wish(Shape):
    """A decision to be kept. Who makes it, when, and on which version stand in no field: they are known, or in If-Match."""

    verdict: DecisionVerdict = Field(description="what is decided")
    target: str = Field(
        min_length=1, max_length=200, description="the id of what it is about; for add a story's, for undo a decision's"
    )
    field: str | None = Field(None, max_length=40, description="of set: which field; of add: claim, event or incident")
    value: str | None = Field(
        None, max_length=1000, description="of set: to what; of add: the source of the claim, or the kind of the event"
    )
    into: str | None = Field(None, max_length=200, description="of merge: into what")
    words: list[_Words] = Field(
        default_factory=list,
        max_length=50,
        description="of add and split: the words, each as STORY:START-END or STORY:headline:START-END",
    )
    reason: str = Field("", max_length=4000, description="why, in a sentence")
    key: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="the same as the header Idempotency-Key: the same key gives the same decision again",
    )


class Kept(Shape):
    """A decision as it is kept."""

    id: str = Field(description="name of the decision")
    verdict: DecisionVerdict = Field(description="what was decided")
    target: str = Field(description="what it was made on")
    target_kind: TargetKind = Field(description="what that is")
    asked: str | None = Field(description="the name that was given for the target, where that leads to another")
    bears_on: str | None = Field(description="what it bears on now")
    state: StandingState = Field(description="how it stands")
    note: str | None = Field(description="what has changed since")
    again: bool = Field(description="it had been made before, under the same key")
    version: str | None = Field(
        description="of what it bears on, for the next If-Match; null: that is no more, or is a decision"
    )
