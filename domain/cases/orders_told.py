"""The orders of a case, as the facts that the ledger would hold of them."""

from collections.abc import Iterable
from typing import TypedDict

from domain.cases.case import (
    LineGiven,
    OrderGiven,
)
from domain.cases.visit_story import OFFICE
from domain.event import FactStamp
from domain.facts import Fact
from domain.ids import (
    ClientId,
    FactId,
    OrderId,
    ProviderId,
    ServiceCode,
    StreamId,
    stream_of,
)
from domain.order.events import (
    Frame,
    OrderChanged,
    OrderEnded,
    OrderEvent,
    OrderNeedChangeReported,
    OrderPlaced,
    ServiceLine,
)
from domain.order.facts import order_facts
from domain.order.history import OrderHistory
from domain.order.history import evolve as evolve_order
from domain.order.values import OrderEndReason


class _Told(TypedDict):
    originator_id: StreamId
    actor: str


def order_told(given: OrderGiven, number: int) -> Iterable[Fact]:
    """Fold one order: placed, changed, ended, and the needs reported."""
    order_id, history = OrderId(f"order {number + 1}"), OrderHistory()
    common = _Told(originator_id=stream_of("order", order_id), actor=OFFICE)
    told: list[OrderEvent] = [
        OrderPlaced(
            **common,
            originator_version=1,
            client_id=ClientId(given.client),
            provider_id=ProviderId(given.provider),
            legal_basis=given.basis,
            minute_control=given.control,
            starts_on=given.start,
            lines=_lines(given.lines),
            frame=Frame(given.frame.minutes, given.frame.period) if given.frame else None,
        )
    ]
    for at, need in enumerate(given.needs):
        told.append(
            OrderNeedChangeReported(
                **common,
                originator_version=2 + at,
                stamp=FactStamp(id=FactId(f"{order_id} need {at + 1}"), digest=""),
                direction=need.direction,
                noticed_on=need.day,
                client_id=ClientId(given.client),
                service_code=ServiceCode(need.service) if need.service else None,
            )
        )
    for at, change in enumerate(given.changes):
        told.append(
            OrderChanged(**common, originator_version=20 + at, effective_from=change.start, lines=_lines(change.lines))
        )
    if given.until:
        told.append(OrderEnded(**common, originator_version=90, on=given.until, reason=OrderEndReason.OTHER))
    for event in told:
        evolve_order(history, event)
    return order_facts(order_id, history)


def _lines(given: Iterable[LineGiven]) -> tuple[ServiceLine, ...]:
    return tuple(
        ServiceLine(
            line_id=str(number),
            service_code=ServiceCode(line.service),
            frequency=line.often,
            granted_minutes=line.granted,
            ordered_minutes=line.minutes,
            extent=line.extent,
            window=line.window,
        )
        for number, line in enumerate(given, start=1)
    )
