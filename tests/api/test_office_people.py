"""Clients, workers and the organisation as the office reads them: opened for those who may, sealed everywhere else."""

from pathlib import Path

import pytest

from api.bootstrap import House
from domain.ids import PersonId
from tests.api.calls import Json
from tests.api.town import ANNA, ASTRID, BRACKE, CENTRE, JANUARY, NILS, NOBODY, STINA, Town, fresh

PERSON = {
    "name": "Signe Kanarieholm",
    "personnummer": "461116-1235",
    "address": "Fågelvägen 17, 843 31 Bräcke",
    "telephone": "0693-170 17",
    "other_identifier": "19461116-KANR",
    "home_position": {"lat": 62.7512, "lon": 15.4298},
}


def registered(town: Town, **change: object) -> str:
    """A client registered with these details."""
    client_id = fresh("client")
    body = {"unit_id": CENTRE, "registered_on": JANUARY, **change}
    town.call().decide(f"/v1/clients/{client_id}/register", body)
    return client_id


def test_a_client_reads_opened_with_what_was_last_stated(shared_town: Town) -> None:
    client_id = registered(shared_town, **PERSON, area_type="sparse", dwelling="machine_in_building")
    shared_town.call().decide(f"/v1/clients/{client_id}/change-details", {"telephone": "070-170 17 17"}, version=1)
    answer = shared_town.call("care_manager").get(f"/v1/clients/{client_id}")
    assert (answer.headers["ETag"], answer.headers["Cache-Control"]) == ('"2"', "no-store")
    assert answer.json()["person"] == {
        "name": "Signe Kanarieholm",
        "personnummer": "194611161235",
        "address": "Fågelvägen 17, 843 31 Bräcke",
        "telephone": "070-170 17 17",
        "other_identifier": "19461116-KANR",
        "home_position": "62.7512,15.4298",
    }
    (person,) = answer.json()["facts"]["person"]
    assert (person["area_type"], person["dwelling"]) == ("sparse", "machine_in_building")


def test_a_client_whose_keys_are_destroyed_reads_erased(town: Town, house: House) -> None:
    client_id = registered(town, **PERSON)
    house.keys.destroy(PersonId(client_id))
    state = town.call().get(f"/v1/clients/{client_id}").json()
    assert set(state["person"].values()) == {"erased"}
    assert state["facts"]["membership"][0]["group_id"] == CENTRE


def test_only_those_who_may_see_people_read_a_client(shared_town: Town) -> None:
    for role in ("reporting", "admin", "care_worker"):
        assert shared_town.call(role).get(f"/v1/clients/{ASTRID}").status_code == 403


def test_nothing_that_says_who_somebody_is_lies_open_on_disk(town: Town, house: House) -> None:
    registered(town, **PERSON)
    worker = {"registered_on": JANUARY, "name": "Gunhild Kanarieberg", "employee_number": "471147114711"}
    town.call().decide(f"/v1/workers/{fresh('worker')}/register", worker)
    house.projector.wait_until(house.log.head()[0], 5.0)
    stored = b"".join(file.read_bytes() for file in files(house.settings.data_dir))
    clear = ("Kanarie", "461116", "4611161235", "Fågelvägen", "0693-170", "62.7512", "16-KANR", "471147114711")
    assert [text for text in clear if text.encode() in stored] == []


def files(directory: Path) -> list[Path]:
    """All that a house has written."""
    found = [path for path in directory.rglob("*") if path.is_file()]
    assert found
    return found


@pytest.mark.parametrize(
    ("personnummer", "year", "turns_65_on"),
    [
        ("19461116-1235", 1946, "2011-11-16"),
        ("461176-1232", 1946, "2011-11-16"),
        ("20000229-1235", 2000, "2065-02-28"),
        ("121212+1212", 1912, "1977-12-12"),
    ],
    ids=["personnummer", "samordningsnummer", "born on a leap day", "a centenarian"],
)
def test_what_rules_need_of_a_birth_is_taken_from_the_personnummer(
    shared_town: Town, personnummer: str, year: int, turns_65_on: str
) -> None:
    client_id = registered(shared_town, personnummer=personnummer)
    (person,) = shared_town.call().get(f"/v1/clients/{client_id}").json()["facts"]["person"]
    assert (person["birth_year"], person["turns_65_on"]) == (year, turns_65_on)


def test_a_corrected_personnummer_corrects_the_birth(shared_town: Town) -> None:
    client_id = registered(shared_town, personnummer="19461116-1235")
    shared_town.call().decide(f"/v1/clients/{client_id}/change-details", {"personnummer": "19121212-1212"}, version=1)
    (person,) = shared_town.call().get(f"/v1/clients/{client_id}").json()["facts"]["person"]
    assert (person["birth_year"], person["turns_65_on"]) == (1912, "1977-12-12")


@pytest.mark.parametrize("text", ["19850709-TF12", "850709+R123", "T-0815", "newborn of Signe, twin A", "198507099804"])
def test_row_38_a_client_without_a_personnummer_is_registered_under_what_there_is_as_written(
    shared_town: Town, text: str
) -> None:
    client_id = registered(shared_town, name="Signe Kanarieholm", other_identifier=text)
    state = shared_town.call().get(f"/v1/clients/{client_id}").json()
    assert state["person"] == {"name": "Signe Kanarieholm", "other_identifier": text}
    (person,) = state["facts"]["person"]
    assert (person["birth_year"], person["turns_65_on"]) == (None, None)


def test_row_38_a_personnummer_that_comes_later_stands_beside_it(shared_town: Town) -> None:
    client_id = registered(shared_town, other_identifier="T-0815")
    shared_town.call().decide(f"/v1/clients/{client_id}/change-details", {"personnummer": "461116-1235"}, version=1)
    state = shared_town.call().get(f"/v1/clients/{client_id}").json()
    assert state["person"] == {"other_identifier": "T-0815", "personnummer": "194611161235"}
    assert state["facts"]["person"][0]["birth_year"] == 1946


@pytest.mark.parametrize(("text", "code"), [("", "too_short"), ("1" * 41, "too_long"), ("T\n0815", "bad_text")])
def test_row_38_another_identifier_is_one_short_line_and_not_repeated(shared_town: Town, text: str, code: str) -> None:
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "other_identifier": text}
    answer = shared_town.call().post(f"/v1/clients/{fresh('client')}/register", body)
    assert answer.json()["errors"] == [{"pointer": "/other_identifier", "code": code}]


NO_PERSONNUMMER: list[object] = [
    "19461116-1236",
    "461116-1235 ",
    "４６１１１６-１２３５",
    "461116–1235",
    194611160044,
    "20991231-1231",
    "T461116-1235",
]


@pytest.mark.parametrize("personnummer", NO_PERSONNUMMER)
def test_what_is_no_personnummer_is_refused_and_not_repeated(shared_town: Town, personnummer: object) -> None:
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "personnummer": personnummer}
    answer = shared_town.call().post(f"/v1/clients/{fresh('client')}/register", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/personnummer"
    assert answer.json()["code"] in {"personnummer_invalid", "wrong_type"}
    assert str(personnummer).strip() not in answer.text


def test_a_client_shows_care_contact_protection_and_absences(shared_town: Town) -> None:
    client_id, manager = registered(shared_town), shared_town.call("unit_manager")
    decisions: list[tuple[str, Json]] = [
        ("designate-care-contact", {"worker_id": STINA, "from_on": "2026-02-01"}),
        ("mark-protected-identity", {"level": "protected_registration"}),
        ("record-absence", {"kind": "travel", "from_at": "2026-02-20T10:00:00+01:00"}),
    ]
    for version, (verb, body) in enumerate(decisions, start=1):
        manager.decide(f"/v1/clients/{client_id}/{verb}", body, version=version)
    state = manager.get(f"/v1/clients/{client_id}").json()
    assert state["care_contacts"] == [{"worker_id": STINA, "from_on": "2026-02-01"}]
    assert state["protection"] == "protected_registration"
    assert [away["kind"] for away in state["facts"]["absence"]] == ["travel"]


def test_a_worker_reads_opened_with_titles_and_units(shared_town: Town) -> None:
    worker_id, manager = fresh("worker"), shared_town.call("unit_manager")
    manager.decide(f"/v1/workers/{worker_id}/register", {"registered_on": JANUARY, "name": "Anna Berg"})
    manager.decide(f"/v1/workers/{worker_id}/join-unit", {"unit_id": CENTRE, "on": JANUARY}, version=1)
    manager.decide(f"/v1/workers/{worker_id}/record-licensed-title", {"title": "nurse", "from_on": JANUARY}, version=2)
    state = manager.get(f"/v1/workers/{worker_id}").json()
    assert state["person"] == {"name": "Anna Berg"}
    assert state["licensed_titles"] == [{"title": "nurse", "from_on": JANUARY}]
    assert [held["group_id"] for held in state["facts"]["membership"]] == [CENTRE]


def test_a_delegation_names_the_licensed_professional(shared_town: Town) -> None:
    worker_id, manager = fresh("worker"), shared_town.call("unit_manager")
    manager.decide(f"/v1/workers/{worker_id}/register", {"registered_on": JANUARY})
    body = {"service_code": "SHOWER", "from_on": "2026-02-01", "until_on": "2026-08-01", "delegated_by": NILS}
    shared_town.call("licensed").decide(f"/v1/workers/{worker_id}/delegate-health-task", body, version=1)
    (delegation,) = manager.get(f"/v1/workers/{worker_id}").json()["facts"]["delegation"]
    assert (delegation["delegated_by"], delegation["until_on"]) == (NILS, "2026-08-01")


def test_an_order_reads_with_its_lines_and_what_became_of_it(shared_town: Town) -> None:
    order_id, manager = shared_town.placed_order(), shared_town.call("care_manager")
    manager.decide(f"/v1/orders/{order_id}/suspend", {"from_on": "2026-02-20", "reason": "hospital"}, version=1)
    state = manager.get(f"/v1/orders/{order_id}").json()
    (line,) = state["facts"]["order_line"]
    assert (line["service_code"], line["provider_id"], line["ends_on"]) == ("SHOWER", BRACKE, "2026-02-20")
    assert (state["suspended_from"], state["ended_on"]) == ("2026-02-20", None)


def test_everybody_reads_the_organisation(shared_town: Town) -> None:
    state = shared_town.call("care_worker", subject=ANNA).get("/v1/organisation").json()
    assert BRACKE in {provider["provider_id"] for provider in state["facts"]["provider"]}
    assert {"SHOWER", "CLEAN"} <= {service["service_code"] for service in state["facts"]["service_defined"]}


@pytest.mark.parametrize(
    ("role", "path", "code"),
    [
        ("care_manager", "/v1/orders", "order_unknown"),
        ("coordinator", "/v1/clients", "client_unknown"),
        ("coordinator", "/v1/workers", "worker_unknown"),
        ("admin", "/v1/devices", "device_unknown"),
    ],
)
def test_what_nobody_has_heard_of_is_not_found(shared_town: Town, role: str, path: str, code: str) -> None:
    answer = shared_town.call(role).get(f"{path}/{NOBODY}")
    assert (answer.status_code, answer.json()["code"]) == (404, code)
