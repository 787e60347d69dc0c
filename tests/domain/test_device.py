"""What is heard of phones, what is kept of them, and who may say that one no longer registers."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from domain.device import errors
from domain.device.aggregate import Device
from domain.device.events import DeviceFactQuarantined, DeviceHeardFrom, DeviceRegistered, DeviceRevoked, SeqGap
from domain.device.facts import device_facts
from domain.device.history import DeviceHistory, should_record_hearing
from domain.device.values import RevocationReason
from domain.evidence import DeviceContact, QuarantinedFact
from domain.ids import DeviceId, FactId, UnitId, WorkerId
from tests.scenario import Scenario, Told, fact

device = Scenario(Device, "phone-1")
PHONE, ANNA, BO, BRACKE = DeviceId("phone-1"), WorkerId("anna"), WorkerId("bo"), UnitId("bracke")


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2025, 3, 3, hour, minute, second, tzinfo=UTC)


REGISTERED = fact(DeviceRegistered, unit_id=BRACKE, worker_id=ANNA, model="X1")
REVOKED = fact(DeviceRevoked, reason=RevocationReason.LOST)
HEARD = fact(
    DeviceHeardFrom,
    worker_id=ANNA,
    heard_at=at(8),
    queue_depth=3,
    app_version="1.2",
    last_seq=17,
    offset_ms=-400,
    gaps=(SeqGap(9, 11), SeqGap(14, 14)),
)
QUARANTINED = fact(
    DeviceFactQuarantined, fact_id=FactId("fact-1"), reason="id_conflict", quarantine_id="bytes-1", worker_id=ANNA
)


def register(device: Device) -> None:
    device.register(unit_id=BRACKE, worker_id=ANNA, model="X1")


def revoke(device: Device) -> None:
    device.revoke(reason=RevocationReason.LOST)


def hear(heard_at: datetime, worker_id: WorkerId = ANNA) -> Callable[[Device], None]:
    return lambda device: device.hear(
        worker_id=worker_id,
        heard_at=heard_at,
        queue_depth=3,
        app_version="1.2",
        last_seq=17,
        offset_ms=-400,
        gaps=(SeqGap(9, 11), SeqGap(14, 14)),
    )


def quarantine(device: Device) -> None:
    device.quarantine(fact_id=FactId("fact-1"), reason="id_conflict", quarantine_id="bytes-1", worker_id=ANNA)


def history_of(*told: Told) -> DeviceHistory:
    return device.given(*told).aggregate.history


def test_a_phone_is_registered() -> None:
    device.given().when(register).then(REGISTERED)


def test_a_registered_phone_is_not_registered_again() -> None:
    device.given(REGISTERED).when(register).then_refused(errors.DeviceAlreadyRegisteredError)


def test_a_phone_that_was_heard_of_first_is_registered_afterwards() -> None:
    device.given(HEARD).when(register).then(REGISTERED)


def test_a_lost_phone_is_revoked() -> None:
    device.given(REGISTERED).when(revoke).then(REVOKED)
    assert device.given(REGISTERED, REVOKED).aggregate.revoked
    assert not device.given(REGISTERED).aggregate.revoked


def test_a_phone_that_nobody_registered_is_revoked_too() -> None:
    device.given(HEARD).when(revoke).then(REVOKED)


def test_a_phone_that_was_never_heard_of_is_not_revoked() -> None:
    device.given().when(revoke).then_refused(errors.DeviceUnknownError)


def test_a_revoked_phone_is_not_revoked_again() -> None:
    device.given(REGISTERED, REVOKED).when(revoke).then_refused(errors.DeviceAlreadyRevokedError)


def test_a_revoked_phone_is_registered_anew_when_it_is_found() -> None:
    device.given(REGISTERED, REVOKED).when(register).then(REGISTERED)
    assert not device.given(REGISTERED, REVOKED, REGISTERED).aggregate.revoked


@pytest.mark.parametrize("past", [(), (REGISTERED,), (REGISTERED, REVOKED), (QUARANTINED,)])
def test_the_first_contact_is_recorded_whatever_the_past(past: tuple[Told, ...]) -> None:
    device.given(*past).when(hear(at(8))).then(HEARD)


def test_contacts_are_recorded_at_most_each_five_minutes() -> None:
    device.given(HEARD).when(hear(at(8))).then_nothing()
    device.given(HEARD).when(hear(at(8, 4, 59))).then_nothing()
    device.given(HEARD).when(hear(at(8, 4, 59), BO)).then_nothing()
    assert [should_record_hearing(history_of(HEARD), at(8, minute)) for minute in (4, 5)] == [False, True]


def test_a_contact_after_five_minutes_is_recorded() -> None:
    device.given(HEARD).when(hear(at(8, 5))).then(
        fact(
            DeviceHeardFrom,
            worker_id=ANNA,
            heard_at=at(8, 5),
            queue_depth=3,
            app_version="1.2",
            last_seq=17,
            offset_ms=-400,
            gaps=(SeqGap(9, 11), SeqGap(14, 14)),
        )
    )


def test_bytes_that_are_no_fact_are_kept_once() -> None:
    device.given().when(quarantine).then(QUARANTINED)
    device.given(QUARANTINED).when(quarantine).then_nothing()
    assert device.given(QUARANTINED).aggregate.holds("bytes-1")
    assert not device.given(QUARANTINED).aggregate.holds("bytes-2")


def test_the_last_contact_of_each_worker_is_believed() -> None:
    later = fact(DeviceHeardFrom, worker_id=ANNA, heard_at=at(9))
    by_bo = fact(DeviceHeardFrom, worker_id=BO, heard_at=at(10), last_seq=20)
    assert device_facts(PHONE, history_of(HEARD)) == (
        DeviceContact(
            device_id=PHONE,
            worker_id=ANNA,
            heard_at=at(8),
            queue_depth=3,
            app_version="1.2",
            last_seq=17,
            offset_ms=-400,
            missing_facts=4,
        ),
    )
    assert device_facts(PHONE, history_of(HEARD, later, by_bo)) == (
        DeviceContact(device_id=PHONE, worker_id=ANNA, heard_at=at(9)),
        DeviceContact(device_id=PHONE, worker_id=BO, heard_at=at(10), last_seq=20),
    )


def test_kept_evidence_is_believed_with_its_reason() -> None:
    assert device_facts(PHONE, history_of(QUARANTINED)) == (
        QuarantinedFact(
            device_id=PHONE,
            quarantine_id="bytes-1",
            fact_id=FactId("fact-1"),
            worker_id=ANNA,
            reason="id_conflict",
        ),
    )
