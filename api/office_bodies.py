"""What the office's request bodies are made of: strict models, ids, days, codes. No fault in them repeats a value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from annotated_types import GroupedMetadata
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from api.strict_json import Text
from domain.ids import (
    ClientId,
    DeviceId,
    FactId,
    HouseholdId,
    OrderId,
    ProviderId,
    ServiceCode,
    UnitId,
    VisitId,
    WorkerId,
)
from domain.values import ReasonCode

MINUTES_MAX = 1_440
"""A day and a night: no occasion of a service and no break is longer."""
POSITION_MAX = 2**53
REASONS_MAX = 10
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Body(BaseModel):
    """Nothing that was not agreed on, and nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


@dataclass(frozen=True)
class Uuid(GroupedMetadata):
    """A UUID in either case; a model holds its canonical text: `Annotated[VisitId, Uuid()]`."""

    def __iter__(self) -> Iterator[object]:
        yield BeforeValidator(_uuid_text)
        yield WithJsonSchema({"type": "string", "format": "uuid"})


def _uuid_text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "not a text")
    if not _UUID.fullmatch(value):
        raise PydanticCustomError("invalid", "not a UUID")
    return value.lower()


def _day_text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong_type", "not a text")
    if not _DAY.fullmatch(value):
        raise PydanticCustomError("bad_time", "not a day")
    return value


VisitUuid = Annotated[VisitId, Uuid()]
OrderUuid = Annotated[OrderId, Uuid()]
ClientUuid = Annotated[ClientId, Uuid()]
WorkerUuid = Annotated[WorkerId, Uuid()]
DeviceUuid = Annotated[DeviceId, Uuid()]
UnitUuid = Annotated[UnitId, Uuid()]
ProviderUuid = Annotated[ProviderId, Uuid()]
HouseholdUuid = Annotated[HouseholdId, Uuid()]
ShiftUuid = Annotated[str, Uuid()]
AnyUuid = Annotated[str, Uuid()]
FactName = Annotated[FactId, Text(128, min_code_points=1), AfterValidator(str.lower)]
"""A registration's id: a phone's UUID, or what the ledger calls an end that a correction added."""
Code = Annotated[ServiceCode, Text(64, min_code_points=1)]

Day = Annotated[date, Field(strict=False), BeforeValidator(_day_text)]
"""A day in the municipality, `2026-03-01`."""
Minutes = Annotated[int, Field(ge=0, le=MINUTES_MAX)]
Position = Annotated[int, Field(ge=1, le=POSITION_MAX)]
"""A place in the log, as answers give it."""
Version = Annotated[int, Field(ge=0, le=POSITION_MAX)]
"""A subject's version, as answers give it."""
Reasons = Annotated[tuple[Annotated[ReasonCode, Field(strict=False)], ...], Field(strict=False, max_length=REASONS_MAX)]
