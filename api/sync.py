"""`POST /v1/sync`: what phones have registered. A fact is never refused by a rule."""

from typing import Annotated

import msgspec
from fastapi import Depends, Request, Response

from api.dependencies import HouseDep, RatesDep, allowed, sender_of
from api.problems import documented
from api.sync_described import sync_answer, sync_body
from api.sync_models import PROTOCOL
from api.versioned import versioned_router
from api.writing import submit
from infra import telemetry
from infra.tokens import Caller

MEDIA_TYPE = f"application/vnd.visitledger.sync+json;version={PROTOCOL}"

router = versioned_router(prefix="/v1", tags=["field app"])

Sender = Annotated[Caller, Depends(allowed("sync", who=sender_of))]
"""A worker with any phone: what a revoked one sends is kept for a person to look at."""


@router.post(
    "/sync",
    response_class=Response,
    responses={
        200: {
            "description": "One result for each fact, in order.",
            "content": {MEDIA_TYPE: {"schema": sync_answer()}},
        },
        **documented("malformed_json", "unauthenticated", "forbidden", "too_large", "unsupported_media_type"),
        **documented("batch_size", "too_many_requests", "busy", "store_unavailable", "keys_unavailable"),
    },
    openapi_extra=sync_body(),
)
async def sync(request: Request, house: HouseDep, rates: RatesDep, caller: Sender) -> Response:
    """Take in up to 200 facts. Each is answered `accepted`, `known` or `rejected`; one bad fact never sinks the others."""
    received_at = house.clock()
    prepared = house.intake.prepare(await request.body(), caller=caller, received_at=received_at)
    rates.admit_device(prepared.device_id)
    outcomes = await submit(house.writer, prepared.wishes)
    answer = prepared.answer(outcomes)
    telemetry.synced([result.status for result in answer.results])
    return Response(msgspec.json.encode(answer), media_type=MEDIA_TYPE)
