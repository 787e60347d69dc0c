"""What the minutes are worth: rates by municipality, area, provider and band; tasks, alarms, meals (rules.md 4.3, 5.6, 7.2)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from domain.ids import ProviderId, ServiceCode
from domain.local_time import epoch_minute, month_of
from domain.organisation.values import ServiceCategory
from domain.pay.bands import BandClock
from domain.pay.lines import PayKind, PayLine
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Edition, Rulebook
from domain.rulebook.values import Band, NightPayment, RatePer
from tests.domain.given_facts import ASTA, FALL_BACK, MUNICIPAL, SPRING_FORWARD, clock, order
from tests.domain.pay.made import (
    CLEAN,
    PRIVATE,
    RELIEF,
    SHOP,
    SHOWER,
    TOILET,
    made,
    minutes_and_kronor,
    only,
    pay,
    town,
)
from tests.domain.pay.rulebooks import DAY, EVENING, HOLIDAY, NIGHT, WEEKEND, rate, rulebook, where

CARE, SERVICE = [ServiceCategory.PERSONAL_CARE], [ServiceCategory.SERVICE]
CODES = (SHOWER, CLEAN, RELIEF, TOILET, SHOP)
ORDERS = tuple(order(ASTA, code, control="none") for code in CODES)


def hour(rules: Rulebook, code: ServiceCode = SHOWER, provider: ProviderId = MUNICIPAL, area: str = "") -> Decimal:
    """What an hour on a Monday morning comes to."""
    context = town(*ORDERS, provider=provider, area=area)
    return minutes_and_kronor(pay(made("10:00", 60, code), context=context, rulebook=rules))[1]


STOCKHOLM = rulebook(rates=(rate("485", "516"), rate("245", "260", RatePer.TASK)), night_payment=NightPayment.PER_TASK)
VASTERAS = rulebook(rates=(rate("769", area="rural"), rate("507")))
VETLANDA = rulebook(
    where(categories=CARE, rates=(rate("475", area="urban"), rate("511"))),
    where(categories=SERVICE, rates=(rate("416", area="urban"), rate("446"))),
)
TYRESO = rulebook(where(categories=[ServiceCategory.RELIEF], rates=(rate("284", "293"),)), rates=(rate("377", "388"),))
JONKOPING = rulebook(rates=(rate("414.80", area="urban"), rate("430.05", area="rural"), rate("506.70", area="sparse")))


@pytest.mark.parametrize(
    ("rules", "code", "provider", "area", "kronor"),
    [
        (STOCKHOLM, SHOWER, MUNICIPAL, "", "485"),
        (STOCKHOLM, SHOWER, PRIVATE, "", "516"),
        (VASTERAS, SHOWER, MUNICIPAL, "urban", "507"),
        (VASTERAS, SHOWER, MUNICIPAL, "rural", "769"),
        (VETLANDA, SHOWER, PRIVATE, "urban", "475"),
        (VETLANDA, SHOWER, PRIVATE, "rural", "511"),
        (VETLANDA, CLEAN, PRIVATE, "urban", "416"),
        (VETLANDA, CLEAN, PRIVATE, "rural", "446"),
        (TYRESO, SHOWER, MUNICIPAL, "", "377"),
        (TYRESO, SHOWER, PRIVATE, "", "388"),
        (TYRESO, RELIEF, MUNICIPAL, "", "284"),
        (TYRESO, RELIEF, PRIVATE, "", "293"),
        (JONKOPING, SHOWER, MUNICIPAL, "urban", "414.80"),
        (JONKOPING, SHOWER, MUNICIPAL, "sparse", "506.70"),
    ],
)
def test_an_hour_has_its_price(
    rules: Rulebook, code: ServiceCode, provider: ProviderId, area: str, kronor: str
) -> None:
    """[S:STHLM-ERS] [S:VAS24] [S:VETL] [S:TYR] [S:JKPG]"""
    assert hour(rules, code, provider, area) == Decimal(kronor)


def test_a_line_is_rounded_half_up_to_ore_once() -> None:
    """[A] 7 minutes at 414.80 are 48.39333, and 3 minutes at 430.10 are 21.505."""
    assert minutes_and_kronor(_short(7, "414.80"))[1] == Decimal("48.39")
    assert minutes_and_kronor(_short(3, "430.10"))[1] == Decimal("21.51")


def _short(minutes: int, kronor: str) -> Sequence[PayLine]:
    return pay(made("10:00", minutes), context=town(*ORDERS), rulebook=rulebook(rates=(rate(kronor),)))


# Night by the task (rules.md 2.1)


@pytest.mark.parametrize(
    ("start", "minutes", "kronor"),
    [("22:00", 5, "260"), ("21:59", 60, "516"), ("06:59", 60, "260"), ("07:00", 60, "516")],
)
def test_a_night_visit_is_paid_by_the_task_by_when_it_began(start: str, minutes: int, kronor: str) -> None:
    """[S:STHLM-ERS]; by the start time [A]."""
    lines = pay(made(start, minutes), context=town(*ORDERS, provider=PRIVATE), rulebook=STOCKHOLM)
    assert minutes_and_kronor(lines) == (minutes, Decimal(kronor))


@pytest.mark.parametrize(
    ("payment", "kronor"),
    [(NightPayment.PER_TASK, "490"), (NightPayment.PER_VISIT, "245"), (NightPayment.HOUR, "161.66")],
)
def test_whether_a_task_or_a_visit_is_meant_is_the_rulebooks_word(payment: NightPayment, kronor: str) -> None:
    rules = rulebook(rates=(rate("485"), rate("245", per=RatePer.TASK)), night_payment=payment)
    lines = pay(made("23:00", 20, SHOWER, TOILET), context=town(*ORDERS), rulebook=rules)
    assert minutes_and_kronor(lines) == (20, Decimal(kronor))


def test_a_task_over_midnight_is_paid_once() -> None:
    lines = pay(made("23:50", 30), context=town(*ORDERS), rulebook=STOCKHOLM)
    assert [(line.day.day, line.performed_minutes, line.amount) for line in lines] == [
        (3, 10, Decimal(245)),
        (4, 20, Decimal(0)),
    ]


# Bands (rules.md 7.2)


def banded(*bands: Band, **kronor: str) -> Rulebook:
    return rulebook(bands=bands, rates=tuple(rate(amount, band=name) for name, amount in kronor.items()))


STOCKHOLM_LSS = banded(
    HOLIDAY, WEEKEND, NIGHT, EVENING, DAY, holiday="535", weekend="470", night="470", evening="434", day="408"
)
SOLLENTUNA = banded(
    WEEKEND,
    Band(name="night", window="23:00-07:00"),
    Band(name="evening", window="19:00-23:00"),
    DAY,
    weekend="405",
    night="394",
    evening="368",
    day="345",
)
SOLNA_LSS = banded(WEEKEND, NIGHT, EVENING, DAY, weekend="339", night="329", evening="295", day="266")
MONDAY, FRIDAY, SUNDAY, EASTER = date(2025, 3, 3), date(2025, 3, 7), date(2025, 3, 9), date(2025, 4, 20)


@pytest.mark.parametrize(
    ("rules", "day", "start", "expected"),
    [
        (STOCKHOLM_LSS, MONDAY, "18:30", [("day", 30, "204.00"), ("evening", 30, "217.00")]),
        (STOCKHOLM_LSS, MONDAY, "21:30", [("evening", 30, "217.00"), ("night", 30, "235.00")]),
        (STOCKHOLM_LSS, MONDAY, "06:30", [("weekend", 30, "235.00"), ("day", 30, "204.00")]),
        (STOCKHOLM_LSS, FRIDAY, "18:30", [("day", 30, "204.00"), ("weekend", 30, "235.00")]),
        (STOCKHOLM_LSS, SUNDAY, "23:00", [("weekend", 60, "470.00")]),
        (STOCKHOLM_LSS, EASTER, "10:00", [("holiday", 60, "535.00")]),
        (SOLLENTUNA, MONDAY, "22:30", [("evening", 30, "184.00"), ("night", 30, "197.00")]),
        (SOLLENTUNA, SUNDAY, "12:00", [("weekend", 60, "405.00")]),
        (SOLNA_LSS, MONDAY, "18:30", [("day", 30, "133.00"), ("evening", 30, "147.50")]),
        (SOLNA_LSS, MONDAY, "22:00", [("night", 60, "329.00")]),
    ],
)
def test_an_hour_is_split_at_the_boundary_of_its_bands(
    rules: Rulebook, day: date, start: str, expected: list[tuple[str, int, str]]
) -> None:
    """[S:STHLM-LSS] [S:SOLL-LED] [S:SOLNA-LSS]; that bands split is [A], and so is which goes first."""
    lines = pay(made(start, 60, day=day), context=town(*ORDERS), rulebook=rules, month=month_of(day))
    assert [(line.band, line.reimbursed_minutes, str(line.amount)) for line in lines] == expected


@pytest.mark.parametrize(
    ("day", "expected"), [(SPRING_FORWARD, {"early": 30, "late": 60}), (FALL_BACK, {"early": 150, "late": 60})]
)
def test_bands_go_by_the_wall_and_minutes_by_real_time_when_the_clock_is_changed(
    day: date, expected: dict[str, int]
) -> None:
    """From half past one to four by the wall: an hour less in March, an hour more in October."""
    clock_of = BandClock(
        (Band(name="early", window="00:00-03:00"), Band(name="late", window="03:00-06:00")),
        frozenset(),
        "Europe/Stockholm",
    )
    found = clock_of.split(epoch_minute(clock("01:30", day)), epoch_minute(clock("04:00", day)), day)
    assert dict(found) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (SPRING_FORWARD, [("early", 120), ("late", 60)]),
        (FALL_BACK, [("early", 150), ("late", 30), ("early", 30), ("late", 90)]),
    ],
)
def test_a_boundary_in_the_hour_that_is_skipped_or_repeated(day: date, expected: list[tuple[str, int]]) -> None:
    """From midnight to four by the wall, with a boundary at half past two: an hour that there is not, or twice."""
    bands = (Band(name="early", window="00:00-02:30"), Band(name="late", window="02:30-06:00"))
    clock_of = BandClock(bands, frozenset(), "Europe/Stockholm")
    found = clock_of.split(epoch_minute(clock("00:00", day)), epoch_minute(clock("04:00", day)), day)
    assert list(found) == expected


def test_a_standard_time_is_divided_as_the_visit_was() -> None:
    rules = rulebook(
        bands=(EVENING, DAY), rates=(rate("200", band="evening"), rate("100", band="day")), greeting_allowance_minutes=3
    )
    lines = pay(made("18:50", 20), context=town(*ORDERS), rulebook=rules)
    assert [(line.band, line.performed_minutes, line.reimbursed_minutes) for line in lines] == [
        ("day", 10, 12),
        ("evening", 10, 11),
    ]


def test_old_months_keep_their_rules() -> None:
    """The edition of the day decides."""
    old = Edition(version="2023", from_on=date(2023, 1, 1), policies=Policies(rates=(rate("400"),)))
    new = Edition(version="2025", from_on=date(2025, 3, 4), policies=Policies(rates=(rate("464"),)))
    rules = rulebook(editions=(old, new))
    lines = pay(made("10:00", 60), made("10:00", 60, day=date(2025, 3, 4)), context=town(*ORDERS), rulebook=rules)
    assert [(line.rulebook_version, line.amount) for line in lines] == [("2023", Decimal(400)), ("2025", Decimal(464))]


@pytest.mark.parametrize(("per", "kronor"), [(RatePer.OCCASION, "600"), (RatePer.DAY, "400"), (RatePer.MONTH, "200")])
def test_a_service_may_have_a_price_for_each_occasion_day_or_month(per: RatePer, kronor: str) -> None:
    rules = rulebook(rates=(rate("200", per=per),))
    visits = (made("08:00"), made("12:00"), made("08:00", day=date(2025, 3, 4)))
    assert minutes_and_kronor(pay(*visits, context=town(*ORDERS), rulebook=rules)) == (90, Decimal(kronor))


@pytest.mark.parametrize(("kronor", "expected"), [("10", "15.00"), ("23", "34.50")])
def test_quality_is_worth_so_many_kronor_an_hour(kronor: str, expected: str) -> None:
    """[S:SOLL-FAKT], levels 1 and 2."""
    rules = rulebook(quality_bonus_per_hour=Decimal(kronor))
    lines = pay(made("08:00", 60), made("12:00", 30), context=town(*ORDERS), rulebook=rules)
    bonus = only(lines, PayKind.BONUS)
    assert (bonus.amount, bonus.quantity, bonus.reimbursed_minutes) == (Decimal(expected), Decimal("1.5"), 0)
