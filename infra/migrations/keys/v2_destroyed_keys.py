"""A destroyed key leaves its name behind, so that no backup brings it back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table. Of what was destroyed before, nothing is known."""
    op.create_table(
        "destroyed_key",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("destroyed_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    )
