"""What depends on the hour: is a visit overdue, or is its phone only silent? Judged when asked, never stored."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from domain.context import Context
from domain.detectors.found import FoundException, VisitCase, causes, plan_cause
from domain.evidence import DeviceContact
from domain.exception_catalogue import ExceptionCode
from domain.facts import Attendance, PlannedVisit, VisitFacts
from domain.ids import WorkerId
from domain.rulebook.rulebook import Rulebook


class Moment(msgspec.Struct, frozen=True):
    """The instant a judgement is for, and when each worker's phone had last been heard of then.

    A worker without an entry has no phone to wait for.
    """

    at: datetime
    last_heard: Mapping[WorkerId, datetime] = {}

    def is_silent(self, worker_id: WorkerId, since: datetime) -> bool:
        """Whether the worker's phone may still hold what happened then."""
        heard_at = self.last_heard.get(worker_id)
        return heard_at is not None and heard_at < since


def moment_of(at: datetime, contacts: Iterable[DeviceContact]) -> Moment:
    """Take the latest contact with each worker, by whichever phone."""
    last_heard: dict[WorkerId, datetime] = {}
    for contact in contacts:
        heard_at = last_heard.get(contact.worker_id, contact.heard_at)
        last_heard[contact.worker_id] = max(heard_at, contact.heard_at)
    return Moment(at, last_heard)


def unregistered(case: VisitCase, moment: Moment) -> Iterator[FoundException]:
    """NOT_REGISTERED: the planned time has passed and nothing is registered. SILENT: nor has the phone been heard of."""
    plan = case.plan
    code = missed_or_silent(case.visit, moment, case.context, case.rulebook)
    if plan is not None and code is not None:
        yield case.found(code, [plan_cause(plan)], minutes=case.planned_minutes, since=plan.ends_at)


def missing_departures(case: VisitCase, moment: Moment) -> Iterator[FoundException]:
    """DEPARTURE_MISSING: an arrival whose departure is overdue. SILENT while the phone has not been heard of since: the
    departure may be on it."""
    for stay in case.visit.attendances:
        due_at = departure_due_at(case.visit, stay, case.rulebook)
        if due_at is not None and due_at <= moment.at:
            is_silent = moment.is_silent(stay.worker_id, due_at) and bool(stay.device_id)
            code = ExceptionCode.SILENT if is_silent else ExceptionCode.DEPARTURE_MISSING
            yield case.found(code, causes(stay), minutes=case.planned_minutes, since=stay.arrived_at)


def missed_or_silent(visit: VisitFacts, moment: Moment, context: Context, rulebook: Rulebook) -> ExceptionCode | None:
    """NOT_REGISTERED or SILENT for a planned visit that is overdue and of which nothing is registered; else None.

    Where its clients were away nobody was to come ([A]; the plan was not cancelled).
    """
    plan = visit.planned
    if plan is None or plan.cancelled_by or is_registered(visit):
        return None
    patience = rulebook.policies_at(plan.starts_at).not_registered_after_minutes
    if moment.at < plan.ends_at + timedelta(minutes=patience):
        return None
    if clients_are_away(plan, context):
        return None
    is_silent = any(moment.is_silent(worker_id, plan.ends_at) for worker_id in plan.worker_ids)
    return ExceptionCode.SILENT if is_silent else ExceptionCode.NOT_REGISTERED


def is_registered(visit: VisitFacts) -> bool:
    """Whether anything was heard of the visit from the field."""
    return bool(visit.attendances or visit.services or visit.failures)


def may_be_overdue(visit: VisitFacts) -> bool:
    """Whether the hour can matter at all: nothing is registered, or a departure is missing."""
    return not is_registered(visit) or any(stay.departed_at is None for stay in visit.attendances)


def departure_due_at(visit: VisitFacts, stay: Attendance, rulebook: Rulebook) -> datetime | None:
    """When an open attendance can no longer be under way: once the worker has come again, else some time after its planned
    end, or its arrival where that is later or nothing was planned. None for one that is not open."""
    if stay.arrived_at is None or stay.departed_at is not None:
        return None
    again = [other.arrived_at for other in visit.attendances if other.worker_id == stay.worker_id and other.arrived_at]
    next_at = min((at for at in again if at > stay.arrived_at), default=None)
    planned_end = visit.planned.ends_at if visit.planned else stay.arrived_at
    patience = rulebook.policies_at(stay.arrived_at).departure_missing_after_minutes
    overdue_at = max(stay.arrived_at, planned_end) + timedelta(minutes=patience)
    return min(next_at, overdue_at) if next_at else overdue_at


def clients_are_away(plan: PlannedVisit, context: Context) -> bool:
    """Whether every client of the plan was away when it was to begin."""
    return bool(plan.client_ids) and all(
        context.absence("client", client_id, plan.starts_at) for client_id in plan.client_ids
    )
