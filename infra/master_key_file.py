"""A master key in a file of mode 0400. Whoever has the file and the key database has every key; neither alone has any."""

import os
import secrets
import shlex
from contextlib import suppress
from pathlib import Path

from infra.master_key import KEY_BYTES, MasterKeyError


def load_or_create_master_key(path: Path, *, may_create: bool = True) -> bytes:
    """Read the master key, or make it when its file is missing and `may_create`. Raises `MasterKeyError`."""
    with suppress(FileNotFoundError):
        return _read_master_key(path)
    if not may_create:
        raise MasterKeyError(f"{path} is missing, but there are keys under it. Bring it back from its backup.")
    _write_new_master_key(path)
    return _read_master_key(path)


def _read_master_key(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o377:
            raise MasterKeyError(f"{path} is not for its owner alone. Run: chmod 0400 {shlex.quote(str(path))}")
        key = file.read(KEY_BYTES + 1)
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{path} does not hold {KEY_BYTES} bytes. Bring it back from its backup.")
    return key


def _write_new_master_key(path: Path) -> None:
    """Write the whole key beside its place, then link it there: no start reads half a key, or replaces one."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first
            os.link(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    os.fsync(directory)
    os.close(directory)
