"""Where canaries are looked for, and which may stand there in clear."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.canaries.fields import PERSONAL, PLAIN, USED
from tests.canaries.planted import found_in, planted

NOTHING = frozenset[str]()
"""Refusals, logs, traces and counters: no field may stand there."""
STORED = frozenset(PLAIN)
"""What is stored as it is."""
SHOWN: Mapping[str, frozenset[str]] = {
    "/v1/clients/{client_id}": frozenset(field for field in PERSONAL if field.startswith("clients.")),
    "/v1/workers/{worker_id}": frozenset(("workers.name", "workers.employee_number")),
}
"""The answers that open what is sealed, to whoever reaches the person: route -> fields."""


def misplaced(content: bytes, allowed: frozenset[str]) -> set[str]:
    """The fields whose canaries stand where they may not."""
    return found_in(content, [each for each in CANARIES if each.field not in allowed])


def files_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All bytes of all files below a folder, by their names: the write-ahead logs too."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()


CANARIES = planted((*PERSONAL, *PLAIN, *USED))
