"""What every process remembers of the log is found by an index, so that a start takes no longer with a longer log."""

from alembic import op

revision = "0003"
down_revision = "0002"

TOPICS = (
    "admission.restored",
    "admission.withdrawn",
    "client.protected_identity_marked",
    "client.staff_named",
    "client.staff_removed",
    "device.registered",
    "device.revoked",
)


def upgrade() -> None:
    """Make the index: the log is read through once."""
    is_remembered = " OR ".join(f"topic = '{topic}'" for topic in TOPICS)
    op.execute(f"CREATE INDEX event_remembered ON event (position) WHERE ({is_remembered})")
