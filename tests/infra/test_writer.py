"""The one writer: commands decided in groups, facts counted once, refusals that harm no one. On both stores."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.command import Accepted, Command, IdConflict, Known, Outcome, Quarantined, Refused, Unusable, Wish
from domain.device.aggregate import Device
from domain.device.events import DeviceFactQuarantined
from domain.device.values import RevocationReason
from domain.event import FactStamp
from domain.ids import ClientId, DeviceId, FactId, UnitId, WorkerId
from domain.ledger import Ledger
from domain.topics import EVENT_CLASSES
from domain.visit.aggregate import Visit
from domain.visit.errors import VisitAlreadyPlannedError, WorkerNotAssignedError
from domain.visit.events import VisitCheckedIn
from infra.codec import EventCodec, mapper_over
from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.writer import QUEUE_WISHES_MAX, ConflictingWriterError, GroupWriter, StoreUnavailableError, WriterBusyError
from tests.scenario import ReadableSealer

EIGHT = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)
VISIT = "11111111-1111-4111-8111-111111111111"
OTHER_VISIT = "22222222-2222-4222-8222-222222222222"
ANNA = WorkerId("33333333-3333-4333-8333-333333333333")
KARIN = ClientId("44444444-4444-4444-8444-444444444444")
PHONE = DeviceId("55555555-5555-4555-8555-555555555555")
OTHER_PHONE = DeviceId("66666666-6666-4666-8666-666666666666")
FACT = "77777777-7777-4777-8777-777777777777"


@pytest.fixture
def log(store_url: str, tmp_path: Path) -> Iterator[LedgerRecorder]:
    settings = Settings(data_dir=tmp_path, store_url=store_url if store_url.startswith("postgres") else "")
    log = open_log(settings)
    yield log
    log.close()


@pytest.fixture
def ledger(log: LedgerRecorder) -> Ledger:
    return ledger_over(log)


@pytest.fixture
def writer(ledger: Ledger) -> Iterator[GroupWriter]:
    writer = GroupWriter(ledger)
    writer.start()
    yield writer
    writer.close()


def ledger_over(log: LedgerRecorder) -> Ledger:
    codec = EventCodec(EVENT_CLASSES)
    return Ledger(log=log, mapper=mapper_over(codec), codec=codec, sealer=ReadableSealer())


def check_in(
    fact_id: str = FACT, *, visit: str = VISIT, device: DeviceId = PHONE, content: bytes = b"sent", at: datetime = EIGHT
) -> Command:
    def decide(aggregate: Visit) -> None:
        aggregate.register(VisitCheckedIn, worker_id=ANNA, occurred_at=at)

    return Command(
        aggregate=Visit,
        subject_id=visit,
        decide=decide,
        actor=f"care_worker/{ANNA}",
        stamp=FactStamp(id=FactId(fact_id), digest=b64encode(content).decode(), device_id=device),
        evidence=lambda: evidence(device=device, fact_id=fact_id, content=content),
    )


def evidence(*, device: DeviceId = PHONE, fact_id: str = FACT, content: bytes = b"sent") -> Unusable:
    return Unusable(
        device_id=device,
        worker_id=ANNA,
        actor=f"care_worker/{ANNA}",
        reason="malformed",
        fact_id=fact_id,
        evidence_id=f"{device}:{content.decode()}",
        sealed=lambda: b"sealed:" + content,
    )


def office(decide: Any, *, subject: str = VISIT, expected_version: int | None = None) -> Command:
    return Command(
        aggregate=Visit, subject_id=subject, decide=decide, actor="coordinator/eva", expected_version=expected_version
    )


def plan(visit: Visit) -> None:
    visit.plan(client_ids=(KARIN,), scheduled_start_at=EIGHT, scheduled_end_at=EIGHT + timedelta(minutes=30))


def assign_anna(visit: Visit) -> None:
    visit.assign(worker_id=ANNA)


def topics(log: LedgerRecorder) -> list[str]:
    return [row.topic for row in log.read(0, 1000)]


def test_a_fact_is_stored_once_and_registered_with_its_position(writer: GroupWriter, log: LedgerRecorder) -> None:
    assert writer.write([check_in()]) == [Accepted(1, 1)]
    assert topics(log) == ["visit.checked_in"]
    assert [(row.fact_id, row.device_id, row.digest, row.position) for row in log.facts("", 10)] == [
        (FACT, PHONE, b"sent", 1)
    ]


def test_a_retried_fact_is_known_with_its_first_position(writer: GroupWriter, log: LedgerRecorder) -> None:
    writer.write([check_in()])
    assert writer.write([check_in(), check_in()]) == [Known(1), Known(1)]
    assert topics(log) == ["visit.checked_in"]


def test_a_fact_sent_twice_in_one_group_counts_once(writer: GroupWriter, log: LedgerRecorder) -> None:
    assert writer.write([check_in(), check_in()]) == [Accepted(1, 1), Known(1)]
    assert topics(log) == ["visit.checked_in"]


@pytest.mark.parametrize(
    "other",
    [check_in(content=b"other"), check_in(device=OTHER_PHONE)],
    ids=["other content", "other device"],
)
@pytest.mark.parametrize("in_one_group", [True, False])
def test_a_reused_id_is_a_conflict_and_both_contents_are_kept(
    writer: GroupWriter, log: LedgerRecorder, other: Command, in_one_group: bool
) -> None:
    groups: list[list[Wish]] = [[check_in(), other]] if in_one_group else [[check_in()], [other]]
    outcomes: list[Outcome] = [outcome for group in groups for outcome in writer.write(group)]
    assert outcomes == [Accepted(1, 1), IdConflict(1)]
    assert topics(log) == ["visit.checked_in", "device.fact_quarantined"]
    assert [(row.reason, row.fact_id) for row in log.quarantined(10)] == [("id_conflict", FACT)]


def test_a_conflict_sent_again_is_kept_once(writer: GroupWriter, log: LedgerRecorder) -> None:
    writer.write([check_in()])
    other = check_in(content=b"other")
    assert writer.write([other, other]) == [IdConflict(1), IdConflict(1)]
    assert writer.write([other]) == [IdConflict(1)]
    assert len(log.quarantined(10)) == 1
    assert topics(log).count(DeviceFactQuarantined.TOPIC) == 1


def test_bytes_that_are_no_fact_are_kept_and_the_log_says_so(writer: GroupWriter, log: LedgerRecorder) -> None:
    assert writer.write([evidence(), check_in()]) == [Quarantined("malformed"), Accepted(2, 1)]
    kept = log.quarantined(10)[0]
    assert (kept.reason, kept.sealed, kept.device_id) == ("malformed", b"sealed:sent", PHONE)


def test_a_revoked_devices_facts_are_kept_apart(writer: GroupWriter, log: LedgerRecorder) -> None:
    def revoke(device: Device) -> None:
        device.register(unit_id=UnitId("unit"))
        device.revoke(reason=RevocationReason.LOST)

    writer.write([Command(aggregate=Device, subject_id=PHONE, decide=revoke, actor="admin/ada")])
    assert writer.write([check_in()]) == [Quarantined("device_revoked")]
    assert "visit.checked_in" not in topics(log)


def test_a_refused_command_leaves_nothing_and_harms_no_one(writer: GroupWriter, log: LedgerRecorder) -> None:
    def plan_then_fail(visit: Visit) -> None:
        plan(visit)
        visit.unassign(worker_id=ANNA)

    outcomes = writer.write([office(plan_then_fail), office(plan), office(assign_anna), office(plan)])
    assert isinstance(outcomes[0], Refused)
    assert isinstance(outcomes[0].error, WorkerNotAssignedError)
    assert outcomes[1:3] == [Accepted(1, 1), Accepted(2, 2)]
    assert isinstance(outcomes[3], Refused)
    assert isinstance(outcomes[3].error, VisitAlreadyPlannedError)
    assert topics(log) == ["visit.planned", "visit.worker_assigned"]


def test_each_command_decides_on_what_the_previous_ones_left(writer: GroupWriter) -> None:
    outcomes = writer.write([office(plan), check_in(), office(assign_anna, expected_version=2)])
    assert outcomes == [Accepted(1, 1), Accepted(2, 2), Accepted(3, 3)]


def test_another_version_than_the_expected_is_refused(writer: GroupWriter) -> None:
    writer.write([office(plan)])
    [outcome] = writer.write([office(assign_anna, expected_version=7)])
    assert isinstance(outcome, Refused)
    assert outcome.error.code == "wrong_version"


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
    assert topics(log) == ["visit.checked_in"] * 50


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
    assert topics(log) == ["visit.checked_in"]


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
