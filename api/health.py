"""Is it alive, and does it keep up?"""

from fastapi import APIRouter, Response

from api.dependencies import HouseDep
from api.strict_route import StrictRoute
from infra.parking import parked_count

router = APIRouter(tags=["operation"], route_class=StrictRoute)

LAG_EVENTS_MAX = 10_000
"""Events the read models may be behind before the server calls itself not ready."""


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(house: HouseDep, response: Response) -> dict[str, int | str]:
    """The log can be read, and the read models follow it within the limit."""
    head, _ = house.log.head()
    lag = head - house.projector.complete_through()
    ready = lag <= LAG_EVENTS_MAX and house.projector.failure is None
    response.status_code = 200 if ready else 503
    return {
        "status": "ready" if ready else "behind",
        "position": head,
        "lag_events": lag,
        "queued": house.writer.waiting,
        "parked_streams": parked_count(house.read_database),
    }
