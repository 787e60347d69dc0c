"""What files the repository has."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = {"build", "__pycache__"}


def files(root: Path) -> list[Path]:
    """List the files that belong to the tree, relative to `root`: all that git does not ignore, or in a copy without
    git all that no tool left behind."""
    listed = list(tracked(root)) if (root / ".git").exists() else [path.relative_to(root) for path in root.rglob("*")]
    return sorted(path for path in listed if (root / path).is_file() and not is_left_behind(path))


def tracked(root: Path) -> Iterator[Path]:
    """Ask git. The folder may belong to somebody else, as in a container."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    output = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    return (Path(name) for name in output.decode().split("\0") if name)


def is_left_behind(path: Path) -> bool:
    """Say whether a tool or a run made this file: hidden folders are theirs, but for `.ci`."""
    folders = path.parts[:-1]
    hidden = {folder for folder in folders if folder.startswith(".")} - {".ci"}
    return bool(hidden or LEFT_BEHIND.intersection(folders) or any(name.endswith(".egg-info") for name in folders))


def modules(root: Path) -> list[Path]:
    """List the Python files of the tree, relative to `root`."""
    return [path for path in files(root) if path.suffix == ".py"]
