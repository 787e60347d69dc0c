"""What is in the key database, in counts: never a key, and nobody's id."""

from typing import NamedTuple

import sqlalchemy as sa

from infra.key_tables import DATA_KEY, DESTROYED_KEY, LEDGER_KEY, open_key_database


class KeyCount(NamedTuple):
    """How many keys of one kind there are. `kind` is a class of sealed values, `ledger` or `destroyed`.

    `generation` is the data key's own, 0 where there is none; `master_generation` says which master key they are under.
    """

    kind: str
    generation: int
    master_generation: int
    keys: int


def count_keys(url: str) -> list[KeyCount]:
    """Count the keys by what they are for, their generation and that of their master key."""
    engine = open_key_database(url)
    try:
        with engine.begin() as db:
            return [KeyCount._make(row) for query in _QUERIES for row in db.execute(query)]
    finally:
        engine.dispose()


_BY_CLASS = DATA_KEY.c["seal_class", "generation", "master_generation"]
_QUERIES = (
    sa.select(*_BY_CLASS, sa.func.count()).group_by(*_BY_CLASS).order_by(*_BY_CLASS),
    sa.select(sa.literal("ledger"), sa.literal(0), LEDGER_KEY.c.master_generation, sa.func.count())
    .group_by(LEDGER_KEY.c.master_generation)
    .order_by(LEDGER_KEY.c.master_generation),
    sa.select(sa.literal("destroyed"), sa.literal(0), sa.literal(0), sa.func.count()).select_from(DESTROYED_KEY),
)
