"""The decisions about orders as bodies, and the command that each becomes."""

from typing import Annotated

from pydantic import Field

from api.office_bodies import Body, ClientUuid, Code, Day, Minutes, ProviderUuid, Reasons
from api.strict_json import Note, Text
from domain.command import Command
from domain.ids import OrderId
from domain.office import orders
from domain.office.act import Act
from domain.order.events import Decision, Frame, ServiceLine
from domain.order.values import Extent, LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.values import CalendarPeriod

LINES_MAX = 100
FRAME_MINUTES_MAX = 527_040
"""A leap year."""


class LineBody(Body):
    """One service. Minutes are for one occasion; `frequency` is such as `3/day` or `1/2weeks`, `window` such as
    `07:00-10:00`."""

    line_id: Annotated[str, Text(64, min_code_points=1)]
    service_code: Code
    frequency: Annotated[str, Text(64, min_code_points=1)]
    granted_minutes: Minutes | None = None
    ordered_minutes: Minutes | None = None
    extent: Annotated[Extent, Field(strict=False)] = Extent.UNSTATED
    window: Annotated[str, Text(16)] = ""

    def line(self) -> ServiceLine:
        """The line, as the order holds it."""
        return ServiceLine(
            line_id=self.line_id,
            service_code=self.service_code,
            frequency=self.frequency,
            granted_minutes=self.granted_minutes,
            ordered_minutes=self.ordered_minutes,
            extent=self.extent,
            window=self.window,
        )


class FrameBody(Body):
    """One pot of minutes for all services of a period."""

    minutes: Annotated[int, Field(ge=0, le=FRAME_MINUTES_MAX)]
    period: Annotated[CalendarPeriod, Field(strict=False)]


class DecisionBody(Body):
    """The needs-assessed decision: where to find it, and the days it grants."""

    reference: Annotated[str, Text(100, min_code_points=1)]
    from_on: Day
    until_on: Day | None = None


class TermsBody(Body):
    """What is ordered."""

    lines: Annotated[tuple[LineBody, ...], Field(strict=False, max_length=LINES_MAX)]
    frame: FrameBody | None = None
    decision: DecisionBody | None = None

    def service_lines(self) -> tuple[ServiceLine, ...]:
        """The lines, as the order holds them."""
        return tuple(line.line() for line in self.lines)

    def time_frame(self) -> Frame | None:
        """The pot of minutes, where there is one."""
        return Frame(self.frame.minutes, self.frame.period) if self.frame else None

    def decided(self) -> Decision | None:
        """The decision behind it, where it is named."""
        return Decision(**dict(self.decision)) if self.decision else None


class PlaceOrderBody(TermsBody):
    """A new order, from a day on."""

    client_id: ClientUuid
    provider_id: ProviderUuid
    legal_basis: Annotated[LegalBasis, Field(strict=False)]
    minute_control: Annotated[MinuteControl, Field(strict=False)]
    starts_on: Day

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.place_order(
            order_id,
            client_id=self.client_id,
            provider_id=self.provider_id,
            legal_basis=self.legal_basis,
            minute_control=self.minute_control,
            starts_on=self.starts_on,
            lines=self.service_lines(),
            frame=self.time_frame(),
            decision=self.decided(),
            act=act,
        )


class ChangeOrderBody(TermsBody):
    """All that is ordered from a day on, which may lie back in time."""

    effective_from: Day
    reason_codes: Reasons = ()

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.change_order(
            order_id,
            effective_from=self.effective_from,
            lines=self.service_lines(),
            frame=self.time_frame(),
            decision=self.decided(),
            reason_codes=self.reason_codes,
            act=act,
        )


class SuspendOrderBody(Body):
    """From when the order rests, and why."""

    from_on: Day
    reason: Annotated[SuspensionReason, Field(strict=False)]

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.suspend_order(order_id, from_on=self.from_on, reason=self.reason, act=act)


class ResumeOrderBody(Body):
    """From when it holds again."""

    on: Day

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.resume_order(order_id, on=self.on, act=act)


class MoveOrderBody(Body):
    """Who performs it, from when."""

    provider_id: ProviderUuid
    from_on: Day

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.move_order(order_id, provider_id=self.provider_id, from_on=self.from_on, act=act)


class EndOrderBody(Body):
    """The first day on which it no longer holds, and why."""

    on: Day
    reason: Annotated[OrderEndReason, Field(strict=False)]

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.end_order(order_id, on=self.on, reason=self.reason, act=act)


class ReportNeedChangeBody(Body):
    """Which way the need has gone; of one service, or as a whole."""

    direction: Annotated[NeedDirection, Field(strict=False)]
    noticed_on: Day
    service_code: Code | None = None
    note: Note | None = None

    def command_on(self, order_id: OrderId, act: Act) -> Command:
        """The decision, for the writer."""
        return orders.report_need_change(
            order_id,
            direction=self.direction,
            noticed_on=self.noticed_on,
            service_code=self.service_code,
            note=self.note,
            act=act,
        )
