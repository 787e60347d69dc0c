"""A call of the office: once, however often it is sent; and on the version that was read."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from api.bootstrap import House
from infra import sqlite_file
from tests.api.calls import fresh_key
from tests.api.conftest import Calls, StillClock
from tests.api.town import ANNA, ASTRID, BO, BRACKE, NOBODY, PLAN, Town, fresh, uid

PROVIDER = {"name": "Bräcke kommun", "in_house": True}


def test_a_write_answers_with_its_position_the_version_after_it_and_an_etag(call: Calls) -> None:
    answer = call("admin").post(f"/v1/providers/{BRACKE}/register", PROVIDER)
    assert answer.status_code == 200
    organisation_id = answer.json().pop("id")
    assert answer.json() == {"id": organisation_id, "status": "accepted", "position": 1, "version": 1}
    assert answer.headers["ETag"] == '"1"'


@pytest.mark.parametrize("key", ["", "7chars-", "x" * 65, "with space", '"quoted-key"', "a;b,c=d/e"])
def test_row_20_a_call_without_a_good_key_is_refused(shared_town: Town, key: str) -> None:
    answer = shared_town.call("coordinator").post(f"/v1/visits/{fresh('visit')}/plan", PLAN, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key")


@pytest.mark.parametrize("key", ["12345678", "x" * 64, "a.b_c~d:e-F", "0197B5C6-9B1E-7000-8000-0123456789AB"])
def test_a_uuid_or_8_to_64_safe_characters_are_a_key(shared_town: Town, key: str) -> None:
    answer = shared_town.call("coordinator").post(f"/v1/visits/{fresh('visit')}/plan", PLAN, key=key)
    assert answer.status_code == 200


def test_the_same_call_again_is_known_with_its_first_answer(shared_town: Town) -> None:
    visit_id, key, coordinator = shared_town.planned_visit(), fresh_key(), shared_town.call("coordinator")
    body = {"worker_id": ANNA}
    first = coordinator.post(f"/v1/visits/{visit_id}/assign", body, key=key, version=1)
    coordinator.decide(f"/v1/visits/{visit_id}/assign", {"worker_id": BO}, version=2)
    again = coordinator.post(f"/v1/visits/{visit_id}/assign", body, key=key, version=1)
    assert again.status_code == 200
    assert again.json() == {**first.json(), "status": "known"}
    assert again.headers["ETag"] == first.headers["ETag"] == '"2"'


def test_spelling_makes_no_other_call(shared_town: Town) -> None:
    visit_id, coordinator = shared_town.planned_visit(), shared_town.call("coordinator")
    key = {"Idempotency_Key": fresh_key(), "If_Match": '"1"'}
    path = f"/v1/visits/{visit_id}/unassign"
    coordinator.decide(f"/v1/visits/{visit_id}/assign", {"worker_id": ANNA}, version=1)
    key["If_Match"] = '"2"'
    first = coordinator.send(path, b'{"worker_id":"%s","reason_codes":[]}' % ANNA.encode(), **key)
    again = coordinator.send(path, b'{ "reason_codes" : [],\n "worker_id" : "%s" }' % ANNA.encode(), **key)
    assert (first.json()["status"], again.json()["status"]) == ("accepted", "known")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/visits/{visit}/assign", {"worker_id": BO}),
        ("/v1/visits/{other}/assign", {"worker_id": ANNA}),
        ("/v1/visits/{visit}/unassign", {"worker_id": ANNA}),
    ],
    ids=["another body", "another visit", "another decision"],
)
def test_the_same_key_for_another_call_is_a_conflict(shared_town: Town, path: str, body: dict[str, str]) -> None:
    visit_id, other_id, key, coordinator = (
        shared_town.planned_visit(),
        shared_town.planned_visit(),
        fresh_key(),
        shared_town.call(),
    )
    assert coordinator.post(f"/v1/visits/{visit_id}/assign", {"worker_id": ANNA}, key=key, version=1).status_code == 200
    answer = coordinator.post(path.format(visit=visit_id, other=other_id), body, key=key, version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
    assert coordinator.get(f"/v1/visits/{visit_id}").json()["version"] == 2
    assert coordinator.get(f"/v1/visits/{other_id}").json()["version"] == 1


def test_two_people_may_use_the_same_key(shared_town: Town) -> None:
    key = fresh_key()
    for subject in ("eva", "ulla"):
        caller = shared_town.call("coordinator", subject=subject)
        assert caller.post(f"/v1/visits/{fresh('visit')}/plan", PLAN, key=key).json()["status"] == "accepted"


def test_a_refused_call_may_be_sent_again_under_its_key(shared_town: Town) -> None:
    visit_id, key, coordinator = shared_town.planned_visit(), fresh_key(), shared_town.call("coordinator")
    worker_id = fresh("worker")
    body = {"worker_id": worker_id}
    refused = coordinator.post(f"/v1/visits/{visit_id}/assign", body, key=key, version=1)
    assert (refused.status_code, refused.json()["code"]) == (404, "worker_unknown")
    coordinator.decide(f"/v1/workers/{worker_id}/register", {"registered_on": "2026-01-01"})
    assert coordinator.post(f"/v1/visits/{visit_id}/assign", body, key=key, version=1).json()["status"] == "accepted"


def test_row_19_a_call_that_is_under_way_is_not_sent_again(town: Town, house: House) -> None:
    key, path, coordinator = fresh_key(), f"/v1/visits/{fresh('visit')}/plan", town.call("coordinator")
    with ThreadPoolExecutor(1) as other_thread:
        with closing(sqlite3.connect(house.settings.log_path, isolation_level=None)) as occupant:
            occupant.execute("BEGIN IMMEDIATE")
            first = other_thread.submit(coordinator.post, path, PLAN, key=key)
            while not house.writer.waiting:
                pass
            second = coordinator.post(path, PLAN, key=key)
            occupant.execute("ROLLBACK")
        assert (second.status_code, second.json()["code"], second.headers["Retry-After"]) == (409, "in_progress", "1")
        assert first.result().json()["status"] == "accepted"
    assert coordinator.post(path, PLAN, key=key).json()["status"] == "known"


def test_a_change_must_name_the_version_it_was_decided_on(shared_town: Town) -> None:
    answer = shared_town.call().post(f"/v1/visits/{shared_town.planned_visit()}/assign", {"worker_id": ANNA})
    assert (answer.status_code, answer.json()["code"]) == (428, "version_required")


@pytest.mark.parametrize("tag", [2, 0, '"01"', 'W/"1"', "1", "*", '"abc"', '"1", "2"', '"' + "9" * 40 + '"'])
def test_row_25_a_change_of_another_version_is_refused(shared_town: Town, tag: int | str) -> None:
    visit_id = shared_town.planned_visit()
    answer = shared_town.call().post(f"/v1/visits/{visit_id}/assign", {"worker_id": ANNA}, version=tag)
    assert (answer.status_code, answer.json()["code"]) == (412, "wrong_version")
    assert shared_town.call().get(f"/v1/visits/{visit_id}").headers["ETag"] == '"1"'


def test_of_two_who_decide_on_one_version_the_second_is_told(shared_town: Town) -> None:
    visit_id = shared_town.planned_visit()
    path = f"/v1/visits/{visit_id}/assign"
    first = shared_town.call(subject="eva").post(path, {"worker_id": ANNA}, version=1)
    second = shared_town.call(subject="ulla").post(path, {"worker_id": BO}, version=1)
    assert (first.status_code, second.status_code) == (200, 412)


def test_a_first_decision_needs_no_version_but_holds_to_one_that_is_named(shared_town: Town) -> None:
    coordinator = shared_town.call()
    assert coordinator.post(f"/v1/visits/{fresh('visit')}/plan", PLAN, version=0).status_code == 200
    refused = coordinator.post(f"/v1/visits/{fresh('visit')}/plan", PLAN, version=1)
    assert (refused.status_code, refused.json()["code"]) == (412, "wrong_version")


@pytest.mark.parametrize(
    ("role", "path", "body", "code"),
    [
        ("coordinator", "/v1/visits/{id}/assign", {"worker_id": ANNA}, "visit_unknown"),
        ("care_manager", "/v1/orders/{id}/resume", {"on": "2026-03-01"}, "order_unknown"),
        ("coordinator", "/v1/clients/{id}/record-return", {"at": "2026-03-01T08:00:00Z"}, "client_unknown"),
        ("coordinator", "/v1/workers/{id}/record-return", {"at": "2026-03-01T08:00:00Z"}, "worker_unknown"),
        ("admin", "/v1/devices/{id}/revoke", {"reason": "lost"}, "device_unknown"),
    ],
)
def test_what_does_not_exist_is_not_found_rather_than_of_another_version(
    shared_town: Town, role: str, path: str, body: dict[str, str], code: str
) -> None:
    answer = shared_town.call(role).post(path.format(id=NOBODY), body, version=7)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


def test_when_too_much_is_waiting_the_caller_is_to_come_back(town: Town, house: House) -> None:
    house.writer.close()
    answer = town.call().post(f"/v1/visits/{fresh('visit')}/plan", PLAN)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "busy", "1")


def test_when_the_store_does_not_answer_the_caller_is_to_come_back(
    town: Town, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "LOCK_PATIENCE_S", 0.2)
    path, key = f"/v1/visits/{fresh('visit')}/plan", fresh_key()
    with closing(sqlite3.connect(house.settings.log_path, isolation_level=None)) as occupant:
        occupant.execute("BEGIN IMMEDIATE")
        answer = town.call().post(path, PLAN, key=key)
        occupant.execute("ROLLBACK")
    assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert town.call().post(path, PLAN, key=key).json()["status"] == "accepted"


def test_ids_are_one_however_they_are_written(shared_town: Town) -> None:
    visit_id = fresh("visit")
    shared_town.call().decide(f"/v1/visits/{visit_id.upper()}/plan", {**PLAN, "client_ids": [ASTRID.upper()]})
    state = shared_town.call().get(f"/v1/visits/{visit_id}").json()
    assert (state["id"], state["facts"]["planned_visit"][0]["client_ids"]) == (visit_id, [ASTRID])


def test_a_read_says_the_position_it_is_complete_through(town: Town, clock: StillClock) -> None:
    visit_id = town.planned_visit()
    clock.pass_by(minutes=1)
    later = town.call("admin").decide(f"/v1/providers/{uid('third')}/register", PROVIDER)
    state = town.call().get(f"/v1/visits/{visit_id}")
    assert (state.json()["position"], state.json()["version"]) == (later["position"], 1)
