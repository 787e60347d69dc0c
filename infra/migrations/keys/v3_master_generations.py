"""A wrapped key names the generation of the master key that it is under."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column and the table. Which master key the first generation is, whoever opens the keys next will note."""
    for table in ("data_key", "ledger_key"):
        op.add_column(table, sa.Column("master_generation", sa.Integer, nullable=False, server_default="1"))
    op.create_table(
        "master_key",
        sa.Column("generation", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("proof", sa.LargeBinary, nullable=False, comment="32 random bytes, wrapped"),
        sa.Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of those bytes"),
    )
