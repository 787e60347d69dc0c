"""Registrations from CSV files over HTTP: on the real app and real SQLite."""

from collections.abc import Sequence

import pytest

from api.bootstrap import House
from api.csv_import import running
from domain.command import Outcome, Wish
from domain.visit.events import (
    VisitCheckedIn,
    VisitNoteAdded,
)
from infra.access_reading import entries_of
from infra.writer import GroupWriter
from tests.api.exporter import MORNING, NOON, PLANS, STAY, STAYS, Exporter, told
from tests.api.town import ANNA, ASTRID, BROR, NOBODY, TOWN_UNITS, Town


@pytest.fixture
def exporter(shared_town: Town, shared_house: House) -> Exporter:
    """A planning system of the test's own."""
    return Exporter(shared_town, shared_house)


def test_a_registration_becomes_field_facts_on_the_visit_that_its_file_names(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    report = exporter.stays(STAYS + STAY.replace("r1,", "r1,m1"))
    assert report["results"][0]["visit_id"] == exporter.visit_id("m1")
    arrival, service, departure = exporter.events(exporter.visit_id("m1"))[2:]
    assert isinstance(arrival, VisitCheckedIn)
    assert (arrival.source, arrival.match, arrival.client_ids) == ("office_manual", "", (exporter.client,))
    assert (service.service_code, service.minutes) == ("SHOWER", 30)
    assert departure.arrival_fact_id == arrival.stamp.id if arrival.stamp else False


def test_a_registration_without_a_visit_is_matched_and_the_reason_is_shown_and_stored(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    other_worker = STAY.replace("r1", "r2").replace("T06:05", "T12:10").replace("T06:41", "T12:30")
    report = exporter.stays(STAYS + STAY + other_worker)
    assert [(row["visit_id"], row["match"], row["minutes_apart"]) for row in report["results"]] == [
        (exporter.visit_id("m1"), "client_and_worker", 5),
        (exporter.visit_id("m2"), "client", 10),
    ]
    assert [each.action for each in entries_of(exporter.house.access_log.reader, "client", exporter.client)] == [
        "import"
    ]
    stored = exporter.events(exporter.visit_id("m2"))
    assert [event.match for event in stored if isinstance(event, VisitCheckedIn)] == ["client"]


def test_what_is_not_matched_becomes_a_visit_of_its_own_and_is_unplanned(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    rows = [STAY.replace(ASTRID, BROR), STAY.replace("r1", "r2").replace("T06:", "T10:")]
    report = exporter.stays(STAYS + "".join(rows))
    assert [(row["visit_id"], row["match"]) for row in report["results"]] == [
        (exporter.visit_id("r1", "visit"), "no_visit_of_client"),
        (exporter.visit_id("r2", "visit"), "too_far_in_time"),
    ]
    found = exporter.coordinator.get(
        "/v1/exceptions", code="UNPLANNED", month="2026-03", min_position=report["position"]
    )
    keys = " ".join(row["key"] for row in found.json()["rows"])
    assert all(row["visit_id"] in keys for row in report["results"])


def test_a_registration_that_names_a_visit_of_another_unit_is_no_less_taken_and_not_put_on_it(
    exporter: Exporter,
) -> None:
    exporter.plans(PLANS + MORNING)
    exporter.units = TOWN_UNITS
    [row] = exporter.stays(STAYS + STAY.replace("r1,", "r1,m1"))["results"]
    own = exporter.visit_id("r1", "visit")
    assert (row["status"], row["visit_id"], row["match"]) == ("accepted", own, "no_visit_of_client")
    assert isinstance(exporter.events(own)[0], VisitCheckedIn)
    assert not any(isinstance(event, VisitCheckedIn) for event in exporter.events(exporter.visit_id("m1")))


def test_a_place_is_taken_once_also_by_a_phone_or_an_earlier_file(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    exporter.stays(STAYS + STAY)
    report = exporter.stays(STAYS + STAY.replace("r1", "r2"))
    assert report["results"][0]["match"] == "taken"
    assert report["results"][0]["visit_id"] == exporter.visit_id("r2", "visit")


def test_the_same_registrations_again_add_nothing_and_keep_their_visit(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    exporter.stays(STAYS + STAY)
    exporter.plans(PLANS + MORNING.replace("T06", "T16"))
    head = exporter.head()
    report = exporter.stays(STAYS + STAY)
    assert (report["known"], exporter.head()) == (1, head)
    assert report["results"][0]["visit_id"] == exporter.visit_id("m1")
    assert report["results"][0]["match"] == "client_and_worker"


def test_the_same_key_with_other_content_is_a_conflict_and_nothing_of_the_row_is_stored(exporter: Exporter) -> None:
    open_stay = STAY.replace("2026-03-02T06:41+01:00", "")
    exporter.stays(STAYS + open_stay)
    head = exporter.head()
    assert told(exporter.stays(STAYS + STAY)) == [(2, "rejected", "key", "id_conflict")]
    assert exporter.head() == head


def test_people_that_the_ledger_does_not_know_are_registered_all_the_same(exporter: Exporter) -> None:
    report = exporter.stays(STAYS + STAY.replace(ASTRID, NOBODY).replace(ANNA, NOBODY))
    assert told(report) == [(2, "accepted", "", "")]


def test_a_reason_is_stored_as_text_sealed_for_the_client_even_if_it_is_a_formula(exporter: Exporter) -> None:
    formula = '=HYPERLINK(""http://x"")'
    exporter.stays(STAYS + STAY.replace(",,\n", f',phone,"{formula}"\n'))
    note = exporter.events(exporter.visit_id("r1", "visit"))[-1]
    assert isinstance(note, VisitNoteAdded)
    assert (note.person_id, note.source) == (exporter.client, "phone")
    assert exporter.house.sealing.open(note.text, place=note.place_of("text")) == '=HYPERLINK("http://x")'


def test_a_dry_run_of_registrations_shows_the_match_and_stores_nothing(exporter: Exporter) -> None:
    exporter.plans(PLANS + MORNING)
    head = exporter.head()
    report = exporter.stays(STAYS + STAY, dry_run="true")
    assert (report["results"][0]["match"], exporter.head()) == ("client_and_worker", head)


def test_no_submission_holds_more_commands_than_allowed_and_no_row_is_split(
    exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    write = exporter.house.writer.write

    def counting(_: GroupWriter, wishes: Sequence[Wish]) -> list[Outcome]:
        sizes.append(len(wishes))
        return write(wishes)

    monkeypatch.setattr(running, "COMMANDS_MAX", 4)
    monkeypatch.setattr(GroupWriter, "write", counting)
    report = exporter.stays(STAYS + "".join(STAY.replace("r1", f"r{number}") for number in range(3)))
    assert (report["accepted"], sizes) == (3, [3, 3, 3])
