"""Ordered time: an order's frequencies counted out on the calendar as minutes of a month."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from domain.context import Context
from domain.facts import OrderLine
from domain.frequency import Unit, occurrences, parse_frequency
from domain.ids import ClientId, ProviderId, ServiceCode
from domain.local_time import Month
from domain.order.time_frame import TimeFrame
from domain.order.values import MinuteControl
from domain.pay.standard_time import ordered_standard_minutes
from domain.rulebook.rulebook import Rulebook
from domain.values import CalendarPeriod

DAYS_IN_WEEK = 7
WITHOUT_MINUTES = frozenset({MinuteControl.NONE, MinuteControl.TIME_FRAME})
"""A line so ordered says none of its own."""
MONTHS_TOGETHER = {CalendarPeriod.MONTH: 1, CalendarPeriod.FOUR_MONTHS: 4, CalendarPeriod.YEAR: 12}


class OrderedMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered of one service on one day, or as one pot over a month (`service_code` None).

    `minute_control` is `none` also where nothing says how many minutes, or how often.
    """

    client_id: ClientId
    service_code: ServiceCode | None
    provider_id: ProviderId
    legal_basis: str
    minute_control: MinuteControl
    day: date
    granted_minutes: int | None
    ordered_minutes: int | None
    """None where the order states no minutes: there is nothing to deviate from."""


class CountedOut(NamedTuple):
    """A client's order lines counted out, by which rules."""

    rulebook: Rulebook
    ordered: Sequence[OrderedMinutes]


def ordered_time(month: Month, context: Context, rulebook: Rulebook) -> Iterator[OrderedMinutes]:
    """Everything ordered in the month, from lines and from time frames."""
    for client_id in context.order_lines:
        yield from _of_lines(client_id, month, context, rulebook)
    for frame in context.time_frames:
        yield from _of_frame(frame, month)


def client_ordered_time(
    client_id: ClientId, frames: Iterable[TimeFrame], month: Month, context: Context, rulebook: Rulebook
) -> Iterator[OrderedMinutes]:
    """Everything ordered for one client in the month; `frames` are the client's own."""
    yield from _of_lines(client_id, month, context, rulebook)
    for frame in frames:
        yield from _of_frame(frame, month)


def _of_lines(client_id: ClientId, month: Month, context: Context, rulebook: Rulebook) -> Sequence[OrderedMinutes]:
    """A client's lines counted out; kept with the context, since pay, reconciliation and order lag each begin with them."""
    counted = context.counted_out.get((month, client_id))
    if counted is None or counted.rulebook is not rulebook:
        lines = context.order_lines.get(client_id, ())
        found = [each for line in lines for each in _of_line(line, month, context, rulebook)]
        counted = context.counted_out[month, client_id] = CountedOut(rulebook, found)
    return counted.ordered


def _of_line(line: OrderLine, month: Month, context: Context, rulebook: Rulebook) -> Iterator[OrderedMinutes]:
    """Count the real occurrences ([A] rules.md 4). A line that holds without any still tells how firmly it binds."""
    from_on, until_on = max(line.starts_on, month.first_on), min(line.ends_on or month.until_on, month.until_on)
    if from_on >= until_on:
        return
    frequency = parse_frequency(line.frequency)
    anchor_on = line.anchor_on or line.starts_on
    dates = occurrences(frequency, anchor_on=anchor_on, from_on=from_on, until_on=until_on)
    control, is_never = MinuteControl(line.minute_control), frequency.unit is Unit.NEVER
    is_pot = control is MinuteControl.TIME_FRAME
    for day, times in (dates or {from_on: 0}).items():
        granted, ordered = day_minutes(line, day, times, context, rulebook)
        is_unstated = ordered is None and not is_pot
        yield OrderedMinutes(
            client_id=line.client_id,
            service_code=line.service_code,
            provider_id=line.provider_id,
            legal_basis=line.legal_basis,
            minute_control=MinuteControl.NONE if is_unstated or is_never else control,
            day=day,
            granted_minutes=None if is_never else granted,
            ordered_minutes=None if is_never else ordered,
        )


def day_minutes(
    line: OrderLine, day: date, times: int, context: Context, rulebook: Rulebook
) -> tuple[int | None, int | None]:
    """Granted and ordered minutes of so many occasions on a day. Where the order states none, the service's standard time
    [S:SEED3]: the rulebook's where it names the service, else the catalogue's."""
    if line.minute_control in WITHOUT_MINUTES:
        return None, None
    if line.granted_minutes is None:
        granted = ordered_standard_minutes(line, day, times, context, rulebook)
    else:
        granted = line.granted_minutes * times
    return granted, granted if line.ordered_minutes is None else line.ordered_minutes * times


def _of_frame(frame: TimeFrame, month: Month) -> Iterator[OrderedMinutes]:
    """A pot of another period than a month, or one that holds for a part of it, counts by its days [A]."""
    from_on, until_on = max(frame.starts_on, month.first_on), min(frame.ends_on or month.until_on, month.until_on)
    if from_on >= until_on:
        return
    days, length = (until_on - from_on).days, _days_in(CalendarPeriod(frame.period), month)
    minutes = (2 * frame.minutes * days + length) // (2 * length)
    yield OrderedMinutes(
        client_id=frame.client_id,
        service_code=None,
        provider_id=frame.provider_id,
        legal_basis=frame.legal_basis,
        minute_control=MinuteControl.TIME_FRAME,
        day=from_on,
        granted_minutes=minutes,
        ordered_minutes=minutes,
    )


def _days_in(period: CalendarPeriod, month: Month) -> int:
    """How many days the period has that the month lies in."""
    match period:
        case CalendarPeriod.DAY:
            return 1
        case CalendarPeriod.WEEK:
            return DAYS_IN_WEEK
        case CalendarPeriod.MONTH | CalendarPeriod.FOUR_MONTHS | CalendarPeriod.YEAR:
            together = MONTHS_TOGETHER[period]
            first = Month(month.year, (month.number - 1) // together * together + 1)
            last = Month(first.year, first.number + together - 1)
            return (last.until_on - first.first_on).days
