"""Figures: performed time, reconciliation, a worker's day, exceptions. Each computed by one pure function over facts as of
a position."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.kept import kept_figures, recomputing
from api.month_parts import month_parts
from api.paging import page
from api.reached import require_reached, visits_reached
from api.reading import PAGE_ROWS_MAX, REPORT_PROBLEMS, Limit, Span, SpanDep, View, ViewDep, month_asked, month_span
from api.rendering import Format, Row
from api.small_cells import Key, withheld
from api.versioned import versioned_router
from api.visit_filter import Id, VisitFilter, VisitFilterDep
from domain.access.told_rows import told_rows
from domain.compared_reports import Narrowed
from domain.deviation.cause import Cause
from domain.ids import WorkerId
from domain.local_time import Month, local_day
from domain.performed_time import PerformedMinutes, performed_time, sum_by
from domain.reconciliation import Level, ReconciliationRow, RowKey, Tally, row_key, together
from domain.schedule import schedule

router = versioned_router(
    prefix="/v1",
    tags=["reports"],
    responses=REPORT_PROBLEMS,
)


class GroupBy(StrEnum):
    """What performed time is added up by."""

    CLIENT = "client"
    WORKER = "worker"
    CLIENT_UNIT = "client_unit"
    WORKER_UNIT = "worker_unit"
    PROVIDER = "provider"
    SERVICE = "service"
    LEGAL_BASIS = "legal_basis"
    KIND = "kind"
    DAY = "day"
    MONTH = "month"
    VISIT = "visit"


KEYS: dict[GroupBy, tuple[str, Callable[[PerformedMinutes], Any]]] = {
    GroupBy.CLIENT: ("client_id", lambda row: row.client_id),
    GroupBy.WORKER: ("worker_id", lambda row: row.worker_id),
    GroupBy.CLIENT_UNIT: ("client_unit_id", lambda row: row.client_unit_id),
    GroupBy.WORKER_UNIT: ("worker_unit_id", lambda row: row.worker_unit_id),
    GroupBy.PROVIDER: ("provider_id", lambda row: row.provider_id),
    GroupBy.SERVICE: ("service_code", lambda row: row.service_code),
    GroupBy.LEGAL_BASIS: ("legal_basis", lambda row: row.legal_basis),
    GroupBy.KIND: ("kind", lambda row: row.kind),
    GroupBy.DAY: ("day", lambda row: row.day),
    GroupBy.MONTH: ("month", lambda row: f"{row.day:%Y-%m}"),
    GroupBy.VISIT: ("visit_id", lambda row: row.visit_id),
}


@router.get("/performed-time", response_class=Response, dependencies=[Depends(allowed("read.reports"))])
def get_performed_time(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    of: VisitFilterDep,
    group_by: Annotated[list[GroupBy] | None, Query(description="Several may be asked for; default: `day`.")] = None,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Minutes carried out with or for clients, added up by what `group_by` names (several; default day)."""
    wanted = group_by or [GroupBy.DAY]
    found, also = performed_rows(view, span, of)
    whose = Narrowed(client_id=of.client_id, worker_id=of.worker_id, reach=view.reach)
    names = [KEYS[name][0] for name in wanted]
    rows = told_rows(view.reach, [row for row in found if whose.has_minutes(row)], names)
    totals = sum_by(rows, lambda row: tuple(KEYS[name][1](row) for name in wanted))
    told: Sequence[Row] = [
        dict(zip(names, key, strict=True)) | msgspec.structs.asdict(total)
        for key, total in sorted(totals.items(), key=lambda item: [str(part) for part in item[0]])
    ]
    counted = () if of.client_id or of.worker_id else rows
    told = withheld(
        view, told, names, ((tuple(KEYS[name][1](row) for name in wanted), row.client_id) for row in counted)
    )
    return page(request, view, told, limit, form, days=span.days, also=also)


def performed_rows(view: View, span: Span, of: VisitFilter) -> tuple[Sequence[PerformedMinutes], Mapping[str, object]]:
    """The rows of the days asked for, of whole visits, cut to the days; and what must be said of them. Those of a whole month
    are read where they are kept: they are the same as computed."""
    figures = None if span.month is None or of.unit_id else kept_figures(view, span.month, of.client_id)
    if figures is not None:
        return [row for row in figures.performed if row.uncounted is None], recomputing(figures)
    rows = performed_time(of.visits(view, span.period), context=view.context(), rulebook=view.rulebook)
    return [row for row in rows if row.day in span and row.uncounted is None], {}


@router.get("/reconciliation", response_class=Response, dependencies=[Depends(allowed("read.figures"))])
def get_reconciliation(
    request: Request,
    view: ViewDep,
    month: Annotated[str | None, Query(description="YYYY-MM", max_length=7)] = None,
    level: Annotated[list[Level] | None, Query(description="Several may be asked for; default: all.")] = None,
    client_id: Id = None,
    unit_id: Id = None,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Granted and ordered against planned and performed, in minutes, by client and service, with totals by client, unit and
    provider. Every deviation is split by cause: an object in JSON, a column for each cause in CSV."""
    require_reached(view, client_id=client_id, unit_id=unit_id)
    wanted = month_asked(view, month)
    tally = month_tally(view, wanted, client_id)
    of = Narrowed(client_id=client_id, unit_id=unit_id, reach=view.reach)
    told: list[Row] = []
    for each in (each for each in Level if not level or each in level):
        rows = [told_row(row, form) for row in (tally.rows(each) if tally else ()) if of.has_row(row)]
        names = RowKey._fields if each in {Level.SERVICE, Level.CLIENT} else ("legal_basis", f"{each}_id")
        told += withheld(view, rows, names, _clients(tally, each, names) if tally and client_id is None else ())
    return page(request, view, told, limit, form, days=month_span(view, wanted).days)


def reconciliation_rows(
    view: View, month: Month, levels: Collection[Level], client_id: str | None = None
) -> list[ReconciliationRow]:
    """The rows of a month on some levels, as of the view's position; of all clients, or of one."""
    tally = month_tally(view, month, client_id)
    return [row for level in levels for row in tally.rows(level)] if tally else []


def month_tally(view: View, month: Month, client_id: str | None = None) -> Tally | None:
    """The comparison of a month as of the view's position, of all clients or of one's household; None where there are none."""
    tallies = [part.compared.within(view.reach) for part in month_parts(view, month, client_id)]
    return together(tallies) if tallies else None


def _clients(tally: Tally, level: Level, names: Sequence[str]) -> Iterator[tuple[Key, str]]:
    """Whom each row of a level adds up."""
    for place in tally.cells:
        key = row_key(level, place)
        yield tuple(getattr(key, name) for name in names), place.client_id


def told_row(row: ReconciliationRow, form: str) -> dict[str, Any]:
    """A row as it is told: a table has a column for each cause, also where it explains nothing."""
    told = msgspec.structs.asdict(row)
    if form != "csv":
        return told
    causes = told.pop("causes")
    return told | {f"cause_{cause}": causes.get(cause, 0) for cause in Cause}


@router.get("/workers/{worker_id}/schedule", response_class=Response, dependencies=[Depends(allowed("read.reports"))])
def get_schedule(
    request: Request,
    view: ViewDep,
    worker_id: str,
    day: Annotated[date | None, Query(description="YYYY-MM-DD; default: the local day of `at`.")] = None,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """A worker's day: the visits in order of time, planned and made."""
    require_reached(view, worker_id=worker_id)
    wanted = day or local_day(view.at, view.rulebook.zone)
    period = Span(wanted, wanted, view.rulebook.zone).period
    shifts = view.facts.shifts(period, worker_id=WorkerId(worker_id))
    rows = schedule(
        visits_reached(view, view.facts.visits(period, worker_id=WorkerId(worker_id))),
        shifts if view.reach.has_schedule(wanted) else (),
        worker_id=WorkerId(worker_id),
        day=wanted,
        rulebook=view.rulebook,
    )
    return page(request, view, [msgspec.structs.asdict(row) for row in rows], PAGE_ROWS_MAX, form, days=[wanted])
