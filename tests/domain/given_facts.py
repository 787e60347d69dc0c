"""Facts for the tests of calculations, in few words: fixed values, times by the Swedish clock on the wall."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from domain.context import Context, context_of
from domain.evidence import Delegation, Tag
from domain.facts import (
    Absence,
    ApprovalGiven,
    Attendance,
    ExcessApproved,
    Fact,
    Membership,
    OrderLine,
    Person,
    PlannedVisit,
    ServiceRegistered,
    VisitFacts,
    VisitFailed,
)
from domain.ids import ClientId, DeviceId, FactId, OrderId, ProviderId, ServiceCode, UnitId, VisitId, WorkerId
from domain.municipality import ServiceDefined, Unit
from domain.order.time_frame import TimeFrame
from domain.standing import TitleHeld
from domain.values import ApprovalRole, NotPerformedReason, PlannedService, Source, VisitKind
from domain.visit.concerned import ClientVisit, client_visits

STOCKHOLM = ZoneInfo("Europe/Stockholm")
VISIT = VisitId("visit")
ASTA, BROR = ClientId("asta"), ClientId("bror")
"""A couple. Asta's order is the older."""
ANNA, BO, CILLA = WorkerId("anna"), WorkerId("bo"), WorkerId("cilla")
BRACKE, GALLO = UnitId("bracke"), UnitId("gallo")
MUNICIPAL = ProviderId("municipal")
SHOWER, CLEAN, SHOP, MORNING = (ServiceCode(code) for code in ("SHOWER", "CLEAN", "SHOP", "MORNING"))
MONDAY = date(2025, 3, 3)
NEW_YEAR = date(2025, 1, 1)
SPRING_FORWARD, FALL_BACK = date(2025, 3, 30), date(2025, 10, 26)
"""The nights of 23 and 25 hours."""

AnyFact = TypeVar("AnyFact", bound=Fact)


def clock(text: str, day: date = MONDAY, *, fold: int = 0) -> datetime:
    """An instant by the clock on the wall, `08:30` or `08:30:59`. `fold=1`: the second time that the wall says so."""
    wall = datetime.fromisoformat(f"{day.isoformat()}T{text}")
    return wall.replace(tzinfo=STOCKHOLM, fold=fold).astimezone(UTC)


def stay(
    arrived: str | datetime | None,
    departed: str | datetime | None,
    worker: WorkerId = ANNA,
    clients: Sequence[ClientId] = (ASTA,),
    *,
    visit_id: VisitId = VISIT,
    **more: object,
) -> Attendance:
    """One worker's attendance, receipted at the home unless said otherwise."""
    arrived_at = clock(arrived) if isinstance(arrived, str) else arrived
    departed_at = clock(departed) if isinstance(departed, str) else departed
    name = f"{visit_id}-{worker}-{arrived_at or departed_at}"
    arrival_id, departure_id = FactId(f"{name}-in"), FactId(f"{name}-out")
    attendance = Attendance(
        visit_id=visit_id,
        attendance_id=arrival_id if arrived_at else departure_id,
        worker_id=worker,
        client_ids=tuple(clients),
        unit_id=BRACKE,
        kind=VisitKind.PLANNED,
        arrived_at=arrived_at,
        departed_at=departed_at,
        arrival_fact_id=arrival_id if arrived_at else None,
        departure_fact_id=departure_id if departed_at else None,
        arrival_source=Source.PRESENCE_RECEIPT if arrived_at else None,
        departure_source=Source.PRESENCE_RECEIPT if departed_at else None,
        device_id=DeviceId(f"phone-of-{worker}"),
    )
    return but(attendance, **more)


def but(fact: AnyFact, **changes: object) -> AnyFact:
    """The same fact, but for what is named."""
    return msgspec.structs.replace(fact, **changes)


def plan(
    starts: str | datetime = "08:00",
    ends: str | datetime = "08:30",
    *services: tuple[ServiceCode, int, ClientId],
    visit_id: VisitId = VISIT,
    clients: Sequence[ClientId] = (ASTA,),
    workers: Sequence[WorkerId] = (ANNA,),
    **more: object,
) -> PlannedVisit:
    """A planned visit of the Bräcke group, with services as code, minutes and client."""
    planned = PlannedVisit(
        visit_id=visit_id,
        client_ids=tuple(clients),
        unit_id=BRACKE,
        kind=VisitKind.PLANNED,
        starts_at=clock(starts) if isinstance(starts, str) else starts,
        ends_at=clock(ends) if isinstance(ends, str) else ends,
        services=tuple(PlannedService(code, client, minutes) for code, minutes, client in services),
        worker_ids=tuple(workers),
    )
    return but(planned, **more)


def service(
    code: ServiceCode = SHOWER,
    minutes: int | None = None,
    client: ClientId | None = ASTA,
    worker: WorkerId = ANNA,
    *,
    at: str | datetime = "08:20",
    visit_id: VisitId = VISIT,
    **more: object,
) -> ServiceRegistered:
    """A service done, or with `performed=False` declined."""
    registered = ServiceRegistered(
        visit_id=visit_id,
        fact_id=FactId(f"{visit_id}-{code}-{client}-{worker}"),
        worker_id=worker,
        client_id=client,
        service_code=code,
        performed=True,
        minutes=minutes,
        at=clock(at) if isinstance(at, str) else at,
        source=Source.MOBILE_NO_RECEIPT,
    )
    return but(registered, **more)


def client_visits_of(visit: VisitFacts) -> Sequence[ClientVisit]:
    """What is told of each client and day by a visit that is put together."""
    plans = () if visit.planned is None else (visit.planned,)
    return client_visits(visit.visit_id, plans, visit.attendances, visit.services, visit.failures)


def failure(reason: NotPerformedReason = NotPerformedReason.NOBODY_HOME, *clients: ClientId) -> VisitFailed:
    """Nothing was done for these clients; for none of the visit's where none is named."""
    return VisitFailed(
        visit_id=VISIT,
        fact_id=FactId(f"failure-{reason}"),
        worker_id=ANNA,
        client_ids=clients,
        reason=reason,
        at=clock("08:05"),
    )


def approval(role: ApprovalRole, *, stands: bool = True) -> ApprovalGiven:
    """One of the two approvals."""
    return ApprovalGiven(visit_id=VISIT, role=role, actor=f"a-{role}", position=7, minutes=30, stands=stands)


def excess(minutes: int, *, visit_id: VisitId = VISIT, client: ClientId = ASTA) -> ExcessApproved:
    """Time beyond the order that the care manager lets be paid."""
    return ExcessApproved(
        visit_id=visit_id, client_id=client, is_extra=False, minutes=minutes, actor="care_manager/eva"
    )


def visit(
    *facts: PlannedVisit | Attendance | ServiceRegistered | VisitFailed | ApprovalGiven | ExcessApproved,
    visit_id: VisitId = VISIT,
) -> VisitFacts:
    """All that is believed of one visit."""
    return VisitFacts(
        visit_id=visit_id,
        planned=next((fact for fact in facts if isinstance(fact, PlannedVisit)), None),
        attendances=tuple(fact for fact in facts if isinstance(fact, Attendance)),
        services=tuple(fact for fact in facts if isinstance(fact, ServiceRegistered)),
        failures=tuple(fact for fact in facts if isinstance(fact, VisitFailed)),
        approvals=tuple(fact for fact in facts if isinstance(fact, ApprovalGiven)),
        excess=tuple(fact for fact in facts if isinstance(fact, ExcessApproved)),
    )


def order(
    client: ClientId = ASTA,
    code: ServiceCode = SHOWER,
    minutes: int | None = 30,
    frequency: str = "1/day",
    *,
    control: str = "flexible",
    since: date = NEW_YEAR,
    until: date | None = None,
    **more: object,
) -> OrderLine:
    """One line of an order, granted as it is ordered."""
    line = OrderLine(
        order_id=OrderId(f"order-of-{client}"),
        line_id=f"{code}-{since}",
        client_id=client,
        provider_id=MUNICIPAL,
        service_code=code,
        legal_basis="SoL",
        minute_control=control,
        granted_minutes=minutes,
        ordered_minutes=minutes,
        frequency=frequency,
        starts_on=since,
        ends_on=until,
        ordered_on=since,
    )
    return but(line, **more)


def defined(
    code: ServiceCode, category: str = "service", minutes: int | None = None, *, legal_basis: str = ""
) -> ServiceDefined:
    """A code of the catalogue."""
    return ServiceDefined(
        service_code=code,
        from_on=NEW_YEAR,
        until_on=None,
        name_sv=code,
        name_en=code,
        category=category,
        standard_minutes=minutes,
        legal_basis=legal_basis,
    )


def belongs(kind: str, person: str, unit: UnitId, since: date = NEW_YEAR, until: date | None = None) -> Membership:
    """A client's or worker's unit."""
    return Membership(kind=kind, person_id=person, group_id=unit, from_on=since, until_on=until)


CATALOGUE = (defined(SHOWER, "personal_care", 40), defined(CLEAN, "service", 70), defined(SHOP, "service", 45))
"""MORNING is not in it. Minutes as Kristianstad's [S:KSTD-SCH]."""

ORDERS = (
    order(ASTA, SHOWER),
    order(ASTA, CLEAN),
    order(BROR, SHOWER, since=date(2025, 2, 1)),
    order(BROR, CLEAN, since=date(2025, 2, 1)),
)


def known(
    *,
    orders: Sequence[OrderLine] = ORDERS,
    absences: Sequence[Absence] = (),
    frames: Sequence[TimeFrame] = (),
    memberships: Sequence[Membership] = (),
    catalogue: Sequence[ServiceDefined] = CATALOGUE,
    delegations: Sequence[Delegation] = (),
    titles: Sequence[TitleHeld] = (),
    tags: Sequence[Tag] = (),
) -> Context:
    """The municipality: two units of one provider, the couple, three workers of whom Bo is employed in Gällö."""
    people = [Person(kind="client", person_id=person) for person in (ASTA, BROR)]
    people += [Person(kind="worker", person_id=person) for person in (ANNA, BO, CILLA)]
    homes = [
        belongs("worker_unit", ANNA, BRACKE),
        belongs("worker_unit", CILLA, BRACKE),
        belongs("worker_unit", BO, GALLO),
    ]
    return context_of(
        people=people,
        memberships=[*homes, *(memberships or (belongs("client_unit", client, BRACKE) for client in (ASTA, BROR)))],
        order_lines=orders,
        time_frames=frames,
        services=catalogue,
        units=[
            Unit(unit_id=unit, name=unit, provider_id=MUNICIPAL, kind="home_care_group") for unit in (BRACKE, GALLO)
        ],
        absences=absences,
        delegations=delegations,
        titles=titles,
        tags=tags,
    )
