"""A day without rules is told of, and nothing crashes (exceptions.md)."""

from datetime import date

import pytest

from domain.exception_catalogue import CATALOGUE, ExceptionCode
from domain.exceptions import lasting_exceptions, payable
from domain.facts import VisitFacts
from domain.performed_time import performed_time
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Edition, Rulebook
from domain.values import ApprovalRole, ExceptionClass
from tests.domain.given_facts import MONDAY, approval, clock, failure, known, plan, service, stay, visit

TUESDAY = date(2025, 3, 4)
UNTIL_TUESDAY = Rulebook(
    municipality="Bräcke", editions=(Edition(version="b-1", from_on=date(2025, 1, 1), until_on=TUESDAY),)
)
FROM_TUESDAY = Rulebook(municipality="Bräcke", editions=(Edition(version="b-2", from_on=TUESDAY),))
APPROVED = [approval(role) for role in ApprovalRole]
MADE = visit(plan(), stay("08:00", "08:30"), service(), *APPROVED)
NIGHT = visit(stay("23:40", clock("00:20", TUESDAY)))


def missing(made: VisitFacts, rulebook: Rulebook) -> list[int]:
    return [
        each.minutes
        for each in lasting_exceptions([made], context=known(), rulebook=rulebook)
        if each.code is ExceptionCode.RULEBOOK_MISSING
    ]


@pytest.mark.parametrize(
    ("made", "rulebook", "minutes"),
    [
        (MADE, UNTIL_TUESDAY, []),
        (MADE, DEFAULT_RULEBOOK, []),
        (MADE, FROM_TUESDAY, [30]),
        (NIGHT, UNTIL_TUESDAY, [40]),
        (visit(failure()), FROM_TUESDAY, [0]),
        (visit(plan()), FROM_TUESDAY, []),
    ],
)
def test_what_is_registered_on_a_day_without_rules_is_told_of(
    made: VisitFacts, rulebook: Rulebook, minutes: list[int]
) -> None:
    assert missing(made, rulebook) == minutes


def test_it_is_computed_under_the_defaults_and_not_paid() -> None:
    assert [row.staff_minutes for row in performed_time([MADE], context=known(), rulebook=FROM_TUESDAY)] == [30]
    found = list(lasting_exceptions([MADE], context=known(), rulebook=FROM_TUESDAY))
    assert payable(MADE, [], FROM_TUESDAY)
    assert not payable(MADE, found, FROM_TUESDAY)
    assert CATALOGUE[ExceptionCode.RULEBOOK_MISSING].exception_class is ExceptionClass.FIX
    assert MONDAY < TUESDAY
