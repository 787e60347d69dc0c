"""What became of a planned visit, where less was done than planned."""

from domain.cancellation import is_in_time
from domain.context import Context
from domain.detectors.hour import departure_due_at, is_registered, missed_or_silent
from domain.deviation.cause import Cause
from domain.deviation.grounds import Grounds
from domain.exception_catalogue import ExceptionCode
from domain.facts import PlannedVisit, VisitFacts
from domain.ids import ClientId, ServiceCode
from domain.presence import has_both_ends, is_implausible
from domain.rulebook.rulebook import Rulebook
from domain.values import CancelledBy, NotPerformedReason

_OF_FAILURE = {
    NotPerformedReason.DECLINED: Cause.DECLINED,
    NotPerformedReason.NOBODY_HOME: Cause.FAILED,
    NotPerformedReason.OTHER: Cause.FAILED,
    NotPerformedReason.HOSPITAL: Cause.CLIENT_ABSENT,
    NotPerformedReason.CLIENT_AWAY: Cause.CLIENT_ABSENT,
    NotPerformedReason.NO_STAFF: Cause.STAFF_ABSENT,
    NotPerformedReason.WEATHER: Cause.MISSED_BY_PROVIDER,
}
"""[A] The provider answers for the weather as for its staff: the client had no help."""


def fate_of(
    plan: PlannedVisit,
    client_id: ClientId,
    code: ServiceCode | None,
    *,
    grounds: Grounds,
    context: Context,
    rulebook: Rulebook,
) -> Cause | None:
    """Why less was done of a plan for a client and service than planned; None where no fact says.

    What somebody said of the visit goes before what follows from who was away, and both before what is missing.
    """
    visit = grounds.visits.get(plan.visit_id)
    said = _said(visit, client_id, code) if visit else None
    if said is not None:
        return said
    if context.absence("client", client_id, plan.starts_at):
        return Cause.CLIENT_ABSENT
    if plan.cancelled_by is not None:
        return _cancelled(plan, context, rulebook)
    if visit is None:
        return None
    return (
        _registered(visit, grounds, rulebook) if is_registered(visit) else _missing(visit, grounds, context, rulebook)
    )


def _said(visit: VisitFacts, client_id: ClientId, code: ServiceCode | None) -> Cause | None:
    """By those who were there: the visit failed for the client, or the client declined the service, or all there was."""
    if visit.is_all_done:
        return None
    for failure in visit.failures:
        if not failure.client_ids or client_id in failure.client_ids:
            return _OF_FAILURE[failure.reason]
    theirs = [service for service in visit.services if service.client_id in {client_id, None}]
    outcomes = [service.performed for service in theirs if code is None or service.service_code == code]
    return Cause.DECLINED if outcomes and not any(outcomes) else None


def _cancelled(plan: PlannedVisit, context: Context, rulebook: Rulebook) -> Cause:
    """By the client in time or too late (rules.md 5.3), by the municipality (its wish is known in time [A]), or by the
    provider."""
    match plan.cancelled_by:
        case CancelledBy.CLIENT:
            return Cause.CANCELLED_IN_TIME if is_in_time(plan, rulebook) else Cause.DECLINED
        case CancelledBy.MUNICIPALITY:
            return Cause.CANCELLED_IN_TIME
        case _:
            return _not_made(plan, context)


def _not_made(plan: PlannedVisit, context: Context) -> Cause:
    """Nobody came: the assigned were away, or the provider missed it."""
    is_staff_away = bool(plan.worker_ids) and all(
        context.absence("worker", worker_id, plan.starts_at) for worker_id in plan.worker_ids
    )
    return Cause.STAFF_ABSENT if is_staff_away else Cause.MISSED_BY_PROVIDER


def _registered(visit: VisitFacts, grounds: Grounds, rulebook: Rulebook) -> Cause | None:
    """Somebody came and the minutes are not all there: still under way or on the phone, or registered wrongly."""
    moment = grounds.moment
    for stay in visit.attendances:
        due_at = departure_due_at(visit, stay, rulebook)
        if due_at is not None and (moment.at < due_at or moment.is_silent(stay.worker_id, due_at)):
            return Cause.AWAITED
    is_wrong = not visit.attendances or not visit.services or visit.visit_id in grounds.must_fix
    is_wrong = is_wrong or any(not has_both_ends(stay) or is_implausible(stay) for stay in visit.attendances)
    return Cause.REGISTRATION_ERROR if is_wrong else None


def _missing(visit: VisitFacts, grounds: Grounds, context: Context, rulebook: Rulebook) -> Cause | None:
    """Nothing was heard of it. Never called missed before the window has passed, nor while a phone may hold it [A]."""
    assert visit.planned is not None, "a visit that nothing is registered of is planned"
    if missed_or_silent(visit, grounds.moment, context, rulebook) is ExceptionCode.NOT_REGISTERED:
        return _not_made(visit.planned, context)
    return Cause.AWAITED
