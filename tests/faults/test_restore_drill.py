"""The drill: a server is copied while phones sync, put back, and answers as it did at the copy's last position."""

import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import httpx2

from api.bootstrap import build, system_clock
from infra.backup import back_up
from infra.event_codec import event_codec
from infra.event_store import open_log
from infra.restore import restore
from infra.settings import UNLIMITED, Settings
from tests.faults.kill import Tally, phone
from tests.faults.server import ServerProcess
from tests.infra.kept_ledger import BY

WORKER = "7d0f7f2e-2a52-4f0c-9d55-3b1f6f0f5a01"
REPORTS = ("performed-time?from=2026-10-01&to=2026-10-31", "exceptions?from=2026-10-01&to=2026-10-31")
PHONES = 3
WARM_UP_EVENTS = 40
FACTS_MAX = 100_000


def told(_done: int, _of: int) -> None:
    """Nobody looks at the progress."""


def read(server: ServerProcess, path: str, token: str) -> dict[str, object]:
    answer = httpx2.get(f"{server.url}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    found: dict[str, object] = answer.json()
    assert answer.status_code == httpx2.codes.OK, found
    return found


def reports(server: ServerProcess, token: str, position: int) -> list[object]:
    asked = [read(server, f"/v1/{each}&as_of={position}&min_position={position}", token) for each in REPORTS]
    return [each["rows"] for each in asked]


def wait_for(server: ServerProcess, events: int) -> None:
    deadline = time.monotonic() + 30
    while httpx2.get(f"{server.url}/readyz", timeout=10).json().get("position", 0) < events:  # none while it lags
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_server_put_back_from_a_copy_made_under_load_answers_as_it_did(store_url: str, tmp_path: Path) -> None:
    on_postgresql = store_url.startswith("postgresql")
    settings = Settings(data_dir=tmp_path / "here", store_url=store_url if on_postgresql else "")
    house = build(settings)
    worker, office = (house.tokens.issue(subject=WORKER, role=role) for role in ("care_worker", "auditor"))
    house.close()
    server, tally, over = ServerProcess(replace(settings, rates=UNLIMITED)), Tally(), threading.Event()
    phones = [threading.Thread(target=phone, args=(server, tally, over, worker, Random(n))) for n in range(PHONES)]
    server.start()
    for each in phones:
        each.start()

    wait_for(server, WARM_UP_EVENTS)
    acknowledged = set(tally.acknowledged)
    manifest = back_up(settings, tmp_path / "log", tmp_path / "keys", at=system_clock(), step=told)
    wait_for(server, manifest.position + 1)
    over.set()
    for each in phones:
        each.join()
    before = reports(server, office, manifest.position)
    head = int(str(read(server, "/readyz", office)["position"]))
    server.stop()

    _, restored = restore(
        settings,
        tmp_path / "log",
        tmp_path / "keys",
        event_codec(),
        replace=True,
        by=BY,
        at=system_clock(),
        step=told,
    )
    assert (tally.errors, restored.restoration.lost_events) == ([], head - manifest.position)

    server.start()
    wait_for(server, manifest.position)
    assert reports(server, office, manifest.position) == before
    assert "was restored" in str(read(server, "/readyz", office)["rebuilt_because"])
    server.stop()
    with closing(open_log(settings)) as log:
        assert acknowledged <= {fact.fact_id for fact in log.facts("", FACTS_MAX)}
