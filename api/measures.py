"""What is measured beside minutes: staff continuity. Each by one pure function over facts as of a position."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, get_args

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reading import Limit, Span, View, ViewDep
from api.rendering import Format, Row
from api.strict_route import StrictRoute
from domain.continuity import ClientContinuity, ContinuityReport, continuity
from domain.continuity_definition import Asked, definition_of
from domain.continuity_groups import ContinuityGroup, ContinuityLevel, continuity_groups
from domain.local_time import local_day
from domain.rulebook.values import TimeWindow

router = APIRouter(
    prefix="/v1",
    tags=["measures"],
    route_class=StrictRoute,
    dependencies=[Depends(allowed("read.reports"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "bad_time", "not_yet_visible"),
)

PERIOD_DAYS_MAX = 366
WINDOW: str = get_args(TimeWindow)[1].pattern
Form = Annotated[Format, Query(alias="format")]


class RowsOf(StrEnum):
    """What a row of the answer is: a client, or clients put together."""

    CLIENT = "client"
    UNIT = "unit"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


@router.get("/continuity", response_class=Response)
def get_continuity(
    request: Request,
    view: ViewDep,
    from_: Annotated[
        date | None, Query(alias="from", description="First day; default: the latest period that is over.")
    ] = None,
    period_days: Annotated[int | None, Query(ge=1, le=PERIOD_DAYS_MAX)] = None,
    window: Annotated[str | None, Query(pattern=WINDOW, description="Local time: 07:00-22:00.")] = None,
    visits_per_day_min: Annotated[int | None, Query(ge=0, le=24)] = None,
    age_min: Annotated[int | None, Query(ge=0, le=120)] = None,
    level: RowsOf = RowsOf.MUNICIPALITY,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """How many different workers clients met in a period: by client, or the mean, median and share above each limit of a
    unit, a provider or all. What is not stated is as the rulebook says."""
    asked = Asked(period_days=period_days, window=window, age_min=age_min, visits_per_day_min=visits_per_day_min)
    report = continuity_report(view, from_, asked)
    if level is RowsOf.CLIENT:
        rows = [_client_row(report, client) for client in report.clients]
    else:
        rows = [_group_row(report, group) for group in continuity_groups(report, ContinuityLevel(level))]
    return page(request, view, rows, limit, form)


def continuity_report(view: View, first_on: date | None, asked: Asked) -> ContinuityReport:
    """The report of the period that begins on that day; None: of the latest that was over before the view's hour."""
    today = local_day(view.at, view.rulebook.zone)
    definition = definition_of(view.rulebook.on(first_on or today).policies, asked)
    begins = first_on or today - timedelta(days=definition.period_days)
    span = Span(begins, begins + timedelta(days=definition.period_days - 1), view.rulebook.zone)
    visits = view.facts.visits(span.period)
    return continuity(begins, visits, context=view.context(), rulebook=view.rulebook, definition=definition)


def _client_row(report: ContinuityReport, client: ClientContinuity) -> Row:
    return _about(report) | msgspec.structs.asdict(client) | {"care_contact_share": client.care_contact_share}


def _group_row(report: ContinuityReport, group: ContinuityGroup) -> Row:
    told = msgspec.structs.asdict(group)
    shares = told.pop("shares_over")
    return _about(report) | told | {f"share_over_{limit}": share for limit, share in shares.items()}


def _about(report: ContinuityReport) -> dict[str, object]:
    """What every row says of the figures: over which days, by which definition and rules."""
    return {
        "first_on": report.first_on,
        "last_on": report.last_on,
        "definition": report.definition.version,
        "rulebook": report.rulebook_version,
    }
