"""The places of the read models as release 0.1.0 made them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the table."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "projection_position",
        sa.Column("name", text, primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True),
        sa.Column("partition", sa.BigInteger, primary_key=True, comment="0 where the log is read whole"),
        sa.Column("ledger_id", text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False, comment="raised by a restore of the log"),
        sa.Column("position", sa.BigInteger, nullable=False, comment="the last event that was folded"),
        sa.Column("event_id", text, nullable=False, comment="of the event at that position"),
        sa.Column("status", text, nullable=False, comment="following, rebuilding or stopped"),
    )
