"""Erasures that have not ended are told of, and a server takes up again those that were approved."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import taking_up
from api.app import create_app
from api.bootstrap import House, build
from api.taking_up import TakingUp
from domain.command import Accepted, Command
from domain.ids import PersonId
from domain.office.act import Act
from domain.office.persons import approve_erasure, destroy_keys
from domain.person.aggregate import Person
from domain.person.events import PersonErasureCompleted
from domain.person.values import ErasureReason
from infra.access_reading import entries_of_request
from infra.erasure import Erasure, Hook
from infra.lease import lease_of
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Json
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.test_erasing import approve, events, held, id_in, registered, requested, told, undeletable
from tests.api.town import Town, fresh

PATH = "/v1/persons/erasures"
TO_FOLLOW = ("keys", "homes", "exports")
ULLA = Act(actor="admin/ulla")
DECIDED, ENDED = "person.keys_destroyed", "person.erasure_completed"


def rows_of(town: Town, path: str, role: str = "admin") -> list[Json]:
    """What somebody is told of one person."""
    rows = town.call(role).get(PATH, limit=500).json()["rows"]
    return [row for row in rows if row["person_id"] == id_in(path)]


def written(house: House, command: Command) -> int:
    """Where it stands in the log."""
    (outcome,) = house.writer.write([command])
    assert isinstance(outcome, Accepted)
    return outcome.position


def cut_off(town: Town, house: House) -> str:
    """The path of a client whose erasure was approved by a server that ended before it did anything else."""
    path = registered(town)
    requested(town, path)
    today = house.clock().date()
    command = approve_erasure(
        "client", PersonId(id_in(path)), on=today, to_follow=TO_FOLLOW, is_research_file=False, act=ULLA
    )
    written(house, command)
    return path


def left_by_an_operator(person_id: PersonId) -> Command:
    """The decision of one whose command ended before it did anything else."""
    return destroy_keys(person_id, reason=ErasureReason.OTHER, approved_by="bo", to_follow=TO_FOLLOW, act=ULLA)


def test_whoever_may_ask_or_approve_sees_what_has_not_ended_and_what_it_waits_for(
    shared_town: Town, shared_house: House
) -> None:
    path, ended = registered(shared_town), registered(shared_town)
    asked = requested(shared_town, path)
    approve(shared_town, ended, requested(shared_town, ended)["version"])
    answer = shared_town.call("care_manager").get(PATH, limit=500)
    [row] = [row for row in answer.json()["rows"] if row["person_id"] == id_in(path)]
    assert row == {
        "person_kind": "client",
        "person_id": id_in(path),
        "waits_for": "approval",
        "reason": "retention_over",
        "requested_by": "care_manager/eva",
        "position": asked["position"],
        "since": row["since"],
        "last_on": "2026-04-01",
        "to_follow": [],
        "open_holds": 0,
        "held_since": None,
    }
    assert datetime.fromisoformat(row["since"]) == shared_house.recorded_at(asked["position"])
    assert answer.json()["position"] == shared_house.log.head()[0]
    assert rows_of(shared_town, ended) == []
    assert shared_town.call().get(PATH).status_code == 403
    [entry] = entries_of_request(shared_house.access_log.engine, answer.headers["x-request-id"])
    told_of = {(row["person_kind"], row["person_id"]) for row in answer.json()["rows"]}
    assert (entry.action, entry.doing, set(entry.whose)) == ("read.erasure", "list", told_of)


def test_one_that_was_cut_off_waits_for_what_follows_and_one_that_is_held_for_the_hold(
    shared_town: Town, shared_house: House
) -> None:
    path = cut_off(shared_town, shared_house)
    [before] = rows_of(shared_town, path)
    held(shared_town, path)
    [after] = rows_of(shared_town, path)
    assert (before["waits_for"], before["to_follow"], before["last_on"]) == ("what_follows", list(TO_FOLLOW), None)
    assert (after["waits_for"], after["open_holds"], after["held_since"]) == ("hold", 1, "2026-03-02")
    assert "lex_sarah" not in str(after)


def test_the_first_that_were_asked_for_are_told_first_with_how_many_there_are(shared_town: Town) -> None:
    paths = [registered(shared_town) for _ in range(2)]
    for path in paths:
        requested(shared_town, path)
    every, first = (shared_town.call("auditor").get(PATH, limit=limit).json() for limit in (500, 1))
    assert [row["position"] for row in every["rows"]] == sorted(row["position"] for row in every["rows"])
    assert (first["rows"], first["total"]) == (every["rows"][:1], len(every["rows"]))
    assert every["total"] >= len(paths)


@pytest.mark.faults
def test_an_erasure_of_somebody_with_protected_identity_is_told_to_those_who_are_named_or_erase_alone(
    shared_town: Town,
) -> None:
    path = registered(shared_town)
    requested(shared_town, path)
    marked = {"level": "protected_registration", "named": []}
    shared_town.call("unit_manager").decide(f"/v1/clients/{id_in(path)}/mark-protected-identity", marked, version=1)
    [by_admin, by_manager] = (shared_town.call(role).get(PATH, limit=500).json() for role in ("admin", "care_manager"))
    assert id_in(path) in {row["person_id"] for row in by_admin["rows"]}
    assert id_in(path) not in str(by_manager)
    assert by_manager["total"] == len(by_manager["rows"]) < by_admin["total"]


@pytest.fixture(scope="module")
def clock() -> StillClock:
    return StillClock(MORNING)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, clock: StillClock) -> House:
    return build(Settings(data_dir=tmp_path_factory.mktemp("erasures"), rates=UNLIMITED), clock=clock)


@pytest.fixture(scope="module")
def town(house: House) -> Iterator[Town]:
    with TestClient(create_app(house)) as client:
        town = Town(people_of(house, client))
        town.settle()
        yield town


@pytest.mark.faults
def test_a_server_ends_what_was_approved_and_cut_off_once_its_approver_has_had_time(
    town: Town, house: House, clock: StillClock
) -> None:
    path, server = cut_off(town, house), TakingUp(house)
    clock.pass_by(seconds=59)
    assert (server.take_up(), told(house, path)[-1]) == (0, DECIDED)
    clock.pass_by(seconds=1)
    assert (server.take_up(), told(house, path)[-1]) == (1, ENDED)
    ended = events(house, path)[-1]
    assert isinstance(ended, PersonErasureCompleted)
    assert (ended.actor, [(each.name, each.removed) for each in ended.followed]) == (
        "server/erasures",
        [("keys", 1), ("homes", 0), ("exports", 0)],
    )
    assert set(town.call().get(f"/v1/clients/{id_in(path)}").json()["person"].values()) == {"erased"}
    assert (server.take_up(), told(house, path).count(ENDED)) == (0, 1)


@pytest.mark.faults
def test_one_of_somebody_whom_the_log_knows_neither_as_client_nor_as_worker_is_told_with_what_is_known(
    town: Town, house: House
) -> None:
    path, unknown = registered(town), PersonId(fresh("person"))
    requested(town, path)
    today, over = house.clock().date(), ErasureReason.RETENTION_OVER
    asking = ULLA.on(Person, unknown, lambda person: person.request_erasure(reason=over, on=today))
    position = written(house, asking)
    answer = town.call("auditor").get(PATH, limit=500)
    kinds = {row["person_id"]: row["person_kind"] for row in answer.json()["rows"]}
    assert (kinds[unknown], kinds[id_in(path)]) == (None, "client")
    [row] = rows_of(town, unknown)
    assert (row["waits_for"], row["requested_by"], row["position"]) == ("approval", ULLA.actor, position)
    [entry] = entries_of_request(house.access_log.engine, answer.headers["x-request-id"])
    assert set(entry.whose) == {("client", person_id) for person_id, kind in kinds.items() if kind}


@pytest.mark.faults
def test_once_a_hold_came_no_server_takes_it_up_until_somebody_has_approved_again(
    town: Town, house: House, clock: StillClock
) -> None:
    path, server = cut_off(town, house), TakingUp(house)
    hold_id = held(town, path)
    clock.pass_by(hours=2)
    assert (server.take_up(), house.erasures.late(clock())) == (0, 0)
    town.call("care_manager").decide(f"{path}/lift-hold", {"hold_id": hold_id}, version=3)
    assert (server.take_up(), house.erasures.late(clock())) == (0, 1)
    assert rows_of(town, path)[0]["waits_for"] == "approval_again"
    assert town.call().get(f"/v1/clients/{id_in(path)}").json()["person"]["name"] == "Astrid Ek"
    assert approve(town, path, 4).status_code == 200
    assert (told(house, path)[-1], rows_of(town, path)) == (ENDED, [])


@pytest.mark.faults
def test_one_that_cannot_end_keeps_nobody_else_and_is_tried_again(town: Town, house: House, clock: StillClock) -> None:
    first = cut_off(town, house)
    kept = house.settings.data_dir / "exports" / f"{undeletable(house)}.csv"
    clock.pass_by(minutes=2)
    server = TakingUp(house)
    assert (server.take_up(), told(house, first)[-1]) == (0, DECIDED)
    kept.rmdir()
    second = cut_off(town, house)
    clock.pass_by(hours=1, seconds=1)
    assert house.erasures.late(clock()) == 2
    assert server.take_up() == 2
    assert [told(house, path)[-1] for path in (first, second)] == [ENDED, ENDED]
    assert house.erasures.late(clock()) == 0


@pytest.mark.faults
def test_of_two_servers_one_takes_it_up_and_the_other_lets_go_of_the_lease(
    laid_out_url: str, tmp_path: Path, clock: StillClock
) -> None:
    settings, person_id = Settings(data_dir=tmp_path, store_url=laid_out_url), PersonId(fresh("client"))
    house = build(settings, clock=clock)
    with closing(house):
        house.writer.start()
        house.ledger.decide([left_by_an_operator(person_id)])
        clock.pass_by(minutes=2)
        server, other = TakingUp(house), lease_of(house.read_database, taking_up.NAME)
        assert other.take()
        assert (server.take_up(), told(house, person_id)[-1], sessions(house)) == (0, DECIDED, 1)
        other.release()
        assert (server.take_up(), told(house, person_id)[-1], sessions(house)) == (1, ENDED, 0)


def sessions(house: House) -> int:
    """How many of the database's sessions ask for the lease or hold it."""
    asking = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%%pg_try_advisory%%'"
    )
    with house.read_database.connect() as db:
        return int(db.exec_driver_sql(f"{asking} AND pid <> pg_backend_pid()").scalar_one())


@pytest.mark.faults
def test_while_one_is_ended_a_hold_stops_the_next_and_the_servers_end_stops_all_that_are_left(
    town: Town, house: House, clock: StillClock
) -> None:
    first, held_up, third, last = (cut_off(town, house) for _ in range(4))
    clock.pass_by(minutes=2)

    def happens(erasure: Erasure) -> int:
        if erasure.person_id == id_in(first):
            held(town, held_up)
        else:
            server.close()
        return 0

    server = TakingUp(replace(house, after_erasure=(Hook("keys", "", happens),)))
    assert server.take_up() == 2
    ended = [told(house, path)[-1] == ENDED for path in (first, held_up, third, last)]
    assert ended == [True, False, True, False]
    assert TakingUp(house).take_up() == 1


@pytest.mark.faults
def test_a_server_that_starts_takes_up_what_the_one_before_left(tmp_path: Path, empty_folder: Path) -> None:
    shutil.copytree(empty_folder, tmp_path, dirs_exist_ok=True)
    clock, person_id = StillClock(MORNING), PersonId(fresh("client"))
    house = build(Settings(data_dir=tmp_path), clock=clock)
    house.ledger.decide([left_by_an_operator(person_id)])
    clock.pass_by(minutes=2)
    with TestClient(create_app(house)):
        deadline = time.monotonic() + 5
        while told(house, person_id)[-1] != ENDED and time.monotonic() < deadline:
            time.sleep(0.01)
        assert told(house, person_id) == [DECIDED, ENDED]


def test_a_server_looks_often_enough_for_an_hour() -> None:
    assert taking_up.LOOK_EVERY_S + taking_up.LEFT_ALONE.total_seconds() < 600
