"""Commands of every aggregate with arguments from few values, so that they meet each other again and again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product

from domain.admission.values import WithdrawalReason
from domain.aggregate import NOT_YET_STORED
from domain.client.details import Details
from domain.client.values import AreaType, ClientAbsenceKind, ProtectionLevel
from domain.device.events import SeqGap
from domain.device.values import RevocationReason
from domain.ids import ClientId, FactId, ServiceCode, WorkerId
from domain.order.events import Decision, Frame, ServiceLine
from domain.order.values import Extent, LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.organisation.history import ServiceMeaning
from domain.organisation.values import ServiceCategory, UnitKind
from domain.period.values import ReopeningReason
from domain.person.events import Followed
from domain.person.values import ErasureReason, HoldReason
from domain.ports import SealClass
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Edition, Rulebook
from domain.rulebook.values import StandardTime
from domain.supervision.values import SupervisionCancelReason
from domain.values import (
    ApprovalRole,
    CalendarPeriod,
    CancelledBy,
    ExceptionClass,
    NotPerformedReason,
    PlannedService,
    ReasonCode,
)
from domain.visit import events as visit
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.worker import events as worker
from domain.worker.values import LicensedTitle, WorkerAbsenceKind
from tests.domain.period_samples import BASIS, FEBRUARY, LOCKS, OVER
from tests.domain.repertoire import Call, Repertoire, every


def told(event_class: type[object], **choices: Sequence[object]) -> list[Call]:
    """The facts of a class that a phone may send."""
    return every("register", event_class=[event_class], worker_id=PERSONS, occurred_at=TIMES, **choices)


def at(minute: int) -> datetime:
    return datetime(2025, 3, 3, 7, tzinfo=UTC) + timedelta(minutes=minute)


FIRST = date(2025, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in (0, 2, 4, 7)]
TIMES = [at(0), at(20), at(30)]
LATER = [at(50), at(60)]
PERSONS, GROUPS = ["anna", "bo"], ["bracke", "gallo"]
CODES = [ServiceCode("SHOWER"), ServiceCode("CLEAN")]
REASONS = [(ReasonCode.HOSPITAL,), ()]

SHOWER = ServiceLine(line_id="1", service_code=CODES[0], frequency="daily", extent=Extent.ALL, window="07:00-10:00")
LINES = [(SHOWER,), (SHOWER, ServiceLine(line_id="2", service_code=CODES[1], frequency="1/2weeks"))]
FRAMES = [Frame(600, CalendarPeriod.MONTH), Frame(900, CalendarPeriod.MONTH)]
DECISIONS = [None, Decision(reference="SN", from_on=FIRST)]
ORDER = Repertoire(
    every(
        "place",
        client_id=["astrid"],
        provider_id=["bracke"],
        legal_basis=[LegalBasis.SOL],
        minute_control=[MinuteControl.TIME_FRAME],
        starts_on=[FIRST],
        lines=LINES[:1],
        frame=FRAMES[:1],
    ),
    [
        every("change", effective_from=DAYS, lines=LINES, frame=FRAMES, decision=DECISIONS),
        every("suspend", from_on=DAYS, reason=[SuspensionReason.TRAVEL]),
        every("resume", on=DAYS),
        every("move", provider_id=GROUPS, from_on=DAYS),
        every("end", on=DAYS[2:], reason=[OrderEndReason.DEATH]),
        every(
            "report_need_change",
            direction=list(NeedDirection),
            noticed_on=DAYS,
            service_code=[None, *CODES],
            note=[None, "Walks by herself"],
        ),
    ],
)

CLIENT = Repertoire(
    every("register", unit_id=GROUPS[:1], registered_on=[FIRST], details=[Details(name="Astrid", birth_year=1940)]),
    [
        every("change_details", details=[Details(area_type=AreaType.RURAL), Details()]),
        every("change_unit", unit_id=GROUPS, from_on=DAYS),
        every("join_household", household_id=GROUPS, from_on=DAYS),
        every("leave_household", household_id=GROUPS, on=DAYS),
        every("designate_care_contact", worker_id=PERSONS, from_on=DAYS),
        every("record_absence", kind=[ClientAbsenceKind.TRAVEL], from_at=TIMES, until_at=[None, *LATER]),
        every("record_return", at=[*TIMES, *LATER]),
        every("assign_tag", tag_id=["04:A1"], from_on=DAYS),
        every("retire_tag", tag_id=["04:A1"], on=DAYS),
        every("mark_protected_identity", level=list(ProtectionLevel), from_on=[None, *DAYS], named=[(), ("eva",)]),
        every("name_staff", subjects=[("eva",), ("eva", "ada")]),
        every("remove_staff", subjects=[("eva",), ("ada",)]),
    ],
)

SHIFTS = {"shift_id": ["1", "2"], "unit_id": GROUPS}
SCHEDULES = {"scheduled_start_at": TIMES, "scheduled_end_at": LATER}
WORKER = Repertoire(
    every("enrol", registered_on=[FIRST], name=["Anna"]),
    [
        every("join_unit", unit_id=GROUPS, on=DAYS),
        every("leave_unit", unit_id=GROUPS, on=DAYS),
        every("lend_to_unit", unit_id=GROUPS, from_on=DAYS, until_on=DAYS),
        every("record_absence", kind=list(WorkerAbsenceKind), from_at=TIMES, until_at=[None, *LATER]),
        every("record_return", at=[*TIMES, *LATER]),
        every("schedule_shift", **SHIFTS, **SCHEDULES),
        every("change_shift", **SHIFTS, **SCHEDULES),
        told(worker.WorkerShiftStarted, **SHIFTS),
        told(worker.WorkerShiftEnded, shift_id=["1", "2"], paid_minutes=[None, 480], closed_through_seq=[None, 7]),
        told(worker.WorkerIndirectTimeRecorded, kind=["travel"], starts_at=TIMES, minutes=[5]),
        every("delegate_health_task", service_code=CODES, from_on=DAYS, until_on=[None, *DAYS], delegated_by=["nurse"]),
        every("revoke_delegation", service_code=CODES, on=DAYS),
        every("record_licensed_title", title=list(LicensedTitle)[:2], from_on=DAYS),
    ],
)

DEVICE = Repertoire(
    every("register", unit_id=GROUPS[:1], worker_id=PERSONS[:1]),
    [
        every("register", unit_id=GROUPS, worker_id=[None, *PERSONS]),
        every("revoke", reason=[RevocationReason.LOST]),
        every(
            "hear",
            worker_id=PERSONS,
            heard_at=[*TIMES, *LATER],
            queue_depth=[2],
            app_version=["1.2"],
            last_seq=[None, 9],
            offset_ms=[-3],
            gaps=[(), (SeqGap(4, 6),)],
        ),
        every("quarantine", fact_id=["fact"], reason=["malformed"], quarantine_id=["a", "b"], worker_id=PERSONS),
    ],
)

MEANINGS = [ServiceMeaning("dusch", "shower", ServiceCategory.PERSONAL_CARE, None, number) for number in (None, 40)]
RULEBOOKS = [
    Rulebook(
        municipality="Bräcke",
        editions=(
            Edition(
                version=f"b-{number}",
                from_on=from_on,
                until_on=until_on,
                policies=Policies(standard_times=(StandardTime(service=code, minutes=40),)),
            ),
        ),
    )
    for number, (from_on, until_on, code) in enumerate([(DAYS[0], None, CODES[0]), (DAYS[1], DAYS[2], CODES[1])])
]
ORGANISATION = Repertoire(
    every("register_provider", provider_id=GROUPS[:1], name=["Bräcke"], in_house=[True]),
    [
        every("register_provider", provider_id=GROUPS, name=["Bräcke"], in_house=[True, False]),
        every("open_unit", unit_id=GROUPS, name=["Bräcke"], provider_id=GROUPS, kind=list(UnitKind)),
        every("define_service_code", service_code=CODES, from_on=DAYS[:2], meaning=MEANINGS),
        every("change_service_code", service_code=CODES, from_on=DAYS, meaning=MEANINGS),
        every("adopt_rulebook", rulebook=RULEBOOKS, source_digest=["", "ab"]),
    ],
)

EXCEPTION = Repertoire(
    [],
    [
        every(
            "acknowledge",
            key=["a", "b", "c"],
            code=["UNPLANNED"],
            exception_class=list(ExceptionClass),
            subject_kind=["visit"],
            reason_codes=REASONS,
            position=[4],
            person_id=["astrid"],
            note=[None, "Said so on the telephone"],
        )
    ],
)

PERIOD = Repertoire(
    [],
    [
        every("close", basis=[BASIS], at=[OVER, LOCKS], adjustments=[(), (FEBRUARY,)]),
        every("reopen", reason=list(ReopeningReason), note=[None, "Two orders were missing"]),
        [
            Call(each.method, each.arguments, actor)
            for each in every("confirm_reopening")
            for actor in ("coordinator/eva", "admin/ulla")
        ],
    ],
)

ADMISSION = Repertoire(
    [],
    [every("withdraw", subject=["eva"], reason=list(WithdrawalReason)), every("restore", subject=["eva"])],
)
PERSON = Repertoire(
    [],
    [
        every("place_hold", hold_id=["1", "2"], reason=list(HoldReason)[:2], on=DAYS[:2]),
        every("lift_hold", hold_id=["1", "2"], on=DAYS[2:]),
        every("lift_hold", hold_id=["1", "2"], on=DAYS[2:]),
        every("request_erasure", reason=list(ErasureReason), on=DAYS, archived=["", "A 1"]),
        [
            Call(each.method, each.arguments, actor)
            for each in every("approve_erasure", on=DAYS, to_follow=[("keys", "homes")])
            for actor in ("coordinator/eva", "admin/ulla")
        ],
        every("withdraw_erasure_request"),
        every("destroy_keys", reason=list(ErasureReason), approved_by=["bo", ""], to_follow=[(), ("keys",)]),
        every("complete_erasure", followed=[(Followed("keys", 1),)]),
        every("rotate_keys", seal_class=[None, SealClass.IDENTITY]),
    ],
)
SUPERVISION = Repertoire(
    [],
    [
        every(
            "hold",
            unit_id=GROUPS,
            on=DAYS,
            worker_ids=[("anna", "bo"), ()],
            minutes=[30],
            supervisor_id=["nurse", "bo"],
        ),
        every("cancel", unit_id=GROUPS, on=DAYS, reason=list(SupervisionCancelReason)),
        every("plan_team_meeting", unit_id=GROUPS, on=DAYS),
        every("withdraw", reason_codes=REASONS),
    ],
)

ASTRID, ANNA = ClientId("astrid"), WorkerId("anna")
FACTS = [None, *(FactId(f"fact-{number}") for number in range(1, 4))]
STAYS = [
    visit.AttendanceValues(worker_id=ANNA, client_ids=(ASTRID,), arrived_at=at(0), departed_at=departed_at)
    for departed_at in (None, *LATER)
]
OUTCOMES = [visit.ServiceValues(service_code=code, worker_id=ANNA, at=at(10)) for code in CODES]
NO_STAY = visit.AttendanceValues(worker_id=ANNA, withdrawn=True)
NO_OUTCOME = visit.ServiceValues(service_code=CODES[0], worker_id=ANNA, at=at(10), withdrawn=True)
ATTENDANCE_FIXES = [
    AttendanceCorrection(
        arrival_fact_id=arrival, departure_fact_id=departure, becomes=stay, reason_codes=(ReasonCode.DUPLICATE,)
    )
    for arrival, departure, stay in product(FACTS, FACTS, [*STAYS, NO_STAY])
]
SERVICE_FIXES = [
    ServiceCorrection(service_fact_id=service, becomes=outcome, reason_codes=(ReasonCode.WRONG_SERVICE,))
    for service, outcome in product(FACTS, [*OUTCOMES, NO_OUTCOME])
]
SERVICES = [(), (PlannedService(CODES[0], ASTRID, 40),)]
ROLES = list(ApprovalRole)
VISIT = Repertoire(
    [
        *every("plan", client_ids=[(ASTRID,)], scheduled_start_at=TIMES[:1], scheduled_end_at=LATER[:1]),
        Call("register", {"event_class": visit.VisitCheckedIn, "worker_id": ANNA, "occurred_at": at(0)}),
        Call("register", {"event_class": visit.VisitCheckedOut, "worker_id": ANNA, "occurred_at": at(20)}),
    ],
    [
        every("plan", client_ids=[(ASTRID,)], services=SERVICES, **SCHEDULES),
        every("reschedule", services=SERVICES, **SCHEDULES),
        every("cancel", cancelled_by=list(CancelledBy), notice_given_at=TIMES),
        every("assign", worker_id=PERSONS),
        every("unassign", worker_id=PERSONS),
        told(visit.VisitCheckedIn),
        told(visit.VisitCheckedOut, arrival_fact_id=FACTS),
        told(visit.VisitServicePerformed, service_code=CODES, minutes=[None, 10])
        + told(visit.VisitServiceDeclined, service_code=CODES),
        told(visit.VisitNotPerformed, reason=list(NotPerformedReason)),
        told(visit.VisitNoteAdded, person_id=["astrid"], text=["Tired"]),
        every("correct_attendance", correction=ATTENDANCE_FIXES),
        every("correct_services", correction=SERVICE_FIXES),
        every("approve_excess", client_id=[ASTRID], minutes=[0, 10], reason=["Fell and needed help"])
        + every("approve_extra_visit", client_id=[ASTRID], minutes=[0, 10], reason=["Fell and needed help"]),
        every("approve", role=ROLES, position=[NOT_YET_STORED], minutes=[0, 20], corrector_may_approve=[True]),
        every("withdraw_approval", role=ROLES, reason_codes=REASONS[:1]),
    ],
)
