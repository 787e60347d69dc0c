"""Facts that are odd: never refused by a rule, taken and flagged. Row numbers are those of the fault table."""

from datetime import UTC, datetime

import pytest

from api.bootstrap import House
from tests.api.conftest import Calls, StillClock
from tests.api.phones import CANARY, EIGHT_LOCAL, codes_of, events, phone, send, settle, statuses
from tests.api.town import ANNA, ASTRID, BO, CENTRE, NOBODY, Town, fact, fresh, uid

pytestmark = pytest.mark.faults


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
        assert statuses(send(phone(call, worker), facts, worker)) == [("accepted", None)] * 2
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


def test_row_30_a_visit_of_no_time_or_of_thirty_hours_is_taken(call: Calls) -> None:
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
    assert statuses(send(phone(call), [fact("check_in", visit_id, "06:00")], "lost phone")) == [
        ("rejected", "device_revoked")
    ]
    assert events(house, visit_id) == []


def test_a_second_phone_may_end_a_visit_begun_on_a_lost_one(call: Calls, house: House) -> None:
    visit_id = fresh("visit")
    send(phone(call), [fact("check_in", visit_id, "06:00")], "lost phone")
    send(phone(call), [fact("check_out", visit_id, "06:30")], "new phone")
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
