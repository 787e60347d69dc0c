"""What phones send: never refused by a rule, never lost, never counted twice. Row numbers are those of the fault table."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from api.bootstrap import House
from domain.ids import stream_of
from tests.api.calls import Answer, Caller, Json
from tests.api.conftest import Calls, StillClock
from tests.api.town import ANNA, ASTRID, BO, CENTRE, NOBODY, Town, fact, fresh, uid

EIGHT_LOCAL = "2026-03-02T08:00:00+01:00"
CANARY = "Astrid-Hemlig-197001019802"


def phone(call: Calls, worker: str = ANNA) -> Caller:
    return call("care_worker", subject=worker)


def send(caller: Caller, facts: list[Any], device: str = "phone", **envelope: Any) -> Answer:
    body = {"device_id": uid(device), "device_time": EIGHT_LOCAL, "facts": facts} | envelope
    return caller.post("/v1/sync", body, key="")


def statuses(answer: Answer) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(result["status"], result.get("code")) for result in answer.json()["results"]]


def codes_of(call: Calls, **wanted: str) -> set[str]:
    answer = call("coordinator").get("/v1/exceptions", month="2026-03", min_position=1, **wanted)
    assert answer.status_code == 200, answer.text
    return {row["code"] for row in answer.json()["rows"]}


def events(house: House, visit_id: str) -> list[Any]:
    rows = house.log.read_stream(stream_of("visit", visit_id))
    return [recorded.event for recorded in house.codec.decode_rows(rows)]


def settle(house: House) -> None:
    assert house.projector.wait_until(house.log.head()[0], 5)


def test_the_answer_has_our_media_type_and_protocol_so_that_a_guest_networks_page_is_no_success(call: Calls) -> None:
    answer = send(phone(call), [fact("check_in", fresh("visit"), "06:00")])
    assert answer.headers["content-type"] == "application/vnd.visitledger.sync+json;version=1"
    assert answer.json()["protocol"] == 1


def test_a_phone_that_is_not_signed_in_is_told_so(call: Calls, client: Any) -> None:
    answer = client.post("/v1/sync", json={"facts": []})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_only_a_care_worker_registers_and_never_for_somebody_else(call: Calls, house: House) -> None:
    assert send(call("coordinator"), [fact("check_in", fresh("visit"), "06:00")]).status_code == 403
    visit_id = fresh("visit")
    send(phone(call), [fact("check_in", visit_id, "06:00", worker_id=BO)])
    assert events(house, visit_id)[0].worker_id == ANNA


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
    raw = (
        json
        .dumps({"facts": [turned], "device_time": EIGHT_LOCAL, "device_id": uid("phone")}, indent=3)
        .encode()
    )
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
    assert statuses(send(phone(call), [sent], device="other phone")) == [("rejected", "id_conflict")]


def test_row_22_a_departure_may_come_before_its_arrival(call: Calls, house: House, town: Town) -> None:
    visit_id = town.planned_visit()
    send(phone(call), [fact("check_out", visit_id, "06:40")])
    settle(house)
    assert "ARRIVAL_MISSING" in codes_of(call)
    send(phone(call), [fact("check_in", visit_id, "06:00")])
    settle(house)
    assert "ARRIVAL_MISSING" not in codes_of(call)
    rows = call("coordinator").get("/v1/performed-time", **{"from": "2026-03-02"}).json()["rows"]
    assert rows == [{"day": "2026-03-02", "staff_minutes": 40, "visit_minutes": 40, "lent_minutes": 0}]


def test_row_23_a_gap_in_the_phones_numbers_is_told_and_blocks_nothing(call: Calls) -> None:
    facts = [fact("check_in", fresh("visit"), "06:00") | {"seq": seq} for seq in (10, 11, 15)]
    answer = send(phone(call), facts)
    assert {status for status, _ in statuses(answer)} == {"accepted"}
    assert answer.json()["gaps"] == [[12, 14]]


def test_row_24_two_workers_on_one_visit_are_both_taken(call: Calls, house: House) -> None:
    visit_id = fresh("visit")
    for worker in (ANNA, BO):
        facts = [fact("check_in", visit_id, "06:00"), fact("check_out", visit_id, "06:30")]
        assert statuses(send(phone(call, worker), facts, device=worker)) == [("accepted", None)] * 2
    settle(house)
    [row] = call("coordinator").get("/v1/performed-time", **{"from": "2026-03-02"}).json()["rows"]
    assert (row["staff_minutes"], row["visit_minutes"]) == (60, 30)


def test_row_26_a_clock_three_hours_wrong_is_corrected_by_the_measured_offset_and_flagged(
    call: Calls, house: House
) -> None:
    """The phone says eleven when the server says eight: what it stamped nine happened at six."""
    visit_id = fresh("visit")
    answer = send(phone(call), [fact("check_in", visit_id, "09:00")], device_time="2026-03-02T11:00:00+01:00")
    assert answer.json()["clock_offset_ms"] == -3 * 3600 * 1000
    [arrival] = events(house, visit_id)
    assert arrival.occurred_at == datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    assert (arrival.clock.wall_at, arrival.clock.rule) == ("2026-03-02T09:00:00+01:00", "wall_corrected")
    settle(house)
    assert "CLOCK_DRIFT" in codes_of(call)


@pytest.mark.parametrize("year", ["1970", "2099"])
def test_row_27_a_time_in_1970_or_2099_is_taken_marked_uncertain_and_flagged(
    call: Calls, house: House, year: str
) -> None:
    visit_id = fresh("visit")
    sent = fact("check_in", visit_id, "06:00") | {"wall_time": f"{year}-03-02T06:00:00+01:00"}
    assert statuses(send(phone(call), [sent])) == [("accepted", None)]
    [arrival] = events(house, visit_id)
    assert (arrival.clock.rule, arrival.clock.implausible) == ("wall_uncertain", True)
    settle(house)
    answer = call("coordinator").get("/v1/exceptions", **{"from": f"{year}-03-02"})
    assert "TIME_IMPLAUSIBLE" in {row["code"] for row in answer.json()["rows"]}


def test_row_28_a_wall_time_without_offset_is_rejected(call: Calls) -> None:
    sent = fact("check_in", fresh("visit"), "06:00") | {"wall_time": "2026-03-02T06:00:00"}
    assert statuses(send(phone(call), [sent])) == [("rejected", "bad_time")]


def test_row_29_an_end_before_its_start_by_the_clock_is_measured_by_the_counter(call: Calls, house: House) -> None:
    """Somebody turned the clock back an hour during the visit; the counter since boot was not fooled."""
    visit_id, boot = fresh("visit"), {"boot_id": "boot-1"}
    facts = [
        fact("check_in", visit_id, "07:00") | boot | {"monotonic_ms": 1_000_000},
        fact("check_out", visit_id, "06:25") | boot | {"monotonic_ms": 1_000_000 + 25 * 60_000},
    ]
    now = {"monotonic_ms": 1_000_000 + 60 * 60_000, **boot, "device_time": EIGHT_LOCAL}
    assert statuses(send(phone(call), facts, **now)) == [("accepted", None)] * 2
    settle(house)
    [row] = call("coordinator").get("/v1/performed-time", **{"from": "2026-03-02"}).json()["rows"]
    assert row["staff_minutes"] == 25
    assert "TIME_JUMP" in codes_of(call)


def test_row_30_a_visit_of_no_time_or_of_thirty_hours_is_taken(call: Calls, house: House) -> None:
    short, long = fresh("visit"), fresh("visit")
    facts = [
        fact("check_in", short, "06:00"),
        fact("check_out", short, "06:00"),
        fact("check_in", long, "06:00") | {"wall_time": "2026-02-28T23:00:00+01:00"},
        fact("check_out", long, "05:00"),
    ]
    assert statuses(send(phone(call), facts)) == [("accepted", None)] * 4


def test_row_31_an_unplanned_visit_and_rows_67_an_unknown_client_are_taken_and_flagged(
    call: Calls, house: House
) -> None:
    visit_id = fresh("visit")
    facts = [
        fact("check_in", visit_id, "06:00", client_ids=[NOBODY]),
        fact("service_performed", visit_id, "06:05", service_code="SHOWER", client_id=NOBODY),
        fact("check_out", visit_id, "06:30"),
    ]
    assert statuses(send(phone(call), facts)) == [("accepted", None)] * 3
    settle(house)
    assert {"UNPLANNED", "CLIENT_UNKNOWN", "WORKER_UNKNOWN"} <= codes_of(call)


def test_row_32_a_service_code_nobody_knows_is_taken_and_flagged(call: Calls, house: House, town: Town) -> None:
    visit_id, _ = town.attended_visit()
    send(phone(call), [fact("service_performed", visit_id, "06:10", service_code="DANCE", client_id=ASTRID)])
    settle(house)
    assert "SERVICE_CODE_UNKNOWN" in codes_of(call)


def test_row_33_fields_of_a_newer_app_are_kept_sealed_and_flagged(call: Calls, house: House) -> None:
    visit_id = fresh("visit")
    assert statuses(send(phone(call), [fact("check_in", visit_id, "06:00", mood=CANARY)])) == [("accepted", None)]
    [arrival] = events(house, visit_id)
    opened = house.sealing.open(arrival.unrecognised, place=arrival.place_of("unrecognised"))
    assert opened == f'{{"mood":"{CANARY}"}}'
    settle(house)
    assert "APP_NEWER" in codes_of(call)


def test_an_unknown_field_of_the_envelope_is_refused_and_of_a_fact_rejected(call: Calls) -> None:
    good = fact("check_in", fresh("visit"), "06:00")
    refused = send(phone(call), [good], tenant="other")
    assert (refused.status_code, refused.json()["errors"]) == (422, [{"pointer": "/tenant", "code": "unknown_field"}])
    assert statuses(send(phone(call), [good | {"role": "admin"}])) == [("rejected", "unknown_field")]


def test_a_fact_of_an_unknown_type_is_kept_for_a_person(call: Calls, house: House) -> None:
    assert statuses(send(phone(call), [fact("teleported", fresh("visit"), "06:00")])) == [
        ("rejected", "unknown_fact_type")
    ]
    assert len(house.log.quarantined(10)) == 1


@pytest.mark.usefixtures("town")
def test_row_45_a_revoked_phones_facts_are_kept_apart(call: Calls, house: House) -> None:
    device, admin = uid("lost phone"), call("admin")
    admin.decide(f"/v1/devices/{device}/register", {"unit_id": CENTRE})
    admin.decide(f"/v1/devices/{device}/revoke", {"reason": "lost"}, version=1)
    visit_id = fresh("visit")
    assert statuses(send(phone(call), [fact("check_in", visit_id, "06:00")], device="lost phone")) == [
        ("rejected", "device_revoked")
    ]
    assert events(house, visit_id) == []


def test_a_second_phone_may_end_a_visit_begun_on_a_lost_one(call: Calls, house: House) -> None:
    visit_id = fresh("visit")
    send(phone(call), [fact("check_in", visit_id, "06:00")], device="lost phone")
    send(phone(call), [fact("check_out", visit_id, "06:30")], device="new phone")
    settle(house)
    [row] = call("coordinator").get("/v1/performed-time", **{"from": "2026-03-02"}).json()["rows"]
    assert row["staff_minutes"] == 30


@pytest.mark.usefixtures("town")
def test_the_place_is_derived_once_and_the_position_is_sealed(call: Calls, house: House) -> None:
    home, far = {"lat": 62.75, "lon": 15.42, "accuracy_m": 10}, {"lat": 62.76, "lon": 15.42, "accuracy_m": 10}
    client_id = fresh("client")
    call("unit_manager").decide(
        f"/v1/clients/{client_id}/register",
        {"unit_id": CENTRE, "registered_on": "2026-01-01", "home_position": {"lat": 62.75, "lon": 15.42}},
    )
    visit_id = fresh("visit")
    facts = [
        fact("check_in", visit_id, "06:00", client_ids=[client_id], position=home),
        fact("check_out", visit_id, "06:30", client_ids=[client_id], position=far),
    ]
    assert statuses(send(phone(call), facts)) == [("accepted", None)] * 2
    arrival, departure = events(house, visit_id)
    assert (arrival.place.code, departure.place.code) == ("inside", "outside")
    assert departure.place.outside_m % 50 == 0
    assert 900 <= departure.place.outside_m <= 1100
    assert house.sealing.open(arrival.position, place=arrival.place_of("position")) == "62.75,15.42,10.0"


def test_a_phone_is_heard_from_at_most_once_each_five_minutes(call: Calls, house: House, clock: StillClock) -> None:
    for minutes in (0, 2, 2, 2):
        clock.pass_by(minutes=minutes)
        send(phone(call), [fact("check_in", fresh("visit"), "06:00")])
    heard = [row for row in house.log.read(0, 100) if row.topic == "device.heard_from"]
    assert len(heard) == 2


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
