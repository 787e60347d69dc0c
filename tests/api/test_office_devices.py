"""Phones, what came from them and is no fact, and the exceptions that the office accepts."""

import pytest

from api.bootstrap import House
from tests.api.calls import Json, fresh_key
from tests.api.town import ANNA, ASTRID, CENTRE, NOBODY, Town, fact, fresh

ACKNOWLEDGED = "exception.acknowledged"


def test_a_device_reads_as_registered_and_as_revoked(shared_town: Town) -> None:
    device_id, admin = fresh("device"), shared_town.call("admin")
    admin.decide(f"/v1/devices/{device_id}/register", {"unit_id": CENTRE, "worker_id": ANNA})
    state = admin.get(f"/v1/devices/{device_id}").json()
    assert (state["registered"], state["revoked"], state["unit_id"], state["worker_id"]) == (True, False, CENTRE, ANNA)
    admin.decide(f"/v1/devices/{device_id}/revoke", {"reason": "stolen"}, version=1)
    assert admin.get(f"/v1/devices/{device_id}").json()["revoked"] is True


def test_what_a_revoked_phone_sends_is_listed_unopened(town: Town) -> None:
    device_id, admin, phone = fresh("device"), town.call("admin"), town.call("care_worker", subject=ANNA)
    admin.decide(f"/v1/devices/{device_id}/register", {"unit_id": CENTRE})
    admin.decide(f"/v1/devices/{device_id}/revoke", {"reason": "lost"}, version=1)
    told = fact("note", fresh("visit"), "06:00", text="kanariefågel")
    body = {"device_id": device_id, "device_time": "2026-03-02T08:00:00+01:00", "facts": [told]}
    assert phone.post("/v1/sync", body, key="").json()["results"][0]["code"] == "device_revoked"
    answer = admin.get("/v1/quarantine")
    (kept,) = answer.json()["items"]
    assert (kept["device_id"], kept["fact_id"], kept["reason"]) == (device_id, told["id"], "device_revoked")
    assert kept["received_at"] == "2026-03-02T07:00:00Z"
    assert "kanarief" not in answer.text


@pytest.mark.parametrize("limit", ["0", "501", "x"])
def test_the_list_of_what_is_kept_has_a_limit(shared_town: Town, limit: str) -> None:
    assert shared_town.call("admin").get("/v1/quarantine", limit=limit).status_code == 422


def exception(town: Town, code: str = "MANUAL") -> tuple[str, Json]:
    """A path and body that accept an exception about a visit just made."""
    visit_id, position = town.attended_visit()
    body = {
        "key": f"{code}|visit/{visit_id}|{visit_id}",
        "position": position,
        "reason_codes": ["PAPER_SHEET_RECEIVED"],
    }
    return f"/v1/exceptions/visit/{visit_id}/acknowledge", body


def test_an_exception_is_accepted_once_and_known_when_repeated(shared_town: Town, shared_house: House) -> None:
    path, body = exception(shared_town)
    key, coordinator = fresh_key(), shared_town.call()
    body["note"] = "Pappersblankett inlämnad av Anna."
    written = coordinator.post(path, body, key=key).json()
    assert shared_house.log.read(written["position"] - 1, 1)[0].topic == ACKNOWLEDGED
    assert coordinator.post(path, body, key=key).json() == {**written, "status": "known"}
    refused = coordinator.post(path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "exception_already_acknowledged")


def test_a_note_is_sealed_under_the_clients_key(town: Town, house: House) -> None:
    path, body = exception(town)
    position = town.call().decide(path, {**body, "note": "Hon var hos sin syster."})["position"]
    (recorded,) = house.codec.decode_rows(house.log.read(position - 1, 1))
    assert getattr(recorded.event, "person_id", None) == ASTRID


def test_what_must_be_fixed_is_not_accepted(shared_town: Town) -> None:
    path, body = exception(shared_town, "DEPARTURE_MISSING")
    refused = shared_town.call().post(path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "exception_must_be_fixed")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason_codes": []}, "reason_missing"),
        ({"position": 2**53}, "position_ahead"),
        ({"key": f"MANUAL|visit/{NOBODY}|1"}, "exception_key"),
        ({"key": "SOMETHING_ELSE|visit"}, "exception_key"),
    ],
)
def test_an_exception_is_not_accepted_against_a_rule(shared_town: Town, change: Json, code: str) -> None:
    path, body = exception(shared_town)
    refused = shared_town.call().post(path, {**body, **change})
    assert (refused.status_code, refused.json()["code"]) == (409, code)


@pytest.mark.parametrize("kind", ["visit", "order", "client", "worker", "device", "supervision"])
def test_nothing_is_accepted_about_a_subject_that_is_not_there(shared_town: Town, kind: str) -> None:
    body = {"key": f"MANUAL|{kind}/{NOBODY}|1", "position": 1, "reason_codes": ["EMERGENCY"]}
    refused = shared_town.call().post(f"/v1/exceptions/{kind}/{NOBODY}/acknowledge", body)
    assert (refused.status_code, refused.json()["code"]) == (404, f"{kind}_unknown")


def test_exceptions_about_orders_clients_workers_and_devices_are_accepted_too(shared_town: Town) -> None:
    device_id = fresh("device")
    shared_town.call("admin").decide(f"/v1/devices/{device_id}/register", {"unit_id": CENTRE})
    subjects = {"order": shared_town.placed_order(), "client": ASTRID, "worker": ANNA, "device": device_id}
    for kind, subject_id in subjects.items():
        body = {"key": f"ORDER_STALE|{kind}/{subject_id}|1", "position": 1, "reason_codes": ["ORDER_NOT_YET_CHANGED"]}
        shared_town.call().decide(
            f"/v1/exceptions/{kind}/{subject_id}/acknowledge", {**body, "note": "Beslut är på väg."}
        )
