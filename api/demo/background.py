"""What the office decides and learns around the visits: changed needs and orders, absences, loans of workers."""

from collections.abc import Iterator
from datetime import timedelta

from api.demo.deliveries import OfficeWork
from api.demo.illness import Illness
from api.demo.people import DemoClient, DemoWorker, Municipality
from api.demo.stories import NeedStory, Stay
from api.demo.wall_time import ONE_DAY, instant
from domain.client.values import ClientAbsenceKind
from domain.office.act import Act
from domain.office.clients import record_client_absence, record_client_return
from domain.office.orders import change_order, report_need_change
from domain.office.workers import lend_to_unit, record_worker_absence, record_worker_return
from domain.order.values import NeedDirection
from domain.worker.values import WorkerAbsenceKind

CARE_MANAGER = Act(actor="care_manager/bistandshandlaggare")
SICK_CALL, LOANS_SETTLED = 5 * 60 + 30, 10 * 60
NEED_NOTES = {
    NeedDirection.DECREASED: "Klarar mer själv sedan hemkomsten, besöken tar kortare tid än beviljat.",
    NeedDirection.INCREASED: "Behöver mer hjälp än beviljat, besöken drar över varje dag.",
}


def background(municipality: Municipality, illness: Illness) -> Iterator[OfficeWork]:
    """All of it, in no order."""
    clients = {client.client_id: client for client in municipality.clients}
    for story in municipality.needs:
        yield from _need(story, clients[story.client_id])
    for stay in municipality.stays:
        yield from _stay(stay, clients[stay.client_id])
    yield from _loans(municipality)
    workers = {worker.worker_id: worker for worker in municipality.workers}
    for worker_id in illness.spells:
        yield from _illness(workers[worker_id], illness)


def _need(story: NeedStory, client: DemoClient) -> Iterator[OfficeWork]:
    order_id, revision = client.sol_order.order_id, story.revision
    if story.reported_at is not None:
        report = report_need_change(
            order_id,
            direction=story.direction,
            noticed_on=story.noticed_on,
            note=NEED_NOTES[story.direction],
            act=Act(actor=client.unit.coordinator),
        )
        yield OfficeWork(commands=(report,), at=story.reported_at)
    if revision is not None:
        change = change_order(order_id, effective_from=revision.effective_from, lines=revision.lines, act=CARE_MANAGER)
        yield OfficeWork(commands=(change,), at=revision.decided_at)


def _stay(stay: Stay, client: DemoClient) -> Iterator[OfficeWork]:
    """The end of an unplanned stay is learned of when it comes."""
    act, is_unplanned = Act(actor=client.unit.coordinator), stay.kind is ClientAbsenceKind.HOSPITAL_UNPLANNED
    absence = record_client_absence(
        client.client_id,
        kind=stay.kind,
        from_at=stay.from_at,
        until_at=None if is_unplanned else stay.until_at,
        act=act,
    )
    yield OfficeWork(commands=(absence,), at=stay.known_at)
    if is_unplanned:
        back = record_client_return(client.client_id, at=stay.until_at, act=act)
        yield OfficeWork(commands=(back,), at=stay.until_at + timedelta(minutes=40))


def _loans(municipality: Municipality) -> Iterator[OfficeWork]:
    for loan in municipality.loans:
        lent = lend_to_unit(
            loan.worker_id,
            unit_id=loan.unit.unit_id,
            from_on=loan.from_on,
            until_on=loan.until_on,
            act=Act(actor=loan.unit.coordinator),
        )
        yield OfficeWork(commands=(lent,), at=instant(loan.from_on - 2 * ONE_DAY, LOANS_SETTLED))


def _illness(worker: DemoWorker, illness: Illness) -> Iterator[OfficeWork]:
    spell, act = illness.spells[worker.worker_id], Act(actor=worker.unit.coordinator)
    if spell is None:
        return
    from_at, until_at = instant(spell[0], SICK_CALL), instant(spell[1], 0)
    kind = WorkerAbsenceKind.UNPLANNED
    gone = record_worker_absence(worker.worker_id, kind=kind, from_at=from_at, act=act)
    back = record_worker_return(worker.worker_id, at=until_at, act=act)
    yield OfficeWork(commands=(gone,), at=from_at + timedelta(minutes=5))
    yield OfficeWork(commands=(back,), at=until_at + timedelta(hours=6))
