"""What is remembered of a unit's or provider's month, evolved from its events."""

from typing import assert_never

import msgspec

from domain.ids import ProviderId, UnitId
from domain.period.events import (
    PeriodAdjustmentBooked,
    PeriodClosed,
    PeriodEvent,
    PeriodReopened,
    PeriodReopeningRequested,
)
from domain.period.values import PeriodState, ReopeningReason
from domain.rulebook.values import AfterLock


class Closing(msgspec.Struct, frozen=True, array_like=True):
    """One closing: what the basis was made of, and who closed it."""

    month: str
    unit_id: UnitId
    provider_id: ProviderId
    position: int
    event_id: str
    rulebook_versions: tuple[str, ...]
    calculation_version: int
    digest: str
    after_lock: AfterLock
    closed_by: str


class Booked(msgspec.Struct, frozen=True, array_like=True):
    """An adjustment that was settled with a closing of this month."""

    month: str
    digest: str
    minutes: int
    amount_ore: int


class PeriodHistory(msgspec.Struct, array_like=True):
    """What is remembered of a month: small enough to store whole beside a read model."""

    state: PeriodState = PeriodState.OPEN
    closing: Closing | None = None
    """The latest, also when the month was reopened since."""
    requested_by: str = ""
    reason: ReopeningReason | None = None
    digests: tuple[str, ...] = ()
    """Of every statement that ever stood, in order of time."""
    booked: tuple[Booked, ...] = ()
    """With the latest closing."""


def evolve(history: PeriodHistory, event: PeriodEvent) -> None:
    """Take one event into the history. Never refuses: it already happened."""
    match event:
        case PeriodAdjustmentBooked():
            booked = Booked(event.adjusted_month, event.adjusted_digest, event.minutes, event.amount_ore)
            history.booked = (*history.booked, booked)
        case PeriodClosed():
            history.state, history.closing = PeriodState.CLOSED, _closing(event)
            history.digests = tuple(dict.fromkeys((*history.digests, event.digest)))
        case PeriodReopeningRequested(reason=reason, actor=actor):
            history.state = PeriodState.REOPENING_REQUESTED
            history.requested_by, history.reason = actor, reason
        case PeriodReopened():
            history.state = PeriodState.REOPENED
            history.requested_by, history.reason, history.booked = "", None, ()
        case _:
            assert_never(event)


def _closing(event: PeriodClosed) -> Closing:
    return Closing(
        event.month,
        event.unit_id,
        event.provider_id,
        event.position,
        event.event_id,
        event.rulebook_versions,
        event.calculation_version,
        event.digest,
        event.after_lock,
        event.actor,
    )
