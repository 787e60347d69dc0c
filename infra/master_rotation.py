"""Puts every key under another master key, beside servers that go on: batch by batch, and on from where it was killed.

From the first moment new keys go under the new one, and each row says which one it is under. When none is under an older one
any more, the older ones are forgotten: a later copy of the key database is closed to whoever has only the old master key.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from infra.key_tables import MASTER_KEY, WRAPPED, open_key_database, scrub
from infra.master_key import MasterKey
from infra.master_keys import MasterKeys, Wrapped
from infra.projector import Progress

KEYS_PER_BATCH = 500


@dataclass(frozen=True)
class Rotated:
    """What became of a rotation. `generation` is that of the master key in use now; `keys` were put under it this time."""

    generation: int
    keys: int


def rotate_master(url: str, at_hand: Iterable[MasterKey], to: MasterKey, step: Progress) -> Rotated:
    """Put every key under `to`. Safe to repeat; does nothing where all are under it.

    Raises `MasterKeyError` where a key is under none of those at hand, and `ErasureIncompleteError` when a reader keeps the old
    bytes on disk: then all is done but for those, and repeating it finishes.
    """
    engine = open_key_database(url)
    master_keys = MasterKeys(*at_hand, to)
    try:
        with engine.begin() as db:
            generation = _begun(db, master_keys, to)
            total = sum(_count(db, table, generation) for table in WRAPPED)
        done = 0
        while not _ended(engine, generation):
            for table in WRAPPED:
                while moved := _batch(engine, table, generation, master_keys):
                    done += moved
                    step(done, max(done, total))
        scrub(engine)
    finally:
        engine.dispose()
    return Rotated(generation, done)


def _begun(db: sa.Connection, master_keys: MasterKeys, to: MasterKey) -> int:
    """Give the generation of the new master key, which begins here unless it did before."""
    latest = master_keys.learn(db)
    master_keys.check()
    if master_keys.opens(latest, to):
        return latest
    master_keys.begin(db, latest + 1, to)
    return latest + 1


def _ended(engine: sa.Engine, generation: int) -> bool:
    """Forget the older master keys if nothing is under them. Waits for who is making a key just now."""
    with engine.begin() as db:
        db.execute(sa.select(MASTER_KEY).with_for_update())
        if any(_count(db, table, generation) for table in WRAPPED):
            return False
        db.execute(MASTER_KEY.delete().where(MASTER_KEY.c.generation < generation))
    return True


def _batch(engine: sa.Engine, table: sa.Table, generation: int, master_keys: MasterKeys) -> int:
    [name] = table.primary_key
    older = sa.select(table).where(table.c.master_generation < generation).order_by(name).limit(KEYS_PER_BATCH)
    with engine.begin() as db:
        master_keys.learn(db)
        rows = db.execute(older.with_for_update()).all()
        opened = master_keys.unwrap([Wrapped(row.wrapped, row.master_generation) for row in rows])
        for row, new in zip(rows, master_keys.wrap(generation, opened), strict=True):
            db.execute(table.update().where(name == row[0]).values(new._asdict()))
    return len(rows)


def _count(db: sa.Connection, table: sa.Table, generation: int) -> int:
    return db.scalar(sa.select(sa.func.count()).where(table.c.master_generation < generation)) or 0
