"""`POST /v1/sync`: what phones have registered. A fact is never refused by a rule."""

from typing import Annotated

import msgspec
from fastapi import Depends, Request, Response

from api.dependencies import HouseDep, allowed
from api.problems import documented
from api.sync_models import PROTOCOL, SyncAnswer, SyncEnvelope
from api.versioned import versioned_router
from api.writing import submit
from infra import telemetry
from infra.tokens import Caller

MEDIA_TYPE = f"application/vnd.visitledger.sync+json;version={PROTOCOL}"

router = versioned_router(prefix="/v1", tags=["field app"])


@router.post(
    "/sync",
    response_class=Response,
    responses={
        200: {
            "description": "One result for each fact, in order.",
            "content": {MEDIA_TYPE: {"schema": msgspec.json.schema(SyncAnswer)}},
        },
        **documented("malformed_json", "unauthenticated", "forbidden", "too_large", "unsupported_media_type"),
        **documented("batch_size", "busy", "store_unavailable"),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": SyncEnvelope.model_json_schema()}},
        }
    },
)
async def sync(request: Request, house: HouseDep, caller: Annotated[Caller, Depends(allowed("sync"))]) -> Response:
    """Take in up to 200 facts. Each is answered `accepted`, `known` or `rejected`; one bad fact never sinks the others."""
    received_at = house.clock()
    prepared = house.intake.prepare(await request.body(), caller=caller, received_at=received_at)
    outcomes = await submit(house.writer, prepared.wishes)
    answer = prepared.answer(outcomes)
    telemetry.synced([result.status for result in answer.results])
    return Response(msgspec.json.encode(answer), media_type=MEDIA_TYPE)
