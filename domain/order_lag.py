"""Order lag: how long an order stays as it was after the need has changed, and how many minutes that came to.

A change of need shows in two ways: the provider reports it [S:SEED3], or performed time differs from the ordered week after
week. Until the order answers, the provider gives too much or too little against it, and both are nobody's fault but the
order's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from domain.context import Context
from domain.facts import NeedChange, OrderLine
from domain.ids import ClientId, OrderId, ProviderId, ServiceCode, UnitId
from domain.order.values import NeedDirection
from domain.order_weeks import Balance, Days, Steady, balances, steady_weeks
from domain.performed_time import PerformedMinutes
from domain.rulebook.rulebook import Rulebook


class LagGround(StrEnum):
    """What shows that the need has changed."""

    REPORTED = "reported"
    STEADY = "steady"
    """Performed differs from ordered for weeks in a row."""


class LagLevel(StrEnum):
    """What order lag is told by."""

    ORDER = "order"
    UNIT = "unit"
    PROVIDER = "provider"


class OrderLag(msgspec.Struct, frozen=True, kw_only=True):
    """One order that lagged behind, within the days asked for."""

    order_id: OrderId
    client_id: ClientId
    unit_id: UnitId
    provider_id: ProviderId
    legal_basis: str
    service_code: ServiceCode | None
    """None: all of the order."""
    ground: LagGround
    direction: NeedDirection
    since_on: date
    """When it was noticed, or the first of the weeks."""
    answered_on: date | None
    """From when the order was another one; None: not within the days asked for."""
    days: int
    minutes: int
    """Performed minus ordered meanwhile."""


class LagTotal(msgspec.Struct, frozen=True, kw_only=True):
    """The lags of a unit or a provider. `days_mean` counts those not answered yet up to the last day asked for."""

    level: LagLevel
    unit_id: UnitId | None
    provider_id: ProviderId
    lags: int
    unanswered: int
    days_mean: float
    over_minutes: int
    under_minutes: int


def order_lags(
    days: Days,
    *,
    performed: Iterable[PerformedMinutes],
    need_changes: Iterable[NeedChange],
    context: Context,
    rulebook: Rulebook,
) -> list[OrderLag]:
    """Find the lags of the days asked for, those of most minutes first. What is reported is not told again as steady."""
    found = balances(days, performed, context, rulebook)
    reported = [lag for need in need_changes if (lag := _reported(need, days, found, context)) is not None]
    told = {(lag.client_id, lag.direction) for lag in reported}
    steady = [lag for each in steady_weeks(days, found, context, rulebook) for lag in _steady(each, days, context)]
    lags = [*reported, *(lag for lag in steady if (lag.client_id, lag.direction) not in told)]
    return sorted(lags, key=lambda lag: (-abs(lag.minutes), lag.since_on, lag.order_id, lag.service_code or ""))


def lag_totals(level: LagLevel, lags: Iterable[OrderLag]) -> list[LagTotal]:
    """Add lags up by unit (with its provider) or by provider."""
    groups: defaultdict[tuple[UnitId | None, ProviderId], list[OrderLag]] = defaultdict(list)
    for lag in lags:
        groups[lag.unit_id if level is LagLevel.UNIT else None, lag.provider_id].append(lag)
    return [
        LagTotal(
            level=level,
            unit_id=unit_id,
            provider_id=provider_id,
            lags=len(group),
            unanswered=sum(lag.answered_on is None for lag in group),
            days_mean=sum(lag.days for lag in group) / len(group),
            over_minutes=sum(max(0, lag.minutes) for lag in group),
            under_minutes=sum(max(0, -lag.minutes) for lag in group),
        )
        for (unit_id, provider_id), group in sorted(groups.items(), key=lambda item: (item[0][0] or "", item[0][1]))
    ]


def _reported(
    need: NeedChange, days: Days, found: Mapping[Balance, Mapping[date, list[int]]], context: Context
) -> OrderLag | None:
    """A report counts from the day it was noticed, also before the days asked for; its minutes are those within them."""
    until_on = min(need.answered_from_on or days.until_on, days.until_on)
    line = _line(context, need.client_id, need.noticed_on, need.order_id)
    if until_on <= max(need.noticed_on, days.first_on) or line is None:
        return None
    minutes = sum(
        done - ordered
        for (basis, client_id, code, _), by_day in found.items()
        if (basis, client_id) == (line.legal_basis, need.client_id) and need.service_code in {None, code}
        for day, (ordered, done) in by_day.items()
        if need.noticed_on <= day < until_on
    )
    return OrderLag(
        order_id=need.order_id,
        client_id=need.client_id,
        unit_id=context.client_unit(need.client_id, need.noticed_on),
        provider_id=line.provider_id,
        legal_basis=line.legal_basis,
        service_code=need.service_code,
        ground=LagGround.REPORTED,
        direction=NeedDirection(need.direction),
        since_on=need.noticed_on,
        answered_on=need.answered_from_on if need.answered_from_on == until_on else None,
        days=(until_on - need.noticed_on).days,
        minutes=minutes,
    )


def _steady(steady: Steady, days: Days, context: Context) -> Iterator[OrderLag]:
    lines = _lines(context, steady, steady.since_on)
    if not lines:
        return
    changed_on = _changed_on(context, steady, days)
    until_on = changed_on or days.until_on
    if changed_on is None and steady.until_on < days.last_whole_week:
        # It ceased without the order: the need came back, or the visits did.
        return
    yield OrderLag(
        order_id=lines[0].order_id,
        client_id=steady.client_id,
        unit_id=context.client_unit(steady.client_id, steady.since_on),
        provider_id=lines[0].provider_id,
        legal_basis=steady.legal_basis,
        service_code=steady.service_code,
        ground=LagGround.STEADY,
        direction=NeedDirection.INCREASED if steady.minutes > 0 else NeedDirection.DECREASED,
        since_on=steady.since_on,
        answered_on=changed_on,
        days=(until_on - steady.since_on).days,
        minutes=steady.minutes,
    )


def _changed_on(context: Context, steady: Steady, days: Days) -> date | None:
    """The day on which the order became another one: a line of it began or ended there, in or just after the weeks."""
    latest = steady.until_on + timedelta(days=7)
    lines = [line for line in context.order_lines.get(steady.client_id, ()) if _is_of(line, steady)]
    turns = {line.starts_on for line in lines} | {line.ends_on for line in lines if line.ends_on is not None}
    return min((day for day in turns if steady.since_on < day <= latest and day < days.until_on), default=None)


def _line(context: Context, client_id: ClientId, day: date, order_id: OrderId) -> OrderLine | None:
    lines = [line for line in context.order_lines.get(client_id, ()) if line.order_id == order_id]
    held = [line for line in lines if line.starts_on <= day and (line.ends_on is None or day < line.ends_on)]
    return next(iter((*held, *lines)), None)


def _lines(context: Context, steady: Steady, day: date) -> Sequence[OrderLine]:
    return [line for line in context.orders(steady.client_id, day) if _is_of(line, steady)]


def _is_of(line: OrderLine, steady: Steady) -> bool:
    return line.legal_basis == steady.legal_basis and steady.service_code in {None, line.service_code}
