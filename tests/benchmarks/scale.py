"""`make bench-scale`: whether anything slows down as a log grows to ten million events (three million on SQLite).

Each size is measured in turns with a log of 100,000 events beside it, and `ratio` is the median of the ratios within each
round: 1 means as fast as then. What is done stands below build/scale, so that a run that was ended goes on.
"""

import argparse
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from infra.process import sparing_the_collector
from tests.benchmarks.measuring import Contest, compare
from tests.benchmarks.scale_block import Block, block_in, of_this_version
from tests.benchmarks.scale_chart import Point, scale_chart
from tests.benchmarks.scale_slices import SLICES, Slices
from tests.benchmarks.scale_store import Filled, Told, filled_pair
from tests.benchmarks.stores import POSTGRESQL, SQLITE

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "scale"
WRITTEN, CHART = ROOT / "build" / "bench-scale.json", ROOT / "docs" / "scale.svg"
SMALL = 100_000
SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)
EVENTS_MAX = {SQLITE: 3_000_000, POSTGRESQL: 10_000_000}
FOLDED_MAX = 3_000_000
"""So many events are folded into the read models; beyond, the next ones after these are."""
FOLDED_AT_LEAST = 20_000
"""By the worker whose memory is told, where the read models need not grow any more."""
ROUNDS, ROUNDS_BETWEEN = 15, 5
"""At a store's last size, and at those before it."""
SEED = 20_251_130

Measured = dict[str, dict[str, Any]]
"""By size: what was measured there."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill, measure, print and write."""
    wanted = _wanted(arguments)
    if wanted.anew:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    block, told = block_in(FOLDER), dict[str, Measured]()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=(console := Console())) as progress, sparing_the_collector():
        for store in wanted.stores:
            told[store] = measure(store, wanted.events or EVENTS_MAX[store], block, progress)
    WRITTEN.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    for store, measured in told.items():
        console.print(_table(store, measured))
    is_whole = wanted.events is None and set(told) == set(EVENTS_MAX)
    chart = CHART if is_whole else FOLDER / CHART.name
    chart.write_text(scale_chart({store: _points(each) for store, each in told.items()}) + "\n", encoding="utf-8")
    console.print(f"{WRITTEN}, {chart}")


def measure(store: str, events: int, block: Block, progress: Progress) -> Measured:
    """Let a log grow from size to size, and measure at each that was not measured yet."""
    kept = FOLDER / f"{of_this_version(store)}.json"
    measured: Measured = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    sizes = [*(size for size in SIZES if size < events), events]
    with filled_pair(FOLDER, store, block) as (growing, small):
        _prepare(small, min(SMALL, events), _bar(progress, f"{store}, small"))
        slices = Slices(growing, SEED), Slices(small, SEED)
        for size in sizes:
            if "figures" not in measured.get(str(size), {}):
                check_not_past(size, growing.house.log.head()[0], measured)
                at_size = measured.setdefault(str(size), {})
                _keep(kept, measured)
                told = _bar(progress, f"{store}, {size:,} events")
                at_size |= _prepare(growing, size, told)
                _keep(kept, measured)
                at_size |= _compare(slices, ROUNDS if size == events else ROUNDS_BETWEEN, told)
                _keep(kept, measured)
                progress.console.print(_table(store, {str(size): at_size}))
    return {str(size): measured[str(size)] for size in sizes}


def check_not_past(size: int, head: int, measured: Measured) -> None:
    """A log that has grown beyond a size cannot be measured there any more, but where that is the last size it was filled
    to: then what lies beyond was appended by a run that was ended. Raises SystemExit."""
    if head > size != max(map(int, measured), default=None):
        raise SystemExit(f"The log has {head:,} events and was never measured at {size:,}: use --anew.")


def _prepare(filled: Filled, events: int, told: Told) -> dict[str, Any]:
    """Fill a log and its read models; says what the worker that folded took."""
    filled.fill(events, told)
    position = filled.folded()
    upto = max(min(events, FOLDED_MAX), min(position + FOLDED_AT_LEAST, events))
    if position >= upto:
        return {}
    return {
        "folded_through": upto,
        "load_before": os.getloadavg()[0],
        "worker": msgspec.structs.asdict(filled.fold(upto, told)),
    }


def _compare(slices: tuple[Slices, Slices], rounds: int, told: Told) -> dict[str, Any]:
    """Measure one thing after the other, in turns with the small log."""
    figures = {}
    for number, (name, (unit, slice_of)) in enumerate(SLICES.items()):
        told("measuring", number, len(SLICES))
        measured, base = (slice_of(each) for each in slices)
        figures[name] = asdict(compare(Contest(unit, measured, base), rounds, lambda: None))
    told("measuring", len(SLICES), len(SLICES))
    return {"rounds": rounds, "figures": figures}


def _keep(file: Path, measured: Measured) -> None:
    file.write_text(json.dumps(measured, indent=2) + "\n", encoding="utf-8")


def _bar(progress: Progress, what: str) -> Told:
    """A bar for each thing that is done."""
    tasks = dict[str, Any]()

    def told(doing: str, done: int, of: int) -> None:
        if doing not in tasks:
            tasks[doing] = progress.add_task(f"{what}: {doing}", total=of)
        progress.update(tasks[doing], completed=done, total=of)

    return told


def _table(store: str, measured: Measured) -> Table:
    """The ratios, and what the worker took."""
    table = Table(store, *(f"{int(size):,}" for size in measured))
    for name in SLICES:
        table.add_row(name, *(f"{at_size['figures'][name]['ratio']:.2f}" for at_size in measured.values()))
    workers = [at_size.get("worker") for at_size in measured.values()]
    table.add_row("folding, s", *(f"{each['seconds']:,.0f}" if each else "" for each in workers))
    table.add_row("worker, MB", *(f"{each['memory_mb']:.0f}" if each else "" for each in workers))
    table.add_row("folded, events/s", *(f"{each['events'] / each['seconds']:,.0f}" if each else "" for each in workers))
    return table


def _points(measured: Measured) -> dict[str, list[Point]]:
    """By name: the ratio at each size."""
    return {
        name: [Point(int(size), at_size["figures"][name]["ratio"]) for size, at_size in measured.items()]
        for name in SLICES
    }


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    parser.add_argument("--stores", nargs="+", default=[SQLITE, POSTGRESQL], choices=[SQLITE, POSTGRESQL])
    parser.add_argument("--events", type=int, help="how far to go on every store; fewer are for trying out")
    parser.add_argument("--anew", action="store_true", help="forget what earlier runs have filled and measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
