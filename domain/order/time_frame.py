"""The fact of an order with one pot of time (rules.md 3.3)."""

from datetime import date

from domain.facts import Fact
from domain.ids import ClientId, OrderId, ProviderId


class TimeFrame(Fact, frozen=True):
    """One pot of minutes for each `period` of an order, in place of minutes for each service (minute control
    `time_frame`)."""

    KEY = ("order_id", "starts_on")
    order_id: OrderId
    client_id: ClientId
    provider_id: ProviderId
    legal_basis: str
    minutes: int
    period: str
    """`day`, `week`, `month`, `four_months` or `year`."""
    starts_on: date
    ends_on: date | None
