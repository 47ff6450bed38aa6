"""Rounds of coding, and what coders answer in them, as facts."""

import sqlalchemy as sa
from alembic import op

from onrecord.errors import CannotWork
from onrecord.ledger.guards import forbid_changes

revision = "0004"
down_revision = "0003"

ADDED = ("coding_round", "coding")


def upgrade() -> None:
    """Makes the new tables."""
    op.create_table(
        "coding_round",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_coding_round"),
    )
    op.create_index("ix_coding_round_id", "coding_round", ["id"], unique=False)
    op.create_table(
        "coding",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("round", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_coding"),
        sa.UniqueConstraint("id", name="uq_coding_id"),
        sa.UniqueConstraint("key", name="uq_coding_key"),
        sa.UniqueConstraint("round", "target", "person", name="uq_coding_round"),
    )
    for table in ADDED:
        forbid_changes(op.get_bind(), table)


def downgrade() -> None:
    """Refused: what coders answered would be lost. The way back is the copy that was made before."""
    raise CannotWork("a ledger does not go back to an older schema; take the copy that was kept beside it")
