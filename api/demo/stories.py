"""What befalls people in the demo month, decided beforehand."""

from dataclasses import dataclass
from datetime import date, datetime

from api.demo.ordered import OrderRevision
from api.demo.units import DemoUnit
from domain.client.values import ClientAbsenceKind
from domain.ids import ClientId, WorkerId
from domain.order.values import NeedDirection


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedStory:
    """A client whose need has changed, while the order lags behind."""

    client_id: ClientId
    direction: NeedDirection
    noticed_on: date
    reported_at: datetime | None
    """None: nobody told the care manager."""
    pace: float
    """How long visits take, seen from the old order, since the need changed."""
    revision: OrderRevision | None
    """None: the order is unchanged at the month's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A client away from home: from `from_at`, which the office learns of at `known_at`, until `until_at`."""

    client_id: ClientId
    kind: ClientAbsenceKind
    from_at: datetime
    known_at: datetime
    until_at: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the client is away at that instant."""
        return self.from_at <= at < self.until_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A worker lent to another unit, for one shift a day, up to, not including, `until_on`."""

    worker_id: WorkerId
    unit: DemoUnit
    from_on: date
    until_on: date
