"""CSV files of a planning system, over HTTP and from the command line: on the real app and real SQLite."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.bootstrap import House
from api.cli import app
from api.csv_import import running
from domain.command import Outcome, Wish
from domain.ids import derived_id, stream_of
from domain.visit.events import (
    VisitCancelled,
    VisitCheckedIn,
    VisitEvent,
    VisitNoteAdded,
    VisitPlanned,
)
from infra.writer import GroupWriter
from tests.api.calls import Answer, Json
from tests.api.town import ANNA, ASTRID, BO, BRACKE, BROR, CENTRE, JANUARY, NOBODY, Town, fresh

PLANS = "key,client,start,end,unit,services,workers\n"
MORNING = f"m1,{ASTRID},2026-03-02T06:00+01:00,2026-03-02T06:40+01:00,{CENTRE},SHOWER:40,{ANNA}\n"
NOON = f"m2,{ASTRID},2026-03-02T12:00+01:00,2026-03-02T12:30+01:00,{CENTRE},,{BO}\n"
COMPLETE = {"complete": "true", "unit": CENTRE, "from": "2026-03-02", "to": "2026-03-02"}
STAYS = "key,visit_key,client,worker,arrived,departed,services,source,reason\n"
STAY = f"r1,,{ASTRID},{ANNA},2026-03-02T06:05+01:00,2026-03-02T06:41+01:00,SHOWER:30,,\n"


class Exporter:
    """A planning system's files, sent by a coordinator, with a client and a unit of the test's own in Astrid's and the
    centre's place: all tests share a ledger, and none sees another's visits."""

    def __init__(self, town: Town, house: House) -> None:
        self.town, self.house = town, house
        self.source = fresh("exporter")
        self.unit, self.client = fresh("unit"), fresh("client")
        town.call("admin").decide(f"/v1/units/{self.unit}/open", {"name": "Kälarne", "provider_id": BRACKE})
        registered = {"unit_id": self.unit, "registered_on": JANUARY}
        town.call("unit_manager").decide(f"/v1/clients/{self.client}/register", registered)

    def own(self, text: str) -> str:
        """A text with the test's own client and unit."""
        return text.replace(ASTRID, self.client).replace(CENTRE, self.unit)

    def send(self, kind: str, text: str | bytes, **params: str) -> Answer:
        """Send a file and give the answer, whatever it is."""
        content = self.own(text).encode() if isinstance(text, str) else text
        caller = self.town.call("coordinator")
        wanted = {"source": self.source, "file": "week10.csv"} | params
        wanted = {name: self.own(value) for name, value in wanted.items()}
        headers = {"Content-Type": "text/csv"} | caller._headers()
        return caller.client.post(f"/v1/imports/{kind}", content=content, params=wanted, headers=headers)

    def plans(self, text: str, **params: str) -> Json:
        """Send plans that can be read."""
        return self._read(self.send("plans", text, **params))

    def stays(self, text: str, **params: str) -> Json:
        """Send registrations that can be read."""
        return self._read(self.send("registrations", text, **params))

    def visit_id(self, *key: str) -> str:
        """The visit of a key."""
        return derived_id("import", self.house.log.identity().ledger_id, self.source, *key)

    def events(self, visit_id: str) -> list[Any]:
        """What is stored of a visit."""
        rows = self.house.log.read_stream(stream_of("visit", visit_id))
        return [recorded.event for recorded in self.house.codec.decode_rows(rows)]

    def head(self) -> int:
        """Where the log ends."""
        return self.house.log.head()[0]

    @staticmethod
    def _read(answer: Answer) -> Json:
        assert answer.status_code == 200, answer.text
        report: Json = answer.json()
        return report


@pytest.fixture
def exporter(shared_town: Town, shared_house: House) -> Exporter:
    """A planning system of the test's own."""
    return Exporter(shared_town, shared_house)


def told(report: Json) -> list[tuple[int, str, str, str]]:
    """Line, status, column and code of each row."""
    return [(row["line"], row["status"], row.get("column", ""), row.get("code", "")) for row in report["results"]]


def kinds(events: list[VisitEvent]) -> list[str]:
    """The events' kinds, in order."""
    return [event.TOPIC.removeprefix("visit.") for event in events]


# Plans


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


# Complete files


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
    exporter.town.call("coordinator").decide(f"/v1/visits/{by_hand}/plan", plan)
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


# Registrations


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
    found = exporter.town.call("coordinator").get(
        "/v1/exceptions", code="UNPLANNED", month="2026-03", min_position=report["position"]
    )
    keys = " ".join(row["key"] for row in found.json()["rows"])
    assert all(row["visit_id"] in keys for row in report["results"])


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


# Hostile files


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (PLANS.encode(), "empty_file"),
        (b"PK\x03\x04\x00\x00 spreadsheet", "not_text"),
        (bytes(range(256)), "bad_encoding"),
        ((PLANS + MORNING).encode("utf-16"), "bad_encoding"),
        ((PLANS + MORNING + MORNING.replace("m1", "å")).encode("cp1252"), "bad_encoding"),
        ((PLANS + MORNING + NOON.replace("m2", '"m2')).encode(), "bad_csv"),
        ((PLANS + MORNING.replace("m1", "m\0")).encode(), "not_text"),
        ((",".join(f"c{number}" for number in range(100)) + "\n" + "," * 99).encode(), "too_many_columns"),
        ((PLANS.replace("unit", "key") + MORNING).encode(), "column_twice"),
        ((PLANS.replace("unit", "enhet") + MORNING).encode(), "column_unknown"),
        ((PLANS.replace("client,", "") + MORNING).encode(), "column_missing"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(exporter: Exporter, content: bytes, code: str) -> None:
    head = exporter.head()
    answer = exporter.send("plans", content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert exporter.head() == head


def test_an_unclosed_quote_is_told_with_the_line_that_it_begins_on(exporter: Exporter) -> None:
    answer = exporter.send("plans", PLANS + MORNING + NOON.replace("m2", '"m2') + MORNING)
    assert answer.json()["errors"] == [{"pointer": "/line/3", "code": "bad_csv"}]


def test_ten_megabytes_are_refused_and_json_is_not_taken(exporter: Exporter) -> None:
    assert exporter.send("plans", b"x" * 10_000_000).json()["code"] == "too_large"
    assert exporter.town.call("coordinator").post("/v1/imports/plans?source=tes", {}).status_code == 415


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [
        ("delimiter = 7", "/mapping/delimiter"),
        ('delimiter = "ab"', "/mapping/delimiter"),
        ('encoding = "latin-9"', "/mapping/encoding"),
        ('zone = "Europe/Hemma"', "/mapping/zone"),
        ('time_format = "%d/%m"', "/mapping/time_format"),
        ('other_columns = "maybe"', "/mapping/other_columns"),
        ('[columns]\nkund = "Brukare"', "/mapping/columns"),
        ('[values.kund]\na = "b"', "/mapping/values"),
        ('hemligt = "x"', "/mapping"),
        ("not toml", "/mapping"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_pointed_at(exporter: Exporter, mapping: str, pointer: str) -> None:
    answer = exporter.send("plans", PLANS + MORNING, mapping=mapping)
    assert answer.json()["errors"] == [{"pointer": pointer, "code": "mapping_invalid"}]
    assert "hemligt" not in answer.text


# The command line


@pytest.fixture
def run(exporter: Exporter) -> Callable[..., Any]:
    """The command line on the same ledger, beside the server."""

    def invoke(*arguments: str, answer: str = "") -> Any:
        where = ["--source", exporter.source, "--data", str(exporter.house.settings.data_dir)]
        return CliRunner().invoke(app, ["import", *arguments, *where], input=answer)

    return invoke


def test_the_command_line_writes_rejected_rows_beside_the_file_and_takes_them_once_mended(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "week10.csv"
    file.write_text(exporter.own(PLANS + MORNING + NOON.replace(ASTRID, "=Astrid")))
    done = run("plans", str(file))
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "1 accepted, 0 known, 1 rejected.")
    assert "line 3, column client: bad_id" in done.stdout
    assert "Astrid" not in done.output
    rejects = tmp_path / "week10.rejected.csv"
    _, row = csv.reader(rejects.read_text().splitlines())
    assert row[:5] == ["3", "client", "bad_id", "m2", "'=Astrid"]
    rejects.write_text(rejects.read_text().replace("'=Astrid", ASTRID))
    assert run("plans", str(rejects)).exit_code == 0
    assert kinds(exporter.events(exporter.visit_id("m2"))) == ["planned", "worker_assigned"]


def test_the_command_line_asks_before_it_calls_visits_off(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    exporter.plans(PLANS + MORNING + NOON)
    file = tmp_path / "week10.csv"
    file.write_text(exporter.own(PLANS + MORNING))
    options = ["plans", str(file), "--complete", "--unit", exporter.unit, "--from", "2026-03-02", "--to", "2026-03-02"]
    head = exporter.head()
    asked = run(*options, answer="n\n")
    assert (asked.exit_code, exporter.head()) == (1, head)
    assert exporter.visit_id("m2") in asked.stdout
    assert run(*options, "--yes").exit_code == 0
    assert kinds(exporter.events(exporter.visit_id("m2")))[-1] == "cancelled"


def test_the_command_line_takes_registrations_and_shows_each_match(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    exporter.plans(PLANS + MORNING)
    file = tmp_path / "stays.csv"
    file.write_text(exporter.own(STAYS + STAY))
    done = run("registrations", str(file))
    assert done.exit_code == 0, done.output
    assert f"visit {exporter.visit_id('m1')} (client_and_worker, +5 min)" in done.stdout
    assert "0 accepted, 1 known, 0 rejected." in run("registrations", str(file)).stdout


def test_the_command_line_says_in_one_line_why_a_file_cannot_be_used(
    exporter: Exporter, run: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "broken.csv"
    file.write_text(exporter.own(PLANS + MORNING.replace("m1", '"m1')))
    done = run("plans", str(file))
    assert done.exit_code == 2
    assert "The quoting is broken /line/2" in done.stderr
