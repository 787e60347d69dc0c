"""The log as the rest of the house sees it: its rows, what one transaction can do, and the recorder over a store.

Two stores implement this, SQLite and PostgreSQL; one test suite proves that they behave alike.
"""

import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from domain.ledger import LedgerLog
from domain.log import (
    Appended,
    FactRow,
    LedgerIdentity,
    LedgerTransaction,
    NewFact,
    NewQuarantine,
    NewRow,
    QuarantineRow,
    Restoration,
    StoredRow,
)
from infra.head_signal import HeadSignal

MicrosecondClock = Callable[[], int]
"""Microseconds since 1970, UTC."""

LOCK_PATIENCE_S = 3.0
"""How long a writer waits for the store's one writing place before it gives up with `OperationalError`."""

SELECT_RESTORATIONS = """SELECT epoch, restored_at, backup_id, position, lost_events, lost_from, lost_until
    FROM restoration ORDER BY epoch"""


def system_clock() -> int:
    """Read this machine's clock, in microseconds since 1970, UTC."""
    return time.time_ns() // 1000


class LedgerRecorder(LedgerLog):
    """The log over one store. Errors of the driver surface as those of `eventsourcing.persistence`.

    Nothing is tried again here: after an `OperationalError` the caller asks by fact id what became of its append.
    """

    poll_first_s: float
    """How long a waiting reader relies on being told, before it asks the store itself; grows to `poll_longest_s`."""
    poll_longest_s: float
    _signal: HeadSignal

    @abstractmethod
    def transaction(self) -> AbstractContextManager[LedgerTransaction]:
        """Open a transaction that writes: commits on exit, rolls back on an exception."""

    @abstractmethod
    def append(
        self, events: Sequence[NewRow], facts: Sequence[NewFact] = (), quarantine: Sequence[NewQuarantine] = ()
    ) -> Appended:
        """Write decided events in a transaction of their own; errors as in `LedgerTransaction.append`."""

    @abstractmethod
    def read(self, after: int, limit: int, *, upto: int | None = None, topics: Sequence[str] = ()) -> list[StoredRow]:
        """Read events in order of position, those past `after` and not past `upto`, of some topics or of all."""

    @abstractmethod
    def read_stream(self, stream: str, *, upto_position: int | None = None) -> list[StoredRow]:
        """Read one stream in version order, as it was when the log ended at `upto_position`."""

    @abstractmethod
    def first_events(self, streams: Sequence[str]) -> list[StoredRow]:
        """Read the event that each of these streams begins with; in any order, none of a stream that does not exist."""

    @abstractmethod
    def facts(self, after: str, limit: int) -> list[FactRow]:
        """Page through the register of facts in the order of their ids."""

    @abstractmethod
    def quarantined(self, limit: int) -> list[QuarantineRow]:
        """List what is in quarantine, the latest first."""

    @abstractmethod
    def statement(self, digest: str) -> bytes | None:
        """Read a statement as it was stored; None where none has that digest."""

    @abstractmethod
    def identity(self) -> LedgerIdentity:
        """Say which log this is."""

    @abstractmethod
    def restorations(self) -> list[Restoration]:
        """List when the log was put back from a backup, the first time first; empty where it never was."""

    @abstractmethod
    def close(self) -> None:
        """Give back every connection. Further calls raise `InterfaceError`."""

    @abstractmethod
    def _last_upto(self, position: int | None) -> tuple[int, int]:
        """Give position and `recorded_at` of the last event not past `position` (of all events when it is None)."""

    def head(self) -> tuple[int, int]:
        """Give the last position and its `recorded_at`; (0, 0) when the log is empty."""
        return self._last_upto(None)

    def recorded_at(self, position: int) -> int:
        """Say when the last event not past `position` was recorded, in microseconds since 1970; 0 before the first."""
        return self._last_upto(position)[1]

    def position_at(self, instant: int) -> int:
        """Find the last position recorded at or before a microsecond; 0 if there is none.

        A search by halves, since `recorded_at` never falls as positions rise: an index would cost every append.
        """
        high, recorded_at = self.head()
        if recorded_at <= instant:
            return high
        low = found = 0
        while low < high:
            middle = (low + high + 1) // 2
            position, recorded_at = self._last_upto(middle)
            if recorded_at <= instant:
                low, found = middle, position
            else:
                high = position - 1
        return found

    @property
    def known_head(self) -> int:
        """The last position that this process has heard of; the log may have come further."""
        return self._signal.position

    def hear(self, position: int) -> None:
        """Learn from another process how far the log has come."""
        self._signal.advance(position)

    def call(self) -> None:
        """Have everybody who waits return, because one of them is to end: the others wait again."""
        self._signal.call()

    def wait(self, after: int, timeout: float) -> bool:
        """Block until the log reaches past `after` or `call`, at most `timeout` seconds; says whether it does."""
        deadline = time.monotonic() + timeout
        pause = self.poll_first_s
        while self._signal.position <= after:
            self._signal.advance(self.head()[0])
            left = deadline - time.monotonic()
            if left <= 0 or self._signal.wait(after, min(pause, left)):
                break
            pause = min(pause * 2, self.poll_longest_s)
        return self._signal.position > after
