"""What happened in three visits: a couple's, one that nobody planned, and one in vain."""

from datetime import date

from domain.ids import (
    FactId,
    PersonId,
)
from domain.ports import Sealed
from domain.values import (
    ApprovalRole,
    CancelledBy,
    NotPerformedReason,
    PlannedService,
)
from domain.visit.events import (
    AttendanceValues,
    ServiceValues,
    VisitApprovalWithdrawn,
    VisitApproved,
    VisitAttendanceCorrected,
    VisitCancelled,
    VisitCheckedIn,
    VisitCheckedOut,
    VisitExcessApproved,
    VisitExtraVisitApproved,
    VisitNoteAdded,
    VisitNotPerformed,
    VisitPlanned,
    VisitRescheduled,
    VisitServiceDeclined,
    VisitServicePerformed,
    VisitServicesCorrected,
    VisitWorkerAssigned,
    VisitWorkerUnassigned,
)
from tests.projections.telling import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CLEAN,
    EVA,
    FRIDAY,
    GALLO,
    SHOWER,
    ULLA,
    WRONG,
    at,
    said,
    seen,
)

COUPLE = "visit/couple"
KAJSA = "care_manager/kajsa"
HOUSEHOLD_VISIT = (
    said(
        COUPLE,
        VisitPlanned,
        client_ids=(ASTA, BROR),
        scheduled_start_at=at(8),
        scheduled_end_at=at(9),
        services=(PlannedService(SHOWER, ASTA, 20), PlannedService(CLEAN, BROR, 40)),
        unit_id=BRACKE,
    ),
    said(COUPLE, VisitWorkerAssigned, worker_id=ANNA),
    said(COUPLE, VisitWorkerAssigned, worker_id=BO),
    said(COUPLE, VisitRescheduled, scheduled_start_at=at(9), scheduled_end_at=at(10), reason_codes=WRONG),
    seen(COUPLE, VisitCheckedIn, "in-anna", occurred_at=at(9, 2), client_ids=(ASTA, BROR)),
    seen(COUPLE, VisitCheckedIn, "in-bo", BO, occurred_at=at(9, 5), client_ids=(ASTA,)),
    seen(COUPLE, VisitServicePerformed, "shower", occurred_at=at(9, 30), service_code=SHOWER, client_id=ASTA),
    seen(COUPLE, VisitServiceDeclined, "clean", occurred_at=at(9, 40), service_code=CLEAN, client_id=BROR),
    seen(COUPLE, VisitCheckedOut, "out-bo", BO, occurred_at=at(9, 50)),
    seen(COUPLE, VisitCheckedOut, "out-anna", occurred_at=at(10, 1), arrival_fact_id=FactId("in-anna")),
    said(COUPLE, VisitApproved, "worker/anna", role=ApprovalRole.WORKER, minutes=104),
    said(COUPLE, VisitApproved, EVA, role=ApprovalRole.COORDINATOR, minutes=104),
    said(
        COUPLE,
        VisitAttendanceCorrected,
        ULLA,
        arrival_fact_id=FactId("in-bo"),
        departure_fact_id=FactId("out-bo"),
        becomes=AttendanceValues(worker_id=BO, client_ids=(ASTA,), arrived_at=at(9, 5), departed_at=at(9, 35)),
        reason_codes=WRONG,
        person_id=PersonId(ASTA),
    ),
    said(
        COUPLE,
        VisitServicesCorrected,
        ULLA,
        service_fact_id=FactId("clean"),
        becomes=ServiceValues(service_code=CLEAN, worker_id=ANNA, at=at(9, 40), client_id=BROR, withdrawn=True),
        reason_codes=WRONG,
        person_id=PersonId(BROR),
    ),
    said(COUPLE, VisitApproved, EVA, role=ApprovalRole.COORDINATOR, minutes=89),
    said(COUPLE, VisitApprovalWithdrawn, EVA, role=ApprovalRole.COORDINATOR, reason_codes=WRONG),
    said(COUPLE, VisitExcessApproved, KAJSA, client_id=ASTA, minutes=10, reason=Sealed("sealed")),
    said(COUPLE, VisitExtraVisitApproved, KAJSA, client_id=BROR, minutes=5, reason=Sealed("sealed")),
    said(COUPLE, VisitExcessApproved, KAJSA, client_id=ASTA, minutes=15, reason=Sealed("sealed")),
)
NIGHT = "visit/unplanned-night"
UNPLANNED = (
    seen(NIGHT, VisitCheckedOut, "out-night", occurred_at=at(0, 20, date(2025, 3, 4))),
    seen(NIGHT, VisitCheckedIn, "in-night", occurred_at=at(23, 40), client_ids=(BROR,)),
    seen(NIGHT, VisitNoteAdded, "note", occurred_at=at(23, 59), person_id=PersonId(BROR), text=Sealed("sealed")),
)
IN_VAIN = "visit/in-vain"
FAILED = (
    said(
        IN_VAIN,
        VisitPlanned,
        client_ids=(ASTA,),
        scheduled_start_at=at(12, day=FRIDAY),
        scheduled_end_at=at(13, day=FRIDAY),
        unit_id=GALLO,
    ),
    said(IN_VAIN, VisitWorkerAssigned, worker_id=BO),
    said(IN_VAIN, VisitWorkerUnassigned, worker_id=BO, reason_codes=WRONG),
    seen(
        IN_VAIN,
        VisitNotPerformed,
        "nobody",
        occurred_at=at(12, 5, FRIDAY),
        reason=NotPerformedReason.NOBODY_HOME,
        client_ids=(ASTA,),
    ),
    said(IN_VAIN, VisitCancelled, cancelled_by=CancelledBy.CLIENT, notice_given_at=at(12, 1, FRIDAY)),
)
