"""Plans from CSV files over HTTP: on the real app and real SQLite."""

import pytest

from api.bootstrap import House
from domain.visit.events import (
    VisitCancelled,
    VisitPlanned,
)
from tests.api.exporter import COMPLETE, MORNING, NOON, PLANS, Exporter, kinds, told
from tests.api.town import ANNA, ASTRID, BO, CENTRE, NOBODY, Town, fresh


@pytest.fixture
def exporter(shared_town: Town, shared_house: House) -> Exporter:
    """A planning system of the test's own."""
    return Exporter(shared_town, shared_house)


def test_a_file_of_plans_plans_its_visits_under_ids_from_the_exporters_keys(exporter: Exporter) -> None:
    report = exporter.plans(PLANS + MORNING + NOON)
    assert (report["accepted"], report["rejected"], report["stored"]) == (2, 0, True)
    planned, assigned = exporter.events(exporter.visit_id("m1"))
    assert isinstance(planned, VisitPlanned)
    assert planned.origin == f"{exporter.source}/week10.csv sha256:{report['digest']}"
    assert planned.actor == "coordinator/coordinator-1"
    assert [(each.service_code, each.minutes) for each in planned.services] == [("SHOWER", 40)]
    assert assigned.worker_id == ANNA


def test_the_same_file_of_plans_again_adds_nothing(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    head = exporter.head()
    report = exporter.plans(PLANS + MORNING + NOON)
    assert (report["known"], exporter.head()) == (2, head)


def test_a_changed_row_reschedules_and_reassigns_with_the_file_as_the_reason(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    report = exporter.plans(PLANS + MORNING.replace("06:40", "06:50").replace(ANNA, BO), file="later.csv")
    assert report["results"][0]["changes"] == ["rescheduled", "unassigned", "assigned"]
    events = exporter.events(exporter.visit_id("m1"))
    assert kinds(events)[2:] == ["rescheduled", "worker_unassigned", "worker_assigned"]
    assert {event.origin for event in events[2:]} == {f"{exporter.source}/later.csv sha256:{report['digest']}"}


def test_bad_and_refused_rows_are_told_with_line_column_and_code_and_the_good_ones_go_on(exporter: Exporter) -> None:
    rows = [
        MORNING,
        MORNING.replace("m1", "m3").replace(ASTRID, "Astrid Svensson"),
        MORNING.replace("m1", "m4").replace(ASTRID, NOBODY),
        MORNING.replace("m1", "m5").replace("2026-03-02T06:00+01:00", "2026-03-02T06:00"),
        MORNING.replace("m1", ""),
        MORNING,
        "m6,too,few\n",
        MORNING.replace("m1", "m7").replace("SHOWER:40", "SHOWER"),
        MORNING.replace("m1", "m8").replace(ANNA, NOBODY),
        MORNING.replace("m1", "m9").replace("06:40", "05:40"),
        NOON,
    ]
    answer = exporter.send("plans", PLANS + "".join(rows))
    assert told(answer.json()) == [
        (2, "accepted", "", ""),
        (3, "rejected", "client", "bad_id"),
        (4, "rejected", "", "client_unknown"),
        (5, "rejected", "start", "offset_missing"),
        (6, "rejected", "key", "missing_field"),
        (7, "rejected", "key", "duplicate_key"),
        (8, "rejected", "", "field_count"),
        (9, "rejected", "services", "minutes_missing"),
        (10, "rejected", "", "worker_unknown"),
        (11, "rejected", "", "schedule_backwards"),
        (12, "accepted", "", ""),
    ]
    assert "Svensson" not in answer.text
    assert exporter.events(exporter.visit_id("m4")) == exporter.events(exporter.visit_id("m9")) == []


def test_a_dry_run_says_what_would_come_of_it_and_stores_nothing(exporter: Exporter) -> None:
    head = exporter.head()
    report = exporter.plans(PLANS + MORNING + MORNING.replace("m1", "m2").replace(ASTRID, NOBODY), dry_run="true")
    assert told(report) == [(2, "accepted", "", ""), (3, "rejected", "", "client_unknown")]
    assert (report["stored"], report["position"], exporter.head()) == (False, 0, head)
    assert report["results"][0]["changes"] == ["planned", "assigned"]


def test_a_mapping_renames_columns_and_values_and_says_how_times_are_written(exporter: Exporter) -> None:
    mapping = f"""
        delimiter = ";"
        encoding = "cp1252"
        time_format = "%d/%m/%Y %H.%M"
        zone = "Europe/Stockholm"
        other_columns = "ignore"
        [columns]
        key = "Besöks-id"
        client = "Brukare"
        start = "Från"
        end = "Till"
        services = "Insats"
        [values.client]
        "4711" = "{ASTRID}"
        [values.services]
        "Dusch: morgon" = "SHOWER"
    """
    text = 'Besöks-id;Brukare;Från;Till;Insats;Övrigt\nb1;4711;02/07/2026 08.00;02/07/2026 08.40;"Dusch: morgon:40";x\n'
    answer = exporter.send("plans", text.encode("cp1252"), mapping=mapping)
    assert told(answer.json()) == [(2, "accepted", "", "")]
    (planned,) = exporter.events(exporter.visit_id("b1"))
    assert planned.scheduled_start_at.isoformat() == "2026-07-02T06:00:00+00:00"
    assert [(each.service_code, each.client_id) for each in planned.services] == [("SHOWER", exporter.client)]


@pytest.mark.parametrize(
    ("start", "code"),
    [("2026-10-25T02:30", "time_twice"), ("2026-03-29T02:30", "time_never"), ("2026-02-30", "bad_time")],
)
def test_a_local_time_that_the_clock_shows_twice_or_never_is_not_guessed(
    exporter: Exporter, start: str, code: str
) -> None:
    report = exporter.plans(
        PLANS + MORNING.replace("2026-03-02T06:00+01:00", start), mapping='zone = "Europe/Stockholm"'
    )
    assert told(report) == [(2, "rejected", "start", code)]


def test_a_complete_file_lists_what_is_missing_and_stores_nothing_until_it_is_confirmed(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    head = exporter.head()
    listed = exporter.plans(PLANS + MORNING, **COMPLETE)
    (missing,) = listed["missing"]
    assert (missing["visit_id"], missing["status"]) == (exporter.visit_id("m2"), "to_cancel")
    assert (listed["stored"], exporter.head()) == (False, head)
    done = exporter.plans(PLANS + MORNING, **COMPLETE, confirm="true")
    assert [each["status"] for each in done["missing"]] == ["cancelled"]
    cancelled = exporter.events(exporter.visit_id("m2"))[-1]
    assert isinstance(cancelled, VisitCancelled)
    assert cancelled.origin.startswith(f"{exporter.source}/week10.csv sha256:")


def test_without_complete_nothing_is_called_off(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    assert exporter.plans(PLANS + MORNING, confirm="true")["missing"] == []
    assert "cancelled" not in kinds(exporter.events(exporter.visit_id("m2")))


def test_a_visit_that_a_complete_file_called_off_is_planned_anew_when_it_comes_back(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    exporter.plans(PLANS + MORNING, **COMPLETE, confirm="true")
    report = exporter.plans(PLANS + MORNING + NOON)
    assert [row.get("changes") for row in report["results"]] == [None, ["planned"]]
    assert kinds(exporter.events(exporter.visit_id("m2")))[-2:] == ["cancelled", "planned"]


def test_a_complete_file_calls_off_only_what_its_own_exporter_planned(exporter: Exporter) -> None:
    by_hand = fresh("visit")
    times = {"scheduled_start_at": "2026-03-02T06:00:00+01:00", "scheduled_end_at": "2026-03-02T06:40:00+01:00"}
    plan = times | {"client_ids": [exporter.client], "unit_id": exporter.unit}
    exporter.coordinator.decide(f"/v1/visits/{by_hand}/plan", plan)
    exporter.plans(PLANS + MORNING.replace("m1", "x1"), source="other")
    assert exporter.plans(PLANS + NOON, **COMPLETE, confirm="true")["missing"] == []
    assert kinds(exporter.events(by_hand)) == ["planned"]


def test_a_complete_file_with_a_bad_row_calls_nothing_off(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    report = exporter.plans(PLANS + MORNING + "m2,bad\n", **COMPLETE, confirm="true")
    assert [(each["status"], each["code"]) for each in report["missing"]] == [("kept", "bad_rows")]
    assert "cancelled" not in kinds(exporter.events(exporter.visit_id("m2")))


def test_complete_must_say_for_which_unit_and_days(exporter: Exporter) -> None:
    answer = exporter.send("plans", PLANS + MORNING, complete="true", unit=CENTRE)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/query/from", "code": "missing_field"}],
    )
