"""The causes of a deviation add up, and what is paid stands beside them."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.detectors.hour import Moment
from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.pay.lines import PayKind, PayLine
from domain.performed_time import performed_time
from domain.reconciliation import reconcile
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, rulebook_with
from domain.rulebook.values import CapPeriod
from domain.values import CancelledBy, NotPerformedReason, VisitKind
from tests.domain.given_facts import (
    ASTA,
    BRACKE,
    BROR,
    CLEAN,
    MONDAY,
    MUNICIPAL,
    SHOWER,
    but,
    clock,
    failure,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)
from tests.domain.test_deviation import MARCH, ONE_SHOWER, PLANNED, need, rows_of, showered


def paid(minutes: int, amount: str) -> PayLine:
    """A pay line of Asta's shower."""
    return PayLine(
        kind=PayKind.PERFORMED,
        day=MONDAY,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        client_unit_id=BRACKE,
        legal_basis="SoL",
        service_code=SHOWER,
        visit_id=None,
        rulebook_version="default-1",
        reimbursed_minutes=minutes,
        amount=Decimal(amount),
    )


def test_what_is_paid_stands_beside_what_was_done_on_every_level() -> None:
    made = showered(40)
    context = known(orders=[ONE_SHOWER])
    rows = reconcile(
        MARCH,
        planned=[PLANNED],
        performed=performed_time([made], context=context, rulebook=DEFAULT_RULEBOOK),
        context=context,
        rulebook=DEFAULT_RULEBOOK,
        reimbursed=[paid(30, "205.35"), paid(5, "34.20")],
    )
    assert [(row.reimbursed_minutes, row.reimbursed_amount) for row in rows] == [(35, Decimal("239.55"))] * 4
    assert {row.reimbursed_minutes for row in rows_of(made)} == {None}


# Whatever happens

FATES = st.sampled_from([None, *NotPerformedReason, CancelledBy.CLIENT, CancelledBy.PROVIDER, "made", "open", "alarm"])


@st.composite
def anything(draw: st.DrawFn) -> VisitFacts:
    """A planned visit of some length on some day, and what became of it."""
    day, fate = MONDAY + timedelta(days=draw(st.integers(0, 5))), draw(FATES)
    number, code = draw(st.integers(0, 10_000)), draw(st.sampled_from([SHOWER, CLEAN]))
    visit_id, client = VisitId(f"{day}-{number}"), draw(st.sampled_from([ASTA, BROR]))
    starts_at = clock("08:00", day)
    ends_at = starts_at + timedelta(minutes=draw(st.integers(1, 90)))
    planned = plan(
        starts_at, starts_at + timedelta(minutes=30), (code, 30, client), visit_id=visit_id, clients=(client,)
    )
    if isinstance(fate, CancelledBy):
        return visit(but(planned, cancelled_by=fate, notice_given_at=starts_at), visit_id=visit_id)
    if isinstance(fate, NotPerformedReason):
        return visit(planned, but(failure(fate, client), visit_id=visit_id), visit_id=visit_id)
    if fate is None:
        return visit(planned, visit_id=visit_id)
    there = stay(
        starts_at,
        None if fate == "open" else ends_at,
        clients=(client,),
        visit_id=visit_id,
        kind=VisitKind.ALARM if fate == "alarm" else VisitKind.PLANNED,
    )
    done = service(code, client=client, at=starts_at, visit_id=visit_id)
    return visit(planned, there, done, visit_id=visit_id)


@given(
    st.lists(anything(), max_size=8, unique_by=lambda each: each.visit_id),
    st.sampled_from(["strict", "flexible", "none"]),
    st.sampled_from(list(CapPeriod)),
    st.sampled_from(["decreased", "increased"]),
    st.integers(0, 6),
)
def test_the_causes_of_every_row_add_up_to_its_deviation(
    visits: list[VisitFacts], control: str, period: CapPeriod, direction: str, day: int
) -> None:
    orders = [
        order(control=control, minutes=40),
        order(code=CLEAN, minutes=20, frequency="2/week"),
        order(BROR, control="strict"),
    ]
    rows = rows_of(
        *visits,
        orders=orders,
        rulebook=rulebook_with(cap_period=period),
        need_changes=need(direction, MONDAY + timedelta(days=day)),
        moment=Moment(clock("12:00", MONDAY + timedelta(days=day))),
    )
    for row in rows:
        assert sum(row.causes.values()) == (row.deviation_minutes or 0)
        if row.deviation_minutes is not None:
            assert row.excess_minutes - row.shortfall_minutes == row.deviation_minutes
