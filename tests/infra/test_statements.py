"""Statements are kept beside the log on either store: with their event or not at all, and as they are."""

import pytest
from msgspec.structs import replace

from domain.command import Accepted, Refused
from domain.ledger import Ledger
from domain.log import NewStatement
from domain.visit.aggregate import Visit
from domain.visit.errors import VisitCancelledError
from infra.recorder import LedgerRecorder
from tests.infra.stores import PLANNED
from tests.infra.writing import ledger_over, office, plan

MARCH = NewStatement("d1", b'{"month":"2025-03"}\x00')
APRIL = NewStatement("d2", b'{"month":"2025-04"}')


def refuse(_: Visit) -> None:
    raise VisitCancelledError


def test_a_statement_is_read_back_as_it_was_kept(recorder: LedgerRecorder) -> None:
    with recorder.transaction() as transaction:
        transaction.keep([MARCH, APRIL])
        transaction.append([PLANNED])
    assert recorder.statement("d1") == MARCH.content
    assert recorder.statement("d2") == APRIL.content
    assert recorder.statement("d3") is None


def test_one_that_is_there_already_stays_as_it_was(recorder: LedgerRecorder) -> None:
    for content in (MARCH.content, b"something else"):
        with recorder.transaction() as transaction:
            transaction.keep([NewStatement("d1", content)])
    assert recorder.statement("d1") == MARCH.content


def test_a_statement_goes_where_its_events_go(recorder: LedgerRecorder) -> None:
    def keep_and_fail() -> None:
        with recorder.transaction() as transaction:
            transaction.keep([MARCH])
            transaction.append([PLANNED])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keep_and_fail()
    assert recorder.statement("d1") is None


def test_a_command_keeps_its_statements_when_it_is_accepted_and_not_when_it_is_refused(
    recorder: LedgerRecorder,
) -> None:
    ledger: Ledger = ledger_over(recorder)
    kept, refused = ledger.decide(
        [replace(office(plan), statements=(MARCH,)), replace(office(refuse), statements=(APRIL,))]
    )
    assert isinstance(kept, Accepted)
    assert isinstance(refused, Refused)
    assert recorder.statement("d1") == MARCH.content
    assert recorder.statement("d2") is None


def test_a_guard_sees_other_subjects_as_earlier_commands_of_the_group_left_them(recorder: LedgerRecorder) -> None:
    seen = list[int]()
    guarded = replace(office(plan, subject="other"), guard=lambda look, _: seen.append(look(Visit, "first").version))
    ledger_over(recorder).decide([office(plan, subject="first"), guarded])
    assert seen == [1]
