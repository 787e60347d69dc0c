"""The form of a backup: files of rows, and a manifest that names each with its digest. The same whatever the store was.

A file of rows is gzip over blocks; a block is its length in four bytes and a MessagePack list of rows. The manifest is
written last, so that a folder without one is no backup.
"""

import gzip
import os
from collections.abc import Generator, Iterator
from contextlib import closing, suppress
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any, Literal

import msgspec

Row = tuple[Any, ...]

FORMAT = 1
MANIFEST = "manifest.json"
SUFFIX = ".rows.gz"
LENGTH_BYTES = 4
BLOCK_BYTES_MAX = 2**31


class BackupError(Exception):
    """There is no backup there, or not one that can be used. The text says what is wrong with it."""


class RowFile(msgspec.Struct, frozen=True):
    """One file of a backup."""

    rows: int
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and of which moment of which log it is. `event_id` names the event at `position`."""

    format: int = FORMAT
    kind: Literal["log", "keys"]
    backup_id: str
    """Of the log's copy; that of the keys names the copy of the log that it was made with."""
    ledger_id: str
    epoch: int
    ledger_created_at: int
    """In microseconds since 1970, UTC."""
    position: int
    event_id: str
    recorded_at: datetime | None
    """When the last event was recorded; None for an empty log."""
    created_at: datetime
    release: str
    tables: str
    """The number of the tables' form."""
    store: str
    access: str = ""
    """The number of the form of the access log's tables; empty where none was copied."""
    files: dict[str, RowFile]


class BackupFolder:
    """A backup being written, or read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> None:
        """Make the folder, for its owner alone. Raises `BackupError` where something is in it already."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(self.folder.iterdir()):
            raise BackupError(f"{self.folder} is not empty: give each backup a folder of its own.")
        self.folder.chmod(0o700)  # of one that was there before

    def write(self, name: str, pages: Generator[list[Row]]) -> RowFile:
        """Write one file of rows, and leave nothing of it in memory. However it ends, nothing is read on."""
        path, count = self._path(name), 0
        with closing(pages), path.open("xb") as out:
            with gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=1, mtime=0) as packed:
                for page in pages:
                    block = msgspec.msgpack.encode(page)
                    packed.write(len(block).to_bytes(LENGTH_BYTES, "big") + block)
                    count += len(page)
            out.flush()
            os.fsync(out.fileno())
        return RowFile(count, path.stat().st_size, _sha256(path))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest: from now on this is a backup."""
        with (self.folder / MANIFEST).open("xb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
            out.flush()
            os.fsync(out.fileno())
        place = os.open(self.folder, os.O_RDONLY)
        os.fsync(place)
        os.close(place)

    def manifest(self, kind: Literal["log", "keys"]) -> Manifest:
        """Read the manifest. Raises `BackupError` when this is no backup of that kind that this program can read."""
        try:
            found = msgspec.json.decode((self.folder / MANIFEST).read_bytes(), type=Manifest)
        except FileNotFoundError:
            raise BackupError(f"{self.folder} holds no finished backup: {MANIFEST} is missing.") from None
        except msgspec.DecodeError as error:
            raise BackupError(f"{self.folder / MANIFEST} cannot be read: {error}.") from None
        if found.format != FORMAT:
            raise BackupError(f"{self.folder} is a backup of form {found.format}; this program reads form {FORMAT}.")
        if found.kind != kind:
            raise BackupError(f"{self.folder} is a backup of {found.kind}, not of {kind}.")
        return found

    def faults(self, manifest: Manifest) -> list[str]:
        """Hold every file against the manifest, and say what is wrong."""
        return [fault for name, entry in manifest.files.items() if (fault := self._fault(name, entry))]

    def pages(self, name: str) -> Iterator[list[Row]]:
        """Read one file of rows. Raises `BackupError` where it is cut short or is no such file."""
        decoder = msgspec.msgpack.Decoder(list[tuple[Any, ...]])
        try:
            with gzip.open(self._path(name), "rb") as packed:
                while head := packed.read(LENGTH_BYTES):
                    length = int.from_bytes(head, "big")
                    if length > BLOCK_BYTES_MAX:
                        raise BackupError(f"{name}{SUFFIX} is damaged.")
                    yield decoder.decode(packed.read(length))
        except (OSError, EOFError, msgspec.DecodeError) as error:
            raise BackupError(f"{name}{SUFFIX} cannot be read: {type(error).__name__}.") from None

    def _fault(self, name: str, entry: RowFile) -> str:
        path = self._path(name)
        with suppress(FileNotFoundError):
            return "" if _sha256(path) == entry.sha256 else f"{path.name} is not as it was written."
        return f"{path.name} is missing."

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
