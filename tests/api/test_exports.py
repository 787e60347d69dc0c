"""A month's rows as a file: written beside all else, for whoever asked, and gone after a day or a restart."""

import csv
import io
import json
import stat
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from api.export_jobs import Export, ExportJobs
from api.exports import as_csv
from api.problems import Problem
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.persons import destroy_keys
from domain.person.values import ErasureReason
from infra.access_reading import entries_of_request
from infra.erasure import Erasure, erased_after
from infra.setting_values import SettingError
from infra.settings import UNLIMITED, Settings
from infra.tokens import Caller as Somebody
from tests.api.calls import Caller, Json
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import ASTRID, BROR, CENTRE, GALLO, Town, fresh

pytestmark = pytest.mark.faults
PATH = "/v1/exports"
VISITS = 3
ADA = Somebody("ada", "auditor", frozenset(), 0)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return build(Settings(data_dir=tmp_path_factory.mktemp("exports"), rates=UNLIMITED), clock=StillClock(MORNING))


@pytest.fixture(scope="module")
def town(house: House) -> Iterator[Town]:
    """A town with some visits that were made."""
    with TestClient(create_app(house)) as client:
        town = Town(people_of(house, client))
        town.settle()
        position = [town.attended_visit()[1] for _ in range(VISITS)][-1]
        assert house.projector.wait_until(position, 10)
        yield town


def nobody(_: int) -> list[Erasure]:
    """Nobody was erased."""
    return []


def exported(caller: Caller, **body: object) -> tuple[Json, str]:
    """Ask, wait, and fetch: how the job ended, and the file."""
    asked = caller.post(PATH, {"report": "performed-time", "month": "2026-03"} | body, key="")
    assert asked.status_code == 202, asked.text
    place = f"{PATH}/{asked.json()['id']}"
    for _ in range(500):
        job = caller.get(place).json()
        if job["state"] not in {"waiting", "running"}:
            return job, caller.get(f"{place}/file").text
        time.sleep(0.01)
    raise AssertionError(job)


def test_row_56_an_export_has_the_rows_of_the_report_whoever_asks_and_no_identities(town: Town) -> None:
    for role in ("reporting", "auditor"):
        job, file = exported(town.call(role))
        rows = list(csv.DictReader(io.StringIO(file)))
        assert (job["state"], job["rows"], len(rows)) == ("done", VISITS, VISITS)
        named = {
            "visit_id",
            "day",
            "client_id",
            "worker_id",
            "service_code",
            "kind",
            "client_unit_id",
            "worker_unit_id",
        }
        assert set(rows[0]) == named | {"provider_id", "legal_basis", "staff_minutes", "visit_minutes"}
        report = town.call("auditor").get("/v1/performed-time", month="2026-03", group_by="month").json()["rows"]
        assert sum(int(row["staff_minutes"]) for row in rows) == report[0]["staff_minutes"]


def test_row_56_a_reconciliation_is_exported_by_client_and_service(town: Town) -> None:
    job, file = exported(town.call("reporting"), report="reconciliation", format="jsonl")
    report = town.call("auditor").get("/v1/reconciliation", month="2026-03", level="service").json()["rows"]
    rows = [json.loads(line) for line in file.splitlines()]
    assert (job["state"], sorted(rows, key=str)) == ("done", sorted(report, key=str))
    assert {row["client_id"] for row in rows} == {ASTRID}


def test_row_56_an_export_reaches_as_far_as_its_caller(town: Town) -> None:
    files = {unit: exported(town.call("coordinator", units=[unit], subject=unit)) for unit in (CENTRE, GALLO)}
    assert {unit: job["rows"] for unit, (job, _) in files.items()} == {CENTRE: VISITS, GALLO: 0}
    assert files[GALLO][1] == ""


def test_row_56_an_export_is_found_by_whoever_asked_for_it_alone(town: Town) -> None:
    eva = town.call("coordinator", units=[CENTRE], subject="eva")
    job, _ = exported(eva)
    for other in (town.call("auditor", subject="eva"), eva.with_units([GALLO]), town.call("coordinator", subject="bo")):
        answers = [other.get(f"{PATH}/{job['id']}{part}") for part in ("", "/file")]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "not_found")] * 2
    refused = town.call("care_worker").post(PATH, {"report": "performed-time", "month": "2026-03"}, key="")
    assert refused.status_code in {401, 403}


def test_row_56_a_spreadsheet_shows_what_a_cell_says_and_does_not_run_it() -> None:
    encode = as_csv()
    assert (
        encode({"service_code": "=1+1"}) + encode({"service_code": "SHOWER"}) == b"service_code\r\n'=1+1\r\nSHOWER\r\n"
    )


def test_row_56_files_are_readable_by_the_server_alone(town: Town, house: House) -> None:
    exported(town.call("reporting"))
    folder = house.settings.data_dir / "exports"
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_row_56_a_restart_interrupts_an_export_and_a_day_deletes_it(tmp_path: Path) -> None:
    now = 0.0
    before = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=nobody, clock=lambda: now)
    job = before.ask(ADA, lambda _: [], report="performed-time", month="2026-03", form="csv", position=1)
    after = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=nobody, clock=lambda: now)
    assert after.of(ADA, UUID(job.id)).state == "waiting"
    before.close()
    assert after.of(ADA, UUID(job.id)).state == "interrupted"
    now = 24 * 3_600.0
    after.delete_old()
    assert list((tmp_path / "exports").iterdir()) == []


def test_row_56_an_export_that_fails_says_so_and_the_next_is_written(tmp_path: Path) -> None:
    jobs = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=nobody)
    asked = {"report": "performed-time", "month": "2026-03", "form": "csv", "position": 1}
    failing = jobs.ask(ADA, lambda _: [1 // 0], **asked)  # type: ignore[arg-type]
    following = jobs.ask(ADA, lambda out: [out.write(b"a")], **asked)  # type: ignore[arg-type]
    jobs.start()
    for _ in range(500):
        if jobs.of(ADA, UUID(following.id)).state == "done":
            break
        time.sleep(0.01)
    jobs.close()
    assert [jobs.of(ADA, UUID(each.id)).state for each in (failing, following)] == ["failed", "done"]


ASKED = {"report": "performed-time", "month": "2026-03", "form": "csv"}


def written(jobs: ExportJobs, rows: str, position: int) -> Export:
    """An export of some rows that is done."""
    job = jobs.ask(ADA, lambda out: [out.write(rows.encode())], position=position, **ASKED)
    for _ in range(500):
        if jobs.of(ADA, UUID(job.id)).state == "done":
            return job
        time.sleep(0.002)
    raise AssertionError(job)


def test_exports_from_before_somebody_was_erased_are_gone_where_they_name_them_and_no_others(tmp_path: Path) -> None:
    jobs = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=nobody)
    jobs.start()
    named, other = written(jobs, f"day,{ASTRID}", 4), written(jobs, f"day,{BROR}", 4)
    later = written(jobs, f"day,{ASTRID}", 6)
    jobs.close()
    waiting = jobs.ask(ADA, lambda _: [], position=4, **ASKED)
    erasure = Erasure(PersonId(ASTRID), 5)
    assert (jobs.forget(erasure), jobs.forget(erasure)) == (2, 0)
    kept = {path.stem for path in (tmp_path / "exports").iterdir()}
    assert kept == {other.id, later.id}
    jobs.path_of(later).unlink()  # as by another process, in the midst of it
    for each in (named, waiting, later):
        with pytest.raises(Problem, match="not_found"):
            jobs.of(ADA, UUID(each.id))
    jobs.close()


def test_an_export_that_is_written_as_somebody_is_erased_ends_and_does_not_come_back(tmp_path: Path) -> None:
    jobs = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=nobody)
    parts = []

    def write(out: IO[bytes]) -> Iterator[int]:
        for part in range(3):
            parts.append(part)
            jobs.forget(Erasure(PersonId(BROR), 5))
            yield out.write(b"a")

    jobs.ask(ADA, write, position=4, **ASKED)
    jobs.start()
    written(jobs, "the next", 6)
    jobs.close()
    assert (parts, len(list((tmp_path / "exports").iterdir()))) == ([0], 2)


def test_a_server_deletes_exports_of_somebody_whom_another_one_erased(town: Town, house: House, tmp_path: Path) -> None:
    client_id, position = fresh("client"), house.log.head()[0]
    town.call().decide(f"/v1/clients/{client_id}/register", {"unit_id": CENTRE, "registered_on": "2026-01-01"})
    jobs = ExportJobs(tmp_path / "exports", keeps_hours=24, erased_after=partial(erased_after, house.log))
    jobs.start()
    named, other = written(jobs, client_id, position), written(jobs, BROR, position)
    jobs.close()
    command = destroy_keys(
        PersonId(client_id), reason=ErasureReason.OTHER, approved_by="ulla", to_follow=(), act=Act(actor="admin/eva")
    )
    house.ledger.decide([command])
    jobs.forget_erased()
    assert {path.stem for path in (tmp_path / "exports").iterdir()} == {other.id}
    assert named.id != other.id


@pytest.mark.parametrize("hours", ["0", "169", "", "a", "１"])
def test_how_long_exports_are_kept_is_a_number_of_hours(hours: str) -> None:
    with pytest.raises(SettingError, match="takes a number of hours from 1 to 168"):
        Settings.from_environment({"VISITLEDGER_EXPORT_HOURS": hours})


def test_row_56_whoever_is_in_a_file_is_entered_when_it_is_fetched(town: Town, house: House) -> None:
    auditor = town.call("auditor")
    job, file = exported(auditor)
    answer = auditor.get(f"/v1/exports/{job['id']}/file")
    [entry] = entries_of_request(house.access_log.engine, answer.headers["x-request-id"])
    rows = list(csv.DictReader(io.StringIO(file)))
    people = {(kind, row[f"{kind}_id"]) for row in rows for kind in ("client", "worker") if row[f"{kind}_id"]}
    assert (entry.doing, set(entry.whose)) == ("export", people)
    asking = auditor.get(f"/v1/exports/{job['id']}")
    assert entries_of_request(house.access_log.engine, asking.headers["x-request-id"]) == []
