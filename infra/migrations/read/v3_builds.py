"""Which tables a place is that of, so that figures of others are told from figures of these."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

COMMENTS = {
    "name": "with the ending of the build, unless that is the live one",
    "partition": "0: the log read whole; else one more than the topic's",
    "status": "following, rebuilding, stopped or kept",
}
"""Of columns that say more than they did."""


def upgrade() -> None:
    """Add the column. Tables that stand already have no name."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    comment = "drawn when its tables began to be filled"
    op.add_column("projection_position", sa.Column("build", text, nullable=False, server_default="", comment=comment))
    if op.get_bind().dialect.name == "postgresql":
        for column, said in COMMENTS.items():
            op.alter_column("projection_position", column, comment=said)
