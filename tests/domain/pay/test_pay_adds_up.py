"""Whatever happened: minutes are conserved, nothing is paid twice or below zero, and the same facts give the same lines."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import VisitFacts
from domain.ids import VisitId
from domain.local_time import Month
from domain.pay.fees import client_fees
from domain.pay.lines import PayKind, PayLine, Withheld, pay_total
from domain.performed_time import performed_time
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Edition, Rulebook
from domain.rulebook.values import CapPeriod, DoubleStaffing, ExcessPolicy, MinimumMinutes, PaidAs
from domain.values import ApprovalRole, VisitKind
from tests.domain.given_facts import ANNA, ASTA, BO, BROR, SPRING_FORWARD, but, clock, order, stay
from tests.domain.pay.made import BOTH, CLEAN, SHOP, SHOWER, approvals, done, facts, pay, town
from tests.domain.pay.rulebooks import DAY, EVENING, NIGHT, SOLNA, minutes, rate, rulebook, where

KNOWN = town(
    order(ASTA, SHOWER, 30, "1/day"),
    order(ASTA, SHOP, 45, "1/week", control="strict"),
    order(BROR, SHOWER, 20, "1/day", since=date(2025, 2, 1)),
    order(BROR, CLEAN, 60, "1/week", since=date(2025, 2, 1)),
    couple=True,
)
MONTHS = (Month(2025, 2), Month(2025, 3), Month(2025, 4))
BANDED: dict[str, Any] = {
    "bands": (NIGHT, EVENING, DAY),
    "rates": (rate("470", band="night"), rate("434", band="evening"), rate("408")),
}
RULES = [
    SOLNA,
    rulebook(
        **BANDED, greeting_allowance_minutes=3, minimum_minutes=(MinimumMinutes(window="19:00-07:00", minutes=15),)
    ),
    rulebook(**BANDED, cap_period=CapPeriod.VISIT, tolerance_percent=10),
    rulebook(**BANDED, cap_period=CapPeriod.WEEK, double_staffing=DoubleStaffing.COUNT_EACH),
    rulebook(
        where(CLEAN, paid_as=PaidAs.STANDARD_TIME),
        excess_policy=ExcessPolicy.PAY_ACTUAL,
        standard_times=minutes(CLEAN=70),
    ),
]


@st.composite
def visits(draw: st.DrawFn) -> VisitFacts:
    """A visit somewhere around March: one or two workers, one or two clients, up to two services, approved or not."""
    day = draw(
        st.sampled_from([date(2025, 2, 28), date(2025, 3, 3), date(2025, 3, 5), SPRING_FORWARD, date(2025, 3, 31)])
    )
    starts = clock("00:00", day) + timedelta(minutes=draw(st.integers(0, 1439)))
    clients = draw(st.sampled_from([(ASTA,), (BROR,), (ASTA, BROR)]))
    lengths = draw(st.lists(st.integers(0, 300), min_size=1, max_size=2))
    stays = [
        stay(starts + timedelta(minutes=3 * number), starts + timedelta(minutes=3 * number + length), worker, clients)
        for number, (worker, length) in enumerate(zip((ANNA, BO), lengths, strict=False))
    ]
    kind = draw(st.sampled_from([VisitKind.PLANNED, VisitKind.ALARM]))
    codes = draw(st.lists(st.sampled_from([SHOWER, CLEAN, SHOP]), max_size=2, unique=True))
    services = [but(done(code, "12:00", client=draw(st.sampled_from([clients[0], None]))), at=starts) for code in codes]
    name = f"{day}-{draw(st.integers(0, 3))}"
    roles = draw(st.sampled_from([BOTH, (ApprovalRole.WORKER,)]))
    visit = facts(*(but(each, kind=kind) for each in stays), *services, name=name, approved=())
    return but_approved(visit, name, roles)


def but_approved(visit: VisitFacts, name: str, roles: Sequence[ApprovalRole]) -> VisitFacts:
    return VisitFacts(
        visit_id=visit.visit_id,
        attendances=visit.attendances,
        services=visit.services,
        approvals=approvals(VisitId(name), roles),
    )


def by_name(found: Sequence[VisitFacts]) -> list[VisitFacts]:
    return list({visit.visit_id: visit for visit in found}.values())


PARTLY = {None, Withheld.OVER_CAP, Withheld.EXTRA_NOT_APPROVED}
"""Of what is withheld for another reason nothing is paid."""
MANY = st.lists(visits(), max_size=4).map(by_name)


def all_months(found: Sequence[VisitFacts], rules: Rulebook) -> list[PayLine]:
    return [line for month in MONTHS for line in pay(*found, context=KNOWN, rulebook=rules, month=month)]


@settings(max_examples=25)
@given(found=MANY, rules=st.sampled_from(RULES))
def test_every_performed_minute_stands_in_one_line(found: list[VisitFacts], rules: Rulebook) -> None:
    """Over midnights, month ends, clock changes, bands, workers, clients and services."""
    rows = performed_time(found, context=KNOWN, rulebook=rules)
    expected = sum(row.client_minutes(rules) for row in rows)
    assert pay_total(all_months(found, rules)).performed_minutes == expected


@settings(max_examples=25)
@given(found=MANY, rules=st.sampled_from(RULES))
def test_nothing_is_paid_below_zero_beyond_what_was_payable_or_twice(found: list[VisitFacts], rules: Rulebook) -> None:
    lines = all_months(found, rules)
    for line in lines:
        assert min(line.performed_minutes, line.base_minutes, line.reimbursed_minutes, line.withheld_minutes) >= 0
        assert line.amount >= 0
        assert line.withheld in PARTLY or line.reimbursed_minutes == 0
    keys = Counter(
        (line.kind, line.visit_id, line.client_id, line.service_code, line.day, line.band)
        for line in lines
        if line.visit_id
    )
    assert set(keys.values()) <= {1}


@settings(max_examples=25)
@given(found=MANY)
def test_no_more_is_paid_of_the_order_than_was_ordered(found: list[VisitFacts]) -> None:
    """Under the cap by month each client is paid the ordered minutes at most, alarms apart."""
    lines = pay(*found, context=KNOWN, rulebook=rulebook(excess_policy=ExcessPolicy.CAP_AT_ORDERED))
    paid = Counter[str]()
    for line in lines:
        if line.kind is PayKind.PERFORMED:
            paid[line.client_id] += line.reimbursed_minutes
    assert paid[ASTA] <= 31 * 30 + 5 * 45
    assert paid[BROR] <= 31 * 20 + 5 * 60


@settings(max_examples=25)
@given(found=MANY, rules=st.sampled_from(RULES), seed=st.randoms(use_true_random=False))
def test_the_same_facts_in_any_order_give_the_same_lines(
    found: list[VisitFacts], rules: Rulebook, seed: Random
) -> None:
    shuffled = list(found)
    seed.shuffle(shuffled)
    assert all_months(found, rules) == all_months(shuffled, rules)


@settings(max_examples=25)
@given(found=MANY)
def test_old_months_keep_their_rules(found: list[VisitFacts]) -> None:
    """A new edition from April changes nothing of what March comes to."""
    old = SOLNA.editions[0]
    new = Edition(version="april", from_on=date(2025, 4, 1), policies=Policies(rates=(rate("999"),)))
    both = Rulebook(municipality="test", editions=(old, new))
    assert pay(*found, context=KNOWN, rulebook=both) == pay(*found, context=KNOWN, rulebook=SOLNA)


@settings(max_examples=25)
@given(found=MANY)
def test_no_client_pays_more_than_the_cap(found: list[VisitFacts]) -> None:
    rules = rulebook(fee_per_hour=Decimal(246), fee_per_month_max=Decimal(500))
    charged = defaultdict[str, Decimal](Decimal)
    for line in client_fees(Month(2025, 3), found, context=KNOWN, rulebook=rules):
        assert 0 <= line.charged <= line.amount
        charged[line.client_id] += line.charged
    assert all(total <= Decimal(500) for total in charged.values())
