"""Is it alive, can it serve, and what does it count?"""

from fastapi import APIRouter, Depends, Request, Response

from api.access import is_allowed
from api.dependencies import Documented, HouseDep, caller_of
from api.problems import Problem, documented
from api.strict_route import FieldError, StrictRoute
from infra.gauges import MEDIA_TYPE
from infra.standing import Fault

router = APIRouter(tags=["operation"], route_class=StrictRoute)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", responses=documented("not_ready"))
def readyz(house: HouseDep) -> dict[str, int | str | list[str]]:
    """Log, keys and read models answer, the issuer's keys are known, the projector runs, and the read models follow the log
    within the limit.

    `rebuilding`: those that show less than they will, because this version of the program fills them anew.
    Otherwise 503 `not_ready`; its `errors` name each part and what is wrong with it.
    """
    standing = house.lookout.look().within(house.settings.ready_lag_max)
    if not house.callers.is_ready:
        standing.faults.append(Fault("issuer", "issuer_unavailable"))
    if standing.faults:
        raise Problem("not_ready", errors=[FieldError(f"/{part}", code) for part, code in standing.faults])
    return {
        "status": "ready",
        "position": standing.position,
        "lag_events": standing.lag_events,
        "queued": house.writer.waiting,
        "parked_streams": standing.parked_streams,
        **({"rebuilt_because": because} if (because := house.projector.rebuilt_because()) else {}),
        "rebuilding": house.projector.rebuilding(),
    }


async def may_read_metrics(request: Request, house: HouseDep, _: Documented = None) -> None:
    """Let whoever the setting allows read the metrics. Raises 404 where they are off."""
    match house.settings.metrics:
        case "open":
            pass
        case "admin":
            caller = await caller_of(request)
            if not is_allowed(caller.role, "read.metrics"):
                raise Problem("forbidden")
        case _:
            raise Problem("not_found")


@router.get(
    "/metrics",
    response_class=Response,
    dependencies=[Depends(may_read_metrics)],
    responses=documented("unauthenticated", "forbidden", "purpose_required", "not_found"),
)
def metrics(house: HouseDep) -> Response:
    """Metrics for Prometheus, in its text format."""
    return Response(house.gauges.text(), media_type=MEDIA_TYPE)
