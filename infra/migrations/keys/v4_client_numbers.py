"""Digests of personnummer, by which a client is found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table. `visitledger keys fill-numbers` fills it."""
    op.create_table(
        "client_number",
        sa.Column("digest", sa.LargeBinary, primary_key=True, comment="HMAC-SHA-256 of a personnummer's twelve digits"),
        sa.Column("person_id", sa.Text, primary_key=True),
    )
