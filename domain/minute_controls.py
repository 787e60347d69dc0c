"""How firmly each service binds, by what is ordered: what decides which deviations there are (rules.md 3.2, 3.3)."""

from collections.abc import Iterable, Mapping

import msgspec

from domain.ids import ClientId, ServiceCode
from domain.order.values import MinuteControl
from domain.ordered_time import OrderedMinutes

LOOSEST_FIRST = (MinuteControl.NONE, MinuteControl.TIME_FRAME, MinuteControl.FLEXIBLE, MinuteControl.STRICT)
"""Where lines of one service bind differently, the loosest decides what can be called a deviation [A]."""

Service = tuple[str, ClientId, ServiceCode | None]
"""A service as one act grants it to a client."""


class MinuteControls(msgspec.Struct, frozen=True):
    """The control of every service: as its order says. What no order names counts in the client's total, unless all that is
    ordered for the client is without minutes; a client without any order has the municipality's own."""

    stated: Mapping[Service, MinuteControl]
    unnamed: Mapping[tuple[str, ClientId], MinuteControl]
    otherwise: MinuteControl

    def of(self, legal_basis: str, client_id: ClientId, code: ServiceCode | None) -> MinuteControl:
        """How firmly that service binds."""
        stated = self.stated.get((legal_basis, client_id, code))
        return stated or self.unnamed.get((legal_basis, client_id)) or self.otherwise


def controls_of(ordered: Iterable[OrderedMinutes], otherwise: MinuteControl) -> MinuteControls:
    """Read the controls from what is ordered in the month."""
    stated: dict[Service, MinuteControl] = {}
    in_minutes: set[tuple[str, ClientId]] = set()
    none = MinuteControl.NONE
    for line in ordered:
        service, control = (line.legal_basis, line.client_id, line.service_code), line.minute_control
        known = stated.setdefault(service, control)
        if known is not control:
            stated[service] = min(known, control, key=LOOSEST_FIRST.index)
        if control is not none:
            in_minutes.add(service[:2])
    unnamed = {service[:2]: MinuteControl.FLEXIBLE if service[:2] in in_minutes else none for service in stated}
    return MinuteControls(stated, unnamed, otherwise)
