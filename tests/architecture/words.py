"""The repository speaks of itself alone: not of where, how or with what it was made."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import files

# Each pattern has one letter in brackets, so that this file does not hold the words that it looks for.
FOREIGN = {
    "a registry's host": r"[p]ypi\.org|[p]ythonhosted\.org|registry\.[n]pmjs|[c]rates\.io|proxy\.[g]olang\.org",
    "a path of one machine": r"(?<![\w./-])/(?:[w]ork|[o]pt|[r]oot|[f]arm)/|/[h]ome/\w",
    "how the work was ordered": r"\b[i]ssues? ?#? ?\d|\b[s]ession #?\d|\b[b]rief\.md\b|\b[s]ub-?agents?\b",
    "a tool that wrote it": r"\b(?:[c]laude|[a]nthropic|[o]penai|[c]hatgpt|[c]opilot)\b|\b[l]arge language model",
}


def foreign_words(root: Path) -> list[str]:
    """List every line of the tree that speaks of something else, as `file:line: what`. Binary files are passed over."""
    return [
        f"{path.as_posix()}:{number}: {what}"
        for path in files(root)
        for number, line in enumerate(lines(root / path), start=1)
        for what, pattern in FOREIGN.items()
        if re.search(pattern, line, re.IGNORECASE)
    ]


def lines(path: Path) -> Iterator[str]:
    """Read a text file line by line, and a binary file not at all."""
    content = path.read_bytes()
    if b"\0" not in content:
        yield from content.decode("utf-8", errors="replace").splitlines()
