"""What is odd and waits for the office: derived from facts at an hour, with what the office has said of it."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import allowed
from api.paging import page
from api.problems import documented
from api.reading import Limit, Span, SpanDep, View, ViewDep
from api.rendering import Format
from api.strict_route import StrictRoute
from domain.detectors.found import FoundException
from domain.detectors.hour import moment_of
from domain.detectors.supervision import supervision_in_team_weeks
from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.exceptions import StandingException, by_stake, find_exceptions, standing
from domain.ids import ClientId, UnitId, WorkerId

router = APIRouter(
    prefix="/v1",
    tags=["reports"],
    route_class=StrictRoute,
    dependencies=[Depends(allowed("read.reports"))],
    responses=documented("unauthenticated", "forbidden", "bad_cursor", "bad_time", "not_yet_visible"),
)
Id = Annotated[str | None, Query(pattern="^[0-9a-f-]{36}$")]


@router.get("/exceptions", response_class=Response)
def get_exceptions(
    request: Request,
    view: ViewDep,
    span: SpanDep,
    code: Annotated[list[ExceptionCode] | None, Query()] = None,
    state: Annotated[str, Query(pattern="^(open|acknowledged|all)$")] = "open",
    client_id: Id = None,
    worker_id: Id = None,
    unit_id: Id = None,
    limit: Limit = 500,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Exceptions of the days asked for, what matters most first: minutes at stake, then age."""
    found = standing_exceptions(view, span, client_id=client_id, worker_id=worker_id, unit_id=unit_id)
    wanted = [
        told(each)
        for each in found
        if (not code or each.exception.code in code) and (state == "all" or each.is_open == (state == "open"))
    ]
    return page(request, view, wanted, limit, form)


def standing_exceptions(
    view: View,
    span: Span,
    *,
    client_id: str | None = None,
    worker_id: str | None = None,
    unit_id: str | None = None,
) -> list[StandingException]:
    """Find what is odd about the visits of some days, as believed and at the hour of the view."""
    facts, period = view.facts, span.period
    visits = facts.visits(
        period,
        client_id=ClientId(client_id) if client_id else None,
        worker_id=WorkerId(worker_id) if worker_id else None,
        unit_id=UnitId(unit_id) if unit_id else None,
    )
    whole = client_id is worker_id is unit_id is None
    found = find_exceptions(
        visits,
        context=view.context(),
        rulebook=view.rulebook,
        moment=moment_of(view.at, facts.device_contacts()),
        need_changes=facts.need_changes(period) if whole else (),
        quarantined=facts.quarantined() if whole else (),
    )
    in_team_weeks = _supervision_in_team_weeks(view, span) if whole else ()
    return standing(by_stake([*found, *in_team_weeks]), facts.acknowledgements())


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
        "since": found.since,
        "open": each.is_open,
        "acknowledged_by": given.actor if given else None,
        "acknowledged_before": each.earlier is not None,
    }
