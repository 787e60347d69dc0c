"""Many decisions in one call: each under its own key, each answered for itself."""

import json

import pytest

from api.bootstrap import House
from api.office_batch import ITEMS_MAX
from tests.api.calls import Json, fresh_key
from tests.api.test_office_routes import CANARY
from tests.api.town import ANNA, ASTRID, BO, NOBODY, PLAN, Town, fresh


def plan_item(**change: object) -> Json:
    """A visit to plan."""
    return {"key": fresh_key(), "visit_id": fresh("visit"), **PLAN, **change}


def outcomes(answer: Json) -> list[str]:
    """What came of each item: its status, or the code it was rejected with."""
    return [result.get("code") or result["status"] for result in answer["results"]]


def test_500_visits_are_planned_in_one_call(shared_town: Town, shared_house: House) -> None:
    items = [plan_item() for _ in range(ITEMS_MAX)]
    answer = shared_town.call().post("/v1/visits/plan", {"items": items}, key="")
    assert answer.status_code == 200
    assert outcomes(answer.json()) == ["accepted"] * ITEMS_MAX
    first, last = answer.json()["results"][0], answer.json()["results"][-1]
    assert first["key"] == items[0]["key"]
    assert (first["id"], first["version"]) == (items[0]["visit_id"], 1)
    assert answer.json()["position"] == last["position"] == shared_house.log.head()[0]


@pytest.mark.parametrize("size", [0, 501])
@pytest.mark.parametrize("what", ["plan", "assign", "approve"])
def test_no_item_or_more_than_500_are_refused_whole(shared_town: Town, what: str, size: int) -> None:
    answer = shared_town.call().post(f"/v1/visits/{what}", {"items": [{"key": "12345678"}] * size}, key="")
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_size")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[]", 422, "wrong_type"),
        (b"{}", 422, "missing_field"),
        (b'{"items": [{}], "more": 1}', 422, "unknown_field"),
        (b'{"items": {}}', 422, "wrong_type"),
        (b'{"items": [{}]', 400, "malformed_json"),
        (b'{"items": [{}], "items": [{}]}', 400, "duplicate_key"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(shared_town: Town, body: bytes, status: int, code: str) -> None:
    answer = shared_town.call().send("/v1/visits/plan", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_one_bad_item_never_sinks_the_others(shared_town: Town) -> None:
    items = [
        plan_item(),
        plan_item(key="short"),
        plan_item(key=None),
        plan_item(client_ids=[fresh("client")]),
        plan_item(scheduled_start_at="2026-03-02T06:00:00"),
        plan_item(surprise=True),
        plan_item(visit_id="1"),
        plan_item(visit_id=[[{}]], client_ids=0.5),
        "not an item",
        plan_item(),
    ]
    answer = shared_town.call().post("/v1/visits/plan", {"items": items}, key="").json()
    assert outcomes(answer) == [
        "accepted",
        "idempotency_key",
        "idempotency_key",
        "client_unknown",
        "bad_time",
        "unknown_field",
        "invalid",
        "wrong_type",
        "idempotency_key",
        "accepted",
    ]
    assert answer["results"][4]["errors"] == [{"pointer": "/scheduled_start_at", "code": "bad_time"}]
    assert [result["key"] for result in answer["results"]][1:3] == ["", ""]


def test_a_fault_of_the_json_is_the_items_alone(shared_town: Town) -> None:
    good, bad = plan_item(), plan_item()
    body = json.dumps({"items": [good, bad]}).replace('"minutes": 40}], "unit_id"', '"minutes": NaN}], "unit_id"')
    body = body.replace("NaN", "40", 1)
    answer = shared_town.call().send("/v1/visits/plan", body.encode()).json()
    assert outcomes(answer) == ["accepted", "not_finite"]
    assert answer["results"][1]["errors"] == [{"pointer": "/services/0/minutes", "code": "not_finite"}]


def test_a_batch_sent_again_is_known_item_by_item(shared_town: Town, shared_house: House) -> None:
    items = [plan_item(), plan_item()]
    first = shared_town.call().post("/v1/visits/plan", {"items": items}, key="").json()
    head = shared_house.log.head()
    again = shared_town.call().post("/v1/visits/plan", {"items": [*items, plan_item(client_ids=[])]}, key="").json()
    assert outcomes(again) == ["known", "known", "client_missing"]
    assert [result | {"status": "accepted"} for result in again["results"][:2]] == first["results"]
    assert shared_house.log.head() == head


def test_a_key_counts_once_inside_a_batch_too(shared_town: Town) -> None:
    item = plan_item()
    answer = shared_town.call().post("/v1/visits/plan", {"items": [item, item, {**item, "workers_needed": 2}]}, key="")
    assert outcomes(answer.json()) == ["accepted", "known", "id_conflict"]


def test_visits_are_assigned_on_the_version_that_was_read(shared_town: Town) -> None:
    visit_ids = [shared_town.planned_visit() for _ in range(4)]
    versions: list[int | None] = [1, 7, None, 1]
    items = [
        {"key": fresh_key(), "visit_id": visit_id, "version": version, "worker_id": ANNA}
        for visit_id, version in zip(visit_ids, versions, strict=True)
    ]
    items[3]["worker_id"] = fresh("worker")
    items.append({"key": fresh_key(), "visit_id": NOBODY, "version": 1, "worker_id": ANNA})
    answer = shared_town.call().post("/v1/visits/assign", {"items": items}, key="").json()
    assert outcomes(answer) == ["accepted", "wrong_version", "version_required", "worker_unknown", "visit_unknown"]


def test_decisions_of_one_batch_stand_on_those_before_them(shared_town: Town) -> None:
    visit_id = shared_town.planned_visit()
    items = [
        {"key": fresh_key(), "visit_id": visit_id, "version": version, "worker_id": worker_id}
        for version, worker_id in ((1, ANNA), (2, BO), (3, ANNA))
    ]
    answer = shared_town.call().post("/v1/visits/assign", {"items": items}, key="").json()
    assert outcomes(answer) == ["accepted", "accepted", "worker_already_assigned"]
    assert [result.get("version") for result in answer["results"]] == [2, 3, None]


def test_an_approval_in_bulk_stores_one_event_for_each_visit(shared_town: Town, shared_house: House) -> None:
    visits = [shared_town.attended_visit() for _ in range(3)]
    position = visits[-1][1]
    items = [
        {"key": fresh_key(), "visit_id": visit_id, "version": 3, "position": position, "minutes": 40}
        for visit_id, _ in visits
    ]
    items[1]["minutes"] = 39
    answer = shared_town.call().post("/v1/visits/approve", {"items": items}, key="").json()
    assert outcomes(answer) == ["accepted", "minutes_differ", "accepted"]
    stored = shared_house.log.read(position, 10)
    assert [(row.stream, row.topic) for row in stored] == [
        (f"visit/{visits[0][0]}", "visit.approved"),
        (f"visit/{visits[2][0]}", "visit.approved"),
    ]


def test_a_worker_approves_in_bulk_only_where_the_worker_was(shared_town: Town) -> None:
    mine, position = shared_town.attended_visit(worker_id=BO)
    others, _ = shared_town.attended_visit(worker_id=ANNA)
    given, _ = shared_town.attended_visit(worker_id=ANNA)
    shared_town.call("coordinator").decide(f"/v1/visits/{given}/assign", {"worker_id": BO}, version=3)
    items = [
        {"key": fresh_key(), "visit_id": visit_id, "version": version, "position": position, "minutes": 40}
        for visit_id, version in ((mine, 3), (given, 4), (others, 3))
    ]
    answer = shared_town.call("care_worker", subject=BO).post("/v1/visits/approve", {"items": items}, key="").json()
    assert outcomes(answer) == ["accepted", "not_your_attendance", "visit_unknown"]


def test_nobody_approves_in_bulk_what_is_still_to_be_learned(shared_town: Town, shared_house: House) -> None:
    visit_id, _ = shared_town.attended_visit()
    ahead = shared_house.log.head()[0] + 1
    item = {"key": fresh_key(), "visit_id": visit_id, "version": 3, "position": ahead, "minutes": 40}
    answer = shared_town.call().post("/v1/visits/approve", {"items": [item]}, key="").json()
    assert outcomes(answer) == ["position_ahead"]


@pytest.mark.parametrize("what", ["plan", "assign", "approve"])
def test_no_result_repeats_what_was_sent(shared_town: Town, what: str) -> None:
    fields = ("key", "version", "visit_id", "worker_id", "client_ids", "services", "position", "minutes", "unit_id")
    items: list[object] = [dict.fromkeys(fields, CANARY), {CANARY: CANARY}, CANARY, [CANARY]]
    items += [{"key": fresh_key(), field: CANARY} for field in fields[1:]]
    items += [{"key": fresh_key(), field: {CANARY: [CANARY]}} for field in fields[1:]]
    items.append({"key": CANARY, "visit_id": NOBODY, "client_ids": [ASTRID]})
    answer = shared_town.call().post(f"/v1/visits/{what}", {"items": items}, key="")
    assert answer.status_code == 200
    assert {result["status"] for result in answer.json()["results"]} == {"rejected"}
    assert CANARY not in answer.text
    assert "kanarief" not in answer.text
