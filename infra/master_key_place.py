"""Where the master key is, as a setting says it: `file:PATH`, `env:NAME` or `command:PROGRAM ARG...`."""

import binascii
import os
import re
import shlex
from base64 import urlsafe_b64decode
from collections.abc import MutableMapping
from pathlib import Path

from infra.key_program import KeyProgram
from infra.master_key import HeldMasterKey, MasterKey, MasterKeyError
from infra.master_key_file import load_or_create_master_key

TAKES = "A master key's place is file:PATH, env:NAME or command:PROGRAM ARG..."
FILE = "file:"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
HEX = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
BASE64URL = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]=?", re.ASCII)
"""32 bytes. The last character has two bits to spare, which are zero."""


def master_key_at(place: str, *, may_create: bool = False, environ: MutableMapping[str, str] = os.environ) -> MasterKey:
    """The master key at that place; that of a file is made where it is missing and `may_create`.

    Raises `MasterKeyError`. A key from the environment is taken out of it, so that no program started from here has it.
    """
    kind, _, rest = place.partition(":")
    match kind:
        case "file" if rest:
            return HeldMasterKey(load_or_create_master_key(Path(rest), may_create=may_create))
        case "env" if NAME.fullmatch(rest):
            return HeldMasterKey(_key_of(rest, environ.pop(rest, "")))
        case "command" if command := _command(rest):
            return KeyProgram(command)
        case _:
            raise MasterKeyError(TAKES)


def _command(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quotation mark without its other
        return []


def _key_of(name: str, value: str) -> bytes:
    if HEX.fullmatch(value):
        return binascii.unhexlify(value)
    if BASE64URL.fullmatch(value):
        return urlsafe_b64decode(value.rstrip("=") + "=")
    raise MasterKeyError(f"{name} does not hold a master key: 32 bytes in base64url or hexadecimal digits.")
