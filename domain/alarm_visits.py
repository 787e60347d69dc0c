"""An alarm that meets a planned visit (rules.md 5.6 [S:KUNDTID]).

During or just before a planned visit, an alarm that leads to the planned services only is no alarm: it is counted once, as
the planned visit. Where something beyond was done, both stand. Of two workers on one alarm the second gives assistance.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec

from domain.context import Context
from domain.facts import Attendance, PlannedVisit, VisitFacts
from domain.ids import ClientId, ServiceCode, VisitId
from domain.local_time import local_day
from domain.organisation.values import ServiceCategory
from domain.rulebook.rulebook import Rulebook
from domain.values import VisitKind

ALARMS = frozenset({VisitKind.ALARM, VisitKind.ASSISTANCE})


def settle_alarms(visits: Iterable[VisitFacts], *, context: Context, rulebook: Rulebook) -> Sequence[VisitFacts]:
    """The visits with each alarm where it belongs. One that went into a planned visit stays, without attendances."""
    given = list(visits)
    alarmed = [index for index, visit in enumerate(given) for stay in visit.attendances if stay.kind in ALARMS]
    alarms = list(dict.fromkeys(alarmed))
    if not alarms:
        return given
    planned = _planned_by_client(given, alarms)
    for index in alarms:
        alarm = given[index]
        if alarm.planned is not None and alarm.planned.kind not in ALARMS:
            given[index] = _within_its_plan(alarm, context, rulebook)
            continue
        met = next(
            (at for at in _near(alarm, planned, given, rulebook) if _is_met(alarm, given[at], context, rulebook)), None
        )
        if met is None:
            given[index] = _with_assistance(alarm)
        else:
            given[met] = _joined(given[met], alarm)
            given[index] = VisitFacts(visit_id=alarm.visit_id, planned=None)
    return given


def _planned_by_client(visits: Sequence[VisitFacts], alarms: Sequence[int]) -> dict[ClientId, list[int]]:
    """Where the planned visits of those clients stand who had an alarm."""
    wanted = {client_id for index in alarms for stay in visits[index].attendances for client_id in stay.client_ids}
    found: defaultdict[ClientId, list[int]] = defaultdict(list)
    for index, visit in enumerate(visits):
        plan = visit.planned
        if plan is not None and plan.cancelled_by is None and plan.kind not in ALARMS:
            for client_id in dict.fromkeys(plan.client_ids):
                if client_id in wanted:
                    found[client_id].append(index)
    return found


def _near(
    alarm: VisitFacts, planned: dict[ClientId, list[int]], visits: Sequence[VisitFacts], rulebook: Rulebook
) -> list[int]:
    """The planned visits that the alarm came during, or just before; the earliest first."""
    at = alarm.attendances[0].starts_at
    before = timedelta(minutes=rulebook.policies_at(at).alarm_before_visit_minutes)
    clients = {client_id for stay in alarm.attendances for client_id in stay.client_ids}
    found: dict[VisitId, tuple[PlannedVisit, int]] = {}
    for index in (index for client_id in clients for index in planned.get(client_id, ())):
        plan = visits[index].planned
        if plan is not None and plan.starts_at - before <= at < plan.ends_at:
            found[visits[index].visit_id] = (plan, index)
    return [index for _, index in sorted(found.values(), key=lambda each: (each[0].starts_at, each[0].visit_id))]


def _is_met(alarm: VisitFacts, visit: VisitFacts, context: Context, rulebook: Rulebook) -> bool:
    """Whether the alarm led to nothing but what was planned. One that led to nothing at all needs the visit to be made."""
    done = _done(alarm, context, rulebook)
    return done <= _foreseen(visit) and bool(done or visit.attendances)


def _within_its_plan(visit: VisitFacts, context: Context, rulebook: Rulebook) -> VisitFacts:
    assert visit.planned is not None, "a visit without a plan has nothing to be within"
    foreseen = {service.service_code for service in visit.planned.services}
    if not _done(visit, context, rulebook) <= foreseen:
        return _with_assistance(visit)
    return _of_kind(visit, visit.attendances, visit.planned.kind)


def _done(visit: VisitFacts, context: Context, rulebook: Rulebook) -> set[ServiceCode]:
    """The services done, the alarm itself apart."""
    found: set[ServiceCode] = set()
    for service in visit.services:
        defined = context.service(service.service_code, local_day(service.at, rulebook.zone))
        if service.performed and not (defined and defined.category == ServiceCategory.ALARM):
            found.add(service.service_code)
    return found


def _foreseen(visit: VisitFacts) -> set[ServiceCode]:
    planned = visit.planned.services if visit.planned else ()
    return {service.service_code for service in planned} | {service.service_code for service in visit.services}


def _joined(visit: VisitFacts, alarm: VisitFacts) -> VisitFacts:
    """The planned visit with the alarm's time and services in it; what approves it has approved both."""
    kind = visit.planned.kind if visit.planned else VisitKind.PLANNED
    roles = {approval.role for approval in alarm.approvals if approval.stands}
    approvals = tuple(each for each in visit.approvals if each.role in roles) if visit.attendances else alarm.approvals
    moved = tuple(msgspec.structs.replace(stay, kind=kind) for stay in alarm.attendances)
    return msgspec.structs.replace(
        visit,
        attendances=(*visit.attendances, *moved),
        services=(*visit.services, *alarm.services),
        approvals=approvals,
        excess=(*visit.excess, *alarm.excess),
    )


def _with_assistance(visit: VisitFacts) -> VisitFacts:
    """Of several workers on the alarm, only the first has it."""
    first = next(stay for stay in visit.attendances if stay.kind in ALARMS)
    others = [stay for stay in visit.attendances if stay.kind is VisitKind.ALARM and stay.worker_id != first.worker_id]
    return _of_kind(visit, others, VisitKind.ASSISTANCE) if others else visit


def _of_kind(visit: VisitFacts, stays: Iterable[Attendance], kind: VisitKind) -> VisitFacts:
    changed = {stay.attendance_id for stay in stays if stay.kind in ALARMS}
    attendances = tuple(
        msgspec.structs.replace(stay, kind=kind) if stay.attendance_id in changed else stay
        for stay in visit.attendances
    )
    return msgspec.structs.replace(visit, attendances=attendances)
