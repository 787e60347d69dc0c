"""Each type of fact a phone may send: its payload, and the one call it becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from api.sync_models import (
    CheckInPayload,
    CheckOutPayload,
    FieldPayload,
    IndirectTimePayload,
    NotePayload,
    NotPerformedPayload,
    PositionBody,
    ServiceDeclinedPayload,
    ServicePerformedPayload,
    ShiftEndedPayload,
    ShiftStartedPayload,
)
from domain.aggregate import Aggregate
from domain.ids import ClientId, FactId, WorkerId
from domain.place import Fix, place_of
from domain.trail import Leg, Trail
from domain.values import ClockReading, Place, Source
from domain.visit import events
from domain.visit.aggregate import Visit
from domain.visit.concerned import ever_named
from domain.worker import events as worker_events
from domain.worker.aggregate import Worker


class ClientsKnown(NamedTuple):
    """What is known of clients, by id, when a fact of theirs comes."""

    home_of: Callable[[str], tuple[float, float] | None]
    """Where a client lives, as (latitude, longitude); None when it is not known."""
    protected: Callable[[], frozenset[ClientId]]
    """Whose identity is protected now: where they are no position is stored."""


class Teller(msgspec.Struct, frozen=True):
    """A fact with all that is needed to record it: who says it, and when it is believed to have happened."""

    worker_id: WorkerId
    at: datetime
    clock: ClockReading
    clients: ClientsKnown
    trail: Trail
    fact_id: FactId
    payload: Any

    def common(self) -> dict[str, Any]:
        """What every event from the field carries."""
        return {
            "worker_id": self.worker_id,
            "occurred_at": self.at,
            "clock": self.clock,
            "source": _source(self.payload),
            "unrecognised": _unrecognised(self.payload),
        }

    def fix(self) -> Fix | None:
        """Where the phone was, if it knew."""
        sent: PositionBody | None = self.payload.position
        return Fix(sent.lat, sent.lon, sent.accuracy_m, sent.mock) if sent else None

    def place(self, fix: Fix | None) -> dict[str, Any]:
        """The position to be sealed, and the place derived from it. Only a phone that names the client can be placed."""
        clients = self.payload.client_ids
        home = self.clients.home_of(str(clients[0])) if fix and clients else None
        place: Place = place_of(fix, home, absent_reason=self.payload.position_absent)
        position = f"{fix.lat},{fix.lon},{fix.accuracy_m}" if fix else None
        return {"place": place, "position": position, "tag_id": self.payload.tag_id}

    def is_at_protected(self, subject: Visit | Worker) -> bool:
        """Whether anybody of the visit, by this fact or by what was ever said of it, has protected identity."""
        protected = self.clients.protected()
        if protected.isdisjoint(map(str, self.payload.client_ids)):
            return (
                bool(protected) and isinstance(subject, Visit) and not protected.isdisjoint(ever_named(subject.history))
            )
        return True

    def leg(self, fix: Fix | None) -> Leg | None:
        """How far the phone has come since its last position, of those at hand."""
        return self.trail.leg(self.worker_id, self.fact_id, self.at, fix) if fix else None

    def leave(self, fix: Fix | None) -> None:
        """Let the next leg begin here."""
        if fix:
            self.trail.add(self.worker_id, self.fact_id, self.at, fix)


@dataclass(frozen=True, slots=True)
class FactType:
    """How one type of fact is read, and which event it becomes on which stream."""

    payload: type[FieldPayload]
    event: type[Any]
    fields: Callable[[Teller], dict[str, Any]]
    aggregate: type[Aggregate[Any]] = Visit
    text_of: Callable[[Teller], str] = lambda _: ""
    """Whose key seals a fact that is nothing but text. Where that person is erased it is kept apart: it makes no new key."""

    @property
    def about_visit(self) -> bool:
        """Whether the fact names a visit; the others are about the worker who sends them."""
        return self.aggregate is Visit

    def decide(self, teller: Teller) -> Callable[[Any], None]:
        """The call that the writer makes."""

        def record(aggregate: Visit | Worker) -> None:
            fields = self.fields(teller)
            if fields.get("position") and teller.is_at_protected(aggregate):
                fields["position"] = None
            aggregate.register(self.event, **teller.common(), **fields)

        return record


def _source(payload: FieldPayload) -> Source:
    if payload.source is not None:
        return Source(payload.source)
    return Source.PRESENCE_RECEIPT if payload.tag_id else Source.MOBILE_NO_RECEIPT


def _unrecognised(payload: FieldPayload) -> str | None:
    """Fields of a newer app, as JSON text: kept, sealed, and flagged."""
    return msgspec.json.encode(payload.model_extra).decode() if payload.model_extra else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _clients(payload: CheckInPayload | CheckOutPayload | NotPerformedPayload) -> tuple[ClientId, ...]:
    return tuple(ClientId(str(client_id)) for client_id in payload.client_ids)


def _check_in(teller: Teller) -> dict[str, Any]:
    fix = teller.fix()
    leg = teller.leg(fix)
    measured = {"km_from_previous": leg.km, "previous_fact_id": leg.previous_fact_id} if leg else {}
    return {"client_ids": _clients(teller.payload), "kind": teller.payload.kind, **teller.place(fix), **measured}


def _check_out(teller: Teller) -> dict[str, Any]:
    fix = teller.fix()
    teller.leave(fix)
    return {"arrival_fact_id": _id(teller.payload.arrival_id), **teller.place(fix)}


def _service_performed(teller: Teller) -> dict[str, Any]:
    return {**_service_declined(teller), "minutes": teller.payload.minutes}


def _service_declined(teller: Teller) -> dict[str, Any]:
    return {"service_code": teller.payload.service_code, "client_id": _id(teller.payload.client_id)}


def _not_performed(teller: Teller) -> dict[str, Any]:
    return {"reason": teller.payload.reason, "client_ids": _clients(teller.payload)}


def _noted_of(teller: Teller) -> str:
    """A note is sealed under its client's key; under the worker's own where no client is named."""
    return _id(teller.payload.client_id) or teller.worker_id


def _note(teller: Teller) -> dict[str, Any]:
    return {"text": teller.payload.text, "person_id": _noted_of(teller)}


def _shift_started(teller: Teller) -> dict[str, Any]:
    return {"shift_id": str(teller.payload.shift_id), "unit_id": _id(teller.payload.unit_id) or ""}


def _shift_ended(teller: Teller) -> dict[str, Any]:
    payload: ShiftEndedPayload = teller.payload
    return {
        "shift_id": str(payload.shift_id),
        "break_minutes": payload.break_minutes,
        "paid_minutes": payload.paid_minutes,
        "closed_through_seq": payload.closed_through_seq,
    }


def _indirect_time(teller: Teller) -> dict[str, Any]:
    payload: IndirectTimePayload = teller.payload
    return {"kind": payload.kind, "minutes": payload.minutes, "starts_at": payload.started_at or teller.at}


FACT_TYPES: Mapping[str, FactType] = {
    "check_in": FactType(CheckInPayload, events.VisitCheckedIn, _check_in),
    "check_out": FactType(CheckOutPayload, events.VisitCheckedOut, _check_out),
    "service_performed": FactType(ServicePerformedPayload, events.VisitServicePerformed, _service_performed),
    "service_declined": FactType(ServiceDeclinedPayload, events.VisitServiceDeclined, _service_declined),
    "not_performed": FactType(NotPerformedPayload, events.VisitNotPerformed, _not_performed),
    "note": FactType(NotePayload, events.VisitNoteAdded, _note, text_of=_noted_of),
    "shift_started": FactType(ShiftStartedPayload, worker_events.WorkerShiftStarted, _shift_started, Worker),
    "shift_ended": FactType(ShiftEndedPayload, worker_events.WorkerShiftEnded, _shift_ended, Worker),
    "indirect_time": FactType(IndirectTimePayload, worker_events.WorkerIndirectTimeRecorded, _indirect_time, Worker),
}
