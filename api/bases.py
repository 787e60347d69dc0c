"""Bases: what a claim, a budget or a statistic is made from. Each by one pure function over facts as of a position."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import msgspec
from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reached import of_reach
from api.reading import Limit, View, ViewDep, month_asked, month_named, month_period, month_span
from api.rendering import Format, Row
from api.small_cells import Key, withheld
from api.versioned import versioned_router
from domain.budget_basis import BudgetRow, budget_clients, budget_month, budget_months, budget_totals
from domain.client_counts import register_basis
from domain.debit_basis import debit_claims, debit_lines
from domain.local_time import ONE_DAY, Month, month_of

router = versioned_router(
    prefix="/v1",
    tags=["bases"],
    dependencies=[Depends(allowed("read.figures"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "cursor_gone", "bad_time", "not_yet_visible"),
)

BUDGET_MONTHS_MAX = 60
MonthText = Annotated[str | None, Query(description="YYYY-MM; default: the month of `at`.", max_length=7)]
Form = Annotated[Format, Query(alias="format")]


class DebitLevel(StrEnum):
    """What a row of the debit basis is."""

    PROVIDER = "provider"
    OCCASION = "occasion"


@router.get("/supervision-basis", response_class=Response)
def get_supervision_basis(
    request: Request,
    view: ViewDep,
    month: MonthText = None,
    level: DebitLevel = DebitLevel.PROVIDER,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """What each provider claims for supervision of its workers in a month, or each session that the claim is made of."""
    wanted, facts = month_asked(view, month), view.facts
    lines = debit_lines(
        wanted,
        facts.supervision_sessions(),
        facts.team_meetings(),
        context=view.context(),
        rulebook=view.rulebook,
    )
    if level is DebitLevel.OCCASION:
        told = [msgspec.structs.asdict(line) for line in of_reach(view, lines)]
    else:
        told = [msgspec.structs.asdict(claim) for claim in debit_claims(wanted, lines) if view.reach.is_wide]
    return page(request, view, told, limit, form, days=month_span(view, wanted).days)


class BudgetLevel(StrEnum):
    """What a row of the budget basis is."""

    MONTH = "month"
    UNIT = "unit"


@router.get("/budget-basis", response_class=Response)
def get_budget_basis(
    request: Request,
    view: ViewDep,
    last: Annotated[
        str | None, Query(description="YYYY-MM; default: the month before that of `at`.", max_length=7)
    ] = None,
    months: Annotated[int | None, Query(ge=1, le=BUDGET_MONTHS_MAX)] = None,
    level: BudgetLevel = BudgetLevel.MONTH,
    limit: Limit = 1000,
    form: Form = "json",
) -> Response:
    """Planned and performed minutes of the latest months by unit and act, month by month or together. How many months is
    the rulebook's to say."""
    latest = month_named(last) if last else month_of(month_asked(view, None).first_on - ONE_DAY)
    count = months or max(1, view.rulebook.on(latest.first_on).policies.budget_basis_months)
    wanted = budget_months(latest, count)
    rows = of_reach(view, budget_rows(view, wanted))
    days = [day for each in wanted for day in month_span(view, each).days]
    is_monthly = level is BudgetLevel.MONTH
    names = ("month", "unit_id", "legal_basis") if is_monthly else ("unit_id", "legal_basis")
    told: list[Row] = [msgspec.structs.asdict(row) for row in rows] if is_monthly else _totals(rows, count)
    cells = _clients(view, wanted, len(names))
    return page(request, view, withheld(view, told, names, cells), limit, form, days=days)


def _totals(rows: list[BudgetRow], months: int) -> list[Row]:
    return [
        msgspec.structs.asdict(total) | {"performed_minutes_per_month": total.performed_minutes_per_month}
        for total in budget_totals(rows, months)
    ]


def _clients(view: View, months: list[Month], length: int) -> Iterator[tuple[Key, str]]:
    """Whom each row adds up; a shorter key names no month."""
    context, rulebook = view.context(), view.rulebook
    for month in months:
        visits = view.facts.visits(month_period(view, month))
        for unit_id, basis, client_id in budget_clients(month, visits, context=context, rulebook=rulebook):
            yield (str(month), unit_id, basis)[-length:], client_id


def budget_rows(view: View, months: list[Month]) -> list[BudgetRow]:
    """The rows of each month, of which one is read at a time: a year and a half of visits is more than memory holds."""
    context, rulebook = view.context(), view.rulebook
    return [
        row
        for month in months
        for row in budget_month(month, view.facts.visits(month_period(view, month)), context=context, rulebook=rulebook)
    ]


@router.get("/register-basis", response_class=Response)
def get_register_basis(
    request: Request, view: ViewDep, month: MonthText = None, limit: Limit = 1000, form: Form = "json"
) -> Response:
    """The decisions that a month's register file speaks of: in force on its last day, started or ended in it."""
    wanted = month_asked(view, month)
    context, last_on = view.context(), wanted.until_on - ONE_DAY
    rows = register_basis(wanted, context=context, rulebook=view.rulebook)
    told = [
        msgspec.structs.asdict(row)
        for row in rows
        if view.reach.tells(row.client_id) and view.reach.has_unit(context.client_unit(row.client_id, last_on))
    ]
    return page(request, view, told, limit, form, days=[last_on])
