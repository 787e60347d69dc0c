"""`make faults`: kill the server hundreds of times, on each store, the processes that fold, and rebuilds; count. Seeded; each
round stands on its own.

A round is a fresh ledger that is killed `--kills-in-round` times; the campaign goes on after the rounds that a results
file (build/faults.jsonl) holds already, so that it can be interrupted.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from api.bootstrap import build
from infra.settings import Settings
from tests.faults.folding import FoldVerdict
from tests.faults.folding import run as run_folding
from tests.faults.kill import Verdict, run
from tests.faults.rebuild_campaign import KILLS, SIDE_BY_SIDE, campaign
from tests.faults.rounds import advance, keep, kept
from tests.servers import running_postgres

RESULTS = Path("build/faults.jsonl")
WORKER = "7d0f7f2e-2a52-4f0c-9d55-3b1f6f0f5a01"
KILLED = ("sqlite", "postgresql", "folding")
"""The server on each store, and `visitledger work` on PostgreSQL."""
REBUILDS = {"rebuild": ("sqlite", "postgresql"), "rebuild-side-by-side": (SIDE_BY_SIDE,)}
PARTS = (*KILLED, *REBUILDS)
BAD = ("lost", "doubled", "foreign", "lacking", "differing", "parked", "bad_ends")
console = Console()


def main() -> int:
    """Run what is left of the campaign; 1 when anything was lost, doubled, failed or differed."""
    asked = _arguments()
    killed = [part for part in KILLED if part in asked.parts]
    bad = _kill(asked, killed)
    rebuilt = [store for part, stores in REBUILDS.items() if part in asked.parts for store in stores]
    if rebuilt and not campaign(rebuilt, asked.seed, kills=asked.rebuild_kills, fresh=asked.fresh):
        bad = 1
    return bad


def _kill(asked: argparse.Namespace, parts: Sequence[str]) -> int:
    if asked.fresh:
        RESULTS.unlink(missing_ok=True)
    with Progress(console=console) as progress:
        for store in parts:
            done = sum(result["kills"] for result in kept(RESULTS, store, asked.seed))
            task = progress.add_task(f"kill -9: {store}", total=asked.kills, completed=done)
            while done < asked.kills:
                kills = min(asked.kills_in_round, asked.kills - done)
                verdict = _round(store, kills, seed=asked.seed + done, step=partial(advance, progress, task))
                keep(RESULTS, store, asked.seed, asdict(verdict))
                done += kills
    return _report(asked, parts)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="of each part")
    parser.add_argument("--rebuild-kills", type=int, default=KILLS, help="of rebuilds, for each store")
    parser.add_argument("--kills-in-round", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    parser.add_argument("--fresh", action="store_true", help="forget earlier rounds")
    return parser.parse_args()


def _round(part: str, kills: int, *, seed: int, step: Callable[[int], None]) -> Verdict | FoldVerdict:
    with tempfile.TemporaryDirectory(prefix="ledger-faults-") as folder, _store_url(part) as url:
        settings = Settings(data_dir=Path(folder), store_url=url)
        if part == "folding":
            return run_folding(settings, kills=kills, seed=seed, progress=step)
        house = build(settings)
        token = house.tokens.issue(subject=WORKER, role="care_worker")
        house.close()
        return run(settings, token=token, kills=kills, seed=seed, progress=step)


@contextmanager
def _store_url(store: str) -> Iterator[str]:
    if store == "sqlite":
        yield ""
        return
    with running_postgres() as server, server.fresh_database() as url:
        yield url


def _report(asked: argparse.Namespace, parts: Sequence[str]) -> int:
    bad = 0
    for store in parts:
        results = kept(RESULTS, store, asked.seed)
        names = [name for name in results[0] if name not in {"store", "seed"}]
        sums = {name: (max if name == "standstill_s" else sum)(result[name] for result in results) for name in names}
        bad += sum(sums.get(name, 0) for name in BAD)
        console.print(f"{datetime.now(UTC):%Y-%m-%d} {store}: {sums}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
