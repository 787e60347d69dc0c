"""Cells of a report: what they are made of, and how one differs from what it was."""

from datetime import date
from decimal import Decimal

from domain.explanation import explained_parts, rules_in_force
from domain.ids import VisitId
from domain.report_cells import ChangedCell, Piece, added_up, changed_cells, changed_pieces, sums, total
from domain.rulebook.rulebook import rulebook_with
from domain.rulebook.values import DoubleStaffing
from tests.domain.given_facts import ASTA, BROR, MONDAY, SHOWER

TUESDAY = date(2025, 3, 4)
FIRST, SECOND = VisitId("first"), VisitId("second")


def piece(minutes: int, visit_id: VisitId | None = FIRST, day: date = MONDAY) -> Piece:
    return Piece((ASTA,), (minutes,), ASTA, day, visit_id, service_code=SHOWER)


def test_a_cell_that_came_went_or_moved_differs_and_one_that_stands_does_not() -> None:
    before = {(ASTA,): {"minutes": 40}, (BROR,): {"minutes": 10}, ("gone",): {"minutes": 5}}
    after = {(ASTA,): {"minutes": 15}, (BROR,): {"minutes": 10}, ("new",): {"minutes": 7}}
    assert changed_cells(before, after) == [
        ChangedCell((ASTA,), {"minutes": 40}, {"minutes": 15}),
        ChangedCell(("gone",), {"minutes": 5}, None),
        ChangedCell(("new",), None, {"minutes": 7}),
    ]


def test_a_difference_is_after_less_before_of_what_is_counted() -> None:
    before = {"minutes": 40, "amount": Decimal("10.50"), "rate": None, "open": True, "code": "SHORT", "share": None}
    after = before | {"minutes": 15, "amount": Decimal("4.00"), "rate": 0.5, "open": False}
    assert ChangedCell((), before, after).difference == {"minutes": -25, "amount": Decimal("-6.50"), "rate": 0.5}
    assert ChangedCell((), None, {"minutes": 7}).difference == {"minutes": 7}


def test_a_piece_that_both_sides_have_as_often_has_not_changed() -> None:
    before = [piece(40), piece(10, SECOND), piece(10, SECOND)]
    after = [piece(15), piece(10, SECOND)]
    [changed] = changed_pieces(before, after).values()
    assert sorted(each.amounts for each in changed) == [(10,), (15,), (40,)]
    assert changed_pieces(before, before) == {}


def test_pieces_add_up_to_their_cell_and_to_the_parts_that_explain_it() -> None:
    """By day and visit, in the order of time; what adds nothing is no part."""
    pieces = [piece(30, SECOND, TUESDAY), piece(10), piece(5), piece(0, SECOND), piece(20, None, TUESDAY)]
    parts = explained_parts(pieces, ("minutes",))
    assert sums(pieces) == added_up([*sums(pieces[:2]).items(), *sums(pieces[2:]).items()]) == {(ASTA,): (65,)}
    assert total(pieces, ("minutes",)) == {"minutes": 65}
    assert [(part.day, part.visit_id, part.figures["minutes"]) for part in parts] == [
        (MONDAY, FIRST, 15),
        (TUESDAY, None, 20),
        (TUESDAY, SECOND, 30),
    ]
    assert total([], ("minutes",)) == {"minutes": 0}


def test_the_rules_behind_a_cell_say_which_policies_the_rulebook_states() -> None:
    rulebook = rulebook_with("b-1", double_staffing=DoubleStaffing.COUNT_EACH)
    [rules] = rules_in_force(rulebook, [TUESDAY, MONDAY, MONDAY], ("double_staffing", "client_time"))
    assert (rules.edition.version, rules.days) == ("b-1", [MONDAY, TUESDAY])
    assert [(each.policy, each.stated_by) for each in rules.policies] == [
        ("double_staffing", "edition"),
        ("client_time", "default"),
    ]
