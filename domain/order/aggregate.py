"""Order: what the municipality asks of a provider. Every decision is guarded, and may speak of days gone by."""

from datetime import date

from domain.aggregate import Aggregate
from domain.ids import ClientId, ProviderId, ServiceCode
from domain.order import errors
from domain.order.events import (
    Decision,
    Frame,
    OrderChanged,
    OrderEnded,
    OrderEvent,
    OrderMoved,
    OrderNeedChangeReported,
    OrderPlaced,
    OrderResumed,
    OrderSuspended,
    ServiceLine,
)
from domain.order.history import OrderHistory, Placement, evolve, terms_from
from domain.order.lines import check_lines
from domain.order.values import LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.timeline import stands_already
from domain.values import ReasonCode


class Order(Aggregate[OrderEvent]):
    """Decides what may be added to the history of one order."""

    KIND = "order"
    history: OrderHistory

    def start(self) -> None:
        """Nothing is ordered yet."""
        self.history = OrderHistory()

    def place(
        self,
        *,
        client_id: ClientId,
        provider_id: ProviderId,
        legal_basis: LegalBasis,
        minute_control: MinuteControl,
        starts_on: date,
        lines: tuple[ServiceLine, ...],
        frame: Frame | None = None,
        decision: Decision | None = None,
    ) -> None:
        """Order services for a client from a provider, from a day on. Whether client and provider are known is the
        use case's question."""
        if self.history.placement is not None:
            raise errors.OrderAlreadyPlacedError
        check_lines(lines, frame, minute_control=minute_control, legal_basis=legal_basis)
        _check_decision(decision)
        self.record(
            OrderPlaced,
            client_id=client_id,
            provider_id=provider_id,
            legal_basis=legal_basis,
            minute_control=minute_control,
            starts_on=starts_on,
            lines=lines,
            frame=frame,
            decision=decision,
        )

    def change(
        self,
        *,
        effective_from: date,
        lines: tuple[ServiceLine, ...],
        frame: Frame | None = None,
        decision: Decision | None = None,
        reason_codes: tuple[ReasonCode, ...] = (),
    ) -> None:
        """Say all lines anew from a day on, which may lie back in time: they win over what was said for later days."""
        placed = self._in_force(effective_from)
        control, basis = placed.minute_control, placed.legal_basis
        check_lines(lines, frame, minute_control=control, legal_basis=basis)
        _check_decision(decision)
        terms = terms_from(self.history, effective_from, lines, frame, decision)
        if stands_already(self.history.terms, effective_from, terms):
            raise errors.OrderUnchangedError
        self.record(
            OrderChanged,
            effective_from=effective_from,
            lines=lines,
            frame=frame,
            decision=decision,
            reason_codes=reason_codes,
        )

    def suspend(self, *, from_on: date, reason: SuspensionReason) -> None:
        """Let the order rest from a day on."""
        self._in_force(from_on)
        if self._is_suspended():
            raise errors.OrderSuspendedError
        self.record(OrderSuspended, from_on=from_on, reason=reason)

    def resume(self, *, on: date) -> None:
        """Let the order hold again from a day on, or from an earlier one than was said. On the very day it was suspended
        from, it never rested."""
        self._in_force(on)
        if not any(pause.holds_on(on) for pause in self.history.pauses):
            raise errors.ResumedTooEarlyError if self._is_suspended() else errors.OrderNotSuspendedError
        self.record(OrderResumed, on=on)

    def move(self, *, provider_id: ProviderId, from_on: date) -> None:
        """Let another provider perform it from a day on."""
        self._in_force(from_on)
        if stands_already(self.history.providers, from_on, provider_id):
            raise errors.SameProviderError
        self.record(OrderMoved, provider_id=provider_id, from_on=from_on)

    def end(self, *, on: date, reason: OrderEndReason) -> None:
        """Let the order no longer hold from a day on. An end that is set may be moved to an earlier day. An order that
        ends the day it starts was never in force."""
        self._in_force(on)
        self.record(OrderEnded, on=on, reason=reason)

    def report_need_change(
        self,
        *,
        direction: NeedDirection,
        noticed_on: date,
        service_code: ServiceCode | None = None,
        note: str | None = None,
    ) -> None:
        """Say, for the provider, that the client needs more or less than is ordered."""
        placed = self._in_force(noticed_on)
        reported = {(need.direction, need.noticed_on, need.service_code) for need in self.history.needs}
        if (direction, noticed_on, service_code) in reported:
            raise errors.NeedChangeAlreadyReportedError
        self.record(
            OrderNeedChangeReported,
            direction=direction,
            noticed_on=noticed_on,
            client_id=placed.client_id,
            service_code=service_code,
            note=note,
        )

    def when(self, event: OrderEvent) -> None:
        """Evolve from a fact."""
        evolve(self.history, event)

    def _in_force(self, day: date) -> Placement:
        """Give the placement, if the order has started and not ended by that day."""
        placed = self.history.placement
        if placed is None:
            raise errors.OrderUnknownError
        if day < placed.starts_on:
            raise errors.OrderNotYetStartedError
        if self.history.ended_on is not None and day >= self.history.ended_on:
            raise errors.OrderEndedError
        return placed

    def _is_suspended(self) -> bool:
        """Whether it rests and nobody has said until when."""
        return any(pause.until_on is None for pause in self.history.pauses)


def _check_decision(decision: Decision | None) -> None:
    if decision is not None and decision.until_on is not None and decision.until_on <= decision.from_on:
        raise errors.DecisionBackwardsError
