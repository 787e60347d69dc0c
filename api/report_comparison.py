"""`/v1/reports/compare`: which cells of a report are others at one position than at another, and which events made them so."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response

from api.asked_reports import ReportName
from api.cell_comparison import Sides, TooManyClientsError
from api.compared_cells import Question, differences, open_sides
from api.dependencies import HouseDep, allowed
from api.paging import page_of
from api.problems import Problem, documented
from api.reading import Cursor, Limit, MinPosition, month_named, month_span, resume, wait_for
from api.rendering import Format
from api.seen import seen
from api.told_events import EventTeller
from api.versioned import versioned_router
from api.visit_filter import Id
from domain.compared_reports import Narrowed
from domain.reconciliation import Level

router = versioned_router(
    prefix="/v1/reports",
    tags=["reports"],
    dependencies=[Depends(allowed("read.history"))],
    responses=documented(
        "unauthenticated", "forbidden", "invalid", "too_wide", "bad_cursor", "bad_time", "not_yet_visible"
    ),
)

CLIENTS_MAX = 400
"""So many clients' months are computed for one call: some seconds."""
PLACE = Query(max_length=40, description="A log position, an instant, or a date (its end, local time).")
GROUPS = Query(max_length=12, description="As the report's own; of reimbursement, without any: its lines.")


def sides_of(
    house: HouseDep,
    request: Request,
    from_: Annotated[str, Query(alias="from", max_length=40, description=PLACE.description)],
    to: Annotated[str | None, PLACE] = None,
    min_position: MinPosition = None,
    cursor: Cursor = None,
) -> Iterator[Sides]:
    """The two positions; a cursor stays at the later one of the first page."""
    wait_for(house, min_position or 0)
    wanted, after = resume(house, request, cursor)
    with open_sides(house, from_, to, wanted=wanted, after=after) as sides:
        seen().position = sides.after.position
        yield sides


@router.get("/compare", response_class=Response)
def get_comparison(
    request: Request,
    sides: Annotated[Sides, Depends(sides_of)],
    report: ReportName,
    month: Annotated[str, Query(description="YYYY-MM", max_length=7)],
    group_by: Annotated[list[str] | None, GROUPS] = None,
    level: Annotated[Level, Query(description="Of a reconciliation.")] = Level.SERVICE,
    client_id: Id = None,
    worker_id: Id = None,
    unit_id: Id = None,
    provider_id: Id = None,
    limit: Limit = 200,
    form: Annotated[Format, Query(alias="format")] = "json",
    accept_language: Annotated[str, Header()] = "en",
) -> Response:
    """The cells of a month's report that differ between `from` and `to`: before, after, difference, and the events that made
    the difference, in the order the ledger learned of them. CSV names the events by their positions."""
    of = Narrowed(client_id, worker_id, unit_id, provider_id)
    asked = Question(report, month_named(month), group_by or (), level, of)
    try:
        found = differences(sides, asked, clients_max=CLIENTS_MAX)
    except TooManyClientsError:
        raise Problem("too_wide") from None
    teller = EventTeller(sides.after, accept_language)
    return page_of(
        request,
        sides.after,
        found.cells,
        limit,
        form,
        tell=found.columns if form == "csv" else lambda each: found.row(each, teller),
        days=month_span(sides.after, asked.month).days,
        also={"from": sides.before.position, "from_recorded_at": sides.before.recorded_at},
    )
