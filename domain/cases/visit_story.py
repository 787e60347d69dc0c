"""A case's visit told as the events it would be in the ledger, so that a case goes through the same folds as a real month."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from domain.cases.case import DoneGiven, VisitGiven
from domain.cases.hours import hours_on, moment
from domain.event import FactStamp
from domain.ids import ClientId, DeviceId, FactId, PersonId, ServiceCode, StreamId, UnitId, WorkerId, stream_of
from domain.ports import Sealed
from domain.values import ApprovalRole, PlannedService, ReasonCode
from domain.visit.events import (
    AttendanceValues,
    VisitApproved,
    VisitAttendanceCorrected,
    VisitCancelled,
    VisitCheckedIn,
    VisitCheckedOut,
    VisitEvent,
    VisitExcessApproved,
    VisitExtraVisitApproved,
    VisitNotPerformed,
    VisitPlanned,
    VisitServiceDeclined,
    VisitServicePerformed,
    VisitWorkerAssigned,
)

OFFICE = "coordinator/case"
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
Told = tuple[VisitEvent, datetime]
"""An event, and when the ledger learned of it."""


class VisitStory:
    """Tells one visit of a case."""

    def __init__(self, given: VisitGiven, name: str, unit_id: UnitId, zone: str) -> None:
        self._given, self._zone, self._unit_id = given, zone, unit_id
        self._stream: StreamId = stream_of("visit", name)
        self._name, self._version = name, 0
        self.clients = tuple(ClientId(each) for each in given.clients or ((given.client,) if given.client else ()))
        self._learned_at = moment(given.learned, zone) if given.learned else None

    def told(self) -> Iterator[Told]:
        """The events in the order the ledger learns of them."""
        yield from self._plan()
        yield from self._registrations()
        yield from self._corrections()
        yield from self._approvals()

    def _plan(self) -> Iterator[Told]:
        given = self._given
        if not given.planned:
            return
        starts_at, ends_at = hours_on(given.day, given.planned, self._zone)
        before = starts_at - timedelta(days=7)
        first = self.clients[0] if self.clients else ClientId("")
        yield (
            self._event(
                VisitPlanned,
                client_ids=self.clients,
                scheduled_start_at=starts_at,
                scheduled_end_at=ends_at or starts_at,
                services=tuple(
                    PlannedService(ServiceCode(code), first, minutes) for code, minutes in given.plan.items()
                ),
                unit_id=self._unit_id,
                kind=given.kind,
                workers_needed=given.workers_needed,
            ),
            before,
        )
        for worker in given.workers or tuple(given.by):
            yield self._event(VisitWorkerAssigned, worker_id=WorkerId(worker)), before
        if given.cancelled:
            notice_at = moment(given.cancelled_at, self._zone) if given.cancelled_at else before
            yield self._event(VisitCancelled, cancelled_by=given.cancelled, notice_given_at=notice_at), notice_at

    def _registrations(self) -> Iterator[Told]:
        given = self._given
        for worker, hours in given.by.items():
            arrived_at, departed_at = hours_on(given.day, hours, self._zone)
            kind = given.kinds.get(worker, given.kind)
            yield self._fact(VisitCheckedIn, worker, arrived_at, "in", client_ids=self.clients, kind=kind)
            if departed_at:
                arrival_id = self._fact_id(worker, "in")
                yield self._fact(VisitCheckedOut, worker, departed_at, "out", arrival_fact_id=arrival_id)
        at = self._service_at()
        for number, done in enumerate(given.done):
            yield self._service(VisitServicePerformed, done, at, f"done{number}")
        for number, declined in enumerate(given.declined):
            yield self._service(VisitServiceDeclined, declined, at, f"declined{number}")
        if given.failed:
            yield self._fact(
                VisitNotPerformed, self._someone(), at, "failed", reason=given.failed, client_ids=self.clients
            )

    def _corrections(self) -> Iterator[Told]:
        given = self._given
        for correction in given.corrected:
            hours = hours_on(given.day, correction.hours, self._zone) if correction.hours else (None, None)
            becomes = AttendanceValues(
                worker_id=WorkerId(correction.worker),
                client_ids=self.clients,
                arrived_at=hours[0],
                departed_at=hours[1],
                withdrawn=not correction.hours,
            )
            is_there = correction.worker in given.by
            is_over = is_there and hours_on(given.day, given.by[correction.worker], self._zone)[1] is not None
            yield (
                self._event(
                    VisitAttendanceCorrected,
                    arrival_fact_id=self._fact_id(correction.worker, "in") if is_there else None,
                    departure_fact_id=self._fact_id(correction.worker, "out") if is_over else None,
                    becomes=becomes,
                    reason_codes=(ReasonCode.DATA_ENTRY_ERROR,),
                    person_id=PersonId(self.clients[0] if self.clients else correction.worker),
                ),
                self._learned(hours[1] or self._service_at()),
            )

    def _approvals(self) -> Iterator[Told]:
        given = self._given
        roles = given.approved if isinstance(given.approved, tuple) else tuple(ApprovalRole) if given.approved else ()
        at = self._learned(self._service_at()) + A_DAY
        for role in roles:
            yield self._event(VisitApproved, role=role, position=0, minutes=0), at
        beyond = ((VisitExcessApproved, given.excess_approved), (VisitExtraVisitApproved, given.extra_approved))
        for event, minutes in beyond:
            if minutes and self.clients:
                reason = Sealed("approved in the case")
                yield self._event(event, client_id=self.clients[0], minutes=minutes, reason=reason), at

    def _service(self, event: type[Any], told: str | DoneGiven, at: datetime, what: str) -> Told:
        done = DoneGiven(service=told) if isinstance(told, str) else told
        client = done.client or (self.clients[0] if len(self.clients) == 1 else "")
        fields: dict[str, Any] = {
            "service_code": ServiceCode(done.service),
            "client_id": ClientId(client) if client else None,
        }
        if event is VisitServicePerformed:
            fields["minutes"] = done.minutes
        return self._fact(event, done.worker or self._someone(), at, what, **fields)

    def _someone(self) -> str:
        return next(iter((*self._given.by, *self._given.workers)), "somebody")

    def _service_at(self) -> datetime:
        given = self._given
        hours = next(iter((*given.by.values(), *((given.planned,) if given.planned else ()))), "12:00-")
        return hours_on(given.day, hours, self._zone)[0] + A_MINUTE

    def _learned(self, at: datetime) -> datetime:
        return self._learned_at or at + A_MINUTE

    def _fact(self, event: type[Any], worker: str, at: datetime, what: str, **fields: Any) -> Told:
        stamp = FactStamp(id=self._fact_id(worker, what), digest="", device_id=DeviceId(f"phone of {worker}"))
        told: VisitEvent = self._make(
            event,
            f"care_worker/{worker}",
            stamp,
            worker_id=WorkerId(worker),
            occurred_at=at,
            source=self._given.source,
            **fields,
        )
        return told, self._learned(at)

    def _event(self, event: type[Any], **fields: Any) -> VisitEvent:
        stamp = FactStamp(id=FactId(f"{self._name} {self._version + 1}"), digest="")
        made: VisitEvent = self._make(event, OFFICE, stamp, **fields)
        return made

    def _make(self, event: type[Any], actor: str, stamp: FactStamp, **fields: Any) -> Any:
        self._version += 1
        return event(originator_id=self._stream, originator_version=self._version, actor=actor, stamp=stamp, **fields)

    def _fact_id(self, worker: str, what: str) -> FactId:
        return FactId(f"{self._name} {worker} {what}")
