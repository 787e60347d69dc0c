"""What another rulebook would have made of a month: the same functions over the same facts, twice."""

from datetime import date
from decimal import Decimal

from domain.cases.case import Case, ClientGiven, Expected, FrameGiven, Given, LineGiven, OrderGiven, VisitGiven
from domain.cases.town import town_of
from domain.local_time import Month
from domain.order.values import LegalBasis, MinuteControl
from domain.organisation.values import ServiceCategory
from domain.rulebook.rulebook import rulebook_with
from domain.rulebook.values import CompensationModel, ExcessPolicy, Rate
from domain.what_if import By, Difference, Record, Side, compare_rulebooks, controlled, most_affected

WEDNESDAY, THURSDAY = date(2024, 4, 10), date(2024, 4, 11)
RATES = (Rate(in_house=Decimal(300), private=Decimal(300)),)
CAPPED = rulebook_with("capped", rates=RATES)
ACTUAL = rulebook_with("actual", rates=RATES, excess_policy=ExcessPolicy.PAY_ACTUAL)


def ordered(
    client: str,
    minutes: int | None = 40,
    *,
    basis: LegalBasis = LegalBasis.SOL,
    control: MinuteControl = MinuteControl.FLEXIBLE,
    frame: FrameGiven | None = None,
) -> OrderGiven:
    """A shower on Wednesday alone."""
    line = LineGiven(service="SHOWER", often="once", minutes=minutes)
    return OrderGiven(
        client=client, basis=basis, control=control, start=WEDNESDAY, until=THURSDAY, lines=(line,), frame=frame
    )


def showered(client: str, hours: str) -> VisitGiven:
    """Made on Wednesday, and approved."""
    return VisitGiven(day=WEDNESDAY, client=client, by={"anna": hours}, done=("SHOWER",))


def record(*given: OrderGiven | VisitGiven) -> Record:
    """A month of the orders and visits."""
    orders = tuple(each for each in given if isinstance(each, OrderGiven))
    visits = tuple(each for each in given if isinstance(each, VisitGiven))
    clients = {each.client: ClientGiven() for each in orders}
    services = {"SHOWER": ServiceCategory.PERSONAL_CARE}
    told = Given(services=services, clients=clients, orders=orders, visits=visits)
    town = town_of(Case(case="a month", month="2024-04", given=told, expect=Expected()), "Europe/Stockholm")
    return Record(month=Month(2024, 4), visits=town.visits, context=town.context)


BEYOND = record(ordered("asta"), showered("asta", "10:00-10:50"), ordered("bror"), showered("bror", "11:00-11:40"))
"""Asta has ten minutes beyond her order, Bror what is ordered."""


def one(found: list[Difference], by: By, name: str = "") -> Difference:
    [wanted] = [each for each in found if each.by is by and each.name == name]
    return wanted


def test_what_if_all_performed_time_were_paid() -> None:
    found = compare_rulebooks([BEYOND], CAPPED, ACTUAL)
    whole = one(found, By.ALL)
    assert whole.before == Side(
        ordered_minutes=80, performed_minutes=90, reimbursed_minutes=80, amount=Decimal(400), deviation_minutes=10
    )
    assert (whole.reimbursed_change, whole.amount_change, whole.deviation_change) == (10, Decimal(50), 0)
    assert one(found, By.CLIENT, "asta").amount_change == Decimal(50)
    assert one(found, By.CLIENT, "bror").amount_change == 0


def test_providers_units_and_services_add_up_to_the_same() -> None:
    found = compare_rulebooks([BEYOND], CAPPED, ACTUAL)
    for by in By:
        rows = [each for each in found if each.by is by]
        assert sum(each.after.reimbursed_minutes for each in rows) == 90, by
        assert sum(each.amount_change for each in rows) == 50, by


def test_what_if_minute_control_were_abolished() -> None:
    whole = one(compare_rulebooks([BEYOND], CAPPED, CAPPED, minute_control=MinuteControl.NONE), By.ALL)
    assert (whole.before.ordered_minutes, whole.after.ordered_minutes) == (80, 0)
    assert (whole.before.deviation_minutes, whole.after.deviation_minutes) == (10, 0)
    assert (whole.before.reimbursed_minutes, whole.after.reimbursed_minutes) == (80, 90)


def test_what_if_every_order_were_strict() -> None:
    found = compare_rulebooks([BEYOND], CAPPED, CAPPED, minute_control=MinuteControl.STRICT)
    service = one(found, By.SERVICE, "SHOWER")
    assert (service.before.deviation_minutes, service.after.deviation_minutes) == (0, 10)


def test_without_minute_control_a_pot_of_minutes_is_gone_too() -> None:
    frame = ordered("asta", None, control=MinuteControl.TIME_FRAME, frame=FrameGiven(minutes=600))
    pot = record(frame)
    assert controlled(pot, MinuteControl.NONE).context.time_frames == ()
    strict = controlled(pot, MinuteControl.STRICT).context
    assert strict.time_frames == pot.context.time_frames
    assert {line.minute_control for lines in strict.order_lines.values() for line in lines} == {"time_frame"}


def test_the_record_itself_is_not_changed() -> None:
    controlled(BEYOND, MinuteControl.NONE)
    lines = [line for lines in BEYOND.context.order_lines.values() for line in lines]
    assert {line.minute_control for line in lines} == {"flexible"}


def test_two_months_are_added_up() -> None:
    whole = one(compare_rulebooks([BEYOND, BEYOND], CAPPED, ACTUAL), By.ALL)
    assert (whole.before.ordered_minutes, whole.reimbursed_change) == (160, 20)


def test_one_acts_time_is_never_mixed_with_anothers() -> None:
    both = record(ordered("asta"), ordered("asta", basis=LegalBasis.LSS))
    found = compare_rulebooks([both], CAPPED, ACTUAL)
    acts = {each.legal_basis: each.before.ordered_minutes for each in found if each.by is By.ALL}
    assert acts == {"LSS": 40, "SoL": 40}


def test_those_most_affected_come_first_and_who_is_not_is_left_out() -> None:
    far = record(
        ordered("asta"),
        showered("asta", "10:00-10:50"),
        ordered("bror"),
        showered("bror", "11:00-12:00"),
        ordered("cilla"),
    )
    found = compare_rulebooks([far], CAPPED, ACTUAL)
    assert [each.name for each in most_affected(found, 10)] == ["bror", "asta"]
    assert [each.name for each in most_affected(found, 1)] == ["bror"]


def test_without_rates_the_minutes_tell_who_is_affected() -> None:
    granted = rulebook_with("granted", compensation_model=CompensationModel.GRANTED)
    found = compare_rulebooks([BEYOND], rulebook_with("measured"), granted)
    assert [each.name for each in most_affected(found, 10)] == []
    short = record(ordered("asta"), showered("asta", "10:00-10:30"))
    [asta] = most_affected(compare_rulebooks([short], rulebook_with("measured"), granted), 10)
    assert (asta.amount_change, asta.reimbursed_change) == (Decimal(0), 10)


def test_what_must_be_fixed_is_paid_on_neither_side() -> None:
    fixes = Record(
        month=BEYOND.month,
        visits=BEYOND.visits,
        context=BEYOND.context,
        must_fix=frozenset(visit.visit_id for visit in BEYOND.visits),
    )
    whole = one(compare_rulebooks([fixes], CAPPED, ACTUAL), By.ALL)
    assert (whole.before.reimbursed_minutes, whole.after.reimbursed_minutes) == (0, 0)
