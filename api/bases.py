"""Bases: what a claim, a budget or a statistic is made from. Each by one pure function over facts as of a position."""

from enum import StrEnum
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reading import Limit, ViewDep, month_asked
from api.rendering import Format
from api.strict_route import StrictRoute
from domain.debit_basis import debit_claims, debit_lines

router = APIRouter(
    prefix="/v1",
    tags=["bases"],
    route_class=StrictRoute,
    dependencies=[Depends(allowed("read.reports"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "bad_time", "not_yet_visible"),
)

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
    rows = lines if level is DebitLevel.OCCASION else debit_claims(wanted, lines)
    return page(request, view, [msgspec.structs.asdict(row) for row in rows], limit, form)
