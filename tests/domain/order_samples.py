"""An order of two services, as the tests of orders begin with it."""

from collections.abc import Callable
from datetime import date

from domain.ids import ClientId, ProviderId, ServiceCode
from domain.order.aggregate import Order
from domain.order.events import Decision, Frame, OrderPlaced, ServiceLine
from domain.order.values import Extent, LegalBasis, MinuteControl
from tests.scenario import Scenario, Told, fact

order = Scenario(Order, "order-1")

CLIENT, BRACKE, NORRSKEN = ClientId("client-1"), ProviderId("bracke"), ProviderId("norrsken")
SHOWER = ServiceLine(
    line_id="1", service_code=ServiceCode("SHOWER"), frequency="2/week", granted_minutes=45, ordered_minutes=40
)
MORNING = ServiceLine(
    line_id="2",
    service_code=ServiceCode("MORNING"),
    frequency="daily",
    ordered_minutes=15,
    extent=Extent.SUPPORTING,
    window="07:00-10:00",
)
CLEANING = ServiceLine(line_id="3", service_code=ServiceCode("CLEAN"), frequency="1/2weeks", ordered_minutes=70)
ALARM = ServiceLine(line_id="4", service_code=ServiceCode("ALARM"), frequency="as_needed")
DECISION = Decision(reference="SN 2025-117", from_on=date(2025, 3, 1), until_on=date(2026, 3, 1))
STARTS_ON = date(2025, 3, 1)


def placed(
    *,
    lines: tuple[ServiceLine, ...] = (SHOWER, MORNING),
    legal_basis: LegalBasis = LegalBasis.SOL,
    minute_control: MinuteControl = MinuteControl.FLEXIBLE,
    frame: Frame | None = None,
    decision: Decision | None = DECISION,
) -> Told:
    """An order from Bräcke's own home care, from 1 March 2025."""
    return fact(
        OrderPlaced,
        client_id=CLIENT,
        provider_id=BRACKE,
        legal_basis=legal_basis,
        minute_control=minute_control,
        starts_on=STARTS_ON,
        lines=lines,
        frame=frame,
        decision=decision,
    )


def place(
    *,
    lines: tuple[ServiceLine, ...] = (SHOWER, MORNING),
    legal_basis: LegalBasis = LegalBasis.SOL,
    minute_control: MinuteControl = MinuteControl.FLEXIBLE,
    frame: Frame | None = None,
    decision: Decision | None = DECISION,
) -> Callable[[Order], None]:
    """Place that same order."""
    return lambda order: order.place(
        client_id=CLIENT,
        provider_id=BRACKE,
        legal_basis=legal_basis,
        minute_control=minute_control,
        starts_on=STARTS_ON,
        lines=lines,
        frame=frame,
        decision=decision,
    )


PLACED = placed()
