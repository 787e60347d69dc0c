"""The phone's protocol, version 1, as bodies: a strict envelope, strict facts, and payloads that may know more than we do.

See docs/field-sync.md for what each field means to the phone.
"""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict, Field

from api.strict_json import Instant, JsonValue, Note, Text
from domain.values import NotPerformedReason, VisitKind

PROTOCOL: Literal[1] = 1
SEQ_MAX = 2**53
FACTS_MAX = 200
Id = Annotated[UUID, Field(strict=False)]
Code = Annotated[str, Text(64, min_code_points=1)]
Token = Annotated[str, Text(128)]
Milliseconds = Annotated[int, Field(ge=0, le=SEQ_MAX)]


class Strict(BaseModel):
    """Nothing that was not agreed on, and nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Tolerant(BaseModel):
    """A payload: a newer app may send more, and that is kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True)


class SyncEnvelope(Strict):
    """What the phone says of itself at the sync: every sync is also a heartbeat and a measurement of its clock."""

    protocol: Literal[1] = PROTOCOL
    device_id: Id
    device_time: Annotated[str, Text(40)]
    monotonic_ms: Milliseconds | None = None
    boot_id: Token = ""
    queue_depth: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    app_version: Token = ""
    facts: list[JsonValue]


class FactEnvelope(Strict):
    """One act on the phone: its id and number there, and the clocks when it happened."""

    id: Id
    seq: Annotated[int, Field(ge=0, le=SEQ_MAX)]
    type: Code
    visit_id: Id | None = None
    wall_time: Annotated[str, Text(40)]
    monotonic_ms: Milliseconds | None = None
    boot_id: Token = ""
    app_version: Token = ""
    payload: dict[str, JsonValue] = Field(default_factory=dict)


class PositionBody(Tolerant):
    """Where the phone was, if it knew within seconds."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)]
    mock: bool = False


class FieldPayload(Tolerant):
    """What payloads share. `receipt` is the proof of presence read at the home: a tag, a code, a lock."""

    tag_id: Token = ""
    source: Literal["presence_receipt", "mobile_no_receipt", "phone"] | None = None


class CheckInPayload(FieldPayload):
    """The worker arrived."""

    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()
    kind: Annotated[VisitKind, Field(strict=False)] | None = None
    position: PositionBody | None = None
    position_absent: Token = ""


class CheckOutPayload(FieldPayload):
    """The worker left."""

    arrival_id: Id | None = None
    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()
    position: PositionBody | None = None
    position_absent: Token = ""


class ServicePerformedPayload(FieldPayload):
    """A service was done."""

    service_code: Code
    client_id: Id | None = None
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None


class ServiceDeclinedPayload(FieldPayload):
    """The client said no to a service."""

    service_code: Code
    client_id: Id | None = None


class NotPerformedPayload(FieldPayload):
    """Nothing was done."""

    reason: Annotated[NotPerformedReason, Field(strict=False)]
    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()


class NotePayload(FieldPayload):
    """A note about the visit."""

    text: Note
    client_id: Id | None = None


class ShiftStartedPayload(FieldPayload):
    """The worker began a shift."""

    shift_id: Id
    unit_id: Id | None = None


class ShiftEndedPayload(FieldPayload):
    """The worker ended a shift: everything through `closed_through_seq` has been said."""

    shift_id: Id
    break_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    paid_minutes: Annotated[int, Field(ge=0, le=2880)] | None = None
    closed_through_seq: Annotated[int, Field(ge=0, le=SEQ_MAX)] | None = None


class IndirectTimePayload(FieldPayload):
    """Time that is not at a client."""

    kind: Code
    minutes: Annotated[int, Field(ge=0, le=1440)]
    started_at: Instant | None = None


class FactResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one fact. `rejected` means: kept for a person to look at; the phone may drop its copy."""

    id: str
    status: Literal["accepted", "known", "rejected"]
    position: int | None = None
    code: str | None = None
    pointer: str | None = None


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The durable answer. Anything but this media type and protocol is not an answer: guest networks answer 200 too."""

    protocol: Literal[1] = PROTOCOL
    position: int
    received_at: str
    clock_offset_ms: int
    results: list[FactResult]
    gaps: list[tuple[int, int]]
