"""`/v1/rulebooks/compare`: what another rulebook would have made of the months on record."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from api.compared import months_of, names_of, records, told
from api.dependencies import allowed
from api.paging import page
from api.problems import Problem, documented
from api.reading import Limit, View, ViewDep
from api.rendering import Format, Row
from api.rulebook_sides import side_named
from api.rulebooks import PREFIX
from api.small_cells import withheld
from api.strict_route import FieldError
from api.versioned import versioned_router
from domain.local_time import Month, MonthUnreadableError
from domain.order.values import MinuteControl
from domain.rulebook.change import PolicyUnreadableError
from domain.rulebook.rulebook import Rulebook
from domain.what_if import By, Difference, compare_rulebooks
from infra.case_files import NoSuchRulebookError

router = versioned_router(
    prefix=PREFIX,
    tags=["rulebooks"],
    dependencies=[Depends(allowed("read.comparisons"))],
    responses=documented(
        "unauthenticated", "forbidden", "invalid", "bad_cursor", "cursor_gone", "bad_time", "not_yet_visible"
    ),
)
SideName = Annotated[
    str,
    Query(
        max_length=500,
        description="`adopted`, or a rulebook that comes with the program; with changes, `adopted+excess_policy=pay_actual`"
        " (the plus sign written as %2B).",
    ),
]


@router.get("/compare", response_class=Response)
def get_comparison(
    request: Request,
    view: ViewDep,
    before: SideName,
    after: SideName,
    period: Annotated[str, Query(max_length=16, description="2026-10, or 2026-10..2026-12; two years at most.")],
    minute_control: Annotated[
        MinuteControl | None, Query(description="What if, for `after`, every order were bound so firmly.")
    ] = None,
    by: Annotated[list[By] | None, Query(description="Only these lines.")] = None,
    limit: Limit = 1000,
    form: Annotated[Format, Query(alias="format")] = "json",
) -> Response:
    """Minutes and kronor of the months on record under two rulebooks, by provider, unit, service and client."""
    sides = [_side(name, value, view) for name, value in (("before", before), ("after", after))]
    found = compare_rulebooks(records(view, _months(period)), *sides, minute_control=minute_control, reach=view.reach)
    names = names_of(view)
    return page(request, view, _told(view, [each for each in found if not by or each.by in by], names), limit, form)


def _told(view: View, found: Sequence[Difference], names: Mapping[tuple[By, str], str]) -> list[Row]:
    """The lines as rows, those of each kind held against each other."""
    rows: list[Row] = []
    for by in dict.fromkeys(each.by for each in found):
        lines = [each for each in found if each.by is by]
        counted = lines if by is not By.CLIENT else ()
        cells = (((each.name, each.legal_basis), client_id) for each in counted for client_id in each.client_ids)
        unit = "id" if by is By.UNIT else ""
        rows += withheld(view, [told(each, names) for each in lines], ("id", "legal_basis"), cells, unit=unit)
    return rows


def _side(name: str, value: str, view: View) -> Rulebook:
    try:
        # A plus sign in a query reads as a space, and no name or policy has one.
        return side_named(value.replace(" ", "+", 1), view, None)
    except NoSuchRulebookError:
        raise Problem("invalid", errors=[FieldError(f"/query/{name}", "no_such_rulebook")]) from None
    except PolicyUnreadableError as error:
        raise Problem("invalid", errors=[FieldError(f"/query/{name}", error.code)]) from None


def _months(period: str) -> list[Month]:
    try:
        return months_of(period)
    except MonthUnreadableError:
        raise Problem("bad_time", errors=[FieldError("/query/period", "bad_time")]) from None
