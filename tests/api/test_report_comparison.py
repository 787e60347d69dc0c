"""What a report said then and says now: every report as of any position, what differs, why, and what is behind a figure."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.app import MODULES
from api.cli import app
from tests.api.calls import Json
from tests.api.changed_town import HALF_PAST_EIGHT, MARCH, READS, ChangedTown, ask, changed_town
from tests.api.town import ANNA, ASTRID, BO, BRACKE, BROR, CENTRE, uid

COMPARE = "/v1/reports/compare"
BY_CLIENT = MARCH | {"report": "performed-time", "group_by": "client"}
CURRENT = {
    "/v1/organisation",
    "/v1/admission",
    "/v1/quarantine",
    "/v1/events",
    "/v1/rulebooks/schema",
    "/v1/persons/erasures",
}
"""What stands now, for whoever decides; the log itself; a schema."""
BY_SUBJECT = {"visits", "orders", "clients", "workers", "devices", "supervision", "periods"}
"""A subject as it stands now, with the version to decide on; a statement as it was stored."""
OTHER_LOGS = {"exports", "access-log"}
"""What was asked for and who has read: nothing of either follows from the ledger's events."""


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChangedTown]:
    with changed_town(tmp_path_factory.mktemp("changed")) as town:
        yield town


def compared(changed: ChangedTown, **asked: Any) -> list[Json]:
    rows: list[Json] = ask(changed.call, COMPARE, **{"from": changed.before, "to": changed.adopted} | asked)["rows"]
    return rows


def test_every_report_takes_as_of() -> None:
    routes = [route for module in MODULES for route in module.router.routes if isinstance(route, APIRoute)]
    gets = {route.path: route for route in routes if route.path.startswith("/v1") and "GET" in (route.methods or ())}
    reports = {
        path: route
        for path, route in gets.items()
        if path not in CURRENT
        and (path.split("/")[2] not in BY_SUBJECT | OTHER_LOGS or path in {"/v1/workers/{worker_id}/schedule"})
    }
    assert [path for path, route in reports.items() if not {"as_of", "to"} & names_of(route)] == []
    assert len(reports) >= len(READS)


def names_of(route: APIRoute) -> set[str]:
    waiting, found = [route.dependant], set[str]()
    while waiting:
        dependant = waiting.pop()
        found |= {param.alias for param in dependant.query_params}
        waiting += dependant.dependencies
    return found


@pytest.mark.parametrize("path", READS)
def test_a_report_as_of_a_position_or_its_instant_is_what_it_was_when_the_log_ended_there(
    changed: ChangedTown, path: str
) -> None:
    """The answers of then were asked for by an instant."""
    assert ask(changed.call, path, **READS[path], as_of=changed.before) == changed.answers[path]


def test_a_comparison_is_logged_at_the_later_of_its_positions(changed: ChangedTown) -> None:
    with capture_logs() as lines:
        compared(changed, **BY_CLIENT, to=changed.corrected)
    assert [line["position"] for line in lines if line["event"] == "request"] == [changed.corrected]


def test_a_figure_that_differs_is_shown_with_the_correction_that_changed_it(changed: ChangedTown) -> None:
    [row] = compared(changed, **BY_CLIENT, to=changed.corrected)
    assert (row["client_id"], row["because"]) == (ASTRID, "its_facts")
    assert [row[side]["staff_minutes"] for side in ("before", "after", "difference")] == [40, 15, -25]
    [cause] = row["causes"]
    assert (cause["position"], cause["topic"]) == (changed.corrected, "visit.attendance_corrected")
    assert (cause["actor"], cause["reason_codes"]) == ("coordinator/coordinator-1", ["FORGOT_DEPARTURE"])
    assert (cause["entity_kind"], cause["entity_id"]) == ("visit", changed.visit_id)
    assert cause["recorded_at"] == "2026-03-02T08:00:00Z"


def test_a_figure_that_other_rules_changed_is_shown_with_their_adoption_and_no_other_is(changed: ChangedTown) -> None:
    rows = {row["client_id"]: row for row in compared(changed, **BY_CLIENT)}
    assert {client_id: [cause["position"] for cause in row["causes"]] for client_id, row in rows.items()} == {
        ASTRID: [changed.corrected],
        BROR: [changed.adopted],
    }
    assert (rows[BROR]["before"]["staff_minutes"], rows[BROR]["after"]) == (30, None)


def test_the_sides_are_instants_too_and_the_language_is_the_callers(changed: ChangedTown) -> None:
    sides = {"from": HALF_PAST_EIGHT, "to": "2026-03-02"}
    assert compared(changed, **BY_CLIENT, **sides) == compared(changed, **BY_CLIENT)


@pytest.mark.parametrize(
    "asked",
    [
        {"report": "reimbursement", "group_by": "client"},
        {"report": "reconciliation", "level": "client"},
        {"report": "reconciliation", "level": "provider"},
        {"report": "exceptions"},
        {"report": "performed-time", "group_by": "day"},
    ],
)
def test_each_report_says_what_it_said_then_and_now(changed: ChangedTown, asked: Json) -> None:
    rows = compared(changed, **MARCH, **asked)
    positions = {cause["position"] for row in rows for cause in row["causes"]}
    assert changed.corrected in positions
    assert all(row["causes"] or row["because"] == "the_hour" for row in rows)


def test_what_differs_is_a_table_too_that_names_events_by_position(changed: ChangedTown) -> None:
    asked = {"from": changed.before, "to": changed.corrected, "format": "csv"}
    answer = changed.call("auditor").get(COMPARE, **BY_CLIENT, **asked)
    [row] = csv.DictReader(io.StringIO(answer.text))
    assert row["staff_minutes_difference"] == "-25"
    assert (row["client_id"], row["causes"]) == (ASTRID, str(changed.corrected))


def test_what_differs_comes_in_pages(changed: ChangedTown) -> None:
    asked = {"from": changed.before, "to": changed.adopted, "limit": 1}
    first = ask(changed.call, COMPARE, **BY_CLIENT, **asked)
    rest = ask(changed.call, COMPARE, **BY_CLIENT, **asked, cursor=first["next_cursor"])
    assert [*first["rows"], *rest["rows"]] == compared(changed, **BY_CLIENT)
    assert "next_cursor" not in rest


def test_a_question_that_is_too_wide_or_not_understood_is_refused(
    changed: ChangedTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = changed.call("auditor")
    monkeypatch.setattr("api.report_comparison.CLIENTS_MAX", 1)
    wide = auditor.get(COMPARE, **BY_CLIENT, **{"from": changed.before})
    strange = auditor.get(COMPARE, **BY_CLIENT | {"group_by": "mood"}, **{"from": changed.before})
    bare = auditor.get("/v1/reports/performed-time/explain", **MARCH, day="2026-03-02")
    assert [answer.json()["code"] for answer in (wide, strange, bare)] == ["too_wide", "invalid", "too_wide"]
    assert ask(changed.call, COMPARE, **BY_CLIENT, client_id=ASTRID, **{"from": changed.before})["rows"]


def test_an_explained_figure_is_the_sum_of_its_visits_with_their_corrections(changed: ChangedTown) -> None:
    told = ask(changed.call, "/v1/reports/performed-time/explain", **MARCH, client_id=ASTRID)
    [part] = told["parts"]
    assert part["figures"] == told["figures"] == {"staff_minutes": 15, "visit_minutes": 15, "lent_minutes": 0}
    stay = next(fact for fact in part["facts"] if fact["fact"] == "attendance")
    assert (stay["since"], stay["corrected"]) == (changed.corrected, True)
    correction = part["events"][-1]
    assert "2026-03-02 06:00-06:40 to 2026-03-02 06:00-06:15" in correction["text"]
    [order] = told["orders"]
    assert [line["service_code"] for line in order["lines"]] == ["SHOWER"]
    [rules] = told["rules"]
    assert [event["position"] for event in rules["events"]] == [changed.adopted]
    assert {
        "policy": "client_time",
        "value": False,
        "stated_by": "override",
        "scope": {"services": ["CLEAN"]},
    } in rules["policies"]


@pytest.mark.parametrize(
    ("report", "cell"),
    [
        ("reimbursement", {"client_id": ASTRID, "service_code": "SHOWER"}),
        ("reconciliation", {"client_id": ASTRID, "legal_basis": "SoL"}),
        ("performed-time", {"worker_id": uid("worker anna")}),
    ],
)
def test_any_cell_of_one_client_visit_or_worker_is_explained(changed: ChangedTown, report: str, cell: Json) -> None:
    told = ask(changed.call, f"/v1/reports/{report}/explain", **MARCH, **cell)
    name = "performed_minutes" if "performed_minutes" in told["figures"] else "staff_minutes"
    assert sum(part["figures"][name] for part in told["parts"]) == told["figures"][name] == 15


def test_an_exception_is_explained_by_its_visit(changed: ChangedTown) -> None:
    exceptions = ask(changed.call, "/v1/exceptions", **MARCH, state="all")["rows"]
    found = next(row for row in exceptions if changed.visit_id in row["visit_ids"])
    told = ask(changed.call, "/v1/reports/exceptions/explain", **MARCH, key=found["key"])
    assert told["figures"]["code"] == found["code"]
    assert [part["visit_id"] for part in told["parts"]] == [changed.visit_id]


def test_a_cell_that_the_report_does_not_have_is_not_found(changed: ChangedTown) -> None:
    auditor = changed.call("auditor")
    path = "/v1/reports/performed-time/explain"
    assert auditor.get(path, **MARCH, client_id=uid("nobody")).status_code == 404
    assert auditor.get(path, **MARCH, client_id=ASTRID, band="day").json()["code"] == "unknown_field"
    assert auditor.get("/v1/reports/exceptions/explain", **MARCH, client_id=ASTRID).json()["code"] == "missing_field"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ({"unit_id": CENTRE}, "too_wide"),
        ({"unit_id": CENTRE, "worker_id": ANNA}, "unknown_field"),
        ({"provider_id": BRACKE, "visit_id": uid("visit")}, "unknown_field"),
        ({"client_id": ASTRID, "worker_id": BO}, "unknown_field"),
        ({"client_id": ASTRID, "band": "day"}, "unknown_field"),
    ],
)
def test_a_reconciliation_is_explained_for_one_client_and_never_a_part_of_it_for_the_whole(
    changed: ChangedTown, cell: Json, code: str
) -> None:
    answer = changed.call("auditor").get("/v1/reports/reconciliation/explain", **MARCH, legal_basis="SoL", **cell)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("report", "name", "theirs"),
    [
        ("performed-time", "worker_id", ANNA),
        ("reimbursement", "unit_id", CENTRE),
        ("reimbursement", "provider_id", BRACKE),
        ("reconciliation", "client_id", ASTRID),
        ("exceptions", "worker_id", ANNA),
    ],
)
def test_a_filter_that_the_report_has_leaves_what_is_theirs(
    changed: ChangedTown, report: str, name: str, theirs: str
) -> None:
    asked = {"report": report, "to": changed.corrected}
    assert compared(changed, **MARCH, **asked, **{name: theirs})
    assert compared(changed, **MARCH, **asked, **{name: uid("somebody")}) == []


@pytest.mark.parametrize(
    ("report", "name"),
    [
        ("reimbursement", "worker_id"),
        ("reconciliation", "worker_id"),
        ("performed-time", "provider_id"),
        ("reconciliation", "provider_id"),
        ("exceptions", "provider_id"),
    ],
)
def test_a_filter_that_the_report_has_not_is_refused_and_not_ignored(
    changed: ChangedTown, report: str, name: str
) -> None:
    sides = {"from": changed.before, "to": changed.adopted}
    answer = changed.call("auditor").get(COMPARE, **MARCH, **sides, report=report, **{name: uid("whoever")})
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": f"/query/{name}", "code": "invalid"}])


def test_a_cell_that_nothing_adds_to_is_explained_by_the_rules_of_its_whole_month(changed: ChangedTown) -> None:
    told = ask(changed.call, "/v1/reports/reconciliation/explain", **MARCH, client_id=BROR, legal_basis="none")
    assert told["parts"] == []
    assert [(rules["first_on"], rules["last_on"]) for rules in told["rules"]] == [("2026-03-01", "2026-03-31")]


def test_the_command_line_shows_each_cell_with_its_events(changed: ChangedTown) -> None:
    sides = (str(changed.before), str(changed.adopted))
    asked = ("--report", "performed-time", "--month", "2026-03", "--group-by", "client")
    folder = ("--data", str(changed.house.settings.data_dir))
    shown = CliRunner().invoke(app, ["compare", *sides, *asked, *folder])
    assert shown.exit_code == 0, shown.output
    assert "staff_minutes 40 → 15" in shown.output
    assert f"#{changed.corrected} Attendance corrected" in shown.output
    assert "2 cells differ." in shown.output
    table = CliRunner().invoke(app, ["compare", *sides, *asked, *folder, "--format", "csv"])
    assert [row["causes"] for row in csv.DictReader(io.StringIO(table.stdout))] == [
        str(cause) for cause in sorted_by_client(changed)
    ]
    refused = CliRunner().invoke(app, ["compare", *sides, *asked[:-1], "mood", *folder])
    assert (refused.exit_code, "group_by" in refused.output) == (2, True)
    nobodys = CliRunner().invoke(
        app, ["compare", *sides, *asked, *folder, "--worker", uid("nobody"), "--format", "json"]
    )
    assert (nobodys.exit_code, json.loads(nobodys.stdout)) == (0, [])
    strange = CliRunner().invoke(app, ["compare", *sides, *asked, *folder, "--provider", uid("nobody")])
    assert (strange.exit_code, "provider_id" in strange.output) == (2, True)


def sorted_by_client(changed: ChangedTown) -> list[int]:
    """The events behind Astrid's and Bror's cells, in the order of the clients' ids."""
    return [position for _, position in sorted([(ASTRID, changed.corrected), (BROR, changed.adopted)])]
