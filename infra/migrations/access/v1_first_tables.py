"""The access log as it was first made."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "access_answer",
        sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("recorded_at", sa.BigInteger, nullable=False, comment="microseconds since 1970, UTC"),
        sa.Column("subject", text, nullable=False),
        sa.Column("role", text, nullable=False),
        sa.Column("unit_ids", text, nullable=False, comment="with spaces between"),
        sa.Column("device_id", text, nullable=False),
        sa.Column("doing", text, nullable=False, comment="read, list, export, denied, prune or restore"),
        sa.Column("action", text, nullable=False, comment="of the table of access"),
        sa.Column("record_class", text, nullable=False),
        sa.Column("purpose", text, nullable=False),
        sa.Column("rule", text, nullable=False, comment="of the table of access"),
        sa.Column("request_id", text, nullable=False),
        sa.Column("form", text, nullable=False, comment="json or csv"),
    )
    op.create_table(
        "access_person",
        sa.Column("answer_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "kind", text, primary_key=True, comment="client or worker; of what is denied also visit, order and others"
        ),
        sa.Column("person_id", sa.LargeBinary, primary_key=True, comment="the 16 bytes of a UUID"),
        sqlite_with_rowid=False,
    )
    op.create_index("access_person_of", "access_person", ["person_id", "answer_id"])
