"""What the office decides about orders. Each function gives the command; nothing has happened until the writer decides it."""

from collections.abc import Iterable
from datetime import date

from domain.command import Command
from domain.ids import ClientId, OrderId, ProviderId, ServiceCode
from domain.office.act import Act, AnyGiven
from domain.office.known import clients_known, provider_known, services_defined
from domain.office.within import Named
from domain.order.aggregate import Order
from domain.order.errors import OrderUnknownError
from domain.order.events import Decision, Frame, ServiceLine
from domain.order.values import LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.values import ReasonCode


def place_order(
    order_id: OrderId,
    *,
    client_id: ClientId,
    provider_id: ProviderId,
    legal_basis: LegalBasis,
    minute_control: MinuteControl,
    starts_on: date,
    lines: tuple[ServiceLine, ...],
    frame: Frame | None = None,
    decision: Decision | None = None,
    act: Act,
) -> Command:
    """Order services of the catalogue for a registered client from a registered provider."""

    def decide(order: Order) -> None:
        order.place(
            client_id=client_id,
            provider_id=provider_id,
            legal_basis=legal_basis,
            minute_control=minute_control,
            starts_on=starts_on,
            lines=lines,
            frame=frame,
            decision=decision,
        )

    given = (*clients_known([client_id]), provider_known(provider_id), _in_catalogue(lines))
    return act.on(Order, order_id, decide, given=given, named=Named(client_ids=(client_id,)))


def change_order(
    order_id: OrderId,
    *,
    effective_from: date,
    lines: tuple[ServiceLine, ...],
    frame: Frame | None = None,
    decision: Decision | None = None,
    reason_codes: tuple[ReasonCode, ...] = (),
    act: Act,
) -> Command:
    """Say all lines anew from a day on, which may lie back in time."""

    def decide(order: Order) -> None:
        order.change(
            effective_from=effective_from, lines=lines, frame=frame, decision=decision, reason_codes=reason_codes
        )

    return act.on(Order, order_id, decide, given=(_in_catalogue(lines),), unknown=OrderUnknownError)


def suspend_order(order_id: OrderId, *, from_on: date, reason: SuspensionReason, act: Act) -> Command:
    """Let an order rest from a day on."""
    return act.on(
        Order, order_id, lambda order: order.suspend(from_on=from_on, reason=reason), unknown=OrderUnknownError
    )


def resume_order(order_id: OrderId, *, on: date, act: Act) -> Command:
    """Let a suspended order hold again from a day on."""
    return act.on(Order, order_id, lambda order: order.resume(on=on), unknown=OrderUnknownError)


def move_order(order_id: OrderId, *, provider_id: ProviderId, from_on: date, act: Act) -> Command:
    """Let another registered provider perform it from a day on."""
    return act.on(
        Order,
        order_id,
        lambda order: order.move(provider_id=provider_id, from_on=from_on),
        given=(provider_known(provider_id),),
        unknown=OrderUnknownError,
    )


def end_order(order_id: OrderId, *, on: date, reason: OrderEndReason, act: Act) -> Command:
    """Let an order no longer hold from a day on."""
    return act.on(Order, order_id, lambda order: order.end(on=on, reason=reason), unknown=OrderUnknownError)


def report_need_change(
    order_id: OrderId,
    *,
    direction: NeedDirection,
    noticed_on: date,
    service_code: ServiceCode | None = None,
    note: str | None = None,
    act: Act,
) -> Command:
    """Say, for the provider, that the client needs more or less than is ordered."""

    def decide(order: Order) -> None:
        order.report_need_change(direction=direction, noticed_on=noticed_on, service_code=service_code, note=note)

    return act.on(Order, order_id, decide, unknown=OrderUnknownError)


def _in_catalogue(lines: Iterable[ServiceLine]) -> AnyGiven:
    return services_defined(line.service_code for line in lines)
