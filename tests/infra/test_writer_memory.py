"""The writer remembers what it decided on, and is never wrong for it: other processes, refusals, failures. On both stores."""

from datetime import timedelta
from pathlib import Path

import pytest
from eventsourcing.persistence import PersistenceError

from domain.command import Accepted, Command, Quarantined, Refused
from domain.device.aggregate import Device
from domain.device.errors import DeviceAlreadyRegisteredError
from domain.device.values import RevocationReason
from domain.ids import UnitId
from domain.ledger import Ledger
from domain.visit.aggregate import Visit
from infra.event_store import open_log
from infra.recorder import LedgerRecorder
from infra.settings import Settings
from infra.writer import GroupWriter, StoreUnavailableError
from tests.infra.stores import SQLITE, run_sql
from tests.infra.writing import ANNA, EIGHT, PHONE, check_in, ledger_over, office, plan, topics

STOP = "CREATE TRIGGER stop AFTER INSERT ON event BEGIN INSERT INTO nowhere VALUES (1); END"
"""Makes SQLite fail in the middle of an append."""
STOP_AT_COMMIT = """
CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;
CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stop();
"""
"""Makes PostgreSQL take the append and fail at the commit."""


def on_phone(decide: object) -> Command:
    assert callable(decide)
    return Command(aggregate=Device, subject_id=PHONE, decide=decide, actor="admin/ada")


def register(device: Device) -> None:
    device.register(unit_id=UnitId("unit"))


def revoke(device: Device) -> None:
    device.revoke(reason=RevocationReason.LOST)


def hear(device: Device, minutes: int = 0) -> None:
    heard_at = EIGHT + timedelta(minutes=minutes)
    device.hear(worker_id=ANNA, heard_at=heard_at, queue_depth=0, app_version="", last_seq=None, offset_ms=0)


def test_what_is_remembered_knows_its_version_and_position(ledger: Ledger) -> None:
    assert ledger.decide([office(plan), on_phone(hear)]) == [Accepted(1, 1), Accepted(2, 1)]
    assert ledger.decide([on_phone(hear)]) == [Accepted(2, 1, changed=False)]
    assert ledger.decide([on_phone(register), on_phone(revoke)]) == [Accepted(3, 2), Accepted(4, 3)]
    assert ledger.decide([on_phone(hear)]) == [Accepted(4, 3, changed=False)]


def test_a_phone_revoked_by_another_process_is_known_at_once(ledger: Ledger, log: LedgerRecorder) -> None:
    ledger.decide([on_phone(register)])
    ledger_over(log).decide([on_phone(revoke)])
    assert ledger.decide([check_in()]) == [Quarantined("device_revoked")]


def test_a_refused_command_leaves_nothing_to_be_remembered(ledger: Ledger, log: LedgerRecorder) -> None:
    def register_twice(device: Device) -> None:
        register(device)
        register(device)

    ledger.decide([on_phone(hear)])
    [refused, heard] = ledger.decide([on_phone(register_twice), on_phone(lambda device: hear(device, minutes=6))])
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, DeviceAlreadyRegisteredError)
    assert heard == Accepted(2, 2)
    assert ledger.decide([on_phone(register)]) == [Accepted(3, 3)]
    assert topics(log) == ["device.heard_from", "device.heard_from", "device.registered"]


def test_what_a_fault_of_our_own_left_behind_is_not_remembered(ledger: Ledger) -> None:
    def broken(_: Visit) -> None:
        raise ZeroDivisionError

    ledger.decide([on_phone(hear)])
    with pytest.raises(ZeroDivisionError):
        ledger.decide([on_phone(register), office(broken)])
    assert ledger.decide([on_phone(register)]) == [Accepted(2, 2)]


def test_what_the_store_did_not_take_is_not_remembered(tmp_path: Path) -> None:
    log = open_log(Settings(data_dir=tmp_path))
    url = f"{SQLITE}{tmp_path / 'ledger.db'}"
    writer = GroupWriter(ledger_over(log))
    writer.start()
    writer.write([on_phone(hear)])
    run_sql(url, STOP)
    with pytest.raises(StoreUnavailableError):
        writer.write([on_phone(register)])
    run_sql(url, "DROP TRIGGER stop")
    assert writer.write([on_phone(register)]) == [Accepted(2, 2)]
    writer.close()
    log.close()


def test_what_could_not_be_committed_is_not_remembered(postgres_url: str, tmp_path: Path) -> None:
    log = open_log(Settings(data_dir=tmp_path, store_url=postgres_url))
    ledger = ledger_over(log)
    ledger.decide([on_phone(hear)])
    run_sql(postgres_url, STOP_AT_COMMIT)
    with pytest.raises(PersistenceError):
        ledger.decide([on_phone(register)])
    run_sql(postgres_url, "DROP FUNCTION stop CASCADE")
    [registered] = ledger.decide([on_phone(register)])
    assert isinstance(registered, Accepted)
    assert (registered.version, topics(log)) == (2, ["device.heard_from", "device.registered"])
    log.close()


def test_a_race_that_was_lost_is_decided_on_what_the_other_left(postgres_url: str, tmp_path: Path) -> None:
    """Another process registers the phone between our reading and our append. (SQLite lets none in.)"""
    log = open_log(Settings(data_dir=tmp_path, store_url=postgres_url))
    ledger, rival = ledger_over(log), ledger_over(log)
    attempts = []

    def outrun(device: Device) -> None:
        attempts.append(device.version)
        if len(attempts) == 1:
            rival.decide([on_phone(register)])
        register(device)

    ledger.decide([on_phone(hear)])
    writer = GroupWriter(ledger)
    writer.start()
    [outcome] = writer.write([on_phone(outrun)])
    writer.close()
    log.close()
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.error, DeviceAlreadyRegisteredError)
    assert attempts == [1, 2]


def test_an_append_that_slipped_in_before_ours_is_noticed_by_the_next_group(postgres_url: str, tmp_path: Path) -> None:
    """Another process revokes a remembered phone while we decide on something else. (SQLite lets none in.)"""
    log = open_log(Settings(data_dir=tmp_path, store_url=postgres_url))
    ledger, rival = ledger_over(log), ledger_over(log)

    def plan_meanwhile(visit: Visit) -> None:
        rival.decide([on_phone(revoke)])
        plan(visit)

    ledger.decide([on_phone(register)])
    assert ledger.decide([office(plan_meanwhile)]) == [Accepted(3, 1)]
    assert ledger.decide([check_in()]) == [Quarantined("device_revoked")]
    log.close()
