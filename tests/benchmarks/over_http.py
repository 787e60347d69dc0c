"""`sync_http` and `sync40_http`: facts over HTTP, from 16 phones at once."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from api.bootstrap import build
from infra.settings import Settings
from tests.benchmarks import echo
from tests.benchmarks.appending import GROUP, append_slice, groups
from tests.benchmarks.bench import Bench
from tests.benchmarks.load import request, send
from tests.benchmarks.measuring import Contest
from tests.benchmarks.phones import PHONES, Phone, phones, register_clients
from tests.benchmarks.server import Server, running
from tests.benchmarks.stock import FACTS_IN_SYNC

SYNC = "/v1/sync"


@dataclass(frozen=True)
class Callers:
    """Phones with their tokens, before a running server."""

    server: Server
    phones: Sequence[tuple[Phone, str]]

    def call(self, path: str, *, facts: int, calls: int, seconds: float) -> float:
        """Let each phone send fresh facts, at most its part of so many calls, and give the facts in a second."""
        answers_per_s = send(self.server.port, self.bodies(path, facts, calls), seconds)
        self.server.wait_until_idle()
        return facts * answers_per_s

    def bodies(self, path: str, facts: int, calls: float) -> list[list[bytes]]:
        """Write about so many calls with fresh facts, each phone's own."""
        each = max(1, int(calls) // PHONES)
        return [[request(path, token, phone.sync(facts)) for _ in range(each)] for phone, token in self.phones]


@contextmanager
def sync_http(bench: Bench) -> Iterator[Contest]:
    """One fact a call, against a route that does everything but the work."""
    sizes = bench.sizes
    calls = int(sizes.requests_per_s_max * sizes.load_s)
    with bench.stores.settings(bench.store) as settings, calling(settings) as callers:
        yield Contest(
            "calls/s",
            lambda: callers.call(SYNC, facts=1, calls=calls, seconds=sizes.load_s),
            lambda: callers.call(echo.PATH, facts=1, calls=calls, seconds=sizes.load_s),
        )
        bench.notes[f"rss_mb_{bench.store} (after sync_http)"] = callers.server.resident_mb()


@contextmanager
def sync40_http(bench: Bench) -> Iterator[Contest]:
    """40 facts a call, against appending 500 decided facts at a time."""
    sizes = bench.sizes
    calls = int(sizes.syncs_per_s_max * sizes.load_s)
    with (
        bench.stores.settings(bench.store) as settings,
        bench.stores.house(bench.store) as house,
        calling(settings) as callers,
    ):
        yield Contest(
            "facts/s",
            lambda: callers.call(SYNC, facts=FACTS_IN_SYNC, calls=calls, seconds=sizes.load_s),
            append_slice(house, groups(bench, GROUP), sizes.group_appends),
        )
        bench.notes[f"rss_mb_{bench.store} (after sync40_http)"] = callers.server.resident_mb()


@contextmanager
def calling(settings: Settings) -> Iterator[Callers]:
    """Give the phones tokens, let their clients be known, and start the server."""
    group = phones()
    with closing(build(settings)) as house:
        register_clients(house.ledger, group)
        tokens = [house.tokens.issue(subject=phone.worker_id, role="care_worker") for phone in group]
    with running(settings) as server:
        yield Callers(server, list(zip(group, tokens, strict=True)))
