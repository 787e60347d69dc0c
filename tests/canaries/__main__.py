"""`make canaries`: other canaries in every field, round after round, on each store, sent out to Kafka; and searched for.

A round is a fresh ledger in a process of its own. The campaign goes on after the rounds that build/canaries.jsonl holds.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from infra.setting_values import PREFIX
from tests.faults.rounds import keep, kept
from tests.kafka.broker import KafkaServer, running_kafka
from tests.servers import PostgresServer, running_postgres

RESULTS = Path("build/canaries.jsonl")
STORES = ("sqlite", "postgresql")
ROUNDS, MINUTES_MAX, ROUND_S_MAX = 12, 45, 600
COUNTED = ("planted", "places", "mb", "unsealed", "misplaced")
BAD = ("unsealed", "misplaced")
console = Console()


def main() -> int:
    """Run what is left of the campaign; 1 when a canary was where it may not be, or a personal field was not sealed."""
    asked = _arguments()
    if asked.fresh:
        RESULTS.unlink(missing_ok=True)
    until = time.monotonic() + asked.minutes * 60
    with running_kafka() as kafka, running_postgres() as postgres, Progress(console=console) as progress:
        for store in asked.stores:
            done = len(kept(RESULTS, store, asked.seed))
            task = progress.add_task(f"canaries: {store}", total=asked.rounds, completed=done)
            for number in range(done, asked.rounds):
                if time.monotonic() > until:
                    break
                with _environment(store, kafka, postgres, f"{asked.seed}/{store}/{number}") as environment:
                    keep(RESULTS, store, asked.seed, _round(environment))
                progress.advance(task)
    return _report(asked.stores, asked.seed, asked.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make canaries", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="on each store")
    parser.add_argument("--minutes", type=int, default=MINUTES_MAX, help="no round begins later than that")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stores", nargs="+", default=STORES, choices=STORES)
    parser.add_argument("--fresh", action="store_true", help="forget earlier rounds")
    return parser.parse_args()


@contextmanager
def _environment(store: str, kafka: KafkaServer, postgres: PostgresServer, seed: str) -> Iterator[dict[str, str]]:
    """What a round is told: its seed, an empty store, and a topic that is not there yet."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    topic = {f"{PREFIX}KAFKA": kafka.address, f"{PREFIX}KAFKA_TOPIC": kafka.fresh_topic()}
    told = {**own, **topic, f"{PREFIX}KAFKA_GROUP": seed.replace("/", "-"), "CANARIES_SEED": seed}
    if store == "sqlite":
        yield told
        return
    with postgres.fresh_database() as url:
        yield {**told, f"{PREFIX}STORE": url}


def _round(environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.canaries.round"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, timeout=ROUND_S_MAX, check=True)
    verdict: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return verdict


def _report(stores: Sequence[str], seed: int, rounds: int) -> int:
    bad = 0
    for store in stores:
        results = kept(RESULTS, store, seed)
        sums = {name: round(sum(result[name] for result in results)) for name in COUNTED}
        bad += sum(sums[name] for name in BAD)
        for result in results:
            for where in result["where"]:
                console.print(where)
        console.print(f"{datetime.now(UTC):%Y-%m-%d} {store}, {len(results)} of {rounds} rounds: {sums}")
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
