"""A client with protected identity is not there for whoever is not named: not by id, and not by what is listed or counted."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.app import create_app
from api.bootstrap import House, build
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Answer, Caller, Json
from tests.api.conftest import MORNING, StillClock, people_of
from tests.api.phones import events
from tests.api.town import ANNA, ASTRID, BO, BROR, CENTRE, JANUARY, NOBODY, ORDER, TOWN_UNITS, Town, fact, fresh, uid

KARIN = uid("client karin, who is protected")
HER_VISIT, HER_ORDER = uid("visit at karin"), uid("order of karin")
THEIR_VISIT = uid("visit at astrid and bror")
MARCH = {"month": "2026-03"}
WITHOUT_POSITION = {"lat": 62.75, "lon": 15.42, "accuracy_m": 10}


@pytest.fixture(scope="module")
def guarded_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house of this module's own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("protected"), rates=UNLIMITED)
    return build(settings, clock=StillClock(MORNING))


@pytest.fixture(scope="module")
def guarded(guarded_house: House) -> Iterator[Town]:
    """A town where Karin is protected, for whom her manager and Bo are named. Anna was there, then at Astrid's and Bror's."""
    with TestClient(create_app(guarded_house)) as client:
        town = Town(people_of(guarded_house, client))
        town.settle()
        boss = town.call("unit_manager", subject="boss")
        for worker in (ANNA, BO):
            boss.decide(f"/v1/workers/{worker}/join-unit", {"unit_id": CENTRE, "on": JANUARY}, version=1)
        boss.decide(f"/v1/clients/{KARIN}/register", {"unit_id": CENTRE, "registered_on": JANUARY, "address": "Ön 1"})
        town.call("care_manager").decide(f"/v1/orders/{HER_ORDER}/place", {**ORDER, "client_id": KARIN})
        marked = {"level": "protected_registration", "from_on": "2026-03-02", "named": [BO]}
        boss.decide(f"/v1/clients/{KARIN}/mark-protected-identity", marked, version=1)
        facts = [
            *_stay(HER_VISIT, "06:00", "06:40", client_ids=[KARIN]),
            *_stay(THEIR_VISIT, "07:00", "07:20", client_ids=[ASTRID, BROR]),
        ]
        position = town.sync(ANNA, facts)
        assert guarded_house.projector.wait_until(position, 5)
        yield town


def _stay(visit_id: str, begins: str, ends: str, **payload: Any) -> list[Json]:
    arrival = fact("check_in", visit_id, begins, **payload, position=WITHOUT_POSITION)
    return [arrival, fact("check_out", visit_id, ends, position=WITHOUT_POSITION)]


def unnamed(town: Town) -> list[Caller]:
    """Somebody in every role that reads clients, and not named."""
    roles = ("coordinator", "unit_manager", "care_manager", "licensed", "auditor")
    return [*map(town.call, roles), town.call("care_worker", subject=ANNA)]


def boss_of(town: Town) -> Caller:
    return town.call("unit_manager", subject="boss")


def rows(answer: Answer) -> list[Json]:
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["rows"]
    return found


def without_ids(answer: Answer) -> tuple[int, str]:
    text = answer.text
    for each in (KARIN, HER_VISIT, HER_ORDER, NOBODY):
        text = text.replace(each, "ID")
    return answer.status_code, text.partition('"request_id"')[0]


@pytest.mark.faults
def test_row_48_who_is_protected_is_answered_as_nobody_to_whoever_is_not_named(guarded: Town) -> None:
    for caller in unnamed(guarded):
        for kind, there in (("clients", KARIN), ("visits", HER_VISIT), ("orders", HER_ORDER)):
            hidden, absent = caller.get(f"/v1/{kind}/{there}"), caller.get(f"/v1/{kind}/{NOBODY}")
            assert hidden.status_code in {403, 404}
            assert without_ids(hidden) == without_ids(absent)
    coordinator = guarded.call()
    for verb, sent in (
        ("change-details", {"telephone": "0693-161 00"}),
        ("record-return", {"at": f"{JANUARY}T10:00:00Z"}),
    ):
        answers = [coordinator.post(f"/v1/clients/{each}/{verb}", sent, version=2) for each in (KARIN, NOBODY)]
        assert {answer.status_code for answer in answers} == {404}
        assert len(set(map(without_ids, answers))) == 1


@pytest.mark.faults
def test_row_48_whoever_asks_for_them_is_told_of_in_the_log_by_role_and_so_is_whoever_reads_them(guarded: Town) -> None:
    for caller, word in ((guarded.call(), "protected_denied"), (boss_of(guarded), "protected_read")):
        by_client = {"client_id": KARIN, **MARCH}
        asked: tuple[tuple[str, Json], ...] = (
            (f"/v1/clients/{KARIN}", {}),
            (f"/v1/visits/{HER_VISIT}", {}),
            ("/v1/performed-time", by_client),
        )
        for path, params in asked:
            with capture_logs() as lines:
                caller.get(path, **params)
            [told] = [line for line in lines if line["log_level"] == "warning"]
            assert (told["event"], told["role"]) == (word, "coordinator" if word.endswith("denied") else "unit_manager")
            assert told["request_id"]
            assert KARIN not in str(told)
    with capture_logs() as lines:
        boss_of(guarded).get("/v1/performed-time", **MARCH, group_by="client")
    assert "protected_read" in {line["event"] for line in lines}
    with capture_logs() as lines:
        guarded.call().get(f"/v1/clients/{ASTRID}")
    assert "warning" not in {line["log_level"] for line in lines}


EVERYBODY = {"age_min": "0", "visits_per_day_min": "0", "window": "00:00-23:59"}
LISTS: tuple[tuple[str, Json], ...] = (
    ("/v1/performed-time", {**MARCH, "group_by": "client"}),
    ("/v1/performed-time", {**MARCH, "group_by": "visit"}),
    ("/v1/exceptions", {**MARCH, "state": "all"}),
    ("/v1/reconciliation", MARCH),
    ("/v1/reimbursement", MARCH),
    ("/v1/client-fees", MARCH),
    ("/v1/order-lag", MARCH),
    ("/v1/register-basis", MARCH),
    ("/v1/continuity", {"from": "2026-03-02", "period_days": "1", "level": "client", **EVERYBODY}),
    ("/v1/rulebooks/compare", {"before": "adopted", "after": "adopted", "period": "2026-03"}),
    ("/v1/reports/compare", {**MARCH, "report": "performed-time", "group_by": "client", "from": "1"}),
    ("/v1/reports/compare", {**MARCH, "report": "exceptions", "from": "1"}),
    (f"/v1/workers/{ANNA}/schedule", {"day": "2026-03-02"}),
    (f"/v1/audit/worker/{ANNA}", {}),
    (f"/v1/audit/unit/{CENTRE}", {}),
    (f"/v1/periods/{CENTRE}/2026-03/draft", {}),
)


@pytest.mark.faults
def test_row_49_no_list_names_who_is_protected_and_they_stand_in_it_for_whoever_is_named(guarded: Town) -> None:
    for path, params in LISTS:
        for form in ("json", "csv"):
            for caller in unnamed(guarded):
                answer = caller.get(path, **params, format=form)
                assert not any(each in answer.text for each in (KARIN, HER_VISIT, HER_ORDER)), (path, answer.text)
    by_path = [(path, boss_of(guarded).get(path, **params).text) for path, params in LISTS]
    told = {path for path, text in by_path if KARIN in text or HER_VISIT in text}
    assert {"/v1/performed-time", "/v1/exceptions", "/v1/reconciliation", "/v1/continuity"} <= told


@pytest.mark.faults
def test_row_49_sums_that_name_nobody_are_the_same_whoever_asks(guarded: Town) -> None:
    for path, params in (
        ("/v1/performed-time", {**MARCH, "group_by": "client_unit"}),
        ("/v1/performed-time", {**MARCH, "group_by": "worker"}),
        ("/v1/reconciliation", {**MARCH, "level": "unit"}),
        ("/v1/client-counts", {"level": "unit"}),
        ("/v1/continuity", {"from": "2026-03-02", "period_days": "1", "level": "unit", **EVERYBODY}),
    ):
        answers = [rows(caller.get(path, **params)) for caller in (guarded.call(), boss_of(guarded))]
        assert answers[0] == answers[1] != []
    minutes = rows(guarded.call().get("/v1/performed-time", **MARCH, group_by="client_unit"))[0]["staff_minutes"]
    assert minutes == 60
    by_client = rows(guarded.call().get("/v1/performed-time", **MARCH, group_by="client"))
    assert sum(row["staff_minutes"] for row in by_client) == 20


@pytest.mark.faults
def test_row_49_pages_go_on_as_if_they_were_not_there(guarded: Town) -> None:
    auditor = guarded.call("auditor")
    hidden, absent = (auditor.get(f"/v1/audit/client/{each}", limit=1) for each in (KARIN, NOBODY))
    assert without_ids(hidden) == without_ids(absent)
    first = auditor.get(f"/v1/audit/worker/{ANNA}", limit=1).json()
    assert len(first["rows"]) == 1
    second = auditor.get(f"/v1/audit/worker/{ANNA}", limit=500, cursor=first["next_cursor"]).json()
    assert HER_VISIT not in str(second)
    log = auditor.get("/v1/events", limit=1000).text
    assert (KARIN in log, HER_VISIT in log, THEIR_VISIT in log) == (False, False, True)


@pytest.mark.faults
def test_row_49_what_was_accepted_of_their_visits_is_told_to_nobody_who_is_not_named(guarded: Town) -> None:
    accepted = {"position": 1, "reason_codes": ["FORGOT_DEPARTURE"]}
    for visit_id in (HER_VISIT, THEIR_VISIT):
        path = f"/v1/exceptions/visit/{visit_id}/acknowledge"
        boss_of(guarded).decide(path, {"key": f"MANUAL|visit/{visit_id}|x", **accepted})
    auditor = guarded.call("auditor")
    told = [rows(auditor.get("/v1/events", stream=f"exception/{each}")) for each in (HER_VISIT, THEIR_VISIT)]
    assert list(map(len, told)) == [0, 1]
    incident = auditor.for_purpose("incident").get("/v1/events", stream=f"exception/{HER_VISIT}")
    assert len(rows(incident)) == 1


def test_an_auditor_reaches_them_for_an_incident_and_the_worker_who_is_named_reads_their_visit(guarded: Town) -> None:
    auditor = guarded.call("auditor").for_purpose("incident")
    assert auditor.get(f"/v1/clients/{KARIN}").json()["person"]["address"] == "Ön 1"
    assert KARIN in auditor.get("/v1/events", limit=1000).text
    assert auditor.get(f"/v1/audit/client/{KARIN}").json()["rows"]
    assert boss_of(guarded).get(f"/v1/visits/{HER_VISIT}").status_code == 200


def test_a_workers_minutes_are_taken_apart_only_where_all_of_them_may_be_told(guarded: Town) -> None:
    cell = {**MARCH, "worker_id": ANNA}
    asking = (guarded.call(), guarded.call("auditor"), boss_of(guarded))
    answers = [each.get("/v1/reports/performed-time/explain", **cell) for each in asking]
    assert [answer.status_code for answer in answers] == [404, 404, 200]


def test_no_position_of_a_visit_at_them_is_stored_and_those_of_others_are(guarded: Town, guarded_house: House) -> None:
    assert guarded.call().get(f"/v1/visits/{THEIR_VISIT}").status_code == 200
    hers, theirs = (events(guarded_house, visit) for visit in (HER_VISIT, THEIR_VISIT))
    assert [each.position is not None for each in (*hers, *theirs)] == [False, False, True, True]
    assert all(each.place for each in hers)


def test_whoever_marks_a_client_goes_on_seeing_them_until_they_are_named_no_longer(town: Town) -> None:
    coordinator, manager = town.call(), town.call("unit_manager")
    path = f"/v1/clients/{ASTRID}"
    marked = coordinator.decide(f"{path}/mark-protected-identity", {"level": "confidentiality_marking"}, version=1)
    assert [each.get(path).status_code for each in (coordinator, manager)] == [200, 404]
    named = manager.decide(f"{path}/name-staff", {"subjects": [manager.subject]})
    assert named["version"] == marked["version"] + 1
    assert manager.get(path).json()["named_staff"] == [coordinator.subject, manager.subject]
    removed = {"subjects": [coordinator.subject]}
    manager.decide(f"{path}/remove-staff", removed, version=named["version"])
    assert [each.get(path).status_code for each in (coordinator, manager)] == [404, 200]
    lifted = manager.decide(f"{path}/mark-protected-identity", {"level": "none"}, version=named["version"] + 1)
    assert lifted["version"] == named["version"] + 2
    assert coordinator.get(path).json()["protection"] == "none"


def test_a_mark_of_a_coming_day_hides_nobody_yet(town: Town) -> None:
    marked = {"level": "confidentiality_marking", "from_on": "2026-03-03"}
    town.call().decide(f"/v1/clients/{ASTRID}/mark-protected-identity", marked, version=1)
    assert town.call("unit_manager").get(f"/v1/clients/{ASTRID}").status_code == 200


def test_an_import_takes_what_happened_at_them_and_says_nothing_of_them(guarded: Town) -> None:
    head, times = "key,client,worker,arrived,departed\n", "2026-03-02T06:00+01:00,2026-03-02T06:40+01:00"
    told = []
    for client in (KARIN, NOBODY):
        content = f"{head}{fresh('key')},{client},{BO},{times}\n".encode()
        answer = guarded.call("coordinator", units=TOWN_UNITS).send(
            "/v1/imports/registrations?source=matrix&dry_run=true", content, Content_Type="text/csv"
        )
        told.append({name: answer.json()["results"][0].get(name) for name in ("status", "match", "code")})
    assert told[0] == told[1]
    assert told[0]["status"] == "accepted"
