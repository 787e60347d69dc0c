"""An order as the demo knows it: its lines, and how they are changed later."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.ids import OrderId
from domain.order.events import ServiceLine
from domain.order.values import LegalBasis


class Slot(StrEnum):
    """The part of the day that a line is for, as the order's window says it."""

    MORNING = "07:00-10:30"
    MIDDAY = "11:00-13:30"
    DAY = "09:00-15:30"
    AFTERNOON = "14:30-16:30"
    EVENING = "16:30-21:30"
    NIGHT = "22:00-06:00"
    NEVER = ""
    """Nothing can be planned: an alarm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRevision:
    """The order's lines from a day on, as decided later."""

    decided_at: datetime
    effective_from: date
    lines: tuple[ServiceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrder:
    """What a client is granted under one law."""

    order_id: OrderId
    legal_basis: LegalBasis
    starts_on: date
    lines: tuple[ServiceLine, ...]

    def lines_on(self, day: date, revision: OrderRevision | None, known_at: datetime) -> tuple[ServiceLine, ...]:
        """The lines that hold on a day, as the planner knows them at `known_at`."""
        if revision and revision.decided_at <= known_at and revision.effective_from <= day:
            return revision.lines
        return self.lines
