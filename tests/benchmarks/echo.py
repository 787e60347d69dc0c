"""A route that does all that `POST /v1/sync` does around its work, and none of the work. Only the bench's app has it."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from api.dependencies import HouseDep, allowed
from api.strict_json import survey
from api.strict_route import StrictRoute
from api.sync import MEDIA_TYPE
from api.sync_facts import FACT_TYPES
from api.sync_models import FactEnvelope, FactResult, SyncAnswer, SyncEnvelope
from infra.tokens import Caller

PATH = "/bench/echo"

router = APIRouter(route_class=StrictRoute)


@router.post(PATH, response_class=Response)
async def echo(request: Request, house: HouseDep, _: Annotated[Caller, Depends(allowed("sync"))]) -> Response:
    """Parse and validate envelope, facts and payloads, and answer what the sync would."""
    received_at = house.clock()
    envelope = SyncEnvelope.model_validate(survey(await request.body()).value)
    facts = [FactEnvelope.model_validate(fact) for fact in envelope.facts]
    for fact in facts:
        FACT_TYPES[fact.type].payload.model_validate(fact.payload)
    answer = SyncAnswer(
        position=100_000 + len(facts),
        received_at=received_at.isoformat(),
        clock_offset_ms=_offset_ms(envelope.device_time, received_at),
        results=[FactResult(id=str(fact.id), status="accepted", position=100_000) for fact in facts],
        gaps=[],
    )
    return Response(answer.model_dump_json(exclude_none=True), media_type=MEDIA_TYPE)


def _offset_ms(device_time: str, received_at: datetime) -> int:
    return round((received_at - datetime.fromisoformat(device_time).astimezone(UTC)).total_seconds() * 1000)
