"""Corrections and approvals of visits, and the visit as somebody reads it before deciding."""

import pytest

from tests.api.calls import Json, fresh_key
from tests.api.conftest import StillClock
from tests.api.town import ANNA, ASTRID, BO, NOBODY, Town, fact, fresh

FORTY_MINUTES = 40


def attendance(town: Town, visit_id: str) -> Json:
    """The visit's only attendance."""
    (stay,) = town.call().get(f"/v1/visits/{visit_id}").json()["facts"]["attendance"]
    found: Json = stay
    return found


def test_a_visit_reads_as_planned_and_attended_with_its_minutes(shared_town: Town) -> None:
    visit_id, position = shared_town.attended_visit()
    answer = shared_town.call().get(f"/v1/visits/{visit_id}")
    state = answer.json()
    assert (state["id"], state["version"]) == (visit_id, 3)
    assert state["position"] >= position
    assert (state["minutes"], answer.headers["ETag"]) == (FORTY_MINUTES, '"3"')
    assert state["facts"]["planned_visit"][0]["client_ids"] == [ASTRID]
    stay = state["facts"]["attendance"][0]
    assert (stay["worker_id"], stay["arrived_at"], stay["departed_at"]) == (
        ANNA,
        "2026-03-02T05:00:00Z",
        "2026-03-02T05:40:00Z",
    )


def test_a_visit_nobody_has_heard_of_is_not_found(shared_town: Town) -> None:
    answer = shared_town.call().get(f"/v1/visits/{NOBODY}")
    assert (answer.status_code, answer.json()["code"]) == (404, "visit_unknown")


def test_a_forgotten_departure_is_corrected_with_a_reason(shared_town: Town) -> None:
    visit_id, _ = shared_town.attended_visit(departs=False)
    stay = attendance(shared_town, visit_id)
    body = {
        "arrival_fact_id": stay["arrival_fact_id"],
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": stay["arrived_at"],
        "departed_at": "2026-03-02T06:35:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
        "note": "Anna ringde och sade till.",
    }
    key, path, coordinator = fresh_key(), f"/v1/visits/{visit_id}/correct-attendance", shared_town.call()
    assert coordinator.post(path, body, key=key, version=2).json()["status"] == "accepted"
    assert coordinator.post(path, body, key=key, version=2).json()["status"] == "known"
    corrected = attendance(shared_town, visit_id)
    assert (corrected["departed_at"], corrected["corrected"]) == ("2026-03-02T05:35:00Z", True)
    # The end that the correction added has a name of its own, by which it can be corrected again.
    again = {**body, "departure_fact_id": corrected["departure_fact_id"], "departed_at": "2026-03-02T06:30:00+01:00"}
    coordinator.decide(path, again, version=3)
    assert attendance(shared_town, visit_id)["departed_at"] == "2026-03-02T05:30:00Z"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"reason_codes": []}, 409, "reason_missing"),
        ({"reason_codes": ["OTHER"], "note": "EL"}, 409, "reason_text_missing"),
        ({"arrival_fact_id": NOBODY}, 409, "attendance_unknown"),
        ({"departed_at": "2026-03-02T05:00:00+01:00"}, 409, "attendance_backwards"),
        ({"arrived_at": None, "departed_at": None}, 409, "attendance_empty"),
        ({"worker_id": fresh("worker")}, 404, "worker_unknown"),
        ({"client_ids": [fresh("client")]}, 404, "client_unknown"),
        ({"reason_codes": ["NO_SUCH_REASON"]}, 422, "invalid"),
    ],
)
def test_an_attendance_is_not_corrected_against_a_rule(shared_town: Town, change: Json, status: int, code: str) -> None:
    visit_id, _ = shared_town.attended_visit()
    body = {
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:30:00+01:00",
        "reason_codes": ["FORGOT_BOTH"],
    }
    answer = shared_town.call().post(f"/v1/visits/{visit_id}/correct-attendance", {**body, **change}, version=3)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_registration_by_somebody_unknown_can_be_withdrawn(shared_town: Town) -> None:
    stranger = fresh("worker")
    visit_id, _ = shared_town.attended_visit(worker_id=stranger)
    stay = attendance(shared_town, visit_id)
    body = {
        "arrival_fact_id": stay["arrival_fact_id"],
        "departure_fact_id": stay["departure_fact_id"],
        "worker_id": stranger,
        "client_ids": [],
        "withdrawn": True,
        "reason_codes": ["DUPLICATE"],
    }
    shared_town.call().decide(f"/v1/visits/{visit_id}/correct-attendance", body, version=3)
    assert "attendance" not in shared_town.call().get(f"/v1/visits/{visit_id}").json()["facts"]


def test_a_forgotten_service_is_added_and_one_that_is_unknown_is_refused(shared_town: Town) -> None:
    visit_id, _ = shared_town.attended_visit()
    body = {
        "service_code": "CLEAN",
        "worker_id": ANNA,
        "client_id": ASTRID,
        "at": "2026-03-02T06:20:00+01:00",
        "minutes": 20,
        "reason_codes": ["DATA_ENTRY_ERROR"],
    }
    key, path, coordinator = fresh_key(), f"/v1/visits/{visit_id}/correct-services", shared_town.call()
    assert coordinator.post(path, body, key=key, version=3).json()["status"] == "accepted"
    assert coordinator.post(path, body, key=key, version=3).json()["status"] == "known"
    (service,) = coordinator.get(f"/v1/visits/{visit_id}").json()["facts"]["service_registered"]
    assert (service["service_code"], service["minutes"], service["corrected"]) == ("CLEAN", 20, True)
    refused = coordinator.post(path, {**body, "service_fact_id": NOBODY}, version=4)
    assert (refused.status_code, refused.json()["code"]) == (409, "service_unknown")


def test_the_worker_and_a_coordinator_approve_what_each_has_read(shared_town: Town) -> None:
    visit_id, position = shared_town.attended_visit()
    body, path, key = {"position": position, "minutes": FORTY_MINUTES}, f"/v1/visits/{visit_id}/approve", fresh_key()
    worker = shared_town.call("care_worker", subject=ANNA)
    assert worker.post(path, body, key=key, version=3).json()["status"] == "accepted"
    assert worker.post(path, body, key=key, version=3).json()["status"] == "known"
    shared_town.call("coordinator").decide(path, body, version=4)
    approvals = shared_town.call().get(f"/v1/visits/{visit_id}").json()["facts"]["approval_given"]
    assert {(given["role"], given["actor"], given["stands"]) for given in approvals} == {
        ("worker", f"care_worker/{ANNA}", True),
        ("coordinator", "coordinator/coordinator-1", True),
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"minutes": 41}, "minutes_differ"),
        ({"position": 1}, "nothing_to_approve"),
        ({"position": 2**53}, "position_ahead"),
    ],
)
def test_what_is_not_so_is_not_approved(shared_town: Town, change: Json, code: str) -> None:
    visit_id, position = shared_town.attended_visit()
    body = {"position": position, "minutes": FORTY_MINUTES, **change}
    answer = shared_town.call().post(f"/v1/visits/{visit_id}/approve", body, version=3)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_an_open_visit_is_not_approved(shared_town: Town) -> None:
    visit_id, position = shared_town.attended_visit(departs=False)
    answer = shared_town.call().post(f"/v1/visits/{visit_id}/approve", {"position": position, "minutes": 0}, version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "visit_still_open")


def test_a_worker_approves_and_withdraws_only_where_the_worker_was(shared_town: Town) -> None:
    visit_id, position = shared_town.attended_visit(worker_id=ANNA)
    shared_town.call("coordinator").decide(f"/v1/visits/{visit_id}/assign", {"worker_id": BO}, version=3)
    other = shared_town.call("care_worker", subject=BO)
    approved = other.post(f"/v1/visits/{visit_id}/approve", {"position": position, "minutes": FORTY_MINUTES}, version=4)
    withdrawn = other.post(
        f"/v1/visits/{visit_id}/withdraw-approval", {"reason_codes": ["DATA_ENTRY_ERROR"]}, version=4
    )
    assert [(refused.status_code, refused.json()["code"]) for refused in (approved, withdrawn)] == [
        (409, "not_your_attendance")
    ] * 2


def test_whoever_corrected_a_visit_is_not_its_office_approver(shared_town: Town) -> None:
    visit_id, _ = shared_town.attended_visit()
    stay = attendance(shared_town, visit_id)
    correction = {
        "arrival_fact_id": stay["arrival_fact_id"],
        "departure_fact_id": stay["departure_fact_id"],
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": stay["arrived_at"],
        "departed_at": "2026-03-02T06:30:00+01:00",
        "reason_codes": ["REGISTERED_EARLY_OR_LATE"],
    }
    eva, ulla = shared_town.call(subject="eva"), shared_town.call(subject="ulla")
    position = eva.decide(f"/v1/visits/{visit_id}/correct-attendance", correction, version=3)["position"]
    body, path = {"position": position, "minutes": 30}, f"/v1/visits/{visit_id}/approve"
    refused = eva.post(path, body, version=4)
    assert (refused.status_code, refused.json()["code"]) == (409, "corrector_approves_alone")
    assert ulla.post(path, body, version=4).status_code == 200


def test_an_approval_is_withdrawn_with_a_reason_once(shared_town: Town) -> None:
    visit_id, position = shared_town.attended_visit()
    coordinator, path = shared_town.call(), f"/v1/visits/{visit_id}/withdraw-approval"
    coordinator.decide(f"/v1/visits/{visit_id}/approve", {"position": position, "minutes": FORTY_MINUTES}, version=3)
    missing = coordinator.post(path, {"reason_codes": []}, version=4)
    coordinator.decide(path, {"reason_codes": ["WRONG_CLIENT"]}, version=4)
    again = coordinator.post(path, {"reason_codes": ["WRONG_CLIENT"]}, version=5)
    assert (missing.json()["code"], again.json()["code"]) == ("reason_missing", "approval_unknown")


def test_an_approval_given_on_an_older_read_lapses_with_what_was_learned_since(town: Town, clock: StillClock) -> None:
    visit_id, position = town.attended_visit()
    clock.pass_by(minutes=5)
    town.sync(BO, [fact("check_in", visit_id, "06:05"), fact("check_out", visit_id, "06:20")])
    body = {"position": position, "minutes": FORTY_MINUTES}
    town.call().decide(f"/v1/visits/{visit_id}/approve", body, version=5)
    (approval,) = town.call().get(f"/v1/visits/{visit_id}").json()["facts"]["approval_given"]
    assert (approval["position"], approval["stands"]) == (position, False)
