"""What the access log costs: the same reads with and without, and the processor's time for an entry: `make bench-access`."""

import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.bootstrap import NOW, House
from domain.access.entry import Access, Doing
from infra.access_chain import head_of
from infra.access_entering import insert
from infra.access_log import AccessLog
from infra.logs import configure_logs
from projections.fact_reader import FactReader
from tests.api.calls import Caller
from tests.api.demo_house import SMALL, load
from tests.benchmarks.unsecured import Nowhere

ROUNDS, CALLS, OK = 9, 10, 200
LIST_PERSONS, LISTS = 1_000, 20
OUT = Path("build/bench-access.json")
AT_US = 1_790_000_000_000_000


def entry_cpu_us(path: Path) -> float:
    """The processor's time for one entry of a long list besides the commit, in microseconds: the median of some lists."""
    people = frozenset(("client", str(UUID(int=number))) for number in range(LIST_PERSONS))
    access = Access(
        subject="eva",
        role="coordinator",
        doing=Doing.LIST,
        action="read.reports",
        record_class="figures",
        rule="coordinator.reads",
        request_id=str(UUID(int=1)),
        whose=people,
    )
    spent = []
    with closing(AccessLog(f"sqlite:///{path}", lambda: AT_US)) as log:
        for _ in range(LISTS):
            with log.engine.begin() as db:
                began = time.process_time()
                insert(db, [access], head_of(db), at_us=AT_US)
                spent.append((time.process_time() - began) / LIST_PERSONS * 1e6)
    return median(spent)


def reads(house: House) -> dict[str, float]:
    """Milliseconds of some reads with the log and without, in turns, and their ratio."""
    app = create_app(house)
    app.router.lifespan_context = _as_it_is
    house.access_log.start()
    with TestClient(app) as client, house.read_database.connect() as db:
        caller = Caller(client, house.tokens, role="auditor", units=(), subject="ada")
        person = next(each.person_id for each in FactReader(db, NOW).people() if each.kind == "client")
        asked: dict[str, Callable[[], int]] = {
            "client": lambda: caller.get(f"/v1/clients/{person}").status_code,
            "list": lambda: caller.get("/v1/performed-time", month="2025-10", group_by="client").status_code,
            "exceptions": lambda: caller.get("/v1/exceptions", month="2025-10", state="all").status_code,
        }
        figures: dict[str, float] = {}
        for name, ask in asked.items():
            figures |= _compared(app, house, name, ask)
    return figures


@asynccontextmanager
async def _as_it_is(_: FastAPI) -> AsyncIterator[None]:
    """The house runs already."""
    yield


def _compared(app: FastAPI, house: House, name: str, ask: Callable[[], int]) -> dict[str, float]:
    sides = {"with": house, "without": replace(house, access_log=Nowhere())}
    spent: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for side, served in sides.items():
            app.state.house = served
            began = time.perf_counter()
            for _ in range(CALLS):
                assert ask() == OK
            spent[side].append((time.perf_counter() - began) / CALLS * 1000)
    app.state.house = house
    ratio = median(one / other for one, other in zip(spent["with"], spent["without"], strict=True))
    return {**{f"{name}_{side}_ms": median(found) for side, found in spent.items()}, f"{name}_ratio": ratio}


def main() -> int:
    """Measure, print and write it down."""
    configure_logs("critical")
    with TemporaryDirectory() as folder:
        figures = {"entry_cpu_us": entry_cpu_us(Path(folder) / "entries.db"), "entry_bytes": 0.0}
        figures["entry_bytes"] = (Path(folder) / "entries.db").stat().st_size / (LIST_PERSONS * LISTS)
        with load(Path(folder) / "demo", SMALL) as loaded:
            figures |= reads(loaded.house)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, value in figures.items():
        print(f"{name:40} {value:10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
