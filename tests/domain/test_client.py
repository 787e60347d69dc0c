"""What the office may say of a client, and what is believed then."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from domain.client import errors
from domain.client.aggregate import Client
from domain.client.details import Details
from domain.client.events import (
    ClientCareContactDesignated,
    ClientDetailsChanged,
    ClientHouseholdJoined,
    ClientHouseholdLeft,
    ClientProtectedIdentityMarked,
    ClientRegistered,
    ClientUnitChanged,
)
from domain.client.facts import ClientFact, client_facts
from domain.client.values import AreaType, ClientAbsenceKind, Dwelling, ProtectionLevel
from domain.facts import Membership, Person
from domain.ids import ClientId, HouseholdId, UnitId, WorkerId
from tests.scenario import Scenario, Told, fact

client = Scenario(Client, "client-1")
CLIENT = ClientId("client-1")
BRACKE, GALLO, KALARNE = UnitId("bracke"), UnitId("gallo"), UnitId("kalarne")
COUPLE, SIBLINGS = HouseholdId("couple"), HouseholdId("siblings")
ANNA, BO = WorkerId("anna"), WorkerId("bo")

REGISTERED = fact(
    ClientRegistered,
    unit_id=BRACKE,
    registered_on=date(2025, 3, 1),
    name="Astrid Example",
    birth_year=1940,
    turns_65_on=date(2005, 2, 3),
    area_type=AreaType.RURAL,
    dwelling=Dwelling.MACHINE_IN_HOME,
)
MOVED = fact(ClientUnitChanged, unit_id=GALLO, from_on=date(2025, 3, 20))
JOINED = fact(ClientHouseholdJoined, household_id=COUPLE, from_on=date(2025, 3, 5))
LEFT = fact(ClientHouseholdLeft, household_id=COUPLE, on=date(2025, 3, 25))
DESIGNATED = fact(ClientCareContactDesignated, worker_id=ANNA, from_on=date(2025, 3, 3))


Command = Callable[[Client], None]


def register(client: Client) -> None:
    details = Details(
        name="Astrid Example",
        birth_year=1940,
        turns_65_on=date(2005, 2, 3),
        area_type=AreaType.RURAL,
        dwelling=Dwelling.MACHINE_IN_HOME,
    )
    client.register(unit_id=BRACKE, registered_on=date(2025, 3, 1), details=details)


def change_details(details: Details) -> Command:
    return lambda client: client.change_details(details=details)


def change_unit(unit_id: UnitId, from_on: date) -> Command:
    return lambda client: client.change_unit(unit_id=unit_id, from_on=from_on)


def join(household_id: HouseholdId, from_on: date) -> Command:
    return lambda client: client.join_household(household_id=household_id, from_on=from_on)


def leave(household_id: HouseholdId, on: date) -> Command:
    return lambda client: client.leave_household(household_id=household_id, on=on)


def designate(worker_id: WorkerId, from_on: date) -> Command:
    return lambda client: client.designate_care_contact(worker_id=worker_id, from_on=from_on)


def protect(level: ProtectionLevel) -> Command:
    return lambda client: client.mark_protected_identity(level=level)


def facts(*told: Told) -> tuple[ClientFact, ...]:
    return client_facts(CLIENT, client.given(*told).aggregate.history)


def memberships(*told: Told) -> list[tuple[str, str, date, date | None]]:
    found = (each for each in facts(*told) if isinstance(each, Membership))
    return [(each.kind, each.group_id, each.from_on, each.until_on) for each in found]


def test_a_client_is_registered() -> None:
    client.given().when(register).then(REGISTERED)


def test_a_client_is_registered_once() -> None:
    client.given(REGISTERED).when(register).then_refused(errors.ClientAlreadyRegisteredError)


def test_who_the_client_is_stands_sealed_under_the_clients_identity_key_and_codes_stand_beside_it() -> None:
    event = client.event(1, REGISTERED)
    assert isinstance(event, ClientRegistered)
    assert event.name == "identity of client-1 at client/client-1@1#client.registered#name: Astrid Example"
    assert (event.birth_year, event.area_type) == (1940, "rural")


def test_details_in_clear_never_show_themselves() -> None:
    assert "Astrid" not in f"{Details(name='Astrid Example')!r} {Details(name='Astrid Example')}"


def test_details_change_one_by_one() -> None:
    client.given(REGISTERED).when(change_details(Details(telephone="0693-123 45", area_type=AreaType.URBAN))).then(
        fact(ClientDetailsChanged, telephone="0693-123 45", area_type=AreaType.URBAN)
    )


def test_a_change_that_states_no_detail_is_refused() -> None:
    client.given(REGISTERED).when(change_details(Details())).then_refused(errors.DetailsMissingError)


PERSON = Person(
    kind="client",
    person_id="client-1",
    birth_year=1940,
    turns_65_on=date(2005, 2, 3),
    area_type="rural",
    dwelling="machine_in_home",
    registered_on=date(2025, 3, 1),
)


def test_codes_that_a_change_does_not_state_stay() -> None:
    assert facts(REGISTERED, fact(ClientDetailsChanged, telephone="0693-123 45"))[0] == PERSON


@pytest.mark.parametrize(
    "stated",
    [
        fact(ClientDetailsChanged, birth_year=1941),
        fact(ClientDetailsChanged, turns_65_on=date(2006, 2, 3)),
        fact(ClientDetailsChanged, area_type=AreaType.URBAN),
        fact(ClientDetailsChanged, dwelling=Dwelling.MACHINE_IN_BUILDING),
    ],
)
def test_a_code_that_a_change_states_takes_the_place_of_the_old_one(stated: Told) -> None:
    assert facts(REGISTERED, stated)[0] == msgspec.structs.replace(PERSON, **stated.fields)


def test_another_unit_takes_over_from_a_day_on() -> None:
    client.given(REGISTERED).when(change_unit(GALLO, date(2025, 3, 20))).then(MOVED)
    assert memberships(REGISTERED, MOVED) == [
        ("client_unit", BRACKE, date(2025, 3, 1), date(2025, 3, 20)),
        ("client_unit", GALLO, date(2025, 3, 20), None),
    ]


def test_a_unit_recorded_later_for_an_earlier_day_wins_from_its_day_on() -> None:
    assert memberships(REGISTERED, MOVED, fact(ClientUnitChanged, unit_id=KALARNE, from_on=date(2025, 3, 10))) == [
        ("client_unit", BRACKE, date(2025, 3, 1), date(2025, 3, 10)),
        ("client_unit", KALARNE, date(2025, 3, 10), None),
    ]


def test_a_unit_that_is_responsible_already_is_refused() -> None:
    client.given(REGISTERED, MOVED).when(change_unit(GALLO, date(2025, 3, 25))).then_refused(errors.UnitUnchangedError)


def test_no_unit_is_responsible_before_registration() -> None:
    on_the_day = fact(ClientUnitChanged, unit_id=GALLO, from_on=date(2025, 3, 1))
    client.given(REGISTERED).when(change_unit(GALLO, date(2025, 3, 1))).then(on_the_day)
    client.given(REGISTERED).when(change_unit(GALLO, date(2025, 2, 28))).then_refused(errors.BeforeRegistrationError)


def test_a_client_joins_and_leaves_a_household() -> None:
    client.given(REGISTERED).when(join(COUPLE, date(2025, 3, 5))).then(JOINED)
    client.given(REGISTERED, JOINED).when(leave(COUPLE, date(2025, 3, 25))).then(LEFT)
    assert memberships(REGISTERED, JOINED, LEFT)[1:] == [("household", COUPLE, date(2025, 3, 5), date(2025, 3, 25))]


def test_a_client_lives_in_one_household_at_a_time() -> None:
    for household_id in (COUPLE, SIBLINGS):
        client.given(REGISTERED, JOINED).when(join(household_id, date(2025, 3, 20))).then_refused(
            errors.HouseholdTakenError
        )
    client.given(REGISTERED, JOINED, LEFT).when(join(SIBLINGS, date(2025, 3, 24))).then_refused(
        errors.HouseholdTakenError
    )


def test_a_household_is_not_joined_until_further_notice_when_another_is_to_be_joined_later() -> None:
    client.given(REGISTERED, JOINED, LEFT).when(join(SIBLINGS, date(2025, 3, 1))).then_refused(
        errors.HouseholdTakenError
    )


def test_another_household_may_be_joined_on_the_day_the_first_is_left() -> None:
    client.given(REGISTERED, JOINED, LEFT).when(join(SIBLINGS, date(2025, 3, 25))).then(
        fact(ClientHouseholdJoined, household_id=SIBLINGS, from_on=date(2025, 3, 25))
    )


def test_a_household_may_be_left_earlier_than_was_said() -> None:
    earlier = fact(ClientHouseholdLeft, household_id=COUPLE, on=date(2025, 3, 20))
    client.given(REGISTERED, JOINED, LEFT).when(leave(COUPLE, date(2025, 3, 20))).then(earlier)
    assert memberships(REGISTERED, JOINED, LEFT, earlier)[1:] == [
        ("household", COUPLE, date(2025, 3, 5), date(2025, 3, 20))
    ]


def test_a_household_that_the_client_does_not_live_in_is_not_left() -> None:
    client.given(REGISTERED, JOINED).when(leave(SIBLINGS, date(2025, 3, 25))).then_refused(errors.NotInHouseholdError)
    client.given(REGISTERED, JOINED, LEFT).when(leave(COUPLE, date(2025, 3, 25))).then_refused(
        errors.NotInHouseholdError
    )


def test_a_household_is_not_left_before_it_was_joined() -> None:
    client.given(REGISTERED, JOINED).when(leave(COUPLE, date(2025, 3, 4))).then_refused(errors.HouseholdBackwardsError)


def test_a_household_left_on_the_day_of_joining_never_was() -> None:
    never = fact(ClientHouseholdLeft, household_id=COUPLE, on=date(2025, 3, 5))
    client.given(REGISTERED, JOINED).when(leave(COUPLE, date(2025, 3, 5))).then(never)
    assert memberships(REGISTERED, JOINED, never)[1:] == []
    assert memberships(REGISTERED, JOINED, never, JOINED)[1:] == [("household", COUPLE, date(2025, 3, 5), None)]


def test_a_care_contact_is_designated_in_place_of_another() -> None:
    client.given(REGISTERED).when(designate(ANNA, date(2025, 3, 3))).then(DESIGNATED)
    client.given(REGISTERED, DESIGNATED).when(designate(BO, date(2025, 4, 1))).then(
        fact(ClientCareContactDesignated, worker_id=BO, from_on=date(2025, 4, 1))
    )


def test_a_care_contact_is_not_designated_again() -> None:
    client.given(REGISTERED, DESIGNATED).when(designate(ANNA, date(2025, 3, 3))).then_refused(
        errors.CareContactUnchangedError
    )


def test_a_protected_identity_is_marked_and_lifted() -> None:
    marked = fact(ClientProtectedIdentityMarked, level=ProtectionLevel.PROTECTED_REGISTRATION)
    client.given(REGISTERED).when(protect(ProtectionLevel.PROTECTED_REGISTRATION)).then(marked)
    client.given(REGISTERED, marked).when(protect(ProtectionLevel.PROTECTED_REGISTRATION)).then_refused(
        errors.ProtectionUnchangedError
    )
    client.given(REGISTERED, marked).when(protect(ProtectionLevel.NONE)).then(
        fact(ClientProtectedIdentityMarked, level=ProtectionLevel.NONE)
    )


@pytest.mark.parametrize(
    "command",
    [
        change_details(Details(name="Astrid")),
        change_unit(GALLO, date(2025, 3, 20)),
        join(COUPLE, date(2025, 3, 5)),
        leave(COUPLE, date(2025, 3, 5)),
        designate(ANNA, date(2025, 3, 5)),
        lambda client: client.record_absence(kind=ClientAbsenceKind.TRAVEL, from_at=datetime(2025, 3, 10, tzinfo=UTC)),
        lambda client: client.record_return(at=datetime(2025, 3, 10, tzinfo=UTC)),
        protect(ProtectionLevel.CONFIDENTIALITY_MARKING),
    ],
)
def test_nothing_is_said_of_a_client_who_is_not_registered(command: Command) -> None:
    client.given().when(command).then_refused(errors.ClientUnknownError)


def test_nothing_is_believed_of_a_client_who_is_not_registered() -> None:
    assert facts() == ()
