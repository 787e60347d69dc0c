"""The one writer among many callers, other processes, faults and full queues. On both stores."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from domain.command import Accepted, Command, Refused
from domain.device.aggregate import Device
from domain.ledger import Ledger
from domain.visit.aggregate import Visit
from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.writer import QUEUE_WISHES_MAX, ConflictingWriterError, GroupWriter, StoreUnavailableError, WriterBusyError
from tests.infra.writing import (
    ANNA,
    EIGHT,
    OTHER_VISIT,
    PHONE,
    check_in,
    ledger_over,
    office,
    plan,
    topics,
)


def test_many_callers_at_once_are_all_answered_and_nothing_counts_twice(
    writer: GroupWriter, log: LedgerRecorder
) -> None:
    def send(number: int) -> None:
        for fact in range(50):
            writer.write([check_in(f"{fact:08d}-0000-4000-8000-000000000000", visit=OTHER_VISIT)])
        answered.append(number)

    answered: list[int] = []
    callers = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(answered) == list(range(8))
    assert topics(log) == ["visit.checked_in@2"] * 50


def test_two_processes_writers_on_one_store_lose_nothing(log: LedgerRecorder, tmp_path: Path, store_url: str) -> None:
    settings = Settings(data_dir=tmp_path, store_url=store_url if store_url.startswith("postgres") else "")
    second_log = open_log(settings)
    writers = [GroupWriter(ledger_over(log)), GroupWriter(ledger_over(second_log))]
    for writer in writers:
        writer.start()
    futures = [
        writers[number % 2].submit([check_in(f"{number:08d}-0000-4000-8000-000000000000")]) for number in range(200)
    ]
    outcomes = [future.result()[0] for future in futures]
    for writer in writers:
        writer.close()
    second_log.close()
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert [row.version for row in log.read(0, 1000)] == list(range(1, 201))


def test_a_race_lost_again_and_again_is_told_to_the_office(postgres_url: str, tmp_path: Path) -> None:
    """Another process appends to the stream between our load and our append, each time. (SQLite lets none in.)"""
    log = open_log(Settings(data_dir=tmp_path, store_url=postgres_url))
    rival, attempts = ledger_over(log), []

    def outrun(visit: Visit) -> None:
        attempts.append(visit.version)
        rival.decide([check_in(f"{len(attempts):08d}-0000-4000-8000-000000000000")])
        plan(visit)

    writer = GroupWriter(ledger_over(log))
    writer.start()
    [outcome] = writer.write([office(outrun)])
    writer.close()
    log.close()
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, ConflictingWriterError)
    assert attempts == [0, 1, 2, 3]


def test_a_full_queue_sends_callers_away(ledger: Ledger) -> None:
    writer = GroupWriter(ledger)  # not started: nothing drains the queue
    writer.submit([check_in()] * QUEUE_WISHES_MAX)
    with pytest.raises(WriterBusyError):
        writer.submit([check_in()])


def test_a_store_that_does_not_answer_is_told_as_such(ledger: Ledger, log: LedgerRecorder) -> None:
    writer = GroupWriter(ledger)
    writer.start()
    log.close()
    with pytest.raises(StoreUnavailableError) as told:
        writer.write([check_in()])
    assert told.value.__cause__ is not None
    writer.close()


def test_a_caller_that_went_away_does_not_stop_the_writer(ledger: Ledger, log: LedgerRecorder) -> None:
    writer = GroupWriter(ledger)
    gone, waiting = writer.submit([check_in()]), writer.submit([check_in(visit=OTHER_VISIT, fact_id=PHONE)])
    assert gone.cancel()
    writer.start()
    assert waiting.result(5) == [Accepted(1, 1)]
    writer.close()
    assert topics(log) == ["visit.checked_in@2"]


def test_a_fault_of_our_own_in_one_submission_does_not_sink_the_others(ledger: Ledger) -> None:
    def broken(_: Visit) -> None:
        raise ZeroDivisionError

    writer = GroupWriter(ledger)
    bad, good = writer.submit([office(broken)]), writer.submit([check_in()])
    writer.start()
    assert good.result(5) == [Accepted(1, 1)]
    with pytest.raises(ZeroDivisionError):
        bad.result(5)
    writer.close()


def test_a_phone_heard_from_a_thousand_times_is_decided_on_by_the_last_time(
    writer: GroupWriter, log: LedgerRecorder
) -> None:
    def hear(minutes: int) -> Command:
        def decide(device: Device) -> None:
            heard_at = EIGHT + timedelta(minutes=minutes)
            device.hear(worker_id=ANNA, heard_at=heard_at, queue_depth=0, app_version="", last_seq=None, offset_ms=0)

        return Command(aggregate=Device, subject_id=PHONE, decide=decide, actor="care_worker/anna")

    for minutes in range(0, 60, 6):
        writer.write([hear(minutes), hear(minutes + 1)])
    heard = [(row.topic, row.version) for row in log.read_stream(f"device/{PHONE}")]
    assert heard == [("device.heard_from", version) for version in range(1, 11)]
