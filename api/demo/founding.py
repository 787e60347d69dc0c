"""The day the ledger is taken into use: who performs home care, who works there, who has it, and what is ordered."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import chain

from api.demo.background import CARE_MANAGER
from api.demo.catalogue import CATALOGUE, HEALTH_CODES
from api.demo.chance import Chance, happens
from api.demo.deliveries import OfficeWork
from api.demo.people import DemoClient, DemoWorker, Municipality
from api.demo.wall_time import instant
from domain.client.details import Details
from domain.command import Command
from domain.ids import DeviceId, UnitId, WorkerId
from domain.office.act import Act
from domain.office.clients import designate_care_contact, join_household, register_client
from domain.office.devices import register_device
from domain.office.orders import place_order
from domain.office.organisation import define_service_code, open_unit, register_provider
from domain.office.workers import delegate_health_task, join_unit, record_licensed_title, register_worker
from domain.order.events import Decision
from domain.order.values import LegalBasis, MinuteControl
from domain.organisation.history import ServiceMeaning
from domain.organisation.values import UnitKind
from domain.worker.values import LicensedTitle

DAYS_BEFORE = 21
"""How long before the month the ledger is taken into use."""
CATALOGUE_FROM = date(2020, 1, 1)
ADMIN = Act(actor="admin/systemforvaltare")
LICENSED = Act(actor="licensed/sjukskoterska")
DELEGATED_SHARE = 0.985
"""[A] Of the delegations that the visits would need; the others are forgotten."""
CONTACT_SHARE = 0.75
"""A quarter of the clients lack a designated care contact (rules.md 11 [S:SENIOR])."""
MODELS = ("Demo A1", "Demo B2")


def founding(municipality: Municipality, chance: Chance) -> Iterator[OfficeWork]:
    """Everything that the month builds on, each step on the one before."""
    begins_at = instant(municipality.scope.first_on - timedelta(days=DAYS_BEFORE), 9 * 60)
    steps = (_organisation(municipality), _workers(municipality, chance), _clients(municipality, chance))
    for number, step in enumerate(steps):
        commands = list(step)
        for start in range(0, len(commands), 500):
            at = begins_at + timedelta(hours=number, minutes=start // 100)
            yield OfficeWork(commands=commands[start : start + 500], at=at, is_founding=True)


def _organisation(municipality: Municipality) -> Iterator[Command]:
    for provider in municipality.providers:
        yield register_provider(provider.provider_id, name=provider.name, in_house=provider.in_house, act=ADMIN)
    for unit in municipality.units:
        yield open_unit(
            unit.unit_id,
            name=unit.name,
            provider_id=unit.provider_id,
            kind=UnitKind.HOME_CARE_GROUP,
            act=ADMIN,
        )
    for service in CATALOGUE:
        meaning = ServiceMeaning(
            name_sv=service.name_sv,
            name_en=service.name_en,
            category=service.category,
            standard_minutes=service.minutes,
            legal_basis=service.legal_basis,
        )
        yield define_service_code(service.code, from_on=CATALOGUE_FROM, meaning=meaning, act=ADMIN)


def _workers(municipality: Municipality, chance: Chance) -> Iterator[Command]:
    nurse = municipality.nurse
    yield from _employed(nurse, "sjuksköterska")
    for worker in municipality.workers:
        is_nurse = LicensedTitle.ASSISTANT_NURSE in worker.titles
        yield from _employed(worker, "undersköterska" if is_nurse else "vårdbiträde")
        yield from _delegated(worker, nurse, chance)
        yield _device(worker.device_id, worker.unit.unit_id, worker.worker_id)
    for unit_id, device_id in municipality.spare_devices.items():
        yield _device(device_id, unit_id, None)


def _employed(worker: DemoWorker, title: str) -> Iterator[Command]:
    manager, on = Act(actor=worker.unit.manager), worker.registered_on
    yield register_worker(
        worker.worker_id,
        registered_on=on,
        name=worker.name,
        employee_number=worker.employee_number,
        title=title,
        act=manager,
    )
    yield join_unit(worker.worker_id, unit_id=worker.unit.unit_id, on=on, act=manager)
    for held in worker.titles:
        yield record_licensed_title(worker.worker_id, title=held, from_on=on, act=manager)


def _delegated(worker: DemoWorker, nurse: DemoWorker, chance: Chance) -> Iterator[Command]:
    """Most tasks are delegated to everybody: from when both are employed."""
    drawing, from_on = chance.of("delegations", worker.worker_id), max(worker.registered_on, nurse.registered_on)
    for code in HEALTH_CODES:
        if happens(drawing, DELEGATED_SHARE):
            yield delegate_health_task(
                worker.worker_id, service_code=code, from_on=from_on, delegated_by=nurse.worker_id, act=LICENSED
            )


def _device(device_id: DeviceId, unit_id: UnitId, worker_id: WorkerId | None) -> Command:
    model = MODELS[int(device_id[0], 16) % len(MODELS)]
    return register_device(device_id, unit_id=unit_id, worker_id=worker_id, model=model, act=ADMIN)


def _clients(municipality: Municipality, chance: Chance) -> Iterator[Command]:
    nurses = [worker for worker in municipality.workers if worker.titles and not worker.is_night]
    return chain.from_iterable(
        chain(_registered(client), _contact(client, nurses, chance), _ordered(client))
        for client in municipality.clients
    )


def _registered(client: DemoClient) -> Iterator[Command]:
    act = Act(actor=client.unit.coordinator)
    details = Details(
        name=client.name,
        personnummer=client.personnummer,
        address=client.home.address,
        telephone=client.telephone,
        home_position=f"{client.home.at[0]},{client.home.at[1]}",
        area_type=client.home.area,
        dwelling=client.home.dwelling,
    )
    yield register_client(
        client.client_id,
        unit_id=client.unit.unit_id,
        registered_on=client.registered_on,
        details=details,
        act=act,
    )
    if client.household_id is not None:
        yield join_household(client.client_id, household_id=client.household_id, from_on=client.registered_on, act=act)


def _contact(client: DemoClient, nurses: Sequence[DemoWorker], chance: Chance) -> Iterator[Command]:
    drawing = chance.of("care contact", client.client_id)
    near = [nurse for nurse in nurses if nurse.unit == client.unit]
    if client.visits_a_day and near and happens(drawing, CONTACT_SHARE):
        worker = drawing.choice(near)
        from_on = max(client.registered_on, worker.registered_on)
        manager = Act(actor=client.unit.manager)
        yield designate_care_contact(client.client_id, worker_id=worker.worker_id, from_on=from_on, act=manager)


def _ordered(client: DemoClient) -> Iterator[Command]:
    for order in client.orders:
        by_care_manager = order.legal_basis is LegalBasis.SOL
        yield place_order(
            order.order_id,
            client_id=client.client_id,
            provider_id=client.unit.provider_id,
            legal_basis=order.legal_basis,
            minute_control=MinuteControl.FLEXIBLE,
            starts_on=order.starts_on,
            lines=order.lines,
            decision=Decision(reference=f"DEMO-{order.order_id[:8]}", from_on=order.starts_on)
            if by_care_manager
            else None,
            act=CARE_MANAGER if by_care_manager else LICENSED,
        )
