"""The log as the rules see it: rows in order of position, and one transaction in which a group of commands is decided."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class StoredRow(NamedTuple):
    """One event of the log as it is stored. `recorded_at` is in microseconds since 1970, UTC."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    recorded_at: int


class NewRow(NamedTuple):
    """One event to append. The store gives it position and `recorded_at`."""

    stream: str
    version: int
    topic: str
    state: bytes


class FactRow(NamedTuple):
    """A fact id that is taken: whose it is, what it said, and the position of the event that carries it."""

    fact_id: str
    device_id: str
    digest: bytes
    position: int


class NewFact(NamedTuple):
    """A fact id to take. `event_index` says which of the appended events carries it, from 0."""

    fact_id: str
    device_id: str
    digest: bytes
    event_index: int


class NewQuarantine(NamedTuple):
    """Bytes that could not be taken in, already sealed. An id that is already there is kept as it was."""

    quarantine_id: str
    device_id: str
    reason: str
    sealed: bytes
    fact_id: str


class NewStatement(NamedTuple):
    """A closed month's statement, to be kept as it is. `digest` is the SHA-256 of `content`, in hexadecimal."""

    digest: str
    content: bytes


class QuarantineRow(NamedTuple):
    """Quarantined bytes. `received_at` is in microseconds since 1970, UTC."""

    quarantine_id: str
    device_id: str
    reason: str
    sealed: bytes
    fact_id: str
    received_at: int


class Appended(NamedTuple):
    """Where the events went, in the order they were given, and when the ledger learned of them."""

    positions: Sequence[int]
    recorded_at: int


class LedgerIdentity(NamedTuple):
    """Which log this is. A restore raises the epoch."""

    ledger_id: str
    epoch: int


class Restoration(NamedTuple):
    """The log was put back from a backup that ended at `position`, and is of this epoch since.

    Of the log that stood there before it lacks `lost_events`, recorded from `lost_from` to `lost_until`; all three are None
    where that log could not be read. Instants are in microseconds since 1970, UTC.
    """

    epoch: int
    restored_at: int
    backup_id: str
    position: int
    lost_events: int | None
    lost_from: int | None
    lost_until: int | None


class LedgerTransaction(Protocol):
    """All that a group of commands needs, in one database transaction.

    After an error of the store it can only be rolled back: every further call, and leaving it, raise that error again.
    """

    def known_facts(self, fact_ids: Sequence[str]) -> dict[str, FactRow]:
        """Find those of the fact ids that are taken."""
        ...

    def last_stored(self) -> int:
        """Give the position at which the log ends as this transaction sees it, 0 when it is empty."""
        ...

    def streams(self, names: Sequence[str]) -> dict[str, list[StoredRow]]:
        """Load whole streams in version order, with one query. A stream that does not exist is an empty list."""
        ...

    def append(
        self, events: Sequence[NewRow], facts: Sequence[NewFact] = (), quarantine: Sequence[NewQuarantine] = ()
    ) -> Appended:
        """Write all of it, to be seen by others when the transaction commits. Raises `IntegrityError` when a version
        or a fact id is taken, `OperationalError` when another writer holds the store too long."""
        ...

    def keep(self, statements: Sequence[NewStatement]) -> None:
        """Keep statements beside the log, in the same transaction. One whose digest is there already is kept once."""
        ...
