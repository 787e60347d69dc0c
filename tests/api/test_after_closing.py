"""What is wrong in a closed month: who may still put it right, and what the others are told."""

from tests.api.conftest import Calls, StillClock
from tests.api.test_periods import APRIL, LOCKED, MARCH, OVER, adjusted, read, refused, told
from tests.api.town import ANNA, ASTRID, Town, fact, fresh


def test_after_closing_only_the_municipality_corrects_and_it_becomes_an_adjustment(
    town: Town, clock: StillClock, call: Calls
) -> None:
    municipality = call("care_manager")
    visit_id, _ = town.attended_visit()
    rows = town.call("auditor").get("/v1/events", stream=f"visit/{visit_id}").json()["rows"]
    ids = {row["topic"].partition("@")[0]: row["state"].get("stamp", {}).get("id") for row in rows}
    clock.now = LOCKED
    municipality.decide(f"{MARCH}/close", {})
    before = read(municipality, f"{MARCH}/statement")
    body = {
        "arrival_fact_id": ids["visit.checked_in"],
        "departure_fact_id": ids["visit.checked_out"],
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:15:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }
    path = f"/v1/visits/{visit_id}/correct-attendance"
    for role in ("coordinator", "unit_manager"):
        assert refused(town.call(role).post(path, body, version=3)) == "period_closed"
    assert town.call("care_worker", subject=ANNA).post(path, body, version=3).status_code == 404
    municipality.decide(path, body, version=3)
    assert adjusted(told(municipality, f"{APRIL}/draft")) == [("2026-03", -25, "adjustment")]
    assert read(municipality, f"{MARCH}/statement") == before


def test_a_worker_is_told_that_the_month_of_a_visit_which_they_still_see_is_closed(
    town: Town, clock: StillClock, call: Calls
) -> None:
    visit_id, day = fresh("visit"), "2026-03-30"
    stay = [fact("check_in", visit_id, "06:00", client_ids=[ASTRID]), fact("check_out", visit_id, "06:40")]
    for each in stay:
        each["wall_time"] = each["wall_time"].replace("2026-03-02", day)
    clock.now = OVER
    town.sync(ANNA, stay, "2026-04-01T09:00:00+02:00")
    call("care_manager").decide(f"{MARCH}/close", {"early_because": "date_set_otherwise"})
    body = {
        "arrival_fact_id": stay[0]["id"],
        "departure_fact_id": stay[1]["id"],
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": f"{day}T06:00:00+01:00",
        "departed_at": f"{day}T06:15:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }
    worker = town.call("care_worker", subject=ANNA)
    assert refused(worker.post(f"/v1/visits/{visit_id}/correct-attendance", body, version=2)) == "period_closed"
