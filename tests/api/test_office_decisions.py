"""Every decision of the office: it happens and is stored under its name, repeated it is known, and a rule can refuse it."""

import pytest

from api.bootstrap import House
from tests.api.calls import fresh_key
from tests.api.office_steps import CLIENT, ORDERS, VISIT, WORKER, Step
from tests.api.organisation_steps import DEVICE, PROVIDER, SERVICE_CODE, SUPERVISION, UNIT
from tests.api.town import Town, fresh


def decide_each_step(
    town: Town, house: House, subject: str, subject_id: str, steps: tuple[Step, ...], version: int = 0
) -> None:
    """Let each decision happen once, be sent again, and be refused; nothing else may be stored."""
    for step in steps:
        path, caller, key = f"/v1/{subject}/{subject_id}/{step.verb}", town.call(step.role), fresh_key()
        written = caller.post(path, step.body, key=key, version=version or None)
        assert written.status_code == 200, (step.verb, written.text)
        position = written.json()["position"]
        assert house.log.head()[0] == position
        assert house.log.read(position - 1, 1)[0].topic == step.topic

        known = caller.post(path, step.body, key=key, version=version or None)
        assert known.json() == {**written.json(), "status": "known"}, step.verb

        version = written.json()["version"]
        refused = caller.post(path, step.body if step.instead is None else step.instead, version=version)
        assert refused.json()["code"] == step.refused, (step.verb, refused.text)
        assert refused.status_code == 409
        assert house.log.head()[0] == position


@pytest.mark.parametrize(
    ("subject", "steps"),
    [
        ("visits", VISIT),
        ("orders", ORDERS),
        ("clients", CLIENT),
        ("workers", WORKER),
        ("devices", DEVICE),
        ("supervision", SUPERVISION),
    ],
    ids=["visits", "orders", "clients", "workers", "devices", "supervision"],
)
def test_each_decision_happens_once_is_known_when_repeated_and_can_be_refused(
    shared_town: Town, shared_house: House, subject: str, steps: tuple[Step, ...]
) -> None:
    decide_each_step(shared_town, shared_house, subject, fresh(subject), steps)


@pytest.mark.parametrize(
    ("subject", "steps"),
    [("providers", PROVIDER), ("units", UNIT), ("service-codes", SERVICE_CODE)],
    ids=["providers", "units", "service codes"],
)
def test_each_decision_about_the_organisation_likewise(
    shared_town: Town, shared_house: House, subject: str, steps: tuple[Step, ...]
) -> None:
    version = shared_town.call("admin").get("/v1/organisation").json()["version"]
    decide_each_step(shared_town, shared_house, subject, fresh(subject), steps, version)
