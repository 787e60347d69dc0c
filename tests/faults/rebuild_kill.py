"""Kill a rebuild at random moments while phones sync and an auditor reads: no request fails, and in the end all is equal.

The rebuild is a process of its own beside a running server. What a kill leaves is what the next one goes on from.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import cycle
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess

import httpx2

from api.bootstrap import House, build
from infra.rebuild import Rebuild
from infra.settings import UNLIMITED, Settings
from infra.verify import verify
from projections.read_models import READ_MODELS
from tests.benchmarks.phones import Phone, phones, register_clients
from tests.benchmarks.stock import FACTS_IN_SYNC, sync
from tests.faults.server import BOOKS, FORKS, ServerProcess

PHONES_SYNCING = 3
FACTS_IN_PHONE_SYNC = 6
PHONE_RESTS_S, READER_RESTS_S = 0.04, 0.03
ENDS_WITHIN_S = 300.0
ALL = tuple(projection.name for projection in READ_MODELS)
PACE_ALONE = 1.3
"""A kill comes within so many times what one undisturbed rebuild took, so that every stage is met."""


@dataclass
class Traffic:
    """What was asked of the server, and what failed."""

    requests: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Verdict:
    """What kills came to. `killed_while` counts them by what the rebuild was at."""

    kills: int
    killed_while: dict[str, int]
    rebuilds: int
    """That were not killed, or not in time."""
    requests: int
    failed: int
    events: int
    differing: int
    """Rows of the read models that the log does not say, in the end."""

    @property
    def good(self) -> bool:
        """Whether no request failed and everything follows from the log."""
        return self.failed == self.differing == 0


def run(
    settings: Settings,
    *,
    facts: int,
    kills: int,
    seed: int,
    read_models: Sequence[str] = ALL,
    progress: Callable[[int], None] = lambda _: None,
) -> Verdict:
    """Fill a ledger, serve it, and kill one rebuild after the other; let the last one end, and judge."""
    chance = random.Random(seed)
    group = phones()[:PHONES_SYNCING]
    with closing(build(settings)) as house:
        tokens = _fill(house, group, facts)
        auditor = house.tokens.issue(subject="auditor", role="auditor")
    server, traffic, over = ServerProcess(replace(settings, rates=UNLIMITED)), Traffic(), threading.Event()
    server.start()
    threads = [
        threading.Thread(target=_sync, args=(server.url, phone, token, traffic, over))
        for phone, token in zip(group, tokens, strict=True)
    ]
    threads.append(threading.Thread(target=_read, args=(server.url, group, auditor, traffic, over)))
    for thread in threads:
        thread.start()
    try:
        killed, rebuilds = kill_again_and_again(partial(Attempt, settings, read_models), chance, kills, progress)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    server.stop()
    with closing(build(settings)) as house:
        house.projector.catch_up()
        differing = verify(house.log, house.codec, house.read_database)
        events = house.log.head()[0]
    requests = traffic.requests.total()
    return Verdict(kills, dict(killed), rebuilds, requests, len(traffic.failures), events, len(differing))


def _fill(house: House, group: Sequence[Phone], facts: int) -> list[str]:
    register_clients(house.ledger, group)
    for number in range(-(-facts // FACTS_IN_SYNC)):
        sync(house, group[number % len(group)], FACTS_IN_SYNC)
    house.projector.catch_up()
    return [house.tokens.issue(subject=phone.worker_id, role="care_worker") for phone in group]


def kill_again_and_again(
    start: Callable[[], "Attempt"], chance: random.Random, kills: int, progress: Callable[[int], None]
) -> tuple[Counter[str], int]:
    """Count the kills by what the rebuild was at, and the rebuilds that came to their end."""
    killed, rebuilds = Counter[str](), 1
    began_s = time.monotonic()
    start().end()
    span_s = PACE_ALONE * (time.monotonic() - began_s)
    while killed.total() < kills:
        attempt = start()
        stage = attempt.kill_after(chance.uniform(0, span_s))
        if stage is None:
            rebuilds += 1
        else:
            killed[stage] += 1
            progress(killed.total())
    start().end()
    return killed, rebuilds + 1


class Attempt:
    """A rebuild of some read models, in a process of its own."""

    def __init__(self, settings: Settings, read_models: Sequence[str], *, helped: bool = False) -> None:
        """Start it; `helped` lets other processes fill a long log beside it."""
        self._told, telling = FORKS.Pipe(duplex=False)
        self._process: ForkServerProcess = FORKS.Process(
            target=_rebuild, args=(settings, read_models, helped, telling), daemon=True
        )
        with BOOKS:
            self._process.start()
        telling.close()
        assert self._told.poll(ENDS_WITHIN_S)

    def end(self) -> None:
        """Let it come to its end."""
        assert self._is_over_within(ENDS_WITHIN_S)
        assert self._process.exitcode == 0, f"the rebuild ended with {self._process.exitcode}"
        self._told.close()

    def kill_after(self, seconds: float) -> str | None:
        """`kill -9` after some time, and give what it was at; None when it came to its end before."""
        if self._is_over_within(seconds):
            self.end()
            return None
        self._process.kill()
        assert self._is_over_within(ENDS_WITHIN_S)
        stage = "starting"
        try:
            while self._told.poll():
                stage = self._told.recv()
        except EOFError:
            pass
        self._told.close()
        return stage

    def _is_over_within(self, seconds: float) -> bool:
        over = bool(wait([self._process.sentinel], seconds))
        if over:
            with BOOKS:
                self._process.join()
        return over


def _rebuild(settings: Settings, read_models: Sequence[str], helped: bool, telling: Connection) -> None:
    telling.send("starting")
    by = settings if helped else None
    with closing(build(settings)) as house:
        for projection in [each for each in READ_MODELS if each.name in read_models]:
            at = ""

            def told(stage: str, _done: int, _of: int) -> None:
                nonlocal at
                if stage != at:
                    telling.send(at := stage)

            Rebuild(house.log, house.codec, house.read_database, projection, told=told, settings=by).run()


def _sync(url: str, phone: Phone, token: str, traffic: Traffic, over: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx2.Client(base_url=url, headers=headers, timeout=30) as client:
        while not over.wait(PHONE_RESTS_S):
            _ask(traffic, "sync", lambda: client.post("/v1/sync", content=phone.sync(FACTS_IN_PHONE_SYNC)))


def _read(url: str, group: Sequence[Phone], token: str, traffic: Traffic, over: threading.Event) -> None:
    paths = [f"/v1/audit/client/{client_id}" for phone in group for client_id in phone.client_ids]
    paths += ["/v1/reconciliation?month=2026-01", "/v1/exceptions?month=2026-01"]
    turns = cycle(paths)
    headers = {"Authorization": f"Bearer {token}", "Purpose": "audit"}
    with httpx2.Client(base_url=url, headers=headers, timeout=30) as client:
        while not over.wait(READER_RESTS_S):
            _ask(traffic, "read", partial(client.get, next(turns)))


def _ask(traffic: Traffic, what: str, ask: Callable[[], httpx2.Response]) -> None:
    """Ask once: what does not come back as it should has failed, and is not sent again."""
    traffic.requests[what] += 1
    try:
        answer = ask()
    except httpx2.TransportError as error:
        traffic.failures.append(f"{what}: {type(error).__name__}")
        return
    if answer.status_code != httpx2.codes.OK or '"rejected"' in answer.text:
        traffic.failures.append(f"{what}: {answer.status_code} {answer.text[:300]}")
