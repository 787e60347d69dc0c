"""How much is typed, how late the ledger learns, how far clocks are off, by unit and month (rules.md 6.1)."""

from collections.abc import Sequence
from datetime import date

import pytest

from domain.facts import Attendance
from domain.ids import UnitId
from domain.registration_quality import QualityLevel, QualityRow, percentile, registration_quality
from domain.rulebook.rulebook import DEFAULT_RULEBOOK, Rulebook, rulebook_with
from domain.values import Source
from tests.domain.given_facts import ANNA, BRACKE, GALLO, MUNICIPAL, but, clock, known, stay, visit

APRIL = date(2025, 4, 1)


def rows(
    *stays: Attendance, level: QualityLevel = QualityLevel.UNIT, rulebook: Rulebook = DEFAULT_RULEBOOK
) -> list[QualityRow]:
    return registration_quality(
        [visit(each) for each in stays],
        first_on=date(2025, 3, 1),
        last_on=date(2025, 4, 30),
        level=level,
        context=known(),
        rulebook=rulebook,
    )


def seen(**more: object) -> Attendance:
    return but(stay("08:00", "08:30"), **more)


TYPED = seen(departure_source=Source.OFFICE_MANUAL)
CORRECTED = seen(corrected=True)


def test_the_manual_share_counts_what_was_typed_or_changed_by_hand() -> None:
    [row] = rows(seen(), seen(), TYPED, CORRECTED)
    assert (row.attendances, row.manual, row.manual_share) == (4, 2, 0.5)


@pytest.mark.parametrize(("limit", "alert"), [(None, None), (49, True), (50, False)])
def test_a_share_above_the_rulebooks_limit_is_told_of(limit: int | None, *, alert: bool | None) -> None:
    [row] = rows(seen(), TYPED, rulebook=rulebook_with(manual_share_alert_percent=limit))
    assert row.manual_share_alert is alert


def test_delay_is_told_by_its_median_and_its_ninth_tenth_and_typing_is_late_by_nature() -> None:
    delays = [1, 2, 3, 4, 5, 6, 7, 8, 90, 100]
    [row] = rows(*(seen(delay_s=delay) for delay in delays[::-1]), but(TYPED, delay_s=900_000))
    assert (row.delay_median_s, row.delay_p90_s, row.late) == (5, 90, 0)
    [late] = rows(seen(delay_s=86_401))
    assert late.late == 1


def test_drift_is_how_far_a_clock_is_off_either_way_and_a_correction_is_no_clocks_word() -> None:
    off = [seen(offset_ms=offset) for offset in (-300_001, 10, 20)]
    [row] = rows(*off, seen(corrected=True, offset_ms=900_000))
    assert (row.drift_median_ms, row.drift_p90_ms, row.drifting) == (20, 300_001, 1)
    [moved] = rows(seen(jump_ms=-300_001), seen(jump_ms=300_000))
    assert moved.clock_moved == 1


def test_a_month_where_everything_was_typed_has_no_delay_and_no_drift() -> None:
    [row] = rows(TYPED)
    assert (row.delay_median_s, row.delay_p90_s, row.drift_median_ms, row.drift_p90_ms) == (None, None, None, None)


def test_rows_are_by_unit_and_local_month() -> None:
    midnight = clock("00:00", APRIL)
    stays = [
        stay(clock("23:59", date(2025, 3, 31)), midnight),
        stay(midnight, clock("00:30", APRIL)),
        seen(unit_id=GALLO),
        stay(clock("23:59", date(2025, 2, 28)), clock("00:30", date(2025, 3, 1))),
    ]
    assert [(row.month, row.unit_id, row.attendances) for row in rows(*stays)] == [
        ("2025-03", BRACKE, 1),
        ("2025-03", GALLO, 1),
        ("2025-04", BRACKE, 1),
    ]
    assert [(row.month, row.provider_id, row.attendances) for row in rows(*stays, level=QualityLevel.PROVIDER)] == [
        ("2025-03", MUNICIPAL, 2),
        ("2025-04", MUNICIPAL, 1),
    ]
    assert [row.attendances for row in rows(*stays, level=QualityLevel.MUNICIPALITY)] == [2, 1]


def test_an_unplanned_visit_is_of_the_clients_unit() -> None:
    [row] = rows(seen(unit_id=UnitId("")))
    assert row.unit_id == BRACKE
    [unknown] = rows(stay(None, "08:30", ANNA, (), unit_id=UnitId("")))
    assert unknown.unit_id == ""


@pytest.mark.parametrize(
    ("values", "percent", "expected"), [([], 50, None), ([7], 90, 7), ([1, 2], 50, 1), ([1, 2, 3], 90, 3)]
)
def test_a_percentile_is_a_value_that_was_seen(values: Sequence[int], percent: int, expected: int | None) -> None:
    assert percentile(values, percent) == expected
