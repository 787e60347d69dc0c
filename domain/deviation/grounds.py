"""What a deviation is judged by, beside the minutes themselves."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import msgspec

from domain.detectors.hour import Moment
from domain.facts import NeedChange, VisitFacts
from domain.ids import ClientId, ServiceCode, VisitId
from domain.order.values import NeedDirection

EVERYTHING_OVER = Moment(datetime.max.replace(tzinfo=UTC))
"""The end of time: nothing is waited for."""


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the month's visits and needs. Without it, a deviation is there and hardly explained."""

    visits: Mapping[VisitId, VisitFacts] = {}
    must_fix: frozenset[VisitId] = frozenset()
    """Visits with an exception that must be fixed."""
    need_changes: Mapping[ClientId, Sequence[NeedChange]] = {}
    moment: Moment = EVERYTHING_OVER

    def need_has_gone(self, direction: NeedDirection, client_id: ClientId, code: ServiceCode | None, day: date) -> bool:
        """Whether a change of need was noticed by that day, and the order of the day does not answer it."""
        return any(
            need.direction == direction
            and need.noticed_on <= day
            and (need.answered_from_on is None or day < need.answered_from_on)
            and (code is None or need.service_code in {None, code})
            for need in self.need_changes.get(client_id, ())
        )


NO_GROUNDS = Grounds()
