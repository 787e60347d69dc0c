"""The demo municipality's figures, taken apart and held against what they were: nothing is left over, nothing unexplained."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from api.asked_reports import ReportName, grouped
from api.cell_comparison import Sides
from api.compared_cells import Question, differences, open_sides
from api.exception_comparison import FIGURES, exceptions_of
from api.exceptions import told
from api.month_parts import month_parts
from api.reading import month_span
from api.reports import KEYS, GroupBy, performed_rows
from api.visit_filter import visit_filter
from domain.cell_causes import Because
from domain.compared_reports import Narrowed
from domain.explanation import explained_parts
from domain.household_month import HouseholdMonth
from domain.local_time import Month
from domain.performed_time import sum_by
from domain.reconciliation import Level
from domain.report_cells import changed_cells
from tests.api.demo_house import LATER, SMALL, Loaded

pytestmark = pytest.mark.domain

OCTOBER: Month = SMALL.month
GROUPS: Sequence[Sequence[GroupBy]] = (
    (GroupBy.CLIENT, GroupBy.SERVICE),
    (GroupBy.VISIT, GroupBy.WORKER),
    (GroupBy.WORKER, GroupBy.DAY),
    (GroupBy.CLIENT_UNIT, GroupBy.KIND),
)
LATE_PERCENT = 90


@pytest.fixture(scope="module", params=["at their own hours", "at the same hour"])
def sides(demo: Loaded, request: pytest.FixtureRequest) -> Iterator[Sides]:
    """When nine tenths of the log were there, and at its end; also as if both were judged later, when the hour of day no
    longer explains anything."""
    head = demo.house.log.head()[0]
    with open_sides(demo.house, str(head * LATE_PERCENT // 100), str(head)) as opened:
        is_same = request.param == "at the same hour"
        yield Sides(*(replace(view, at=LATER) for view in opened)) if is_same else opened


@pytest.fixture(scope="module")
def parts(sides: Sides) -> Sequence[list[HouseholdMonth]]:
    """The whole month at each of the two, whatever changed."""
    return [list(month_parts(view, OCTOBER)) for view in sides]


@pytest.mark.parametrize("groups", GROUPS)
def test_the_explained_parts_of_every_cell_of_performed_time_add_up_to_it(
    sides: Sides, parts: Sequence[list[HouseholdMonth]], groups: Sequence[GroupBy]
) -> None:
    report = grouped(ReportName.PERFORMED_TIME, groups)
    rows, _ = performed_rows(sides.after, month_span(sides.after, OCTOBER), visit_filter())
    totals = sum_by(rows, lambda row: tuple(KEYS[group][1](row) for group in groups))
    pieces = [piece for part in parts[1] for piece in report.pieces(part)]
    assert {piece.key for piece in pieces} == set(totals)
    assert len(totals) > 5
    for key, row in totals.items():
        explained = explained_parts([piece for piece in pieces if piece.key == key], report.adds)
        sums = [sum(int(part.figures[name]) for part in explained) for name in report.adds]
        assert sums == [row.staff_minutes, row.visit_minutes, row.lent_minutes]


@pytest.mark.parametrize(
    "asked",
    [
        Question(ReportName.PERFORMED_TIME, OCTOBER, ("client", "service")),
        Question(ReportName.PERFORMED_TIME, OCTOBER, ("day",)),
        Question(ReportName.REIMBURSEMENT, OCTOBER, ("provider", "withheld")),
        Question(ReportName.RECONCILIATION, OCTOBER, level=Level.SERVICE),
        Question(ReportName.RECONCILIATION, OCTOBER, level=Level.UNIT),
    ],
    ids=lambda asked: f"{asked.report}-{'-'.join(asked.group_by) or asked.level}",
)
def test_what_differs_is_all_that_differs_and_every_difference_has_its_events(
    sides: Sides, parts: Sequence[list[HouseholdMonth]], asked: Question
) -> None:
    report = grouped(asked.report, asked.group_by, asked.level)
    whole = [report.rows([report.summary(part) for part in each]) for each in parts]
    found = differences(sides, asked).cells
    assert [each.cell for each in found] == changed_cells(*whole)
    assert found
    first, last = sides.before.position, sides.after.position
    for each in found:
        assert all(first < position <= last for position in each.causes.positions)
        assert each.causes.positions or (report.depends_on_hour and sides.before.at != sides.after.at)
    assert sum(each.causes.because is Because.ITS_FACTS for each in found) > len(found) // 2


def test_an_exception_that_differs_differs_in_the_lists(sides: Sides) -> None:
    lists = [exceptions_of(view, OCTOBER, visit_filter()) for view in sides]
    rows = [{(key,): {name: told(each)[name] for name in FIGURES} for key, each in found.items()} for found in lists]
    found = differences(sides, Question(ReportName.EXCEPTIONS, OCTOBER)).cells
    assert [each.cell for each in found] == changed_cells(*rows)
    assert found


def test_a_client_alone_differs_in_what_the_client_differs_in_among_all(sides: Sides) -> None:
    everybody = differences(sides, Question(ReportName.REIMBURSEMENT, OCTOBER)).cells
    client_id = everybody[0].cell.key[0]
    alone = differences(sides, Question(ReportName.REIMBURSEMENT, OCTOBER, of=Narrowed(client_id=client_id))).cells
    assert alone == [each for each in everybody if each.cell.key[0] == client_id]
