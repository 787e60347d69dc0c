"""The commands and outputs that a document shows, and a way to run them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_STEP = re.compile(r"```bash\n(.*?)```\n(?:```text\n(.*?)```\n)?", re.DOTALL)
_CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)"), "<instant>"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "<day>"),
    (re.compile(r"\d{4}-\d\d(?=,)"), "<month>"),
    (re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r'("clock_offset_ms":)-?\d+'), r"\1<ms>"),
    (re.compile(r'("position":)\d+'), r"\1<position>"),
    (re.compile(r"\b\d\d(?=:\d\d\b)"), "<hour>"),
)
"""What is another each time: instants, days, whom the demo names first, and how much the ledger held before."""
MARK = "=== step ==="


@dataclass(frozen=True)
class Step:
    """A block of commands and the output shown below it."""

    commands: str
    shown: str


def steps_of(document: Path) -> list[Step]:
    """The steps of a document, in order."""
    return [Step(commands, shown) for commands, shown in _STEP.findall(document.read_text(encoding="utf-8"))]


def run(steps: list[Step], *, folder: Path, environment: dict[str, str]) -> list[str]:
    """Run all steps in one shell, as a reader would, and give what each printed."""
    script = f"\necho '{MARK}'\n".join(step.commands for step in steps)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert not done.stderr, done.stderr
    return [part.strip("\n") for part in re.split(rf"\n?{MARK}\n", done.stdout)]


def settled(output: str) -> str:
    """The output without what changes."""
    for pattern, stands_for in _CHANGING:
        output = pattern.sub(stands_for, output)
    return "\n".join(line.rstrip() for line in output.strip().splitlines())
