"""Streams that wait because they cannot be folded, how far a topic was read, and what of it is passed over."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables. Nothing waits yet, and no topic was read."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "parked_stream",
        sa.Column(
            "projection", text, primary_key=True, comment="with the ending of the build, unless that is the live one"
        ),
        sa.Column("stream", text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False, comment="of the first event that waits"),
        sa.Column("code", text, nullable=False, comment="unknown_event, unreadable_event or fold_failed"),
        sa.Column("error", text, nullable=False, comment="the type of the error, and nothing that was in the event"),
        sa.Column("parked_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
    )
    op.create_table(
        "topic_offset",
        sa.Column("name", text, primary_key=True, comment="of the read model that is filled from a topic"),
        sa.Column("partition", sa.BigInteger, primary_key=True, autoincrement=False, comment="as Kafka counts, from 0"),
        sa.Column("topic", text, nullable=False),
        sa.Column("next_offset", sa.BigInteger, nullable=False, comment="where to read on"),
        sa.Column(
            "complete_through", sa.BigInteger, nullable=False, comment="no event of the partition up to it is missing"
        ),
    )
    op.create_table(
        "stray_record",
        sa.Column("topic", text, primary_key=True),
        sa.Column("partition", sa.BigInteger, primary_key=True, autoincrement=False, comment="as Kafka counts, from 0"),
        sa.Column("record_offset", sa.BigInteger, primary_key=True, autoincrement=False),
        comment="records of a topic that are nobody's here, and that a person lets be passed over",
    )
