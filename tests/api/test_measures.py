"""Measures over HTTP: parameters, levels, as of a position, CSV. What counts is tested with the rules."""

import csv
import io

import pytest

from tests.api.calls import Caller, Json
from tests.api.conftest import Calls
from tests.api.town import ANNA, ASTRID, BO, BRACKE, CENTRE, GALLO, STINA, Town, fact, fresh, uid

SHIFT = {
    "shift_id": uid("shift of monday"),
    "unit_id": CENTRE,
    "scheduled_start_at": "2026-03-02T06:00:00+01:00",
    "scheduled_end_at": "2026-03-02T14:00:00+01:00",
}


@pytest.fixture
def auditor(call: Calls) -> Caller:
    return call("auditor")


def attended(town: Town, worker_id: str, starts: str, ends: str) -> int:
    """A visit to Astrid that nobody planned, this Monday; where it stands in the log."""
    visit_id = fresh("visit")
    return town.sync(
        worker_id,
        [
            fact("check_in", visit_id, starts, client_ids=[ASTRID]),
            fact("service_performed", visit_id, starts, service_code="SHOWER", client_id=ASTRID),
            fact("check_out", visit_id, ends),
        ],
    )


def rows(caller: Caller, path: str, **asked: object) -> list[Json]:
    answer = caller.get(path, **asked)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["rows"]
    return found


MONDAY = {"from": "2026-03-02", "period_days": 1, "visits_per_day_min": 1, "age_min": 0}


def test_continuity_of_a_client_of_their_unit_and_of_all(call: Calls, town: Town, auditor: Caller) -> None:
    contact = {"worker_id": STINA, "from_on": "2026-01-01"}
    call("coordinator").decide(f"/v1/clients/{ASTRID}/designate-care-contact", contact, version=1)
    before = attended(town, ANNA, "08:00", "08:30")
    attended(town, BO, "12:00", "12:30")
    position = attended(town, STINA, "18:00", "18:30")
    asked = {**MONDAY, "min_position": position}
    [client] = rows(auditor, "/v1/continuity", **asked, level="client")
    assert (client["workers"], client["visits"], client["left_out"], client["cci"]) == (3, 3, None, 0)
    assert (client["care_contact_share"], client["care_contact_holds_title"]) == (1 / 3, True)
    [unit] = rows(auditor, "/v1/continuity", **asked, level="unit")
    assert (unit["unit_id"], unit["provider_id"], unit["median"], unit["share_over_10"]) == (CENTRE, BRACKE, 3, 0)
    [whole] = rows(auditor, "/v1/continuity", **asked)
    assert (whole["clients"], whole["mean"], whole["definition"]) == (1, 3, "1, changed")
    [then] = rows(auditor, "/v1/continuity", **MONDAY, as_of=before)
    assert then["mean"] == 1


def test_continuity_is_asked_for_as_the_rulebook_says_where_nothing_is_stated(town: Town, auditor: Caller) -> None:
    position = attended(town, ANNA, "08:00", "08:30")
    [whole] = rows(auditor, "/v1/continuity", min_position=position)
    assert (whole["first_on"], whole["last_on"], whole["definition"]) == ("2026-02-16", "2026-03-01", "1")
    assert (whole["clients"], whole["value"]) == (0, None)
    text = auditor.get("/v1/continuity", **MONDAY, level="client", min_position=position, format="csv").text
    [read] = csv.DictReader(io.StringIO(text))
    assert (read["client_id"], read["workers"], read["care_contact_share"]) == (ASTRID, "1", "")


@pytest.mark.parametrize(
    "asked", [{"period_days": 0}, {"window": "7-22"}, {"level": "everybody"}, {"from": "today"}, {"age_min": -1}]
)
def test_a_measure_that_cannot_be_read_is_refused(shared_town: Town, asked: Json) -> None:
    assert shared_town.call("auditor").get("/v1/continuity", **asked).status_code == 422


def test_client_time_quality_and_counts_of_the_days_asked_for(call: Calls, town: Town, auditor: Caller) -> None:
    manager = call("unit_manager")
    manager.decide(f"/v1/workers/{ANNA}/join-unit", {"unit_id": GALLO, "on": "2026-01-01"}, version=1)
    manager.decide(f"/v1/workers/{ANNA}/schedule-shift", SHIFT, version=2)
    town.placed_order()
    position = town.attended_visit()[1]
    month: Json = {"month": "2026-03", "min_position": position}

    hands = rows(auditor, "/v1/client-time", **month)
    [employer] = [row for row in hands if row["unit_id"] == GALLO]
    assert (employer["client_minutes"], employer["lent_minutes"], employer["unused_minutes"]) == (40, 40, 440)
    assert (employer["shifts_unpaid"], employer["client_time_share"]) == (1, None)
    by_client = {row["unit_id"]: row for row in rows(auditor, "/v1/client-time", **month, by="client_unit")}
    assert (by_client[CENTRE]["client_minutes"], by_client[CENTRE]["unused_minutes"]) == (40, None)

    [quality] = rows(auditor, "/v1/registration-quality", **month)
    assert (quality["unit_id"], quality["attendances"], quality["manual_share"]) == (CENTRE, 1, 0)
    assert quality["delay_median_s"] == 7_200
    [counts] = rows(auditor, "/v1/client-counts", level="unit")
    assert (counts["unit_id"], counts["with_decision"], counts["home_care_clients"]) == (CENTRE, 1, 1)
    assert rows(auditor, "/v1/client-counts", day="2026-01-31") == []


def test_budget_and_register_basis_of_the_months_asked_for(town: Town, auditor: Caller) -> None:
    order_id = town.placed_order()
    position = town.attended_visit()[1]
    asked = {"last": "2026-03", "months": 2, "min_position": position}
    [month] = rows(auditor, "/v1/budget-basis", **asked)
    assert (month["month"], month["unit_id"], month["planned_minutes"], month["performed_minutes"]) == (
        "2026-03",
        CENTRE,
        40,
        40,
    )
    [total] = rows(auditor, "/v1/budget-basis", **asked, level="unit")
    assert (total["months"], total["performed_minutes_per_month"]) == (2, 20)
    assert rows(auditor, "/v1/budget-basis") == []
    assert auditor.get("/v1/budget-basis", last="2026-13").status_code == 422

    [decision] = rows(auditor, "/v1/register-basis", month="2026-02")
    assert (decision["order_id"], decision["in_force"], decision["started"]) == (order_id, True, True)
    assert rows(auditor, "/v1/register-basis", month="2026-01") == []
    text = auditor.get("/v1/register-basis", month="2026-03", format="csv").text
    [read] = csv.DictReader(io.StringIO(text))
    assert (read["client_id"], read["in_force"], read["started"]) == (ASTRID, "true", "false")
