"""`sync40_http_secured` and `read_http_secured`: what token check, decision, sealing and access log leave of the speed.

Both sides are the same app over equal stores, in processes of their own; the base's is wired without (`unsecured.py`).
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import NamedTuple

from api.bootstrap import House, build
from domain.ids import UnitId, derived_id
from tests.benchmarks.bench import Bench, Sizes
from tests.benchmarks.load import reading, request, send
from tests.benchmarks.measuring import Contest, Slice
from tests.benchmarks.over_http import SYNC, Callers
from tests.benchmarks.phones import FACTS_OF_VISIT, PHONES, Phone, phones, plan_visits, register_clients
from tests.benchmarks.server import SECURED, UNSECURED, Server, running
from tests.benchmarks.stock import FACTS_IN_SYNC
from tests.benchmarks.unsecured import caller_named

UNIT = UnitId(derived_id("bench", "unit"))
READ_PHONES, SYNCS = 2, 65
"""Whose clients are read: 24 with 62 days of visits, so that a whole month is among them."""
VISITS_EACH = 4
"""So many visits are read for each client's month."""
TOLD_WITHIN_S = 60.0


class Side(NamedTuple):
    """A running server, and how somebody shows who they are there."""

    server: Server
    token: Callable[[str, str], str]
    group: list[Phone]


@contextmanager
def sync40_http_secured(bench: Bench) -> Iterator[Contest]:
    """40 facts a call, from 16 phones."""
    sizes = bench.sizes
    calls = int(sizes.syncs_per_s_max * sizes.load_s)
    with both_sides(bench) as sides:
        one, other = (_phones(side) for side in sides)
        yield Contest(
            "facts/s",
            lambda: one.call(SYNC, facts=FACTS_IN_SYNC, calls=calls, seconds=sizes.load_s),
            lambda: other.call(SYNC, facts=FACTS_IN_SYNC, calls=calls, seconds=sizes.load_s),
        )


@contextmanager
def read_http_secured(bench: Bench) -> Iterator[Contest]:
    """A coordinator's reads: clients' months, and visits, most of them planned."""
    with both_sides(bench, planned=SYNCS * FACTS_IN_SYNC // FACTS_OF_VISIT) as sides:
        one, other = (_reads(side, bench.sizes) for side in sides)
        yield Contest("reads/s", one, other)


@contextmanager
def both_sides(bench: Bench, *, planned: int = 0) -> Iterator[list[Side]]:
    """Start the server with and without, each over a store of its own with the same clients. So many visits of each worker
    whose clients are read are planned."""
    with ExitStack() as stack:
        yield [stack.enter_context(_side(bench, wired, planned)) for wired in (SECURED, UNSECURED)]


@contextmanager
def _side(bench: Bench, wired: str, planned: int) -> Iterator[Side]:
    with bench.stores.settings(bench.store) as settings:
        group = phones()
        with closing(build(settings)) as house:
            register_clients(house.ledger, group, UNIT)
            plan_visits(house.ledger, group[:READ_PHONES], UNIT, planned)
        with running(settings, wired=wired) as server:
            yield Side(server, caller_named if wired == UNSECURED else _issued(house), group)


def _issued(house: House) -> Callable[[str, str], str]:
    def token(subject: str, role: str) -> str:
        return house.tokens.issue(subject=subject, role=role, unit_ids=[UNIT])

    return token


def _phones(side: Side, count: int = PHONES) -> Callers:
    tokens = [(phone, side.token(phone.worker_id, "care_worker")) for phone in side.group[:count]]
    return Callers(side.server, tokens)


def _reads(side: Side, sizes: Sizes) -> Slice:
    """Let the phones tell two months, and read of the whole one among them, on as many connections as phones have."""
    callers = _phones(side, READ_PHONES)
    bodies = [[phone.sync(FACTS_IN_SYNC) for _ in range(SYNCS)] for phone, _ in callers.phones]
    queues = zip(bodies, callers.phones, strict=True)
    send(
        side.server.port, [[request(SYNC, token, body) for body in each] for each, (_, token) in queues], TOLD_WITHIN_S
    )
    side.server.wait_until_idle()
    office, month = side.token("eva", "coordinator"), _whole_month(bodies[0][0])
    paths = list(_paths(bodies, month, [client for phone, _ in callers.phones for client in phone.client_ids]))
    calls = int(sizes.requests_per_s_max * sizes.load_s) // PHONES

    def read() -> float:
        mixed = [islice(cycle(paths[at:] + paths[:at]), calls) for at in range(PHONES)]
        return send(side.server.port, [[reading(path, office) for path in each] for each in mixed], sizes.load_s)

    return read


def _paths(bodies: list[list[bytes]], month: str, client_ids: list[str]) -> Iterator[str]:
    """A client's month, and then some visits, until every client's has been read."""
    told = (fact for each in bodies for body in each for fact in json.loads(body)["facts"])
    visits = dict.fromkeys(fact["visit_id"] for fact in told if fact["wall_time"].startswith(month))
    each = iter(visits)
    for client_id in client_ids:
        yield f"/v1/performed-time?client_id={client_id}&month={month}"
        yield from (f"/v1/visits/{visit_id}" for visit_id in islice(each, VISITS_EACH))


def _whole_month(body: bytes) -> str:
    """The first month that begins after the first fact."""
    first = datetime.fromisoformat(json.loads(body)["facts"][0]["wall_time"])
    return f"{first.replace(day=1) + timedelta(days=31):%Y-%m}"
