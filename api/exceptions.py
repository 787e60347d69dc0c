"""What is odd and waits for the office: derived from facts at an hour, with what the office has said of it."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.reached import exceptions_within
from api.reading import REPORT_PROBLEMS, Limit, Span, SpanDep, View, ViewDep
from api.rendering import Format
from api.versioned import versioned_router
from api.visit_filter import VisitFilter, VisitFilterDep
from domain.detectors.found import FoundException
from domain.detectors.hour import moment_of
from domain.detectors.supervision import supervision_in_team_weeks
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.exceptions import StandingException, by_stake, find_exceptions, standing
from domain.pay.at_stake import amounts_by_visit

router = versioned_router(
    prefix="/v1",
    tags=["reports"],
    dependencies=[Depends(allowed("read.reports"))],
    responses=REPORT_PROBLEMS,
)


@router.get("/exceptions", response_class=Response)
def get_exceptions(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    of: VisitFilterDep,
    code: Annotated[list[ExceptionCode] | None, Query(description="Several may be asked for; default: all.")] = None,
    state: Annotated[str, Query(pattern="^(open|acknowledged|all)$")] = "open",
    limit: Limit = 500,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Exceptions of the days asked for, what matters most first: minutes at stake, then money, then age. What only a month
    shows is told of whole months, where neither worker nor unit is asked for."""
    found = standing_exceptions(view, span, of)
    wanted = [
        told(each)
        for each in found
        if (not code or each.exception.code in code) and (state == "all" or each.is_open == (state == "open"))
    ]
    return page(request, view, wanted, limit, form, days=span.days)


def standing_exceptions(view: View, span: Span, of: VisitFilter) -> list[StandingException]:
    """Find what is odd about the visits of some days, as believed and at the hour of the view."""
    facts, period = view.facts, span.period
    visits, context, rulebook = of.visits(view, period), view.context(), view.rulebook
    found = find_exceptions(
        visits,
        context=context,
        rulebook=rulebook,
        moment=moment_of(view.at, facts.device_contacts()),
        need_changes=facts.need_changes(period) if of.is_open else (),
        quarantined=facts.quarantined() if of.is_open else (),
        closings=facts.period_closings(),
        amounts=amounts_by_visit(visits, span.months, context=context, rulebook=rulebook),
        whole_months=span.whole_months if of.worker_id is None and of.unit_id is None else (),
    )
    in_team_weeks = _supervision_in_team_weeks(view, span) if of.is_open else ()
    reached = filter(exceptions_within(view, visits, context), [*found, *in_team_weeks])
    return standing(by_stake(reached), facts.acknowledgements())


def _supervision_in_team_weeks(view: View, span: Span) -> Iterable[FoundException]:
    """Of the days asked for; what says that a week has a team meeting may lie outside them."""
    sessions, meetings = view.facts.supervision_sessions(), view.facts.team_meetings()
    return supervision_in_team_weeks(sessions, meetings, first_on=span.first_on, last_on=span.last_on, zone=span.zone)


def told(each: StandingException) -> dict[str, Any]:
    """One exception as a row."""
    found, entry = each.exception, CATALOGUE[each.exception.code]
    given = each.acknowledgement
    return {
        "key": found.key,
        "code": found.code,
        "class": found.exception_class,
        "owner": entry.owner,
        "subject_kind": found.subject_kind,
        "subject_id": found.subject_id,
        "visit_ids": found.visit_ids,
        "fact_ids": found.fact_ids,
        "minutes": found.minutes,
        "amount": found.amount,
        "since": found.since,
        "open": each.is_open,
        "acknowledged_by": given.actor if given else None,
        "acknowledged_before": each.earlier is not None,
    }
