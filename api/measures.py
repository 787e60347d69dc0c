"""What is measured beside minutes: staff continuity. Each by one pure function over facts as of a position."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, get_args

import msgspec
from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reached import of_reach, told_of
from api.reading import Limit, Span, SpanDep, View, ViewDep
from api.rendering import Format, Row
from api.small_cells import Key, withheld
from api.versioned import versioned_router
from domain.client_counts import ClientCount, CountLevel, client_counts
from domain.client_time import TimeLevel, UnitOf, client_time, time_clients
from domain.continuity import ClientContinuity, ContinuityReport, continuity
from domain.continuity_definition import Asked, definition_of
from domain.continuity_groups import ContinuityGroup, ContinuityLevel, continuity_groups, group_of
from domain.local_time import local_day
from domain.performed_time import performed_time
from domain.registration_quality import QualityLevel, quality_clients, registration_quality
from domain.rulebook.values import TimeWindow

router = versioned_router(
    prefix="/v1",
    tags=["measures"],
    dependencies=[Depends(allowed("read.figures"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "cursor_gone", "bad_time", "not_yet_visible"),
)

GROUP = ("provider_id", "unit_id")
"""What the rows of units, providers and the municipality are named by."""
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
        rows: Sequence[Row] = [_client_row(report, client) for client in told_of(view, report.clients)]
    else:
        wanted = ContinuityLevel(level)
        groups = [_group_row(report, group) for group in of_reach(view, continuity_groups(report, wanted))]
        counted = [client for client in report.clients if client.left_out is None]
        rows = withheld(view, groups, GROUP, ((group_of(client, wanted), client.client_id) for client in counted))
    return page(request, view, rows, limit, form, days=[report.first_on])


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


@router.get("/client-time", response_class=Response)
def get_client_time(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    by: UnitOf = UnitOf.WORKER,
    level: TimeLevel = TimeLevel.UNIT,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """Client time against the paid minutes of shifts, by the workers' unit or the clients', with what was lent; and by the
    workers' unit what the rest of the scheduled time went to."""
    context, period = view.context(), span.period
    performed = performed_time(view.facts.visits(period), context=context, rulebook=view.rulebook)
    rows = client_time(
        performed,
        view.facts.shifts(period),
        view.facts.indirect_time(period),
        first_on=span.first_on,
        last_on=span.last_on,
        by=by,
        level=level,
        context=context,
        rulebook=view.rulebook,
    )
    told = [
        msgspec.structs.asdict(row) | {"unused_minutes": row.unused_minutes, "client_time_share": row.client_time_share}
        for row in of_reach(view, rows)
    ]
    of = time_clients(performed, first_on=span.first_on, last_on=span.last_on, by=by, level=level, context=context)
    return page(request, view, withheld(view, told, GROUP, of), limit, form, days=span.days)


@router.get("/registration-quality", response_class=Response)
def get_registration_quality(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    level: QualityLevel = QualityLevel.UNIT,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """How much was entered by hand, how late the ledger learned of it, and how far clocks were off: by unit and month."""
    visits, context = view.facts.visits(span.period), view.context()
    first_on, last_on, rulebook = span.first_on, span.last_on, view.rulebook
    rows = registration_quality(
        visits, first_on=first_on, last_on=last_on, level=level, context=context, rulebook=rulebook
    )
    judged = quality_clients(
        visits, first_on=first_on, last_on=last_on, level=level, context=context, rulebook=rulebook
    )
    told = [msgspec.structs.asdict(row) for row in of_reach(view, rows)]
    return page(request, view, withheld(view, told, ("month", *GROUP), judged), limit, form, days=span.days)


@router.get("/client-counts", response_class=Response)
def get_client_counts(
    request: Request,
    view: ViewDep,
    day: Annotated[date | None, Query(description="YYYY-MM-DD; default: the local day of `at`.")] = None,
    level: CountLevel = CountLevel.MUNICIPALITY,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """Clients with a decision in force on a day, and those of them who are home-care clients in comparisons."""
    wanted = day or local_day(view.at, view.rulebook.zone)
    rows = client_counts(wanted, level=level, context=view.context(), rulebook=view.rulebook)
    told = [msgspec.structs.asdict(row) | {"left_out": row.left_out} for row in of_reach(view, rows)]
    return page(request, view, withheld(view, told, GROUP, _counted(rows)), limit, form, days=[wanted])


def _counted(rows: Sequence[ClientCount]) -> Iterator[tuple[Key, str]]:
    """So many different clients as each row counts stand for them: nobody is counted in two."""
    numbered = ((row, f"{at} {number}") for at, row in enumerate(rows) for number in range(row.with_decision))
    return (((row.provider_id, row.unit_id), one) for row, one in numbered)
