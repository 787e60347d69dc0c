"""The audit trail: which events speak of whom.

What they say (who, when it happened and was recorded, old and new values, reasons) stands in the log, at the positions
that are found here.
"""

from collections.abc import Sequence
from typing import ClassVar

import sqlalchemy as sa

from domain.event import RecordedEvent
from projections import bulk
from projections.mentions import PERSON, mentions
from projections.projection import METADATA, text

AUDIT_ENTRY = sa.Table(
    "audit_entry",
    METADATA,
    sa.Column("entity_kind", text(), primary_key=True),
    sa.Column("entity_id", text(), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
PERSONS = ("client", "worker")


class AuditTrail:
    """A row for everybody and everything that an event speaks of."""

    name: ClassVar[str] = "audit_trail"
    version: ClassVar[int] = 1
    tables: ClassVar[Sequence[sa.Table]] = (AUDIT_ENTRY,)
    kept: ClassVar[Sequence[sa.Table]] = ()

    def fold(self, events: Sequence[RecordedEvent], db: sa.Connection) -> None:
        """Take a batch of events, in log order."""
        entries = [
            (kind, entity_id, recorded.position) for recorded in events for kind, entity_id in mentions(recorded.event)
        ]
        bulk.insert(db, AUDIT_ENTRY, sorted(entries))  # sorted, since rows that lie together are written together


def audit_positions(
    db: sa.Connection, entity_kind: str, entity_id: str, *, after: int, limit: int, as_of: int
) -> list[int]:
    """Find the positions of events that speak of a client, worker, visit..., past `after` and not past `as_of`."""
    entry = AUDIT_ENTRY.c
    kinds = [entity_kind, PERSON] if entity_kind in PERSONS else [entity_kind]
    found = (
        sa.select(entry.position)
        .where(entry.entity_kind.in_(kinds), entry.entity_id == entity_id)
        .where(entry.position > after, entry.position <= as_of)
        .distinct()
        .order_by(entry.position)
        .limit(limit)
    )
    return list(db.scalars(found))
