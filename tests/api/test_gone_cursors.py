"""A cursor goes on only in the log, and by the read models, that its first page was told from."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from api.bootstrap import House, build
from api.cli import app
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Answer
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.town import Town

pytestmark = pytest.mark.faults
ASKED = {"from": "2026-03-02", "group_by": "visit", "limit": 1}


def asked(house: House, **more: object) -> Answer:
    """A page of performed time, of a house that runs for it."""
    with TestClient(create_app(house)) as client:
        return people_of(house, client)("auditor").get("/v1/performed-time", **ASKED, **more)


def test_row_52_a_cursor_from_before_a_restore_or_of_other_read_models_is_gone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "here", rates=UNLIMITED)
    house = build(settings, clock=StillClock(MORNING))
    with TestClient(create_app(house)) as client:
        town = Town(people_of(house, client))
        town.settle()
        position = [town.attended_visit()[1] for _ in range(3)][-1]
        first = town.call("auditor").get("/v1/performed-time", **ASKED, min_position=position)
    cursor = first.json()["next_cursor"]
    other_models = replace(build(settings, clock=StillClock(MORNING)), told_from="1.0.0")
    answers = [
        asked(build(settings, clock=StillClock(MORNING)), cursor=cursor, min_position=position),
        asked(other_models, cursor=cursor, min_position=position),
    ]
    assert [answer.status_code for answer in answers] == [200, 410]

    copy, keys, data = str(tmp_path / "log"), str(tmp_path / "keys"), str(settings.data_dir)
    for command in (
        ["backup", copy, "--keys", keys, "--data", data],
        ["restore", copy, "--keys", keys, "--data", data, "--replace"],
    ):
        assert CliRunner().invoke(app, command).exit_code == 0
    answer = asked(build(settings, clock=StillClock(MORNING)), cursor=cursor, min_position=position)
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_gone")
    again = asked(build(settings, clock=StillClock(MORNING)), min_position=position)
    assert again.json()["rows"] == first.json()["rows"]
