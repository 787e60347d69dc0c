"""`make bench-rebuild`: how long syncs take at half the top rate, without and with a rebuild beside, in turns.

The rebuild is the command of the product, run again and again. Prints both, and writes build/bench-rebuild.json.
"""

import argparse
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console

from api.bootstrap import build
from infra.process import sparing_the_collector
from infra.settings import Settings
from tests.benchmarks.load import request, send
from tests.benchmarks.open_loop import Answers, send_in_time
from tests.benchmarks.over_http import SYNC
from tests.benchmarks.phones import PHONES, Phone, phones, register_clients
from tests.benchmarks.server import running
from tests.benchmarks.stock import FACTS_IN_SYNC, sync
from tests.benchmarks.stores import POSTGRESQL, SQLITE, Stores
from tests.benchmarks.visible import CALLS_PER_S_MAX, FACTS_IN_CALL

BUILD = Path(__file__).resolve().parents[2] / "build"
TOP_S = 4.0

Callers = Sequence[tuple[Phone, str]]


class CommandFailedError(Exception):
    """What should have run beside a measurement did not."""


@dataclass
class Measured:
    """What came of the slices of one kind."""

    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    calls: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, answers: Answers) -> None:
        """Take in a slice."""
        self.p50_ms.append(answers.percentile(50))
        self.p99_ms.append(answers.percentile(99))
        self.calls += len(answers.waits_ms)
        self.failures += answers.failures

    def told(self) -> dict[str, float | int]:
        """Medians over the slices, in ms."""
        figures = {"p50_ms": round(median(self.p50_ms), 1), "p99_ms": round(median(self.p99_ms), 1)}
        return {**figures, "calls": self.calls, "failed": len(self.failures)}


def main() -> None:
    """Measure on each store."""
    asked = _arguments()
    console, told = Console(), {}
    with TemporaryDirectory() as folder, closing(Stores(Path(folder))) as stores, sparing_the_collector():
        for store in asked.stores:
            with stores.settings(store) as settings:
                told[store] = measure(settings, asked.facts, asked.slices, asked.seconds)
            console.print(store, told[store])
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench-rebuild.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def measure(settings: Settings, facts: int, slices: int, seconds: float) -> dict[str, object]:
    """Fill a ledger, find the top rate, and send at half of it, alone and beside a rebuild in turns."""
    callers = _fill(settings, facts)
    with running(settings) as server:
        top = send(server.port, _bodies(callers, int(CALLS_PER_S_MAX * TOP_S)), TOP_S)
        server.wait_until_idle()
        alone, beside, rebuilds = Measured(), Measured(), 0
        for _ in range(slices):
            alone.add(send_in_time(server.port, _bodies(callers, int(top / 2 * seconds)), top / 2))
            with rebuilding(settings) as ended:
                beside.add(send_in_time(server.port, _bodies(callers, int(top / 2 * seconds)), top / 2))
            rebuilds += len(ended)
            server.wait_until_idle()
    ratio = median(one / other for one, other in zip(beside.p99_ms, alone.p99_ms, strict=True))
    return {
        "top_calls_per_s": round(top),
        "alone": alone.told(),
        "beside": beside.told(),
        "p99_ratio": round(ratio, 2),
        "rebuilds": rebuilds,
    }


@contextmanager
def rebuilding(settings: Settings) -> Iterator[list[int]]:
    """Rebuild again and again for the length of a block."""
    command = [sys.executable, "-m", "api.entry", "rebuild", "--all", "--data", str(settings.data_dir)]
    with again_and_again(command, {"VISITLEDGER_STORE": settings.store_url}) as ended:
        yield ended


@contextmanager
def again_and_again(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[list[int]]:
    """Run a command again and again for the length of a block; the last one comes to its end.

    Raises CommandFailedError where it failed or never ran: nothing was beside what has been measured.
    """
    over, ended, failures = threading.Event(), list[int](), list[str]()

    def run() -> None:
        while not (failures or (ended and over.is_set())):
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                ended.append(done.returncode)
            else:
                failures.append(done.stderr)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        over.set()
        thread.join()
    if failures or not ended:
        raise CommandFailedError("".join(failures) or f"{command} never ran")


def _fill(settings: Settings, facts: int) -> Callers:
    group = phones()
    with closing(build(settings)) as house:
        register_clients(house.ledger, group)
        for number in range(-(-facts // FACTS_IN_SYNC)):
            sync(house, group[number % len(group)], FACTS_IN_SYNC)
        house.projector.catch_up()
        tokens = [house.tokens.issue(subject=phone.worker_id, role="care_worker") for phone in group]
    return list(zip(group, tokens, strict=True))


def _bodies(callers: Callers, calls: int) -> list[list[bytes]]:
    each = max(1, calls // PHONES)
    return [[request(SYNC, token, phone.sync(FACTS_IN_CALL)) for _ in range(each)] for phone, token in callers]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-rebuild", description=__doc__)
    parser.add_argument("--stores", nargs="+", default=[SQLITE, POSTGRESQL], choices=[SQLITE, POSTGRESQL])
    parser.add_argument("--facts", type=int, default=20_000, help="in the ledger before anything is measured")
    parser.add_argument("--slices", type=int, default=5, help="of each kind")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each slice")
    return parser.parse_args()


if __name__ == "__main__":
    main()
