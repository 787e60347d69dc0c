"""The part of `make faults` that kills rebuilds: 50 times on each store, and 50 times where several processes fill a long
log, in rounds, each on a ledger of its own.

Goes on after the rounds that build/faults-rebuild.jsonl holds.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from infra.settings import Settings
from tests.faults.parts_kill import run_in_parts
from tests.faults.rebuild_kill import Verdict, run
from tests.faults.rounds import advance, keep, kept
from tests.servers import running_postgres

RESULTS = Path("build/faults-rebuild.jsonl")
KILLS, KILLS_IN_ROUND, FACTS = 50, 10, 2_000
SIDE_BY_SIDE, SIDE_BY_SIDE_IN_ROUND, SIDE_BY_SIDE_EVENTS = "side by side", 25, 120_000
"""On PostgreSQL, beside nobody: several processes fill a log that is long enough for them."""
SUMMED = ("kills", "rebuilds", "requests", "failed", "events", "differing")


def campaign(stores: Sequence[str], seed: int, *, kills: int = KILLS, fresh: bool = False) -> bool:
    """Run what is left of it and print what it came to; whether no request failed and all was equal in the end."""
    if fresh:
        RESULTS.unlink(missing_ok=True)
    console = Console()
    with Progress(console=console) as progress:
        for store in stores:
            done = sum(result["kills"] for result in kept(RESULTS, store, seed))
            task = progress.add_task(f"kill -9 of a rebuild on {store}", total=kills, completed=done)
            while done < kills:
                step = partial(advance, progress, task)
                verdict = _round(store, kills - done, seed=seed + done, step=step)
                keep(RESULTS, store, seed, asdict(verdict))
                done += verdict.kills
    sums = {store: _sums(kept(RESULTS, store, seed)) for store in stores}
    for store, summed in sums.items():
        console.print(f"{datetime.now(UTC):%Y-%m-%d} rebuilds on {store}: {summed}")
    return all(summed["failed"] == summed["differing"] == 0 for summed in sums.values())


def _round(store: str, left: int, *, seed: int, step: Callable[[int], None]) -> Verdict:
    with _settings(store) as settings:
        if store == SIDE_BY_SIDE:
            kills = min(SIDE_BY_SIDE_IN_ROUND, left)
            return run_in_parts(settings, events=SIDE_BY_SIDE_EVENTS, kills=kills, seed=seed, progress=step)
        return run(settings, facts=FACTS, kills=min(KILLS_IN_ROUND, left), seed=seed, progress=step)


@contextmanager
def _settings(store: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory(prefix="ledger-faults-") as folder:
        if store == "sqlite":
            yield Settings(data_dir=Path(folder))
        else:
            with running_postgres() as server, server.fresh_database() as url:
                yield Settings(data_dir=Path(folder), store_url=url)


def _sums(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    sums: dict[str, Any] = {name: sum(result[name] for result in results) for name in SUMMED}
    killed_while = sum((Counter(result["killed_while"]) for result in results), Counter[str]())
    return sums | {"killed_while": dict(killed_while)}
