"""What cannot be folded is said wherever somebody might take the figures for whole; and a server may leave folding to
others."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api import reading
from api.app import create_app
from api.bootstrap import House, build
from api.cli import app
from domain.ids import ProviderId, StreamId, UnitId
from domain.log import NewRow
from domain.organisation.events import OrganisationUnitOpened
from domain.organisation.values import UnitKind
from infra.settings import Settings
from infra.working import fold_until
from tests.api.conftest import Calls, StillClock, people_of

STREAM = "organisation/bracke"
STRANGE = NewRow(STREAM, 1, "organisation.from_the_future", b"{}")
UNIT = msgspec.json.encode(
    OrganisationUnitOpened(
        originator_id=StreamId(STREAM),
        originator_version=1,
        actor="admin/eva",
        unit_id=UnitId("bracke"),
        name="Bräcke",
        provider_id=ProviderId("municipal"),
        kind=UnitKind.HOME_CARE_GROUP,
    )
)
PLACE = {"from": "2026-03-02"}


def invoke(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(app, [*arguments])
    assert done.exit_code == status, done.output
    return done.output if status == 0 else " ".join(done.output.split())  # a message is wrapped to the terminal's width


def append(house: House) -> int:
    position = house.log.append([STRANGE]).positions[-1]
    assert house.projector.wait_until(position, 10)
    return position


def test_answers_and_readiness_say_that_a_stream_is_parked(house: House, call: Calls) -> None:
    auditor = call("auditor")
    assert "parked_streams" not in auditor.get("/v1/performed-time", **PLACE).json()
    assert auditor.get("/readyz").json()["parked_streams"] == 0
    append(house)
    assert auditor.get("/v1/performed-time", **PLACE).json()["parked_streams"] == 1
    assert auditor.get("/v1/performed-time", **PLACE, format="csv").headers["X-Parked-Streams"] == "1"
    answer = auditor.get("/readyz")
    assert (answer.status_code, answer.json()["parked_streams"]) == (200, 1)


def test_the_command_line_lists_what_is_parked_and_releases_it_once_it_can_be_folded(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    house = build(Settings(data_dir=tmp_path))
    house.log.append([STRANGE])
    house.projector.catch_up()
    house.close()
    listed = invoke("parked", *data, status=1)
    assert listed.count("unknown_event") == 2
    assert f"facts {STREAM} #1 since 20" in listed
    assert "1 events unknown_event (UnknownEventError)" in listed
    assert "No difference" in (told := invoke("verify", *data, status=1))
    assert "Streams are parked" in told
    assert "stays parked" in invoke("parked", "--release", STREAM, *data, status=1)
    assert "not parked" in invoke("parked", "--release", "visit/none", *data, status=2)
    assert "cannot be folded" in invoke("rebuild", "facts", *data, status=1)

    with closing(sqlite3.connect(tmp_path / "ledger.db")) as log, log:
        log.execute("UPDATE event SET topic = 'organisation.unit_opened', state = ?", (UNIT,))
    assert "1 events folded" in invoke("parked", "--all", *data)
    assert invoke("parked", *data) == "Nothing is parked.\n"


def test_a_server_that_only_serves_shows_what_a_process_beside_it_has_folded(
    tmp_path: Path, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WAIT_MAX_S", 0.1)
    settings = Settings(data_dir=tmp_path, fold="workers")
    house = build(settings, clock=clock)
    with TestClient(create_app(house)) as client:
        auditor = people_of(house, client)("auditor")
        position = house.log.append([NewRow(STREAM, 1, "organisation.unit_opened", UNIT)]).positions[-1]
        assert auditor.get("/v1/performed-time", **PLACE, min_position=position).json()["code"] == "not_yet_visible"
        stopping = threading.Event()
        worker = threading.Thread(target=fold_until, args=(stopping, settings))
        worker.start()
        try:
            assert house.projector.wait_until(position, 10)
            answer = auditor.get("/v1/performed-time", **PLACE, min_position=position).json()
            assert (answer["complete_through"], "parked_streams" in answer) == (position, False)
        finally:
            stopping.set()
            worker.join()


def test_who_is_to_fold_what_nobody_knows_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "There are facts, audit_trail" in invoke("work", "--only", "figures", "--data", str(tmp_path), status=2)
    monkeypatch.setenv("VISITLEDGER_FOLD", "nobody")
    assert "VISITLEDGER_FOLD takes process, server or workers" in invoke("work", "--data", str(tmp_path), status=2)
