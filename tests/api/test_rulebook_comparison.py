"""Two rulebooks over the months on record, over HTTP. What is computed is tested with the what-if."""

import pytest
from fastapi.testclient import TestClient

from api.bootstrap import House
from tests.api.calls import Caller, Json
from tests.api.conftest import Calls, people_of
from tests.api.town import ANNA, ASTRID, Town, fact, fresh

PATH = "/v1/rulebooks/compare"
MARCH = {"before": "adopted", "after": "tyreso", "period": "2026-03"}


@pytest.fixture
def callers(shared_house: House, shared_client: TestClient) -> Calls:
    return people_of(shared_house, shared_client)


@pytest.fixture
def auditor(callers: Calls) -> Caller:
    return callers("auditor")


def rows(town: Town, auditor: Caller, **asked: object) -> list[Json]:
    visit_id = fresh("visit")
    position = town.sync(
        ANNA,
        [
            fact("check_in", visit_id, "08:00", client_ids=[ASTRID]),
            fact("service_performed", visit_id, "08:10", service_code="SHOWER", client_id=ASTRID),
            fact("check_out", visit_id, "08:30"),
        ],
    )
    answer = auditor.get(PATH, **{**MARCH, **asked, "min_position": position})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["rows"]
    return found


def test_two_rulebooks_are_compared_line_by_line(shared_town: Town, auditor: Caller) -> None:
    found = rows(shared_town, auditor)
    assert {row["by"] for row in found} == {"all", "provider", "unit", "service", "client"}
    [client] = [row for row in found if row["by"] == "client" and row["id"] == ASTRID]
    assert client["performed_minutes_before"] == client["performed_minutes_after"] >= 30


def test_only_the_lines_asked_for_are_told(shared_town: Town, auditor: Caller) -> None:
    assert {row["by"] for row in rows(shared_town, auditor, by="unit")} == {"unit"}


@pytest.mark.parametrize(
    ("asked", "pointer", "code"),
    [
        ({"after": "nowhere"}, "/query/after", "no_such_rulebook"),
        ({"before": "../../etc/passwd"}, "/query/before", "no_such_rulebook"),
        ({"after": "adopted+excess_policy=pay_twice"}, "/query/after", "policy_unreadable"),
        ({"period": "2026"}, "/query/period", "bad_time"),
        ({"period": "2020-01..2026-12"}, "/query/period", "bad_time"),
    ],
)
def test_a_question_that_cannot_be_read_says_where(auditor: Caller, asked: Json, pointer: str, code: str) -> None:
    answer = auditor.get(PATH, **{**MARCH, **asked})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"] == [{"pointer": pointer, "code": code}]


def test_a_plus_sign_that_reads_as_a_space_is_one(auditor: Caller) -> None:
    answer = auditor.get(PATH, **{**MARCH, "after": "adopted excess_policy=pay_actual"})
    assert answer.status_code == 200, answer.text


def test_whoever_may_not_read_reports_may_not_compare(callers: Calls) -> None:
    assert callers("care_worker", subject=ANNA).get(PATH, **MARCH).status_code == 403
