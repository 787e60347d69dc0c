"""Servers on one PostgreSQL enter behind where each last saw the chain end: it stays one chain, whoever was quicker."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from domain.access.entry import Doing
from infra.access_check import check_access_log
from infra.access_log import GUESSES, AccessLog
from infra.access_tables import AccessLogUnavailableError
from infra.table_difference import Kind
from tests.infra.stores import run_sql
from tests.infra.test_access_chain import BETWEEN, LONG_AGO_US, PRUNED
from tests.infra.test_access_log import AT_US, everything, opened, seen
from tests.servers import PostgresServer

ANSWERS = 20
WAIT_S = 10


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database for all tests here."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def url(database: str) -> str:
    """Where no access log is yet."""
    run_sql(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return database


@contextmanager
def taking(url: str, at_us: int = AT_US) -> Iterator[AccessLog]:
    """A log that takes entries, as each server has one."""
    with closing(opened(url, at_us)) as log:
        log.start()
        yield log


def enter(log: AccessLog, *subjects: str) -> None:
    """Enter an answer for each reader, in commits of their own."""
    for subject in subjects:
        log.submit(seen(1, 2, subject=subject)).result(WAIT_S)


def is_whole(log: AccessLog, *subjects: str) -> bool:
    """Whether the chain is right, and has what each reader got once."""
    assert check_access_log(log.reader).found == []
    return Counter(entry.subject for entry in everything(log)) == Counter(subjects)


def test_an_entry_takes_one_round_trip(url: str, tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("wb") as file, taking(url) as log:
        log.engine.dispose()
        sa.event.listen(log.engine, "connect", lambda driver, _: driver.pgconn.trace(file.fileno()))
        sa.event.listen(log.engine, "close", lambda driver, _: driver.pgconn.untrace())
        enter(log, *map(str, range(ANSWERS)))
    to_prepare = 1
    assert said.read_text().count("ReadyForQuery") == to_prepare + ANSWERS


@pytest.mark.parametrize("quicker", range(GUESSES + 1))
def test_whoever_others_get_ahead_of_enters_behind_them(url: str, quicker: int) -> None:
    ahead = [str(number) for number in range(quicker)]

    def clock_us() -> int:
        if ahead:
            other.enter(seen(1, subject=ahead.pop()))
        return AT_US

    with closing(opened(url)) as other, closing(AccessLog(url, clock_us)) as log:
        log.start()
        enter(log, "eva")
        assert [entry.subject for entry in everything(log)] == [*map(str, reversed(range(quicker))), "eva"]
        enter(log, "ada")
        assert is_whole(log, *map(str, range(quicker)), "eva", "ada")


def test_what_servers_enter_in_turns_is_one_chain(url: str) -> None:
    turns = Random(1).choices(range(3), k=ANSWERS)
    with taking(url) as one, taking(url) as other, closing(opened(url)) as command:
        for number, turn in enumerate(turns):
            if turn == 2:
                command.enter(seen(3, subject=str(number)))
            else:
                enter((one, other)[turn], str(number))
        assert [entry.subject for entry in everything(one)] == [str(number) for number in range(ANSWERS)]
        assert is_whole(one, *map(str, range(ANSWERS)))


def test_what_servers_enter_at_once_and_beside_a_pruning_is_one_chain(url: str) -> None:
    with taking(url, LONG_AGO_US) as old:
        enter(old, "gone", "gone")
    with (
        taking(url) as one,
        taking(url) as other,
        closing(opened(url, AT_US)) as command,
        ThreadPoolExecutor(3) as many,
    ):
        entering = [
            many.submit(enter, log, *(f"{name} {each}" for each in range(ANSWERS)))
            for log, name in ((one, "one"), (other, "other"))
        ]
        pruned = [many.submit(command.prune, BETWEEN, PRUNED).result(WAIT_S) for _ in range(3)]
        for each in entering:
            each.result(WAIT_S)
        assert pruned == [2, 0, 0]
        told = (f"{name} {each}" for name in ("one", "other") for each in range(ANSWERS))
        assert is_whole(one, *told, *[PRUNED.subject] * 3)
        assert [entry.doing for entry in everything(one)].count(Doing.PRUNE) == 3


def test_a_last_link_that_is_another_under_the_same_number_is_what_the_chain_goes_on_from(url: str) -> None:
    with taking(url) as log:
        enter(log, "eva", "ada")
        run_sql(
            url, "ALTER TABLE access_link DISABLE TRIGGER USER; UPDATE access_link SET hash = digest WHERE link_id = 2"
        )
        enter(log, "olle")
        assert [(each.key[0], each.kind) for each in check_access_log(log.reader).found] == [(2, Kind.OTHER)]


@pytest.mark.faults
def test_after_a_lost_connection_the_chain_goes_on_and_nothing_is_in_it_twice(url: str) -> None:
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    with taking(url) as log:
        enter(log, "eva")
        run_sql(url, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
        with pytest.raises(AccessLogUnavailableError):
            enter(log, "ada")
        enter(log, "ada", "olle")
        assert is_whole(log, "eva", "ada", "olle")
