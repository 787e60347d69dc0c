"""Who is shut out is known in every process, from the log alone. On both stores."""

import time
from collections.abc import Callable, Sequence

import pytest
from eventsourcing.persistence import OperationalError
from msgspec.structs import replace

from domain.admission.values import WithdrawalReason
from domain.command import Accepted, Command, Known, Quarantined
from domain.device.aggregate import Device
from domain.device.values import RevocationReason
from domain.ids import UnitId
from domain.log import NewRow
from domain.office.act import Act
from domain.office.admission import restore_admission, withdraw_admission
from domain.topics import EVENT_CLASSES
from infra import remembered_log
from infra.codec import EventCodec
from infra.protected import ProtectedClients
from infra.recorder import LedgerRecorder
from infra.remembered_erasures import RememberedErasures
from infra.shut_out import ShutOut
from infra.writer import GroupWriter
from tests.infra.stores import opened
from tests.infra.writing import OTHER_PHONE, PHONE, check_in

ACT = Act(actor="admin/ada")
SECOND = "88888888-8888-4888-8888-888888888888"


def on_device(decide: Callable[[Device], None], device_id: str = PHONE) -> Command:
    return Command(aggregate=Device, subject_id=device_id, decide=decide, actor=ACT.actor)


def register(device: Device) -> None:
    device.register(unit_id=UnitId("unit"))


def revoke(device: Device) -> None:
    device.revoke(reason=RevocationReason.STOLEN)


def over(log: LedgerRecorder) -> ShutOut:
    """What another process knows."""
    return ShutOut(log, EventCodec(EVENT_CLASSES))


def known(each: ShutOut) -> tuple[list[str], list[str]]:
    each.look()
    return each.devices, each.people


def test_every_process_knows_who_is_shut_out_and_who_is_let_in_again(
    writer: GroupWriter, log: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_log, "POSITIONS_AT_ONCE", 2)
    early = over(log)
    assert known(early) == ([], [])
    writer.write([on_device(register), on_device(register, OTHER_PHONE), check_in(), on_device(revoke)])
    writer.write([withdraw_admission(name, reason=WithdrawalReason.LEFT, act=ACT) for name in ("bo", "eva", "åsa")])
    assert known(early) == known(over(log)) == ([PHONE], ["bo", "eva", "åsa"])
    assert (early.has_device(PHONE), early.has_device(OTHER_PHONE), early.has_device("")) == (True, False, False)
    assert (early.has_person("bo"), early.has_person("Bo"), early.has_person("anna")) == (True, False, False)
    writer.write([on_device(register), restore_admission("bo", act=ACT)])
    assert known(early) == known(over(log)) == ([], ["eva", "åsa"])
    assert early.position == log.head()[0]


def test_a_process_that_runs_learns_of_it_by_itself_also_after_the_store_was_away(
    writer: GroupWriter, log: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_log, "LOOK_EVERY_S", 0.01)
    running = over(log)
    running.start()
    try:
        with monkeypatch.context() as away:
            away.setattr(log, "head", fail)
            time.sleep(0.05)
        writer.write([withdraw_admission("bo", reason=WithdrawalReason.LEFT, act=ACT)])
        deadline = time.monotonic() + 5
        while not running.has_person("bo") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert running.has_person("bo")
    finally:
        running.close()


def fail() -> tuple[int, int]:
    raise OperationalError


def test_a_process_looks_often_enough_for_a_minute() -> None:
    assert remembered_log.LOOK_EVERY_S < 10


def read_s(log: LedgerRecorder, topics: Sequence[str]) -> float:
    """Seconds of the processor that it takes to find that a log has no event of some topics, the least of a few."""
    spent = []
    for _ in range(5):
        began = time.process_time()
        assert log.read(0, 10, topics=topics) == []
        spent.append(time.process_time() - began)
    return min(spent)


def test_what_is_remembered_is_found_without_reading_the_log_through(sqlite_url: str) -> None:
    with opened(sqlite_url) as log:
        log.append([NewRow(f"visit/{number}", 1, "visit.checked_in", b"") for number in range(10_000)])
        through = read_s(log, ["visit.cancelled"])
        for each in (ShutOut, ProtectedClients, RememberedErasures):
            assert read_s(log, each.TOPICS) < through / 3


def test_a_fact_under_a_token_of_a_revoked_phone_is_kept_apart_whatever_phone_it_names(
    writer: GroupWriter, log: LedgerRecorder
) -> None:
    writer.write([check_in(), on_device(register, OTHER_PHONE), on_device(revoke, OTHER_PHONE)])
    bound = [replace(each, bound_to=OTHER_PHONE) for each in (check_in(SECOND), check_in())]
    assert writer.write(bound) == [Quarantined("device_revoked"), Known(1)]
    assert [(row.reason, row.device_id) for row in log.quarantined(10)] == [("device_revoked", PHONE)]
    assert isinstance(writer.write([replace(check_in(SECOND), bound_to=PHONE)])[0], Accepted)
