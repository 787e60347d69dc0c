"""The one writer: commands decided in groups, facts counted once, refusals that harm no one. On both stores."""

import pytest

from domain.command import Accepted, Command, IdConflict, Known, Outcome, Quarantined, Refused, Wish
from domain.device.aggregate import Device
from domain.device.events import DeviceFactQuarantined
from domain.device.values import RevocationReason
from domain.ids import UnitId
from domain.visit.aggregate import Visit
from domain.visit.errors import VisitAlreadyPlannedError, WorkerNotAssignedError
from infra.recorder import LedgerRecorder
from infra.writer import GroupWriter
from tests.infra.writing import (
    ANNA,
    FACT,
    OTHER_PHONE,
    PHONE,
    assign_anna,
    check_in,
    evidence,
    office,
    plan,
    topics,
)


def test_a_fact_is_stored_once_and_registered_with_its_position(writer: GroupWriter, log: LedgerRecorder) -> None:
    assert writer.write([check_in()]) == [Accepted(1, 1)]
    assert topics(log) == ["visit.checked_in@2"]
    assert [(row.fact_id, row.device_id, row.digest, row.position) for row in log.facts("", 10)] == [
        (FACT, PHONE, b"sent", 1)
    ]


def test_a_retried_fact_is_known_with_its_first_position(writer: GroupWriter, log: LedgerRecorder) -> None:
    writer.write([check_in()])
    assert writer.write([check_in(), check_in()]) == [Known(1), Known(1)]
    assert topics(log) == ["visit.checked_in@2"]


def test_a_fact_sent_twice_in_one_group_counts_once(writer: GroupWriter, log: LedgerRecorder) -> None:
    assert writer.write([check_in(), check_in()]) == [Accepted(1, 1), Known(1)]
    assert topics(log) == ["visit.checked_in@2"]


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
    assert topics(log) == ["visit.checked_in@2", "device.fact_quarantined"]
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
    assert "visit.checked_in@2" not in topics(log)


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
