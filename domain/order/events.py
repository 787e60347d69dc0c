"""Every fact about an order, on one screen: our contract with the past.

An order is never edited in place: changed, suspended, moved and ended are facts of their own (rules.md 3.1). Every `until`,
`on` of an end and `on` of a return is the first day that no longer counts.
"""

from datetime import date
from typing import Annotated

import msgspec

from domain.event import DomainEvent, Personal
from domain.ids import ClientId, ProviderId, ServiceCode
from domain.order.values import Extent, LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.ports import SealClass, Sealed
from domain.values import CalendarPeriod, ReasonCode


class ServiceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One service of an order. Minutes are for one occasion; None where the order states none."""

    line_id: str
    service_code: ServiceCode
    frequency: str
    """As `domain.frequency` reads it: `3/day`, `1/2weeks`..."""
    granted_minutes: int | None = None
    """In the decision."""
    ordered_minutes: int | None = None
    """Asked of the provider."""
    extent: Extent = Extent.UNSTATED
    window: str = ""
    """When on the day, in local time: `07:00-10:00`; empty: any time."""


class Frame(msgspec.Struct, frozen=True):
    """One pot of minutes for all services of a period (ramtid, rules.md 3.3)."""

    minutes: int
    period: CalendarPeriod


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The needs-assessed decision behind an order: where to find it, and the days it grants."""

    reference: str
    from_on: date
    until_on: date | None = None


class OrderPlaced(DomainEvent, frozen=True, kw_only=True):
    """The municipality orders services for a client from a provider, until further notice."""

    TOPIC = "order.placed"
    client_id: ClientId
    provider_id: ProviderId
    legal_basis: LegalBasis
    minute_control: MinuteControl
    starts_on: date
    lines: tuple[ServiceLine, ...]
    frame: Frame | None = None
    decision: Decision | None = None


class OrderChanged(DomainEvent, frozen=True, kw_only=True):
    """All lines, as they are from a day on: a day to come, or one gone by. It takes the place of every line that was to hold
    from that day on, also of changes recorded earlier for later days."""

    TOPIC = "order.changed"
    effective_from: date
    lines: tuple[ServiceLine, ...]
    frame: Frame | None = None
    decision: Decision | None = None
    """None: the decision as before."""
    reason_codes: tuple[ReasonCode, ...] = ()


class OrderSuspended(DomainEvent, frozen=True, kw_only=True):
    """Nothing is ordered from a day on, until the order is resumed."""

    TOPIC = "order.suspended"
    from_on: date
    reason: SuspensionReason


class OrderResumed(DomainEvent, frozen=True, kw_only=True):
    """The order holds again from a day on."""

    TOPIC = "order.resumed"
    on: date


class OrderMoved(DomainEvent, frozen=True, kw_only=True):
    """Another provider performs it from a day on (omval)."""

    TOPIC = "order.moved"
    provider_id: ProviderId
    from_on: date


class OrderEnded(DomainEvent, frozen=True, kw_only=True):
    """The order no longer holds, from a day on."""

    TOPIC = "order.ended"
    on: date
    reason: OrderEndReason


class OrderNeedChangeReported(DomainEvent, frozen=True, kw_only=True):
    """The provider says that the need has changed: from now on it can be measured how long the order lags behind."""

    TOPIC = "order.need_change_reported"
    direction: NeedDirection
    noticed_on: date
    client_id: ClientId
    service_code: ServiceCode | None = None
    """None: the need as a whole."""
    note: Annotated[Sealed | None, Personal("client_id", SealClass.SENSITIVE)] = None


OrderEvent = (
    OrderPlaced | OrderChanged | OrderSuspended | OrderResumed | OrderMoved | OrderEnded | OrderNeedChangeReported
)
