"""The wall's book of who is near which units, against the same found the slow way."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from infra.read_database import open_read_database
from infra.readers import let_readers_read
from infra.settings import Settings
from tests.infra.walled_town import UNITS, Town
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def nobody_told(postgres_server: PostgresServer) -> Iterator[sa.Engine]:
    """Read models behind a wall, in which nothing stands, nor is left."""
    with postgres_server.laid_out_database() as url:
        let_readers_read(Settings(store_url=url, store_reader=postgres_server.as_role(url, "ledger_reader")))
        engine = open_read_database(url)
        yield engine
        engine.dispose()


@pytest.mark.parametrize("seed", range(6))
def test_the_book_says_the_same_in_whichever_order_it_is_told(nobody_told: sa.Engine, seed: int) -> None:
    town = Town(seed, visits=8)
    with nobody_told.connect() as db, db.begin() as unfinished:
        town.tell(db, batches=400)
        told = {tuple(row) for row in db.execute(sa.text("SELECT subject_id, unit_id, level FROM reach_subject"))}
        unfinished.rollback()
    known = {name for name, *_ in town.belongs} | {visit.name for visit in town.visits} | {"unplaced"}
    near = {(name, unit, level) for unit in UNITS for name, level in town.book_of((unit,)).items()}
    assert {row for row in told if row[0] in known} == near | {(name, "", 0) for name in town.of_nobody}
