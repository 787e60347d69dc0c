"""The key that wraps all others. It is in no backup that we make, and wherever it is kept, the key database is not."""

from collections.abc import Sequence
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

KEY_BYTES = 32


class KeyStoreError(Exception):
    """The keys cannot be used. The text tells the operator what to do."""


class KeysUnavailableError(KeyStoreError):
    """The key database, or what holds the master key, does not answer."""


class MasterKeyError(KeyStoreError):
    """The master key is missing, open to others, or not the one that the key database was made with."""


class MasterKey(Protocol):
    """Wraps keys and unwraps them, many at a time: where another program does it, asking is what takes time."""

    def wrap(self, keys: Sequence[bytes]) -> list[bytes]:
        """Close keys of 32 bytes, in their order. Raises `KeysUnavailableError`."""
        ...

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        """Give back what `wrap` closed. Raises `MasterKeyError` where one is under another key, or
        `KeysUnavailableError`."""
        ...


class HeldMasterKey:
    """A master key in this process: AES key wrap (RFC 3394) under 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise MasterKeyError(f"A master key has {KEY_BYTES} bytes.")
        self._key = key

    def wrap(self, keys: Sequence[bytes]) -> list[bytes]:
        """Close keys."""
        return [aes_key_wrap(self._key, key) for key in keys]

    def unwrap(self, wrapped: Sequence[bytes]) -> list[bytes]:
        """Give them back. Raises `MasterKeyError`."""
        try:
            return [aes_key_unwrap(self._key, each) for each in wrapped]
        except InvalidUnwrap:
            raise another_key() from None


def another_key() -> MasterKeyError:
    """What is said of keys that the master key at hand does not open."""
    return MasterKeyError("The key database was made with another master key. Bring that one back.")
