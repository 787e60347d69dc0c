"""Every fact about a unit's or provider's month: our contract with the past."""

from datetime import datetime
from typing import Annotated

from domain.event import DomainEvent, Personal
from domain.ids import ProviderId, UnitId
from domain.period.values import EarlyClosingReason, ReopeningReason
from domain.ports import SealClass, Sealed
from domain.rulebook.values import AfterLock


class PeriodClosed(DomainEvent, frozen=True, kw_only=True):
    """A month's basis stands from now on. It holds what the log said at or below `position`, and nothing else: facts above
    it are late. Position, rulebooks and calculation version make the statement's bytes, whose SHA-256 is `digest`."""

    TOPIC = "period.closed"
    month: str
    unit_id: UnitId = UnitId("")
    provider_id: ProviderId = ProviderId("")
    """One of the two: whose month it is."""
    position: int
    ledger_id: str
    epoch: int
    event_id: str
    """Of the event at that position, so that another log, or another past of this one, is noticed."""
    rulebook_versions: tuple[str, ...]
    calculation_version: int
    digest: str
    after_lock: AfterLock
    """What becomes of what is learned later, by the rules of the month's last day."""
    locks_at: datetime | None = None
    """When the rulebook closes the month; None where it does not say."""
    early_because: EarlyClosingReason | None = None


class PeriodReopeningRequested(DomainEvent, frozen=True, kw_only=True):
    """Somebody asks for the basis to be opened again. It stays closed until a second person confirms."""

    TOPIC = "period.reopening_requested"
    reason: ReopeningReason
    note: Annotated[Sealed | None, Personal("subject", SealClass.SENSITIVE)] = None


class PeriodReopened(DomainEvent, frozen=True, kw_only=True):
    """A second person confirmed. The statement that was closed is kept, under its digest."""

    TOPIC = "period.reopened"
    reason: ReopeningReason
    requested_by: str
    digest: str
    """Of the statement that no longer stands."""


class PeriodAdjustmentBooked(DomainEvent, frozen=True, kw_only=True):
    """What an earlier, closed month would have had is settled in this one. The lines stand in this month's statement."""

    TOPIC = "period.adjustment_booked"
    adjusted_month: str
    adjusted_digest: str
    """Of the closed statement that it is held against, which does not change."""
    lines: int
    minutes: int
    """Performed minutes more, or fewer."""
    amount_ore: int
    """Öre more, or fewer."""
    late_lines: int
    late_minutes: int
    """Told, and not paid."""
    cause_positions: tuple[int, ...]
    """The first events of the log that it comes from; none where an order or the rules changed."""


PeriodEvent = PeriodClosed | PeriodReopeningRequested | PeriodReopened | PeriodAdjustmentBooked
