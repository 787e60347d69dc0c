"""Where the ledger stands: whether its parts answer, and how far the read models are behind the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from eventsourcing.persistence import PersistenceError

from infra.codec import EPOCH
from infra.keys import KeyStore
from infra.master_key import KeyStoreError
from infra.projector import Projector
from infra.recorder import LedgerRecorder, MicrosecondClock
from infra.remembered_erasures import RememberedErasures
from projections.kept_months import clients_due
from projections.parked import count_parked

SECOND_US = 1_000_000


class Fault(NamedTuple):
    """A part that keeps the server from serving, and a stable code of what is wrong with it."""

    part: str
    code: str


class Lag(NamedTuple):
    """How far a read model is behind. `seconds`: since the first event that it lacks was recorded; 0 where it lacks none."""

    position: int
    events: int
    seconds: float


@dataclass(slots=True)
class Standing:
    """How things stood a moment ago. What could not be asked is 0 or missing, and among the faults."""

    position: int = 0
    lags: dict[str, Lag] = field(default_factory=dict)
    clients_due: int = 0
    parked_streams: int = 0
    """Streams that some read model lacks because an event of theirs cannot be folded; the others go on."""
    erasures_late: int = 0
    """Those approved more than an hour ago that have not ended, and that no hold stops."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def lag_events(self) -> int:
        """How far the slowest read model is behind."""
        return max((lag.events for lag in self.lags.values()), default=0)

    def within(self, events: int) -> "Standing":
        """A lag beyond so many events is a fault too."""
        if self.lag_events > events:
            self.faults.append(Fault("read_models", "behind"))
        return self

    @contextmanager
    def asking(self, part: str, *errors: type[Exception]) -> Iterator[None]:
        """Around the asking of one part: these errors mean that it does not answer."""
        try:
            yield
        except errors:
            self.faults.append(Fault(part, f"{part}_unavailable"))


class Lookout:
    """Asks every part. It is as slow as the slowest of them, and never fails."""

    def __init__(
        self,
        log: LedgerRecorder,
        keys: KeyStore,
        engine: sa.Engine,
        projector: Projector,
        erasures: RememberedErasures,
        clock: MicrosecondClock,
    ) -> None:
        self._log, self._keys, self._engine = log, keys, engine
        self._projector, self._erasures, self._clock = projector, erasures, clock

    def look(self) -> Standing:
        """Ask now."""
        standing = Standing()
        with standing.asking("read_models", sa.exc.SQLAlchemyError), self._engine.connect() as db:
            standing.clients_due = clients_due(db)
            standing.parked_streams = count_parked(db)
        with standing.asking("store", PersistenceError):
            positions = self._projector.positions()
            standing.position, _ = self._log.head()
            standing.lags = {name: self._lag(position, standing.position) for name, position in positions.items()}
            standing.erasures_late = self._erasures.late(EPOCH + timedelta(microseconds=self._clock()))
        with standing.asking("keys", KeyStoreError):
            self._keys.check()
        if self._projector.failure is not None:
            standing.faults.append(Fault("projector", "projector_stopped"))
        return standing

    def _lag(self, position: int, head: int) -> Lag:
        lacking = self._log.read(position, 1, upto=head) if position < head else ()
        seconds = sum(max(0, self._clock() - row.recorded_at) / SECOND_US for row in lacking)
        return Lag(position, max(0, head - position), seconds)
