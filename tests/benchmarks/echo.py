"""A route that does all that `POST /v1/sync` does around its work, and none of the work. Only the bench's app has it."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from api.dependencies import HouseDep, allowed
from api.strict_route import StrictRoute
from api.sync import MEDIA_TYPE
from api.sync_models import FactResult, SyncAnswer
from api.sync_reading import read_good
from infra.tokens import Caller

PATH = "/bench/echo"

router = APIRouter(route_class=StrictRoute)


@router.post(PATH, response_class=Response)
async def echo(request: Request, house: HouseDep, _: Annotated[Caller, Depends(allowed("sync"))]) -> Response:
    """Read and check envelope, facts and payloads, and answer what the sync would."""
    received_at = house.clock()
    good = read_good(await request.body())
    assert good is not None, "phones of the bench send nothing odd"
    answer = SyncAnswer(
        position=100_000 + len(good.facts),
        received_at=received_at.isoformat(),
        clock_offset_ms=_offset_ms(good.envelope.device_time, received_at),
        results=[FactResult(str(read.fact.id), "accepted", 100_000) for read in good.facts],
        gaps=[],
    )
    return Response(msgspec.json.encode(answer), media_type=MEDIA_TYPE)


def _offset_ms(device_time: str, received_at: datetime) -> int:
    return round((received_at - datetime.fromisoformat(device_time).astimezone(UTC)).total_seconds() * 1000)
