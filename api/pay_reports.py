"""Money: what providers are paid for a month, and what clients pay. Each computed by one pure function over facts as of a
position."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.month_parts import month_parts
from api.paging import page
from api.reached import require_reached
from api.reading import REPORT_PROBLEMS, Limit, View, ViewDep, month_asked, month_period, month_span
from api.rendering import Format, Row
from api.small_cells import withheld
from api.versioned import versioned_router
from domain import exceptions
from domain.access.told_rows import told_rows
from domain.compared_reports import Narrowed
from domain.context import Context
from domain.detectors.hour import moment_of
from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.local_time import Month
from domain.pay.absence import LOOK_BACK
from domain.pay.fees import FeeLine, client_fees
from domain.pay.lines import PayLine, pay_total
from domain.values import Period

router = versioned_router(
    prefix="/v1",
    tags=["reports"],
    dependencies=[Depends(allowed("read.figures"))],
    responses=REPORT_PROBLEMS,
)

Id = Annotated[str | None, Query(pattern="^[0-9a-f-]{36}$")]


class PayGroup(StrEnum):
    """What reimbursement is added up by."""

    CLIENT = "client"
    SERVICE = "service"
    PROVIDER = "provider"
    CLIENT_UNIT = "client_unit"
    LEGAL_BASIS = "legal_basis"
    KIND = "kind"
    BAND = "band"
    DAY = "day"
    VISIT = "visit"
    WITHHELD = "withheld"
    RULEBOOK = "rulebook"


KEYS: dict[PayGroup, tuple[str, Callable[[PayLine], Any]]] = {
    PayGroup.CLIENT: ("client_id", lambda line: line.client_id),
    PayGroup.SERVICE: ("service_code", lambda line: line.service_code),
    PayGroup.PROVIDER: ("provider_id", lambda line: line.provider_id),
    PayGroup.CLIENT_UNIT: ("client_unit_id", lambda line: line.client_unit_id),
    PayGroup.LEGAL_BASIS: ("legal_basis", lambda line: line.legal_basis),
    PayGroup.KIND: ("kind", lambda line: line.kind),
    PayGroup.BAND: ("band", lambda line: line.band),
    PayGroup.DAY: ("day", lambda line: line.day),
    PayGroup.VISIT: ("visit_id", lambda line: line.visit_id),
    PayGroup.WITHHELD: ("withheld", lambda line: line.withheld),
    PayGroup.RULEBOOK: ("rulebook_version", lambda line: line.rulebook_version),
}


@router.get("/reimbursement", response_class=Response)
def get_reimbursement(
    request: Request,
    view: ViewDep,
    month: Annotated[str | None, Query(description="YYYY-MM", max_length=7)] = None,
    group_by: Annotated[list[PayGroup] | None, Query(description="None: the lines as they are.")] = None,
    client_id: Id = None,
    provider_id: Id = None,
    unit_id: Id = None,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """What providers are paid for a month: minutes performed, paid and withheld, with why, and kronor; line by line, or added
    up by what `group_by` names."""
    wanted = month_asked(view, month)
    require_reached(view, client_id=client_id, unit_id=unit_id)
    of = Narrowed(client_id=client_id, provider_id=provider_id, unit_id=unit_id, reach=view.reach)
    found = [line for line in reimbursement_lines(view, wanted, client_id) if of.has_line(line)]
    lines = told_rows(
        view.reach, found, [KEYS[name][0] for name in group_by] if group_by else PayLine.__struct_fields__
    )
    told: Sequence[Row] = added_up(lines, group_by) if group_by else [msgspec.structs.asdict(line) for line in lines]
    if group_by:
        counted = lines if client_id is None else ()
        cells = ((tuple(KEYS[name][1](line) for name in group_by), line.client_id) for line in counted)
        told = withheld(view, told, [KEYS[name][0] for name in group_by], cells)
    return page(request, view, told, limit, form, days=month_span(view, wanted).days)


@router.get("/client-fees", response_class=Response)
def get_client_fees(
    request: Request,
    view: ViewDep,
    month: Annotated[str | None, Query(description="YYYY-MM", max_length=7)] = None,
    client_id: Id = None,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """What clients pay for a month: performed time, meals, and visits that were cancelled too late or missed, under the fee
    cap."""
    wanted = month_asked(view, month)
    require_reached(view, client_id=client_id)
    unit_of = view.context().client_unit
    told = [
        msgspec.structs.asdict(line)
        for line in fee_lines(view, wanted)
        if client_id in (None, line.client_id)
        and view.reach.tells(line.client_id)
        and view.reach.has_unit(unit_of(line.client_id, line.day))
    ]
    return page(request, view, told, limit, form, days=month_span(view, wanted).days)


def reimbursement_lines(view: View, month: Month, client_id: str | None = None) -> Iterator[PayLine]:
    """The lines of a month, of all clients or one's household, as of the view's position. What must be fixed before pay is
    not paid."""
    for part in month_parts(view, month, client_id):
        yield from part.pay


def must_fix(view: View, visits: list[VisitFacts], context: Context) -> frozenset[VisitId]:
    """The visits that have an exception to be fixed before pay, at the hour of the view."""
    moment = moment_of(view.at, view.facts.device_contacts())
    found = exceptions.find_exceptions(visits, context=context, rulebook=view.rulebook, moment=moment)
    return exceptions.must_fix(found)


def fee_lines(view: View, month: Month) -> list[FeeLine]:
    """All lines of a month's client fees, as of the view's position."""
    return client_fees(month, visits_for_pay(view, month), context=view.context(), rulebook=view.rulebook)


def added_up(lines: list[PayLine], group_by: list[PayGroup]) -> list[dict[str, Any]]:
    """The lines' totals by what is named, in a fixed order."""
    groups: defaultdict[tuple[Any, ...], list[PayLine]] = defaultdict(list)
    for line in lines:
        groups[tuple(KEYS[name][1](line) for name in group_by)].append(line)
    names = [KEYS[name][0] for name in group_by]
    return [
        dict(zip(names, key, strict=True)) | msgspec.structs.asdict(pay_total(group))
        for key, group in sorted(groups.items(), key=lambda item: [str(part) for part in item[0]])
    ]


def visits_for_pay(view: View, month: Month) -> list[VisitFacts]:
    """The visits of a month, and those before it: an absence may have begun there, and a missed visit have warned already."""
    period = month_period(view, month)
    return view.facts.visits(Period(period.starts_at - LOOK_BACK, period.ends_at))
