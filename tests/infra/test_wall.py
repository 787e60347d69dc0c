"""The wall behind the rules of access, asked as the role that reads for callers, on the real PostgreSQL."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.access.reach import EVERYTHING, Reach
from domain.access.values import Extent
from domain.ids import WorkerId
from infra.read_database import open_read_database
from infra.readers import Readers, let_readers_read, open_readers
from infra.rebuild import COMPARING
from infra.setting_values import SettingError
from infra.settings import Settings
from infra.wall import OPEN, WALLED
from infra.wall_book import BOOK_TABLES
from projections.builds import BESIDE, LIVE
from projections.facts import Facts
from projections.projection import METADATA
from tests.infra.story_log import StoryLog
from tests.infra.walled_town import UNITS, Town
from tests.servers import PostgresServer, lay_out

READ, KEEPS = "ledger_reader", "ledger_keeper"
QUERIES = 1_000
NEVER_READ = {"subject_history", "topic_offset", "stray_record"}
"""What readers have no use for: they may not read it at all."""
RIGHTS = (
    "SELECT relname, relrowsecurity AND relforcerowsecurity, has_table_privilege(:role, oid, 'SELECT') FROM pg_class"
)
WALLS = """SELECT replace(relname, :build, ''), relforcerowsecurity, polname,
    replace(pg_get_expr(polqual, polrelid), :build, ''), has_table_privilege(:role, pg_class.oid, 'SELECT'),
    (SELECT string_agg(tgname || tgfoid::regproc, ' ') FROM pg_trigger WHERE tgrelid = pg_class.oid)
    FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid WHERE relname = ANY (:names)"""


@dataclass(frozen=True)
class Site:
    """A town's read models in a database that its keeper owns, who is no superuser; and those who read there."""

    town: Town
    settings: Settings
    keeper: sa.Engine
    readers: Readers

    def rows(self, table: str, reach: Reach | None, where: str = "true") -> set[tuple[object, ...]]:
        """What a query that asks for no unit finds."""
        with self.readers.open(reach) as db:
            return {tuple(row) for row in db.execute(sa.text(f"SELECT * FROM {table} WHERE {where}"))}

    def all_rows(self, table: str) -> list[sa.Row[tuple[object, ...]]]:
        """Every row there is."""
        with self.keeper.connect() as db:
            return list(db.execute(sa.text(f"SELECT * FROM {table}")))


@pytest.fixture(scope="module")
def site(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with postgres_server.fresh_database() as url:
        kept_url, read_url = postgres_server.as_role(url, KEEPS), postgres_server.as_role(url, READ)
        postgres_server.give(url, KEEPS)
        settings = Settings(data_dir=tmp_path_factory.mktemp("wall"), store_url=kept_url, store_reader=read_url)
        lay_out(settings, kept_url)
        let_readers_read(settings)
        town, keeper = Town(seed=1), open_read_database(kept_url)
        with keeper.begin() as db:
            town.tell(db)
        with closing(open_readers(settings, keeper)) as readers:
            yield Site(town, settings, keeper, readers)
        keeper.dispose()


def of_units(*unit_ids: str) -> Reach:
    return Reach(extent=Extent.UNIT, unit_ids=frozenset(unit_ids))


def test_every_table_of_persons_is_walled_and_every_other_one_is_known_to_be_of_none(site: Site) -> None:
    with site.keeper.connect() as db:
        found = {name: (forced, read) for name, forced, read in db.execute(sa.text(RIGHTS), {"role": READ})}
    tables = {table.name for table in METADATA.sorted_tables} | set(BOOK_TABLES)
    assert {name for name in tables if found[name][0]} == {*WALLED, *BOOK_TABLES}
    assert {name for name in tables if found[name][1]} == {*WALLED, *OPEN}
    assert tables - WALLED.keys() - OPEN == {*NEVER_READ, "reach_tie"}


def test_a_table_is_walled_by_one_policy_for_whoever_reads_and_one_for_its_keeper(site: Site) -> None:
    with site.keeper.connect() as db:
        listed = db.execute(sa.text("SELECT tablename, policyname, cmd, roles::text FROM pg_policies")).all()
    reading = {
        table
        for table, policy, command, roles in listed
        if (policy, command, roles) == ("reached", "SELECT", "{public}")
    }
    keeping = {table for table, policy, _, roles in listed if (policy, roles) == ("folded", f"{{{KEEPS}}}")}
    assert reading == set(WALLED)
    assert keeping == {*WALLED, *BOOK_TABLES}
    assert len(listed) == len(reading) + len(keeping)


def test_a_query_that_forgets_its_units_shows_what_is_near_them_and_nothing_else(site: Site) -> None:
    drawn, asked = random.Random(2026), [table for table in sorted(WALLED) if site.all_rows(table)]
    reaches = [*chain.from_iterable(combinations(UNITS, number) for number in (1, 2))]
    seen = {
        (table, units): site.town.rows_seen(table, site.all_rows(table), units) for table in asked for units in reaches
    }
    every = cache(lambda table, some: site.rows(table, EVERYTHING, some))
    for _ in range(QUERIES):
        table, units, share = drawn.choice(asked), drawn.choice(reaches), drawn.randrange(1, 5)
        some = f"hashtext({table}::text) % {share} = 0"
        assert site.rows(table, of_units(*units), some) == every(table, some) & seen[table, units], (table, units)


def test_units_that_have_nothing_to_do_with_each_other_see_nothing_of_each_other(site: Site) -> None:
    of_all = [table for table in WALLED if table != "reach_subject"]
    for table in of_all:
        shown = site.rows(table, of_units("island"))
        assert not [row for row in shown if "north" in str(row) or "south" in str(row)], table
        assert not [row for row in site.rows(table, of_units("north", "south")) if "island" in str(row)], table
    assert {len(site.rows(table, of_units("island"))) > 0 for table in ("attendance", "person", "client_month")} == {
        True
    }


def test_who_says_nothing_is_shown_nothing(site: Site) -> None:
    assert not any(site.rows(table, None) for table in WALLED)
    unplaced = {"unplaced", *site.town.of_nobody}
    for table in ("person", "attendance", "membership", "reach_subject"):
        assert {row[0] if table != "person" else row[1] for row in site.rows(table, of_units("elsewhere"))} <= unplaced


def test_a_connection_of_the_pool_keeps_nothing_of_the_one_before(site: Site) -> None:
    same: set[int] = set()
    for reach, sees in ((EVERYTHING, True), (None, False), (of_units("north"), True), (None, False)):
        with site.readers.open(reach) as db:
            same.add(db.scalar(sa.text("SELECT pg_backend_pid()")) or 0)
            assert bool(db.scalar(sa.text("SELECT count(*) FROM attendance"))) == sees
    assert len(same) == 1
    with site.readers.open(EVERYTHING) as db:
        db.commit()
        assert db.scalar(sa.text("SELECT count(*) FROM attendance")) == 0


def test_a_worker_is_shown_what_is_near_the_units_that_they_work_for(site: Site) -> None:
    own = Reach(extent=Extent.OWN, worker_id=WorkerId("north worker 0"))
    stays = [row for row in site.all_rows("attendance") if row.worker_id == own.worker_id]
    assert stays
    assert {tuple(row) for row in stays} <= site.rows("attendance", own)
    islander = Reach(extent=Extent.OWN, worker_id=WorkerId("island worker 1"))
    assert site.rows("attendance", islander) == site.rows("attendance", of_units("island"))
    stranger = Reach(extent=Extent.OWN, worker_id=WorkerId("a stranger"))
    assert site.rows("person", stranger) == site.rows("person", of_units("elsewhere"))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO reach_subject VALUES ('island client 1', 'north', 0, true)",
        "UPDATE membership SET group_id = 'north'",
        "DELETE FROM attendance",
        "TRUNCATE audit_entry",
        "INSERT INTO event (stream, version, topic, state, recorded_at) VALUES ('visit/1', 1, 'x', '', 1)",
        "UPDATE event SET state = ''",
        "SELECT * FROM event",
        "SELECT * FROM subject_history",
        "SELECT * FROM reach_tie",
        "ALTER TABLE attendance DISABLE ROW LEVEL SECURITY",
        "DROP POLICY reached ON attendance",
        "SET ROLE ledger_keeper",
    ],
)
def test_who_reads_may_do_nothing_else(site: Site, statement: str) -> None:
    with site.readers.open(EVERYTHING) as db, pytest.raises(sa.exc.ProgrammingError, match=r"denied|must be owner"):
        db.execute(sa.text(statement))


def test_a_wall_raised_around_what_stands_already_is_the_same(site: Site) -> None:
    book = {tuple(row) for table in BOOK_TABLES for row in site.all_rows(table)}
    shown = {table: site.rows(table, of_units("north")) for table in WALLED}
    with site.keeper.begin() as db:
        for table in WALLED.keys() - {"reach_subject"}:
            db.execute(sa.text(f"DROP POLICY reached ON {table}"))
        db.execute(sa.text("DROP TABLE reach_subject, reach_tie CASCADE"))
    open_read_database(site.settings.read_url).dispose()
    let_readers_read(site.settings)
    assert {tuple(row) for table in BOOK_TABLES for row in site.all_rows(table)} == book
    assert {table: site.rows(table, of_units("north")) for table in WALLED} == shown


def walls(engine: sa.Engine, build: str) -> set[tuple[object, ...]]:
    """How each of the facts' tables of a build is walled, what tells the book, and whether it is read."""
    with engine.connect() as db:
        names = [table.name + build for table in Facts.tables]
        return {tuple(row) for row in db.execute(sa.text(WALLS), {"names": names, "build": build, "role": READ})}


def test_tables_that_are_built_beside_are_walled_before_they_serve(
    half_told_database_url: str, postgres_server: PostgresServer
) -> None:
    read_url = postgres_server.as_role(half_told_database_url, READ)
    let_readers_read(Settings(store_url=half_told_database_url, store_reader=read_url))
    with closing(StoryLog(half_told_database_url)) as story:
        before, beside = walls(story.engine, LIVE), list[set[tuple[object, ...]]]()

        def told(what: str, _: int, __: int) -> None:
            if what == COMPARING and not beside:
                beside.append(walls(story.engine, BESIDE))

        story.rebuild(Facts(), told=told)
        assert beside == [before]
        assert walls(story.engine, LIVE) == before
    assert {table for table, _, policy, *_ in before if policy == "reached"} == WALLED.keys() & {
        table.name for table in Facts.tables
    }


UNSAFE_ROLES = {
    "the owner": "",
    "a superuser": "SUPERUSER",
    "one who bypasses it": "BYPASSRLS",
    "a member": "IN ROLE ledger_keeper",
}


@pytest.mark.faults
@pytest.mark.parametrize("rights", UNSAFE_ROLES.values(), ids=UNSAFE_ROLES)
def test_a_role_that_sees_over_the_wall_reads_for_nobody(
    site: Site, postgres_server: PostgresServer, rights: str
) -> None:
    role = f"unsafe_{rights[:6].strip().lower()}" if rights else KEEPS
    url = postgres_server.as_role(site.settings.store_url.replace(KEEPS, "postgres"), role, rights)
    with pytest.raises(
        SettingError, match="VISITLEDGER_STORE_READER names a role that row level security does not hold"
    ):
        open_readers(Settings(data_dir=Path(), store_url=site.settings.store_url, store_reader=url), site.keeper)


@pytest.mark.faults
def test_a_role_that_was_let_read_nothing_reads_for_nobody(site: Site, postgres_server: PostgresServer) -> None:
    url = postgres_server.as_role(site.settings.store_url.replace(KEEPS, "postgres"), "stranger")
    with pytest.raises(SettingError, match="may not read the read models yet"):
        open_readers(Settings(data_dir=Path(), store_url=site.settings.store_url, store_reader=url), site.keeper)


def test_a_table_that_an_earlier_release_has_made_is_walled_at_the_next_start(site: Site) -> None:
    with site.keeper.begin() as db:
        db.execute(sa.text("DROP TRIGGER told ON attendance; DROP POLICY reached ON attendance"))
        db.execute(sa.text("ALTER TABLE attendance DISABLE ROW LEVEL SECURITY"))
    with pytest.raises(SettingError, match="Run: visitledger migrate"):
        open_readers(site.settings, site.keeper)
    open_read_database(site.settings.read_url).dispose()
    open_readers(site.settings, site.keeper).close()
    assert len(site.rows("attendance", of_units("island"))) < len(site.all_rows("attendance"))
