"""Visits as the tests of pay need them: made by the clock on the wall, with their service, and approved by both."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from domain.context import Context, context_of
from domain.facts import (
    Absence,
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Membership,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.ids import ClientId, FactId, HouseholdId, ProviderId, ServiceCode, UnitId, VisitId
from domain.local_time import Month
from domain.municipality import Provider, ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.pay.lines import PayKind, PayLine
from domain.pay.reimbursement import reimbursement
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook
from domain.values import ApprovalRole, Source, VisitKind
from tests.domain.given_facts import ANNA, ASTA, BRACKE, BROR, MONDAY, MUNICIPAL, NEW_YEAR, but, clock, defined, stay

MARCH = Month(2025, 3)
PRIVATE, OUTSIDE = ProviderId("private"), UnitId("outside")
COUPLE = HouseholdId("couple")
SHOWER, CLEAN, SHOP, LAUNDRY, MORNING, BED, WALK, ALARM, MEAL, RELIEF, TOILET, PHONE = (
    ServiceCode(code)
    for code in (
        "SHOWER",
        "CLEAN",
        "SHOP",
        "LAUNDRY",
        "MORNING",
        "BED",
        "WALK",
        "ALARM",
        "MEAL",
        "RELIEF",
        "TOILET",
        "PHONE",
    )
)
CATALOGUE = (
    *(defined(code, "personal_care") for code in (SHOWER, MORNING, BED, TOILET)),
    *(defined(code, "service") for code in (CLEAN, SHOP, LAUNDRY, WALK)),
    defined(ALARM, "alarm"),
    defined(MEAL, "meals"),
    defined(RELIEF, "relief"),
    defined(PHONE, "housing_support"),
)  # fmt: skip
BOTH = (ApprovalRole.WORKER, ApprovalRole.COORDINATOR)


def approvals(visit_id: VisitId, roles: Iterable[ApprovalRole] = BOTH) -> tuple[ApprovalGiven, ...]:
    return tuple(
        ApprovalGiven(visit_id=visit_id, role=role, actor=f"a-{role}", position=7, minutes=30, stands=True)
        for role in roles
    )


def facts(
    *given: PlannedVisit | Attendance | ServiceRegistered | VisitFailed | ExcessApproved,
    name: str = "visit",
    approved: Iterable[ApprovalRole] = BOTH,
) -> VisitFacts:
    """A visit of these facts, approved by both unless said otherwise."""
    return VisitFacts(
        visit_id=VisitId(name),
        planned=next((fact for fact in given if isinstance(fact, PlannedVisit)), None),
        attendances=tuple(fact for fact in given if isinstance(fact, Attendance)),
        services=tuple(fact for fact in given if isinstance(fact, ServiceRegistered)),
        failures=tuple(fact for fact in given if isinstance(fact, VisitFailed)),
        approvals=approvals(VisitId(name), approved),
        excess=tuple(fact for fact in given if isinstance(fact, ExcessApproved)),
    )


def done(
    code: ServiceCode,
    at: str,
    day: date = MONDAY,
    client: ClientId | None = ASTA,
    minutes: int | None = None,
    name: str = "",
) -> ServiceRegistered:
    return ServiceRegistered(
        visit_id=VisitId("visit"),
        fact_id=FactId(f"{code}-{client}-{name}"),
        worker_id=ANNA,
        client_id=client,
        service_code=code,
        performed=True,
        minutes=minutes,
        at=clock(at, day),
        source=Source.MOBILE_NO_RECEIPT,
    )


def made(
    start: str = "08:00",
    minutes: int = 30,
    code: ServiceCode = SHOWER,
    *more_codes: ServiceCode,
    day: date = MONDAY,
    client: ClientId = ASTA,
    kind: VisitKind = VisitKind.PLANNED,
    source: Source = Source.PRESENCE_RECEIPT,
    approved: Iterable[ApprovalRole] = BOTH,
    excess: int = 0,
    extra: int = 0,
) -> VisitFacts:
    """Anna was with the client for so many minutes and did these services."""
    arrived_at = clock(start, day)
    name = f"{client}-{day}-{start}"
    given: list[Attendance | ServiceRegistered | ExcessApproved] = [
        stay(arrived_at, arrived_at + timedelta(minutes=minutes), ANNA, (client,), kind=kind, arrival_source=source)
    ]
    given += [but(done(each, start, day, client), at=arrived_at) for each in (code, *more_codes)]
    given += [
        ExcessApproved(
            visit_id=VisitId(name), client_id=client, is_extra=is_extra, minutes=length, actor="care_manager/kajsa"
        )
        for is_extra, length in ((False, excess), (True, extra))
        if length
    ]
    return facts(*given, name=name, approved=approved)


def town(
    *orders: OrderLine,
    provider: ProviderId = MUNICIPAL,
    area: str = "",
    dwelling: str = "",
    couple: bool = False,
    absences: Sequence[Absence] = (),
    frames: Sequence[TimeFrame] = (),
    catalogue: Sequence[ServiceDefined] = CATALOGUE,
) -> Context:
    """The municipality's own home care and a private provider; Asta and Bror, in one household where they are a couple."""
    unit = BRACKE if provider == MUNICIPAL else OUTSIDE
    people = [Person(kind="client", person_id=person, area_type=area, dwelling=dwelling) for person in (ASTA, BROR)]
    members = [
        Membership(kind="client_unit", person_id=person, group_id=unit, from_on=NEW_YEAR, until_on=None)
        for person in (ASTA, BROR)
    ]
    members += [
        Membership(kind="household", person_id=person, group_id=COUPLE, from_on=NEW_YEAR, until_on=None)
        for person in (ASTA, BROR)
        if couple
    ]
    return context_of(
        people=people,
        memberships=members,
        order_lines=orders,
        time_frames=frames,
        services=catalogue,
        units=[
            Unit(unit_id=BRACKE, name="Bräcke", provider_id=MUNICIPAL, kind="home_care_group"),
            Unit(unit_id=OUTSIDE, name="Utanför", provider_id=PRIVATE, kind="home_care_group"),
        ],
        providers=[
            Provider(provider_id=MUNICIPAL, name="Kommunen", in_house=True),
            Provider(provider_id=PRIVATE, name="Privat", in_house=False),
        ],
        absences=absences,
    )


def pay(
    *visits: VisitFacts,
    context: Context,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    month: Month = MARCH,
    must_fix: Iterable[VisitId] = (),
    late: Iterable[VisitId] = (),
) -> list[PayLine]:
    return reimbursement(
        month, visits, context=context, rulebook=rulebook, must_fix=frozenset(must_fix), late=frozenset(late)
    )


def minutes_and_kronor(lines: Iterable[PayLine], kind: PayKind | None = None) -> tuple[int, Decimal]:
    """Reimbursed minutes and amount, of one kind of lines or of all."""
    wanted = [line for line in lines if kind in (None, line.kind)]
    return sum(line.reimbursed_minutes for line in wanted), sum((line.amount for line in wanted), Decimal(0))


def only(lines: Sequence[PayLine], kind: PayKind = PayKind.PERFORMED) -> PayLine:
    """The one line of a kind."""
    (line,) = [line for line in lines if line.kind is kind]
    return line
