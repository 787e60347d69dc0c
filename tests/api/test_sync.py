"""What phones send: never lost, never counted twice, one answer a fact. Row numbers are those of the fault table."""

import json
from typing import Any

import pytest

from api.bootstrap import House
from tests.api.calls import Json
from tests.api.conftest import Calls
from tests.api.phones import CANARY, EIGHT_LOCAL, codes_of, events, phone, send, settle, statuses
from tests.api.town import ANNA, BO, fact, fresh, uid


def test_the_answer_has_our_media_type_and_protocol_so_that_a_guest_networks_page_is_no_success(call: Calls) -> None:
    answer = send(phone(call), [fact("check_in", fresh("visit"), "06:00")])
    assert answer.headers["content-type"] == "application/vnd.visitledger.sync+json;version=1"
    assert answer.json()["protocol"] == 1


def test_a_phone_that_is_not_signed_in_is_told_so(client: Any) -> None:
    answer = client.post("/v1/sync", json={"facts": []})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_only_a_care_worker_registers_and_never_for_somebody_else(call: Calls, house: House) -> None:
    assert send(call("coordinator"), [fact("check_in", fresh("visit"), "06:00")]).status_code == 403
    visit_id = fresh("visit")
    send(phone(call), [fact("check_in", visit_id, "06:00", worker_id=BO)])
    assert events(house, visit_id)[0].worker_id == ANNA


def test_what_a_phone_registers_waits_for_no_read_model(call: Calls, house: House) -> None:
    assert statuses(send(phone(call), [fact("check_in", fresh("visit"), "06:00")])) == [("accepted", None)]
    assert not house.zone.is_known, "nobody had to ask which zone it is"


@pytest.mark.parametrize("count", [0, 201])
def test_row_15_an_empty_batch_or_one_of_201_is_refused_whole(call: Calls, count: int) -> None:
    answer = send(phone(call), [fact("check_in", fresh("visit"), "06:00") for _ in range(count)])
    assert (answer.status_code, answer.json()["code"]) == (422, "batch_size")


def test_row_16_one_bad_of_200_is_rejected_and_199_are_accepted(call: Calls, house: House) -> None:
    facts = [fact("check_in", fresh("visit"), "06:00") for _ in range(200)]
    facts[77]["wall_time"] = "six in the morning"
    found = statuses(send(phone(call), facts))
    assert found[77] == ("rejected", "bad_time")
    assert found.count(("accepted", None)) == 199
    assert [kept.reason for kept in house.log.quarantined(10)] == ["bad_time"]


def test_row_05_a_half_surrogate_sinks_only_its_own_fact(call: Calls, house: House) -> None:
    good, bad = fact("check_in", fresh("visit"), "06:00"), fact("note", fresh("visit"), "06:10", text="X")
    body = {"device_id": uid("phone"), "device_time": EIGHT_LOCAL, "facts": [good, bad]}
    raw = json.dumps(body).replace('"X"', '"\\ud800"').encode()
    answer = phone(call).send("/v1/sync", raw)
    assert statuses(answer) == [("accepted", None), ("rejected", "bad_text")]
    assert house.sealing.open_bytes(house.log.quarantined(1)[0].sealed, place=_place(house)) == raw


def _place(house: House) -> str:
    return f"quarantine/{house.log.quarantined(1)[0].quarantine_id}"


def test_rows_17_and_21_the_same_batch_again_is_known_with_its_first_positions(call: Calls, house: House) -> None:
    facts = [fact("check_in", fresh("visit"), "06:00"), fact("check_out", fresh("visit"), "06:30")]
    first = send(phone(call), facts).json()["results"]
    head = house.log.head()
    again = send(phone(call), facts).json()["results"]
    assert [result["status"] for result in again] == ["known", "known"]
    assert [result["position"] for result in again] == [result["position"] for result in first]
    assert house.log.head() == head


def test_the_same_fact_written_in_another_way_is_still_the_same(call: Calls) -> None:
    sent = fact("service_performed", fresh("visit"), "06:00", service_code="SHOWER", minutes=10)
    send(phone(call), [sent])
    turned = dict(reversed(list(sent.items()))) | {"seq": float(sent["seq"])}
    raw = json.dumps({"facts": [turned], "device_time": EIGHT_LOCAL, "device_id": uid("phone")}, indent=3).encode()
    assert statuses(phone(call).send("/v1/sync", raw)) in ([("known", None)], [("rejected", "wrong_type")])


def test_row_18_the_same_id_with_other_content_is_a_conflict_and_both_are_kept(call: Calls, house: House) -> None:
    sent = fact("check_in", fresh("visit"), "06:00")
    send(phone(call), [sent])
    assert statuses(send(phone(call), [sent | {"wall_time": "2026-03-02T07:00:00+01:00"}])) == [
        ("rejected", "id_conflict")
    ]
    settle(house)
    assert [kept.reason for kept in house.log.quarantined(10)] == ["id_conflict"]
    assert "ID_CONFLICT" in codes_of(call)


def test_another_phone_with_the_same_fact_id_is_a_conflict(call: Calls) -> None:
    sent = fact("check_in", fresh("visit"), "06:00")
    send(phone(call), [sent])
    assert statuses(send(phone(call), [sent], "other phone")) == [("rejected", "id_conflict")]


@pytest.mark.parametrize(
    "facts",
    [
        [{"id": CANARY}],
        [fact("note", uid("v"), "06:00", text=CANARY + "\x00")],
        [fact(CANARY, uid("v"), "06:00")],
        [fact("check_in", uid("v"), "06:00", client_ids=[CANARY])],
        [CANARY],
    ],
)
def test_an_answer_never_repeats_what_was_sent(call: Calls, facts: list[Any]) -> None:
    assert CANARY not in send(phone(call), facts).text


def test_a_broken_body_is_refused_whole_with_a_problem(call: Calls) -> None:
    answer = phone(call).send("/v1/sync", b'{"device_id":')
    problem: Json = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "malformed_json")
    assert answer.headers["content-type"] == "application/problem+json"
