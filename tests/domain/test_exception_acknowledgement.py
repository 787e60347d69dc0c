"""Which exceptions the office may close without a correction."""

from collections.abc import Callable

from domain.evidence import Acknowledgement
from domain.exception import errors
from domain.exception.aggregate import Acknowledgements
from domain.exception.events import ExceptionAcknowledged
from domain.exception.facts import exception_facts
from domain.ids import PersonId
from domain.values import ExceptionClass, ReasonCode
from domain.visit.errors import ReasonMissingError, ReasonTextMissingError
from tests.scenario import Scenario, fact

visit = Scenario(Acknowledgements, "visit-1")
CLIENT = PersonId("client-1")
ACKNOWLEDGED = fact(
    ExceptionAcknowledged,
    key="UNPLANNED|visit-1|fact-1",
    code="UNPLANNED",
    subject_kind="visit",
    reason_codes=(ReasonCode.EMERGENCY,),
    position=41,
    person_id=CLIENT,
    note="The neighbour had called",
)


def acknowledge(
    *,
    key: str = "UNPLANNED|visit-1|fact-1",
    exception_class: ExceptionClass = ExceptionClass.ACKNOWLEDGE,
    reason_codes: tuple[ReasonCode, ...] = (ReasonCode.EMERGENCY,),
    note: str | None = "The neighbour had called",
) -> Callable[[Acknowledgements], None]:
    return lambda exceptions: exceptions.acknowledge(
        key=key,
        code="UNPLANNED",
        exception_class=exception_class,
        subject_kind="visit",
        reason_codes=reason_codes,
        position=41,
        person_id=CLIENT,
        note=note,
    )


def test_an_exception_is_acknowledged_with_a_reason() -> None:
    visit.given().when(acknowledge()).then(ACKNOWLEDGED)


def test_the_note_is_sealed_for_the_person_it_is_about() -> None:
    event = visit.event(1, ACKNOWLEDGED)
    assert isinstance(event, ExceptionAcknowledged)
    place = "exception/visit-1@1#exception.acknowledged#note"
    assert event.note == f"sensitive of client-1 at {place}: The neighbour had called"


def test_an_exception_is_acknowledged_once_while_its_key_stands() -> None:
    visit.given(ACKNOWLEDGED).when(acknowledge()).then_refused(errors.AlreadyAcknowledgedError)


def test_an_exception_with_another_key_is_open_again() -> None:
    visit.given(ACKNOWLEDGED).when(acknowledge(key="UNPLANNED|visit-1|fact-1,fact-2", note=None)).then(
        fact(
            ExceptionAcknowledged,
            key="UNPLANNED|visit-1|fact-1,fact-2",
            code="UNPLANNED",
            subject_kind="visit",
            reason_codes=(ReasonCode.EMERGENCY,),
            position=41,
            person_id=CLIENT,
        )
    )


def test_what_must_be_fixed_before_pay_is_not_acknowledged() -> None:
    visit.given().when(acknowledge(exception_class=ExceptionClass.FIX)).then_refused(errors.MustBeFixedError)


def test_an_acknowledgement_needs_a_reason_in_code() -> None:
    visit.given().when(acknowledge(reason_codes=())).then_refused(ReasonMissingError)


def test_initials_are_not_a_reason() -> None:
    visit.given().when(acknowledge(note="A.B.")).then_refused(ReasonTextMissingError)
    visit.given().when(acknowledge(reason_codes=(ReasonCode.OTHER,), note=None)).then_refused(ReasonTextMissingError)


def test_an_acknowledgement_is_believed_with_who_gave_it_and_why() -> None:
    assert exception_facts("visit-1", visit.given(ACKNOWLEDGED).aggregate.history) == (
        Acknowledgement(
            subject_kind="visit",
            subject_id="visit-1",
            key="UNPLANNED|visit-1|fact-1",
            code="UNPLANNED",
            reason_codes=(ReasonCode.EMERGENCY,),
            actor="coordinator/eva",
            position=41,
        ),
    )
