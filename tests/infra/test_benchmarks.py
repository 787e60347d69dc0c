"""The bench runs, writes what is promised of it, and its echo answers as the product does."""

import json
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import bootstrap, dependencies
from api.access import decision_for
from api.app import create_app
from api.bootstrap import build
from infra.sealing import SealingService, is_envelope
from infra.settings import Settings
from tests.benchmarks import echo
from tests.benchmarks.__main__ import main
from tests.benchmarks.loading import load_slice
from tests.benchmarks.open_loop import at_most
from tests.benchmarks.phones import HOME, Phone, register_clients
from tests.benchmarks.rebuilding import CommandFailedError, again_and_again
from tests.benchmarks.unsecured import caller_named, unsecured

QUICK_NAMES = ["fold_sqlite", "append_1_sqlite", "replay_sqlite", "runner_sqlite", "seal_sqlite", "open_sqlite"]
GIVEN_BY_THE_LEDGER = {"position", "received_at", "clock_offset_ms"}


def test_a_quick_bench_writes_value_unit_base_and_ratio_for_each_name(tmp_path: Path) -> None:
    output = tmp_path / "bench.json"

    main(["--quick", "--only", *QUICK_NAMES, "--output", str(output)])

    figures = json.loads(output.read_text(encoding="utf-8"))
    assert list(figures) == QUICK_NAMES
    for figure in figures.values():
        assert list(figure) == ["value", "unit", "base", "ratio"]
        assert figure["unit"] in {"events/s", "fields/s"}
        assert min(figure["value"], figure["base"], figure["ratio"]) > 0


def test_the_echo_answers_what_the_sync_answers_but_for_what_the_ledger_gives(tmp_path: Path) -> None:
    house, phone = build(Settings(data_dir=tmp_path)), Phone(1)
    token = house.tokens.issue(subject=phone.worker_id, role="care_worker")
    body = phone.sync(40)
    app = create_app(house)
    app.include_router(echo.router)

    with TestClient(app) as client:
        synced, echoed = (_answer(client, path, token, body) for path in ("/v1/sync", echo.PATH))

    assert {result["status"] for result in synced["results"]} == {"accepted"}
    assert _told(synced) == _told(echoed)


def test_without_security_whoever_names_themselves_is_taken_and_what_is_stored_only_looks_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(vars(bootstrap), "SealingService", SealingService)  # put back afterwards
    monkeypatch.setitem(vars(dependencies), "decision_for", decision_for)
    house, phone = unsecured(Settings(data_dir=tmp_path)), Phone(1)
    register_clients(house.ledger, [phone])
    body = phone.sync(40)
    visit = json.loads(body)["facts"][0]["visit_id"]

    with TestClient(create_app(house)) as client:
        synced = _answer(client, "/v1/sync", caller_named(phone.worker_id, "care_worker"), body)
        read = client.get(f"/v1/visits/{visit}", headers={"Authorization": "Bearer coordinator/eva"})
        positions = [
            position
            for recorded in house.codec.decode_rows(house.log.read(0, 1000))
            if (position := getattr(recorded.event, "position", None))
        ]

    assert {result["status"] for result in synced["results"]} == {"accepted"}
    assert read.status_code == 200
    assert all(is_envelope(position) and str(HOME[1]) in _decoded(position) for position in positions)
    assert positions


def test_a_slice_that_a_command_should_have_run_beside_is_not_measured_where_it_failed() -> None:
    with again_and_again([sys.executable, "-c", ""], {}) as ended:
        until = time.monotonic() + 10
        while len(ended) < 2 and time.monotonic() < until:
            time.sleep(0.01)
    assert len(ended) >= 2
    with (
        pytest.raises(CommandFailedError, match="no such store"),
        again_and_again([sys.executable, "-c", "raise SystemExit('no such store')"], {}),
    ):
        pass


def test_a_stage_that_a_rebuild_never_comes_to_has_no_speed(tmp_path: Path) -> None:
    with (
        closing(build(Settings(data_dir=tmp_path))) as house,
        pytest.raises(AssertionError, match="no stage waxing"),
    ):
        load_slice(house, 1, "waxing")()


def test_of_a_hundred_figures_one_is_above_what_ninety_nine_percent_are_at_most() -> None:
    assert at_most(range(100, 0, -1), 99) == 99
    assert at_most([7.5], 50) == 7.5


def _decoded(envelope: str) -> str:
    return urlsafe_b64decode(envelope.rpartition(".")[2] + "==").decode("latin-1")


def _answer(client: TestClient, path: str, token: str, body: bytes) -> dict[str, list[dict[str, object]]]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = client.post(path, content=body, headers=headers)
    assert answer.status_code == 200
    told: dict[str, list[dict[str, object]]] = answer.json()
    return told


def _told(answer: Mapping[str, list[dict[str, object]]]) -> Mapping[str, object]:
    """Leave out what only the ledger knows; each key must still be there."""
    assert answer.keys() >= GIVEN_BY_THE_LEDGER
    results = [{key: value for key, value in result.items() if key != "position"} for result in answer["results"]]
    assert all("position" in result for result in answer["results"])
    return {key: value for key, value in answer.items() if key not in GIVEN_BY_THE_LEDGER} | {"results": results}
