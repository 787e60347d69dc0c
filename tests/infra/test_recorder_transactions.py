"""Transactions on the log, and waiting for it to grow, are the same on SQLite and PostgreSQL."""

import threading
import time

import pytest
from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
)

from infra import postgres_server, sqlite_file, sqlite_recorder
from infra.recorder import LOCK_PATIENCE_S, LedgerRecorder
from tests.infra.stores import (
    ARRIVAL,
    CHECKED_IN,
    DEPARTURE,
    OTHER_PLANNED,
    PLANNED,
    UNREADABLE,
    SetClock,
    everything,
    opened,
    wake_ups,
)

pytestmark = pytest.mark.faults

LITTLE_PATIENCE_S = 0.5

# Transactions


def test_a_transaction_finds_facts_and_streams_and_what_it_appended_itself(recorder: LedgerRecorder) -> None:
    recorder.append([PLANNED, OTHER_PLANNED], [ARRIVAL])
    with recorder.transaction() as transaction:
        assert (transaction.known_facts([]), transaction.streams([])) == ({}, {})
        known = transaction.known_facts(["fact-1", "fact-2"])
        transaction.append([CHECKED_IN], [DEPARTURE])
        streams = transaction.streams(["visit/2", "visit/1", "visit/3", "visit/1"])
        known_now = transaction.known_facts(["fact-1", "fact-2"])

    assert list(known) == ["fact-1"]
    assert set(known_now) == {"fact-1", "fact-2"}
    assert {name: [row.version for row in rows] for name, rows in streams.items()} == {
        "visit/1": [1, 2],
        "visit/2": [1],
        "visit/3": [],
    }
    assert recorder.read_stream("visit/1") == streams["visit/1"]


def test_readers_neither_wait_for_an_open_transaction_nor_see_into_it(recorder: LedgerRecorder) -> None:
    recorder.append([PLANNED])
    before = everything(recorder)
    with recorder.transaction() as transaction:
        transaction.append([CHECKED_IN], [ARRIVAL], [UNREADABLE])
        began = time.monotonic()
        assert everything(recorder) == before
        assert not recorder.wait(before[0][-1].position, 0)
        assert time.monotonic() - began < LOCK_PATIENCE_S / 3
    assert everything(recorder) != before


def test_an_exception_takes_back_all_of_a_transaction(recorder: LedgerRecorder) -> None:
    def append_and_fail() -> None:
        with recorder.transaction() as transaction:
            transaction.append([PLANNED], [ARRIVAL], [UNREADABLE])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        append_and_fail()
    assert everything(recorder) == ([], [], 0)
    assert recorder.append([PLANNED], [ARRIVAL]).positions


def test_a_swallowed_failure_cannot_be_committed(recorder: LedgerRecorder) -> None:
    recorder.append([PLANNED])
    before = everything(recorder)

    def append_and_swallow() -> None:
        with recorder.transaction() as transaction:
            transaction.append([OTHER_PLANNED], [ARRIVAL])
            for use in (lambda: transaction.append([CHECKED_IN, PLANNED]), lambda: transaction.streams(["visit/1"])):
                with pytest.raises(IntegrityError):
                    use()

    with pytest.raises(IntegrityError):
        append_and_swallow()
    assert everything(recorder) == before


def test_a_writer_waits_for_another_only_so_long(
    recorder: LedgerRecorder, log_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (postgres_server, sqlite_file, sqlite_recorder):
        monkeypatch.setattr(module, "LOCK_PATIENCE_S", LITTLE_PATIENCE_S)
    with opened(log_url) as other, recorder.transaction() as transaction:
        transaction.append([PLANNED])
        began = time.monotonic()
        with pytest.raises(OperationalError):
            other.append([OTHER_PLANNED])
        assert LITTLE_PATIENCE_S - 0.1 < time.monotonic() - began < LITTLE_PATIENCE_S + 1
    assert [row.stream for row in recorder.read(0, 10)] == ["visit/1"]


def test_a_writer_goes_on_as_soon_as_the_other_is_done_and_after_it_in_time(
    recorder: LedgerRecorder, log_url: str
) -> None:
    with opened(log_url, SetClock(5)) as other:
        second = threading.Thread(target=other.append, args=([OTHER_PLANNED],))
        with recorder.transaction() as transaction:
            transaction.append([PLANNED])
            second.start()
            time.sleep(0.2)
            released = time.monotonic()
        second.join()
        assert time.monotonic() - released < 0.5
    assert [(row.stream, row.recorded_at) for row in recorder.read(0, 10)] == [("visit/1", 1_000), ("visit/2", 1_000)]


# Waiting


def test_waiting_ends_at_once_when_there_is_more_and_in_time_when_there_is_not(recorder: LedgerRecorder) -> None:
    (position,) = recorder.append([PLANNED]).positions
    assert recorder.wait(position - 1, 0)
    began = time.monotonic()
    assert not recorder.wait(position, 0.15)
    assert 0.15 <= time.monotonic() - began < 1


def test_a_waiting_reader_is_woken_within_5_ms_of_an_append_in_its_process(recorder: LedgerRecorder) -> None:
    delays = wake_ups(recorder, recorder, 15)
    assert delays[len(delays) // 2] < 0.005


def test_a_waiting_reader_hears_of_another_process(recorder: LedgerRecorder, log_url: str) -> None:
    with opened(log_url) as other:
        assert wake_ups(recorder, other, 5)[-1] < 0.5


def test_a_reader_that_is_to_end_is_not_waited_for(recorder: LedgerRecorder) -> None:
    waiting, began = threading.Thread(target=recorder.wait, args=(recorder.head()[0], 30)), time.monotonic()
    waiting.start()
    while waiting.is_alive():
        assert time.monotonic() - began < 5
        recorder.call()
        waiting.join(0.01)
