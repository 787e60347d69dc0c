"""An exception, and the visit it is looked for in."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

import msgspec

from domain.context import Context
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.facts import Attendance, PlannedVisit, ServiceRegistered, VisitFacts
from domain.ids import FactId, VisitId, derived_id
from domain.local_time import local_day
from domain.planned_time import planned_minutes
from domain.presence import presences
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Rulebook
from domain.values import ExceptionClass


class FoundException(msgspec.Struct, frozen=True, kw_only=True):
    """Something odd, derived from facts. What happens to it is decided by its class."""

    code: ExceptionCode
    subject_kind: str
    """`visit`, `worker`, `client`, `order`, `device` or `supervision`."""
    subject_id: str
    fact_ids: tuple[FactId, ...]
    """Those that cause it, sorted."""
    visit_ids: tuple[VisitId, ...] = ()
    """The visits it touches."""
    minutes: int
    """How many minutes are at stake."""
    amount: Decimal | None = None
    """How many kronor are; None where pay was not computed."""
    since: datetime | None
    """When it began; None where no fact says."""

    @property
    def key(self) -> str:
        """Code, subject and causing facts: another fact, or a correction, makes another key."""
        return f"{self.code}|{self.subject_kind}/{self.subject_id}|{'+'.join(self.fact_ids)}"

    @property
    def exception_class(self) -> ExceptionClass:
        """What must become of it."""
        return CATALOGUE[self.code].exception_class


class VisitCase(msgspec.Struct, frozen=True):
    """One visit under a look: its facts, and what they may be compared with, looked up once for all detectors."""

    visit: VisitFacts
    context: Context
    rulebook: Rulebook
    plan: PlannedVisit | None
    """The plan that stands; None also where it is cancelled."""
    planned_minutes: int
    """How long that plan is; 0 without one."""
    policies: Policies
    """Those of the visit's day."""

    @property
    def staff_minutes(self) -> int:
        """The workers' minutes together."""
        return sum(presence.staff_minutes for presence in presences(self.visit, self.rulebook.zone))

    @property
    def visit_minutes(self) -> int:
        """The visit's length."""
        return sum([presence.visit_minutes for presence in presences(self.visit, self.rulebook.zone)])

    def day(self, at: datetime) -> date:
        """The local day of an instant."""
        return local_day(at, self.rulebook.zone)

    def found(
        self, code: ExceptionCode, fact_ids: Iterable[FactId], *, minutes: int, since: datetime | None
    ) -> FoundException:
        """An exception about this visit."""
        return FoundException(
            code=code,
            subject_kind="visit",
            subject_id=self.visit.visit_id,
            fact_ids=tuple(sorted(set(fact_ids))),
            visit_ids=(self.visit.visit_id,),
            minutes=minutes,
            since=since,
        )


def case_of(visit: VisitFacts, context: Context, rulebook: Rulebook) -> VisitCase:
    """Take up a visit."""
    plan = visit.planned if visit.planned is not None and visit.planned.cancelled_by is None else None
    minutes = planned_minutes(plan) if plan is not None else 0
    return VisitCase(visit, context, rulebook, plan, minutes, rulebook.policies_at(visit.stands_at))


def causes(stay: Attendance) -> list[FactId]:
    """The facts of an attendance. A corrected one also names what it was corrected to, so that an acknowledgement of one
    correction does not cover the next."""
    ends = [fact_id for fact_id in (stay.arrival_fact_id, stay.departure_fact_id) if fact_id]
    if stay.corrected:
        times = [at.isoformat() if at else "" for at in (stay.arrived_at, stay.departed_at)]
        values = (stay.worker_id, *stay.client_ids, *times)
        ends.append(FactId(derived_id("attendance", *values)))
    return ends


def service_causes(service: ServiceRegistered) -> list[FactId]:
    """The fact of a service; likewise when corrected."""
    if not service.corrected:
        return [service.fact_id]
    values = (
        service.service_code,
        str(service.client_id),
        service.worker_id,
        str(service.performed),
        str(service.minutes),
    )
    return [service.fact_id, FactId(derived_id("service", *values))]


def plan_cause(plan: PlannedVisit) -> FactId:
    """Names a plan by its times: what was accepted of one plan is not accepted of the next."""
    return FactId(f"plan@{plan.starts_at.isoformat(timespec='minutes')}/{plan.ends_at.isoformat(timespec='minutes')}")
