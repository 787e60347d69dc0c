"""Erasures that have not ended are remembered too: the index of what is remembered holds their events."""

from alembic import op

revision = "0004"
down_revision = "0003"

TOPICS = (
    "admission.restored",
    "admission.withdrawn",
    "client.protected_identity_marked",
    "client.staff_named",
    "client.staff_removed",
    "device.registered",
    "device.revoked",
    "person.erasure_completed",
    "person.erasure_request_withdrawn",
    "person.erasure_requested",
    "person.hold_lifted",
    "person.hold_placed",
    "person.keys_destroyed",
)


def upgrade() -> None:
    """Make the index anew: the log is read through once."""
    is_remembered = " OR ".join(f"topic = '{topic}'" for topic in TOPICS)
    op.execute("DROP INDEX event_remembered")
    op.execute(f"CREATE INDEX event_remembered ON event (position) WHERE ({is_remembered})")
