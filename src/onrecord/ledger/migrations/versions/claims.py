"""What is searched: the claims of all readings, with an index of their words."""

import sqlalchemy as sa
from alembic import op

from onrecord.errors import CannotWork
from onrecord.ledger import claims

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the table, and fills it from the readings that are held."""
    on_server = op.get_bind().dialect.name == "postgresql"
    text = sa.Text(collation="C") if on_server else sa.Text()
    name = sa.String(collation="C") if on_server else sa.String()
    op.create_table(
        "claim",
        sa.Column("n", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reading", sa.Integer(), nullable=False),
        sa.Column("claim", name, nullable=False),
        sa.Column("story", name, nullable=False),
        sa.Column("outlet", name, nullable=True),
        sa.Column("kind", name, nullable=False),
        sa.Column("name", text, nullable=True),
        sa.Column("role", text, nullable=True),
        sa.Column("affiliation", text, nullable=True),
        sa.Column("named", text, nullable=True),
        sa.Column("words", text, nullable=False),
        sa.Column("folded", text, nullable=False),
        # In a file the number is the row, by which the index knows it; a server wants what it parts by in every key
        sa.PrimaryKeyConstraint(*(("day", "n") if on_server else ("n",)), name="pk_claim"),
        postgresql_partition_by="RANGE (day)",
    )
    claims.prepare(op.get_bind())
    claims.lay_anew(op.get_bind())


def downgrade() -> None:
    """Refused. The way back is the copy that was made before."""
    raise CannotWork("a ledger does not go back to an older schema; take the copy that was kept beside it")
