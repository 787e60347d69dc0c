"""A worker's phone in tests: sends facts, and what was made of them is looked up."""

from typing import Any

from api.bootstrap import House
from domain.ids import stream_of
from tests.api.calls import Answer, Caller
from tests.api.conftest import Calls
from tests.api.town import ANNA, uid

EIGHT_LOCAL = "2026-03-02T08:00:00+01:00"
CANARY = "Astrid-Hemlig-197001019802"
"""What no answer may repeat."""


def phone(call: Calls, worker: str = ANNA) -> Caller:
    return call("care_worker", subject=worker)


def send(caller: Caller, facts: list[Any], device: str = "phone", /, **envelope: Any) -> Answer:
    body = {"device_id": uid(device), "device_time": EIGHT_LOCAL, "facts": facts} | envelope
    return caller.post("/v1/sync", body, key="")


def statuses(answer: Answer) -> list[tuple[str, str | None]]:
    assert answer.status_code == 200, answer.text
    return [(result["status"], result.get("code")) for result in answer.json()["results"]]


def codes_of(call: Calls, **wanted: str) -> set[str]:
    answer = call("coordinator").get("/v1/exceptions", month="2026-03", min_position=1, **wanted)
    assert answer.status_code == 200, answer.text
    return {row["code"] for row in answer.json()["rows"]}


def events(house: House, visit_id: str) -> list[Any]:
    rows = house.log.read_stream(stream_of("visit", visit_id))
    return [recorded.event for recorded in house.codec.decode_rows(rows)]


def settle(house: House) -> None:
    assert house.projector.wait_until(house.log.head()[0], 5)
