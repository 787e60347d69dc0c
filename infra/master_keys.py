"""Which master key opens what: every wrapped key names the generation of the one that it is under."""

import secrets
from collections.abc import Sequence, Set
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

import sqlalchemy as sa

from infra.key_tables import MASTER_KEY, wrapped_samples
from infra.master_key import KEY_BYTES, MasterKey, MasterKeyError, another_key

FIRST_GENERATION = 1


class Wrapped(NamedTuple):
    """A wrapped key as it is stored."""

    wrapped: bytes
    master_generation: int


class MasterKeys:
    """The master keys at hand: the one in use, and perhaps another, while one follows the other. Not for several threads."""

    def __init__(self, first: MasterKey, *others: MasterKey) -> None:
        self._at_hand = (first, *others)
        self._proofs: dict[int, tuple[bytes, bytes]] = {}
        self._known: dict[int, MasterKey] = {}

    def learn(self, db: sa.Connection) -> int:
        """Read which generations there are, and give the one that new keys go under. The first use of a database makes one.

        Raises `MasterKeyError` where it makes one and the keys that are there are under another master key.
        """
        latest = sa.select(MASTER_KEY).order_by(MASTER_KEY.c.generation)
        found = db.execute(
            latest.with_for_update(read=True)
        ).all()  # so that none follows before the keys made here are stored
        if not found:
            self._at_hand[0].unwrap(wrapped_samples(db))
            self.begin(db, FIRST_GENERATION, self._at_hand[0])
            return FIRST_GENERATION
        self._proofs = {row.generation: (row.proof, row.digest) for row in found}
        return max(self._proofs)

    def know(self, db: sa.Connection, generations: Set[int]) -> None:
        """Learn, unless these are known: what a generation's master key is never changes."""
        if not generations <= self._proofs.keys():
            self.learn(db)

    def begin(self, db: sa.Connection, generation: int, master_key: MasterKey) -> None:
        """Let new keys go under that master key."""
        secret = secrets.token_bytes(KEY_BYTES)
        [proof] = master_key.wrap([secret])
        digest = sha256(secret).digest()
        db.execute(MASTER_KEY.insert(), {"generation": generation, "proof": proof, "digest": digest})
        self._proofs[generation] = proof, digest

    def check(self) -> None:
        """Ask the master keys that are in use. Raises `MasterKeyError` or `KeysUnavailableError`."""
        for generation in self._proofs:
            self._known.pop(generation, None)
            self._of(generation)

    def wrap(self, generation: int, keys: Sequence[bytes]) -> list[Wrapped]:
        """Close keys under a generation's master key."""
        return [Wrapped(wrapped, generation) for wrapped in self._of(generation).wrap(keys)]

    def unwrap(self, rows: Sequence[Wrapped]) -> list[bytes]:
        """Open keys of any generations, all of one at once. Raises `MasterKeyError` or `KeysUnavailableError`."""
        opened: dict[Wrapped, bytes] = {}
        for generation in {row.master_generation for row in rows}:
            of_it = [row for row in rows if row.master_generation == generation]
            keys = self._of(generation).unwrap([row.wrapped for row in of_it])
            opened |= dict(zip(of_it, keys, strict=True))
        return [opened[row] for row in rows]

    def opens(self, generation: int, master_key: MasterKey) -> bool:
        """Say whether a master key is the one of a generation."""
        proof, digest = self._proofs[generation]
        with suppress(MasterKeyError):
            return sha256(master_key.unwrap([proof])[0]).digest() == digest
        return False

    def _of(self, generation: int) -> MasterKey:
        if generation not in self._known:
            found = (key for key in self._at_hand if generation in self._proofs and self.opens(generation, key))
            master_key = next(found, None)
            if master_key is None:
                raise another_key()
            self._known[generation] = master_key
        return self._known[generation]
