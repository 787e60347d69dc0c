"""Registration quality: how much is entered by hand, how late the ledger learns of it, and how far clocks are off.

By unit and month, or provider and month (rules.md 6.1). No source gives a share that is too much: the rulebook may.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from math import ceil
from typing import TypeVar

import msgspec

from domain.context import Context
from domain.facts import Attendance, VisitFacts
from domain.ids import ClientId, ProviderId, UnitId
from domain.local_time import local_day
from domain.presence import NOBODY
from domain.rulebook.policies import Policies
from domain.rulebook.rulebook import Rulebook
from domain.values import Source

Value = TypeVar("Value", int, float)

MS = 1000
PERCENT = 100
BY_HAND = frozenset(source for source in Source if source.by_hand)


class QualityLevel(StrEnum):
    """What a row is of."""

    UNIT = "unit"
    PROVIDER = "provider"
    MUNICIPALITY = "municipality"


class QualityRow(msgspec.Struct, frozen=True, kw_only=True):
    """The attendances that began in a month. Figures of nothing are None, and so is what a level does not name.

    Delay and drift are those of attendances from phones, untouched by hand: what is typed is late by nature.
    """

    level: QualityLevel
    month: str
    provider_id: ProviderId | None
    unit_id: UnitId | None
    attendances: int
    manual: int
    """Entered or changed by hand, as MANUAL tells of them."""
    manual_share: float
    manual_share_alert: bool | None
    """Whether the share is above the rulebook's limit; None where there is no limit."""
    delay_median_s: int | None
    delay_p90_s: int | None
    late: int
    """Learned of beyond the rulebook's limit."""
    drift_median_ms: int | None
    """How far the device's clock was off, in either direction."""
    drift_p90_ms: int | None
    drifting: int
    """Beyond the rulebook's limit."""
    clock_moved: int
    """The clock was moved beyond the rulebook's limit between a fact and its sync."""


Key = tuple[str, ProviderId | None, UnitId | None]


def registration_quality(
    visits: Iterable[VisitFacts],
    *,
    first_on: date,
    last_on: date,
    level: QualityLevel,
    context: Context,
    rulebook: Rulebook,
) -> list[QualityRow]:
    """Judge the attendances that began on the days from the first to the last, month by month.

    The unit is the plan's, else the client's. The limits are those of the latest of these days in the month [A].
    """
    groups: defaultdict[Key, list[Attendance]] = defaultdict(list)
    latest: dict[str, date] = {}
    for stay, day in _begun(visits, first_on, last_on, rulebook.zone):
        month = f"{day:%Y-%m}"
        latest[month] = max(day, latest.get(month, day))
        groups[month, *_whose(stay, day, level, context)].append(stay)
    ordered = sorted(groups.items(), key=lambda group: tuple(part or "" for part in group[0]))
    return [_row(level, key, stays, rulebook.on(latest[key[0]]).policies) for key, stays in ordered]


def quality_clients(
    visits: Iterable[VisitFacts],
    *,
    first_on: date,
    last_on: date,
    level: QualityLevel,
    context: Context,
    rulebook: Rulebook,
) -> Iterator[tuple[Key, ClientId]]:
    """The clients whose attendances each row judges, with the month, the provider and the unit of the row."""
    stays = _begun(visits, first_on, last_on, rulebook.zone)
    for stay, day in stays:
        key = (f"{day:%Y-%m}", *_whose(stay, day, level, context))
        yield from ((key, client_id) for client_id in stay.client_ids)


def _begun(visits: Iterable[VisitFacts], first_on: date, last_on: date, zone: str) -> Iterator[tuple[Attendance, date]]:
    """The attendances that began on the days, each with its day."""
    for visit in visits:
        for stay in visit.attendances:
            day = local_day(stay.starts_at, zone)
            if first_on <= day <= last_on:
                yield stay, day


def is_by_hand(stay: Attendance) -> bool:
    """Whether either end was typed, by whomever."""
    return stay.arrival_source in BY_HAND or stay.departure_source in BY_HAND


def percentile(ordered: Sequence[Value], percent: int) -> Value | None:
    """The smallest value that so many percent are not above (nearest rank [A]); the values sorted, None of none."""
    return ordered[max(0, ceil(len(ordered) * percent / PERCENT) - 1)] if ordered else None


def _whose(
    stay: Attendance, day: date, level: QualityLevel, context: Context
) -> tuple[ProviderId | None, UnitId | None]:
    if level is QualityLevel.MUNICIPALITY:
        return None, None
    unit_id = stay.unit_id or context.client_unit(next(iter(stay.client_ids), NOBODY), day)
    provider_id = context.provider_of(unit_id)
    return (provider_id, unit_id) if level is QualityLevel.UNIT else (provider_id, None)


def _row(level: QualityLevel, key: Key, stays: Sequence[Attendance], policies: Policies) -> QualityRow:
    by_phone = [stay for stay in stays if not (stay.corrected or is_by_hand(stay))]
    manual = len(stays) - len(by_phone)
    delays = sorted(stay.delay_s for stay in by_phone)
    drifts = sorted(abs(stay.offset_ms) for stay in by_phone)
    limit = policies.manual_share_alert_percent
    return QualityRow(
        level=level,
        month=key[0],
        provider_id=key[1],
        unit_id=key[2],
        attendances=len(stays),
        manual=manual,
        manual_share=manual / len(stays),
        manual_share_alert=None if limit is None else manual * PERCENT > limit * len(stays),
        delay_median_s=percentile(delays, 50),
        delay_p90_s=percentile(delays, 90),
        late=sum(delay > policies.late_sync_limit_s for delay in delays),
        drift_median_ms=percentile(drifts, 50),
        drift_p90_ms=percentile(drifts, 90),
        drifting=sum(drift > MS * policies.clock_drift_limit_s for drift in drifts),
        clock_moved=sum(abs(stay.jump_ms) > MS * policies.time_jump_limit_s for stay in by_phone),
    )
