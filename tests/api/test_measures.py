"""Measures over HTTP: parameters, levels, as of a position, CSV. What counts is tested with the rules."""

import csv
import io

import pytest

from tests.api.calls import Caller, Json
from tests.api.conftest import Calls
from tests.api.town import ANNA, ASTRID, BO, BRACKE, CENTRE, STINA, Town, fact, fresh


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
def test_a_measure_that_cannot_be_read_is_refused(auditor: Caller, asked: Json) -> None:
    assert auditor.get("/v1/continuity", **asked).status_code == 422
