"""Changes by hand: with a reason, both values visible for ever."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import DomainError
from domain.ids import FactId, PersonId, VisitId
from domain.values import ReasonCode, Source
from domain.visit import errors
from domain.visit.aggregate import Visit
from domain.visit.correction import ServiceCorrection
from domain.visit.events import AttendanceValues, ServiceValues, VisitCheckedIn, VisitServicesCorrected
from domain.visit.facts import visit_facts
from domain.visit.history import VisitHistory, evolve
from tests.domain.visit_samples import (
    ANNA,
    ARRIVED,
    ASTRID,
    ATTENDED,
    BO,
    BROR,
    CLEAN,
    PLANNED,
    SHOWER,
    SHOWERED,
    Command,
    at,
    correct,
    corrected,
    stamp,
    values,
    visit,
)
from tests.scenario import Told, fact

BELIEVED = values(at(8, 3), at(8, 43))
LONGER = values(at(8, 3), at(8, 50))
WITHDRAWN = AttendanceValues(worker_id=ANNA, client_ids=(ASTRID,), withdrawn=True)
SHOWER_BELIEVED = ServiceValues(service_code=SHOWER, worker_id=ANNA, at=at(8, 40), client_id=ASTRID)
CLEANED = ServiceValues(service_code=CLEAN, worker_id=ANNA, at=at(8, 40), client_id=ASTRID)
WRONG_SERVICE = (ReasonCode.WRONG_SERVICE,)


def correct_service(
    becomes: ServiceValues,
    service: str | None = "service-1",
    reason_codes: tuple[ReasonCode, ...] = WRONG_SERVICE,
    note: str | None = None,
) -> Callable[[Visit], None]:
    correction = ServiceCorrection(
        service_fact_id=FactId(service) if service else None, becomes=becomes, reason_codes=reason_codes, note=note
    )
    return lambda visit: visit.correct_services(correction)


def service_corrected(
    service: str, was: ServiceValues | None, becomes: ServiceValues, *, note: str | None = None
) -> Told:
    return fact(
        VisitServicesCorrected,
        service_fact_id=FactId(service),
        was=was,
        becomes=becomes,
        reason_codes=WRONG_SERVICE,
        person_id=PersonId(becomes.client_id or ASTRID),
        note=note,
    )


def ends(*told: Told) -> list[tuple[object, ...]]:
    """Who, when and how we know, of each attendance that is believed."""
    stays = visit_facts(VisitId("visit-1"), visit.given(*told).aggregate.history).attendances
    return [
        (stay.worker_id, stay.arrived_at, stay.departed_at, stay.departure_source, stay.corrected) for stay in stays
    ]


def test_a_correction_tells_both_what_was_believed_and_what_is() -> None:
    visit.given(*ATTENDED).when(correct(LONGER, note="Stayed for coffee")).then(
        corrected(BELIEVED, LONGER, note="Stayed for coffee")
    )
    assert ends(*ATTENDED, corrected(BELIEVED, LONGER)) == [(ANNA, at(8, 3), at(8, 50), Source.SYSTEM_ADJUSTED, True)]


def test_a_departure_that_was_forgotten_is_added() -> None:
    missing = values(at(8, 3), None)
    visit.given(PLANNED, ARRIVED).when(correct(BELIEVED, departure=None)).then(
        corrected(missing, BELIEVED, departure=None)
    )
    assert ends(PLANNED, ARRIVED, corrected(missing, BELIEVED, departure=None)) == [
        (ANNA, at(8, 3), at(8, 43), Source.OFFICE_MANUAL, True)
    ]


def test_an_arrival_that_names_no_client_was_at_the_planned_one() -> None:
    nameless = fact(VisitCheckedIn, stamp=stamp("in-1"), worker_id=ANNA, occurred_at=at(8, 3))
    visit.given(PLANNED, nameless).when(correct(BELIEVED, departure=None)).then(
        corrected(values(at(8, 3), None), BELIEVED, departure=None)
    )


def test_an_attendance_that_was_never_registered_is_added() -> None:
    visit.given(PLANNED).when(correct(BELIEVED, arrival=None, departure=None)).then(
        corrected(None, BELIEVED, arrival=None, departure=None)
    )


def test_an_attendance_that_never_took_place_is_withdrawn() -> None:
    visit.given(*ATTENDED).when(correct(WITHDRAWN)).then(corrected(BELIEVED, WITHDRAWN))
    assert ends(*ATTENDED, corrected(BELIEVED, WITHDRAWN)) == []


def test_an_attendance_is_given_to_the_worker_who_made_it() -> None:
    by_bo = values(at(8, 3), at(8, 43), BO)
    visit.given(*ATTENDED).when(correct(by_bo)).then(corrected(BELIEVED, by_bo))


def test_a_correction_is_corrected_again_from_what_is_believed_then() -> None:
    visit.given(*ATTENDED, corrected(BELIEVED, LONGER)).when(correct(BELIEVED)).then(corrected(LONGER, BELIEVED))


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (correct(LONGER, reason_codes=()), errors.ReasonMissingError),
        (correct(LONGER, note="A.B."), errors.ReasonTextMissingError),
        (correct(LONGER, note=""), errors.ReasonTextMissingError),
        (correct(LONGER, reason_codes=(ReasonCode.OTHER,)), errors.ReasonTextMissingError),
        (correct(BELIEVED), errors.NothingChangedError),
        (correct(values(at(8, 43), at(8, 3))), errors.AttendanceBackwardsError),
        (correct(LONGER, arrival="in-9"), errors.AttendanceUnknownError),
        (correct(LONGER, departure="out-9"), errors.AttendanceUnknownError),
        (correct(LONGER, departure="in-1"), errors.AttendanceUnknownError),
        (correct(LONGER, arrival="out-1"), errors.AttendanceUnknownError),
        (correct_service(CLEANED, "service-9"), errors.ServiceUnknownError),
        (correct_service(CLEANED, reason_codes=()), errors.ReasonMissingError),
        (correct_service(SHOWER_BELIEVED), errors.NothingChangedError),
    ],
)
def test_a_correction_without_reason_or_sense_is_refused(command: Command, error: type[DomainError]) -> None:
    visit.given(*ATTENDED, SHOWERED).when(command).then_refused(error)


@pytest.mark.parametrize(
    "command", [correct(BELIEVED, arrival=None, departure=None), correct_service(CLEANED, service=None)]
)
def test_a_visit_of_which_nothing_is_known_is_not_corrected(command: Command) -> None:
    visit.given().when(command).then_refused(errors.VisitUnknownError)


def test_a_correction_repeated_is_refused() -> None:
    visit.given(*ATTENDED, corrected(BELIEVED, LONGER)).when(correct(LONGER)).then_refused(errors.NothingChangedError)


def test_a_service_is_corrected_with_both_values() -> None:
    visit.given(*ATTENDED, SHOWERED).when(correct_service(CLEANED)).then(
        service_corrected("service-1", SHOWER_BELIEVED, CLEANED)
    )


def test_a_service_that_was_forgotten_is_added_under_the_corrections_own_id() -> None:
    visit.given(*ATTENDED).by("coordinator/eva", stamp("fix-1")).when(correct_service(CLEANED, service=None)).then(
        fact(
            VisitServicesCorrected,
            stamp=stamp("fix-1"),
            service_fact_id=FactId("fix-1"),
            becomes=CLEANED,
            reason_codes=WRONG_SERVICE,
            person_id=PersonId(ASTRID),
        )
    )
    visit.given(*ATTENDED).when(correct_service(CLEANED, service=None)).then(
        service_corrected("visit/visit-1@4", None, CLEANED)
    )


def test_a_note_is_sealed_for_the_client_the_service_was_for() -> None:
    for_bror = ServiceValues(service_code=CLEAN, worker_id=ANNA, at=at(8, 40), client_id=BROR)
    visit.given(*ATTENDED, SHOWERED).when(correct_service(for_bror, note="It was for Bror")).then(
        service_corrected("service-1", SHOWER_BELIEVED, for_bror, note="It was for Bror")
    )


def test_a_note_about_nobody_known_is_sealed_for_the_worker() -> None:
    unknown = AttendanceValues(worker_id=BO, arrived_at=at(8), departed_at=at(9))
    event = corrected(None, unknown, arrival=None, departure=None, note="Who was it")
    event.fields["person_id"] = PersonId(BO)
    arrived_alone = fact(ARRIVED.event_class, worker_id=ANNA, occurred_at=at(8))
    visit.given(arrived_alone).when(correct(unknown, arrival=None, departure=None, note="Who was it")).then(event)


@pytest.mark.parametrize(
    ("told", "position"),
    [
        (ATTENDED, 30),
        ((*ATTENDED, corrected(BELIEVED, LONGER)), 40),
        ((*ATTENDED[:2], corrected(values(at(8, 3), None), values(at(8, 5), None), departure=None)), 30),
    ],
)
def test_an_attendance_was_last_said_where_it_was_registered_or_corrected(
    told: tuple[Told, ...], position: int
) -> None:
    """The position alone decides whether that was after a month was closed."""
    history = VisitHistory()
    for number, each in enumerate(told, start=1):
        event: Any = visit.event(number, each)
        evolve(history, event, position=10 * number, recorded_at=None)
    (stay,) = visit_facts(VisitId("visit-1"), history).attendances
    assert stay.position == position
