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

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Tolerant(BaseModel):
    """A payload: a newer app may send more, and that is kept."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)


class SyncEnvelope(Strict):
    """What the phone says of itself at the sync: every sync is also a heartbeat and a measurement of its clock."""

    protocol: Literal[1] = PROTOCOL
    """The version of the protocol."""
    device_id: Id
    """The phone, by an id that it drew once and keeps."""
    device_time: Annotated[str, Text(40)]
    """The phone's wall clock at the sync, with its offset, such as `2026-03-02T08:30:00+01:00`."""
    monotonic_ms: Milliseconds | None = None
    """Milliseconds since the phone's boot, at the sync, by a counter that nobody can set."""
    boot_id: Token = ""
    """Which boot that counter is of: any text, another one after each boot."""
    queue_depth: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """How many facts wait on the phone beside these."""
    app_version: Token = ""
    """The version of the app that sends."""
    facts: list[JsonValue]
    """What was registered, in the order of `seq`. Each is judged by itself: a bad one sinks no other."""


class FactEnvelope(Strict):
    """One act on the phone: its id and number there, and the clocks when it happened."""

    id: Id
    """Drawn on the phone for this fact and never changed, best of version 7. Sent again, the fact is `known`."""
    seq: Annotated[int, Field(ge=0, le=SEQ_MAX)]
    """Its number on this phone: 1, 2, 3 and so on. Numbers that are missing in a batch are told as `gaps`."""
    type: Code
    """What happened. It says what `payload` holds."""
    visit_id: Id | None = None
    """The planned visit, or an id that the phone draws where nobody planned one. Left out for shifts and indirect time."""
    wall_time: Annotated[str, Text(40)]
    """The phone's wall clock when it happened, with its offset, such as `2026-03-02T08:00:10+01:00`."""
    monotonic_ms: Milliseconds | None = None
    """Milliseconds since the phone's boot when it happened. With `boot_id` the time is right also where the clock is wrong."""
    boot_id: Token = ""
    """Which boot that counter is of."""
    app_version: Token = ""
    """The version of the app that registered it."""
    payload: dict[str, JsonValue] = Field(default_factory=dict)
    """What the type tells. Fields that are not known yet are kept, sealed, and the fact is flagged APP_NEWER."""


class PositionBody(Tolerant):
    """Where the phone was, if it knew within seconds."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    """Degrees north (WGS 84)."""
    lon: Annotated[float, Field(ge=-180, le=180)]
    """Degrees east."""
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)]
    """The radius in metres in which the phone is."""
    mock: bool = False
    """Whether the phone says that the position is made up by an app."""


class FieldPayload(Tolerant):
    """What payloads share. `receipt` is the proof of presence read at the home: a tag, a code, a lock."""

    tag_id: Token = ""
    """The tag, code or lock that was read at the home."""
    source: Literal["presence_receipt", "mobile_no_receipt", "phone"] | None = None
    """How it was registered. Left out: `presence_receipt` where there is a `tag_id`, else `mobile_no_receipt`."""


class CheckInPayload(FieldPayload):
    """The worker arrived."""

    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()
    """Whom the worker is with; several of a household. Left out: those of the plan."""
    kind: Annotated[VisitKind, Field(strict=False)] | None = None
    """What kind of visit it is. Left out: as it is planned."""
    position: PositionBody | None = None
    """Where the phone was."""
    position_absent: Token = ""
    """Why there is no `position`, such as `indoors` or `denied`."""


class CheckOutPayload(FieldPayload):
    """The worker left."""

    arrival_id: Id | None = None
    """The `id` of the `check_in` that this ends. Left out: the one before it by time."""
    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()
    """Whom the worker was with. Left out: those of the arrival."""
    position: PositionBody | None = None
    """Where the phone was."""
    position_absent: Token = ""
    """Why there is no `position`."""


class ServicePerformedPayload(FieldPayload):
    """A service was done."""

    service_code: Code
    """A code of the municipality's catalogue (`GET /v1/organisation`)."""
    client_id: Id | None = None
    """Which client it was for, where the visit has several."""
    minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    """How long it took, where that is told."""


class ServiceDeclinedPayload(FieldPayload):
    """The client said no to a service."""

    service_code: Code
    """A code of the municipality's catalogue."""
    client_id: Id | None = None
    """Who declined, where the visit has several clients."""


class NotPerformedPayload(FieldPayload):
    """Nothing was done."""

    reason: Annotated[NotPerformedReason, Field(strict=False)]
    """Why."""
    client_ids: Annotated[tuple[Id, ...], Field(strict=False, max_length=20)] = ()
    """Who was not helped. Left out: all of the visit."""


class NotePayload(FieldPayload):
    """A note about the visit."""

    text: Note
    """What is to be read; sealed under the key of the client, or of the worker where none is named."""
    client_id: Id | None = None
    """Whom it is about."""


class ShiftStartedPayload(FieldPayload):
    """The worker began a shift."""

    shift_id: Id
    """The scheduled shift, or an id that the phone draws."""
    unit_id: Id | None = None
    """The unit that is worked for."""


class ShiftEndedPayload(FieldPayload):
    """The worker ended a shift: everything through `closed_through_seq` has been said."""

    shift_id: Id
    """The shift that was begun."""
    break_minutes: Annotated[int, Field(ge=0, le=1440)] = 0
    """Breaks in it."""
    paid_minutes: Annotated[int, Field(ge=0, le=2880)] | None = None
    """What is paid of it, where the phone knows."""
    closed_through_seq: Annotated[int, Field(ge=0, le=SEQ_MAX)] | None = None
    """The `seq` up to which everything of the shift has been sent."""


class IndirectTimePayload(FieldPayload):
    """Time that is not at a client."""

    kind: Code
    """What it was: `travel`, `documentation`, `meeting` and so on."""
    minutes: Annotated[int, Field(ge=0, le=1440)]
    """How long it took."""
    started_at: Instant | None = None
    """When it began. Left out: at `wall_time`."""


class FactResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one fact. `rejected` means: kept for a person to look at; the phone may drop its copy."""

    id: Annotated[str, msgspec.Meta(description="The fact, as it was sent.")]
    status: Annotated[
        Literal["accepted", "known", "rejected"],
        msgspec.Meta(description="`accepted`: new and stored; `known`: it was stored before; `rejected`: see `code`."),
    ]
    position: Annotated[int | None, msgspec.Meta(description="Where it stands in the log: the same each time.")] = None
    code: Annotated[str | None, msgspec.Meta(description="Why it was rejected.")] = None
    pointer: Annotated[
        str | None, msgspec.Meta(description="The field that is wrong, as a JSON pointer into the fact.")
    ] = None


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The durable answer. Anything but this media type and protocol is not an answer: guest networks answer 200 too."""

    protocol: Annotated[Literal[1], msgspec.Meta(description="The version of the protocol.")] = PROTOCOL
    position: Annotated[int, msgspec.Meta(description="Ask reads for it by `min_position` to see what was sent.")]
    received_at: Annotated[str, msgspec.Meta(description="When the batch came.")]
    clock_offset_ms: Annotated[int, msgspec.Meta(description="The server's clock minus `device_time`.")]
    results: Annotated[list[FactResult], msgspec.Meta(description="One for each fact, in order.")]
    gaps: Annotated[
        list[tuple[int, int]],
        msgspec.Meta(description="Numbers missing between those sent: first and last of each gap."),
    ]
