"""A month closes, something is learned late: the closed statement does not move by a byte, and the next month settles it."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from api.bootstrap import House
from domain.office.act import Act
from domain.office.organisation import adopt_rulebook
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Edition, Rulebook
from domain.rulebook.values import AfterLock, DoubleStaffing, ExcessPolicy, Rate
from tests.api.calls import Answer, Caller, Json, fresh_key
from tests.api.conftest import Calls, StillClock
from tests.api.town import ANNA, ASTRID, BO, BRACKE, CENTRE, NOBODY, PLAN, Town, fact, fresh

MARCH, APRIL, MAY = (f"/v1/periods/{CENTRE}/2026-{month}" for month in ("03", "04", "05"))
OVER = datetime(2026, 4, 1, 7, tzinfo=UTC)
"""March is over, but its lock date, the 8th after Easter, is not reached."""
LOCKED = datetime(2026, 4, 8, 7, tzinfo=UTC)
LOCKED_LOCALLY = "2026-04-08T09:00:00+02:00"
APRIL_LOCKED, MAY_LOCKED = datetime(2026, 5, 7, 7, tzinfo=UTC), datetime(2026, 6, 8, 7, tzinfo=UTC)


@pytest.fixture
def municipality(call: Calls) -> Caller:
    return call("care_manager")


@pytest.fixture
def closed(town: Town, clock: StillClock, municipality: Caller) -> Json:
    """March of the Bräcke group: one visit of 40 minutes, closed on its lock date."""
    town.attended_visit()
    clock.now = LOCKED
    return municipality.decide(f"{MARCH}/close", {})


def refused(answer: Answer) -> str:
    assert answer.status_code == 409, answer.text
    code: str = answer.json()["code"]
    return code


def read(caller: Caller, path: str, **params: object) -> bytes:
    answer = caller.get(path, **params)
    assert answer.status_code == 200, answer.text
    content: bytes = answer.content
    return content


def told(caller: Caller, path: str, **params: object) -> Json:
    answer = caller.get(path, **params)
    assert answer.status_code == 200, answer.text
    statement: Json = answer.json()
    return statement


def minutes(lines: list[Json]) -> int:
    return sum(line["performed_minutes"] for line in lines)


def adjusted(statement: Json) -> list[tuple[str, int, str]]:
    """Each adjustment line of a statement: of which month, how many minutes, how it is treated."""
    return [
        (adjustment["month"], line.get("performed_minutes", 0), line["treatment"])
        for adjustment in statement["adjustments"]
        for line in adjustment["lines"]
    ]


def late_visit(town: Town, *services: Json) -> str:
    """Bo's phone had no coverage in March: a visit of 25 minutes that nobody planned comes in April."""
    visit_id = fresh("visit")
    stay = [fact("check_in", visit_id, "17:00", client_ids=[ASTRID]), fact("check_out", visit_id, "17:25")]
    town.sync(BO, [*stay, *({**service, "visit_id": visit_id} for service in services)], LOCKED_LOCALLY)
    return visit_id


def adopt(house: House, **policies: Any) -> None:
    """Adopt other rules for all of 2026."""
    edition = Edition(version="changed-2026", from_on=date(2026, 1, 1), policies=Policies(**policies))
    rulebook = Rulebook(municipality="Bräcke", editions=(edition,))
    house.writer.write([adopt_rulebook(rulebook, act=Act(actor="admin/ada"))])


def test_a_month_is_closed_at_a_position_and_its_statement_served_as_it_was_stored(
    closed: Json, house: House, municipality: Caller
) -> None:
    content = read(municipality, f"{MARCH}/statement")
    statement = told(municipality, f"{MARCH}/statement")
    assert statement["position"] == closed["position"] - 1
    assert (statement["unit_id"], statement["month"], statement["calculation_version"]) == (CENTRE, "2026-03", 1)
    assert statement["rulebook_versions"] == ["default-1"]
    assert minutes(statement["sections"]["pay"]) == 40
    [row] = told(municipality, "/v1/periods", month="2026-03", min_position=closed["position"])["rows"]
    assert (row["state"], row["position"]) == ("closed", statement["position"])
    assert house.log.statement(row["digest"]) == content
    assert municipality.get(f"{MARCH}/statement").headers["digest-sha-256"] == row["digest"]
    assert told(municipality, "/v1/periods", month="2026-04")["rows"] == []


def test_a_late_registration_leaves_the_closed_statement_as_it_is_and_stands_in_the_next_month(
    closed: Json, town: Town, clock: StillClock, municipality: Caller
) -> None:
    before = read(municipality, f"{MARCH}/statement")
    visit_id = late_visit(town)
    assert read(municipality, f"{MARCH}/statement") == before

    draft = told(municipality, f"{APRIL}/draft")
    assert adjusted(draft) == [("2026-03", 25, "adjustment")]
    assert adjusted(told(municipality, f"{MARCH}/draft")) == []
    [line] = draft["adjustments"][0]["lines"]
    assert line["visit_id"] == visit_id
    assert line["causes"] == [closed["position"] + 1, closed["position"] + 2]
    [late] = told(municipality, "/v1/exceptions", month="2026-03", code="AFTER_LOCK")["rows"]
    assert (late["subject_id"], late["minutes"], late["amount"]) == (visit_id, 25, None)

    clock.now = APRIL_LOCKED
    written = municipality.decide(f"{APRIL}/close", {})
    assert adjusted(told(municipality, f"{APRIL}/statement")) == [("2026-03", 25, "adjustment")]
    assert read(municipality, f"{MARCH}/statement") == before
    booked = town.call("auditor").get("/v1/events", after=written["position"] - 2).json()["rows"][0]
    assert booked["topic"] == "period.adjustment_booked"
    assert (booked["state"]["adjusted_month"], booked["state"]["minutes"]) == ("2026-03", 25)

    clock.now = MAY_LOCKED
    assert adjusted(told(municipality, f"{MAY}/draft")) == []


def test_where_late_is_not_paid_it_is_told_and_no_more(
    town: Town, house: House, clock: StillClock, municipality: Caller
) -> None:
    adopt(house, after_lock=AfterLock.NOT_PAID)
    town.attended_visit()
    clock.now = LOCKED
    municipality.decide(f"{MARCH}/close", {})
    late_visit(town)
    assert adjusted(told(municipality, f"{APRIL}/draft")) == [("2026-03", 25, "late")]


def test_a_late_visit_is_settled_to_the_ore(town: Town, house: House, clock: StillClock, municipality: Caller) -> None:
    """25 minutes at 400 kronor an hour."""
    rates = (Rate(in_house=Decimal(400), private=Decimal(410)),)
    adopt(house, rates=rates, excess_policy=ExcessPolicy.PAY_ACTUAL, required_approvals=())
    town.placed_order()
    clock.now = LOCKED
    municipality.decide(f"{MARCH}/close", {})
    late_visit(town, fact("service_performed", "", "17:20", service_code="SHOWER"))
    [line] = told(municipality, f"{APRIL}/draft")["adjustments"][0]["lines"]
    assert (line["performed_minutes"], line["reimbursed_minutes"], line["amount"]) == (25, 25, "166.67")
    [late] = told(municipality, "/v1/exceptions", month="2026-03", code="AFTER_LOCK")["rows"]
    assert late["amount"] == 166.67
    clock.now = APRIL_LOCKED
    written = municipality.decide(f"{APRIL}/close", {})
    [booked] = house.log.read(written["position"] - 2, 1)
    assert b'"amount_ore":16667' in booked.state


@pytest.mark.usefixtures("closed")
def test_a_rulebook_adopted_for_days_gone_by_adjusts_closed_months(
    town: Town, house: House, clock: StillClock, municipality: Caller
) -> None:
    visit_id = fresh("visit")
    for worker, times in ((ANNA, ("18:00", "18:30")), (BO, ("18:00", "18:30"))):
        arrival = fact("check_in", visit_id, times[0], client_ids=[ASTRID])
        town.sync(worker, [arrival, fact("check_out", visit_id, times[1])], LOCKED_LOCALLY)
    clock.now = APRIL_LOCKED
    municipality.decide(f"{APRIL}/close", {})
    before = [read(municipality, f"{month}/statement") for month in (MARCH, APRIL)]
    assert adjusted(told(municipality, f"{MAY}/draft")) == []

    adopt(house, double_staffing=DoubleStaffing.COUNT_EACH)
    draft = told(municipality, f"{MAY}/draft")
    assert adjusted(draft) == [("2026-03", 30, "adjustment")]
    assert draft["adjustments"][0]["rulebook_versions"] == ["changed-2026"]
    assert [read(municipality, f"{month}/statement") for month in (MARCH, APRIL)] == before


def test_the_same_position_and_rules_give_the_same_bytes(closed: Json, town: Town, municipality: Caller) -> None:
    late_visit(town)
    position = closed["position"] - 1
    assert read(municipality, f"{MARCH}/draft", position=position) == read(municipality, f"{MARCH}/statement")


@pytest.mark.usefixtures("closed")
def test_nothing_is_planned_into_a_closed_month_one_by_one_or_many_at_once(town: Town) -> None:
    coordinator = town.call("coordinator")
    assert refused(coordinator.post(f"/v1/visits/{fresh('visit')}/plan", PLAN)) == "period_closed"
    item = {**PLAN, "visit_id": fresh("visit"), "key": fresh_key()}
    [result] = coordinator.post("/v1/visits/plan", {"items": [item]}, key="").json()["results"]
    assert (result["status"], result["code"]) == ("rejected", "period_closed")


def test_a_month_is_closed_when_it_is_over_and_early_only_with_a_reason(
    town: Town, clock: StillClock, municipality: Caller
) -> None:
    town.attended_visit()
    assert refused(municipality.post(f"{MARCH}/close", {})) == "period_not_over"
    clock.now = OVER
    assert refused(municipality.post(f"{MARCH}/close", {})) == "lock_date_not_reached"
    assert refused(municipality.post(f"{MARCH}/close", {"position": 10_000})) == "position_ahead"
    municipality.decide(f"{MARCH}/close", {"early_because": "date_set_otherwise"})
    assert refused(municipality.post(f"{MARCH}/close", {})) == "period_already_closed"


def test_reopening_needs_a_second_person_and_leaves_the_first_statement_to_be_read(
    closed: Json, town: Town, municipality: Caller
) -> None:
    first = read(municipality, f"{MARCH}/statement")
    digest = municipality.get(f"{MARCH}/statement").headers["digest-sha-256"]
    asked = municipality.decide(
        f"{MARCH}/reopen", {"reason": "error_in_basis", "note": "Two orders were missing"}, version=closed["version"]
    )
    alone = municipality.post(f"{MARCH}/confirm-reopening", {}, version=asked["version"])
    assert refused(alone) == "reopened_by_same_person"
    confirmed = town.call("care_manager", subject="nils").decide(
        f"{MARCH}/confirm-reopening", {}, version=asked["version"]
    )
    assert told(municipality, MARCH)["state"] == "reopened"
    assert refused(municipality.get(f"{MARCH}/statement")) == "period_not_closed"
    assert read(municipality, f"{MARCH}/statement", digest=digest) == first

    late_visit(town)
    assert adjusted(told(municipality, f"{APRIL}/draft")) == []
    municipality.post(f"{MARCH}/close", {}, version=confirmed["version"])
    assert minutes(told(municipality, f"{MARCH}/statement")["sections"]["pay"]) == 65
    assert municipality.get(f"{MARCH}/statement", digest="0" * 64).json()["code"] == "statement_unknown"


def test_a_providers_month_has_all_its_units_and_a_spreadsheet_shows_every_line(
    town: Town, clock: StillClock, municipality: Caller
) -> None:
    town.attended_visit()
    clock.now = LOCKED
    path = f"/v1/periods/{BRACKE}/2026-03"
    municipality.decide(f"{path}/close", {})
    statement = told(municipality, f"{path}/statement")
    rows = list(csv.DictReader(io.StringIO(read(municipality, f"{path}/statement", format="csv").decode())))
    assert statement["provider_id"] == BRACKE
    assert len(rows) == sum(map(len, statement["sections"].values()))
    assert [row["performed_minutes"] for row in rows if row["section"] == "pay"] == ["40"]
    digest = municipality.get(f"{path}/statement").headers["digest-sha-256"]
    assert municipality.get(f"{MARCH}/statement", digest=digest).json()["code"] == "statement_unknown"


def test_visits_that_must_be_fixed_are_told_and_keep_no_month_open(
    town: Town, clock: StillClock, municipality: Caller
) -> None:
    town.sync(ANNA, [fact("check_out", town.planned_visit(), "06:40")])
    clock.now = LOCKED
    assert municipality.get(f"{MARCH}/draft").headers["must-fix-visits"] == "1"
    municipality.decide(f"{MARCH}/close", {})
    assert minutes(told(municipality, f"{MARCH}/statement")["sections"]["pay"]) == 0


def test_nobodys_month_is_neither_drafted_nor_closed(shared_town: Town) -> None:
    municipality = shared_town.call("care_manager")
    for answer in (
        municipality.get(f"/v1/periods/{NOBODY}/2026-03/draft"),
        municipality.post(f"/v1/periods/{NOBODY}/2026-03/close", {}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unit_or_provider_unknown")
    assert municipality.get(f"/v1/periods/{CENTRE}/2026-13/draft").json()["code"] == "bad_time"
