"""The pages' few files, read once. An address holds its file's digest, so that a browser may keep the file for good."""

from hashlib import sha256
from pathlib import Path

MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FILES = {path.name: path.read_bytes() for path in sorted(Path(__file__).parent.iterdir()) if path.suffix in MEDIA_TYPES}
"""Name -> content."""


def address(name: str) -> str:
    """Where a page finds a file."""
    return f"/assets/{name}?v={sha256(FILES[name]).hexdigest()[:12]}"


def media_type(name: str) -> str:
    """What a file is."""
    return MEDIA_TYPES[Path(name).suffix]
