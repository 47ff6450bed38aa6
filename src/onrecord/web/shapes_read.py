"""What was read in a story, field by field, as `onrecord read --json` has it."""

from pydantic import Field

from onrecord.records import (
    CountOf,
    CreditRelation,
    DatePrecision,
    EventKind,
    Form,
    Part,
    PlacePrecision,
    SourceKind,
    Stance,
    Status,
    TallyUnit,
)
from onrecord.web.shapes import Shape


class SpanOf(Shape):
    """Words of a story."""

    part: Part = Field(description="headline or text")
    start: int = Field(description="where they start, in code points of the part")
    end: int = Field(description="where they end")
    text: str = Field(description="the words")


class Figure(Shape):
    """A number with its bounds; null is unknown, and never zero."""

    low: int | None = Field(description="at least")
    best: int | None = Field(description="as stated, or as the most direct source states")
    high: int | None = Field(description="at most")


class Days(Shape):
    """A time."""

    start: str | None = Field(description="first day, ISO 8601; null: the words do not resolve")
    end: str | None = Field(description="last day")
    precision: DatePrecision = Field(description="how exactly it is known")
    text: str | None = Field(description="the words")


class Place(Shape):
    """A place."""

    name: str = Field(description="as filed")
    container: str | None = Field(description="what it lies in, as worded")
    lat: float | None = Field(description="degrees WGS 84; null: no gazetteer holds it")
    lon: float | None = Field(description="degrees WGS 84")
    precision: PlacePrecision = Field(description="how exactly it is known")
    country: str | None = Field(description="English name of the country, where known")
    text: str | None = Field(description="the words")


class SourceOf(Shape):
    """Whom a claim rests on."""

    kind: SourceKind = Field(description="what kind of source")
    name: str | None = Field(description="as a reader would file it; null: the narrator")
    role: str | None = Field(description="office or function")
    affiliation: str | None = Field(description="the body that the source belongs to")
    count: Figure = Field(description="how many they are")
    terms: str | None = Field(description="terms of anonymity, as worded")
    told: str | None = Field(description="the other outlet that the source spoke to")
    span: SpanOf | None = Field(description="the words that name the source there")


class ClaimOf(Shape):
    """What is said, and who says it."""

    id: str = Field(description="name of the claim")
    content: list[SpanOf] = Field(description="the words claimed, without the frame")
    cue: SpanOf | None = Field(description="the word of saying")
    form: Form = Field(description="how it is worded")
    stance: Stance = Field(description="how the source stands to it")
    source: SourceOf = Field(description="whom it rests on")


class MentionOf(Shape):
    """A place that tells of an event."""

    span: SpanOf = Field(description="the clause")
    status: Status = Field(description="how it is told there")
    kind: EventKind = Field(description="what kind it is there")
    claim: str | None = Field(description="the claim that holds it")


class CountOfEvent(Figure):
    """A counted thing."""

    what: CountOf = Field(description="what is counted")
    words: str = Field(description="the figure as worded")
    of: str | None = Field(description="whom, as worded")
    part: bool = Field(description="a share of another count, which adds to no total")
    span: SpanOf = Field(description="where the words stand")


class EventOf(Shape):
    """What one story tells of one occurrence."""

    id: str = Field(description="name of the event")
    kind: EventKind = Field(description="what kind")
    status: Status = Field(description="as this story tells it")
    background: bool = Field(description="tells of another time than the one reported on")
    modes: list[str] = Field(description="PLOVER's auxiliary modes")
    actor: str | None = Field(description="who did it")
    target: str | None = Field(description="whom or what it hit")
    instrument: str | None = Field(description="with what")
    claims: list[str] = Field(description="the claims that tell of it")
    when: Days | None = Field(description="when")
    where: Place | None = Field(description="where")
    counts: list[CountOfEvent] = Field(description="dead, injured and others")
    mentions: list[MentionOf] = Field(description="the places that tell of it")


class TallyOf(Shape):
    """A stated running total."""

    id: str = Field(description="name of the tally")
    unit: TallyUnit = Field(description="what is counted")
    count: Figure = Field(description="the total")
    scope: str | None = Field(description="what it is counted over, in words; null: everything")
    since: str | None = Field(description="first day; null: not stated")
    as_of: str | None = Field(description="last day")
    claim: str | None = Field(description="the claim that it stands in")
    span: SpanOf = Field(description="the words")


class CreditOf(Shape):
    """A place where a story names whose report it carries."""

    outlet: str = Field(description="the outlet named")
    relation: CreditRelation = Field(description="why it is named")
    span: SpanOf = Field(description="the words")


class RejectionOf(Shape):
    """What could not be used."""

    what: str = Field(description="the source or the part")
    reason: str = Field(description="why, in a sentence")
    lost: int = Field(description="how many characters went unused")
    span: SpanOf | None = Field(description="where")


class PublishedOf(Shape):
    """When a story was published."""

    start: str | None = Field(description="first moment, UTC; null: unknown")
    end: str | None = Field(description="last moment")
    precision: str = Field(description="second, minute, day, month, year or unknown")
    basis: str = Field(description="where that is known from")


class Head(Shape):
    """A story's masthead."""

    id: str = Field(description="the source's own id, else the name of the version")
    url: str | None = Field(description="address")
    outlet: str | None = Field(description="outlet")
    headline: str = Field(description="headline")
    byline: str | None = Field(description="byline")
    published: PublishedOf = Field(description="when")
    language: str | None = Field(description="ISO 639-1")
    state: str = Field(description="ok, partial or failed")
