"""How the bytes of an input came, and what became of a page's visible text, stand beside it."""

import sqlalchemy as sa
from alembic import op

from onrecord.errors import CannotWork

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the column, and what finds an address among the inputs. Inputs of before have nothing in it, and the digests in the log hold as they are."""
    op.add_column("intake", sa.Column("body", sa.Text(), nullable=True))
    op.create_index("ix_intake_source", "intake", ["source"])


def downgrade() -> None:
    """Refused: how inputs came would be lost. The way back is the copy that was made before."""
    raise CannotWork("a ledger does not go back to an older schema; take the copy that was kept beside it")
