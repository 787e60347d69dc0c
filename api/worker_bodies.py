"""The decisions about workers as bodies, and the command that each becomes."""

from typing import Annotated

from pydantic import Field

from api.office_bodies import Body, Code, Day, ShiftUuid, UnitUuid, WorkerUuid
from api.strict_json import Instant, Text
from domain.command import Command
from domain.ids import WorkerId
from domain.office import workers
from domain.office.act import Act
from domain.worker.values import LicensedTitle, WorkerAbsenceKind


class RegisterWorkerBody(Body):
    """A worker who may have registered visits already. `title` is the employer's own code for the employment."""

    registered_on: Day
    name: Annotated[str, Text(200, min_code_points=1)] | None = None
    employee_number: Annotated[str, Text(40, min_code_points=1)] | None = None
    title: Annotated[str, Text(64)] = ""

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.register_worker(
            worker_id,
            registered_on=self.registered_on,
            name=self.name,
            employee_number=self.employee_number,
            title=self.title,
            act=act,
        )


class JoinUnitBody(Body):
    """Which unit employs the worker, from when."""

    unit_id: UnitUuid
    on: Day

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.join_unit(worker_id, unit_id=self.unit_id, on=self.on, act=act)


class LeaveUnitBody(Body):
    """Which unit, and the first day that it no longer employs the worker."""

    unit_id: UnitUuid
    on: Day

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.leave_unit(worker_id, unit_id=self.unit_id, on=self.on, act=act)


class LendToUnitBody(Body):
    """Which unit borrows the worker, up to, not including, `until_on`."""

    unit_id: UnitUuid
    from_on: Day
    until_on: Day

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.lend_to_unit(
            worker_id, unit_id=self.unit_id, from_on=self.from_on, until_on=self.until_on, act=act
        )


class RecordWorkerAbsenceBody(Body):
    """From when the worker is away; until when, if that is known. No illness or kind of leave is kept."""

    kind: Annotated[WorkerAbsenceKind, Field(strict=False)]
    from_at: Instant
    until_at: Instant | None = None

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.record_worker_absence(
            worker_id, kind=self.kind, from_at=self.from_at, until_at=self.until_at, act=act
        )


class RecordWorkerReturnBody(Body):
    """When the worker was back."""

    at: Instant

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.record_worker_return(worker_id, at=self.at, act=act)


class ShiftBody(Body):
    """A shift as the office intends it."""

    shift_id: ShiftUuid
    unit_id: UnitUuid
    scheduled_start_at: Instant
    scheduled_end_at: Instant


class ScheduleShiftBody(ShiftBody):
    """A new shift."""

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.schedule_shift(worker_id, **dict(self), act=act)


class ChangeShiftBody(ShiftBody):
    """The whole shift, as it is to be."""

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.change_shift(worker_id, **dict(self), act=act)


class DelegateHealthTaskBody(Body):
    """Which health task the worker may do, over which days, on whose word."""

    service_code: Code
    from_on: Day
    until_on: Day | None = None
    delegated_by: WorkerUuid

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.delegate_health_task(
            worker_id,
            service_code=self.service_code,
            from_on=self.from_on,
            until_on=self.until_on,
            delegated_by=self.delegated_by,
            act=act,
        )


class RevokeDelegationBody(Body):
    """Which health task, and the first day that the worker may no longer do it."""

    service_code: Code
    on: Day

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.revoke_delegation(worker_id, service_code=self.service_code, on=self.on, act=act)


class RecordLicensedTitleBody(Body):
    """Which title the worker holds by licence, from when."""

    title: Annotated[LicensedTitle, Field(strict=False)]
    from_on: Day

    def command_on(self, worker_id: WorkerId, act: Act) -> Command:
        """The decision, for the writer."""
        return workers.record_licensed_title(worker_id, title=self.title, from_on=self.from_on, act=act)
