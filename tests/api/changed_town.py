"""A town whose past changed: what its reports said at a position, and everything that the ledger learned of it later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import House, build
from infra.settings import UNLIMITED, Settings
from tests.api.calls import Json, fresh_key
from tests.api.conftest import MORNING, Calls, StillClock, people_of
from tests.api.town import ANNA, ASTRID, BO, BROR, Town, fact, fresh

MARCH = {"month": "2026-03"}
HALF_PAST_EIGHT = "2026-03-02T08:30:00+01:00"
"""After all that was registered by `before`, and before what came later."""
READS: Mapping[str, Json] = {
    "/v1/performed-time": MARCH | {"group_by": "client"},
    "/v1/reconciliation": MARCH,
    "/v1/reimbursement": MARCH,
    "/v1/client-fees": MARCH,
    "/v1/exceptions": MARCH | {"state": "all"},
    "/v1/continuity": {"from": "2026-03-01", "level": "client"},
    "/v1/client-time": MARCH,
    "/v1/registration-quality": MARCH,
    "/v1/client-counts": {"day": "2026-03-02"},
    "/v1/order-lag": MARCH,
    "/v1/supervision-basis": MARCH,
    "/v1/budget-basis": {"last": "2026-03", "months": "1"},
    "/v1/register-basis": MARCH,
    "/v1/periods": {},
    "/v1/rulebooks": {},
    f"/v1/workers/{ANNA}/schedule": {"day": "2026-03-02"},
    f"/v1/audit/client/{ASTRID}": {},
    "/v1/rulebooks/compare": {"before": "adopted", "after": "adopted", "period": "2026-03"},
    "/v1/reports/performed-time/explain": MARCH | {"client_id": ASTRID},
}
"""Every read of reports, with a question that has an answer."""
RULES = """municipality: Bräcke
editions:
  - version: bracke-2026
    from: 2026-01-01
    overrides:
      - for: {services: [CLEAN]}
        policies: {client_time: false}
"""


class ChangedTown(NamedTuple):
    """`before` is the position at which `answers` were given; then a visit was corrected, and rules adopted."""

    call: Calls
    house: House
    answers: Mapping[str, Json]
    before: int
    corrected: int
    adopted: int
    visit_id: str


@contextmanager
def changed_town(folder: Path) -> Iterator[ChangedTown]:
    """Astrid had a shower of 40 minutes that became 15 an hour later; Bror's cleaning is no client time by rules adopted
    after it."""
    clock = StillClock(MORNING)
    house = build(Settings(data_dir=folder, rates=UNLIMITED), clock=clock)
    with TestClient(create_app(house)) as client:
        call = people_of(house, client)
        town = Town(call)
        town.settle()
        town.placed_order()
        visit_id = _registered(town)
        before = house.log.head()[0]
        assert house.projector.wait_until(before, 10)
        answers = {path: ask(call, path, **asked, as_of=HALF_PAST_EIGHT) for path, asked in READS.items()}
        clock.pass_by(hours=1)
        corrected = _corrected(call, visit_id)
        clock.pass_by(hours=1)
        adopted = _adopted(call)
        assert house.projector.wait_until(adopted, 10)
        yield ChangedTown(call, house, answers, before, corrected, adopted, visit_id)


def ask(call: Calls, path: str, **asked: Any) -> Json:
    """The auditor's question, answered."""
    answer = call("auditor").get(path, **asked)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def _registered(town: Town) -> str:
    showered, cleaned = town.planned_visit(), fresh("visit")
    town.sync(
        BO,
        [
            fact("check_in", cleaned, "07:00", client_ids=[BROR]),
            fact("service_performed", cleaned, "07:10", service_code="CLEAN", client_id=BROR),
            fact("check_out", cleaned, "07:30"),
        ],
    )
    facts = [
        fact("check_in", showered, "06:00"),
        fact("service_performed", showered, "06:30", service_code="SHOWER", client_id=ASTRID),
        fact("check_out", showered, "06:40"),
    ]
    town.sync(ANNA, facts)
    return showered


def _corrected(call: Calls, visit_id: str) -> int:
    rows = call("auditor").get("/v1/events", stream=f"visit/{visit_id}").json()["rows"]
    ids = {row["topic"].partition("@")[0]: row["state"].get("stamp", {}).get("id") for row in rows}
    body = {
        "arrival_fact_id": ids["visit.checked_in"],
        "departure_fact_id": ids["visit.checked_out"],
        "worker_id": ANNA,
        "client_ids": [ASTRID],
        "arrived_at": "2026-03-02T06:00:00+01:00",
        "departed_at": "2026-03-02T06:15:00+01:00",
        "reason_codes": ["FORGOT_DEPARTURE"],
    }
    position: int = call().decide(f"/v1/visits/{visit_id}/correct-attendance", body, version=4)["position"]
    return position


def _adopted(call: Calls) -> int:
    admin = call("admin")
    version = admin.get("/v1/organisation").json()["version"]
    headers = {"Content-Type": "application/yaml", "Idempotency-Key": fresh_key(), "If-Match": f'"{version}"'}
    answer = admin.send("/v1/rulebooks/adopt", RULES.encode(), **headers)
    assert answer.status_code == 200, answer.text
    position: int = answer.json()["position"]
    return position
