"""A lost phone and a person who may no longer call: refused by every server within a minute, and nothing is lost."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.bootstrap import House, build
from api.cli import app
from infra import remembered_log
from infra.settings import Settings
from tests.api.calls import Answer, Caller, Json
from tests.api.phones import events, send, statuses
from tests.api.town import ANNA, BO, CENTRE, PLAN, Town, fact, fresh, uid

PHONE, OTHER_PHONE = "phone of anna", "phone of bo"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks for those shut out does so without a pause."""
    monkeypatch.setattr(remembered_log, "LOOK_EVERY_S", 0.005)


def bound(town: Town, house: House, subject: str = ANNA, phone: str = PHONE) -> Caller:
    """A worker whose token is bound to a phone."""
    return Caller(town.call().client, house.tokens, role="care_worker", units=(), subject=subject, device_id=uid(phone))


def revoke(town: Town, house: House, phone: str = PHONE) -> None:
    """Register a phone and revoke it, and wait until the server knows."""
    path, admin = f"/v1/devices/{uid(phone)}", town.call("admin")
    registered = admin.decide(f"{path}/register", {"unit_id": CENTRE, "worker_id": ANNA})
    wait_for(house, admin.decide(f"{path}/revoke", {"reason": "stolen"}, version=registered["version"]))


def wait_for(house: House, written: Json) -> None:
    """Until the server knows of a decision."""
    deadline = time.monotonic() + 5
    while house.shut_out.position < written["position"]:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def is_told_nothing(answer: Answer) -> bool:
    """Whether somebody is answered as whoever sends no token."""
    none = answer.headers.get("www-authenticate")
    return (answer.status_code, none, answer.json().get("code")) == (401, "Bearer", "unauthenticated")


def arrival() -> Json:
    return fact("check_in", fresh("visit"), "06:00")


@pytest.mark.faults
def test_row_45_a_revoked_phone_reads_and_decides_nothing_and_what_it_sends_is_kept_apart(
    town: Town, house: House
) -> None:
    anna, known = bound(town, house), arrival()
    visit_id = known["visit_id"]
    assert statuses(send(anna, [known], PHONE)) == [("accepted", None)]
    assert anna.get(f"/v1/visits/{visit_id}").status_code == 200
    revoke(town, house)
    assert is_told_nothing(anna.get(f"/v1/visits/{visit_id}"))
    assert is_told_nothing(anna.get("/v1/rulebooks"))
    assert is_told_nothing(anna.post(f"/v1/visits/{visit_id}/plan", PLAN))
    told = arrival()
    assert statuses(send(anna, [known, told], PHONE)) == [("known", None), ("rejected", "device_revoked")]
    assert events(house, told["visit_id"]) == []
    assert [row.fact_id for row in house.log.quarantined(10)] == [told["id"]]


@pytest.mark.faults
def test_row_45_a_token_of_a_revoked_phone_does_not_register_under_the_name_of_another(
    town: Town, house: House
) -> None:
    revoke(town, house)
    told = arrival()
    assert statuses(send(bound(town, house), [told], OTHER_PHONE)) == [("rejected", "device_revoked")]
    assert events(house, told["visit_id"]) == []


def test_a_phone_that_was_found_and_another_of_the_same_worker_are_let_in(town: Town, house: House) -> None:
    revoke(town, house)
    anna = bound(town, house)
    assert bound(town, house, phone=OTHER_PHONE).get("/v1/rulebooks").status_code == 200
    assert town.call("care_worker", subject=ANNA).get("/v1/rulebooks").status_code == 200
    found = town.call("admin").decide(f"/v1/devices/{uid(PHONE)}/register", {"unit_id": CENTRE}, version=2)
    wait_for(house, found)
    assert anna.get("/v1/rulebooks").status_code == 200
    assert statuses(send(anna, [arrival()], PHONE)) == [("accepted", None)]


def test_who_is_shut_out_is_refused_with_every_token_and_everywhere_until_let_in_again(
    town: Town, house: House
) -> None:
    people = [town.call("care_worker", subject=BO), town.call("auditor", subject=BO), bound(town, house, BO)]
    admin = town.call("admin")
    wait_for(house, admin.decide("/v1/admission/withdraw", {"subject": BO, "reason": "left"}))
    assert all(is_told_nothing(each.get("/v1/rulebooks")) for each in people)
    before = house.log.head()
    assert is_told_nothing(send(people[0], [arrival()]))
    assert house.log.head() == before
    assert town.call("care_worker", subject=ANNA).get("/v1/rulebooks").status_code == 200
    wait_for(house, admin.decide("/v1/admission/restore", {"subject": BO}))
    assert [each.get("/v1/rulebooks").status_code for each in people] == [200, 200, 200]


def test_the_metrics_are_closed_to_an_administrator_who_is_shut_out(town: Town, house: House) -> None:
    eve = town.call("admin", subject="eve")
    assert eve.get("/metrics").status_code == 200
    wait_for(house, town.call("admin").decide("/v1/admission/withdraw", {"subject": "eve", "reason": "misuse"}))
    assert is_told_nothing(eve.get("/metrics"))


def test_who_is_shut_out_is_listed_and_told_in_the_audit_trail(town: Town, house: House) -> None:
    revoke(town, house)
    written = town.call("admin").decide("/v1/admission/withdraw", {"subject": "eve", "reason": "misuse"})
    wait_for(house, written)
    listed = town.call("admin").get("/v1/admission").json()
    assert listed == {"position": written["position"], "subjects": ["eve"], "device_ids": [uid(PHONE)]}
    trail = town.call("auditor").get(f"/v1/audit/admission/{written['id']}", min_position=written["position"]).json()
    assert [(row["actor"], row["text"]) for row in trail["rows"]] == [("admin/admin-1", "eve shut out: misuse")]


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("withdraw", {"subject": "eve", "reason": "other"}, "admission_already_withdrawn"),
        ("restore", {"subject": "Eve"}, "admission_not_withdrawn"),
    ],
)
def test_a_decision_about_admission_that_changes_nothing_is_refused(
    town: Town, path: str, body: Json, code: str
) -> None:
    town.call("admin").decide("/v1/admission/withdraw", {"subject": "eve", "reason": "misuse"})
    refused = town.call("admin").post(f"/v1/admission/{path}", body)
    assert (refused.status_code, refused.json()["code"]) == (409, code)


def test_an_operator_without_a_token_shuts_a_person_out_of_a_running_server_and_a_restart_lets_nobody_in(
    town: Town, house: House
) -> None:
    folder = house.settings.data_dir
    withdrawn = run("withdraw", "eve", "--reason", "credentials_lost", folder=folder)
    wait_for(house, {"position": house.log.head()[0]})
    eve = town.call("auditor", subject="eve")
    assert withdrawn == (0, f"Recorded at position {house.log.head()[0]}.\n")
    assert is_told_nothing(eve.get("/v1/rulebooks"))
    with closing(build(Settings(data_dir=folder))) as later:
        later.shut_out.start()
        assert later.shut_out.people == ["eve"]
    assert run("withdraw", "eve", folder=folder)[0] == 1
    assert run("restore", "eve", folder=folder)[0] == 0
    wait_for(house, {"position": house.log.head()[0]})
    assert eve.get("/v1/rulebooks").status_code == 200


def run(*arguments: str, folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["admission", *arguments, "--by", "ada", "--data", str(folder)])
    return done.exit_code, done.stdout
