"""The records of OnRecord: frozen values that touch nothing.

Blanket rules. Offsets count code points in the story as given. Datetimes are aware and in UTC. `None` is unknown and
never zero. Words of closed lists are the `Literal` types below; a drift test holds them against the published
vocabulary. Sequences are tuples, so that records can be hashed and sent between processes.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Part = Literal["headline", "text"]
Status = Literal[
    "happened", "ongoing", "attempted", "planned", "threatened", "possible", "hypothetical", "denied", "negated", "unknown"
]  # fmt: skip
SourceKind = Literal["named_person", "named_body", "anonymous", "outlet", "document", "witness", "narrator"]
Form = Literal["direct", "indirect", "mixed", "narration"]
Stance = Literal[
    "asserts", "confirms", "corrects", "denies", "rejects", "questions", "warns", "threatens", "calls for",
    "claims responsibility", "declines to comment",
]  # fmt: skip
EventKind = Literal[
    "air_strike", "drone_strike", "missile_strike", "shelling", "naval_strike", "armed_clash", "bombing", "suicide_attack",
    "shooting", "abduction", "raid", "interception", "seizure", "arrest", "extradition", "release", "deployment",
    "ground_mission", "surveillance", "designation", "threat", "other",
]  # fmt: skip
Relation = Literal["original", "reprint", "rewrite", "excerpt", "roundup", "follow-up"]
CreditRelation = Literal["reported_by", "told", "republished_from", "wire", "cites"]
MutationField = Literal[
    "killed", "injured", "date", "place", "actor", "status", "attribution", "tally", "count_of_sources"
]  # fmt: skip
VerdictWord = Literal["consistent", "short", "over", "units_differ", "not_comparable"]
CountOf = Literal[
    "killed", "injured", "missing", "presumed_dead", "survivors", "captured", "detained", "abducted", "freed", "rescued",
    "displaced", "aboard", "troops", "vessels", "strikes", "sites", "rounds",
]  # fmt: skip
TallyUnit = Literal[
    "strikes", "attacks", "killed", "killed_or_presumed_dead", "civilians_killed", "injured", "abducted", "freed",
    "captured", "detained", "extradited", "seizures", "vessels", "sites", "bombings", "rounds", "investigations",
    "bodies_found",
]  # fmt: skip
InputState = Literal["ok", "partial", "refused", "failed"]
DatePrecision = Literal["day", "days", "week", "month", "season", "year", "since", "until", "unknown"]
PlacePrecision = Literal["exact", "near", "admin2", "admin1", "region", "country", "sea", "unknown"]
PublishedBasis = Literal["given", "metadata", "dateline", "file", "unknown"]
FurnitureKind = Literal["dateline", "byline", "credit", "navigation", "caption", "notice", "heading"]


# ---- what came in


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
class Rejection:
    """An input, or part of one, that could not be used. what: the source or the part; reason: a sentence; lost:
    how many characters or bytes went unused (0 where the amount is not known); span: where, in a story's text.
    """

    what: str
    reason: str
    lost: int = 0
    span: "Span | None" = None


@dataclass(frozen=True, slots=True)
class Intake:
    """One input and what became of it: exactly one of these for everything that was offered."""

    source: str
    state: InputState
    capture: Capture | None
    story: Story | None
    rejections: tuple[Rejection, ...] = ()


# ---- what a reader found in one story


@dataclass(frozen=True, slots=True)
class Span:
    """The evidence for a value: `part[start:end] == text` in the story named."""

    story: str
    part: Part
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """low <= best <= high; each None where nothing is said. "at least 38" is (38, 38, None) in profile `joint`."""

    low: int | None
    best: int | None
    high: int | None


NOTHING_SAID = Bounds(None, None, None)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as worded; bounds are derived from it by the profile in use (`wording.numbers.bounds`).

    number: the figure ("seven" is 7). upto: the upper end of "five to seven". modifier: a key of the table of
    modifiers ("at_least", "more_than", "up_to", "about", "fewer_than"...). vague: a key of the table of vague words
    ("dozens", "several"), then number is the multiplier or None.
    """

    number: int | None
    upto: int | None = None
    modifier: str | None = None
    vague: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """A place where a story names whose report it carries, or to which outlet a source spoke."""

    outlet: str
    relation: CreditRelation
    span: Span


@dataclass(frozen=True, slots=True)
class Source:
    """Whom a claim rests on.

    name: as a reader would file it ("Interior Ministry", "Adm. Tova Rell"; the group as worded for anonymous
    sources; None for the narrator). count: how many, for persons and groups; None for bodies, outlets, documents and
    the narrator. terms: "on condition of anonymity" and the like, as worded. told: the other outlet they spoke to.
    span: the words that name the source where the claim stands (a pronoun, too), or None for the narrator.
    """

    kind: SourceKind
    name: str | None
    role: str | None = None
    affiliation: str | None = None
    count: Quantity | None = None
    terms: str | None = None
    told: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Content, and who says it. content: the words claimed, without the frame ("police said"). cue: the word of
    saying, or None. id: the story's id, "-c" and a number in the order of the text.
    """

    id: str
    content: tuple[Span, ...]
    cue: Span | None
    source: Source
    form: Form
    stance: Stance


@dataclass(frozen=True, slots=True)
class Party:
    """An actor or a target: canonical name, the words, and a hedge ("suspected", "alleged") as worded."""

    name: str
    span: Span
    hedge: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """A time as an interval of days, both ends included. Unresolved wording keeps its span with start and end None."""

    start: date | None
    end: date | None
    precision: DatePrecision
    span: Span | None


@dataclass(frozen=True, slots=True)
class Where:
    """A place. name: as filed ("Port Kessel"); container: what it lies in, as worded, or None; country: English name
    or None; lat, lon in degrees WGS 84, None where no gazetteer holds it.
    """

    name: str
    container: str | None
    country: str | None
    lat: float | None
    lon: float | None
    precision: PlacePrecision
    span: Span | None


@dataclass(frozen=True, slots=True)
class Count:
    """A counted thing at a mention. of: whom ("civilians", "attackers", "children"), as worded, or None. part: a
    share of another count ("12 killed, among them 4 children": the 4), which never adds to a total.
    """

    what: CountOf
    quantity: Quantity
    span: Span
    of: str | None = None
    part: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that tells of an event. span: the clause; trigger: the word that names the act. claim: id of the claim
    whose content holds it, or None. background: tells of another time than the one reported on.
    """

    span: Span
    trigger: Span
    status: Status
    kind: EventKind
    claim: str | None
    actor: Party | None = None
    target: Party | None = None
    instrument: str | None = None
    when: When | None = None
    where: Where | None = None
    counts: tuple[Count, ...] = ()
    background: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """The mentions of one occurrence in one story, resolved. id: the story's id, "-e" and a number."""

    id: str
    kind: EventKind
    status: Status
    actor: Party | None
    target: Party | None
    instrument: str | None
    when: When | None
    where: Where | None
    counts: tuple[Count, ...]
    claims: tuple[str, ...]
    mentions: tuple[Mention, ...]
    background: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """A stated running total. scope: what it counts, in words, None for everything; since and as_of: days, None where
    the words do not resolve. id: the story's id, "-t" and a number. claim: the claim it stands in, or None.
    """

    id: str
    unit: TallyUnit
    quantity: Quantity
    scope: str | None
    since: date | None
    as_of: date | None
    claim: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one reader found in one story version. signature: MinHash values of the text and, last,
    how many different 5-word runs it has, for near copies; quotes:
    folded direct quotations of six words or more, for rewrites; facts: numbers with their nouns and unusual names.
    """

    story: str
    reader: str
    claims: tuple[Claim, ...]
    credits: tuple[Credit, ...]
    events: tuple[Event, ...]
    tallies: tuple[Tally, ...]
    rejections: tuple[Rejection, ...] = ()
    signature: tuple[int, ...] = ()
    quotes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Masthead:
    """What grouping needs to know of a story besides its reading."""

    id: str
    name: str | None
    url: str | None
    outlet: str | None
    headline: str
    published: Published
    length: int


@dataclass(frozen=True, slots=True)
class Read:
    """A story as the deriving stages see it: its masthead and its current reading."""

    story: Masthead
    reading: Reading


# ---- what is derived from readings


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
    own source withdrew, or that a copy changed on the way.
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
    events were held to be one. id: "in-" and 8 hex digits, from its first event.
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A tally held against the ledger. ledger: the ledger's own figure; off_by: how far the stated total lies outside
    it; incidents: those that make up the ledger's figure; reason: a sentence.
    """

    tally: str
    word: VerdictWord
    ledger: Bounds | None
    off_by: int | None
    incidents: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A named watch. Empty tuples and None mean no bound. Without one, all stories of a ledger are one campaign."""

    name: str
    start: date | None = None
    end: date | None = None
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything that is rebuilt from the readings, in one value."""

    families: tuple[Family, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    mutations: tuple[Mutation, ...] = ()
    incidents: tuple[Incident, ...] = ()
    plans: tuple[Plan, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def digest(*values: object) -> str:
    """SHA-256, in hex, of the values as canonical JSON: the way ids are made."""
    packed = json.dumps(values, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(packed.encode()).hexdigest()
