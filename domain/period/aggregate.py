"""Period: a unit's or provider's month, from its closing on. One stream for each."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from domain.aggregate import Aggregate
from domain.local_time import Month
from domain.period import errors
from domain.period.events import (
    PeriodAdjustmentBooked,
    PeriodClosed,
    PeriodEvent,
    PeriodReopened,
    PeriodReopeningRequested,
)
from domain.period.history import PeriodHistory, evolve
from domain.period.values import Accountable, EarlyClosingReason, PeriodState, ReopeningReason
from domain.reasons import check_documented
from domain.rulebook.values import AfterLock


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What a closing fixes: where the log stood, by which rules and calculation, and the digest of what came of it."""

    month: Month
    accountable: Accountable
    position: int
    ledger_id: str
    epoch: int
    event_id: str
    rulebook_versions: tuple[str, ...]
    calculation_version: int
    digest: str
    after_lock: AfterLock
    month_ends_at: datetime
    locks_at: datetime | None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The sums of what one earlier month is adjusted by."""

    month: str
    digest: str
    lines: int
    minutes: int
    amount_ore: int
    late_lines: int
    late_minutes: int
    cause_positions: tuple[int, ...]


class Period(Aggregate[PeriodEvent]):
    """Decides when the basis of a month stands, and when it no longer does.

    Open exceptions do not keep a month from being closed [A]: what must be fixed is not paid, and pays later as an
    adjustment. The draft of a month tells how many there are.
    """

    KIND = "period"
    history: PeriodHistory

    def start(self) -> None:
        """Every month is open until it is closed."""
        self.history = PeriodHistory()

    @property
    def is_closed(self) -> bool:
        """Whether its basis may not move."""
        return self.history.state.is_closed

    def close(
        self,
        basis: Basis,
        *,
        at: datetime,
        early_because: EarlyClosingReason | None = None,
        adjustments: Sequence[Settled] = (),
    ) -> None:
        """Fix the basis of a month that is over, at the hour `at`. Before its lock date only with a reason."""
        if self.is_closed:
            raise errors.PeriodAlreadyClosedError
        if at < basis.month_ends_at:
            raise errors.PeriodNotOverError
        is_early = basis.locks_at is None or at < basis.locks_at
        if is_early and early_because is None:
            raise errors.LockDateNotReachedError
        for settled in adjustments:
            self.record(
                PeriodAdjustmentBooked,
                adjusted_month=settled.month,
                adjusted_digest=settled.digest,
                lines=settled.lines,
                minutes=settled.minutes,
                amount_ore=settled.amount_ore,
                late_lines=settled.late_lines,
                late_minutes=settled.late_minutes,
                cause_positions=settled.cause_positions,
            )
        self.record(
            PeriodClosed,
            month=str(basis.month),
            unit_id=basis.accountable.unit_id,
            provider_id=basis.accountable.provider_id,
            position=basis.position,
            ledger_id=basis.ledger_id,
            epoch=basis.epoch,
            event_id=basis.event_id,
            rulebook_versions=basis.rulebook_versions,
            calculation_version=basis.calculation_version,
            digest=basis.digest,
            after_lock=basis.after_lock,
            locks_at=basis.locks_at,
            early_because=early_because if is_early else None,
        )

    def reopen(self, *, reason: ReopeningReason, note: str | None = None) -> None:
        """Ask for the basis to be opened again. Nothing is open before a second person confirms."""
        if not self.is_closed:
            raise errors.PeriodNotClosedError
        if self.history.state is PeriodState.REOPENING_REQUESTED:
            raise errors.ReopeningAlreadyRequestedError
        if note is not None:
            check_documented(note)
        self.record(PeriodReopeningRequested, reason=reason, note=note)

    def confirm_reopening(self) -> None:
        """Open it, as the second person."""
        if not self.is_closed:
            raise errors.PeriodNotClosedError
        if self.history.reason is None or self.history.closing is None:
            raise errors.ReopeningNotRequestedError
        if self.actor == self.history.requested_by:
            raise errors.ReopenedBySamePersonError
        self.record(
            PeriodReopened,
            reason=self.history.reason,
            requested_by=self.history.requested_by,
            digest=self.history.closing.digest,
        )

    def when(self, event: PeriodEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)
