"""Where a visit stands, derived from its facts and the hour: never stored as truth (exceptions.md)."""

from collections.abc import Iterable
from enum import StrEnum

from domain.context import Context
from domain.detectors.hour import Moment, clients_are_away, departure_due_at, is_registered, missed_or_silent
from domain.exception_catalogue import ExceptionCode
from domain.exceptions import StandingException
from domain.facts import VisitFacts
from domain.presence import Uncounted, uncounted
from domain.rulebook.rulebook import Rulebook
from domain.values import ExceptionClass, NotPerformedReason


class VisitState(StrEnum):
    """The stages of a visit, and what else can become of it."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    ENDED = "ended"
    OPEN_EXCEPTIONS = "open_exceptions"
    VERIFIED = "verified"
    DECLINED = "declined"
    NOT_PERFORMED = "not_performed"
    CANCELLED = "cancelled"
    SILENT = "silent"
    MISSED = "missed"


def visit_state(
    visit: VisitFacts,
    standing: Iterable[StandingException],
    moment: Moment,
    *,
    context: Context,
    rulebook: Rulebook,
) -> VisitState:
    """Derive the state at the moment. `standing` are the exceptions that touch the visit, as they stand then.

    What happened goes before what was planned: a cancelled visit that was made is a visit made.
    """
    if not is_registered(visit):
        return _unregistered(visit, moment, context, rulebook)
    if _is_under_way(visit, moment, rulebook):
        return VisitState.UNDER_WAY
    given = list(standing)
    if any(each.is_open and each.exception.exception_class is not ExceptionClass.INFORMATION for each in given):
        return VisitState.OPEN_EXCEPTIONS
    if any(each.exception.code is ExceptionCode.SILENT for each in given):
        return VisitState.SILENT
    if _nothing_was_done(visit):
        return _failed(visit)
    is_approved = {approval.role for approval in visit.approvals if approval.stands}.issuperset(
        rulebook.policies_at(visit.stands_at).required_approvals
    )
    return VisitState.VERIFIED if is_approved else VisitState.ENDED


def _unregistered(visit: VisitFacts, moment: Moment, context: Context, rulebook: Rulebook) -> VisitState:
    plan = visit.planned
    if plan is not None and plan.cancelled_by:
        return VisitState.CANCELLED
    match missed_or_silent(visit, moment, context, rulebook):
        case ExceptionCode.NOT_REGISTERED:
            return VisitState.MISSED
        case ExceptionCode.SILENT:
            return VisitState.SILENT
        case _:
            is_over = plan is not None and plan.ends_at <= moment.at
            is_away = plan is not None and is_over and clients_are_away(plan, context)
            return VisitState.NOT_PERFORMED if is_away else VisitState.PLANNED


def _is_under_way(visit: VisitFacts, moment: Moment, rulebook: Rulebook) -> bool:
    """Somebody has come and not left, and may still be there."""
    due = [departure_due_at(visit, stay, rulebook) for stay in visit.attendances]
    return any(due_at is not None and moment.at < due_at for due_at in due)


def _nothing_was_done(visit: VisitFacts) -> bool:
    if any(service.performed for service in visit.services):
        return False
    return all(uncounted(visit, stay) is Uncounted.NOTHING_DONE for stay in visit.attendances)


def _failed(visit: VisitFacts) -> VisitState:
    """Declined, by the visit's own word or because each service was; else not performed for another reason."""
    reasons = {failure.reason for failure in visit.failures}
    is_declined = reasons <= {NotPerformedReason.DECLINED}
    return VisitState.DECLINED if is_declined else VisitState.NOT_PERFORMED
