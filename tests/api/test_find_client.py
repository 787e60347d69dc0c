"""A client is found by personnummer: by whoever reaches them, as who they are now, and never once they are erased."""

import sqlite3
from contextlib import closing

import pytest

from api.bootstrap import House
from domain.access.entry import Doing, Entry
from domain.ids import ClientId, PersonId
from infra.access_reading import entries_of_request
from tests.api.calls import Answer, Caller
from tests.api.town import CENTRE, GALLO, JANUARY, Town, fresh

NUMBER, OTHER = "194611161235", "191212121212"


def registered(town: Town, number: str = NUMBER) -> str:
    client_id = fresh("client")
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "personnummer": number}
    town.call().decide(f"/v1/clients/{client_id}/register", body)
    return client_id


def asked(caller: Caller, number: str = NUMBER) -> Answer:
    return caller.post("/v1/clients/find", {"personnummer": number}, key="")


def found(caller: Caller, number: str = NUMBER) -> list[str]:
    answer = asked(caller, number)
    if answer.status_code == 404:
        assert answer.json()["code"] == "client_unknown"
        return []
    assert answer.status_code == 200, answer.text
    ids: list[str] = answer.json()["client_ids"]
    return ids


def entered(house: House, answer: Answer) -> list[Entry]:
    return entries_of_request(house.access_log.engine, answer.headers["x-request-id"])


@pytest.mark.faults
def test_row_36_a_client_is_found_by_each_way_to_write_the_number(town: Town, house: House) -> None:
    client_id = registered(town)
    for number in (NUMBER, "19461116-1235", "461116-1235", "4611161235"):
        answer = asked(town.call(), number)
        assert (answer.status_code, answer.json()) == (200, {"client_ids": [client_id]})
    [entry] = entered(house, answer)
    assert (entry.doing, entry.action, set(entry.whose)) == (Doing.READ, "read.people", {("client", client_id)})
    assert asked(town.call(), "461116-1236").json()["code"] == "personnummer_invalid"


@pytest.mark.faults
def test_row_47_a_client_out_of_reach_is_unknown_as_one_who_is_not_there_and_both_are_entered(
    town: Town, house: House
) -> None:
    client_id = registered(town)
    neighbour = town.call(units=(GALLO,), subject="neighbour")
    out_of_reach, absent = asked(neighbour), asked(neighbour, OTHER)
    told = [{**answer.json(), "request_id": ""} for answer in (out_of_reach, absent)]
    assert (out_of_reach.status_code, told[0]) == (404, told[1])
    [entry], [of_nobody] = entered(house, out_of_reach), entered(house, absent)
    assert (entry.doing, set(entry.whose)) == (Doing.DENIED, {("client", client_id)})
    assert (of_nobody.doing, len(of_nobody.whose)) == (Doing.DENIED, 1)


def test_a_client_with_protected_identity_is_found_by_those_who_are_named(town: Town) -> None:
    client_id = registered(town)
    marked = {"level": "protected_registration", "named": []}
    town.call("unit_manager").decide(f"/v1/clients/{client_id}/mark-protected-identity", marked, version=1)
    assert found(town.call("unit_manager")) == [client_id]
    assert found(town.call()) == found(town.call("auditor")) == []


def test_whoever_must_say_what_for_says_it_before_anybody_is_looked_for(town: Town) -> None:
    registered(town)
    assert asked(town.call("auditor").for_purpose(""), OTHER).json()["code"] == "purpose_required"
    assert found(town.call("auditor")) != []
    assert asked(town.call("care_worker")).status_code == 403


def test_a_client_is_found_by_the_number_last_stated(town: Town) -> None:
    client_id = registered(town)
    change = f"/v1/clients/{client_id}/change-details"
    town.call().decide(change, {"personnummer": OTHER}, version=1)
    assert (found(town.call()), found(town.call(), OTHER)) == ([], [client_id])
    town.call().decide(change, {"personnummer": NUMBER}, version=2)
    assert (found(town.call()), found(town.call(), OTHER)) == ([client_id], [])


def test_two_clients_with_one_number_are_both_taken_and_both_found_within_reach(town: Town) -> None:
    both = {registered(town), registered(town)}
    assert set(found(town.call())) == both


def test_an_erased_client_is_found_by_nobody_and_no_digest_is_left(town: Town, house: House) -> None:
    client_id, other = registered(town), registered(town, OTHER)
    house.keys.destroy(PersonId(client_id))
    assert (found(town.call()), found(town.call(), OTHER)) == ([], [other])
    assert (house.numbers.fill(), numbers(house)) == (1, [other])
    house.numbers.enter(ClientId(client_id), NUMBER)
    assert numbers(house) == [other]


def test_a_client_registered_before_is_found_once_the_numbers_are_filled(town: Town, house: House) -> None:
    client_id = registered(town)
    with closing(sqlite3.connect(house.settings.data_dir / "keys.db")) as file, file:
        file.execute("DELETE FROM client_number")
    assert found(town.call()) == []
    assert house.numbers.fill() == 1
    assert found(town.call()) == [client_id]


def numbers(house: House) -> list[str]:
    with closing(sqlite3.connect(house.settings.data_dir / "keys.db")) as file:
        return [person_id for (person_id,) in file.execute("SELECT person_id FROM client_number")]
