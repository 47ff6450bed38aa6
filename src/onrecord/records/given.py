"""What came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from onrecord.records.words import FurnitureKind, InputState, Part, PublishedBasis


@dataclass(frozen=True, slots=True)
class Capture:
    """The bytes as they came.

    sha256: their name, 64 hex digits. source: the file, URL, or file and line they came from, as the user named it.
    media: "text/plain", "text/html" or "application/json". body: the bytes themselves.
    """

    sha256: str
    source: str
    media: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Published:
    """When a story was published, as an interval: a date without a time is the whole day, in UTC.

    `start` and `end` are None where nothing says so (basis "unknown"). precision: "second", "minute", "day", "month",
    "year" or "unknown". basis: "given" by the user or the row, "metadata" of the page, "dateline", or "file" time.
    """

    start: datetime | None
    end: datetime | None
    precision: str
    basis: PublishedBasis

    @property
    def day(self) -> date | None:
        """The day that relative dates are anchored on, or None: an interval wider than two days anchors nothing."""
        if self.start is None or self.end is None or (self.end - self.start).days > 1:
            return None
        return self.start.date()


UNDATED = Published(None, None, "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class Furniture:
    """A stretch of the text that is not reporting (dateline, byline, navigation). Marked, never cut out."""

    kind: FurnitureKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Story:
    """One version of one published text.

    id: "st-" and 16 hex digits of what was published, so the same version has the same id everywhere. name: the id
    the source gave, or None. `text` stays as given. language: ISO 639-1, or None where undecided.
    """

    id: str
    name: str | None
    url: str | None
    outlet: str | None
    headline: str
    byline: str | None
    published: Published
    language: str | None
    text: str
    furniture: tuple[Furniture, ...] = ()

    def words(self, part: Part) -> str:
        """The part's text."""
        return self.headline if part == "headline" else self.text


@dataclass(frozen=True, slots=True)
class Span:
    """The evidence for a value: `part[start:end] == text` in the story named."""

    story: str
    part: Part
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """An input, or part of one, that could not be used. what: the source or the part; reason: a sentence; lost:
    how many characters or bytes went unused (0 where the amount is not known); span: where, in a story's text.
    """

    what: str
    reason: str
    lost: int = 0
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A publisher's word that an item is not to be used. uri: the item's id, which is the name of its story; why: its status
    word and reason; at: when, as given; source: the input that said so.
    """

    uri: str
    why: str
    at: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Books:
    """What became of the characters that a visitor of a page sees: kept in the story, dropped on purpose (by reason), lost.
    visible = kept + the sum of dropped + lost.
    """

    visible: int
    kept: int
    dropped: dict[str, int]
    lost: int


@dataclass(frozen=True, slots=True)
class Intake:
    """One input and what became of it: exactly one of these for everything that was offered.

    how: how its bytes came, as custody asks: "final_url", "fetched_at", "status", "request", "headers", "redirects", "tool", …,
    each a word or a list of them; empty where they came from a file. books: of a page, what became of its visible text.
    """

    source: str
    state: InputState
    capture: Capture | None
    story: Story | None
    rejections: tuple[Rejection, ...] = ()
    how: Mapping[str, object] = field(default_factory=dict)
    books: Books | None = None
