"""The tables of a ledger, the same on every database.

Facts are only ever added; triggers refuse anything else. `log` chains them: one entry a fact, each with the hash of the
one before. `current` is the reading of each story that counts, and follows from the log; `claim` holds what is searched, and follows from the readings; the rest is derived, and is
rebuilt at will. Who may sign in is neither: these rows change, and say nothing about the news. A column `body` holds the whole record as canonical JSON; the columns beside it are what filters ask for.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC: SQLite keeps none, so the zone is dropped on the way in and put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC without a zone. A naive datetime is a bug of the caller's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a datetime without a zone: {value.isoformat()}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware, in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


_WIDE = Integer().with_variant(BigInteger(), "postgresql")
"""A number that comes from outside: SQLite's whole numbers have 64 bits."""

capture = Table(
    "capture",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("media", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

story = Table(
    "story",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, index=True),
    Column("url", String),
    Column("outlet", String, index=True),
    Column("headline", Text, nullable=False),
    Column("byline", Text),
    Column("published_start", UTCDateTime),
    Column("published_end", UTCDateTime),
    Column("published_precision", String, nullable=False),
    Column("published_basis", String, nullable=False),
    Column("language", String),
    Column("text", Text, nullable=False),
    Column("furniture", Text, nullable=False),
)

intake = Table(
    "intake",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("key", String, nullable=False, unique=True),
    Column("source", Text, nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("capture", ForeignKey("capture.sha256")),
    Column("story", ForeignKey("story.id"), index=True),
    Column("body", Text),
    Column("at", UTCDateTime, nullable=False),
)
"""body: how the bytes came, and what became of a page's visible text; NULL where there is nothing to tell."""

rejection = Table(
    "rejection",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("intake", ForeignKey("intake.seq"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("lost", _WIDE, nullable=False),
    Column("body", Text, nullable=False),
)

reading = Table(
    "reading",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("story", ForeignKey("story.id"), nullable=False),
    Column("reader", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("story", "reader"),
)

switch = Table(
    "switch",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("reader", String, nullable=False),
    Column("stories", Text),
    Column("at", UTCDateTime, nullable=False),
)
"""The readings of a reader become the current ones: of the stories listed, or, where that is NULL, of all it has read."""

decision = Table(
    "decision",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, unique=True),
    Column("target", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

campaign = Table(
    "campaign",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, index=True),
    Column("body", Text),
    Column("at", UTCDateTime, nullable=False),
)
"""A named watch; the last row of a name counts, and one without a body ends it."""

name = Table(
    "name",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False, index=True),
    Column("act", String, nullable=False),
    Column("into", String),
    Column("body", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
"""What became of the name of an incident or a plan: given, moved (to other words), redirected, deleted."""

coding_round = Table(
    "coding_round",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("body", Text),
    Column("at", UTCDateTime, nullable=False),
)
"""A round of coding, opened by the row with a body, and closed by one without."""

coding = Table(
    "coding",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("key", String, unique=True),
    Column("round", String, nullable=False),
    Column("target", String, nullable=False),
    Column("person", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    UniqueConstraint("round", "target", "person"),
)
"""What one coder answered on one target of a round: once, for whoever answers sees what others did."""

log = Table(
    "log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("fact", String, nullable=False),
    Column("row", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("fact", "row"),
)

current = Table(
    "current",
    metadata,
    Column("story", ForeignKey("story.id"), primary_key=True),
    Column("reading", ForeignKey("reading.seq"), nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("n", _WIDE, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
    Column("reading", Integer, nullable=False),
    Column("claim", String, nullable=False),
    Column("story", String, nullable=False),
    Column("outlet", String),
    Column("kind", String, nullable=False),
    Column("name", Text),
    Column("role", Text),
    Column("affiliation", Text),
    Column("named", Text),
    Column("words", Text, nullable=False),
    Column("folded", Text, nullable=False),
)
"""What is searched: the claims of all readings, as they were read (`ledger.claims`). n: the number of the reading and the place in it;
day: on which the story was published, the first of all where that is unknown; words: of the claim; folded: the same as they are
compared; named: a person's name, as it is compared. On a server it is parted by days, and its key holds the day, too.
"""

family = Table(
    "family",
    metadata,
    Column("id", String, primary_key=True),
    Column("root", Text, nullable=False),
    Column("body", Text, nullable=False),
)

derivation = Table(
    "derivation",
    metadata,
    Column("story", ForeignKey("story.id"), primary_key=True),
    Column("relation", String, nullable=False),
    Column("origin", String),
    Column("ghost", Text),
    Column("body", Text, nullable=False),
)

mutation = Table(
    "mutation",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("story", ForeignKey("story.id"), nullable=False),
    Column("origin", String, nullable=False),
    Column("field", String, nullable=False),
    Column("body", Text, nullable=False),
)

gathering = Table(
    "gathering",
    metadata,
    Column("id", String, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Which events the machine holds to be one, before people decided on it."""

speaker = Table(
    "speaker",
    metadata,
    Column("name", String, primary_key=True),
    Column("body", Text, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("place", Text),
    Column("country", Text),
    Column("actor", Text),
    Column("target", Text),
    Column("killed_low", _WIDE),
    Column("killed_best", _WIDE),
    Column("killed_high", _WIDE),
    Column("injured_low", _WIDE),
    Column("injured_best", _WIDE),
    Column("injured_high", _WIDE),
    Column("independent_reports", Integer, nullable=False),
    Column("primary_sources", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

plan = Table(
    "plan",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("body", Text, nullable=False),
)

verdict = Table(
    "verdict",
    metadata,
    Column("tally", String, primary_key=True),
    Column("word", String, nullable=False),
    Column("off_by", _WIDE),
    Column("body", Text, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("decision", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("body", Text, nullable=False),
)

derived_from = Table(
    "derived_from",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("readings", String, nullable=False),
    Column("decided", String, nullable=False),
)
"""What the derived rows were made from: the readings, the rules and the profile; and the last decision."""

account = Table(
    "account",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String),
    Column("folded", String, unique=True),
    Column("role", String, nullable=False),
    Column("state", String, nullable=False),
    Column("password", String),
    Column("made", UTCDateTime, nullable=False),
)
"""Who may sign in. folded: the name without differences of case or form, NULL once erased; password: its hash."""

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", ForeignKey("account.id"), nullable=False, index=True),
    Column("made", UTCDateTime, nullable=False),
    Column("used", UTCDateTime, nullable=False),
)
"""Who is signed in. digest: SHA-256 of what the browser holds."""

token = Table(
    "token",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("account", ForeignKey("account.id"), nullable=False, index=True),
    Column("label", String, nullable=False),
    Column("scope", String, nullable=False),
    Column("made", UTCDateTime, nullable=False),
    Column("expires", UTCDateTime, nullable=False),
    Column("revoked", UTCDateTime),
)
"""By what a program shows whose it is. digest: SHA-256 of it; scope: the role that it reaches no further than."""

FACTS = (
    *(capture, story, intake, rejection, reading, switch, decision, campaign, name),
    *(coding_round, coding, log),
)
CHAINED = (intake, reading, switch, decision, campaign, name, coding_round, coding)
"""The facts with an entry in the log. Captures, stories and rejections are vouched for by the intakes they came with."""
READ = (current, claim)
"""What follows from readings and switches alone."""
DERIVED = (family, derivation, mutation, gathering, speaker, incident, plan, verdict, standing, derived_from)
PEOPLE = (account, token, session)
"""Who may come in: no facts, and following from none. The last goes nowhere with a ledger that is moved."""
