"""What reaches the ledger, one piece at a time: a phone's sync, a decision of the office, work on what is registered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from domain.command import Command
from domain.facts import VisitFacts
from domain.ids import DeviceId, UnitId, VisitId, WorkerId


class OfficeView(Protocol):
    """What somebody in the office sees when they sit down: the ledger as it stands."""

    @property
    def position(self) -> int:
        """How far the log reaches."""
        ...

    def visits(self, visit_ids: Sequence[VisitId]) -> Sequence[VisitFacts]:
        """All that is believed of these visits, in the order of their ids."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """One batch as a phone sends it; `at` is when the server received it."""

    device_id: DeviceId
    worker_id: WorkerId
    unit_id: UnitId
    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeWork:
    """Decisions that need no look at registrations: people, orders, plans."""

    commands: Sequence[Command]
    at: datetime
    is_founding: bool = False
    """Whether everything else builds on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwork:
    """Decisions about what phones have registered: `decide` makes them from what is visible at that moment."""

    decide: Callable[[OfficeView], Sequence[Command]]
    at: datetime
    BATCH_MAX: ClassVar[int] = 500
    """As in the office's batch calls."""


Delivery = Sync | OfficeWork | Afterwork
