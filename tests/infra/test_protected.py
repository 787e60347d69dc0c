"""Whose identity is protected is known in every process, from the log alone. On both stores."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from eventsourcing.persistence import OperationalError

from domain.client.aggregate import Client
from domain.client.details import Details
from domain.client.values import ProtectionLevel
from domain.command import Command
from domain.ids import ClientId, UnitId
from domain.office.act import Act
from domain.office.clients import mark_protected_identity, name_staff, remove_staff
from domain.topics import EVENT_CLASSES
from infra import remembered_log
from infra.codec import EventCodec
from infra.protected import ProtectedClients
from infra.recorder import LedgerRecorder
from infra.writer import GroupWriter
from tests.infra.writing import check_in

ACT = Act(actor="unit_manager/eva")
DAY = date(2026, 3, 2)
ASTRID, BROR = ClientId("astrid"), ClientId("bror")


def registered(client_id: ClientId) -> Command:
    return Command(
        aggregate=Client,
        subject_id=client_id,
        decide=lambda client: client.register(unit_id=UnitId("bracke"), registered_on=DAY, details=Details()),
        actor=ACT.actor,
    )


def over(log: LedgerRecorder) -> ProtectedClients:
    """What another process knows."""
    return ProtectedClients(log, EventCodec(EVENT_CLASSES))


def known(each: ProtectedClients, day: date = DAY) -> dict[ClientId, tuple[str, ...]]:
    each.look()
    return {client_id: held.named for client_id, held in each.on(day).items()}


def test_every_process_knows_who_is_protected_from_which_day_and_who_is_named(
    writer: GroupWriter, log: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_log, "POSITIONS_AT_ONCE", 2)
    early = over(log)
    writer.write([registered(ASTRID), registered(BROR), check_in(), name_staff(BROR, subjects=("bo",), act=ACT)])
    assert (known(early), early.is_empty) == ({}, True)
    level = ProtectionLevel.PROTECTED_REGISTRATION
    writer.write(
        [
            mark_protected_identity(ASTRID, level=level, from_on=DAY, named=("eva", "ada"), act=ACT),
            mark_protected_identity(BROR, level=level, from_on=DAY + timedelta(days=1), act=ACT),
            remove_staff(ASTRID, subjects=("ada",), act=ACT),
        ]
    )
    assert known(early) == known(over(log)) == {ASTRID: ("eva",)}
    assert known(early, DAY + timedelta(days=1)) == {ASTRID: ("eva",), BROR: ("bo",)}
    writer.write([mark_protected_identity(ASTRID, level=ProtectionLevel.NONE, from_on=DAY, act=ACT)])
    assert known(early) == known(over(log)) == {}
    assert early.position == log.head()[0]


def test_somebody_is_protected_at_an_hour_on_either_day_that_it_may_be_and_a_mark_holds_from_the_next_look_on(
    writer: GroupWriter, log: LedgerRecorder
) -> None:
    known_now, eve, day = over(log), DAY - timedelta(days=1), DAY
    level = ProtectionLevel.PROTECTED_REGISTRATION
    writer.write([registered(ASTRID), registered(BROR)])

    def at(day: date) -> set[ClientId]:
        known_now.look()
        return set(known_now.at(datetime(day.year, day.month, day.day, tzinfo=UTC)))

    assert at(eve) == set()
    writer.write([mark_protected_identity(ASTRID, level=level, from_on=day, act=ACT)])
    assert [at(eve - timedelta(days=1)), at(eve), at(day)] == [set(), {ASTRID}, {ASTRID}]
    writer.write([mark_protected_identity(BROR, level=level, from_on=day, act=ACT)])
    assert at(day) == {ASTRID, BROR}
    writer.write([mark_protected_identity(ASTRID, level=ProtectionLevel.NONE, from_on=day, act=ACT)])
    assert at(day) == {BROR}


def test_a_process_that_runs_learns_of_a_mark_by_itself_also_after_the_store_was_away(
    writer: GroupWriter, log: LedgerRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered_log, "LOOK_EVERY_S", 0.01)
    running = over(log)
    running.start()
    try:
        with monkeypatch.context() as away:
            away.setattr(log, "head", fail)
            time.sleep(0.05)
        level = ProtectionLevel.CONFIDENTIALITY_MARKING
        writer.write([registered(ASTRID), mark_protected_identity(ASTRID, level=level, act=ACT)])
        deadline = time.monotonic() + 5
        while running.is_empty and time.monotonic() < deadline:
            time.sleep(0.01)
        assert list(running.on(DAY)) == [ASTRID]
    finally:
        running.close()


def fail() -> tuple[int, int]:
    raise OperationalError
