"""`/v1/order-lag`: how long orders stay as they were after the need has changed, and what that came to."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reached import of_reach, told_of
from api.reading import Limit, Span, SpanDep, View, ViewDep
from api.rendering import Format, Row
from api.small_cells import withheld
from api.versioned import versioned_router
from domain.local_time import local_day
from domain.order_lag import LagLevel, OrderLag, lag_totals, order_lags
from domain.order_weeks import ONE_DAY, Days
from domain.performed_time import performed_time

router = versioned_router(
    prefix="/v1",
    tags=["reports"],
    dependencies=[Depends(allowed("read.figures"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "cursor_gone", "bad_time", "not_yet_visible"),
)


@router.get("/order-lag", response_class=Response)
def get_order_lag(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    level: LagLevel = LagLevel.ORDER,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Changes of need, reported or shown by weeks of other time than ordered: days until the order was changed, and the
    minutes over or under it meanwhile. By order, unit or provider."""
    lags = lags_of(view, span)
    if level is LagLevel.ORDER:
        told: Sequence[Row] = [msgspec.structs.asdict(lag) for lag in told_of(view, lags)]
    else:
        totals = [msgspec.structs.asdict(total) for total in of_reach(view, lag_totals(level, lags))]
        names = ("unit_id", "provider_id")
        cells = (((lag.unit_id if level is LagLevel.UNIT else None, lag.provider_id), lag.client_id) for lag in lags)
        told = withheld(view, totals, names, cells)
    return page(request, view, told, limit, form)


def lags_of(view: View, span: Span) -> list[OrderLag]:
    """The lags within some days, as of the view's position. Days that are not over at its hour say nothing."""
    context = view.context()
    today = local_day(view.at, view.rulebook.zone)
    return order_lags(
        Days(span.first_on, max(span.first_on, min(span.last_on + ONE_DAY, today))),
        performed=performed_time(view.facts.visits(span.period), context=context, rulebook=view.rulebook),
        need_changes=view.facts.need_changes(span.period),
        context=context,
        rulebook=view.rulebook,
    )
