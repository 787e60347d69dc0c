"""Ordered, planned and performed side by side (rules.md 10), as firmly as the order binds (rules.md 3.2 [S:SEED3])."""

from collections.abc import Sequence
from datetime import date

import msgspec

from domain.context import Context
from domain.facts import OrderLine, PlannedVisit, VisitFacts
from domain.ids import ClientId, ProviderId, ServiceCode, UnitId, VisitId
from domain.local_time import Month
from domain.order.time_frame import TimeFrame
from domain.order.values import MinuteControl
from domain.performed_time import performed_time
from domain.reconciliation import Level, ReconciliationRow, reconcile
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.rulebook.values import DoubleStaffing
from domain.values import CancelledBy
from tests.domain.given_facts import (
    ANNA,
    ASTA,
    BO,
    BRACKE,
    BROR,
    CLEAN,
    GALLO,
    MUNICIPAL,
    SHOP,
    SHOWER,
    belongs,
    clock,
    known,
    order,
    plan,
    service,
    stay,
    visit,
)

MARCH = Month(2025, 3)
PRIVATE = ProviderId("private")
EACH = rulebook_with(double_staffing=DoubleStaffing.COUNT_EACH)


def month(
    *visits: VisitFacts,
    orders: Sequence[OrderLine] = (),
    plans: Sequence[PlannedVisit] = (),
    frames: Sequence[TimeFrame] = (),
    context: Context | None = None,
    rulebook: Rulebook = DEFAULT_RULEBOOK,
    of: Month = MARCH,
) -> list[ReconciliationRow]:
    context = context or known(orders=orders, frames=frames)
    rows = performed_time(visits, context=context, rulebook=rulebook)
    planned = [*plans, *(made.planned for made in visits if made.planned)]
    return reconcile(of, planned=planned, performed=rows, context=context, rulebook=rulebook)


def the(
    rows: Sequence[ReconciliationRow],
    level: Level,
    client: ClientId | None = None,
    code: ServiceCode | None = None,
    *,
    unit: UnitId | None = None,
    basis: str = "SoL",
) -> ReconciliationRow:
    wanted = (level, basis, client, code, unit)
    (row,) = [
        row for row in rows if (row.level, row.legal_basis, row.client_id, row.service_code, row.unit_id) == wanted
    ]
    return row


def showered(minutes: int, day: int = 3, client: ClientId = ASTA, code: ServiceCode = SHOWER) -> VisitFacts:
    starts_at = clock("08:00", date(2025, 3, day))
    ends_at = clock(f"{8 + minutes // 60:02}:{minutes % 60:02}", date(2025, 3, day))
    visit_id = VisitId(f"{client}-{code}-{day}")
    return visit(
        stay(starts_at, ends_at, ANNA, (client,), visit_id=visit_id),
        service(code, None, client, at=ends_at, visit_id=visit_id),
        visit_id=visit_id,
    )


# How firmly it binds


def test_under_strict_control_each_service_deviates() -> None:
    once = [
        order(code=code, minutes=30, frequency="once", since=date(2025, 3, 1), control="strict")
        for code in (SHOWER, CLEAN)
    ]
    rows = month(showered(40), orders=once)
    shower = the(rows, Level.SERVICE, ASTA, SHOWER)
    assert (shower.deviation_minutes, shower.excess_minutes, shower.shortfall_minutes) == (10, 10, 0)
    assert the(rows, Level.SERVICE, ASTA, CLEAN).deviation_minutes == -30
    assert the(rows, Level.CLIENT, ASTA).deviation_minutes == -20


def test_under_flexible_control_only_the_clients_total_deviates() -> None:
    once = [order(code=code, minutes=30, frequency="once", since=date(2025, 3, 1)) for code in (SHOWER, CLEAN)]
    rows = month(showered(40), orders=once)
    shower = the(rows, Level.SERVICE, ASTA, SHOWER)
    assert (shower.ordered_minutes, shower.performed_minutes, shower.deviation_minutes) == (30, 40, None)
    total = the(rows, Level.CLIENT, ASTA)
    assert (total.ordered_minutes, total.deviation_minutes, total.delivery_rate) == (60, -20, 40 / 60)
    assert (total.excess_minutes, total.shortfall_minutes) == (0, 20)


def test_under_no_control_there_is_no_ordered_minute_and_no_deviation() -> None:
    rows = month(showered(40), orders=[order(control="none")])
    for row in (the(rows, Level.SERVICE, ASTA, SHOWER), the(rows, Level.CLIENT, ASTA)):
        assert (row.ordered_minutes, row.deviation_minutes, row.delivery_rate) == (None, None, None)
        assert (row.performed_minutes, row.uncontrolled_minutes) == (40, 40)


def test_what_is_ordered_without_minutes_and_never_done_is_still_seen() -> None:
    row = the(month(orders=[order(control="none")]), Level.SERVICE, ASTA, SHOWER)
    assert (row.minute_control, row.planned_minutes, row.performed_minutes) == (MinuteControl.NONE, 0, 0)


def test_what_is_not_controlled_stays_out_of_the_clients_deviation() -> None:
    rows = month(
        showered(40),
        showered(25, day=4, code=SHOP),
        orders=[order(frequency="1/month"), order(code=SHOP, control="none")],
    )
    total = the(rows, Level.CLIENT, ASTA)
    assert (total.performed_minutes, total.uncontrolled_minutes, total.deviation_minutes) == (65, 25, 10)


def test_a_service_outside_the_order_counts_in_the_clients_total() -> None:
    rows = month(showered(40), showered(25, day=4, code=SHOP), orders=[order(frequency="1/month")])
    assert the(rows, Level.SERVICE, ASTA, SHOP).ordered_minutes == 0
    assert the(rows, Level.CLIENT, ASTA).deviation_minutes == 35


def test_without_minutes_in_any_order_nothing_outside_it_deviates_either() -> None:
    rows = month(showered(25, code=SHOP), orders=[order(control="none")])
    assert the(rows, Level.CLIENT, ASTA).deviation_minutes is None


def test_without_an_order_all_of_it_deviates_unless_the_rulebook_says_otherwise() -> None:
    loose = rulebook_with(minute_control=MinuteControl.NONE)
    assert the(month(showered(40)), Level.CLIENT, ASTA, basis="none").deviation_minutes == 40
    assert the(month(showered(40), rulebook=loose), Level.CLIENT, ASTA, basis="none").deviation_minutes is None


def test_an_order_for_when_it_is_needed_has_no_minutes_to_deviate_from() -> None:
    rows = month(showered(40), orders=[order(frequency="as_needed", control="strict")])
    assert the(rows, Level.SERVICE, ASTA, SHOWER).minute_control is MinuteControl.NONE


def test_a_time_frame_is_compared_with_the_clients_whole_time() -> None:
    """[S:RAM]: one pot for the services; a pot of a week counts by its days [A]."""
    frame = TimeFrame(
        order_id=order().order_id,
        client_id=ASTA,
        provider_id=MUNICIPAL,
        legal_basis="SoL",
        minutes=70,
        period="week",
        starts_on=date(2025, 3, 18),
        ends_on=None,
    )
    rows = month(showered(40), orders=[order(control="time_frame", minutes=None)], frames=[frame])
    shower, total = the(rows, Level.SERVICE, ASTA, SHOWER), the(rows, Level.CLIENT, ASTA)
    assert (shower.ordered_minutes, shower.deviation_minutes) == (None, None)
    assert (total.ordered_minutes, total.deviation_minutes) == (140, -100)


# What is planned


def test_planned_minutes_are_the_services_minutes_by_client() -> None:
    rows = month(
        plans=[plan("08:00", "09:00", (SHOWER, 20, ASTA), (CLEAN, 25, BROR), clients=(ASTA, BROR))], orders=[order()]
    )
    assert the(rows, Level.SERVICE, ASTA, SHOWER).planned_minutes == 20
    assert the(rows, Level.SERVICE, BROR, CLEAN, basis="none").planned_minutes == 25


def test_a_plan_without_services_counts_its_length_shared_by_its_clients() -> None:
    context = known()
    rows = month(plans=[plan("08:00", "08:31", clients=(BROR, ASTA))], context=context)
    assert the(rows, Level.SERVICE, ASTA).planned_minutes == 16
    assert the(rows, Level.SERVICE, BROR).planned_minutes == 15


def test_a_cancelled_visit_is_counted_apart() -> None:
    cancelled = plan("08:00", "08:30", (SHOWER, 20, ASTA), cancelled_by=CancelledBy.CLIENT)
    row = the(month(plans=[cancelled], orders=[order()]), Level.SERVICE, ASTA, SHOWER)
    assert (row.planned_minutes, row.cancelled_minutes) == (0, 20)


def test_coverage_is_planned_of_ordered() -> None:
    rows = month(plans=[plan("08:00", "08:30", (SHOWER, 15, ASTA))], orders=[order(frequency="1/month")])
    assert the(rows, Level.CLIENT, ASTA).plan_coverage == 0.5


def test_a_plan_for_two_counts_twice_where_each_workers_time_does() -> None:
    doubled = visit(
        plan("08:00", "08:20", (SHOWER, 20, ASTA), workers=(ANNA, BO), workers_needed=2),
        stay("08:00", "08:20", ANNA),
        stay("08:00", "08:20", BO),
        service(SHOWER),
    )
    included = the(month(doubled, orders=[order()]), Level.SERVICE, ASTA, SHOWER)
    each = the(month(doubled, orders=[order()], rulebook=EACH), Level.SERVICE, ASTA, SHOWER)
    assert (included.planned_minutes, included.performed_minutes) == (20, 20)
    assert (each.planned_minutes, each.performed_minutes) == (40, 40)


# Months, units and legal bases


def test_a_visit_over_the_month_end_is_planned_where_it_starts_and_performed_where_it_happened() -> None:
    night = visit(
        plan(clock("23:30", date(2025, 2, 28)), clock("00:30", date(2025, 3, 1)), (SHOWER, 60, ASTA)),
        stay(clock("23:30", date(2025, 2, 28)), clock("00:30", date(2025, 3, 1))),
        service(SHOWER, at=clock("00:10", date(2025, 3, 1))),
    )
    february = the(month(night, orders=[order()], of=Month(2025, 2)), Level.SERVICE, ASTA, SHOWER)
    march = the(month(night, orders=[order()]), Level.SERVICE, ASTA, SHOWER)
    assert (february.planned_minutes, february.performed_minutes) == (60, 30)
    assert (march.planned_minutes, march.performed_minutes) == (0, 30)


def test_totals_of_one_legal_basis_are_kept_apart_from_anothers() -> None:
    """rules.md 11."""
    rows = month(showered(40), showered(25, day=4, code=SHOP), orders=[order(), order(code=SHOP, legal_basis="LSS")])
    assert the(rows, Level.CLIENT, ASTA).performed_minutes == 40
    assert the(rows, Level.CLIENT, ASTA, basis="LSS").performed_minutes == 25


def test_a_client_who_moves_is_ordered_and_performed_in_each_unit_by_day() -> None:
    moved = known(
        orders=[order(control="strict")],
        memberships=[
            belongs("client_unit", ASTA, BRACKE, until=date(2025, 3, 11)),
            belongs("client_unit", ASTA, GALLO, date(2025, 3, 11)),
        ],
    )
    rows = month(showered(40), showered(20, day=20), context=moved)
    before, after = the(rows, Level.UNIT, unit=BRACKE), the(rows, Level.UNIT, unit=GALLO)
    assert (before.ordered_minutes, before.performed_minutes) == (10 * 30, 40)
    assert (after.ordered_minutes, after.performed_minutes) == (21 * 30, 20)


def test_a_visit_made_by_another_unit_is_the_clients_units() -> None:
    """A night patrol plans under its own name; the client's group answers for the order."""
    night = msgspec.structs.replace(showered(40), planned=plan(visit_id=VisitId("asta-SHOWER-3"), unit_id=GALLO))
    rows = month(night, orders=[order()])
    bracke = the(rows, Level.UNIT, unit=BRACKE)
    assert (bracke.planned_minutes, bracke.performed_minutes) == (30, 40)
    assert [row.unit_id for row in rows if row.level is Level.UNIT] == [BRACKE]


def test_a_client_of_no_known_unit_is_with_the_unit_that_planned_for_them() -> None:
    homeless = known(orders=[order()], memberships=[belongs("client_unit", BROR, GALLO)])
    rows = month(plans=[plan()], context=homeless)
    assert the(rows, Level.UNIT, unit=BRACKE).ordered_minutes == 31 * 30


def test_every_level_adds_up_to_the_same() -> None:
    rows = month(
        showered(40),
        showered(30, client=BROR),
        showered(25, day=5, code=SHOP),
        orders=[order(), order(BROR, control="strict"), order(code=CLEAN, control="none")],
        plans=[plan("08:00", "08:30"), plan("09:00", "09:20", (CLEAN, 20, BROR), clients=(BROR,))],
    )
    sums = {
        tuple(
            sum(getattr(row, name) or 0 for row in rows if row.level is level)
            for name in ("granted_minutes", "ordered_minutes", "planned_minutes", "performed_minutes")
        )
        for level in Level
    }
    assert sums == {(2 * 31 * 30, 2 * 31 * 30, 50, 95)}


def test_a_provider_answers_for_its_units_whoever_the_order_named() -> None:
    rows = month(showered(40), orders=[order(provider_id=PRIVATE)], plans=[plan()])
    assert [row.provider_id for row in rows if row.level is Level.PROVIDER] == [MUNICIPAL]


def test_where_no_unit_is_known_the_provider_is_the_orders() -> None:
    nowhere = known(orders=[order(provider_id=PRIVATE)], memberships=[belongs("client_unit", BROR, GALLO)])
    rows = month(showered(40), context=nowhere)
    (provider,) = [row for row in rows if row.level is Level.PROVIDER]
    assert (provider.provider_id, provider.ordered_minutes, provider.performed_minutes) == (PRIVATE, 31 * 30, 40)
