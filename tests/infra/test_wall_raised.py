"""When the wall is raised: with the first reader, and anew by a start that finds an earlier program's."""

import sqlalchemy as sa

from infra.readers import let_readers_read
from infra.settings import Settings
from infra.wall import WALLED
from tests.infra.stores import closing_engine
from tests.servers import PostgresServer

READ = "ledger_reader"


def test_where_nobody_was_let_read_there_is_no_wall_and_no_book_to_keep(laid_out_url: str) -> None:
    with closing_engine(laid_out_url) as engine, engine.connect() as db:
        told = db.scalars(sa.text("SELECT tgname FROM pg_trigger WHERE tgname = 'told'")).all()
        assert (told, list(db.scalars(sa.text("SELECT relname FROM pg_class WHERE relforcerowsecurity")))) == ([], [])


def test_a_table_of_another_version_is_shown_to_nobody_and_holds_up_no_start(
    laid_out_url: str, postgres_server: PostgresServer
) -> None:
    let_readers_read(Settings(store_url=laid_out_url, store_reader=postgres_server.as_role(laid_out_url, READ)))
    with closing_engine(laid_out_url) as engine, engine.begin() as db:
        db.execute(sa.text("COMMENT ON TABLE reach_subject IS 'an earlier wall'"))
        db.execute(sa.text("ALTER TABLE shift RENAME worker_id TO somebody"))
    with closing_engine(laid_out_url) as engine, engine.connect() as db:
        listed = db.execute(sa.text("SELECT tablename FROM pg_policies WHERE policyname = 'reached'"))
        assert WALLED.keys() - {row.tablename for row in listed} == {"shift"}
        assert db.scalar(sa.text("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'shift'"))
