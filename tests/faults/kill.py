"""Kill the server at random moments while phones sync, and count: nothing acknowledged is lost, nothing counts twice."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import UUID

import httpx2
import msgspec

from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import UNLIMITED, Settings
from tests.faults.server import ServerProcess

PHONES = 6
FACTS_IN_SYNC_MAX = 8
PAUSE_MAX_S = 0.25
"""The longest time between a start and the next kill: most of it is work, so a kill falls into a commit often."""
PAGE_ROWS = 5_000


@dataclass
class Tally:
    """What phones sent and were told."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """What the log holds against what phones were told."""

    kills: int
    acknowledged: int
    stored: int
    lost: int
    doubled: int
    foreign: int
    """Facts in the log that no phone sent."""

    @property
    def good(self) -> bool:
        """Whether nothing acknowledged is lost and nothing counts twice."""
        return self.lost == self.doubled == self.foreign == 0


def run(
    settings: Settings, *, token: str, kills: int, seed: int, progress: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Start and kill a server `kills` times under load, then let the phones finish, and judge."""
    chance = random.Random(seed)
    server, tally, over = ServerProcess(replace(settings, rates=UNLIMITED)), Tally(), threading.Event()
    phones = [
        threading.Thread(target=phone, args=(server, tally, over, token, random.Random(f"{seed}/{number}")))
        for number in range(PHONES)
    ]
    server.start()
    for each in phones:
        each.start()
    for kill in range(kills):
        time.sleep(chance.uniform(0.01, PAUSE_MAX_S))
        server.kill()
        server.start()
        progress(kill + 1)
    over.set()
    for each in phones:
        each.join()
    server.stop()
    if tally.errors:
        raise AssertionError(tally.errors[0])
    return _judge(settings, tally, kills)


def phone(server: ServerProcess, tally: Tally, over: threading.Event, token: str, chance: random.Random) -> None:
    """Register visits and sync until told to stop; a batch is sent again until its answer comes."""
    device_id, seq = _id(chance), 0
    with httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        while not over.is_set():
            facts = [_fact(chance, seq + number) for number in range(chance.randint(1, FACTS_IN_SYNC_MAX))]
            seq += len(facts)
            tally.sent |= {str(fact["id"]) for fact in facts}
            answer = _send_until_answered(server, client, device_id, facts, chance)
            if answer is None:
                tally.errors.append("a phone never got its answer")
                return
            _take_in(tally, answer)


def _take_in(tally: Tally, answer: dict[str, list[dict[str, str]]]) -> None:
    for result in answer["results"]:
        if result["status"] not in {"accepted", "known"}:
            tally.errors.append(f"a fact was {result['status']}: {result.get('code')}")
        tally.acknowledged.add(result["id"])


def _send_until_answered(
    server: ServerProcess, client: httpx2.Client, device_id: str, facts: list[dict[str, object]], chance: random.Random
) -> dict[str, list[dict[str, str]]] | None:
    body = {"device_id": device_id, "device_time": "2026-10-05T08:00:00+02:00", "facts": facts}
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            answer = client.post(f"{server.url}/v1/sync", json=body)
            if answer.status_code == httpx2.codes.OK:
                answered: dict[str, list[dict[str, str]]] = answer.json()
                return answered
        except (httpx2.TransportError, httpx2.InvalidURL):
            pass
        time.sleep(chance.uniform(0.005, 0.05))
    return None


def _fact(chance: random.Random, seq: int) -> dict[str, object]:
    return {
        "id": _id(chance),
        "seq": seq,
        "type": chance.choice(["check_in", "check_out"]),
        "visit_id": _id(chance),
        "wall_time": "2026-10-05T07:30:00+02:00",
    }


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _judge(settings: Settings, tally: Tally, kills: int) -> Verdict:
    log = open_log(settings)
    try:
        stored = _stored_fact_ids(log)
        registered = _registered_fact_ids(log)
    finally:
        log.close()
    return Verdict(
        kills=kills,
        acknowledged=len(tally.acknowledged),
        stored=len(stored),
        lost=len(tally.acknowledged - set(stored)) + len(tally.acknowledged - registered),
        doubled=len(stored) - len(set(stored)),
        foreign=len(set(stored) - tally.sent),
    )


def _stored_fact_ids(log: LedgerRecorder) -> list[str]:
    """The fact ids of all stored events, read from the events themselves."""
    found: list[str] = []
    after = 0
    while rows := log.read(after, PAGE_ROWS):
        after = rows[-1].position
        stamps = (msgspec.json.decode(row.state).get("stamp") for row in rows)
        found += [stamp["id"] for stamp in stamps if stamp]
    return found


def _registered_fact_ids(log: LedgerRecorder) -> set[str]:
    """The fact ids of the register."""
    found: set[str] = set()
    after = ""
    while rows := log.facts(after, PAGE_ROWS):
        after = rows[-1].fact_id
        found |= {row.fact_id for row in rows}
    return found
