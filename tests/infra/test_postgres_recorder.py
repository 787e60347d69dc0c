"""What only a server can do to the log: lose its connections, promise too little."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from threading import Thread, Timer

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, ProgrammingError
from psycopg.sql import SQL, Identifier, Literal

from domain.log import NewRow
from infra.head_listener import RECONNECT_PAUSE_S
from infra.postgres_recorder import PostgresLedgerRecorder
from infra.recorder import LedgerRecorder
from tests.infra.stores import ARRIVAL, CHECKED_IN, PLANNED, opened, postgres_datastore, wake_ups


@pytest.fixture
def recorder(postgres_url: str) -> Iterator[LedgerRecorder]:
    with opened(postgres_url) as recorder:
        yield recorder


def cut_connections(url: str, query_like: str = "%") -> int:
    """End all connections but our own whose last statement looks like this; gives their number."""
    with psycopg.connect(url) as server:
        cut = server.execute(
            """SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE %s""",
            (query_like,),
        )
        return len(cut.fetchall())


def connections(url: str) -> set[int]:
    """Name the server's processes that serve this log."""
    with psycopg.connect(url) as server:
        rows = server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {pid for (pid,) in rows}


def set_default(url: str, setting: str, value: str) -> None:
    """Set what connections to this database begin with."""
    with psycopg.connect(url) as server:
        database = Identifier(server.info.dbname)
        server.execute(SQL("ALTER DATABASE {} SET {} TO {}").format(database, Identifier(setting), Literal(value)))


def append_in_transaction(recorder: LedgerRecorder, events: list[NewRow]) -> None:
    with recorder.transaction() as transaction:
        transaction.append(events)


def test_after_lost_connections_one_call_fails_and_the_next_is_served(
    recorder: LedgerRecorder, postgres_url: str
) -> None:
    with recorder.transaction() as transaction:
        transaction.append([PLANNED])
        recorder.head()  # a second connection, idle when all are cut
    assert cut_connections(postgres_url) == 2

    with pytest.raises(OperationalError):
        recorder.append([CHECKED_IN], [ARRIVAL])
    recorder.append([CHECKED_IN], [ARRIVAL])
    assert [row.version for row in recorder.read(0, 10)] == [1, 2]


@pytest.mark.parametrize("is_appended", [False, True], ids=["before the append", "before the commit"])
def test_a_connection_lost_in_a_transaction_is_an_error_and_leaves_nothing(
    recorder: LedgerRecorder, postgres_url: str, is_appended: bool
) -> None:
    def lose_connection() -> None:
        with recorder.transaction() as transaction:
            if is_appended:
                transaction.append([PLANNED], [ARRIVAL])
            cut_connections(postgres_url)
            if not is_appended:
                transaction.append([PLANNED], [ARRIVAL])

    with pytest.raises(OperationalError):
        lose_connection()
    assert (recorder.read(0, 10), recorder.facts("", 10)) == ([], [])


def test_a_rolled_back_transaction_keeps_its_connection(recorder: LedgerRecorder, postgres_url: str) -> None:
    def roll_back() -> None:
        with recorder.transaction() as transaction:
            transaction.append([CHECKED_IN])
            raise ZeroDivisionError

    recorder.append([PLANNED])
    before = connections(postgres_url)
    with pytest.raises(ZeroDivisionError):
        roll_back()
    with pytest.raises(IntegrityError):
        recorder.append([PLANNED])
    assert connections(postgres_url) == before


def test_a_reader_beside_the_writer_needs_no_listener(recorder: LedgerRecorder, postgres_url: str) -> None:
    appends: list[Callable[[list[NewRow]], object]] = [recorder.append, partial(append_in_transaction, recorder)]
    for version, append in enumerate(appends, start=1):
        recorder.wait(recorder.head()[0], 0.2)
        cut_connections(postgres_url, "%LISTEN%")
        Timer(0.05, append, [[PLANNED._replace(version=version)]]).start()
        began = time.monotonic()
        assert recorder.wait(recorder.head()[0], 5)
        assert time.monotonic() - began < RECONNECT_PAUSE_S


def test_the_listener_comes_back_after_its_connection_is_lost(recorder: LedgerRecorder, postgres_url: str) -> None:
    recorder.wait(0, 0.3)
    assert cut_connections(postgres_url, "%LISTEN%") == 1
    recorder.wait(0, 1)
    with opened(postgres_url) as other:
        assert wake_ups(recorder, other, 5)[2] < recorder.poll_first_s / 4
    assert cut_connections(postgres_url, "%LISTEN%") == 1


def test_a_waiting_writer_sees_what_was_recorded_meanwhile_whatever_the_server_s_isolation(postgres_url: str) -> None:
    set_default(postgres_url, "default_transaction_isolation", "repeatable read")
    with opened(postgres_url, lambda: 1_000) as recorder, opened(postgres_url, lambda: 5) as slow:
        second = Thread(target=slow.append, args=([PLANNED._replace(stream="visit/2")],))
        with recorder.transaction() as transaction:
            transaction.append([PLANNED])
            second.start()
            time.sleep(0.1)
        second.join()
        assert recorder.head()[1] == 1_000
        assert len(recorder.read(0, 10)) == 2


def test_a_server_whose_commits_a_power_cut_may_undo_is_refused(postgres_url: str) -> None:
    set_default(postgres_url, "synchronous_commit", "off")
    with pytest.raises(OperationalError, match="synchronous_commit"):
        PostgresLedgerRecorder(postgres_datastore(postgres_url))


def test_the_library_s_functions_without_a_lock_are_refused(postgres_url: str) -> None:
    datastore = postgres_datastore(postgres_url)
    datastore.enable_db_functions = True
    with pytest.raises(ProgrammingError, match="miss events"):
        PostgresLedgerRecorder(datastore)
