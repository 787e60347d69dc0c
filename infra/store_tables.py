"""The log's tables as SQLAlchemy reads and writes them: for whoever copies a whole log. The recorders create and append."""

import sqlalchemy as sa

METADATA = sa.MetaData()

EVENT = sa.Table(
    "event",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("stream", sa.Text),
    sa.Column("version", sa.BigInteger),
    sa.Column("topic", sa.Text),
    sa.Column("state", sa.LargeBinary),
    sa.Column("recorded_at", sa.BigInteger),
)
FACT = sa.Table(
    "fact",
    METADATA,
    sa.Column("fact_id", sa.Text, primary_key=True),
    sa.Column("device_id", sa.Text),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("position", sa.BigInteger),
)
QUARANTINE = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("quarantine_id", sa.Text, primary_key=True),
    sa.Column("device_id", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("fact_id", sa.Text),
    sa.Column("received_at", sa.BigInteger),
)
STATEMENT = sa.Table(
    "statement",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary),
)
RESTORATION = sa.Table(
    "restoration",
    METADATA,
    sa.Column("epoch", sa.BigInteger, primary_key=True),
    sa.Column("restored_at", sa.BigInteger),
    sa.Column("backup_id", sa.Text),
    sa.Column("position", sa.BigInteger),
    sa.Column("lost_events", sa.BigInteger),
    sa.Column("lost_from", sa.BigInteger),
    sa.Column("lost_until", sa.BigInteger),
)
LEDGER = sa.Table(
    "ledger",
    METADATA,
    sa.Column("ledger_id", sa.Text, primary_key=True),
    sa.Column("epoch", sa.BigInteger),
    sa.Column("created_at", sa.BigInteger),
)
COPIED = (EVENT, FACT, QUARANTINE, STATEMENT, RESTORATION)
"""What a backup holds row by row. Who the log is stands in the manifest."""
ALL = (*COPIED, LEDGER)
