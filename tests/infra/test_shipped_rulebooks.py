"""The rulebooks that come with the program: without fault, and every line says where it comes from."""

import re
from datetime import date
from decimal import Decimal

import pytest

from domain.ids import ServiceCode
from domain.order.values import LegalBasis
from domain.organisation.values import ServiceCategory
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import ANYTHING, DEFAULT_RULEBOOK, About, Rulebook
from domain.rulebook.values import AfterLock, AlarmPayment, NightPayment, PaidAs
from domain.values import Source, VisitKind
from infra.rulebook_files import read_rulebook, shipped_names, shipped_text

pytestmark = pytest.mark.domain  # no store is asked: rules and properties of text

SOURCES = frozenset(
    [
        "SEED0",
        "SEED1",
        "SEED2",
        "SEED3",
        "INTRA12",
        "INTRA16",
        "KUNDTID",
        "KSTD",
        "KSTD-SCH",
        "SOLNA",
        "SOLNA-LSS",
        "HUDD",
        "STHLM-TID",
        "STHLM-ERS",
        "STHLM-LSS",
        "RAM",
        "STHLM-OVER",
        "VAS",
        "VAS24",
        "SOLLT",
        "SOLL-FAKT",
        "SOLL-LED",
        "TYR",
        "TYR-BO",
        "VETL",
        "NACKA",
        "RKA",
        "KA14",
        "LIND",
        "KUNG",
        "OSTER",
        "GBG",
        "VING",
    ]
)
LINES = [
    (name, number, line)
    for name in shipped_names()
    for number, line in enumerate(shipped_text(name).decode().splitlines(), start=1)
]


def shipped(name: str) -> Rulebook:
    file = read_rulebook(shipped_text(name))
    assert file.faults == ()
    assert file.rulebook is not None
    return file.rulebook


def policies(name: str, day: date, about: About = ANYTHING) -> Policies:
    return shipped(name).on(day).policies_for(about)


def says_something(line: str) -> bool:
    """Whether a line holds a value, and not only the name of what stands below it."""
    said = line.partition("  #")[0].rstrip()
    return bool(said) and not said.lstrip().startswith("#") and not said.endswith(":")


def test_the_municipalities_that_the_sources_support_are_there() -> None:
    assert shipped_names() == sorted(
        [
            "bracke",
            "default",
            "huddinge",
            "intraphone",
            "kristianstad",
            "sollentuna",
            "solna",
            "stockholm",
            "tyreso",
            "vasteras",
            "vetlanda",
        ]
    )


@pytest.mark.parametrize("name", shipped_names())
def test_it_has_no_fault(name: str) -> None:
    assert shipped(name).editions


def test_every_line_names_its_source_or_says_that_it_is_our_assumption() -> None:
    unsourced = [
        f"{name}:{number}: {line}"
        for name, number, line in LINES
        if says_something(line) and not re.search(r"  # \[(A|S:[A-Z0-9-]+)\]", line)
    ]
    assert unsourced == []


def test_every_source_that_is_named_is_one() -> None:
    named = {source for _, _, line in LINES for source in re.findall(r"\[S:([^\]]+)\]", line)}
    assert named <= SOURCES


def test_what_could_not_be_read_names_the_key_that_waits_for_it() -> None:
    waiting = [line for _, _, line in LINES if "[?]" in line]
    keys = {re.findall(r"\[\?\] (\w+):", line)[0] for line in waiting}
    assert keys <= set(Policies.__struct_fields__)
    assert len(waiting) > 10


def test_the_default_is_what_holds_where_nothing_was_adopted() -> None:
    assert shipped("default").editions == DEFAULT_RULEBOOK.editions


def test_short_evening_visits_in_the_intraphone_municipality_are_rounded_up_and_since_2016_only_by_telephone() -> None:
    [before] = policies("intraphone", date(2016, 6, 30)).minimum_minutes
    [after] = policies("intraphone", date(2016, 7, 1)).minimum_minutes
    assert (before.window, before.minutes, before.sources) == ("19:00-07:00", 15, ())
    assert (after.window, after.minutes, after.sources) == ("19:00-07:00", 15, (Source.PHONE,))
    assert policies("intraphone", date(2016, 6, 30)).greeting_allowance_minutes == 3
    assert policies("intraphone", date(2016, 7, 1)).after_lock is AfterLock.NOT_PAID


def of(
    code: str, category: ServiceCategory, basis: LegalBasis = LegalBasis.SOL, kind: VisitKind = VisitKind.PLANNED
) -> About:
    return About(ServiceCode(code), category, basis, "", kind)


MARCH = date(2024, 3, 1)


@pytest.mark.parametrize(
    ("about", "percent", "paid_as", "rate"),
    [
        (of("SHOWER", ServiceCategory.PERSONAL_CARE), 50, PaidAs.PERFORMED, 464),
        (of("WALK_SOCIAL", ServiceCategory.PERSONAL_CARE), 55, PaidAs.PERFORMED, 464),
        (of("CLEAN", ServiceCategory.SERVICE), 75, PaidAs.STANDARD_TIME, 382),
        (of("SHOP", ServiceCategory.SERVICE), 55, PaidAs.STANDARD_TIME, 382),
        (of("MEALS", ServiceCategory.MEALS), 0, PaidAs.STANDARD_TIME, 382),
        (of("CHECK", ServiceCategory.PERSONAL_CARE, kind=VisitKind.REASSURANCE), 50, PaidAs.FIXED, 464),
        (of("RELIEF", ServiceCategory.RELIEF, LegalBasis.LSS), 55, PaidAs.PERFORMED, 339),
    ],
)
def test_solna_pays_by_what_the_service_is(about: About, percent: int, paid_as: PaidAs, rate: int) -> None:
    found = policies("solna", MARCH, about)
    assert (found.declined_share_percent, found.paid_as, found.rates[0].private) == (percent, paid_as, Decimal(rate))
    assert {each.service: each.minutes for each in found.standard_times}[ServiceCode("CLEAN")] == 96


def test_stockholm_pays_nights_by_the_task_alarms_by_the_month_and_lss_by_bands() -> None:
    care = policies("stockholm", date(2024, 1, 1), of("SHOWER", ServiceCategory.PERSONAL_CARE))
    alarm = policies("stockholm", date(2024, 1, 1), of("ALARM", ServiceCategory.ALARM))
    lss = policies("stockholm", date(2023, 1, 1), of("COMPANION", ServiceCategory.COMPANION, LegalBasis.LSS))
    assert [(int(rate.in_house), int(rate.private), str(rate.per)) for rate in care.rates] == [
        (485, 516, "hour"),
        (245, 260, "task"),
    ]
    assert (care.night_payment, alarm.alarm_payment) == (NightPayment.PER_TASK, AlarmPayment.MONTH)
    assert (lss.bands[0].name, int(lss.rates[0].private)) == ("major_holiday", 548)


def test_vasteras_alarms_have_a_price_of_their_own_for_a_full_month() -> None:
    alarm = policies("vasteras", date(2024, 1, 1), of("ALARM", ServiceCategory.ALARM))
    assert alarm.alarm_full_month is not None
    assert (int(alarm.rates[0].private), int(alarm.alarm_full_month.private)) == (23, 684)
