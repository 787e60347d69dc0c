"""A visit to Astrid by Anna, as the tests of visits begin with it."""

from collections.abc import Callable
from datetime import UTC, datetime

from domain.event import FactStamp
from domain.ids import ClientId, FactId, ServiceCode, UnitId, WorkerId
from domain.values import ApprovalRole, PlannedService, ReasonCode, Source
from domain.visit.aggregate import Visit
from domain.visit.correction import AttendanceCorrection
from domain.visit.events import (
    AttendanceValues,
    VisitApproved,
    VisitAttendanceCorrected,
    VisitCheckedIn,
    VisitCheckedOut,
    VisitPlanned,
    VisitServicePerformed,
)
from tests.scenario import Scenario, Told, fact

visit = Scenario(Visit, "visit-1")
ASTRID, BROR = ClientId("astrid"), ClientId("bror")
ANNA, BO, BRACKE = WorkerId("anna"), WorkerId("bo"), UnitId("bracke")
SHOWER, CLEAN = ServiceCode("SHOWER"), ServiceCode("CLEAN")
ANNAS_PHONE, COORDINATOR, COLLEAGUE = "worker/anna", "coordinator/eva", "coordinator/ulla"
Command = Callable[[Visit], None]


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2025, 3, 3, hour, minute, second, tzinfo=UTC)


def stamp(fact_id: str) -> FactStamp:
    return FactStamp(id=FactId(fact_id), digest="")


def arrived(moment: datetime, fact_id: str = "in-1", worker_id: WorkerId = ANNA) -> Told:
    return fact(
        VisitCheckedIn,
        actor=f"worker/{worker_id}",
        stamp=stamp(fact_id),
        worker_id=worker_id,
        occurred_at=moment,
        source=Source.PRESENCE_RECEIPT,
        client_ids=(ASTRID,),
    )


def departed(moment: datetime, fact_id: str = "out-1", worker_id: WorkerId = ANNA) -> Told:
    return fact(
        VisitCheckedOut,
        actor=f"worker/{worker_id}",
        stamp=stamp(fact_id),
        worker_id=worker_id,
        occurred_at=moment,
        source=Source.PRESENCE_RECEIPT,
    )


PLANNED = fact(
    VisitPlanned,
    client_ids=(ASTRID,),
    scheduled_start_at=at(8),
    scheduled_end_at=at(9),
    services=(PlannedService(SHOWER, ASTRID, 40),),
    unit_id=BRACKE,
)
ARRIVED, DEPARTED = arrived(at(8, 3)), departed(at(8, 43))
SHOWERED = fact(
    VisitServicePerformed,
    actor=ANNAS_PHONE,
    stamp=stamp("service-1"),
    worker_id=ANNA,
    occurred_at=at(8, 40),
    source=Source.PRESENCE_RECEIPT,
    service_code=SHOWER,
    client_id=ASTRID,
)
ATTENDED = (PLANNED, ARRIVED, DEPARTED)
"""Three facts: positions 1 to 3; forty minutes."""


def approved(role: ApprovalRole, position: int = 3, minutes: int = 40, *, actor: str = COORDINATOR) -> Told:
    return fact(VisitApproved, actor=actor, role=role, position=position, minutes=minutes)


def approve(
    role: ApprovalRole, position: int = 3, minutes: int = 40, *, corrector_may_approve: bool = False
) -> Command:
    return lambda visit: visit.approve(
        role=role, position=position, minutes=minutes, corrector_may_approve=corrector_may_approve
    )


def values(arrived_at: datetime | None, departed_at: datetime | None, worker_id: WorkerId = ANNA) -> AttendanceValues:
    return AttendanceValues(worker_id=worker_id, client_ids=(ASTRID,), arrived_at=arrived_at, departed_at=departed_at)


def correct(
    becomes: AttendanceValues,
    *,
    arrival: str | None = "in-1",
    departure: str | None = "out-1",
    reason_codes: tuple[ReasonCode, ...] = (ReasonCode.FORGOT_DEPARTURE,),
    note: str | None = None,
) -> Command:
    correction = AttendanceCorrection(
        arrival_fact_id=FactId(arrival) if arrival else None,
        departure_fact_id=FactId(departure) if departure else None,
        becomes=becomes,
        reason_codes=reason_codes,
        note=note,
    )
    return lambda visit: visit.correct_attendance(correction)


def corrected(
    was: AttendanceValues | None,
    becomes: AttendanceValues,
    *,
    arrival: str | None = "in-1",
    departure: str | None = "out-1",
    actor: str = COORDINATOR,
    note: str | None = None,
) -> Told:
    return fact(
        VisitAttendanceCorrected,
        actor=actor,
        arrival_fact_id=FactId(arrival) if arrival else None,
        departure_fact_id=FactId(departure) if departure else None,
        was=was,
        becomes=becomes,
        reason_codes=(ReasonCode.FORGOT_DEPARTURE,),
        person_id=ASTRID,
        note=note,
    )
