"""What a campaign keeps of its rounds, so that it can be interrupted and goes on after them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.progress import Progress, TaskID


def advance(progress: Progress, task: TaskID, _kills: int) -> None:
    """Tell that one more was killed."""
    progress.advance(task)


def keep(results: Path, store: str, seed: int, verdict: Mapping[str, Any]) -> None:
    """Write down what a round came to."""
    results.parent.mkdir(exist_ok=True)
    with results.open("a") as out:
        out.write(json.dumps({"store": store, "seed": seed, **verdict}) + "\n")


def kept(results: Path, store: str, seed: int) -> list[dict[str, Any]]:
    """Read what the rounds of a store came to."""
    if not results.exists():
        return []
    found = [json.loads(line) for line in results.read_text().splitlines()]
    return [result for result in found if (result["store"], result["seed"]) == (store, seed)]
