"""The key database as release 0.1.0 made it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "data_key",
        sa.Column("key_id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("seal_class", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
        sa.UniqueConstraint("person_id", "seal_class", "generation"),
    )
    op.create_table(
        "ledger_key",
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
