"""`make fuzz`: fifty thousand calls that Schemathesis makes of the API's description, in rounds. `ARGS=--parsers`: bytes
that a fuzzer guided by coverage makes, for each parser.

Seeded; each round stands on its own, with a fresh ledger. It goes on after the rounds that build/fuzz.jsonl holds, so
that it can be interrupted.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from infra.logs import configure_logs
from tests.faults.rounds import keep, kept
from tests.fuzzing.described import Found, described

RESULTS = Path("build/fuzz.jsonl")
PART = "described"
PARSERS = "parsers"
FOLDER = Path("build/fuzz-parsers")
"""What the fuzzer found to be new, its output, and what made a parser fail."""
NAMES = ("json", "sync", "csv", "csv_rows", "rulebook", "cursor", "personnummer", "headers")
AT_ONCE = 2
COUNTED = re.compile(r"stat::number_of_executed_units: +(\d+)")
CALLS = 50_000
IN_ROUND = 10
"""Good calls of each operation in a round, and as many bad ones."""
console = Console()


def main() -> int:
    """Run what is left of the campaign; 1 when anything was answered as it should not be."""
    asked = _arguments()
    if asked.fresh:
        RESULTS.unlink(missing_ok=True)
    return guide(asked.seconds, asked.seed) if asked.parsers else _calls(asked.calls, asked.seed)


def _calls(calls: int, seed: int) -> int:
    rounds = kept(RESULTS, PART, seed)
    done = sum(each["calls"] for each in rounds)
    with Progress(console=console) as progress:
        task = progress.add_task("calls", total=calls, completed=done)
        while done < calls:
            found = Found()
            with tempfile.TemporaryDirectory(prefix="ledger-fuzz-") as folder, described(Path(folder)) as app:
                for of_one in app.call_all(seed * 1_000_000 + done, good=IN_ROUND, bad=IN_ROUND):
                    found.add(of_one)
                    progress.advance(task, of_one.calls)
            statuses = {str(status): count for status, count in sorted(found.statuses.items())}
            told = {"calls": found.calls, "statuses": statuses, "faults": found.faults, "refused": found.refused}
            keep(RESULTS, PART, seed, told)
            done += found.calls
    return _report(seed)


def guide(seconds: int, seed: int) -> int:
    """Let each parser that has had less than its time be fuzzed, two at once. 1 where one failed last."""
    done = {
        each["parser"] for each in kept(RESULTS, PARSERS, seed) if each["seconds"] >= seconds and not each["status"]
    }
    left = [name for name in NAMES if name not in done]
    with Progress(console=console) as progress, ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        task = progress.add_task("parsers", total=len(left))
        for name, (status, told) in zip(left, pool.map(lambda name: _guided(name, seconds, seed), left), strict=True):
            keep(RESULTS, PARSERS, seed, {"parser": name, "seconds": seconds, "status": status, "told": told})
            progress.console.print(f"{name}: {'FAILED, see ' if status else ''}{told}")
            progress.advance(task)
    last = {each["parser"]: each["status"] for each in kept(RESULTS, PARSERS, seed)}
    return 1 if any(last.values()) else 0


def _guided(name: str, seconds: int, seed: int) -> tuple[int, str]:
    """The fuzzer's status, and its last count; of one that failed the file with its output."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    output = FOLDER / f"{name}.log"
    command = [sys.executable, "-m", "tests.fuzzing.guided", name, str(seconds), str(seed), str(FOLDER / name)]
    with output.open("w", encoding="utf-8") as out:
        status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False).returncode
    counts = COUNTED.findall(output.read_text(encoding="utf-8", errors="replace"))
    return status, str(output) if status else f"{int(counts[-1]):,} inputs"


def _report(seed: int) -> int:
    found = Found()
    for each in kept(RESULTS, PART, seed):
        found.add(Found(each["calls"], faults=each["faults"], refused=each.get("refused", [])))
        found.statuses.update({int(status): count for status, count in each["statuses"].items()})
    console.print(f"{found.calls:,} calls:", dict(sorted(found.statuses.items())))
    for what, how in sorted(found.faults.items()):
        console.print(f"[red]{what}[/red]\n{how}", markup=True, highlight=False)
    for operation in sorted(set(found.refused)):
        console.print(f"{operation}: no good call of a round was let through", highlight=False)
    return 1 if found.faults or found.refused else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--calls", type=int, default=CALLS, help="in all")
    parser.add_argument("--parsers", action="store_true", help="fuzz the parsers instead")
    parser.add_argument("--seconds", type=int, default=600, help="for each parser")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="forget earlier rounds")
    return parser.parse_args()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    configure_logs("critical")
    raise SystemExit(main())
