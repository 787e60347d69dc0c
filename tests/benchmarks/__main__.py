"""`make bench`: measure, print a table, and write build/bench.json."""

import argparse
import json
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from infra.process import sparing_the_collector
from tests.benchmarks.appending import GROUP, append_1, append_500, command
from tests.benchmarks.bench import QUICK, Bench, Setting, Sizes
from tests.benchmarks.folding import fold, fold_all, fold_facts
from tests.benchmarks.loading import fold_wide, fold_wide_indexed
from tests.benchmarks.measuring import Figure, compare
from tests.benchmarks.one_by_one import runner, runner_facts
from tests.benchmarks.over_http import sync40_http, sync_http
from tests.benchmarks.replaying import replay
from tests.benchmarks.sealing import seal, unseal
from tests.benchmarks.secured import read_http_secured, sync40_http_secured
from tests.benchmarks.stock import Stock, make_stock
from tests.benchmarks.stores import POSTGRESQL, SQLITE, Stores
from tests.benchmarks.visible import visible_ms_p50, visible_ms_p99

BUILD = Path(__file__).resolve().parents[2] / "build"
ROUNDS, ROUNDS_QUICK = 7, 2
UNSTEADY = frozenset({"sync40_http", "sync40_http_secured", "read_http_secured"})
UNSTEADY_TIMES = 3
"""So many times the rounds for those that take every processor: their ratio differs by a tenth from one round to the next."""
SETTINGS: Mapping[str, Setting] = {
    "append_1": append_1,
    "append_500": append_500,
    "command": command,
    "sync_http": sync_http,
    "sync40_http": sync40_http,
    "sync40_http_secured": sync40_http_secured,
    "read_http_secured": read_http_secured,
    "visible_ms_p50": visible_ms_p50,
    "visible_ms_p99": visible_ms_p99,
    "replay": replay,
    "fold": fold,
    "fold_facts": fold_facts,
    "fold_all": fold_all,
    "fold_wide": fold_wide,
    "fold_wide_indexed": fold_wide_indexed,
    "runner": runner,
    "runner_facts": runner_facts,
    "seal": seal,
    "open": unseal,
}
ON_POSTGRESQL_ONLY = {"fold_wide", "fold_wide_indexed"}
"""SQLite has no COPY to be held against."""
ON_SQLITE_ONLY = {"seal", "open"}
"""Keys stand in a file of their own, wherever the log is."""
NAMES = [
    f"{name}_{store}"
    for name in SETTINGS
    for store in (SQLITE, POSTGRESQL)
    if name not in (ON_POSTGRESQL_ONLY if store == SQLITE else ON_SQLITE_ONLY)
]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for."""
    wanted = _wanted(arguments)
    notes: dict[str, float] = {}
    sizes = QUICK if wanted.quick else Sizes()
    with sparing_the_collector():  # as every process of the product does; value and base alike
        figures = measure(wanted.only, sizes, wanted.rounds or (ROUNDS_QUICK if wanted.quick else ROUNDS), notes)
    wanted.output.parent.mkdir(parents=True, exist_ok=True)
    written = {name: asdict(figure) for name, figure in figures.items()}
    wanted.output.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    _print(figures, notes)


def measure(names: Sequence[str], sizes: Sizes, rounds: int, notes: dict[str, float]) -> dict[str, Figure]:
    """Run the benches one after the other, each on empty stores below the build folder: on the disk, not in memory."""
    BUILD.mkdir(exist_ok=True)
    figures = {}
    with TemporaryDirectory(dir=BUILD) as folder, closing(Stores(Path(folder))) as stores, Progress() as progress:

        @cache
        def stock() -> Stock:
            progress.console.print("Making events...")
            with stores.house(SQLITE) as house:
                return make_stock(house, _facts_needed(names, sizes, rounds))

        for name in names:
            kind, _, store = name.rpartition("_")
            task = progress.add_task(name, total=_rounds_of(name, rounds) + 1)
            with SETTINGS[kind](Bench(store, stores, sizes, stock, notes)) as contest:
                advance = partial(progress.advance, task)
                figures[name] = compare(contest, _rounds_of(name, rounds), advance)
            progress.remove_task(task)
            progress.console.print(f"{name}: {_line(figures[name])}")
    return figures


def _rounds_of(name: str, rounds: int) -> int:
    return rounds * UNSTEADY_TIMES if name.rpartition("_")[0] in UNSTEADY else rounds


def _line(figure: Figure) -> str:
    ratio = "" if figure.ratio is None else f", {figure.ratio:.2f} of the base"
    return f"{figure.value:,.0f} {figure.unit}{ratio}"


def _facts_needed(names: Sequence[str], sizes: Sizes, rounds: int) -> int:
    """Say how many facts the hungriest of the benches takes."""
    in_groups = any("append_500" in name or "sync40" in name for name in names)
    in_slice = GROUP * sizes.group_appends if in_groups else sizes.single_appends
    in_log = sizes.loaded_events if any("fold_wide" in name for name in names) else sizes.folded_events
    return max(in_slice * (max(_rounds_of(name, rounds) for name in names) + 1), in_log)


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, default=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--rounds", type=int, help=f"rounds that count ({ROUNDS}; fewer are for trying out)")
    parser.add_argument("--quick", action="store_true", help="small and few: to see that it runs, not how fast")
    parser.add_argument("--output", type=Path, default=BUILD / "bench.json", help="where the figures go")
    return parser.parse_args(arguments)


def _print(figures: Mapping[str, Figure], notes: Mapping[str, float]) -> None:
    table = Table("name", "unit")
    for heading in ("value", "base", "ratio"):
        table.add_column(heading, justify="right")
    for name, figure in figures.items():
        base = "" if figure.base is None else f"{figure.base:,.0f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(name, figure.unit, f"{figure.value:,.0f}", base, ratio)
    console = Console()
    console.print(table)
    for note, value in notes.items():
        console.print(f"{note}: {value:.0f}")


if __name__ == "__main__":
    main()
