"""What a closing is about, in plain words."""

from enum import StrEnum
from typing import NamedTuple

from domain.ids import ProviderId, UnitId
from domain.local_time import Month

NO_UNIT, NO_PROVIDER = UnitId(""), ProviderId("")


class PeriodState(StrEnum):
    """Where a month of a unit or provider stands."""

    OPEN = "open"
    CLOSED = "closed"
    REOPENING_REQUESTED = "reopening_requested"
    """Still closed: a second person has to confirm."""
    REOPENED = "reopened"
    """Open, after it was closed."""

    @property
    def is_closed(self) -> bool:
        """Whether its basis may not move."""
        return self in {PeriodState.CLOSED, PeriodState.REOPENING_REQUESTED}


class EarlyClosingReason(StrEnum):
    """Why a month is closed before its lock date, or without one ([A]: IntraPhone's date is set each month [S:INTRA16])."""

    DATE_SET_OTHERWISE = "date_set_otherwise"
    PROVIDER_CEASES = "provider_ceases"
    UNIT_CEASES = "unit_ceases"


class ReopeningReason(StrEnum):
    """Why a closed month is opened again [A]."""

    ERROR_IN_BASIS = "error_in_basis"
    RULEBOOK_WRONG = "rulebook_wrong"
    CLOSED_BY_MISTAKE = "closed_by_mistake"
    AUDIT_FINDING = "audit_finding"


class Accountable(NamedTuple):
    """Whose month it is: a unit's or a provider's; the other one is empty."""

    unit_id: UnitId = NO_UNIT
    provider_id: ProviderId = NO_PROVIDER

    @property
    def id(self) -> str:
        """The unit's or the provider's id."""
        return self.unit_id or self.provider_id


def period_id(accountable_id: str, month: Month) -> str:
    """Name the month of a unit or provider: `<its id>:2026-03`."""
    return f"{accountable_id}:{month}"
