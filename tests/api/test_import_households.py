"""A household's visits from CSV files: several clients in one cell, each service naming its own."""

from base64 import b64encode
from typing import Any

import pytest

from api.bootstrap import House
from api.strict_json import JsonValue
from domain.visit.events import VisitCheckedIn, VisitPlanned, VisitServicePerformed
from infra.digests import FactDigester
from tests.api.exporter import MORNING, PLANS, STAY, STAYS, Exporter, kinds, told
from tests.api.town import ANNA, ASTRID, BROR, NOBODY, Town

COUPLE = f"{ASTRID};{BROR}"
SERVICES = f"SHOWER:40@{ASTRID};SHOWER:20@{BROR};CLEAN:30@{BROR}"
PLAN = MORNING.replace(ASTRID, COUPLE).replace("SHOWER:40", SERVICES)
VISIT = STAY.replace(ASTRID, COUPLE).replace("SHOWER:30", f"SHOWER:30@{ASTRID};SHOWER@{BROR};CLEAN:20")


@pytest.fixture
def exporter(shared_town: Town, shared_house: House) -> Exporter:
    """A planning system of the test's own."""
    return Exporter(shared_town, shared_house)


def services(events: list[Any]) -> list[tuple[str, int | None, str | None]]:
    """What was planned or performed, for whom."""
    return [(each.service_code, each.minutes, each.client_id) for each in events]


def test_a_row_with_two_clients_plans_one_visit_to_both(exporter: Exporter) -> None:
    assert told(exporter.plans(PLANS + PLAN)) == [(2, "accepted", "", "")]
    planned = exporter.events(exporter.visit_id("m1"))[0]
    assert isinstance(planned, VisitPlanned)
    assert planned.client_ids == (exporter.client, exporter.partner)
    assert services(list(planned.services)) == [
        ("SHOWER", 40, exporter.client),
        ("SHOWER", 20, exporter.partner),
        ("CLEAN", 30, exporter.partner),
    ]


def test_the_same_couple_again_is_known_in_whatever_order_it_is_written(exporter: Exporter) -> None:
    exporter.plans(PLANS + PLAN)
    report = exporter.plans(PLANS + PLAN.replace(COUPLE, f"{BROR}; {ASTRID};{BROR}", 1))
    assert (report["known"], report["accepted"]) == (1, 0)


def test_a_second_client_makes_it_another_visit_under_the_same_key(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    assert exporter.plans(PLANS + PLAN)["results"][0]["changes"] == ["replanned"]
    assert kinds(exporter.events(exporter.visit_id("m1")))[-2:] == ["cancelled", "planned"]


@pytest.mark.parametrize(
    ("clients", "cell", "column", "code"),
    [
        (COUPLE, "SHOWER:40", "services", "client_missing"),
        (COUPLE, f"SHOWER:40@{NOBODY}", "services", "client_not_in_row"),
        (COUPLE, "SHOWER:40@Bror", "services", "bad_id"),
        (COUPLE, "SHOWER:40@", "services", "bad_id"),
        (COUPLE, f"SHOWER@{ASTRID}:40", "services", "bad_id"),
        (COUPLE, f"SHOWER@{ASTRID}", "services", "minutes_missing"),
        (COUPLE, f"@{ASTRID}", "services", "missing_field"),
        (COUPLE, f"SHOWER:40@{ASTRID};SHOWER:10@{ASTRID}", "services", "duplicate_service"),
        (ASTRID, f"SHOWER:40@{BROR}", "services", "client_not_in_row"),
        (f"{ASTRID};Bror", "SHOWER:40", "client", "bad_id"),
        (";".join([ASTRID] * 21), "SHOWER:40", "client", "too_long"),
        (" ; ;", "SHOWER:40", "client", "missing_field"),
        (f"{ASTRID};{NOBODY}", f"SHOWER:40@{ASTRID}", "", "client_unknown"),
    ],
)
def test_a_row_that_does_not_say_whom_it_means_is_rejected_and_the_next_goes_on(
    exporter: Exporter, clients: str, cell: str, column: str, code: str
) -> None:
    bad = MORNING.replace(ASTRID, clients, 1).replace("SHOWER:40", cell)
    report = exporter.plans(PLANS + bad + MORNING.replace("m1", "m2"))
    assert told(report) == [(2, "rejected", column, code), (3, "accepted", "", "")]
    assert exporter.events(exporter.visit_id("m1")) == []


def test_a_lone_client_may_be_named_or_go_without_saying(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    exporter.stays(STAYS + STAY)
    assert exporter.plans(PLANS + MORNING.replace("SHOWER:40", f"SHOWER:40@{ASTRID}"))["known"] == 1
    assert exporter.stays(STAYS + STAY.replace("SHOWER:30", f"SHOWER:30@{ASTRID}"))["known"] == 1


def test_a_mapping_knows_a_household_by_the_exporters_own_names(exporter: Exporter) -> None:
    mapping = f"""
        [values.client]
        "hushåll 7" = "{COUPLE}"
        "4711" = "{ASTRID}"
        "4712" = "{BROR}"
    """
    by_numbers = MORNING.replace(ASTRID, "4711;4712").replace("SHOWER:40", "SHOWER:40@4711")
    by_household = MORNING.replace("m1", "m2").replace(ASTRID, "hushåll 7").replace("SHOWER:40", "SHOWER:40@4712")
    exporter.plans(PLANS + by_numbers + by_household, mapping=mapping)
    first, second = (exporter.events(exporter.visit_id(key))[0] for key in ("m1", "m2"))
    assert first.client_ids == second.client_ids == (exporter.client, exporter.partner)
    assert services([*first.services, *second.services]) == [
        ("SHOWER", 40, exporter.client),
        ("SHOWER", 40, exporter.partner),
    ]


def test_a_registration_of_two_clients_is_matched_to_their_visit_and_keeps_who_had_what(exporter: Exporter) -> None:
    exporter.plans(PLANS + PLAN)
    (result,) = exporter.stays(STAYS + VISIT)["results"]
    assert (result["visit_id"], result["match"]) == (exporter.visit_id("m1"), "client_and_worker")
    stored = exporter.events(exporter.visit_id("m1"))
    (arrival,) = [event for event in stored if isinstance(event, VisitCheckedIn)]
    assert arrival.client_ids == (exporter.client, exporter.partner)
    assert services([event for event in stored if isinstance(event, VisitServicePerformed)]) == [
        ("SHOWER", 30, exporter.client),
        ("SHOWER", None, exporter.partner),
        ("CLEAN", 20, None),
    ]


def test_a_registration_is_matched_by_whichever_of_its_clients_has_the_visit(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    both = VISIT.replace(COUPLE, f"{NOBODY};{ASTRID}").replace(f";SHOWER@{BROR}", "")
    results = exporter.stays(STAYS + both + both.replace("r1", "r2"))["results"]
    assert [row["match"] for row in results] == ["client_and_worker", "taken"]
    assert exporter.stays(STAYS + both.replace("r1", "r3"))["results"][0]["match"] == "taken"


def test_a_couples_registration_again_is_known_and_with_another_client_a_conflict(exporter: Exporter) -> None:
    exporter.stays(STAYS + VISIT)
    assert exporter.stays(STAYS + VISIT.replace(COUPLE, f"{BROR};{ASTRID}", 1))["known"] == 1
    other = STAY.replace("SHOWER:30", f"SHOWER:30@{ASTRID}")
    assert told(exporter.stays(STAYS + other)) == [(2, "rejected", "key", "id_conflict")]


def test_a_registrations_bad_client_is_told(exporter: Exporter) -> None:
    report = exporter.stays(STAYS + STAY.replace("SHOWER:30", f"SHOWER@{NOBODY}"))
    assert told(report) == [(2, "rejected", "services", "client_not_in_row")]


def test_a_lone_clients_registration_has_the_digest_it_had_before_there_were_households(exporter: Exporter) -> None:
    exporter.stays(STAYS + STAY.replace("r1,", "r1,m1"))
    (arrival, *_) = exporter.events(exporter.visit_id("m1"))
    content: JsonValue = {
        "visit_key": "m1",
        "client": exporter.client,
        "worker": ANNA,
        "arrived": "2026-03-02T05:05:00+00:00",
        "departed": "2026-03-02T05:41:00+00:00",
        "services": [["SHOWER", 30]],
        "source": "office_manual",
        "reason": "",
    }
    digester = FactDigester(exporter.house.keys.ledger_key("fact-digest"))
    assert arrival.stamp.digest == b64encode(digester.digest(content)).decode()
