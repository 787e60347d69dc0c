"""Reads: as of any position, waiting for a write, page by page, as JSON or CSV."""

import csv
import io
from typing import Any

import pytest

from api import reading
from api.bootstrap import House
from api.rendering import cell, to_csv
from tests.api.calls import Caller
from tests.api.conftest import Calls, StillClock
from tests.api.town import ANNA, ASTRID, PLAN, Town, fact, fresh

DAY = {"from": "2026-03-02"}


@pytest.fixture
def auditor(call: Calls) -> Caller:
    return call("auditor")


def minutes(answer: Any) -> int:
    assert answer.status_code == 200, answer.text
    return sum(row["staff_minutes"] for row in answer.json()["rows"])


def corrected_visit(call: Calls, town: Town, clock: StillClock) -> tuple[str, int, int]:
    """A visit of 40 minutes, corrected to 15 an hour later: its id, and the positions before and of the correction."""
    visit_id, before = town.attended_visit()
    clock.pass_by(hours=1)
    arrival, departure = _ends(call, visit_id)
    body = {
        "arrival_fact_id": arrival,
        "departure_fact_id": departure,
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:15:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }
    written = call("coordinator").decide(f"/v1/visits/{visit_id}/correct-attendance", body, version=3)
    return visit_id, before, written["position"]


def _ends(call: Calls, visit_id: str) -> tuple[str, str]:
    rows = call("auditor").get("/v1/events", stream=f"visit/{visit_id}").json()["rows"]
    ids = {row["topic"].partition("@")[0]: row["state"].get("stamp", {}).get("id") for row in rows}
    return ids["visit.checked_in"], ids["visit.checked_out"]


def test_a_report_can_be_read_as_it_was_known_at_a_position_an_instant_or_a_date(
    call: Calls, town: Town, clock: StillClock, auditor: Caller
) -> None:
    _, before, after = corrected_visit(call, town, clock)
    assert minutes(auditor.get("/v1/performed-time", **DAY, min_position=after)) == 15
    assert minutes(auditor.get("/v1/performed-time", **DAY, as_of=before)) == 40
    assert minutes(auditor.get("/v1/performed-time", **DAY, as_of="2026-03-02T08:30:00+01:00")) == 40
    assert minutes(auditor.get("/v1/performed-time", **DAY, as_of="2026-03-02")) == 15
    assert minutes(auditor.get("/v1/performed-time", **DAY, as_of="2026-03-01")) == 0


def test_every_answer_says_what_it_is_complete_through_and_which_rules_made_it(town: Town, auditor: Caller) -> None:
    visit_id, position = town.attended_visit()
    answer = auditor.get("/v1/performed-time", **DAY, min_position=position).json()
    assert answer["complete_through"] >= position
    assert answer["recorded_at"] == "2026-03-02T07:00:00Z"
    assert answer["rulebook"] == "default-1"
    trail = auditor.get(f"/v1/audit/visit/{visit_id}").json()
    assert [row["topic"] for row in trail["rows"]] == ["visit.planned", "visit.checked_in", "visit.checked_out"]


def test_the_audit_trail_shows_a_correction_with_both_values_who_when_and_why(
    call: Calls, town: Town, clock: StillClock, auditor: Caller
) -> None:
    visit_id, _, position = corrected_visit(call, town, clock)
    last = auditor.get(f"/v1/audit/visit/{visit_id}", min_position=position).json()["rows"][-1]
    assert "2026-03-02 06:00-06:40 to 2026-03-02 06:00-06:15" in last["text"]
    assert (last["actor"], last["reason_codes"]) == ("coordinator/coordinator-1", ["FORGOT_DEPARTURE"])
    assert last["recorded_at"] == "2026-03-02T08:00:00Z"


def test_a_write_that_does_not_become_visible_in_time_is_said_to_be_so(
    auditor: Caller, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAIT_MAX_S", 0.1)
    answer = auditor.get("/v1/performed-time", **DAY, min_position=house.log.head()[0] + 1_000)
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "not_yet_visible", "1")


@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "2026-03-02T08:00:00", "minus one", "1" * 40])
def test_an_as_of_that_cannot_be_read_is_refused(auditor: Caller, as_of: str) -> None:
    answer = auditor.get("/v1/performed-time", **DAY, as_of=as_of)
    assert answer.status_code == 422
    assert as_of not in answer.text


def test_pages_follow_one_another_at_the_position_of_the_first(town: Town, auditor: Caller) -> None:
    positions = [town.attended_visit()[1] for _ in range(5)]
    asked = {**DAY, "group_by": "visit", "limit": 2}
    first = auditor.get("/v1/performed-time", **asked, min_position=positions[-1]).json()
    town.attended_visit()
    pages = [first]
    while cursor := pages[-1].get("next_cursor"):
        pages.append(auditor.get("/v1/performed-time", **asked, min_position=positions[-1], cursor=cursor).json())
    assert [len(page["rows"]) for page in pages] == [2, 2, 1]
    assert len({row["visit_id"] for page in pages for row in page["rows"]}) == 5
    assert {page["complete_through"] for page in pages} == {first["complete_through"]}


def test_row_51_a_foreign_or_altered_cursor_is_refused(town: Town, auditor: Caller) -> None:
    position = [town.attended_visit()[1] for _ in range(3)][-1]
    asked = {**DAY, "group_by": "visit", "limit": 1, "min_position": position}
    cursor = auditor.get("/v1/performed-time", **asked).json()["next_cursor"]
    other_query = auditor.get("/v1/performed-time", **asked | {"group_by": "day"}, cursor=cursor)
    altered = auditor.get("/v1/performed-time", **asked, cursor=cursor[:-2] + "AA")
    nonsense = auditor.get("/v1/performed-time", **asked, cursor="%%%")
    assert {answer.json()["code"] for answer in (other_query, altered, nonsense)} == {"bad_cursor"}


def test_csv_has_the_same_rows_as_json(town: Town, auditor: Caller) -> None:
    _, position = town.attended_visit()
    asked = {"month": "2026-03", "min_position": position}
    rows = auditor.get("/v1/reconciliation", **asked).json()["rows"]
    answer = auditor.get("/v1/reconciliation", **asked, format="csv")
    read = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["x-complete-through"] == str(
        auditor.get("/v1/reconciliation", **asked).json()["complete_through"]
    )
    assert [row["performed_minutes"] for row in read] == [str(row["performed_minutes"]) for row in rows]
    assert [row["client_id"] for row in read] == [row["client_id"] or "" for row in rows]


def test_a_deviation_is_split_by_cause_nested_in_json_and_a_column_each_in_csv(town: Town, auditor: Caller) -> None:
    """The client is not in the ledger, which must be fixed."""
    _, position = town.attended_visit()
    asked = {"month": "2026-03", "min_position": position, "level": "client"}
    [row] = auditor.get("/v1/reconciliation", **asked).json()["rows"]
    [line] = csv.DictReader(io.StringIO(auditor.get("/v1/reconciliation", **asked, format="csv").text))
    assert row["causes"] == {"registration_error": 40}
    assert (row["reimbursed_minutes"], row["reimbursed_amount"]) == (0, 0)
    assert (line["deviation_minutes"], line["excess_minutes"]) == ("40", "40")
    assert (line["cause_registration_error"], line["cause_missed_by_provider"], "causes" in line) == ("40", "0", False)


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\tx", "＝1", "＋1", "－1", "＠x"])
def test_row_41_a_cell_that_a_spreadsheet_would_run_stands_behind_an_apostrophe(text: str) -> None:
    assert cell(text) == "'" + text


def test_numbers_stay_numbers_in_csv() -> None:
    assert to_csv([{"minutes": -15, "share": 0.5, "name": 'a "b", c', "none": None}]) == (
        'minutes,share,name,none\r\n-15,0.5,"a ""b"", c",\r\n'
    )


def test_a_workers_day_shows_what_is_planned_and_what_was_made(call: Calls, town: Town, auditor: Caller) -> None:
    planned, unplanned = town.planned_visit(), fresh("visit")
    call("coordinator").decide(f"/v1/visits/{planned}/assign", {"worker_id": ANNA}, version=1)
    position = town.sync(ANNA, [fact("check_in", unplanned, "07:00", client_ids=[ASTRID])])
    rows = auditor.get(f"/v1/workers/{ANNA}/schedule", day="2026-03-02", min_position=position).json()["rows"]
    assert [(row["visit_id"], row["is_assigned"], row["arrived_at"]) for row in rows] == [
        (planned, True, None),
        (unplanned, False, "2026-03-02T06:00:00Z"),
    ]
    assert auditor.get(f"/v1/workers/{ANNA}/schedule", day="2026-03-03").json()["rows"] == []


def test_the_raw_log_can_be_followed_for_replay(town: Town, auditor: Caller) -> None:
    visit_id = town.planned_visit()
    first = auditor.get("/v1/events", limit=2).json()
    rest = auditor.get("/v1/events", after=first["rows"][-1]["position"], limit=5_000).json()
    assert [row["position"] for row in first["rows"]] == [1, 2]
    last = rest["rows"][-1]
    assert (last["stream"], last["topic"]) == (f"visit/{visit_id}", "visit.planned")
    assert last["state"]["client_ids"] == PLAN["client_ids"]


@pytest.mark.parametrize("path", ["/v1/performed-time", "/v1/reconciliation", "/v1/exceptions", "/v1/events"])
def test_reads_need_a_token_and_the_right_role(client: Any, call: Calls, path: str) -> None:
    assert client.get(path).status_code == 401
    assert call("admin").get(path).status_code == 403


def test_exceptions_are_closed_by_an_acknowledgement_of_their_key(call: Calls, town: Town) -> None:
    visit_id = fresh("visit")
    facts = [fact("check_in", visit_id, "06:00", client_ids=[ASTRID]), fact("check_out", visit_id, "06:30")]
    position = town.sync(ANNA, facts)
    office = call("coordinator")
    asked = {**DAY, "code": "UNPLANNED"}
    [found] = office.get("/v1/exceptions", **asked, min_position=position).json()["rows"]
    assert (found["class"], found["minutes"], found["open"]) == ("A", 30, True)
    body = {"key": found["key"], "position": position, "reason_codes": ["EMERGENCY"]}
    office.decide(f"/v1/exceptions/visit/{visit_id}/acknowledge", body)
    closed = office.decide(f"/v1/visits/{fresh('visit')}/plan", PLAN)["position"]
    assert office.get("/v1/exceptions", **asked, min_position=closed).json()["rows"] == []
    [shown] = office.get("/v1/exceptions", **asked, state="acknowledged").json()["rows"]
    assert shown["acknowledged_by"] == "coordinator/coordinator-1"
    later = town.sync(ANNA, [fact("check_in", visit_id, "07:00", client_ids=[ASTRID])])
    again = office.get("/v1/exceptions", **asked, min_position=later).json()["rows"]
    assert [row["acknowledged_before"] for row in again] in ([True], [True, True])
