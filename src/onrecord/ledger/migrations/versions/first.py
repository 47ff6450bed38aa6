"""The first schema.

Facts are only ever added: triggers refuse to change or to remove one.
"""

import sqlalchemy as sa
from alembic import op

from onrecord.ledger.guards import forbid_changes

revision = "0001"
down_revision = None

_WIDE = sa.Integer().with_variant(sa.BigInteger(), "postgresql")

FACTS = ("capture", "story", "intake", "rejection", "reading")


def upgrade() -> None:
    """Makes every table, and the triggers."""
    _tables()
    for table in FACTS:
        forbid_changes(op.get_bind(), table)


def _tables() -> None:
    op.create_table(
        "capture",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_capture"),
    )
    op.create_table(
        "derived_from",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_derived_from"),
    )
    op.create_table(
        "family",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_family"),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("killed_low", _WIDE, nullable=True),
        sa.Column("killed_best", _WIDE, nullable=True),
        sa.Column("killed_high", _WIDE, nullable=True),
        sa.Column("injured_low", _WIDE, nullable=True),
        sa.Column("injured_best", _WIDE, nullable=True),
        sa.Column("injured_high", _WIDE, nullable=True),
        sa.Column("independent_reports", sa.Integer(), nullable=False),
        sa.Column("primary_sources", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incident"),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
    )
    op.create_table(
        "story",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("outlet", sa.String(), nullable=True),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("byline", sa.Text(), nullable=True),
        sa.Column("published_start", sa.DateTime(), nullable=True),
        sa.Column("published_end", sa.DateTime(), nullable=True),
        sa.Column("published_precision", sa.String(), nullable=False),
        sa.Column("published_basis", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("furniture", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_name", "story", ["name"], unique=False)
    op.create_index("ix_story_outlet", "story", ["outlet"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("tally", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("off_by", _WIDE, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tally", name="pk_verdict"),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("source_kind", sa.String(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("stance", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_claim_story"),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
    )
    op.create_index("ix_claim_story", "claim", ["story"], unique=False)
    op.create_table(
        "derivation",
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("ghost", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_derivation_story"),
        sa.PrimaryKeyConstraint("story", name="pk_derivation"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("background", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_event_story"),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
    )
    op.create_index("ix_event_story", "event", ["story"], unique=False)
    op.create_table(
        "intake",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("capture", sa.String(length=64), nullable=True),
        sa.Column("story", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["capture"], ["capture.sha256"], name="fk_intake_capture"),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_intake_story"),
        sa.PrimaryKeyConstraint("seq", name="pk_intake"),
        sa.UniqueConstraint("key", name="uq_intake_key"),
    )
    op.create_index("ix_intake_story", "intake", ["story"], unique=False)
    op.create_table(
        "mutation",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_mutation_story"),
        sa.PrimaryKeyConstraint("seq", name="pk_mutation"),
    )
    op.create_table(
        "reading",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_reading_story"),
        sa.PrimaryKeyConstraint("seq", name="pk_reading"),
        sa.UniqueConstraint("story", "reader", name="uq_reading_story"),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_tally_story"),
        sa.PrimaryKeyConstraint("id", name="pk_tally"),
    )
    op.create_index("ix_tally_story", "tally", ["story"], unique=False)
    op.create_table(
        "current",
        sa.Column("story", sa.String(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["reading"], ["reading.seq"], name="fk_current_reading"),
        sa.ForeignKeyConstraint(["story"], ["story.id"], name="fk_current_story"),
        sa.PrimaryKeyConstraint("story", name="pk_current"),
    )
    op.create_table(
        "rejection",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("intake", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lost", _WIDE, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["intake"], ["intake.seq"], name="fk_rejection_intake"),
        sa.PrimaryKeyConstraint("seq", name="pk_rejection"),
    )
    op.create_index("ix_rejection_intake", "rejection", ["intake"], unique=False)
