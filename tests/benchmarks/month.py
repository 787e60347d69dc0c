"""`make bench-month`: a month of 14,000 clients and a million visits, from PostgreSQL to its figures."""

import argparse
import json
import os
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from domain.ids import ServiceCode
from domain.rulebook.rulebook import Rulebook
from infra.month_run import run_month
from infra.month_worker import MonthOrder
from infra.rulebook_files import read_rulebook, shipped_text
from projections.projection import FOREVER
from tests.benchmarks.month_change import changed_fact_ms
from tests.benchmarks.month_people import CATALOGUE, MONTH
from tests.benchmarks.month_store import month_store

BUILD = Path(__file__).resolve().parents[2] / "build"
RULEBOOK = "solna"
CLIENTS = 14_000
LIMITS_S = {1: 300, 2: 180}
CHANGED_FACT_MAX_MS = 50
MICROSECONDS = 1_000_000
KIB_IN_MB = 1024


@dataclass(frozen=True)
class Run:
    """One measured run. `steps` are microseconds a visit, all processes together; memory is this process and the largest of
    the others, times their number."""

    processes: int
    seconds: float
    clients: int
    visits: int
    steps: Mapping[str, float]
    memory_mb: float
    load_before: float
    """What other work the machine had: figures of a busy machine say less."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the facts where they are not there yet, and measure."""
    wanted = _wanted(arguments)
    console = Console()
    with month_store(BUILD / "month", wanted.clients, console.print) as (url, visits):
        console.print(f"{wanted.clients:,} clients, {visits:,} visits")
        rulebook = bench_rulebook()
        changed_ms = changed_fact_ms(url, rulebook)
        runs = [measure(url, processes, rulebook) for processes in wanted.processes]
    written = {"changed_fact_ms": changed_ms, "runs": [asdict(run) for run in runs]}
    (BUILD / "bench-month.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    console.print(_table(runs))
    console.print(f"changed_fact_ms {changed_ms:.1f} (at most {CHANGED_FACT_MAX_MS})")


def bench_rulebook() -> Rulebook:
    """A shipped one whose overrides and standard times are as many as a municipality's; every service it names is known."""
    read = read_rulebook(shipped_text(RULEBOOK))
    unknown = read.unknown_services(map(ServiceCode, CATALOGUE))
    assert read.rulebook is not None
    assert not unknown, f"the catalogue does not fit: {unknown}"
    return read.rulebook


def measure(url: str, processes: int, rulebook: Rulebook) -> Run:
    """Compute the month once."""
    load, began = os.getloadavg()[0], time.perf_counter()
    at = datetime(MONTH.year, MONTH.number + 1, 3, tzinfo=UTC)
    order = MonthOrder(url=url, as_of=FOREVER - 1, month=MONTH, rulebook=rulebook, at=at)
    part = run_month(order, processes=processes)
    rows = part.totals.reconciliation()
    seconds, visits = time.perf_counter() - began, part.totals.visits
    assert rows, "a month without rows was not computed"
    steps = {name: spent / visits * MICROSECONDS for name, spent in part.seconds.items()}
    return Run(processes, seconds, part.totals.clients, visits, steps, _memory_mb(processes), load)


def _memory_mb(processes: int) -> float:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    other = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + processes * other) / KIB_IN_MB


def _table(runs: Sequence[Run]) -> Table:
    table = Table("microseconds a visit")
    for run in runs:
        table.add_column(f"{run.processes} process{'es' * (run.processes > 1)}", justify="right")
    for name in runs[0].steps:
        table.add_row(name, *(f"{run.steps[name]:.1f}" for run in runs))
    table.add_section()
    table.add_row("all steps", *(f"{sum(run.steps.values()):.1f}" for run in runs))
    table.add_row("seconds", *(f"{run.seconds:.1f}" for run in runs))
    table.add_row("seconds for a million", *(f"{run.seconds / run.visits * MICROSECONDS:.0f}" for run in runs))
    table.add_row("limit", *(str(LIMITS_S.get(run.processes, "")) for run in runs))
    table.add_row("memory, MB", *(f"{run.memory_mb:.0f}" for run in runs))
    table.add_row("load before", *(f"{run.load_before:.1f}" for run in runs))
    return table


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.month", description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS, help="fewer are for trying out (%(default)s)")
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2], help="how many, one run each (1 2)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
