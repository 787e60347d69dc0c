"""What happened beside the visits: orders, a client, a worker, her phone, the organisation."""

from datetime import date
from decimal import Decimal
from hashlib import sha256

from domain.client.events import (
    ClientAbsent,
    ClientCareContactDesignated,
    ClientDetailsChanged,
    ClientHouseholdJoined,
    ClientRegistered,
    ClientReturned,
    ClientTagAssigned,
    ClientTagRetired,
    ClientUnitChanged,
)
from domain.client.values import AreaType, ClientAbsenceKind
from domain.device.events import DeviceFactQuarantined, DeviceHeardFrom, DeviceRegistered
from domain.exception.events import ExceptionAcknowledged
from domain.ids import (
    FactId,
    HouseholdId,
    PersonId,
    ServiceCode,
    WorkerId,
)
from domain.order.events import (
    Frame,
    OrderChanged,
    OrderEnded,
    OrderMoved,
    OrderNeedChangeReported,
    OrderPlaced,
    OrderResumed,
    OrderSuspended,
    ServiceLine,
)
from domain.order.values import LegalBasis, MinuteControl, NeedDirection, OrderEndReason, SuspensionReason
from domain.organisation.events import (
    OrganisationProviderRegistered,
    OrganisationRulebookAdopted,
    OrganisationServiceCodeChanged,
    OrganisationServiceCodeDefined,
    OrganisationUnitOpened,
)
from domain.organisation.values import ServiceCategory, UnitKind
from domain.period.events import PeriodAdjustmentBooked, PeriodClosed, PeriodReopened, PeriodReopeningRequested
from domain.period.values import ReopeningReason
from domain.rulebook.policies import Policies, PolicyChanges
from domain.rulebook.rulebook import Edition, Override, Rulebook, Scope
from domain.rulebook.values import AfterLock, Rate
from domain.supervision.events import SupervisionHeld, SupervisionTeamMeetingPlanned
from domain.values import (
    CalendarPeriod,
    ReasonCode,
)
from domain.worker.events import (
    WorkerAbsent,
    WorkerDelegationRevoked,
    WorkerHealthTaskDelegated,
    WorkerIndirectTimeRecorded,
    WorkerLentToUnit,
    WorkerLicensedTitleRecorded,
    WorkerRegistered,
    WorkerShiftChanged,
    WorkerShiftEnded,
    WorkerShiftScheduled,
    WorkerShiftStarted,
    WorkerUnitJoined,
)
from domain.worker.values import LicensedTitle, WorkerAbsenceKind
from tests.projections.telling import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CLEAN,
    FRIDAY,
    GALLO,
    INSULIN,
    MONDAY,
    MUNICIPAL,
    PHONE,
    PRIVATE,
    SHOWER,
    Said,
    at,
    said,
    seen,
)


def line(line_id: str, code: ServiceCode, minutes: int) -> ServiceLine:
    """One service each day."""
    return ServiceLine(line_id=line_id, service_code=code, frequency="1/day", ordered_minutes=minutes)


ORDER = "order/of-asta"
ORDERED = (
    said(
        ORDER,
        OrderPlaced,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis=LegalBasis.SOL,
        minute_control=MinuteControl.STRICT,
        starts_on=date(2025, 1, 1),
        lines=(line("1", SHOWER, 30), line("2", CLEAN, 60)),
    ),
    said(ORDER, OrderNeedChangeReported, direction=NeedDirection.DECREASED, noticed_on=MONDAY, client_id=ASTA),
    said(ORDER, OrderSuspended, from_on=MONDAY, reason=SuspensionReason.HOSPITAL),
    said(ORDER, OrderResumed, on=FRIDAY),
    said(ORDER, OrderChanged, effective_from=date(2025, 2, 1), lines=(line("1", SHOWER, 20),)),
    said(ORDER, OrderMoved, provider_id=PRIVATE, from_on=date(2025, 4, 1)),
    said(ORDER, OrderEnded, on=date(2025, 6, 1), reason=OrderEndReason.DEATH),
)
FRAME = (
    said(
        "order/of-bror",
        OrderPlaced,
        client_id=BROR,
        provider_id=MUNICIPAL,
        legal_basis=LegalBasis.SOL,
        minute_control=MinuteControl.TIME_FRAME,
        starts_on=MONDAY,
        lines=(),
        frame=Frame(600, CalendarPeriod.MONTH),
    ),
)
CLIENT = "client/asta"
CLIENTS = (
    said(CLIENT, ClientRegistered, unit_id=BRACKE, registered_on=date(2025, 1, 1), birth_year=1940),
    said(CLIENT, ClientHouseholdJoined, household_id=HouseholdId("farm"), from_on=date(2025, 1, 1)),
    said(CLIENT, ClientTagAssigned, tag_id="04:A1", from_on=date(2025, 1, 1)),
    said(CLIENT, ClientTagRetired, tag_id="04:A1", on=FRIDAY),
    said(CLIENT, ClientDetailsChanged, area_type=AreaType.SPARSE),
    said(CLIENT, ClientAbsent, kind=ClientAbsenceKind.HOSPITAL_UNPLANNED, from_at=at(15)),
    said(CLIENT, ClientReturned, at=at(9, day=FRIDAY)),
    said(CLIENT, ClientUnitChanged, unit_id=GALLO, from_on=FRIDAY),
    said(CLIENT, ClientCareContactDesignated, worker_id=ANNA, from_on=MONDAY),
)
WORKER = "worker/anna"
WORKERS = (
    said(WORKER, WorkerRegistered, registered_on=date(2020, 1, 1)),
    said(WORKER, WorkerUnitJoined, unit_id=BRACKE, on=date(2020, 1, 1)),
    said(WORKER, WorkerLentToUnit, unit_id=GALLO, from_on=MONDAY, until_on=FRIDAY),
    said(
        WORKER,
        WorkerShiftScheduled,
        shift_id="monday",
        unit_id=BRACKE,
        scheduled_start_at=at(7),
        scheduled_end_at=at(15),
    ),
    said(
        WORKER, WorkerShiftChanged, shift_id="monday", unit_id=BRACKE, scheduled_start_at=at(8), scheduled_end_at=at(16)
    ),
    seen(WORKER, WorkerShiftStarted, "start", occurred_at=at(7, 58), shift_id="monday"),
    seen(
        WORKER, WorkerIndirectTimeRecorded, "drive", occurred_at=at(11), kind="travel", starts_at=at(10, 45), minutes=15
    ),
    seen(WORKER, WorkerShiftStarted, "start-friday", occurred_at=at(8, day=FRIDAY), shift_id="friday"),
    seen(WORKER, WorkerShiftEnded, "end", occurred_at=at(16, 5), shift_id="monday", break_minutes=30, paid_minutes=455),
    said(WORKER, WorkerHealthTaskDelegated, service_code=INSULIN, from_on=MONDAY, delegated_by=WorkerId("nurse")),
    said(WORKER, WorkerDelegationRevoked, service_code=INSULIN, on=FRIDAY),
    said(WORKER, WorkerLicensedTitleRecorded, title=LicensedTitle.ASSISTANT_NURSE, from_on=MONDAY),
    said(WORKER, WorkerAbsent, kind=WorkerAbsenceKind.UNPLANNED, from_at=at(6, day=FRIDAY)),
    said(WORKER, WorkerLicensedTitleRecorded, title=LicensedTitle.ASSISTANT_NURSE, from_on=MONDAY),
)
DEVICE = f"device/{PHONE}"
DEVICES = (
    said(DEVICE, DeviceRegistered, unit_id=BRACKE, worker_id=ANNA),
    said(DEVICE, DeviceHeardFrom, "worker/anna", worker_id=ANNA, heard_at=at(9), queue_depth=3, app_version="1.0"),
    said(DEVICE, DeviceHeardFrom, "worker/bo", worker_id=BO, heard_at=at(9, 6)),
    said(DEVICE, DeviceHeardFrom, "worker/anna", worker_id=ANNA, heard_at=at(10, 5), app_version="1.0", last_seq=9),
    said(
        DEVICE,
        DeviceFactQuarantined,
        "worker/anna",
        fact_id=FactId("shower"),
        reason="id_conflict",
        quarantine_id="evidence-1",
        worker_id=ANNA,
    ),
)
ORGANISATION = "organisation/bracke"
TERMS = {"service_code": SHOWER, "name_sv": "Dusch", "name_en": "Shower", "category": ServiceCategory.PERSONAL_CARE}
WHOLE_YEAR = Rulebook(
    municipality="Bräcke",
    editions=(
        Edition(
            version="b-2025",
            from_on=date(2025, 1, 1),
            policies=Policies(rates=(Rate(in_house=Decimal("414.80"), private=Decimal(430)),)),
            overrides=(Override(scope=Scope(providers=(PRIVATE,)), policies=PolicyChanges(declined_share_percent=50)),),
        ),
    ),
)
SPRING = Rulebook(
    municipality="Bräcke",
    editions=(Edition(version="b-2025-spring", from_on=date(2025, 3, 1), until_on=date(2025, 6, 1)),),
)
ORGANISED = (
    said(ORGANISATION, OrganisationProviderRegistered, provider_id=MUNICIPAL, name="Kommunen", in_house=True),
    said(
        ORGANISATION,
        OrganisationUnitOpened,
        unit_id=BRACKE,
        name="Bräcke",
        provider_id=MUNICIPAL,
        kind=UnitKind.HOME_CARE_GROUP,
    ),
    said(ORGANISATION, OrganisationServiceCodeDefined, from_on=date(2025, 1, 1), **TERMS),
    said(ORGANISATION, OrganisationServiceCodeChanged, from_on=date(2025, 7, 1), standard_minutes=25, **TERMS),
    said(ORGANISATION, OrganisationRulebookAdopted, rulebook=WHOLE_YEAR, source_digest="ab" * 32),
    said(ORGANISATION, OrganisationRulebookAdopted, rulebook=SPRING),
)
SUPERVISED = (
    said("supervision/first", SupervisionTeamMeetingPlanned, unit_id=BRACKE, on=FRIDAY),
    said(
        "supervision/second",
        SupervisionHeld,
        unit_id=BRACKE,
        on=MONDAY,
        worker_ids=(ANNA, BO),
        minutes=30,
        supervisor_id=WorkerId("therapist"),
    ),
)
ACCEPTED = (
    said(
        "exception/unplanned-night",
        ExceptionAcknowledged,
        key="UNPLANNED:unplanned-night:in-night",
        code="UNPLANNED",
        subject_kind="visit",
        reason_codes=(ReasonCode.EMERGENCY,),
        position=3,
        person_id=PersonId(BROR),
    ),
)
MARCH = "period/bracke:2025-03"
STATEMENTS = {sha256(content).hexdigest(): content for content in (b"as closed first", b"as closed again")}
FIRST, AGAIN = STATEMENTS


def closing(position: int, digest: str) -> Said:
    """The Bräcke group's March is closed."""
    return said(
        MARCH,
        PeriodClosed,
        month="2025-03",
        unit_id=BRACKE,
        position=position,
        ledger_id="ledger-1",
        epoch=1,
        event_id="event",
        rulebook_versions=("spring", "default-1"),
        calculation_version=1,
        digest=digest,
        after_lock=AfterLock.NEXT_RUN,
    )


MONTHS = (
    closing(3, FIRST),
    said(MARCH, PeriodReopeningRequested, reason=ReopeningReason.AUDIT_FINDING),
    said(
        MARCH,
        PeriodReopened,
        "admin/ulla",
        reason=ReopeningReason.AUDIT_FINDING,
        requested_by="coordinator/eva",
        digest=FIRST,
    ),
    said(
        MARCH,
        PeriodAdjustmentBooked,
        adjusted_month="2025-02",
        adjusted_digest="d0",
        lines=1,
        minutes=15,
        amount_ore=0,
        late_lines=0,
        late_minutes=0,
        cause_positions=(2,),
    ),
    closing(5, AGAIN),
)
