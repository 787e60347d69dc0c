"""From a month's history to the fact that reports are computed from. Pure."""

from domain.facts import Fact
from domain.ids import ProviderId, UnitId
from domain.period.history import PeriodHistory
from domain.period.values import PeriodState
from domain.rulebook.values import AfterLock


class PeriodClosing(Fact, frozen=True):
    """How a unit's or provider's month stands since it was first closed. What the log says above `position` is late."""

    KEY = ("unit_id", "provider_id", "month")
    unit_id: UnitId
    provider_id: ProviderId
    """One of the two is empty."""
    month: str
    state: PeriodState
    position: int
    event_id: str
    rulebook_versions: tuple[str, ...]
    calculation_version: int
    digest: str
    after_lock: AfterLock
    closed_by: str
    reopening_requested_by: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether its basis may not move."""
        return self.state.is_closed

    @property
    def accountable_id(self) -> str:
        """The unit's or the provider's id."""
        return self.unit_id or self.provider_id


def period_facts(history: PeriodHistory) -> tuple[PeriodClosing, ...]:
    """The month as it stands; nothing while it was never closed."""
    closing = history.closing
    if closing is None:
        return ()
    return (
        PeriodClosing(
            unit_id=closing.unit_id,
            provider_id=closing.provider_id,
            month=closing.month,
            state=history.state,
            position=closing.position,
            event_id=closing.event_id,
            rulebook_versions=closing.rulebook_versions,
            calculation_version=closing.calculation_version,
            digest=closing.digest,
            after_lock=closing.after_lock,
            closed_by=closing.closed_by,
            reopening_requested_by=history.requested_by,
        ),
    )
