"""What the OpenAPI document says of a sync: the batch with its facts, their payloads by type, an example, and the answer."""

from typing import Any

from api.schemas import Schema, schema_of, schema_of_struct
from api.sync_facts import FACT_TYPES
from api.sync_models import FACTS_MAX, FactEnvelope, SyncAnswer, SyncEnvelope

_VISIT, _CLIENT = "0199a1c0-5b7e-7c3d-9a51-2f6c1e8d4b02", "0b0f6c5e-2f4e-4d0c-8a44-1c7e6a0c9d11"
EXAMPLE = {
    "device_id": "0199a1bf-0d1f-7e64-8c12-6a5b7f3e9d01",
    "device_time": "2026-03-02T08:30:00+01:00",
    "monotonic_ms": 86_405_000,
    "boot_id": "boot-17",
    "app_version": "2.10.1",
    "facts": [
        {
            "id": "0199a1c0-5b7f-7a10-b3c4-9d8e7f6a5b03",
            "seq": 1,
            "type": "check_in",
            "visit_id": _VISIT,
            "wall_time": "2026-03-02T08:00:10+01:00",
            "monotonic_ms": 84_615_000,
            "boot_id": "boot-17",
            "payload": {"client_ids": [_CLIENT], "position": {"lat": 62.75, "lon": 15.42, "accuracy_m": 12.5}},
        },
        {
            "id": "0199a1d7-3e10-7b21-a4d5-8c7b6a594f04",
            "seq": 2,
            "type": "check_out",
            "visit_id": _VISIT,
            "wall_time": "2026-03-02T08:25:40+01:00",
            "payload": {"arrival_id": "0199a1c0-5b7f-7a10-b3c4-9d8e7f6a5b03", "position_absent": "indoors"},
        },
    ],
}


def sync_body() -> Schema:
    """The `openapi_extra` of the route, which reads the body itself."""
    batch = schema_of(SyncEnvelope)
    facts = {"type": "array", "minItems": 1, "maxItems": FACTS_MAX, "items": _fact()}
    batch["properties"]["facts"] |= facts
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": batch, "example": EXAMPLE}}}}


def sync_answer() -> Schema:
    """The answer's schema."""
    return schema_of_struct(SyncAnswer)


def _fact() -> Schema:
    fact = schema_of(FactEnvelope)
    properties: dict[str, Any] = fact["properties"]
    properties["type"]["enum"] = list(FACT_TYPES)
    payloads = [schema_of(kind.payload) | {"title": name} for name, kind in FACT_TYPES.items()]
    properties["payload"] = {"description": properties["payload"]["description"], "anyOf": payloads}
    return fact
