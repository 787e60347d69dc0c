"""When a client is away."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from domain.absence import AbsentAlreadyError, NotAbsentError, ReturnBackwardsError
from domain.client.aggregate import Client
from domain.client.events import ClientAbsent, ClientRegistered, ClientReturned
from domain.client.facts import client_facts
from domain.client.values import ClientAbsenceKind
from domain.facts import Absence
from domain.ids import ClientId, UnitId
from tests.scenario import Scenario, Told, fact

client = Scenario(Client, "client-1")
CLIENT = ClientId("client-1")
HOSPITAL, TRAVEL = ClientAbsenceKind.HOSPITAL_UNPLANNED, ClientAbsenceKind.TRAVEL


def at(day: int) -> datetime:
    return datetime(2025, 3, day, 12, tzinfo=UTC)


REGISTERED = fact(ClientRegistered, unit_id=UnitId("bracke"), registered_on=date(2025, 3, 1))
ABSENT = fact(ClientAbsent, kind=HOSPITAL, from_at=at(10))
RETURNED = fact(ClientReturned, at=at(14))


def go(
    from_at: datetime, until_at: datetime | None = None, kind: ClientAbsenceKind = HOSPITAL
) -> Callable[[Client], None]:
    return lambda client: client.record_absence(kind=kind, from_at=from_at, until_at=until_at)


def come_back(moment: datetime) -> Callable[[Client], None]:
    return lambda client: client.record_return(at=moment)


def absences(*told: Told) -> list[Absence]:
    found = client_facts(CLIENT, client.given(*told).aggregate.history)
    return [each for each in found if isinstance(each, Absence)]


def test_a_client_goes_to_hospital_and_comes_back() -> None:
    client.given(REGISTERED).when(go(at(10))).then(ABSENT)
    client.given(REGISTERED, ABSENT).when(come_back(at(14))).then(RETURNED)
    assert absences(REGISTERED, ABSENT, RETURNED) == [
        Absence(person_kind="client", person_id=CLIENT, kind="hospital_unplanned", from_at=at(10), until_at=at(14))
    ]


def test_an_absence_that_is_not_over_has_no_end() -> None:
    assert [(away.kind, away.until_at) for away in absences(REGISTERED, ABSENT)] == [("hospital_unplanned", None)]


def test_an_absence_may_be_recorded_with_its_end() -> None:
    journey = fact(ClientAbsent, kind=TRAVEL, from_at=at(1), until_at=at(5))
    client.given(REGISTERED, ABSENT).when(go(at(1), at(5), TRAVEL)).then(journey)
    assert [away.until_at for away in absences(REGISTERED, journey)] == [at(5)]


def test_a_client_may_come_back_earlier_than_was_known() -> None:
    journey, earlier = fact(ClientAbsent, kind=TRAVEL, from_at=at(1), until_at=at(5)), fact(ClientReturned, at=at(3))
    client.given(REGISTERED, ABSENT, journey).when(come_back(at(3))).then(earlier)
    assert [(away.from_at, away.until_at) for away in absences(REGISTERED, ABSENT, journey, earlier)] == [
        (at(10), None),
        (at(1), at(3)),
    ]
    client.given(REGISTERED, journey).when(come_back(at(5))).then_refused(NotAbsentError)


def test_a_client_who_is_away_does_not_go_away() -> None:
    client.given(REGISTERED, ABSENT).when(go(at(10))).then_refused(AbsentAlreadyError)
    client.given(REGISTERED, ABSENT).when(go(at(9), at(11))).then_refused(AbsentAlreadyError)
    client.given(REGISTERED, ABSENT, RETURNED).when(go(at(13))).then_refused(AbsentAlreadyError)
    client.given(REGISTERED, ABSENT, RETURNED).when(go(at(9))).then_refused(AbsentAlreadyError)


def test_a_client_may_go_away_at_the_moment_of_return() -> None:
    client.given(REGISTERED, ABSENT, RETURNED).when(go(at(14), kind=TRAVEL)).then(
        fact(ClientAbsent, kind=TRAVEL, from_at=at(14))
    )


def test_an_absence_does_not_end_before_it_begins() -> None:
    client.given(REGISTERED).when(go(at(10), at(10))).then_refused(ReturnBackwardsError)
    client.given(REGISTERED, ABSENT).when(come_back(at(9))).then_refused(ReturnBackwardsError)


def test_a_client_who_is_not_away_does_not_come_back() -> None:
    client.given(REGISTERED).when(come_back(at(14))).then_refused(NotAbsentError)
    client.given(REGISTERED, ABSENT, RETURNED).when(come_back(at(14))).then_refused(NotAbsentError)


def test_an_absence_taken_back_never_was() -> None:
    never = fact(ClientReturned, at=at(10))
    client.given(REGISTERED, ABSENT).when(come_back(at(10))).then(never)
    assert absences(REGISTERED, ABSENT, never) == []
    client.given(REGISTERED, ABSENT, never).when(go(at(10))).then(ABSENT)
    client.given(REGISTERED, ABSENT, never).when(go(at(9), at(11))).then(
        fact(ClientAbsent, kind=HOSPITAL, from_at=at(9), until_at=at(11))
    )
