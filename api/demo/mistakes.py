"""Registrations that somebody in the office puts right: what was wrong, and the correction from what is visible then."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from api.demo.deliveries import OfficeView
from api.demo.outcomes import Outcome
from domain.command import Command
from domain.facts import Attendance, VisitFacts
from domain.ids import ClientId, VisitId, WorkerId
from domain.office.act import Act
from domain.office.visits import correct_attendance, correct_services
from domain.values import PlannedService, ReasonCode
from domain.visit.correction import AttendanceCorrection, ServiceCorrection
from domain.visit.events import AttendanceValues, ServiceValues

REASONS = {
    Outcome.FORGOT_ARRIVAL: ReasonCode.FORGOT_ARRIVAL,
    Outcome.FORGOT_DEPARTURE: ReasonCode.FORGOT_DEPARTURE,
    Outcome.FORGOT_BOTH: ReasonCode.FORGOT_BOTH,
    Outcome.LEFT_LATE: ReasonCode.REGISTERED_EARLY_OR_LATE,
    Outcome.WRONG_CLIENT: ReasonCode.WRONG_CLIENT,
    Outcome.NO_SERVICE: ReasonCode.APP_FAULT,
}
"""What can be put right afterwards, and the reason given."""
NOTES = {
    Outcome.FORGOT_ARRIVAL: "Glömde registrera ankomst, tiden enligt medarbetaren.",
    Outcome.FORGOT_DEPARTURE: "Glömde avsluta besöket, tiden enligt medarbetaren.",
    Outcome.FORGOT_BOTH: "Registrerade inte alls, tiderna enligt medarbetarens anteckning.",
    Outcome.LEFT_LATE: "Avslutade besöket först i bilen.",
    Outcome.WRONG_CLIENT: "Valde grannen i listan av misstag.",
    Outcome.NO_SERVICE: "Insatsen gick inte att välja i appen.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What was registered wrongly, and what the worker tells the coordinator of how it was."""

    what: Outcome
    visit_id: VisitId
    worker_id: WorkerId
    client_ids: tuple[ClientId, ...]
    services: tuple[PlannedService, ...]
    arrived_at: datetime
    departed_at: datetime


def corrections(mistakes: Sequence[Mistake], actor: str) -> Callable[[OfficeView], Sequence[Command]]:
    """What the coordinator does once they sit down with these. Nothing where nothing is to be seen of one."""

    def decide(view: OfficeView) -> Sequence[Command]:
        seen = {visit.visit_id: visit for visit in view.visits([mistake.visit_id for mistake in mistakes])}
        told = [mistake for mistake in mistakes if mistake.visit_id in seen]
        return [command for each in told for command in _commands(each, seen[each.visit_id], Act(actor=actor))]

    return decide


def _commands(mistake: Mistake, seen: VisitFacts, act: Act) -> Iterator[Command]:
    stay = next((stay for stay in seen.attendances if stay.worker_id == mistake.worker_id), None)
    if mistake.what is Outcome.NO_SERVICE:
        yield from _add_services(mistake, act)
    elif mistake.what is Outcome.FORGOT_BOTH:
        yield _correct(mistake, None, act)
        yield from _add_services(mistake, act)
    elif stay is not None:
        yield _correct(mistake, stay, act)
        if mistake.what is Outcome.WRONG_CLIENT:
            yield from _move_services(mistake, seen, act)


def _correct(mistake: Mistake, stay: Attendance | None, act: Act) -> Command:
    """Keep the ends that the phone did register; give the others as they are told."""
    arrived_at = stay.arrived_at if stay and stay.arrived_at else mistake.arrived_at
    keeps_departure = stay is not None and stay.departed_at is not None and mistake.what is not Outcome.LEFT_LATE
    becomes = AttendanceValues(
        worker_id=mistake.worker_id,
        client_ids=mistake.client_ids,
        arrived_at=arrived_at,
        departed_at=stay.departed_at if stay and keeps_departure else max(mistake.departed_at, arrived_at),
    )
    told = AttendanceCorrection(
        arrival_fact_id=stay.arrival_fact_id if stay else None,
        departure_fact_id=stay.departure_fact_id if stay else None,
        becomes=becomes,
        reason_codes=(REASONS[mistake.what],),
        note=NOTES[mistake.what],
    )
    return correct_attendance(mistake.visit_id, told, act=act)


def _add_services(mistake: Mistake, act: Act) -> Iterator[Command]:
    for service in mistake.services:
        becomes = ServiceValues(
            service_code=service.service_code,
            worker_id=mistake.worker_id,
            at=mistake.departed_at,
            client_id=service.client_id,
        )
        told = ServiceCorrection(becomes=becomes, reason_codes=(REASONS[mistake.what],), note=NOTES[mistake.what])
        yield correct_services(mistake.visit_id, told, act=act)


def _move_services(mistake: Mistake, seen: VisitFacts, act: Act) -> Iterator[Command]:
    for service in seen.services:
        becomes = ServiceValues(
            service_code=service.service_code,
            worker_id=service.worker_id,
            at=service.at,
            client_id=mistake.client_ids[0],
            performed=service.performed,
            minutes=service.minutes,
        )
        told = ServiceCorrection(
            service_fact_id=service.fact_id,
            becomes=becomes,
            reason_codes=(ReasonCode.WRONG_CLIENT,),
            note=NOTES[mistake.what],
        )
        yield correct_services(mistake.visit_id, told, act=act)


def is_correctable(outcome: Outcome) -> bool:
    """Whether there is anything to put right."""
    return outcome in REASONS


def moved(service: PlannedService, client_id: ClientId) -> PlannedService:
    """The service, registered for another client."""
    return msgspec.structs.replace(service, client_id=client_id)
