"""Whose cells are asked for: the same visits as the report itself finds."""

import pytest

from domain.compared_reports import Narrowed
from tests.domain.given_facts import ANNA, BO, BRACKE, GALLO, but, plan, service, stay, visit

MADE = visit(
    but(plan(), unit_id=BRACKE, worker_ids=(ANNA,)),
    but(stay("08:00", "08:30", BO), unit_id=GALLO),
    service(worker=ANNA),
)


@pytest.mark.parametrize(
    ("of", "is_asked"),
    [
        (Narrowed(), True),
        (Narrowed(worker_id=ANNA, unit_id=BRACKE), True),
        (Narrowed(worker_id=BO, unit_id=GALLO), True),
        (Narrowed(worker_id=BO, unit_id=BRACKE), False),
        (Narrowed(worker_id=ANNA, unit_id=GALLO), False),
        (Narrowed(unit_id=GALLO), True),
    ],
)
def test_a_visit_is_a_workers_for_a_unit_where_one_plan_or_stay_says_both(of: Narrowed, *, is_asked: bool) -> None:
    assert of.has_visit(MADE) is is_asked
