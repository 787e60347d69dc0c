"""A server killed at any moment has told nobody anything that is not in the access log."""

import random
import threading
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from api.bootstrap import build
from infra.access_reading import entries_between
from infra.access_tables import open_access_database
from infra.settings import UNLIMITED, Settings
from tests.faults.server import ServerProcess

KILLS, READERS = 2, 3
WORKER = "7d0f7f2e-2a52-4f0c-9d55-3b1f6f0f5a01"


def reader(server: ServerProcess, token: str, told: set[str], over: threading.Event) -> None:
    """Read a worker's minutes again and again, and keep the request's id of each answer that came whole."""
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        while not over.is_set():
            try:
                answer = client.get(f"{server.url}/v1/performed-time", params={"worker_id": WORKER, "month": "2026-10"})
            except (httpx2.TransportError, httpx2.InvalidURL):
                time.sleep(0.01)
                continue
            if answer.status_code == httpx2.codes.OK:
                told.add(answer.headers["x-request-id"])


def test_whatever_was_told_before_the_server_was_killed_is_in_the_access_log(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with closing(build(settings)) as house:
        token = house.tokens.issue(subject="ada", role="auditor")
    server, told, over = ServerProcess(replace(settings, rates=UNLIMITED)), set[str](), threading.Event()
    readers = [threading.Thread(target=reader, args=(server, token, told, over)) for _ in range(READERS)]
    chance = random.Random(1)
    server.start()
    for each in readers:
        each.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.2, 0.4))
        server.kill()
        server.start()
    time.sleep(0.2)
    over.set()
    for each in readers:
        each.join()
    server.stop()

    engine = open_access_database(settings.access_url)
    now = datetime.now(UTC)
    entries = list(entries_between(engine, now - timedelta(days=1), now + timedelta(days=1)))
    engine.dispose()
    assert {each.whose for each in entries} == {frozenset({("worker", WORKER)})}
    assert told <= {each.request_id for each in entries}
    assert len(told) > KILLS
