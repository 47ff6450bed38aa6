"""What a reader found in one story."""

from dataclasses import dataclass
from datetime import date

from onrecord.records.given import Published, Rejection, Span
from onrecord.records.words import (
    CountOf,
    CreditRelation,
    DatePrecision,
    EventKind,
    Form,
    PlacePrecision,
    SourceKind,
    Stance,
    Status,
    TallyUnit,
)


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
    """The mentions of one occurrence in one story, resolved. id: the story's id, "-e" and a number. stated: a person says that
    it is so: it needs no more to stand by itself.
    """

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
    stated: bool = False


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
class Gist:
    """What a story would be filed under if it were a plain report of one event, judged by all its opening words together.
    For holding reports against each other, and no value of the ledger: no words of the story say it as such. day: the
    likeliest day; killed, injured: nothing said where no words tell. where: the town, unit or country that its place names
    agree on best. died, hurt: how likely anybody died, or was hurt, whether or not words tell it; None where it was not asked.
    """

    day: date | None
    killed: Bounds
    injured: Bounds
    where: Where | None = None
    died: float | None = None
    hurt: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one reader found in one story version. signature: MinHash values of the text and, last,
    how many different 5-word runs it has, for near copies; quotes:
    folded direct quotations of six words or more, for rewrites; facts: numbers with their nouns and unusual names;
    words: its first 300 different words, folded, in their order, and gist: for reports of one event.
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
    words: tuple[str, ...] = ()
    gist: Gist | None = None


@dataclass(frozen=True, slots=True)
class Masthead:
    """What grouping needs to know of a story besides its reading. version: which one of its text this is, from 1,
    in the order of publication and arrival; earlier: the id of the one before.
    """

    id: str
    name: str | None
    url: str | None
    outlet: str | None
    headline: str
    published: Published
    length: int
    version: int = 1
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A story as the deriving stages see it: its masthead and its current reading."""

    story: Masthead
    reading: Reading
