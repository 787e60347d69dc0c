"""What providers are paid and clients pay, over HTTP: the whole way from a phone's facts to a line of the basis."""

import csv
import io

import pytest

from tests.api.calls import Json
from tests.api.conftest import Calls
from tests.api.town import ANNA, ASTRID, BRACKE, CENTRE, Town, fact, fresh

MARCH = {"month": "2026-03"}


def showered(town: Town) -> tuple[str, int]:
    """Anna's forty minutes with Astrid, with a shower, approved by her and by the office; the position it is known at."""
    visit_id = town.planned_visit()
    position = town.sync(
        ANNA,
        [
            fact("check_in", visit_id, "06:00"),
            fact("service_performed", visit_id, "06:30", service_code="SHOWER", client_id=ASTRID),
            fact("check_out", visit_id, "06:40"),
        ],
    )
    body = {"position": position, "minutes": 40}
    town.call("care_worker", subject=ANNA).decide(f"/v1/visits/{visit_id}/approve", body, version=4)
    answer = town.call().decide(f"/v1/visits/{visit_id}/approve", body, version=5)
    return visit_id, answer["position"]


def lines(call: Calls, position: int, **asked: object) -> list[Json]:
    answer = call("auditor").get("/v1/reimbursement", **MARCH, min_position=position, **asked)
    assert answer.status_code == 200, answer.text
    rows: list[Json] = answer.json()["rows"]
    return rows


def test_an_approved_visit_is_reimbursed_and_shown_line_by_line(call: Calls, town: Town) -> None:
    town.placed_order()
    visit_id, position = showered(town)
    (line,) = lines(call, position)
    assert (line["visit_id"], line["client_id"], line["service_code"]) == (visit_id, ASTRID, "SHOWER")
    assert (line["provider_id"], line["client_unit_id"], line["kind"]) == (BRACKE, CENTRE, "performed")
    assert (line["performed_minutes"], line["reimbursed_minutes"], line["withheld"]) == (40, 40, None)
    assert (line["quantity"], line["amount"], line["rulebook_version"]) == (0.6667, 0, "default-1")


def test_what_must_be_fixed_first_is_withheld_and_what_is_approved_as_extra_is_paid(call: Calls, town: Town) -> None:
    """No order names the shower, until the care manager lets it be paid."""
    visit_id, position = showered(town)
    (line,) = lines(call, position)
    assert (line["performed_minutes"], line["reimbursed_minutes"], line["withheld"]) == (40, 0, "must_fix")
    body = {"client_id": ASTRID, "minutes": 30, "reason": "Föll och behövde duschas."}
    written = call("care_manager").decide(f"/v1/visits/{visit_id}/approve-extra-visit", body, version=6)
    (line,) = lines(call, written["position"])
    assert (line["reimbursed_minutes"], line["withheld"], line["withheld_minutes"]) == (30, "extra_not_approved", 10)


@pytest.mark.parametrize(
    ("group", "name", "expected"),
    [("client", "client_id", ASTRID), ("withheld", "withheld", None), ("kind", "kind", "performed")],
)
def test_lines_are_added_up_by_what_is_asked(
    call: Calls, town: Town, group: str, name: str, expected: str | None
) -> None:
    town.placed_order()
    _, position = showered(town)
    (total,) = lines(call, position, group_by=group)
    assert (total[name], total["reimbursed_minutes"], total["amount"]) == (expected, 40, 0)


def test_the_basis_is_a_table_too_and_holds_one_clients_or_providers_lines(call: Calls, town: Town) -> None:
    town.placed_order()
    _, position = showered(town)
    answer = call("reporting").get("/v1/reimbursement", **MARCH, min_position=position, format="csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["amount"], row["reimbursed_minutes"], row["day"]) == ("0.00", "40", "2026-03-02")
    nobody = fresh("nobody")
    assert [len(lines(call, position, **{name: nobody})) for name in ("client_id", "provider_id", "unit_id")] == [
        0,
        0,
        0,
    ]


def test_what_clients_pay_is_told_by_client(call: Calls, town: Town) -> None:
    _, position = showered(town)
    answer = call("auditor").get("/v1/client-fees", **MARCH, min_position=position)
    (line,) = answer.json()["rows"]
    assert (line["kind"], line["client_id"], line["minutes"], line["charged"]) == ("performed", ASTRID, 40, 0)
    assert call("auditor").get("/v1/client-fees", month="2026-13").status_code == 422
