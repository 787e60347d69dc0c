"""`make bench-abuse`: how long twenty callers wait, without and with one who calls a thousand times a second, in turns.

On SQLite, with the product's own rates. Prints both, and writes build/bench-abuse.json.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console

from api.bootstrap import build
from infra.process import sparing_the_collector
from infra.settings import UNLIMITED, Rates, Settings
from tests.benchmarks.load import request
from tests.benchmarks.open_loop import send_in_time
from tests.benchmarks.over_http import SYNC
from tests.benchmarks.phones import Phone, register_clients
from tests.benchmarks.rebuilding import Measured
from tests.benchmarks.server import running

BUILD = Path(__file__).resolve().parents[2] / "build"
CALLERS = 20
CALLS_PER_S = 40.0
"""Of all twenty together: each syncs a visit's three facts every half second."""
FACTS_IN_CALL = 3
ABUSER = CALLERS + 1
CONNECTIONS = 50
WARM_UP_S = 1

Callers = Sequence[tuple[Phone, str]]


def main() -> None:
    """Measure with the rates and, to see what they are good for, without."""
    asked = _arguments()
    told = {}
    with TemporaryDirectory(dir=_build()) as folder, sparing_the_collector():
        for name, rates in {"limited": Rates(), **({"unlimited": UNLIMITED} if asked.unlimited else {})}.items():
            settings = Settings(data_dir=Path(folder) / name, rates=rates)
            told[name] = measure(settings, asked.per_second, asked.slices, asked.seconds, asked.connections)
            Console().print(name, told[name])
    (BUILD / "bench-abuse.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def measure(settings: Settings, per_second: int, slices: int, seconds: int, connections: int) -> dict[str, object]:
    """Let twenty callers call at their pace, alone and beside the abuser in turns."""
    callers, abuser = _people(settings)
    with running(settings) as server:
        alone, beside, answers = Measured(), Measured(), Counter[str]()
        for _ in range(slices):
            alone.add(send_in_time(server.port, _bodies(callers, seconds), CALLS_PER_S))
            with abusing(server.port, abuser, per_second, seconds + WARM_UP_S, connections) as got:
                beside.add(send_in_time(server.port, _bodies(callers, seconds), CALLS_PER_S))
            answers += got
            server.wait_until_idle()
        memory_mb = server.resident_mb()
    ratio = median(one / other for one, other in zip(beside.p99_ms, alone.p99_ms, strict=True))
    figures = {"p99_ratio": round(ratio, 2), "abuser": dict(answers), "server_mb": round(memory_mb)}
    return {"alone": alone.told(), "beside": beside.told(), **figures}


@contextmanager
def abusing(
    port: int, token: str, per_second: int, seconds: int, connections: int = CONNECTIONS
) -> Iterator[Counter[str]]:
    """Let the abuser call for the length of a block. Its answers by status are there when the block has ended."""
    said = [str(each) for each in (port, token, ABUSER, per_second, seconds, connections)]
    command = [sys.executable, "-m", "tests.benchmarks.abuser", *said]
    got = Counter[str]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(WARM_UP_S)
        yield got
        got.update(json.loads(process.stdout.readline()))


def _people(settings: Settings) -> tuple[Callers, str]:
    """The callers with their tokens, and the abuser's token, before a ledger that knows the clients."""
    group = [Phone(number) for number in range(CALLERS)]
    with closing(build(settings)) as house:
        register_clients(house.ledger, group)
        house.projector.catch_up()
        tokens = [house.tokens.issue(subject=phone.worker_id, role="care_worker") for phone in [*group, Phone(ABUSER)]]
    return list(zip(group, tokens, strict=False)), tokens[-1]


def _bodies(callers: Callers, seconds: int) -> list[list[bytes]]:
    each = max(1, int(CALLS_PER_S * seconds) // CALLERS)
    return [[request(SYNC, token, phone.sync(FACTS_IN_CALL)) for _ in range(each)] for phone, token in callers]


def _build() -> Path:
    BUILD.mkdir(exist_ok=True)
    return BUILD


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-abuse", description=__doc__)
    parser.add_argument("--per-second", type=int, default=1_000, help="the abuser's calls")
    parser.add_argument("--connections", type=int, default=CONNECTIONS, help="the abuser's")
    parser.add_argument("--slices", type=int, default=5, help="of each kind")
    parser.add_argument("--seconds", type=int, default=10, help="of each slice")
    parser.add_argument("--unlimited", action="store_true", help="then the same without limits")
    return parser.parse_args()


if __name__ == "__main__":
    main()
