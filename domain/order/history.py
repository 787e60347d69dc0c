"""All that is remembered of an order, evolved from its events: the one fold behind decisions and read models.

Superseded beliefs are not kept here: what was believed at an earlier position is the read model's to remember.
"""

from collections.abc import Sequence
from datetime import date
from typing import assert_never

import msgspec

from domain.field import fact_id_of
from domain.ids import ClientId, ProviderId, ServiceCode
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
from domain.order.values import LegalBasis, MinuteControl, NeedDirection
from domain.timeline import DaySpan, Since, close, stand_from, standing_on


class Placement(msgspec.Struct, frozen=True, array_like=True):
    """What an order keeps all its life."""

    client_id: ClientId
    legal_basis: LegalBasis
    minute_control: MinuteControl
    starts_on: date


class Terms(msgspec.Struct, frozen=True, array_like=True):
    """What is ordered, from some day on."""

    lines: tuple[ServiceLine, ...]
    frame: Frame | None
    decision: Decision | None

    def of_service(self, service_code: ServiceCode | None) -> Sequence[ServiceLine]:
        """The lines of one service; all lines when none is named."""
        return [line for line in self.lines if service_code in {None, line.service_code}]


class Need(msgspec.Struct, frozen=True, array_like=True):
    """A change of need that the provider has reported."""

    fact_id: str
    direction: NeedDirection
    noticed_on: date
    service_code: ServiceCode | None
    answered_from_on: date | None = None


class OrderHistory(msgspec.Struct, array_like=True):
    """All that is remembered of an order: small enough to store whole beside a read model."""

    placement: Placement | None = None
    terms: tuple[Since[Terms], ...] = ()
    providers: tuple[Since[ProviderId], ...] = ()
    pauses: tuple[DaySpan, ...] = ()
    ended_on: date | None = None
    needs: tuple[Need, ...] = ()


def evolve(history: OrderHistory, event: OrderEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case OrderPlaced():
            history.placement = Placement(event.client_id, event.legal_basis, event.minute_control, event.starts_on)
            history.terms = (Since(event.starts_on, Terms(event.lines, event.frame, event.decision)),)
            history.providers = (Since(event.starts_on, event.provider_id),)
        case OrderChanged():
            _change(history, event)
        case OrderSuspended(from_on=from_on):
            history.pauses = (*history.pauses, DaySpan(from_on))
        case OrderResumed(on=on):
            history.pauses = close(history.pauses, on)
        case OrderMoved(from_on=from_on, provider_id=provider_id):
            history.providers = stand_from(history.providers, from_on, provider_id)
        case OrderEnded(on=on):
            history.ended_on = on
            history.needs = tuple(_answered(need, on) for need in history.needs)
        case OrderNeedChangeReported():
            need = Need(fact_id_of(event), event.direction, event.noticed_on, event.service_code)
            history.needs = (*history.needs, need)
        case _:
            assert_never(event)


def terms_from(
    history: OrderHistory,
    from_on: date,
    lines: tuple[ServiceLine, ...],
    frame: Frame | None,
    decision: Decision | None,
) -> Terms:
    """The terms that a change comes to: where it brings no decision of its own, the one that stands on its day."""
    before = standing_on(history.terms, from_on)
    return Terms(lines, frame, decision or (before.decision if before else None))


def _change(history: OrderHistory, change: OrderChanged) -> None:
    """Put the new terms in, and let them answer those reported needs whose services they change."""
    from_on = change.effective_from
    before = standing_on(history.terms, from_on)
    after = terms_from(history, from_on, change.lines, change.frame, change.decision)
    history.terms = stand_from(history.terms, from_on, after)
    history.needs = tuple(
        _answered(need, from_on) if _differ(before, after, need.service_code) else need for need in history.needs
    )


def _differ(before: Terms | None, after: Terms, service_code: ServiceCode | None) -> bool:
    if before is None or (service_code is None and before.frame != after.frame):
        return True
    return before.of_service(service_code) != after.of_service(service_code)


def _answered(need: Need, from_on: date) -> Need:
    """The order lags behind a need until the earliest day that an answer holds from."""
    earliest = min(from_on, need.answered_from_on or from_on)
    return msgspec.structs.replace(need, answered_from_on=earliest)
