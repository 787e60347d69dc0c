"""An erasure over the API: one asks, another approves, a hold holds it up, and it is certified once it has ended."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from api.bootstrap import House
from api.export_jobs import Export
from domain.event import DomainEvent
from domain.ids import PersonId
from infra.access_reading import entries_of_request
from tests.api.calls import Answer, Json, fresh_key
from tests.api.town import CENTRE, JANUARY, Town, fresh

NUMBER, OF_THE_FIFTH = "194611161235", "194611059801"
RETENTION = {"reason": "retention_over"}


def registered(town: Town, number: str = NUMBER, **details: object) -> str:
    """The path of a new client."""
    client_id = fresh("client")
    body = {"unit_id": CENTRE, "registered_on": JANUARY, "name": "Astrid Ek", "personnummer": number, **details}
    town.call().decide(f"/v1/clients/{client_id}/register", body)
    return f"/v1/persons/client/{client_id}"


def id_in(path: str) -> str:
    return path.rpartition("/")[2]


def requested(town: Town, path: str, **body: object) -> Json:
    return town.call("care_manager", subject="eva").decide(f"{path}/request-erasure", RETENTION | body)


def approve(town: Town, path: str, version: int, subject: str = "ulla") -> Answer:
    return town.call("admin", subject=subject).post(f"{path}/approve-erasure", {}, version=version)


def held(town: Town, path: str, reason: str = "lex_sarah") -> str:
    hold_id = fresh("hold")
    town.call("care_manager").decide(f"{path}/place-hold", {"hold_id": hold_id, "reason": reason})
    return hold_id


def told(house: House, path: str) -> list[str]:
    """What was decided about the person's keys."""
    return [event.TOPIC for event in events(house, path)]


def events(house: House, path: str) -> list[DomainEvent]:
    rows = house.log.read_stream(f"person/{id_in(path)}")
    return [recorded.event for recorded in house.codec.decode_rows(rows)]


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_one_asks_for_an_erasure_and_another_approves_it_and_both_stand_in_the_certificate(
    shared_town: Town, shared_house: House
) -> None:
    path = registered(shared_town)
    admin, auditor = shared_town.call("admin", subject="ulla"), shared_town.call("auditor")
    version = requested(shared_town, path)["version"]
    standing = admin.get(f"{path}/erasure").json()
    assert standing["request"] == {
        "requested_by": "care_manager/eva",
        "requested_on": "2026-03-02",
        "reason": "retention_over",
        "archived": "",
    }
    assert (standing["last_on"], standing["erasures"]) == ("2026-04-01", [])
    answer = approve(shared_town, path, version)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{version + 2}"')
    assert told(shared_house, path)[1:] == ["person.keys_destroyed", "person.erasure_completed"]
    client = shared_town.call().get(f"/v1/clients/{id_in(path)}").json()
    assert set(client["person"].values()) == {"erased"}
    [certificate] = auditor.get(f"{path}/erasure").json()["erasures"]
    assert [certificate[name] for name in ("requested_by", "approved_by", "are_signed_in")] == [
        "care_manager/eva",
        "admin/ulla",
        True,
    ]
    assert [each["removed"] for each in certificate["followed"]] == [1, 0, 0]
    assert certificate["ended_at_position"] == answer.json()["position"] == certificate["position"] + 1
    trail = auditor.get(f"/v1/audit/client/{id_in(path)}", min_position=answer.json()["position"]).json()["rows"]
    assert [row["text"] for row in trail[1:]] == [
        "Erasure asked for: retention_over",
        "Erased: retention_over; approved by ulla",
        "The erasure has ended: keys 1, homes, exports",
    ]


def test_the_same_call_again_decides_and_destroys_nothing_more(shared_town: Town, shared_house: House) -> None:
    path = registered(shared_town)
    version, ulla = requested(shared_town, path)["version"], shared_town.call("admin", subject="ulla")
    client, key = f"/v1/clients/{id_in(path)}", fresh_key()
    first = ulla.post(f"{path}/approve-erasure", {}, key=key, version=version)
    shared_town.call().decide(f"{client}/change-details", {"name": "Somebody else"}, version=1)
    second = ulla.post(f"{path}/approve-erasure", {}, key=key, version=version)
    assert [answer.json()["status"] for answer in (first, second)] == ["accepted", "known"]
    assert len(told(shared_house, path)) == 3
    assert shared_town.call().get(client).json()["person"]["name"] == "Somebody else"


@pytest.mark.faults
def test_an_erasure_that_was_cut_off_ends_when_the_same_call_comes_again_unless_a_hold_came_first(
    shared_town: Town, shared_house: House
) -> None:
    path, ulla = registered(shared_town), shared_town.call("admin", subject="ulla")
    version, key = requested(shared_town, path)["version"], fresh_key()
    kept = shared_house.settings.data_dir / "exports" / f"{undeletable(shared_house)}.csv"
    cut_off = ulla.post(f"{path}/approve-erasure", {}, key=key, version=version)
    kept.rmdir()
    hold_id = held(shared_town, path)
    refused = ulla.post(f"{path}/approve-erasure", {}, key=key, version=version)
    shared_town.call("care_manager").decide(f"{path}/lift-hold", {"hold_id": hold_id}, version=version + 2)
    ended = ulla.post(f"{path}/approve-erasure", {}, key=key, version=version)
    assert [refusal(each) for each in (cut_off, refused)] == [(503, "erasure_incomplete"), (409, "person_held")]
    assert (ended.json()["status"], told(shared_house, path)[-1]) == ("known", "person.erasure_completed")


@pytest.mark.faults
def test_an_erasure_by_one_person_or_without_a_request_is_refused_and_nothing_is_destroyed(
    shared_town: Town, shared_house: House
) -> None:
    path = registered(shared_town)
    version = requested(shared_town, path)["version"]
    assert refusal(approve(shared_town, path, version, subject="eva")) == (409, "second_person_required")
    assert refusal(approve(shared_town, path, version - 1)) == (412, "wrong_version")
    withdrawing = shared_town.call("admin").post(f"{path}/withdraw-erasure-request", {}, version=version)
    assert withdrawing.status_code == 200
    assert refusal(approve(shared_town, path, version + 1)) == (409, "erasure_not_requested")
    assert "person.keys_destroyed" not in told(shared_house, path)


@pytest.mark.faults
def test_a_hold_keeps_a_person_from_being_erased_and_tells_no_ground_to_who_may_not_know(shared_town: Town) -> None:
    path = registered(shared_town)
    version = requested(shared_town, path)["version"]
    hold_id = held(shared_town, path)
    answers = [
        approve(shared_town, path, version + 1),
        shared_town.call("admin").post(f"{path}/request-erasure", RETENTION),
    ]
    for answer in answers:
        assert refusal(answer) == (409, "person_held")
        assert answer.json()["detail"].startswith("One legal hold is open, the first since 2026-03-02.")
    standing = shared_town.call("admin").get(f"{path}/erasure")
    assert (standing.json()["open_holds"], standing.json()["held_since"]) == (1, "2026-03-02")
    for answer in (*answers, standing):
        assert "lex_sarah" not in answer.text
    assert shared_town.call("admin").get(f"{path}/holds").status_code == 403
    lifted = shared_town.call("care_manager").post(f"{path}/lift-hold", {"hold_id": hold_id}, version=version + 1)
    assert approve(shared_town, path, lifted.json()["version"]).status_code == 200


def test_holds_are_read_as_of_any_position_and_whoever_reads_them_is_entered(
    shared_town: Town, shared_house: House
) -> None:
    path = registered(shared_town)
    manager, auditor = shared_town.call("care_manager"), shared_town.call("auditor")
    hold_id = held(shared_town, path, "appeal")
    before = shared_house.log.head()[0]
    manager.decide(f"{path}/lift-hold", {"hold_id": hold_id}, version=1)
    now, then, first = (auditor.get(f"{path}/holds", as_of=each) for each in (None, before, before - 1))
    placed = {
        "hold_id": hold_id,
        "reason": "appeal",
        "placed_on": "2026-03-02",
        "placed_by": "care_manager/care_manager-1",
    }
    assert then.json()["holds"] == [placed | {"lifted_on": None, "lifted_by": ""}]
    assert now.json()["holds"][0]["lifted_by"] == "care_manager/care_manager-1"
    assert (first.json()["holds"], then.headers["etag"], now.headers["etag"]) == ([], '"1"', '"2"')
    [entry] = entries_of_request(shared_house.access_log.engine, now.headers["x-request-id"])
    assert (entry.action, entry.record_class, set(entry.whose)) == ("read.holds", "keys", {("client", id_in(path))})


@pytest.mark.faults
def test_a_hold_on_somebody_with_protected_identity_is_told_to_those_who_are_named_alone(
    shared_town: Town, shared_house: House
) -> None:
    path = registered(shared_town)
    held(shared_town, path)
    marked = {"level": "protected_registration", "named": []}
    shared_town.call("unit_manager").decide(f"/v1/clients/{id_in(path)}/mark-protected-identity", marked, version=1)
    manager, auditor = shared_town.call("care_manager"), shared_town.call("auditor")
    denied = manager.get(f"{path}/holds")
    assert refusal(denied) == (404, "client_unknown")
    [entry] = entries_of_request(shared_house.access_log.engine, denied.headers["x-request-id"])
    assert (entry.doing, set(entry.whose)) == ("denied", {("client", id_in(path))})
    hold = {"hold_id": fresh("hold"), "reason": "appeal"}
    assert refusal(manager.post(f"{path}/place-hold", hold)) == (404, "client_unknown")
    stream = f"person/{id_in(path)}"
    assert auditor.get("/v1/events", stream=stream).json()["rows"] == []
    for_incident = auditor.for_purpose("incident")
    assert len(for_incident.get("/v1/events", stream=stream).json()["rows"]) == 1
    assert requested_is_held(shared_town, path)


def requested_is_held(town: Town, path: str) -> bool:
    """Whether an administrator, who is named for nobody, is told that the person is held."""
    return refusal(town.call("admin").post(f"{path}/request-erasure", RETENTION)) == (409, "person_held")


@pytest.mark.faults
def test_the_file_of_a_client_born_on_the_fifth_is_archived_before_the_client_is_erased(shared_town: Town) -> None:
    path = registered(shared_town, OF_THE_FIFTH)
    refused = shared_town.call("care_manager").post(f"{path}/request-erasure", RETENTION)
    assert refusal(refused) == (409, "archive_first")
    assert "5, 15 or 25" in refused.json()["detail"]
    version = requested(shared_town, path, archived="SSA 2026-17")["version"]
    assert approve(shared_town, path, version).status_code == 200
    [certificate] = shared_town.call("admin").get(f"{path}/erasure").json()["erasures"]
    assert certificate["archived"] == "SSA 2026-17"


@pytest.mark.faults
def test_a_number_that_came_after_the_request_is_looked_at_when_it_is_approved(shared_town: Town) -> None:
    path = registered(shared_town)
    version = requested(shared_town, path)["version"]
    change = f"/v1/clients/{id_in(path)}/change-details"
    shared_town.call().decide(change, {"personnummer": OF_THE_FIFTH}, version=1)
    assert refusal(approve(shared_town, path, version)) == (409, "archive_first")


@pytest.mark.faults
def test_an_erasure_that_cannot_end_says_so_and_ends_when_it_is_sent_again(
    shared_town: Town, shared_house: House
) -> None:
    path = registered(shared_town)
    version = requested(shared_town, path)["version"]
    folder = shared_house.settings.data_dir / "exports"
    kept = folder / f"{undeletable(shared_house)}.csv"
    assert refusal(approve(shared_town, path, version)) == (503, "erasure_incomplete")
    assert told(shared_house, path)[-1] == "person.keys_destroyed"
    standing = shared_town.call("admin").get(f"{path}/erasure").json()
    assert (standing["is_unfinished"], standing["erasures"][0]["ended_at"]) == (True, None)
    hold_id = held(shared_town, path)
    assert refusal(approve(shared_town, path, version + 2)) == (409, "person_held")
    shared_town.call("care_manager").decide(f"{path}/lift-hold", {"hold_id": hold_id}, version=version + 2)
    kept.rmdir()
    assert approve(shared_town, path, version + 3).status_code == 200
    assert told(shared_house, path)[-1] == "person.erasure_completed"
    assert told(shared_house, path).count("person.keys_destroyed") == 1


def undeletable(house: House) -> str:
    """An export that was interrupted, with a folder in the place of its rows. Gives its id."""
    folder, job_id = house.settings.data_dir / "exports", fresh("export")
    (folder / f"{job_id}.csv").mkdir(parents=True)
    job: Any = Export(
        id=job_id, asked_by="", report="", month="2026-03", form="csv", position=1, made_at_s=house.clock().timestamp()
    )
    (folder / f"{job_id}.json").write_bytes(msgspec.json.encode(job))
    return job_id


def test_a_worker_is_erased_likewise_and_nobody_by_an_id_of_another_kind(
    shared_town: Town, shared_house: House
) -> None:
    worker_id = fresh("worker")
    body = {"registered_on": JANUARY, "name": "Anna Berg"}
    shared_town.call("admin").decide(f"/v1/workers/{worker_id}/register", body)
    as_client = shared_town.call("admin").post(f"/v1/persons/client/{worker_id}/request-erasure", RETENTION)
    read_as_client = shared_town.call("admin").get(f"/v1/persons/client/{worker_id}/erasure")
    assert refusal(as_client) == refusal(read_as_client) == (404, "client_unknown")
    path = f"/v1/persons/worker/{worker_id}"
    version = requested(shared_town, path)["version"]
    assert approve(shared_town, path, version).status_code == 200
    worker = shared_town.call("admin").get(f"/v1/workers/{worker_id}").json()
    assert set(worker["person"].values()) == {"erased"}
    assert shared_house.keys.destroy(PersonId(str(UUID(worker_id)))) == 0
