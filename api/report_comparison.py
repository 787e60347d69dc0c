"""`/v1/reports/compare`: which cells of a report are others at one position than at another, and which events made them so."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Header, Query, Request, Response

from api.access import reach_of
from api.asked_reports import ReportName
from api.cell_comparison import Compared, Sides, TooManyClientsError
from api.compared_cells import Question, differences, open_sides
from api.cursors import resume
from api.dependencies import HouseDep, allowed
from api.paging import page_of
from api.problems import Problem, documented
from api.reached import events_within, require_reached
from api.reading import Cursor, Limit, MinPosition, month_named, month_span, wait_for
from api.rendering import Format, Row
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
        "unauthenticated",
        "forbidden",
        "purpose_required",
        "not_found",
        "invalid",
        "too_wide",
        "bad_cursor",
        "cursor_gone",
        "bad_time",
        "not_yet_visible",
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
    """The two positions, and what of them the caller reaches; a cursor stays at the later one of the first page."""
    wait_for(house, min_position or 0)
    wanted, after = resume(house, request, cursor)
    with open_sides(house, from_, to, wanted=wanted, after=after, reach=reach_of(request)) as sides:
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
    view = sides.after
    require_reached(view, client_id=client_id, worker_id=worker_id, unit_id=unit_id)
    of = Narrowed(client_id, worker_id, unit_id, provider_id, view.reach)
    asked = Question(report, month_named(month), group_by or (), level, of)
    try:
        found = differences(sides, asked, clients_max=CLIENTS_MAX)
    except TooManyClientsError:
        raise Problem("too_wide") from None
    teller, is_within = EventTeller(view, accept_language), events_within(view)

    def tell(each: Compared) -> Row:
        shown = each.with_events(is_within)
        return found.columns(shown) if form == "csv" else found.row(shown, teller)

    return page_of(
        request,
        view,
        found.cells,
        limit,
        form,
        tell=tell,
        days=month_span(view, asked.month).days,
        also={"from": sides.before.position, "from_recorded_at": sides.before.recorded_at},
    )
