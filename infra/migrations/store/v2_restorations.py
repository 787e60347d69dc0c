"""A log says of itself when it was put back from a backup, and what it lacks since."""

from alembic import op

revision = "0002"
down_revision = "0001"

SQLITE = """CREATE TABLE restoration (
    epoch INTEGER NOT NULL PRIMARY KEY,
    restored_at INTEGER NOT NULL,
    backup_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    lost_events INTEGER,
    lost_from INTEGER,
    lost_until INTEGER)"""
POSTGRESQL = """CREATE TABLE restoration (
    epoch bigint NOT NULL PRIMARY KEY,
    restored_at bigint NOT NULL,
    backup_id text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    lost_events bigint,
    lost_from bigint,
    lost_until bigint)"""


def upgrade() -> None:
    """Create the table."""
    op.execute(POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE)
