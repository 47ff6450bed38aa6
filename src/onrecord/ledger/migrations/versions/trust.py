"""Decisions, campaigns, names and switches as facts; a chain over all facts; what is derived, with what it rests on.

The index tables of single claims, events and tallies go: nothing read them, and their rows lie in the readings.
"""

from itertools import groupby

import sqlalchemy as sa
from alembic import op

from onrecord.errors import CannotWork
from onrecord.ledger import chain, schema
from onrecord.ledger.guards import forbid_changes

revision = "0002"
down_revision = "0001"

ADDED = ("switch", "decision", "campaign", "name", "log")


def upgrade() -> None:
    """Makes the new tables and chains the facts that are there."""
    for table in ("claim", "event", "tally"):
        op.drop_table(table)
    # Derived rows are made anew from the readings
    op.drop_table("derived_from")
    for table in ("mutation", "derivation", "family", "incident", "plan", "verdict"):
        op.execute(f"DELETE FROM {table}")
    _tables()
    for table in ADDED:
        forbid_changes(op.get_bind(), table)
    _chain()


def downgrade() -> None:
    """Refused: decisions would be lost. The way back is the copy that was made before."""
    raise CannotWork("a ledger does not go back to an older schema; take the copy that was kept beside it")


def _tables() -> None:
    op.create_table(
        "switch",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("reader", sa.String(), nullable=False),
        sa.Column("stories", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_switch"),
    )
    op.create_table(
        "decision",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_decision"),
        sa.UniqueConstraint("id", name="uq_decision_id"),
        sa.UniqueConstraint("key", name="uq_decision_key"),
    )
    op.create_index("ix_decision_target", "decision", ["target"], unique=False)
    op.create_table(
        "campaign",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_campaign"),
    )
    op.create_index("ix_campaign_name", "campaign", ["name"], unique=False)
    op.create_table(
        "name",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("into", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_name"),
    )
    op.create_index("ix_name_name", "name", ["name"], unique=False)
    op.create_table(
        "log",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_log"),
        sa.UniqueConstraint("fact", "row", name="uq_log_fact"),
    )
    op.create_table(
        "gathering",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_gathering"),
    )
    op.create_table(
        "speaker",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_speaker"),
    )
    op.create_table(
        "standing",
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("decision", name="pk_standing"),
    )
    op.create_table(
        "derived_from",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("readings", sa.String(), nullable=False),
        sa.Column("decided", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_derived_from"),
    )


def _chain() -> None:
    """An entry for every input and every reading that an older program kept, in the order of their times."""
    connection = op.get_bind()
    facts = [
        (row["at"], "intake", row["seq"], chain.intake_digest(row, media, story, why))
        for row, media, story, why in chain.arrived(connection, without=("body",))
    ]
    for row in connection.execute(sa.select(schema.reading).order_by(schema.reading.c.seq)).mappings():
        facts.append((row["at"], "reading", row["seq"], chain.row_digest(dict(row))))
    for at, together in groupby(sorted(facts), key=lambda fact: fact[0]):
        chain.extend(connection, [fact[1:] for fact in together], at)
